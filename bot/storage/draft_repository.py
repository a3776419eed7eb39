"""Drafts of staff: what somebody typed into a box of a case and has not sent. Nobody but the author reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import StaleVersion
from bot.storage.tables import drafts

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Draft:
    """`box` is what it was typed into; `version` counts the savings of it, 0 for none."""

    box: str
    text: str
    version: int
    saved_at: datetime | None


class StaleDraft(StaleVersion):
    """Another window saved meanwhile; `kept` is what stands there now."""

    def __init__(self, kept: Draft) -> None:
        super().__init__("the draft was changed in another window")
        self.kept = kept


class DraftRepository:
    """Rows of `drafts`. Every look and change is of one staff member's own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_case(self, staff_id: int, case_id: int) -> dict[str, Draft]:
        """One's drafts on a case, by box."""
        wanted = select(drafts.c.box, drafts.c.text, drafts.c.version, drafts.c.saved_at).where(
            drafts.c.staff_id == staff_id, drafts.c.case_id == case_id
        )
        return {row.box: Draft(*row) for row in await self._connection.execute(wanted)}

    async def keep(self, staff_id: int, case_id: int, box: str, text: str, known: int, at: datetime) -> Draft:
        """Save over the version that is known; an empty text forgets it. Raises `StaleDraft`."""
        present = (await self.of_case(staff_id, case_id)).get(box, Draft(box, "", 0, None))
        if present.version != known and present.text != text:
            raise StaleDraft(present)
        await self.forget(staff_id, case_id, box)
        await self._connection.execute(delete(drafts).where(drafts.c.saved_at < at - KEPT_FOR))
        if not text.strip():
            return Draft(box, "", 0, None)
        kept = Draft(box, text, present.version + 1, at)
        await self._connection.execute(drafts.insert().values(staff_id=staff_id, case_id=case_id, **vars(kept)))
        return kept

    async def forget(self, staff_id: int, case_id: int, box: str) -> None:
        """It was sent, or thrown away."""
        await self._connection.execute(
            delete(drafts).where(drafts.c.staff_id == staff_id, drafts.c.case_id == case_id, drafts.c.box == box)
        )
