"""Reception days on both databases: nobody gets a slot that is taken, whatever happens at the same moment."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timezone

import pytest

from bot.casework import Work, handle
from bot.domain.commands import BookSlot, CancelBooking, CancelReception, FindSlots, NoteVisit, OpenReception
from bot.domain.errors import BadInput, NotFound, WrongRole
from bot.domain.messages import Address
from bot.domain.people import Role, Staff, sight_of
from bot.domain.reception import SlotTaken
from bot.flow.citizen_commands import Turn
from bot.flow.citizen_commands import handle as handle_citizen

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
CLERK = Staff(1, "clerk", "王受理", Role.INTAKE_CLERK, None, True)
OFFICER = Staff(2, "officer", "李承办", Role.CASE_OFFICER, "zhujian", True)
DAY = OpenReception(date(2026, 12, 1), time(9), 30, 2, "市信访局一楼", "王局长")


async def staff(database, command, who=CLERK):
    async with database.write() as uow:
        return await handle(command, Work(uow, who, sight_of(who), NOW))


async def citizen(database, peer: str) -> str:
    async with database.write() as uow:
        return (await uow.conversations.find_or_start(Address("web", "", peer), NOW)).id


async def do(database, command):
    async with database.write() as uow:
        return await handle_citizen(command, Turn(uow, NOW, b"s" * 32, "web", None))


async def test_a_slot_is_booked_once_however_many_ask_at_the_same_moment(database):
    day = await staff(database, DAY)
    talks = [await citizen(database, f"c{number}") for number in range(6)]
    tries = [do(database, BookSlot(talk, day, 0)) for talk in talks]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in results) == 1
    assert sum(isinstance(one, SlotTaken) for one in results) == 5
    found = await do(database, FindSlots(talks[0]))
    assert [one.slot for one in found.free] == [1]


async def test_a_citizen_has_one_slot(database):
    day, talk = await staff(database, DAY), await citizen(database, "c")
    await do(database, BookSlot(talk, day, 0))
    with pytest.raises(SlotTaken):
        await do(database, BookSlot(talk, day, 1))


async def test_a_slot_that_is_given_back_is_free_again_and_can_be_given_back_twice(database):
    day, talk = await staff(database, DAY), await citizen(database, "c")
    for _ in range(2):
        booking = await do(database, BookSlot(talk, day, 1))
        assert (booking.starts, booking.day.leader) == (time(9, 30), "王局长")
        assert (await do(database, CancelBooking(talk))).id == booking.id
    assert await do(database, CancelBooking(talk)) is None
    assert len((await do(database, FindSlots(talk))).free) == 2


async def test_a_day_that_is_called_off_tells_whoever_had_booked(database):
    day, talk = await staff(database, DAY), await citizen(database, "c")
    await do(database, BookSlot(talk, day, 0))
    await staff(database, CancelReception(day))
    found = await do(database, FindSlots(talk))
    assert found.own is None and found.free == ()
    async with database.read() as uow:
        assert "12月1日的接访取消了" in (await uow.outbox.of_conversation(talk))[-1].text
    with pytest.raises(NotFound):
        await do(database, BookSlot(talk, day, 0))
    with pytest.raises(NotFound):
        await staff(database, CancelReception(day))


async def test_what_became_of_a_visit_is_noted(database):
    day, talk = await staff(database, DAY), await citizen(database, "c")
    booking = await do(database, BookSlot(talk, day, 0))
    with pytest.raises(BadInput):
        await staff(database, NoteVisit(booking.id, "came", ""))
    await staff(database, NoteVisit(booking.id, "came", "当面答应三天内修好"))
    async with database.read() as uow:
        assert (await uow.receptions.booking(booking.id)).note == "当面答应三天内修好"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"on": date(2026, 11, 23)}, "reception_on"),
        ({"on": date(2026, 11, 28)}, "reception_day_off"),
        ({"minutes": 5}, "reception_minutes"),
        ({"slots": 0}, "reception_slots"),
        ({"starts": time(23), "slots": 6}, "reception_slots"),
        ({"place": " "}, "reception_place"),
    ],
)
async def test_a_day_that_cannot_be_is_refused_and_named(database, change, field):
    with pytest.raises(BadInput) as refused:
        await staff(database, OpenReception(**{**vars(DAY), **change}))
    assert refused.value.field == field


async def test_a_day_off_is_taken_on_purpose_and_officers_open_none(database):
    await staff(database, OpenReception(**{**vars(DAY), "on": date(2026, 11, 28), "confirmed": True}))
    with pytest.raises(WrongRole):
        await staff(database, DAY, OFFICER)
