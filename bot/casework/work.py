"""What every handler of the staff's side shares: the open transaction, who acts, and telling the citizen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.conversation import OutboxState, Reply
from bot.domain.errors import BadInput, Forbidden, StaleVersion
from bot.domain.lifecycle import Move
from bot.domain.people import Staff, sight_of
from bot.domain.ports import UnitOfWork

LONGEST_TEXT = 5000
FETCHED_CHANNELS = ("web", "terminal")


@dataclass(frozen=True)
class Work:
    """One staff member's command in one transaction."""

    uow: UnitOfWork
    staff: Staff
    now: datetime

    async def case(self, case_no: str, version: int | None = None) -> Case:
        """A case this member may see, as they saw it. Raises `NotFound`, `StaleVersion`."""
        case = await self.uow.cases.get(case_no, sight_of(self.staff))
        if version is not None and case.version != version:
            raise StaleVersion(f"case {case_no} was changed meanwhile")
        return case

    async def move(
        self, case: Case, move: Move, event: str, data: dict[str, Any], *, public: bool, **changes: Any
    ) -> Case:
        """Make a move of the lifecycle and note it. Raises `IllegalMove`."""
        saved = await self.uow.cases.change(replace(case.moved(move), **changes), self.now)
        await self.note(case, event, data, public=public)
        return saved

    async def note(self, case: Case, event: str, data: dict[str, Any], *, public: bool = False) -> None:
        """A line in the case's history."""
        await self.uow.cases.note(case.id, self.staff.actor, event, data, self.now, public=public)

    async def tell(self, conversation_id: str | None, reply: Reply) -> None:
        """Words for the citizen, on the channel they used; a page fetches its own."""
        if conversation_id is None:
            return
        conversation = await self.uow.conversations.get(conversation_id)
        fetched = conversation.address.channel in FETCHED_CHANNELS
        state = OutboxState.SENT if fetched else OutboxState.PENDING
        await self.uow.outbox.add(conversation_id, [reply], self.now, staff_id=self.staff.id, state=state)

    def must_talk(self) -> None:
        """Raises `Forbidden` for those who do not talk with citizens live."""
        if not sight_of(self.staff).conversations:
            raise Forbidden("conversations are for intake clerks, supervisors and administrators")


def words(text: str, field: str = "text") -> str:
    """What somebody typed, trimmed. Raises `BadInput` when it is empty or too long."""
    trimmed = text.strip()
    if not trimmed:
        raise BadInput("请填写内容。", field)
    if len(trimmed) > LONGEST_TEXT:
        raise BadInput(f"内容太长：{len(trimmed)} 字，最多 {LONGEST_TEXT} 字。", field)
    return trimmed
