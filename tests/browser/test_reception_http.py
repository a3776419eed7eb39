"""接访 in the console: a day is opened, a citizen's booking stands there with the case, the visit is noted on it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.domain.commands import BookSlot
from bot.domain.people import Role
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.flow.citizen_commands import Turn
from bot.flow.citizen_commands import handle as handle_citizen
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        await running.staff("officer", Role.CASE_OFFICER, "zhujian", name="李承办")
        yield running


async def a_day(office: Office, visitor: Visitor, **change: str) -> int:
    on = local_date(office.clock.now()) + timedelta(days=3)
    form = {"on": on.isoformat(), "starts": "09:00", "minutes": "30", "slots": "2", "leader": "王局长", "place": "一楼"}
    return (await visitor.post("/console/reception/open", **{**form, "confirmed": "1", **change}))[0]


async def book(office: Office, conversation_id: str) -> None:
    async with office.database.write() as uow:
        turn = Turn(uow, office.clock.now(), b"s" * 32, "web", None)
        await handle_citizen(BookSlot(conversation_id, 1, 0), turn)


async def test_a_booking_stands_with_its_case_and_the_visit_is_noted_on_it(office, visitor):
    case = await office.file(title="路灯要当面说")
    await visitor.sign_in("clerk")
    assert await a_day(office, visitor) == 303
    await book(office, case.conversation_id)
    page = (await visitor.get("/console/reception"))[1]
    assert "路灯要当面说" in page and "约了 1 / 2" in page and "09:00" in page
    office.clock.turned += timedelta(days=3)
    await visitor.sign_in("clerk")
    booking = re.findall(r'name="booking" value="(\d+)"', (await visitor.get("/console/reception"))[1])[0]
    assert (await visitor.post("/console/reception/note", booking=booking, outcome="came", note=""))[0] == 400
    note = {"booking": booking, "outcome": "came", "note": "答应周五前修好"}
    assert (await visitor.post("/console/reception/note", **note))[0] == 303
    assert "答应周五前修好" in (await visitor.get(f"/console/cases/{case.case_no}"))[1]


async def test_a_bad_day_is_refused_in_words_and_what_was_typed_stays(office, visitor):
    await visitor.sign_in("clerk")
    for change, told in (
        ({"slots": "0"}, "接 1 到 60 位"),
        ({"on": "2020-01-01"}, "今天以后"),
        ({"starts": "x"}, "几点开始"),
    ):
        on = local_date(office.clock.now()) + timedelta(days=3)
        form = {
            "on": on.isoformat(),
            "starts": "09:00",
            "minutes": "30",
            "slots": "2",
            "leader": "王局长",
            "place": "一楼",
        }
        status, page, _ = await visitor.post("/console/reception/open", **{**form, "confirmed": "1", **change})
        assert status == 400 and told in page and 'value="王局长"' in page


async def test_an_organs_officer_sees_days_but_no_cases_of_others_and_opens_none(office, visitor):
    case = await office.file(title="别人的事", kind=CaseKind.CLAIM)
    await visitor.sign_in("clerk")
    await a_day(office, visitor)
    await book(office, case.conversation_id)
    await visitor.sign_in("officer")
    page = (await visitor.get("/console/reception"))[1]
    assert "别人的事" not in page and case.case_no not in page and "约了 1 / 2" in page
    assert await a_day(office, visitor) == 409
