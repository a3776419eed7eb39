"""What every way in shares: keep the message, post its conversation, wait for the answer, own up when it is late."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.clock import Clock
from bot.domain.conversation import InboxItem, OutboxItem, OutboxState
from bot.domain.messages import InboundMessage
from bot.flow.late import LATE_POSITION, acknowledge_late
from bot.flow.receive import receive, receive_known
from bot.storage.unit_of_work import Database
from bot.web.waiting import WaitingRoom
from bot.workers.mailbox import Mailbox


@dataclass
class Intake:
    """The edge's side of a message's way."""

    database: Database
    mailbox: Mailbox
    room: WaitingRoom
    clock: Clock

    async def take(self, message: InboundMessage, *, known: bool = False) -> InboxItem:
        """Keep a message and post its conversation. A repeat gives the first one's item."""
        item, new = await (receive_known if known else receive)(message, self.database, self.clock)
        if new:
            await self.mailbox.post(item.conversation_id)
            await self.mailbox.tell_changed(f"conversation:{item.conversation_id}")
        return item

    async def answers(self, item: InboxItem) -> list[OutboxItem]:
        """What answers an item. Items that were joined into a later one's turn have no answer of their own."""
        async with self.database.read() as uow:
            found = await uow.outbox.of_turn(item.id)
        return [one for one in found if one.position < LATE_POSITION] or found

    async def acknowledge_late(self, item: InboxItem, state: OutboxState) -> None:
        """«Your words are kept under number …», once, when no bot answers in time."""
        async with self.database.write() as uow:
            await acknowledge_late(item, uow, self.clock.now(), state)
