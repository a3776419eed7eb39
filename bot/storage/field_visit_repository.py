"""下访 and the cases they carry. The outcome of a case is written once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NotFound
from bot.domain.field_visits import CarriedCase, FieldVisit
from bot.storage.dialect import key_of
from bot.storage.tables import field_visit_cases, field_visits


class FieldVisitRepository:
    """Rows of `field_visits` and `field_visit_cases`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def plan(self, visit: FieldVisit, case_nos: Sequence[str]) -> int:
        """A new visit with its cases; tells its number."""
        row = {name: value for name, value in vars(visit).items() if name != "id"}
        number = key_of(await self._connection.execute(field_visits.insert().values(row)))
        carried = [{"visit_id": number, "case_no": case_no, "note": ""} for case_no in case_nos]
        await self._connection.execute(field_visit_cases.insert(), carried)
        return number

    async def visit(self, visit_id: int) -> FieldVisit:
        """One that stands. Raises `NotFound`."""
        wanted = select(field_visits).where(field_visits.c.id == visit_id, ~field_visits.c.cancelled)
        row = (await self._connection.execute(wanted)).mappings().first()
        if row is None:
            raise NotFound("no such visit")
        return FieldVisit(**row)

    async def visits(self, since: date, limit: int = 60) -> list[FieldVisit]:
        """Those that stand, from a day on."""
        wanted = select(field_visits).where(field_visits.c.on >= since, ~field_visits.c.cancelled)
        rows = await self._connection.execute(wanted.order_by(field_visits.c.on, field_visits.c.id).limit(limit))
        return [FieldVisit(**row) for row in rows.mappings()]

    async def cancel(self, visit_id: int) -> None:
        """Nobody goes."""
        await self._connection.execute(update(field_visits).where(field_visits.c.id == visit_id).values(cancelled=True))

    async def carried(self, visit_ids: Sequence[int]) -> list[CarriedCase]:
        """The cases of visits, by visit and number."""
        wanted = select(field_visit_cases).where(field_visit_cases.c.visit_id.in_(visit_ids))
        ordered = wanted.order_by(field_visit_cases.c.visit_id, field_visit_cases.c.case_no)
        return [CarriedCase(**row) for row in (await self._connection.execute(ordered)).mappings()]

    async def note(self, visit_id: int, case_no: str, note: str) -> bool:
        """What came of a case; False where it is noted already or was not taken along."""
        unwritten = (
            field_visit_cases.c.visit_id == visit_id,
            field_visit_cases.c.case_no == case_no,
            field_visit_cases.c.note == "",
        )
        result = await self._connection.execute(update(field_visit_cases).where(*unwritten).values(note=note))
        return bool(result.rowcount)
