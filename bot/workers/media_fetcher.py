"""Pictures and voices that a channel holds for us → files of our own, before the channel forgets them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.domain.clock import Clock
from bot.domain.errors import ChannelError, ChannelUnavailable, StorageUnavailable
from bot.storage.case_repository import Unfetched
from bot.storage.unit_of_work import Database
from connectors.base import Channel

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 3.0
# WeChat keeps temporary media for three days (channels.md A9).
HELD_FOR = timedelta(days=3)


class Kept(Protocol):
    """What the store says of a file it wrote."""

    @property
    def sha256(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def size(self) -> int: ...


class Store(Protocol):
    """Where files go."""

    def keep_any(self, content: bytes, content_type: str) -> Kept:
        """Write a file down."""


@dataclass
class MediaFetcher:
    """Run by every edge; fetching twice does no harm."""

    database: Database
    channels: Mapping[str, Channel]
    store: Store
    clock: Clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.fetch_new()
            except StorageUnavailable as error:
                logger.warning("media: database is away", extra={"reason": str(error)})
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def fetch_new(self) -> None:
        """Fetch what has not been fetched yet. What a channel refuses for good is noted with size 0."""
        if not self.channels:
            return
        async with self.database.read() as uow:
            missing = await uow.cases.unfetched(self.clock.now() - HELD_FOR, list(self.channels))
        for one in missing:
            await self._fetch(one)

    async def _fetch(self, one: Unfetched) -> None:
        try:
            content, content_type = await self.channels[one.channel].fetch(one.media)
            kept = await asyncio.to_thread(self.store.keep_any, content, content_type)
            found = (kept.sha256, kept.content_type, kept.size)
        except ChannelUnavailable:
            return
        except (ChannelError, NotImplementedError) as error:
            logger.warning("media refused", extra={"inbox_id": one.inbox_id, "error": type(error).__name__})
            found = ("", "", 0)
        async with self.database.write() as uow:
            await uow.cases.attach(one.conversation_id, one.inbox_id, *found, self.clock.now())
