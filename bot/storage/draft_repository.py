"""Drafts of staff: what somebody typed into a box of a case and has not sent. Nobody but the author reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import StaleVersion
from bot.storage.dialect import insert_ignoring
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
        """One's drafts on a case, by box. One that was sent stands there empty: its version is never used again."""
        wanted = select(drafts.c.box, drafts.c.text, drafts.c.version, drafts.c.saved_at).where(
            drafts.c.staff_id == staff_id, drafts.c.case_id == case_id
        )
        return {row.box: Draft(*row) for row in await self._connection.execute(wanted)}

    async def keep(self, staff_id: int, case_id: int, box: str, text: str, known: int, at: datetime) -> Draft:
        """Save over the version that is known. Raises `StaleDraft`, also when both save at the same moment."""
        text = text if text.strip() else ""
        present = (await self.of_case(staff_id, case_id)).get(box, Draft(box, "", 0, None))
        if present.version != known and present.text != text:
            raise StaleDraft(present)
        kept = Draft(box, text, present.version + 1, at)
        if not await self._write(staff_id, case_id, kept, present.version):
            raise StaleDraft((await self.of_case(staff_id, case_id))[box])
        await self._connection.execute(delete(drafts).where(drafts.c.saved_at < at - KEPT_FOR))
        return kept

    async def forget(self, staff_id: int, case_id: int, boxes: Sequence[str], at: datetime) -> None:
        """They were sent: a window that still shows one is older from now on."""
        if not boxes:
            return
        await self._connection.execute(
            update(drafts)
            .where(drafts.c.staff_id == staff_id, drafts.c.case_id == case_id, drafts.c.box.in_(boxes))
            .values(text="", version=drafts.c.version + 1, saved_at=at)
        )

    async def _write(self, staff_id: int, case_id: int, kept: Draft, over: int) -> bool:
        """Whether the version that was read is still the one that stands there."""
        row = {"staff_id": staff_id, "case_id": case_id, **vars(kept)}
        if over == 0:
            return await insert_ignoring(self._connection, drafts, row)
        own = (drafts.c.staff_id == staff_id, drafts.c.case_id == case_id, drafts.c.box == kept.box)
        changed = {"text": kept.text, "version": kept.version, "saved_at": kept.saved_at}
        result = await self._connection.execute(update(drafts).where(*own, drafts.c.version == over).values(changed))
        return bool(result.rowcount)
