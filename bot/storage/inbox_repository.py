"""来信: what came in, as received; done once a turn has taken it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import InboxItem
from bot.domain.errors import NotFound, StaleVersion
from bot.domain.messages import ChannelEvent, GeoPoint, InboundMessage, Media, MessageKind
from bot.storage.dialect import insert_ignoring
from bot.storage.tables import inbox

_BY_ID = select(inbox).where(inbox.c.id == bindparam("id"))
_BY_MESSAGE = select(inbox).where(
    inbox.c.channel == bindparam("channel"),
    inbox.c.account == bindparam("account"),
    inbox.c.message_id == bindparam("message_id"),
)
_OPEN_OF = (
    select(inbox)
    .where(inbox.c.conversation_id == bindparam("conversation_id"), inbox.c.done.is_(False))
    .order_by(inbox.c.id)
)
_FINISH = update(inbox).where(inbox.c.id.in_(bindparam("ids", expanding=True)), inbox.c.done.is_(False))


class InboxRepository:
    """Rows of `inbox`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def receive(self, message: InboundMessage, conversation_id: str, at: datetime) -> tuple[InboxItem, bool]:
        """Keep a message once. Tells whether it is new; a repeat gives the row of the first."""
        address = message.address
        new = await insert_ignoring(
            self._connection,
            inbox,
            {
                "channel": address.channel,
                "account": address.account,
                "message_id": message.message_id,
                "conversation_id": conversation_id,
                "kind": message.kind.value,
                "text": message.text,
                "extra": _extra(message),
                "received_at": at,
                "done": False,
                "attempts": 0,
            },
        )
        return await self.find(address.channel, address.account, message.message_id), new

    async def find(self, channel: str, account: str, message_id: str) -> InboxItem:
        """By the channel's own message id. Raises `NotFound`."""
        return await self._one(_BY_MESSAGE, {"channel": channel, "account": account, "message_id": message_id})

    async def get(self, inbox_id: int) -> InboxItem:
        """By id. Raises `NotFound`."""
        return await self._one(_BY_ID, {"id": inbox_id})

    async def open_of(self, conversation_id: str) -> list[InboxItem]:
        """What waits for a turn in one conversation, in order."""
        return await self._many(_OPEN_OF, {"conversation_id": conversation_id})

    async def of_conversation(self, conversation_id: str, after: int = 0, limit: int = 500) -> list[InboxItem]:
        """What a citizen said, in order, from after an id on."""
        return await self._many(
            select(inbox)
            .where(inbox.c.conversation_id == conversation_id, inbox.c.id > after)
            .order_by(inbox.c.id)
            .limit(limit)
        )

    async def finish(self, items: Sequence[InboxItem], at: datetime) -> None:
        """Mark a turn's items as done. Raises `StaleVersion` if any was already."""
        done = {"done": True, "done_at": at, "turn": items[-1].id}
        result = await self._connection.execute(_FINISH, {"ids": [item.id for item in items], **done})
        if result.rowcount != len(items):
            raise StaleVersion(f"inbox item {items[-1].id} was taken by another turn")

    async def seal(self, ids: Sequence[int], sealed: bool) -> None:
        """Keep what tells an accusation, and what answered it, from everybody but the disciplinary role; or not."""
        await self._connection.execute(update(inbox).where(inbox.c.id.in_(ids)).values(sealed=sealed))

    async def count_attempt(self, items: Sequence[InboxItem]) -> None:
        """Note that a turn over these items failed."""
        await self._connection.execute(
            update(inbox).where(inbox.c.id.in_([item.id for item in items])).values(attempts=inbox.c.attempts + 1)
        )

    async def conversations_left_open(self, before: datetime, limit: int = 500) -> list[str]:
        """Conversations with items that have waited since before `before`: the sweeper's list."""
        rows = await self._connection.execute(
            select(inbox.c.conversation_id)
            .where(inbox.c.done.is_(False), inbox.c.received_at < before)
            .group_by(inbox.c.conversation_id)
            .order_by(func.min(inbox.c.id))
            .limit(limit)
        )
        return [row[0] for row in rows]

    async def left_open(self, since: datetime, before: datetime) -> list[InboxItem]:
        """Items received between the two times that no turn has taken yet."""
        return await self._many(
            select(inbox)
            .where(inbox.c.done.is_(False), inbox.c.received_at >= since, inbox.c.received_at < before)
            .order_by(inbox.c.id)
            .limit(500)
        )

    async def count_open(self) -> int:
        """How many items wait for a turn."""
        result = await self._connection.execute(select(func.count()).select_from(inbox).where(inbox.c.done.is_(False)))
        return int(result.scalar_one())

    async def _one(self, statement: Any, wanted: Mapping[str, Any]) -> InboxItem:
        rows = await self._many(statement, wanted)
        if not rows:
            raise NotFound("no such message")
        return rows[0]

    async def _many(self, statement: Any, wanted: Mapping[str, Any] | None = None) -> list[InboxItem]:
        return [_item(row) for row in (await self._connection.execute(statement, wanted)).mappings()]


def _extra(message: InboundMessage) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if message.media:
        extra["media"] = [message.media.media_id, message.media.url, message.media.format]
    if message.location:
        extra["location"] = [message.location.latitude, message.location.longitude, message.location.label]
    if message.event:
        extra["event"] = [message.event.value, message.event_key]
    return extra


def _item(row: RowMapping) -> InboxItem:
    extra = row["extra"]
    event, event_key = extra.get("event", (None, ""))
    return InboxItem(
        id=row["id"],
        conversation_id=row["conversation_id"],
        message_id=row["message_id"],
        kind=MessageKind(row["kind"]),
        text=row["text"],
        media=Media(*extra["media"]) if "media" in extra else None,
        location=GeoPoint(*extra["location"]) if "location" in extra else None,
        event=ChannelEvent(event) if event else None,
        event_key=event_key,
        received_at=row["received_at"],
        done=row["done"],
        turn=row["turn"],
        attempts=row["attempts"],
    )
