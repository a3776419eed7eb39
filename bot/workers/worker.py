"""The worker: takes ready conversations, one turn at a time in each, several conversations side by side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from redis.exceptions import RedisError

from bot.domain.clock import Clock
from bot.domain.conversation import Conversation, InboxItem
from bot.domain.errors import NotFound, StaleVersion, StorageUnavailable
from bot.domain.messages import MessageKind
from bot.flow.turn import Turns
from bot.workers.mailbox import Mailbox

logger = logging.getLogger(__name__)

SIDE_BY_SIDE = 64
BEAT_EVERY_SECONDS = 1.5
FRAGMENT = 24
_SENTENCE_ENDS = ("。", "！", "？", "!", "?", ".", "~")


@dataclass
class Worker:
    """Runs until `stop`. `join_within` tells by channel how many seconds to wait for the rest of a sentence."""

    name: str
    mailbox: Mailbox
    turns: Turns
    clock: Clock
    join_within: dict[str, float] = field(default_factory=dict)
    _stopping: bool = False
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Take turns until told to stop; begun ones are finished."""
        beating = asyncio.create_task(self._beat())
        try:
            while not self._stopping:
                await self._next()
        finally:
            beating.cancel()
            await self.mailbox.stop_beating(self.name)
            await asyncio.gather(*self._running, return_exceptions=True)

    def stop(self) -> None:
        """Begin no more turns."""
        self._stopping = True

    async def _next(self) -> None:
        if len(self._running) >= SIDE_BY_SIDE:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        try:
            conversation_id = await self.mailbox.take(wait_seconds=0.5)
        except (RedisError, OSError) as error:
            logger.warning("mailbox is away", extra={"error": type(error).__name__})
            await asyncio.sleep(0.5)
            return
        if conversation_id:
            task = asyncio.create_task(self._talk(conversation_id))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _talk(self, conversation_id: str) -> None:
        try:
            async with self.mailbox.locked(conversation_id, self.name) as held:
                while held and await self._take(conversation_id):
                    pass
        except (RedisError, OSError) as error:
            logger.warning("mailbox is away", extra={"error": type(error).__name__})

    async def _take(self, conversation_id: str) -> bool:
        """One turn; tells whether there is another. What failed is tried again later: the sweeper posts it."""
        try:
            conversation, waiting = await self._waiting(conversation_id)
            finished = await self.turns.take(conversation, waiting)
        except (StaleVersion, StorageUnavailable, NotFound) as error:
            logger.info("turn put off", extra={"conversation": conversation_id, "reason": type(error).__name__})
            return False
        except Exception as error:
            facts = {"conversation": conversation_id, "error": type(error).__name__}
            logger.error("turn failed", extra=facts, exc_info=logger.isEnabledFor(logging.DEBUG))
            return False
        if finished:
            await self.mailbox.tell_finished(conversation_id, finished)
        # What comes in meanwhile has a token of its own: the mailbox posts it when the lock is given back.
        return 0 < len(finished) < len(waiting)

    async def _waiting(self, conversation_id: str) -> tuple[Conversation, list[InboxItem]]:
        """What is open. People send one sentence in several messages: a fragment is given a moment for the next."""
        while True:
            conversation, items = await self.turns.waiting(conversation_id)
            window = self.join_within.get(conversation.address.channel, 0.0) if tells(conversation) else 0.0
            wait = seconds_to_wait(items, [b.payload for b in conversation.offered], window, self.clock.now())
            if wait <= 0 or self._stopping:
                return conversation, items
            await asyncio.sleep(wait)

    async def _beat(self) -> None:
        while True:
            with suppress(RedisError, OSError):
                await self.mailbox.beat(self.name)
            await asyncio.sleep(BEAT_EVERY_SECONDS)


def tells(conversation: Conversation) -> bool:
    """Whether a story may be coming. To a plain question (where? which number?) one message is the answer."""
    return str(conversation.dialogue.get("slots", {}).get("requested_slot", "matter")) == "matter"


def seconds_to_wait(items: Sequence[InboxItem], choices: Sequence[str], window: float, now: datetime) -> float:
    """How long to wait for more: only after a short piece of free text, and never longer than three windows."""
    if not items or window <= 0 or not is_fragment(items[-1], choices):
        return 0.0
    since_last = (now - items[-1].received_at).total_seconds()
    since_first = (now - items[0].received_at).total_seconds()
    return min(window - since_last, 3 * window - since_first)


def is_fragment(item: InboxItem, choices: Sequence[str]) -> bool:
    """Whether a message may go on in the next one."""
    text = item.text.strip()
    if item.kind is not MessageKind.TEXT or not text or text in choices:
        return False
    return 2 <= len(text) <= FRAGMENT and not text.endswith(_SENTENCE_ENDS) and not text.replace(" ", "").isdigit()
