"""Reception days and bookings. A slot is one row of a unique key: two who want it at once cannot both get it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NotFound
from bot.domain.reception import Booking, FreeSlot, ReceptionDay, SlotTaken
from bot.domain.working_days import DAY
from bot.storage.dialect import insert_ignoring, key_of
from bot.storage.tables import reception_bookings, reception_days

# Not the booking itself, or told with its day.
_BESIDE = frozenset({"released", "booked_at", "day_id", "reminded_at"})
ACTIVE = 0  # `released` of a booking that holds its slot; of one that was given back it is the booking's own number


class ReceptionRepository:
    """Rows of `reception_days` and `reception_bookings`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, day: ReceptionDay) -> int:
        """A new day; tells its number."""
        row = {name: value for name, value in vars(day).items() if name != "id"}
        return key_of(await self._connection.execute(reception_days.insert().values(row)))

    async def cancel_day(self, day_id: int) -> list[Booking]:
        """Nobody is received that day after all; tells whose slots it were. Raises `NotFound`."""
        day = await self.day(day_id)
        # First the day, then its bookings: this waits for whoever is booking, and then finds them.
        await self._connection.execute(
            update(reception_days).where(reception_days.c.id == day.id).values(cancelled=True)
        )
        booked = await self.booked(day_id)
        for one in booked:
            await self._release(one.id)
        return booked

    async def day(self, day_id: int, *, held: bool = False) -> ReceptionDay:
        """One that stands; `held`: and that nobody can cancel before this transaction ends. Raises `NotFound`."""
        wanted = select(reception_days).where(reception_days.c.id == day_id, ~reception_days.c.cancelled)
        wanted = wanted.with_for_update(read=True) if held else wanted
        row = (await self._connection.execute(wanted)).mappings().first()
        if row is None:
            raise NotFound("no such reception day")
        return ReceptionDay(**row)

    async def days(self, since: date, limit: int = 60) -> list[ReceptionDay]:
        """Those that stand, from a day on."""
        wanted = select(reception_days).where(reception_days.c.on >= since, ~reception_days.c.cancelled)
        rows = await self._connection.execute(wanted.order_by(reception_days.c.on, reception_days.c.id).limit(limit))
        return [ReceptionDay(**row) for row in rows.mappings()]

    async def booked(self, day_id: int) -> list[Booking]:
        """Who comes on a day, by time."""
        return await self._bookings(reception_bookings.c.day_id == day_id, reception_bookings.c.released == ACTIVE)

    async def free(self, after: date) -> list[FreeSlot]:
        """Every free slot after a day, of the next days that stand, in order."""
        days = await self.days(after + DAY)
        wanted = select(reception_bookings.c.day_id, reception_bookings.c.slot).where(
            reception_bookings.c.day_id.in_([day.id for day in days]), reception_bookings.c.released == ACTIVE
        )
        taken = {(row.day_id, row.slot) for row in await self._connection.execute(wanted)}
        return [FreeSlot(day, slot) for day in days for slot in range(day.slots) if (day.id, slot) not in taken]

    async def of_citizen(self, conversation_id: str, since: date) -> Booking | None:
        """The citizen's slot to come."""
        found = await self._bookings(
            reception_bookings.c.conversation_id == conversation_id,
            reception_bookings.c.released == ACTIVE,
            reception_days.c.on >= since,
        )
        return found[0] if found else None

    async def book(self, slot: FreeSlot, conversation_id: str, case_no: str, at: datetime) -> None:
        """Take a slot. Raises `SlotTaken`, `NotFound` for a day that was cancelled."""
        day = await self.day(slot.day.id, held=True)
        row: Mapping[str, Any] = {
            "day_id": day.id, "slot": slot.slot, "released": ACTIVE, "conversation_id": conversation_id,
            "case_no": case_no, "booked_at": at, "outcome": "", "note": "",
        }  # fmt: skip
        if not 0 <= slot.slot < day.slots or not await insert_ignoring(self._connection, reception_bookings, row):
            raise SlotTaken("this slot is taken")

    async def give_back(self, booking: Booking) -> None:
        """The slot is free again."""
        await self._release(booking.id)

    async def booking(self, booking_id: int) -> Booking:
        """One that holds its slot. Raises `NotFound`."""
        found = await self._bookings(reception_bookings.c.id == booking_id, reception_bookings.c.released == ACTIVE)
        if not found:
            raise NotFound("no such booking")
        return found[0]

    async def note_outcome(self, booking_id: int, outcome: str, note: str) -> bool:
        """Whether the citizen came, and what was said; False where that is noted already."""
        once = and_(reception_bookings.c.id == booking_id, reception_bookings.c.outcome == "")
        noted = await self._connection.execute(
            update(reception_bookings).where(once).values(outcome=outcome, note=note)
        )
        return bool(noted.rowcount)

    async def to_remind(self, on: date, booked_before: datetime, limit: int) -> list[Booking]:
        """Bookings of a day that were made before a moment and nobody was reminded of."""
        found = await self._bookings(
            reception_days.c.on == on,
            reception_bookings.c.released == ACTIVE,
            reception_bookings.c.booked_at < booked_before,
            reception_bookings.c.reminded_at.is_(None),
        )
        return found[:limit]

    async def remind(self, booking_id: int, at: datetime) -> bool:
        """Note that somebody is reminded; False where it was done before, or the slot was given back meanwhile."""
        still = and_(reception_bookings.c.released == ACTIVE, reception_bookings.c.reminded_at.is_(None))
        noted = await self._connection.execute(
            update(reception_bookings).where(reception_bookings.c.id == booking_id, still).values(reminded_at=at)
        )
        return bool(noted.rowcount)

    async def _release(self, booking_id: int) -> None:
        await self._connection.execute(
            update(reception_bookings).where(reception_bookings.c.id == booking_id).values(released=booking_id)
        )

    async def _bookings(self, *conditions: Any) -> list[Booking]:
        own = [column for column in reception_bookings.c if column.name not in _BESIDE]
        days = [column.label(f"day_{column.name}") for column in reception_days.c]
        wanted = (
            select(*own, *days)
            .join(reception_days, reception_days.c.id == reception_bookings.c.day_id)
            .where(*conditions)
            .order_by(reception_days.c.on, reception_bookings.c.slot)
        )
        return [_booking(dict(row)) for row in (await self._connection.execute(wanted)).mappings()]


def _booking(row: Mapping[str, Any]) -> Booking:
    day = ReceptionDay(**{name.removeprefix("day_"): value for name, value in row.items() if name.startswith("day_")})
    return Booking(day=day, **{name: value for name, value in row.items() if not name.startswith("day_")})
