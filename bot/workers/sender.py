"""Outbox rows → channels: in order within a conversation, again after growing waits, refusals told to staff."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.clock import Clock
from bot.domain.conversation import OutboxState
from bot.domain.errors import ChannelError, ChannelUnavailable, StorageUnavailable
from bot.domain.messages import OutboundMessage
from bot.storage.outbox_repository import Due
from bot.storage.unit_of_work import Database
from connectors.base import Channel

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 3600.0
GIVE_UP_AFTER = 30
# An offer ends within milliseconds; one older than this was made by an edge that died.
OFFER_TAKES = timedelta(seconds=2)
# The platform delivers three times, and waits five seconds for each.
REPEATS_LAST = timedelta(seconds=15)


@dataclass
class Sender:
    """Pushes what is due. Run by every edge; a row is claimed before it is sent."""

    database: Database
    channels: Mapping[str, Channel]
    clock: Clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                sent = await self.send_due()
                await self.settle_offers()
            except StorageUnavailable as error:
                logger.warning("outbox is away", extra={"error": str(error)})
                sent = 0
            if not sent:
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def send_due(self) -> int:
        """Send what is due now; tells how many rows were looked at."""
        pushing = [name for name, channel in self.channels.items() if channel.features.can_push]
        if not pushing:
            return 0
        async with self.database.read() as uow:
            due = await uow.outbox.due(self.clock.now(), pushing)
        await asyncio.gather(*(self._send(one) for one in due))
        return len(due)

    async def _send(self, one: Due) -> None:
        """Send one row. Later rows of its conversation become due once it is through."""
        async with self.database.write() as uow:
            if not await uow.outbox.claim(one.item, self.clock.now()):
                return
        try:
            await self.channels[one.address.channel].send(
                OutboundMessage(one.item.id, one.address, one.item.text, one.item.buttons)
            )
        except ChannelError as error:
            await self._failed(one, error)
            return
        async with self.database.write() as uow:
            await uow.outbox.delivered(one.item, self.clock.now())

    async def _failed(self, one: Due, error: ChannelError) -> None:
        """A temporary failure waits longer each time; a permanent one ends the row, and staff see it."""
        facts = {"outbox_id": one.item.id, "error": type(error).__name__, "attempts": one.item.attempts + 1}
        async with self.database.write() as uow:
            if isinstance(error, ChannelUnavailable) and one.item.attempts < GIVE_UP_AFTER:
                wait = min(max(error.retry_after, 2.0 ** min(one.item.attempts, 12)), LONGEST_WAIT_SECONDS)
                await uow.outbox.postpone(one.item, self.clock.now() + timedelta(seconds=wait), str(error))
                logger.info("message put off", extra=facts)
                return
            await uow.outbox.refuse(one.item, str(error))
            logger.warning("message refused by its channel", extra=facts)

    async def settle_offers(self) -> None:
        """Passive replies whose end nobody noted, because the edge that offered them died.

        The platform asks again until it has an answer, and a repeat gets what was offered. So while it may still ask,
        whoever lives to see the offer need not push it; if nobody did, it may be lost, and then it is pushed.
        """
        now = self.clock.now()
        async with self.database.read() as uow:
            left = await uow.outbox.unsettled_offers(now - OFFER_TAKES)
        if not left:
            return
        missed = [one for one in left if one.offered_at is not None and now - one.offered_at > REPEATS_LAST]
        async with self.database.write() as uow:
            await uow.outbox.settle_offer(missed, OutboxState.PENDING, now)
            await uow.outbox.settle_offer([one for one in left if one not in missed], OutboxState.SENT, now)
