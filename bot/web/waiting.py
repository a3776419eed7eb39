"""Connections that wait for a turn: news from the mailbox, and a look into the database when news are late."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

from bot.domain.conversation import InboxItem
from bot.storage.unit_of_work import Database
from bot.workers.mailbox import Keys, Mailbox

LOOK_EVERY_SECONDS = 1.0


@dataclass
class WaitingRoom:
    """Waits for inbox items to be taken by a turn."""

    database: Database
    mailbox: Mailbox
    _waiting: dict[int, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))

    async def listen(self) -> None:
        """Until cancelled: wake whoever waits for what has been finished."""
        async for channel, data in self.mailbox.news():
            if channel == Keys.finished:
                for inbox_id in json.loads(data):
                    for event in self._waiting.get(inbox_id, ()):
                        event.set()

    async def wait(self, item: InboxItem, seconds: float) -> InboxItem | None:
        """The item once a turn has taken it; None when that takes longer."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        event = asyncio.Event()
        self._waiting[item.id].add(event)
        try:
            item = await self._look(item.id)  # the news may have come before we listened
            while not item.done:
                left = deadline - loop.time()
                if left <= 0:
                    return None
                await self._news_or_time(event, min(left, LOOK_EVERY_SECONDS))
                item = await self._look(item.id)
            return item
        finally:
            self._waiting[item.id].discard(event)
            if not self._waiting[item.id]:
                del self._waiting[item.id]

    async def _news_or_time(self, event: asyncio.Event, seconds: float) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)
        event.clear()

    async def _look(self, inbox_id: int) -> InboxItem:
        async with self.database.read() as uow:
            return await uow.inbox.get(inbox_id)
