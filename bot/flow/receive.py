"""A message from a channel → a row in the inbox, once, before the channel gets any answer."""

from __future__ import annotations

from datetime import datetime

from bot.domain.clock import Clock
from bot.domain.conversation import Conversation, InboxItem
from bot.domain.messages import InboundMessage
from bot.domain.ports import Store, UnitOfWork


async def receive(message: InboundMessage, store: Store, clock: Clock) -> tuple[InboxItem, bool]:
    """Keep what was said. Tells whether it is new; a repeat gives the row of the first delivery."""
    async with store.write() as uow:
        now = clock.now()
        conversation = await uow.conversations.find_or_start(message.address, now)
        return await _keep(message, conversation, uow, now)


async def receive_known(message: InboundMessage, store: Store, clock: Clock) -> tuple[InboxItem, bool]:
    """The same for a channel whose conversations must exist already. Raises `NotFound`."""
    async with store.write() as uow:
        conversation = await uow.conversations.find(message.address)
        return await _keep(message, conversation, uow, clock.now())


async def _keep(
    message: InboundMessage, conversation: Conversation, uow: UnitOfWork, now: datetime
) -> tuple[InboxItem, bool]:
    item, new = await uow.inbox.receive(message, conversation.id, now)
    if new:
        await uow.conversations.touch(conversation.id, now)
    return item, new
