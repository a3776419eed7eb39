"""Conversations: found by address, guarded by a version."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Conversation, Mode
from bot.domain.errors import NotFound, StaleVersion
from bot.domain.messages import Address, Button
from bot.storage.dialect import insert_ignoring
from bot.storage.tables import conversations


class ConversationRepository:
    """Rows of `conversations`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, conversation_id: str) -> Conversation:
        """By id. Raises `NotFound`."""
        return await self._one(conversations.c.id == conversation_id)

    async def find(self, address: Address) -> Conversation:
        """By address. Raises `NotFound`."""
        return await self._one(
            (conversations.c.channel == address.channel)
            & (conversations.c.account == address.account)
            & (conversations.c.peer == address.peer)
        )

    async def find_or_start(self, address: Address, at: datetime) -> Conversation:
        """By address; the first message of a citizen starts one."""
        try:
            return await self.find(address)
        except NotFound:
            await self._insert(address, at)
            return await self.find(address)

    async def _insert(self, address: Address, at: datetime) -> None:
        row = {
            "id": secrets.token_hex(16),
            "channel": address.channel,
            "account": address.account,
            "peer": address.peer,
            "mode": Mode.BOT.value,
            "dialogue": {},
            "offered": [],
            "version": 1,
            "created_at": at,
        }
        await insert_ignoring(self._connection, conversations, row)

    async def touch(self, conversation_id: str, at: datetime) -> None:
        """Note that the citizen spoke."""
        await self._connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(last_inbound_at=at)
        )

    async def remember(
        self, conversation: Conversation, dialogue: Mapping[str, Any], offered: tuple[Button, ...], mode: Mode
    ) -> None:
        """Keep the bot's memory after a turn. Raises `StaleVersion` when another worker was quicker."""
        await self._change(
            conversation,
            {
                "dialogue": dict(dialogue),
                "offered": [{"title": button.title, "payload": button.payload} for button in offered],
                "mode": mode.value,
            },
        )

    async def lead(self, conversation: Conversation, mode: Mode, staff_id: int | None) -> None:
        """Change who answers. Raises `StaleVersion`."""
        await self._change(conversation, {"mode": mode.value, "staff_id": staff_id})

    async def _change(self, conversation: Conversation, values: dict[str, Any]) -> None:
        result = await self._connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation.id, conversations.c.version == conversation.version)
            .values(version=conversation.version + 1, **values)
        )
        if result.rowcount != 1:
            raise StaleVersion(f"conversation {conversation.id} was changed meanwhile")

    async def waiting(self, limit: int = 100) -> list[Conversation]:
        """Those in which a citizen waits for a person or talks with one, longest waiting first."""
        rows = await self._connection.execute(
            select(conversations)
            .where(conversations.c.mode.in_([Mode.WAITING.value, Mode.STAFF.value]))
            .order_by(conversations.c.last_inbound_at)
            .limit(limit)
        )
        return [_conversation(row) for row in rows.mappings()]

    async def recent(self, limit: int = 100) -> list[Conversation]:
        """Those in which something was said last, newest first."""
        rows = await self._connection.execute(
            select(conversations)
            .where(conversations.c.last_inbound_at.is_not(None))
            .order_by(conversations.c.last_inbound_at.desc())
            .limit(limit)
        )
        return [_conversation(row) for row in rows.mappings()]

    async def count_waiting(self) -> int:
        """How many citizens wait for a person."""
        result = await self._connection.execute(
            select(func.count()).select_from(conversations).where(conversations.c.mode == Mode.WAITING.value)
        )
        return int(result.scalar_one())

    async def _one(self, condition: Any) -> Conversation:
        row = (await self._connection.execute(select(conversations).where(condition))).mappings().first()
        if row is None:
            raise NotFound("no such conversation")
        return _conversation(row)


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(
        id=row["id"],
        address=Address(row["channel"], row["account"], row["peer"]),
        mode=Mode(row["mode"]),
        staff_id=row["staff_id"],
        dialogue=row["dialogue"],
        offered=tuple(Button(**button) for button in row["offered"]),
        version=row["version"],
        created_at=row["created_at"],
        last_inbound_at=row["last_inbound_at"],
    )
