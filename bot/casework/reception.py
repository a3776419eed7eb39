"""接访: staff open and cancel days, and note who came."""

from __future__ import annotations

from bot.casework.officers import actors_of
from bot.casework.work import Work, written
from bot.domain.commands import CancelReception, NoteVisit, OpenReception
from bot.domain.errors import BadInput, WrongRole
from bot.domain.lifecycle import Actor
from bot.domain.people import Staff
from bot.domain.reception import ABSENT, CAME, Booking, ReceptionDay, check_day
from bot.domain.working_days import local_date
from bot.rules import texts
from bot.rules.deadlines import work_calendar

RECEIVERS = frozenset({Actor.INTAKE_CLERK, Actor.SUPERVISOR, Actor.LEADER})


def may_receive(staff: Staff) -> bool:
    """Whether somebody runs reception days and visits."""
    return bool(set(actors_of(staff)) & RECEIVERS)


def _check_role(work: Work) -> None:
    if not may_receive(work.staff):
        raise WrongRole("接访日由受理员、督办员或领导安排")


async def open_reception(command: OpenReception, work: Work) -> int:
    """Open a day; tells its number. Raises `BadInput`, `WrongRole`."""
    _check_role(work)
    place, leader = command.place.strip(), command.leader.strip()
    check_day(command.on, command.starts, command.minutes, command.slots, place, leader, local_date(work.now))
    if not command.confirmed and not work_calendar().is_working(command.on):
        raise BadInput("on: a day off; wanted a working day or a confirmation", "reception_day_off")
    day = ReceptionDay(0, command.on, command.starts, command.minutes, command.slots, place, leader)
    number = await work.uow.receptions.open(day)
    work.uow.audit.append(
        work.staff.actor, "reception.opened", f"reception:{number}", work.now, on=command.on.isoformat()
    )
    return number


async def cancel_reception(command: CancelReception, work: Work) -> None:
    """Cancel a day and tell everybody who had booked. Raises `NotFound`, `WrongRole`."""
    _check_role(work)
    for booking in await work.uow.receptions.cancel_day(command.day_id):
        said = texts.reply("utter_visit_called_off", on=f"{booking.day.on.month}月{booking.day.on.day}日")
        await work.say(booking.conversation_id, said)
    work.uow.audit.append(work.staff.actor, "reception.cancelled", f"reception:{command.day_id}", work.now)


async def note_visit(command: NoteVisit, work: Work) -> Booking:
    """Note an outcome once, on the case too where there is one. Raises `BadInput`, `NotFound`, `WrongRole`."""
    _check_role(work)
    if command.outcome not in (CAME, ABSENT):
        raise BadInput("outcome: wanted came or absent", "reception_outcome")
    booking = await work.uow.receptions.booking(command.booking_id)
    if booking.day.on > local_date(work.now):
        raise BadInput("booking: its day is still to come", "reception_early")
    note = written(command.note, "note", 2000) if command.outcome == CAME else command.note.strip()[:2000]
    if not await work.uow.receptions.note_outcome(booking.id, command.outcome, note):
        raise BadInput("booking: its outcome is noted already", "reception_noted")
    work.uow.audit.append(work.staff.actor, "reception.noted", f"reception:{booking.day.id}", work.now)
    if booking.case_no:
        await _note_on_case(booking, command.outcome, note, work)
    return booking


async def _note_on_case(booking: Booking, outcome: str, note: str, work: Work) -> None:
    """A case that was corrected into an accusation meanwhile is not this member's any more: then nothing is noted."""
    case = await work.case_if_seen(booking.case_no)
    if case is not None:
        await work.note(case, f"case.visit_{outcome}", {"on": booking.day.on.isoformat(), "text": note})
