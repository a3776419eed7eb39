"""Reception days on both databases: nobody gets a slot that is taken, whatever happens at the same moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timezone

import pytest

from bot.casework import Work, handle
from bot.domain.commands import BookSlot, CancelBooking, CancelReception, FindSlots, NoteVisit, OpenReception
from bot.domain.errors import BadInput, NotFound, WrongRole
from bot.domain.messages import Address
from bot.domain.people import Role, Staff, sight_of
from bot.domain.reception import SlotTaken
from bot.flow import reception
from bot.flow.citizen_commands import Turn
from bot.flow.citizen_commands import handle as handle_citizen
from bot.workers.visit_reminder import VisitReminder

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
ON_THE_DAY = datetime(2026, 12, 1, 4, 0, tzinfo=timezone.utc)
CLERK = Staff(1, "clerk", "王受理", Role.INTAKE_CLERK, None, True)
OFFICER = Staff(2, "officer", "李承办", Role.CASE_OFFICER, "zhujian", True)
DAY = OpenReception(date(2026, 12, 1), time(9), 30, 2, "市信访局一楼", "王局长")


async def staff(database, command, who=CLERK, now=NOW):
    async with database.write() as uow:
        return await handle(command, Work(uow, who, sight_of(who), now))


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
        await staff(database, NoteVisit(booking.id, "came", ""), now=ON_THE_DAY)
    await staff(database, NoteVisit(booking.id, "came", "当面答应三天内修好"), now=ON_THE_DAY)
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


async def test_all_slots_of_a_day_can_be_named_though_two_are_offered(database):
    await staff(database, replace(DAY, slots=5))
    await staff(database, replace(DAY, on=date(2026, 12, 2), slots=1))
    found = await do(database, FindSlots(await citizen(database, "c")))
    assert len(found.free) == 6
    assert [button.title for button in reception.offered(found.free).buttons] == [
        "12月1日 9:00",
        "12月1日 9:30",
        "12月2日 9:00",
    ]
    assert reception.named_slot("预约接访：12月1日 11:00", found.free) == found.free[4]


async def test_a_full_day_is_passed_over_for_the_next_free_one(database):
    day = await staff(database, replace(DAY, slots=1))
    await staff(database, replace(DAY, on=date(2026, 12, 2), slots=1))
    await do(database, BookSlot(await citizen(database, "first"), day, 0))
    free = (await do(database, FindSlots(await citizen(database, "second")))).free
    assert [one.day.on for one in free] == [date(2026, 12, 2)]


async def test_whoever_books_while_the_day_is_called_off_is_told_or_refused(database):
    """On PostgreSQL both transactions are open at once: nobody is left with a slot of a day that is off."""
    day, talk = await staff(database, DAY), await citizen(database, "c")

    async def slowly() -> None:
        async with database.write() as uow:
            await handle_citizen(BookSlot(talk, day, 0), Turn(uow, NOW, b"s" * 32, "web", None))
            await asyncio.sleep(0.2)

    async def call_off() -> None:
        await asyncio.sleep(0.05)
        await staff(database, CancelReception(day))

    await asyncio.gather(slowly(), call_off())
    assert (await do(database, FindSlots(talk))).own is None
    async with database.read() as uow:
        assert "12月1日的接访取消了" in (await uow.outbox.of_conversation(talk))[-1].text


async def test_a_visit_is_noted_once_and_not_before_its_day(database):
    day, talk = await staff(database, DAY), await citizen(database, "c")
    booking = await do(database, BookSlot(talk, day, 0))
    with pytest.raises(BadInput) as refused:
        await staff(database, NoteVisit(booking.id, "came", "谈好了"))
    assert refused.value.field == "reception_early"
    await staff(database, NoteVisit(booking.id, "absent", ""), now=ON_THE_DAY)
    with pytest.raises(BadInput) as refused:
        await staff(database, NoteVisit(booking.id, "came", "谈好了"), now=ON_THE_DAY)
    assert refused.value.field == "reception_noted"


class At:
    """A clock that stands."""

    def __init__(self, *when: int) -> None:
        self._now = datetime(*when, tzinfo=timezone.utc)

    def now(self) -> datetime:
        return self._now


async def reminders(database, talk: str) -> int:
    async with database.read() as uow:
        return sum("提醒您：明天" in one.text for one in await uow.outbox.of_conversation(talk))


async def test_the_day_before_each_is_reminded_once_by_however_many_edges(database):
    day, talk = await staff(database, DAY), await citizen(database, "c")
    await do(database, BookSlot(talk, day, 0))
    for too_early in (At(2026, 11, 29, 4), At(2026, 11, 30, 0, 59)):
        await VisitReminder(database, too_early).remind()
    assert await reminders(database, talk) == 0
    edges = [VisitReminder(database, At(2026, 11, 30, 1, 0)) for _ in range(3)]
    await asyncio.gather(*(edge.remind() for edge in edges))
    assert await VisitReminder(database, At(2026, 11, 30, 9)).remind() == 0
    assert await reminders(database, talk) == 1


async def test_nobody_is_reminded_of_a_slot_given_back_or_booked_the_same_day(database):
    day = await staff(database, DAY)
    gone, today = await citizen(database, "gone"), await citizen(database, "today")
    await do(database, BookSlot(gone, day, 0))
    await do(database, CancelBooking(gone))
    async with database.write() as uow:
        booked = Turn(uow, datetime(2026, 11, 30, 0, 30, tzinfo=timezone.utc), b"s" * 32, "web", None)
        await handle_citizen(BookSlot(today, day, 1), booked)
    await VisitReminder(database, At(2026, 11, 30, 2)).remind()
    assert await reminders(database, gone) == await reminders(database, today) == 0
