"""接访: days on which a leader or an organ receives citizens, in slots that are booked one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.errors import BadInput, RuleViolation

SHORTEST_SLOT, LONGEST_SLOT, MOST_SLOTS = 10, 120, 60
CAME, ABSENT = "came", "absent"


class SlotTaken(RuleViolation):
    """Somebody else has the slot by now."""


@dataclass(frozen=True)
class ReceptionDay:
    """`starts` is the first slot's time in the city, `minutes` a slot's length, `slots` how many there are."""

    id: int
    on: date
    starts: time
    minutes: int
    slots: int
    place: str
    leader: str
    cancelled: bool = False

    def at(self, slot: int) -> time:
        """When a slot begins."""
        return (datetime.combine(self.on, self.starts) + timedelta(minutes=self.minutes * slot)).time()


@dataclass(frozen=True)
class Booking:
    """A citizen's slot. `outcome` is "", `came` or `absent`."""

    id: int
    day: ReceptionDay
    slot: int
    conversation_id: str
    case_no: str
    outcome: str = ""
    note: str = ""

    @property
    def starts(self) -> time:
        """When it begins."""
        return self.day.at(self.slot)


@dataclass(frozen=True)
class FreeSlot:
    """One that can be booked."""

    day: ReceptionDay
    slot: int

    @property
    def starts(self) -> time:
        """When it begins."""
        return self.day.at(self.slot)


def check_day(on: date, starts: time, minutes: int, slots: int, place: str, leader: str, today: date) -> None:
    """Raises `BadInput` naming what is wrong with a day that somebody wants to open."""
    if on <= today:
        raise BadInput("on: wanted a day after today", "reception_on")
    if not SHORTEST_SLOT <= minutes <= LONGEST_SLOT:
        raise BadInput(f"minutes: wanted {SHORTEST_SLOT} to {LONGEST_SLOT}", "reception_minutes")
    if not 1 <= slots <= MOST_SLOTS:
        raise BadInput(f"slots: wanted 1 to {MOST_SLOTS}", "reception_slots")
    ends = datetime.combine(on, starts) + timedelta(minutes=minutes * slots)
    if ends.date() != on:
        raise BadInput("slots: the last one ends after midnight", "reception_slots")
    check_who_and_where(leader, place, "reception_place")


def check_who_and_where(leader: str, place: str, field: str) -> None:
    """Raises `BadInput` unless it is said, and shortly, who receives or goes and where."""
    if not (0 < len(place) <= 100 and 0 < len(leader) <= 40):
        raise BadInput("place and leader: wanted some words", field)
