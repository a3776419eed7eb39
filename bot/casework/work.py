"""What every handler of the staff's side shares: the open transaction, who acts, and telling the citizen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.casework.templates import LONGEST_TEXT, gaps_in
from bot.domain import ports
from bot.domain.case import Case
from bot.domain.conversation import Conversation, Reply
from bot.domain.errors import BadInput, NotFound, StaleVersion, WrongRole
from bot.domain.own_rules import OrganChange, TemplateChange
from bot.domain.people import Sight, Staff
from bot.procedure import inform, say


class Conversations(ports.Conversations, Protocol):
    """会话, as staff find them."""

    async def seen(self, conversation_id: str, sight: Sight) -> Conversation: ...


class Members(Protocol):
    """工作人员."""

    async def all(self) -> list[Staff]: ...
    async def held(self, staff_id: int) -> Staff: ...


class OwnRules(Protocol):
    """What staff changed of the rules."""

    async def stamp(self) -> str: ...
    async def held_stamp(self) -> str: ...
    async def locked_stamp(self) -> str: ...
    async def organs(self) -> list[OrganChange]: ...
    async def templates(self) -> list[TemplateChange]: ...
    async def put_organ(self, change: OrganChange) -> None: ...
    async def put_template(self, change: TemplateChange) -> None: ...
    async def free_number(self, table: str) -> int: ...
    async def is_busy(self, organ: str) -> bool: ...


class UnitOfWork(ports.UnitOfWork, Protocol):
    """One open transaction."""

    @property
    def conversations(self) -> Conversations: ...
    @property
    def staff(self) -> Members: ...
    @property
    def own_rules(self) -> OwnRules: ...


@dataclass(frozen=True)
class Work:
    """One staff member's command in one transaction."""

    uow: UnitOfWork
    staff: Staff
    sight: Sight
    now: datetime

    async def case(self, case_no: str, version: int | None = None) -> Case:
        """A case this member may see, as they saw it. Raises `NotFound`, `StaleVersion`, `WrongRole`."""
        if self.sight.veiled:
            raise WrongRole("您的角色只看办理情况，不办理")
        case = await self.uow.cases.get(case_no, self.sight)
        if version is not None and case.version != version:
            raise StaleVersion(f"case {case_no} was changed meanwhile")
        return case

    async def case_if_seen(self, case_no: str) -> Case | None:
        """The same; None where there is none, or where a correction into an accusation took it out of sight."""
        try:
            return await self.case(case_no)
        except NotFound:
            return None

    async def conversation(self, conversation_id: str) -> Conversation:
        """A conversation this member may lead. Raises `NotFound`."""
        return await self.uow.conversations.seen(conversation_id, self.sight)

    async def note(self, case: Case, event: str, data: dict[str, Any], *, public: bool = False) -> None:
        """A line in the case's history."""
        await self.uow.cases.note(case.id, self.staff.actor, event, data, self.now, public=public)

    async def say(self, conversation_id: str, reply: Reply) -> None:
        """Words for the citizen, on the channel they used."""
        await say(conversation_id, reply, self.now, self.uow, self.staff.id)

    async def inform(self, case: Case, reply: Reply) -> None:
        """Words for whoever brought a case; without a channel, a task to tell them."""
        organ = self.staff.organ or ""
        await inform(case, reply, self.now, self.uow, organ=organ, staff_id=self.staff.id)


def written(text: str, field: str = "text", at_most: int = LONGEST_TEXT) -> str:
    """What somebody typed, trimmed. Raises `BadInput` when it is empty, too long, or a template not filled in."""
    trimmed = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not trimmed:
        raise BadInput(f"{field}: wanted some words", field)
    gaps = gaps_in(trimmed)
    if gaps:
        raise BadInput(f"{field}: still to be filled in: {len(gaps)} gaps", "gaps")
    if len(trimmed) > at_most:
        raise BadInput(f"{field}: {len(trimmed)} characters; at most {at_most} are taken", field)
    return trimmed


def shortly(text: str, field: str, at_most: int) -> str:
    """What somebody typed into a line that may stay empty, trimmed. Raises `BadInput` when it is too long."""
    trimmed = " ".join(text.replace("\x00", "").split())
    if len(trimmed) > at_most:
        raise BadInput(f"{field}: {len(trimmed)} characters; at most {at_most} are taken", field)
    return trimmed
