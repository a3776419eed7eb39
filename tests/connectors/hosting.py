"""The smallest application around a channel: what the edge does, without inbox and outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.errors import BadInput, Forbidden
from bot.domain.messages import InboundMessage, OutboundMessage
from connectors.base import Channel

Script = Callable[[InboundMessage], Sequence[OutboundMessage]]


def silent(message: InboundMessage) -> Sequence[OutboundMessage]:
    """Say nothing: the delivery is acknowledged."""
    return ()


def saying(*texts: str) -> Script:
    """A script that answers every message with these texts."""
    return lambda message: [OutboundMessage(number, message.address, text) for number, text in enumerate(texts, 1)]


class Host:
    """Serves one channel; `received` is what came in, `script` decides the passive replies."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.received: list[InboundMessage] = []
        self.script: Script = silent
        self.url = ""
        self.before_answer: Callable[[], Awaitable[None]] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Host]:
        # Larger than any channel's own limit, so that the channel's limit is the one at work.
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/hook", self._get)
        app.router.add_post("/hook", self._post)
        async with TestServer(app) as server:
            self.url = str(server.make_url("/hook"))
            yield self
        await self.channel.close()

    async def _get(self, request: web.Request) -> web.StreamResponse:
        return await self._guarded(self.channel.challenge(request))

    async def _post(self, request: web.Request) -> web.StreamResponse:
        return await self._guarded(self._take(request))

    async def _take(self, request: web.Request) -> web.Response:
        delivery = await self.channel.parse(request)
        self.received.extend(delivery.messages)
        if self.before_answer:
            await self.before_answer()
        replies = [reply for message in delivery.messages for reply in self.script(message)]
        return self.channel.answer(delivery, replies) if replies else self.channel.acknowledge(delivery)

    async def _guarded(self, response: Awaitable[web.Response]) -> web.Response:
        """The statuses that `Channel` promises."""
        try:
            return await response
        except Forbidden as error:
            return web.Response(status=403, text=str(error))
        except BadInput as error:
            return web.Response(status=400, text=str(error))
