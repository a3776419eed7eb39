"""Connections that wait for a turn: news from the mailbox, and a look into the database when news are late."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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

    @contextmanager
    def place(self, item: InboxItem) -> Iterator[Place]:
        """A place to wait in. Taken before the item's conversation is posted, so that no news are missed."""
        event = asyncio.Event()
        self._waiting[item.id].add(event)
        try:
            yield Place(item, self, event)
        finally:
            self._waiting[item.id].discard(event)
            if not self._waiting[item.id]:
                del self._waiting[item.id]

    async def is_done(self, inbox_id: int) -> bool:
        """Whether a turn has taken an item."""
        async with self.database.read() as uow:
            return (await uow.inbox.get(inbox_id)).done


@dataclass(frozen=True)
class Place:
    """Somebody who waits for one item."""

    item: InboxItem
    _room: WaitingRoom
    _news: asyncio.Event

    async def answered(self, within: float) -> bool:
        """Whether a turn has taken the item within so many seconds, or had before."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while not (self.item.done or self._news.is_set()):
            left = deadline - loop.time()
            if left <= 0:
                return False
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(left, LOOK_EVERY_SECONDS))
            if not self._news.is_set() and await self._room.is_done(self.item.id):
                return True
        return True
