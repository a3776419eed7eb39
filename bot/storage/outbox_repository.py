"""发件箱: nothing leaves the process but through these rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Author, OutboxItem, OutboxState, Reply
from bot.domain.messages import Address, Button
from bot.storage.dialect import insert_ignoring
from bot.storage.tables import conversations, outbox

# A row left in SENDING belongs to a process that died: nobody knows whether it went out, and losing it is worse.
_CLAIMABLE = (OutboxState.PENDING.value, OutboxState.SENDING.value)
_UNSENT = (*_CLAIMABLE, OutboxState.OFFERED.value)
CLAIM_LASTS = timedelta(seconds=60)

_OF_TURN = select(outbox).where(outbox.c.turn == bindparam("turn_id")).order_by(outbox.c.position)


@dataclass(frozen=True)
class Due:
    """An item that should be pushed now, and to whom."""

    item: OutboxItem
    address: Address


class OutboxRepository:
    """Rows of `outbox`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        conversation_id: str,
        replies: Sequence[Reply],
        at: datetime,
        *,
        turn: int | None = None,
        first_position: int = 0,
        not_before: datetime | None = None,
        staff_id: int | None = None,
        state: OutboxState = OutboxState.PENDING,
    ) -> None:
        """Write messages down. For a turn each position exists once: a replay writes nothing twice."""
        for position, reply in enumerate(replies, start=first_position):
            await insert_ignoring(
                self._connection,
                outbox,
                {
                    "conversation_id": conversation_id,
                    "turn": turn,
                    "position": position,
                    "author": reply.author.value,
                    "staff_id": staff_id,
                    "text": reply.text,
                    "buttons": [{"title": button.title, "payload": button.payload} for button in reply.buttons],
                    "case_no": reply.case_no,
                    "state": state.value,
                    "created_at": at,
                    "not_before": not_before or at,
                    "attempts": 0,
                    "sent_at": at if state is OutboxState.SENT else None,
                },
            )

    async def of_turn(self, turn: int) -> list[OutboxItem]:
        """What answers one turn, in order."""
        return await self._many(_OF_TURN, {"turn_id": turn})

    async def of_conversation(self, conversation_id: str, after: int = 0, limit: int = 500) -> list[OutboxItem]:
        """What a citizen was told, in order, from after an id on."""
        return await self._many(
            select(outbox)
            .where(outbox.c.conversation_id == conversation_id, outbox.c.id > after)
            .order_by(outbox.c.id)
            .limit(limit)
        )

    async def offer(self, items: Sequence[OutboxItem], at: datetime) -> bool:
        """Claim messages for one passive reply: all of them, or none when any is on its way by push already."""
        wanted = outbox.c.id.in_([item.id for item in items])
        states = (await self._connection.execute(select(outbox.c.state).where(wanted).with_for_update())).scalars()
        if any(state != OutboxState.PENDING.value for state in states):
            return False
        await self._connection.execute(
            update(outbox).where(wanted).values(state=OutboxState.OFFERED.value, offered_at=at)
        )
        return bool(items)

    async def settle_offer(self, items: Sequence[OutboxItem], state: OutboxState, at: datetime) -> None:
        """End an offer: SENT once it is on the wire, PENDING to push it instead."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([item.id for item in items]), outbox.c.state == OutboxState.OFFERED.value)
            .values(state=state.value, sent_at=at if state is OutboxState.SENT else None, not_before=at)
        )

    async def unsettled_offers(self, before: datetime) -> list[OutboxItem]:
        """Offers made before `before` whose end nobody noted: the process that made them died."""
        return await self._many(
            select(outbox).where(outbox.c.state == OutboxState.OFFERED.value, outbox.c.offered_at < before)
        )

    async def due(self, at: datetime, channels: Sequence[str], limit: int = 100) -> list[Due]:
        """What should be pushed now: of each conversation the oldest message that is not out, if its time has come."""
        earlier = outbox.alias("earlier")
        overtakes = exists().where(
            earlier.c.conversation_id == outbox.c.conversation_id,
            earlier.c.id < outbox.c.id,
            earlier.c.state.in_(_UNSENT),
        )
        rows = await self._connection.execute(
            select(outbox, conversations.c.channel, conversations.c.account, conversations.c.peer)
            .join(conversations, conversations.c.id == outbox.c.conversation_id)
            .where(
                outbox.c.state.in_(_CLAIMABLE),
                outbox.c.not_before <= at,
                conversations.c.channel.in_(channels),
                ~overtakes,
            )
            .order_by(outbox.c.id)
            .limit(limit)
        )
        return [Due(_item(row), Address(row["channel"], row["account"], row["peer"])) for row in rows.mappings().all()]

    async def claim(self, item: OutboxItem, at: datetime) -> bool:
        """Take a pending row for sending; False if somebody else has it. A claim ends by itself after a minute."""
        result = await self._connection.execute(
            update(outbox)
            .where(outbox.c.id == item.id, outbox.c.state.in_(_CLAIMABLE), outbox.c.not_before <= at)
            .values(state=OutboxState.SENDING.value, not_before=at + CLAIM_LASTS)
        )
        return bool(result.rowcount)

    async def delivered(self, item: OutboxItem, at: datetime) -> None:
        """The channel took it."""
        await self._set(item, state=OutboxState.SENT.value, sent_at=at, attempts=item.attempts + 1)

    async def postpone(self, item: OutboxItem, until: datetime, error: str) -> None:
        """Try again later."""
        await self._set(
            item, state=OutboxState.PENDING.value, not_before=until, attempts=item.attempts + 1, error=error[:256]
        )

    async def refuse(self, item: OutboxItem, error: str) -> None:
        """The channel will never take it; staff see it in the conversation."""
        await self._set(item, state=OutboxState.REFUSED.value, attempts=item.attempts + 1, error=error[:256])

    async def _set(self, item: OutboxItem, **values: Any) -> None:
        await self._connection.execute(update(outbox).where(outbox.c.id == item.id).values(**values))

    async def _many(self, statement: Any, wanted: Mapping[str, Any] | None = None) -> list[OutboxItem]:
        return [_item(row) for row in (await self._connection.execute(statement, wanted)).mappings()]


def _item(row: RowMapping) -> OutboxItem:
    return OutboxItem(
        id=row["id"],
        conversation_id=row["conversation_id"],
        turn=row["turn"],
        position=row["position"],
        author=Author(row["author"]),
        text=row["text"],
        buttons=tuple(Button(**button) for button in row["buttons"]),
        case_no=row["case_no"],
        state=OutboxState(row["state"]),
        created_at=row["created_at"],
        attempts=row["attempts"],
        offered_at=row["offered_at"],
    )
