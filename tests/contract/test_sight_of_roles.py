"""Each role's sight on real rows, on both databases: looks, lists and counts agree, and accusations stay hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import NotFound
from bot.domain.lifecycle import Stage
from bot.domain.people import Role, Staff, acting, sight_of
from bot.domain.reading import CaseKind
from bot.storage.case_repository import CaseFilter
from tests.contract.test_storage import NOW, new_case

LEADER = 7
SEEN = {
    Role.INTAKE_CLERK: {"claim", "suggestion", "original", "review", "led"},
    Role.CASE_OFFICER: set(),
    Role.REVIEWER: {"original", "review"},
    Role.SUPERVISOR: {"claim", "suggestion", "original", "review", "led"},
    Role.LEADER: {"led"},
    Role.DISCIPLINARY: {"accusation", "accusation_led"},
    Role.CAMPAIGN_OWNER: {"suggestion"},
    Role.ADMINISTRATOR: {"claim", "suggestion", "original", "review", "led"},
    Role.AUDITOR: {"claim", "suggestion", "original", "review", "led"},
}


async def filled(database):
    async with database.write() as uow:
        found = {
            "claim": await uow.cases.file(new_case(), NOW),
            "suggestion": await uow.cases.file(new_case(kind=CaseKind.SUGGESTION), NOW),
            "original": await uow.cases.file(new_case(), NOW),
            "led": await uow.cases.file(new_case(), NOW),
            "accusation": await uow.cases.file(new_case(kind=CaseKind.ACCUSATION), NOW),
            "accusation_led": await uow.cases.file(new_case(kind=CaseKind.ACCUSATION), NOW),
        }
        about = found["original"]
        higher = new_case(stage=Stage.REVIEW, parent_id=about.id, petition_id=about.petition_id)
        found["review"] = await uow.cases.file(higher, NOW)
        for name in ("led", "accusation_led"):
            await uow.cases.change(replace(found[name], leader_id=LEADER), NOW)
    return found


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_sees_its_cases_and_no_others(database, role):
    found = await filled(database)
    sight = sight_of(Staff(LEADER, "a", "甲", role, None if role is Role.DISCIPLINARY else "nowhere", True))
    async with database.read() as uow:
        listed = {case.case_no for case in await uow.cases.search(CaseFilter(), sight)}
        assert listed == {found[name].case_no for name in SEEN[role]}
        assert await uow.cases.count(CaseFilter(), sight) == len(listed)
        for name, case in found.items():
            if name in SEEN[role]:
                assert (await uow.cases.get(case.case_no, sight)).id == case.id
            else:
                with pytest.raises(NotFound):
                    await uow.cases.get(case.case_no, sight)


async def test_a_districts_disciplinary_organ_sees_what_it_was_given(database):
    found = await filled(database)
    district = sight_of(Staff(LEADER, "a", "甲", Role.DISCIPLINARY, "dongsheng_jiwei", True))
    async with database.write() as uow:
        given = await uow.cases.change(replace(found["accusation"], organ="dongsheng_jiwei"), NOW)
        assert [case.case_no for case in await uow.cases.search(CaseFilter(), district)] == [given.case_no]
        with pytest.raises(NotFound):
            await uow.cases.get(found["accusation_led"].case_no, district)
        with pytest.raises(NotFound):
            await uow.cases.get(found["claim"].case_no, district)


async def test_a_leader_sees_the_reviews_that_their_organ_hears_and_no_accusation_among_them(database):
    found = await filled(database)
    leader = sight_of(Staff(9, "a", "甲", Role.LEADER, "shizhengfu", True))
    other = sight_of(Staff(9, "a", "甲", Role.LEADER, "dongsheng", True))
    async with database.write() as uow:
        for name in ("review", "claim", "accusation"):  # only of a review it says who decides
            await uow.cases.change(replace(found[name], course={"hears": "shizhengfu"}), NOW)
        seen = {case.case_no for case in await uow.cases.search(CaseFilter(), leader)}
        assert seen == {found["review"].case_no, found["original"].case_no}
        does = [case.case_no for case in await uow.cases.search(CaseFilter(), acting(leader))]
        assert does == [found["review"].case_no]
        assert await uow.cases.search(CaseFilter(), other) == []
        with pytest.raises(NotFound):
            await uow.cases.get(found["accusation"].case_no, leader)


async def test_a_leader_reads_what_a_re_review_is_about_down_to_the_first_case(database):
    found = await filled(database)
    leader = sight_of(Staff(9, "a", "甲", Role.LEADER, "zizhiqu", True))
    async with database.write() as uow:
        about = found["review"]
        again = new_case(stage=Stage.RE_REVIEW, parent_id=about.id, petition_id=about.petition_id)
        again = await uow.cases.file(again, NOW)
        again = await uow.cases.change(replace(again, course={"hears": "zizhiqu"}), NOW)
        seen = {case.case_no for case in await uow.cases.search(CaseFilter(), leader)}
        assert seen == {again.case_no, about.case_no, found["original"].case_no}
        original = await uow.cases.get(found["original"].case_no, leader)
        accusation = replace(original, kind=CaseKind.ACCUSATION)
        await uow.cases.change(accusation, NOW)
        with pytest.raises(NotFound):
            await uow.cases.get(original.case_no, leader)
