"""派单与三分建议: what rules proposed and what people chose, so that rules which are often corrected are seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Sight
from bot.domain.proposals import About, Decision, Outcome
from bot.storage.case_repository import visible
from bot.storage.dialect import insert_ignoring
from bot.storage.tables import cases, proposals


class ProposalRepository:
    """Rows of `proposals`: at most one a case about its organ, and one about its way."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def decided(self, case_id: int, about: About, decision: Decision, at: datetime) -> None:
        """Note the first decision; what follows it, after a return for instance, is no answer to the proposal."""
        row = {"case_id": case_id, "about": about, **vars(decision), "at": at}
        await insert_ignoring(self._connection, proposals, row)

    async def outcomes(self, about: About, sight: Sight, since: datetime) -> list[Outcome]:
        """Decisions since a day over visible cases, counted by rule, proposal and choice."""
        shown = (proposals.c.rule, proposals.c.proposed, proposals.c.chosen, proposals.c.followed)
        wanted = (
            select(*shown, func.count())
            .join(cases, cases.c.id == proposals.c.case_id)
            .where(proposals.c.about == about, proposals.c.at >= since, visible(sight))
            .group_by(*shown)
        )
        return [Outcome(*row) for row in await self._connection.execute(wanted)]
