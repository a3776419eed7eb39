"""A real database in a file, and hands to fill it and to work on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest_asyncio

from bot.casework import Work, handle
from bot.domain.case import Case, CaseEvent, NewCase
from bot.domain.commands import MoveCase
from bot.domain.conversation import Conversation, OutboxItem
from bot.domain.lifecycle import Actor, Move
from bot.domain.messages import Address, InboundMessage, MessageKind
from bot.domain.people import Role, Staff, sight_of
from bot.domain.permission import Request
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.procedure import SYSTEM, carry_out
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.unit_of_work import Database

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=timezone.utc)
CLERK = Staff(1, "clerk", "王受理", Role.INTAKE_CLERK, None, True)
OFFICER = Staff(2, "officer", "李承办", Role.CASE_OFFICER, "zhujian", True)
DISCIPLINARY = Staff(3, "discipline", "张纪检", Role.DISCIPLINARY, None, True)
COLLEAGUE = replace(CLERK, id=4, username="colleague", name="赵同事")
CHECKER = replace(OFFICER, id=5, username="checker", name="钱审核")
SUPERVISOR = Staff(6, "supervisor", "孙督办", Role.SUPERVISOR, None, True)
USUALLY = {
    Move.ASSIGN: CLERK,
    Move.ACKNOWLEDGE: OFFICER,
    Move.ACCEPT: OFFICER,
    Move.PROCESS: OFFICER,
    Move.DRAFT: OFFICER,
    Move.APPROVE: CHECKER,
    Move.CONCLUDE: OFFICER,
}
GIVEN: dict[Move, dict[str, Any]] = {
    Move.ASSIGN: {"organ": "zhujian"},
    Move.DRAFT: {"text": "经查，换热站已修好，请查看室温。"},
}
ANSWERED = (Move.ASSIGN, Move.ACCEPT, Move.PROCESS, Move.DRAFT, Move.APPROVE)
TOPIC = Topic("0102", "城乡建设", "城市建设和市政管理")


@dataclass
class Desk:
    """One database, seen by whoever is at work."""

    database: Database

    async def talk(self, channel: str = "web", peer: str = "peer") -> Conversation:
        async with self.database.write() as uow:
            return await uow.conversations.find_or_start(Address(channel, "", peer), NOW)

    async def say(self, conversation: Conversation, text: str, message_id: str = "") -> int:
        async with self.database.write() as uow:
            message = InboundMessage(conversation.address, message_id or text, MessageKind.TEXT, text)
            item, _ = await uow.inbox.receive(message, conversation.id, NOW)
            await uow.inbox.finish([item], NOW)
            return item.id

    async def file(self, channel: str = "web", conversation: Conversation | None = None, **given: Any) -> Case:
        """A case as filing writes it down; only what matters has to be given."""
        conversation = conversation or await self.talk(channel)
        text = given.pop("text", "暖气一直不热")
        inbox_id = await self.say(conversation, text)
        facts: dict[str, Any] = {
            "kind": CaseKind.CLAIM,
            "topic": TOPIC,
            "urgency": Urgency.NORMAL,
            "place": "东胜区天骄街道",
            "title": "暖气不热",
            "phones": ("13812345678",),
            "people": None,
            "anonymous": False,
            **given,
        }
        async with self.database.write() as uow:
            new = NewCase(conversation_id=conversation.id, inbox_id=inbox_id, channel=channel, text=text, **facts)
            filed = await uow.cases.file(new, NOW)
            return await carry_out(filed, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, NOW), uow)

    async def move(self, case: Case, move: Move, staff: Staff = CLERK, **given: Any) -> Case:
        """A move on the case as it is now."""
        return await self.do(MoveCase(case.case_no, move, (await self.now_as(case)).version, **given), staff)

    async def walk(self, case: Case, *moves: Move) -> Case:
        """The usual way, each step by who usually makes it."""
        for move in moves:
            case = await self.move(case, move, USUALLY[move], **GIVEN.get(move, {}))
        return case

    async def do(self, command: Any, staff: Staff = CLERK, at: datetime = NOW) -> Any:
        async with self.database.write() as uow:
            return await handle(command, Work(uow, staff, sight_of(staff), at))

    async def told(self, conversation_id: str | None) -> Sequence[OutboxItem]:
        assert conversation_id is not None
        async with self.database.read() as uow:
            return await uow.outbox.of_conversation(conversation_id)

    async def history(self, case: Case) -> Sequence[CaseEvent]:
        async with self.database.read() as uow:
            return await uow.cases.history(case)

    async def now_as(self, case: Case) -> Case:
        async with self.database.read() as uow:
            return (await uow.cases.by_number(case.case_no))[0]


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'minsheng.sqlite3'}"
    upgrade(url)
    database = Database(make_engine(url))
    yield Desk(database)
    await database.close()
