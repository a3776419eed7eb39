"""Deliveries of channels: kept before they are answered; answered on the same connection where that is in time."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence

from aiohttp import web

from bot.domain.conversation import InboxItem, OutboxItem, OutboxState
from bot.domain.errors import NotFound
from bot.domain.messages import OutboundMessage
from bot.web import keys
from bot.web.chat import INTAKE
from bot.web.intake import Intake
from bot.web.waiting import Place
from connectors.base import Channel, Delivery

logger = logging.getLogger(__name__)

# The platform delivers three times (channels.md A5); on the third we own up if nothing can be pushed later.
DELIVERIES = 3
HOLD_UNTIL_CUT_SECONDS = 6.0


def setup(app: web.Application) -> None:
    """One address for all channels."""
    app.router.add_get("/webhooks/{channel}", challenge)
    app.router.add_post("/webhooks/{channel}", deliver)


def _channel(request: web.Request) -> Channel:
    """A channel that is not configured does not exist."""
    channel = request.app[keys.CHANNELS].get(request.match_info["channel"])
    if channel is None:
        raise NotFound("no such channel")
    return channel


async def challenge(request: web.Request) -> web.Response:
    """The platform checks our address."""
    return await _channel(request).challenge(request)


async def deliver(request: web.Request) -> web.StreamResponse:
    """Keep every message of a delivery, then answer."""
    started = asyncio.get_running_loop().time()
    channel, intake = _channel(request), request.app[INTAKE]
    delivery = await channel.parse(request)
    if len(delivery.messages) != 1 or not channel.features.answer_within:
        for message in delivery.messages:
            await intake.take(message)
        return channel.acknowledge(delivery)
    async with intake.taken(delivery.messages[0]) as place:
        return await _Answering(request, channel, intake, delivery, place).answer(started)


class _Deliveries:
    """How often each open item was delivered to this edge."""

    def __init__(self) -> None:
        self._counts: OrderedDict[int, int] = OrderedDict()

    def count(self, item: InboxItem) -> int:
        """Which delivery this is, from 1."""
        self._counts[item.id] = self._counts.pop(item.id, 0) + 1
        while len(self._counts) > 10_000:
            self._counts.popitem(last=False)
        return self._counts[item.id]


_deliveries = _Deliveries()


class _Answering:
    """One held connection and the item it waits for."""

    def __init__(
        self, request: web.Request, channel: Channel, intake: Intake, delivery: Delivery, place: Place
    ) -> None:
        self._request, self._channel, self._intake = request, channel, intake
        self._delivery, self._place, self._item = delivery, place, place.item

    async def answer(self, started: float) -> web.StreamResponse:
        """The replies if they come in time, else what the channel's means allow."""
        number = _deliveries.count(self._item)
        loop = asyncio.get_running_loop()
        left = self._channel.features.answer_within - (loop.time() - started)
        if await self._place.answered(left):
            return await self._offer(await self._intake.answers(self._item))
        if self._channel.features.can_push:
            return self._channel.acknowledge(self._delivery)
        if self._channel.features.repeats and number < DELIVERIES:
            await asyncio.sleep(max(0.0, HOLD_UNTIL_CUT_SECONDS - (loop.time() - started)))
            return self._channel.acknowledge(self._delivery)
        await self._intake.acknowledge_late(self._item, OutboxState.PENDING)
        return await self._offer(await self._intake.answers(self._item))

    async def _offer(self, replies: Sequence[OutboxItem]) -> web.StreamResponse:
        messages = [self._outbound(one) for one in replies]
        if not messages or not self._can_carry(messages) or not self._is_connected():
            return self._channel.acknowledge(self._delivery)
        response = self._channel.answer(self._delivery, messages)
        if await self._claim(replies):
            return await self._write(response, replies)
        return response if await self._was_offered() else self._channel.acknowledge(self._delivery)

    async def _was_offered(self) -> bool:
        """Whether another delivery of this message took the answer: a repeat gets the same one."""
        return all(one.offered_at is not None for one in await self._intake.answers(self._item))

    def _outbound(self, one: OutboxItem) -> OutboundMessage:
        address = self._delivery.messages[0].address
        return OutboundMessage(one.id, address, one.text, one.buttons)

    def _can_carry(self, messages: Sequence[OutboundMessage]) -> bool:
        return self._channel.fits_answer(messages) or not self._channel.features.can_push

    def _is_connected(self) -> bool:
        return self._request.transport is not None and not self._request.transport.is_closing()

    async def _claim(self, replies: Sequence[OutboxItem]) -> bool:
        async with self._intake.database.write() as uow:
            return await uow.outbox.offer(replies, self._intake.clock.now())

    async def _write(self, response: web.Response, replies: Sequence[OutboxItem]) -> web.StreamResponse:
        """Put the answer on the wire and note how that ended."""
        try:
            await response.prepare(self._request)
            await response.write_eof()
        except (ConnectionError, asyncio.CancelledError):
            await asyncio.shield(self._settle(replies, OutboxState.PENDING))
            raise
        await self._settle(replies, OutboxState.SENT)
        return response

    async def _settle(self, replies: Sequence[OutboxItem], state: OutboxState) -> None:
        async with self._intake.database.write() as uow:
            await uow.outbox.settle_offer(replies, state, self._intake.clock.now())
