"""What a citizen is told about reception days, and which slot their words name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.conversation import Reply
from bot.domain.messages import Button
from bot.domain.reception import Booking, FreeSlot
from bot.rules import texts
from bot.understanding.normalise import clean

OFFERED = 4
_TIME = re.compile(r"(\d{1,2})月(\d{1,2})[日号]\s*(\d{1,2})[:：点](\d{2})?")


def when(slot: FreeSlot | Booking) -> str:
    """12月5日 9:00."""
    return f"{slot.day.on.month}月{slot.day.on.day}日 {slot.starts.hour}:{slot.starts.minute:02d}"


def names_a_time(said: str) -> bool:
    """Whether a day and an hour stand in a message."""
    return _TIME.search(clean(said).text) is not None


def named_slot(said: str, free: Sequence[FreeSlot]) -> FreeSlot | None:
    """The free slot that a message names."""
    found = _TIME.search(clean(said).text)
    if found is None:
        return None
    month, day, hour, minute = (int(part or 0) for part in found.groups())
    wanted = (month, day, hour, minute)
    return next(
        (one for one in free if (one.day.on.month, one.day.on.day, one.starts.hour, one.starts.minute) == wanted), None
    )


def offered(free: Sequence[FreeSlot], *, taken: bool = False) -> Reply:
    """The next free slots to choose from, or that there are none."""
    if not free:
        return texts.reply("utter_no_slots")
    shown = free[:OFFERED]
    lines = "\n".join(f"{when(one)}　{one.day.leader}，{one.day.place}" for one in shown)
    said = texts.reply("utter_slot_taken" if taken else "utter_slots", slots=lines)
    chosen = tuple(Button(when(one), texts.text("utter_book_this", when=when(one))) for one in shown)
    return replace(said, buttons=(*chosen, *said.buttons))


def told_booked(booking: Booking) -> Reply:
    """When and where to come, and what to bring."""
    return texts.reply("utter_booked", when=when(booking), leader=booking.day.leader, place=booking.day.place)


def told_already(booking: Booking) -> Reply:
    """There is one booking already."""
    return texts.reply("utter_visit_known", when=when(booking), leader=booking.day.leader, place=booking.day.place)
