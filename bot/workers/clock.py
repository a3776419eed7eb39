"""What has to happen although nobody asks: open messages are posted again, late ones owned up to, media fetched."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.clock import Clock
from bot.domain.conversation import InboxItem, OutboxState
from bot.domain.errors import StorageUnavailable
from bot.flow.late import acknowledge_late
from bot.storage.unit_of_work import Database
from bot.workers.mailbox import Mailbox

logger = logging.getLogger(__name__)

SWEEP_EVERY_SECONDS = 2.0
STALE_AFTER = timedelta(seconds=4)
LATE_AFTER = timedelta(seconds=20)
LATE_LOOKS_BACK = timedelta(hours=1)


@dataclass
class Sweeper:
    """Run by every edge; doing its work twice does no harm."""

    database: Database
    mailbox: Mailbox
    clock: Clock
    pushed: Mapping[str, bool]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await _quietly(self.sweep)
            await _quietly(self.own_up)
            await asyncio.sleep(SWEEP_EVERY_SECONDS)

    async def sweep(self) -> None:
        """Post conversations whose messages stay open: whatever became of their token, they are read."""
        async with self.database.read() as uow:
            left = await uow.inbox.conversations_left_open(self.clock.now() - STALE_AFTER)
        for conversation_id in left:
            await self.mailbox.post(conversation_id)

    async def own_up(self) -> None:
        """Tell citizens whose words wait for long that they are kept, and under which number. Once each."""
        now = self.clock.now()
        async with self.database.read() as uow:
            late = await uow.inbox.left_open(now - LATE_LOOKS_BACK, now - LATE_AFTER)
        newest = {item.conversation_id: item for item in late}
        for item in newest.values():
            await self._tell(item)

    async def _tell(self, item: InboxItem) -> None:
        async with self.database.write() as uow:
            conversation = await uow.conversations.get(item.conversation_id)
            pushed = self.pushed.get(conversation.address.channel, False)
            state = OutboxState.PENDING if pushed else OutboxState.SENT
            await acknowledge_late(item, uow, self.clock.now(), state)


async def _quietly(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except StorageUnavailable as error:
        logger.warning("sweeper: database is away", extra={"reason": str(error)})
