"""Beside a worker's turns: the text of a form at the desk → how it is read, for the clerk who types it.

As with messages, the words lie in the database and Redis holds a token alone. A form that nobody read in time is
filled in by hand; nothing waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from redis.exceptions import RedisError

from bot.domain.errors import StorageUnavailable
from bot.domain.reading import Reading, reading_to_json
from bot.flow.draft import MAX_WORDS
from bot.storage.unit_of_work import Database
from bot.workers.mailbox import Mailbox

logger = logging.getLogger(__name__)


@dataclass
class FormReader:
    """Reads one form after the other, until cancelled."""

    database: Database
    mailbox: Mailbox
    read: Callable[[str], Awaitable[Reading]]

    async def run(self) -> None:
        """Wait for forms and read them. One that cannot be read stays as it is."""
        while True:
            try:
                key = await self.mailbox.take_reading(wait_seconds=0.5)
                if key:
                    await self._read(key)
            except (RedisError, OSError, StorageUnavailable) as error:
                logger.warning("forms are not read", extra={"error": type(error).__name__})
                await asyncio.sleep(0.5)
            except Exception as error:
                facts = {"error": type(error).__name__}
                logger.error("a form was not read", extra=facts, exc_info=logger.isEnabledFor(logging.DEBUG))

    async def _read(self, key: str) -> None:
        async with self.database.read() as uow:
            text = await uow.registrations.text_of(key)
        if not text.strip():
            return
        reading = await self.read(text[:MAX_WORDS])
        async with self.database.write() as uow:
            await uow.registrations.understood(key, text, reading_to_json(reading))
