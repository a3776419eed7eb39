"""What every way in shares: keep the message, post its conversation, wait for the answer, own up when it is late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.domain.clock import Clock
from bot.domain.conversation import InboxItem, OutboxItem, OutboxState
from bot.domain.messages import InboundMessage
from bot.flow.late import LATE_POSITION, acknowledge_late
from bot.flow.receive import receive, receive_known
from bot.storage.unit_of_work import Database
from bot.web.waiting import Place, WaitingRoom
from bot.workers.mailbox import Mailbox


@dataclass
class Intake:
    """The edge's side of a message's way."""

    database: Database
    mailbox: Mailbox
    room: WaitingRoom
    clock: Clock

    @asynccontextmanager
    async def taken(self, message: InboundMessage, *, known: bool = False) -> AsyncIterator[Place]:
        """Keep a message and post its conversation; wait for the answer inside. A repeat gives the first one's item."""
        item, new = await (receive_known if known else receive)(message, self.database, self.clock)
        with self.room.place(item) as place:
            if new:
                await self.mailbox.post(item.conversation_id)
            yield place

    async def take(self, message: InboundMessage) -> None:
        """The same for a message that nobody waits for."""
        async with self.taken(message):
            pass

    async def answers(self, item: InboxItem) -> list[OutboxItem]:
        """What answers an item. Items that were joined into a later one's turn have no answer of their own."""
        async with self.database.read() as uow:
            found = await uow.outbox.of_turn(item.id)
        return [one for one in found if one.position < LATE_POSITION] or found

    async def acknowledge_late(self, item: InboxItem, state: OutboxState) -> None:
        """«Your words are kept under number …», once, when no bot answers in time."""
        async with self.database.write() as uow:
            await acknowledge_late(item, uow, self.clock.now(), state)
