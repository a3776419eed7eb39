"""登记 by staff on a real database: the same door as the chat, the clock from the day it came, who may, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from bot.domain.case import Case
from bot.domain.commands import LinkRepeat, RegisterPetition
from bot.domain.errors import BadInput, NotFound, WrongRole
from bot.domain.lifecycle import CaseState
from bot.domain.people import Role, sight_of
from bot.domain.petitioner import Petitioner, Representative
from bot.domain.reading import CaseKind, Reading, Slots, Urgency, reading_to_json
from bot.procedure import deadlines_of
from bot.storage.corrections import corrected
from bot.storage.registration_repository import StaleVersion
from tests.unit.casework.conftest import CLERK, COLLEAGUE, DISCIPLINARY, NOW, OFFICER, TOPIC, Desk

TODAY = date(2026, 11, 23)
TOLD = "天骄小区停水三天了，老人没法做饭，电话 0477-8581234"
TYPED = RegisterPetition(
    way="phone",
    received_on=TODAY,
    text=TOLD,
    kind=CaseKind.CLAIM,
    topic=TOPIC,
    urgency=Urgency.URGENT,
    place="东胜区天骄小区",
    title="天骄小区停水",
    phone="138-1234-5678",
    petitioner=Petitioner("张秀英", "东胜区天骄小区3号楼2单元501室"),
    people=None,
    anonymous=False,
    understood={},
)


async def register(desk: Desk, staff=CLERK, **given) -> Case:
    return await desk.do(replace(TYPED, **given), staff)


async def test_what_was_told_by_telephone_is_registered_as_a_chat_would_be(desk):
    case = await register(desk)
    assert (case.state, case.channel, case.conversation_id) == (CaseState.REGISTERED, "phone", None)
    assert case.phones == ("13812345678", "04778581234") and case.petitioner.name == "张秀英"
    history = await desk.history(case)
    assert [(line.type, line.actor) for line in history] == [("case.filed", "staff:1"), ("case.registered", "system")]


async def test_the_clock_runs_from_the_day_it_was_received(desk):
    old = {"way": "letter", "received_on": TODAY - timedelta(days=6)}
    letter = await register(desk, urgency=Urgency.NORMAL, **old)
    async with desk.database.read() as uow:
        letter = await uow.cases.get(letter.case_no, sight_of(CLERK))
        (transfer,) = [one for one in await deadlines_of(letter, uow) if one.code == "transfer"]
    assert transfer.due_on == letter.due_on == TODAY + timedelta(days=9)
    assert letter.case_no.startswith("20261123"), "the number is of the day it was registered"
    assert (await desk.history(letter))[0].at == NOW, "and the history says when it was written down"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
        ({"received_on": TODAY - timedelta(days=400)}, "received_on"),
        ({"text": "  "}, "letter"),
        ({"text": "字" * 10_001}, "letter"),
        ({"way": "pigeon"}, "how"),
        ({"phone": "1381234"}, "phone"),
        ({"people": 0}, "people"),
        ({"petitioner": Petitioner("名" * 33)}, "petitioner_name"),
        ({"petitioner": Petitioner("张", representatives=tuple(Representative(f"人{n}") for n in "123456"))}, "representatives"),
        ({"petitioner": Petitioner("张", representatives=(Representative("李", "12"),))}, "representative"),
    ],
)  # fmt: skip
async def test_what_cannot_be_registered_says_which_field_is_wrong(desk, given, field):
    with pytest.raises(BadInput) as refused:
        await register(desk, **given)
    assert refused.value.field == field
    async with desk.database.read() as uow:
        assert await uow.cases.of_phones(("13812345678",), sight_of(CLERK)) == []


async def test_five_representatives_may_speak_and_their_phones_find_the_case(desk):
    five = tuple(Representative(f"代表{n}", f"1390000000{n}") for n in range(5))
    case = await register(desk, way="visit", people=32, petitioner=Petitioner("张秀英", representatives=five))
    async with desk.database.read() as uow:
        found = await uow.cases.of_phones(("13900000004",), sight_of(CLERK))
    assert [one.id for one in found] == [case.id] and len(found[0].petitioner.representatives) == 5


async def test_an_anonymous_letter_keeps_nobodys_name_or_number(desk):
    case = await register(desk, anonymous=True)
    assert case.phones == () and case.petitioner == Petitioner()


async def test_only_the_desks_register(desk):
    for staff in (OFFICER, replace(CLERK, role=Role.REVIEWER), replace(CLERK, role=Role.LEADER)):
        with pytest.raises(WrongRole):
            await register(desk, staff)
    assert (await register(desk, DISCIPLINARY, kind=CaseKind.ACCUSATION)).state is CaseState.REGISTERED


async def test_an_accusation_taken_down_at_the_desk_is_sealed_from_the_desk(desk):
    case = await register(desk, kind=CaseKind.ACCUSATION, text="举报市住建局收红包，13812345678")
    async with desk.database.read() as uow:
        with pytest.raises(NotFound):
            await uow.cases.get(case.case_no, sight_of(CLERK))
        assert await uow.cases.of_phones(("13812345678",), sight_of(CLERK)) == []
        seen = await uow.cases.get(case.case_no, sight_of(DISCIPLINARY))
    assert seen.course["accused"] == ["zhujian"]


async def test_danger_told_by_telephone_is_a_task_at_once(desk):
    case = await register(desk, urgency=Urgency.CRITICAL)
    async with desk.database.read() as uow:
        tasks = await uow.clocks.open_tasks(sight_of(CLERK))
    assert [(task["kind"], task["case_id"]) for task in tasks] == [("danger", case.id)]


async def test_a_repeat_by_telephone_is_linked_by_the_phone(desk):
    first, again = await register(desk), await register(desk)
    stranger = await register(desk, phone="13700000000", text="另一个人说的停水")
    linked = await desk.do(LinkRepeat(again.case_no, again.version, first.case_no), CLERK)
    assert linked.repeat_of == first.case_no
    with pytest.raises(BadInput):
        await desk.do(LinkRepeat(stranger.case_no, stranger.version, first.case_no), CLERK)


def proposal(**given) -> dict:
    reading = Reading(
        CaseKind.ENQUIRY, {"enquiry": 0.8}, TOPIC, {}, Urgency.URGENT, {}, Slots(), "停水", False, **given
    )
    return reading_to_json(reading)


async def test_where_the_clerk_judged_otherwise_training_learns_from_it(desk):
    agreed = {**proposal(), "kind": "claim"}
    await register(desk, understood=agreed)
    case = await register(desk, understood=proposal())
    history = await desk.history(case)
    assert history[-1].type == "case.proposal_mended"
    assert history[-1].data["changes"] == {"kind": ["enquiry", "claim"]}
    assert [one.id async for one in corrected(desk.database, accusations=True)] == [case.id]


async def test_a_form_is_ones_own_kept_by_version_and_filed_once(desk):
    key = "a" * 32
    async with desk.database.write() as uow:
        for one in (CLERK, COLLEAGUE, CLERK, COLLEAGUE):  # ids 1 to 4
            await uow.staff.add(f"{one.username}{uuid4()}", one.name, "x", one.role, None, NOW)
        assert await uow.registrations.keep(key, CLERK.id, {"text": "停水"}, 0, NOW) == 1
        assert await uow.registrations.keep(key, CLERK.id, {"text": "停水了"}, 1, NOW) == 2
        with pytest.raises(StaleVersion):
            await uow.registrations.keep(key, CLERK.id, {"text": "旧的"}, 1, NOW)
        for foreign in (uow.registrations.get(key, COLLEAGUE.id), uow.registrations.claim(key, COLLEAGUE.id, NOW)):
            with pytest.raises(NotFound):
                await foreign
        with pytest.raises(NotFound):
            await uow.registrations.keep(key, COLLEAGUE.id, {"text": "别人的"}, 2, NOW)
        await uow.registrations.understood(key, "停水了", {"kind": "claim"})
        kept = await uow.registrations.get(key, CLERK.id)
        assert kept.form == {"text": "停水了"} and kept.reading_of("停水了") and not kept.reading_of("停水")
    case = await register(desk)
    async with desk.database.write() as uow:
        held = await uow.registrations.claim(key, CLERK.id, NOW)
        assert held.case_id is None
        await uow.registrations.filed(key, CLERK.id, case.id)
        again = await uow.registrations.claim(key, CLERK.id, NOW)
        assert again.case_id == case.id and again.form == {} and again.reading == {}
        assert await uow.registrations.open_of(CLERK.id) == []
        with pytest.raises(StaleVersion):
            await uow.registrations.keep(key, CLERK.id, {"text": "再写"}, 2, NOW)
        await uow.registrations.drop(key, CLERK.id)
        assert (await uow.registrations.get(key, CLERK.id)).case_id == case.id, "what was filed stays filed"
