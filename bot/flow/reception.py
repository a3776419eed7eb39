"""What a citizen is told about reception days, and which slot their words name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, islice

from bot.domain.conversation import Reply
from bot.domain.messages import Button
from bot.domain.reception import Booking, FreeSlot
from bot.rules import texts
from bot.understanding.normalise import clean

OFFERED, OF_ONE_DAY = 4, 2
_TIME = re.compile(
    r"(\d{1,2})月(\d{1,2})[日号]?\s*(早上|上午|中午|下午|晚上)?\s*(\d{1,2})(?:[:：](\d{2})|[点时](?:(半)|(\d{1,2})分?)?)"
)
_AFTERNOON, _NOON = ("下午", "晚上"), 12


def when(slot: FreeSlot | Booking) -> str:
    """12月5日 9:00."""
    return f"{slot.day.on.month}月{slot.day.on.day}日 {slot.starts.hour}:{slot.starts.minute:02d}"


def named_time(said: str) -> tuple[int, int, int, int] | None:
    """Month, day, hour and minute that stand in a message: 12月5日 9:00, 12月5号下午2点半."""
    found = _TIME.search(clean(said).text)
    if found is None:
        return None
    month, day, part, hour, minute, half, minutes = found.groups()
    at = int(hour) + (12 if part in _AFTERNOON and int(hour) < _NOON else 0)
    return int(month), int(day), at, 30 if half else int(minute or minutes or 0)


def named_slot(said: str, free: Sequence[FreeSlot]) -> FreeSlot | None:
    """The free slot that a message names."""
    wanted = named_time(said)
    return next(
        (one for one in free if (one.day.on.month, one.day.on.day, one.starts.hour, one.starts.minute) == wanted), None
    )


def offered(free: Sequence[FreeSlot], *, taken: bool = False) -> Reply:
    """The next free slots to choose from, or that there are none."""
    if not free:
        return texts.reply("utter_no_slots")
    shown = _choice(free)
    lines = "\n".join(f"{when(one)}　{one.day.leader}，{one.day.place}" for one in shown)
    said = texts.reply("utter_slot_taken" if taken else "utter_slots", slots=lines)
    chosen = tuple(Button(when(one), texts.text("utter_book_this", when=when(one))) for one in shown)
    return replace(said, buttons=(*chosen, *said.buttons))


def _choice(free: Sequence[FreeSlot]) -> list[FreeSlot]:
    """The next ones, no more than two of one day: there is a choice of days too."""
    by_day = groupby(free, key=lambda one: one.day.on)
    return [one for _, slots in by_day for one in islice(slots, OF_ONE_DAY)][:OFFERED]


def told_booked(booking: Booking) -> Reply:
    """When and where to come, and what to bring."""
    return texts.reply("utter_booked", when=when(booking), leader=booking.day.leader, place=booking.day.place)


def told_already(booking: Booking) -> Reply:
    """There is one booking already."""
    return texts.reply("utter_visit_known", when=when(booking), leader=booking.day.leader, place=booking.day.place)


def told_tomorrow(booking: Booking) -> Reply:
    """The day before: when, where, what to bring, and how to give the slot to somebody else."""
    return texts.reply("utter_visit_tomorrow", when=when(booking), leader=booking.day.leader, place=booking.day.place)
