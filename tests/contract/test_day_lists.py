"""What stands on whose day: each role's own lists, the dangerous first, one's own drafts for others to approve."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from bot.casework import Work, handle
from bot.domain.commands import MoveCase
from bot.domain.lifecycle import Actor, Move, Stage
from bot.domain.people import Role, Sight, Staff, sight_of
from bot.domain.permission import Request
from bot.domain.reading import Urgency
from bot.domain.working_days import local_date
from bot.procedure import SYSTEM, carry_out
from bot.storage.case_repository import CaseFilter
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
TODAY = local_date(NOW)
ALL = Sight(everything_else=True)
CLERK = Staff(1, "clerk", "王受理", Role.INTAKE_CLERK, None, True)
OFFICER = Staff(2, "officer", "李承办", Role.CASE_OFFICER, "zhujian", True)
CHECKER = replace(OFFICER, id=3, username="checker")


async def filed(database, at=NOW, **given):
    async with database.write() as uow:
        case = await uow.cases.file(replace(new_case(), **{"conversation_id": None, "inbox_id": None, **given}), at)
        return await carry_out(case, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, at), uow)


async def walk(database, case, *steps):
    for move, staff, given in steps:
        async with database.write() as uow:
            work = Work(uow, staff, sight_of(staff), NOW)
            case = await handle(MoveCase(case.case_no, move, case.version, **given), work)
    return case


TO_DRAFT = (
    (Move.ASSIGN, CLERK, {"organ": "zhujian"}),
    (Move.ACCEPT, OFFICER, {}),
    (Move.PROCESS, OFFICER, {}),
    (Move.DRAFT, OFFICER, {"text": "经查，已修好。"}),
)


def numbers(listed):
    found, total = listed
    assert total == len(found)
    return [case.case_no for case in found]


async def test_an_organs_officers_find_what_they_have_to_accept_and_what_they_work_on(database):
    new, working = await filed(database), await filed(database)
    new = await walk(database, new, TO_DRAFT[0])
    working = await walk(database, working, *TO_DRAFT[:2])
    sight = sight_of(OFFICER)
    async with database.read() as uow:
        assert numbers(await uow.boards.to_sign(sight)) == [new.case_no]
        assert numbers(await uow.boards.in_work(sight, [Stage.FIRST])) == [working.case_no]


async def test_the_dangerous_stands_first_though_something_else_is_due_before_it(database):
    old = await filed(database, NOW - timedelta(days=14))
    danger = await filed(database, urgency=Urgency.CRITICAL)
    async with database.read() as uow:
        assert numbers(await uow.boards.waiting(ALL, [Stage.FIRST])) == [danger.case_no, old.case_no]
        assert numbers(await uow.boards.pressing(ALL)) == [danger.case_no]


async def test_a_draft_is_for_somebody_else_to_approve(database):
    case = await walk(database, await filed(database), *TO_DRAFT)
    async with database.read() as uow:
        assert numbers(await uow.boards.to_approve(sight_of(OFFICER), OFFICER.actor)) == []
        assert numbers(await uow.boards.to_approve(sight_of(CHECKER), CHECKER.actor)) == [case.case_no]


async def test_a_review_is_on_the_reviewers_day_and_no_first_case_of_the_month(database):
    case = await walk(
        database, await filed(database), *TO_DRAFT, (Move.APPROVE, CHECKER, {}), (Move.DELIVER, OFFICER, {})
    )
    async with database.write() as uow:
        asked = Request(Move.REQUEST_REVIEW, Actor.PETITIONER, "petitioner", NOW, reason="不服")
        await carry_out(await uow.cases.by_id(case.id), asked, uow)
    reviewer = Sight(reviews=True)
    spell = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    async with database.read() as uow:
        assert len(numbers(await uow.boards.waiting(reviewer, [Stage.REVIEW, Stage.RE_REVIEW]))) == 1
        assert numbers(await uow.boards.waiting(Sight(everything_else=True, reviews=True), [Stage.FIRST])) == []
        (month,) = await uow.boards.clearances(ALL, [spell], TODAY)
    assert month.filed == 1


async def test_the_list_can_be_asked_for_what_is_owed_by_a_day_and_counts_what_it_lists(database):
    late = await filed(database, NOW - timedelta(days=20))
    soon = await filed(database, NOW - timedelta(days=13))
    await filed(database)
    for days, wanted in ((-1, [late]), (3, [late, soon])):
        given = CaseFilter(open_only=True, due_by=TODAY + timedelta(days=days))
        async with database.read() as uow:
            found = await uow.cases.search(given, ALL)
            assert [case.case_no for case in found] == [case.case_no for case in wanted]
            assert await uow.cases.count(given, ALL) == len(wanted) == len(await uow.cases.ids(given, ALL))
            assert (await uow.cases.tally(ALL)).count(given) is None
