"""常用筛选: what a staff member looks for again and again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import BadInput, NotFound, RuleViolation
from bot.storage.tables import saved_filters

LONGEST_NAME = 20
MOST = 30


@dataclass(frozen=True)
class SavedFilter:
    """`query` is a list's filters as they stand in the address."""

    id: int
    name: str
    query: str
    position: int


class FilterRepository:
    """Rows of `saved_filters`. Every look and change is of one staff member's own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, staff_id: int) -> list[SavedFilter]:
        """In their order."""
        mine = saved_filters.c.staff_id == staff_id
        columns = (saved_filters.c.id, saved_filters.c.name, saved_filters.c.query, saved_filters.c.position)
        rows = await self._connection.execute(select(*columns).where(mine).order_by(saved_filters.c.position))
        return [SavedFilter(*row) for row in rows]

    async def add(self, staff_id: int, name: str, query: str) -> None:
        """At the end. Raises `BadInput` for a bad or taken name, `RuleViolation` when there are too many."""
        present = await self.of(staff_id)
        if len(present) >= MOST:
            raise RuleViolation(f"at most {MOST} filters are kept")
        position = max((one.position for one in present), default=0) + 1
        row = {"staff_id": staff_id, "name": _free(name, present), "query": query, "position": position}
        await self._connection.execute(saved_filters.insert().values(**row))

    async def rename(self, staff_id: int, filter_id: int, name: str) -> None:
        """Raises `BadInput`, `NotFound`."""
        others = [one for one in await self.of(staff_id) if one.id != filter_id]
        await self._change(staff_id, filter_id, name=_free(name, others))

    async def raise_up(self, staff_id: int, filter_id: int) -> None:
        """One place up; the first stays. Raises `NotFound`."""
        present = await self.of(staff_id)
        at = next((at for at, one in enumerate(present) if one.id == filter_id), None)
        if at is None:
            raise NotFound("no such filter")
        if at:
            await self._change(staff_id, filter_id, position=present[at - 1].position)
            await self._change(staff_id, present[at - 1].id, position=present[at].position)

    async def remove(self, staff_id: int, filter_id: int) -> None:
        """Raises `NotFound`."""
        mine = (saved_filters.c.id == filter_id, saved_filters.c.staff_id == staff_id)
        if not (await self._connection.execute(delete(saved_filters).where(*mine))).rowcount:
            raise NotFound("no such filter")

    async def _change(self, staff_id: int, filter_id: int, **values: object) -> None:
        mine = (saved_filters.c.id == filter_id, saved_filters.c.staff_id == staff_id)
        if not (await self._connection.execute(update(saved_filters).where(*mine).values(**values))).rowcount:
            raise NotFound("no such filter")


def _free(name: str, others: list[SavedFilter]) -> str:
    trimmed = " ".join(name.replace("\x00", "").split())
    if not 0 < len(trimmed) <= LONGEST_NAME:
        raise BadInput(f"name: wanted 1 to {LONGEST_NAME} characters", "filter")
    if any(one.name == trimmed for one in others):
        raise BadInput("name: there is one already", "filter_taken")
    return trimmed
