"""One message → up to three POSTs to the webhook → what the citizen sees."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import aiohttp

from connectors.wechat.platform.account import Account, BadReply, Message


@dataclass(frozen=True)
class Attempt:
    """One POST: `status` 0 when no answer came in time."""

    status: int
    body: bytes = b""
    nonce: str = ""


@dataclass
class Exchange:
    """A message and all that came back on its own connections."""

    attempts: list[Attempt] = field(default_factory=list)
    reply: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    @property
    def text(self) -> str:
        """The words of the passive reply, empty without one."""
        return self.reply.get("Content", "")

    @property
    def answered(self) -> bool:
        """Whether the webhook answered at all, be it only `success`."""
        return any(attempt.status for attempt in self.attempts)


class Postman:
    """被动回复用户消息: no answer within 5 s → the connection is cut and the same message comes again."""

    def __init__(self, account: Account, webhook: str, repeat_after: float, deliveries: int) -> None:
        self._account, self._webhook = account, webhook
        self._repeat_after, self._deliveries = repeat_after, deliveries

    async def deliver(self, session: aiohttp.ClientSession, message: Message, openid: str) -> Exchange:
        """Post until an answer comes, `deliveries` times at most."""
        exchange = Exchange()
        for _ in range(self._deliveries):
            attempt = await self._post(session, message, openid)
            exchange.attempts.append(attempt)
            if attempt.status:
                self._judge(exchange, attempt)
                return exchange
        exchange.fault = "no answer in time"
        return exchange

    async def _post(self, session: aiohttp.ClientSession, message: Message, openid: str) -> Attempt:
        """One POST; one that cannot connect waits too, so that repeats stay apart."""
        request, began = self._account.request(message, openid, time.time()), time.monotonic()
        timeout = aiohttp.ClientTimeout(total=self._repeat_after)
        headers = {"Content-Type": request.content_type}
        try:
            async with session.post(
                self._webhook, params=request.query, data=request.body, headers=headers, timeout=timeout
            ) as response:
                return Attempt(response.status, await response.read(), request.query["nonce"])
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            await asyncio.sleep(max(0.0, self._repeat_after - (time.monotonic() - began)))
            return Attempt(0)

    def _judge(self, exchange: Exchange, attempt: Attempt) -> None:
        """Neither a reply nor `success`: the citizen reads 该公众号提供的服务出现故障."""
        if attempt.status != 200:
            exchange.fault = f"HTTP {attempt.status}"
            return
        try:
            exchange.reply = self._account.read_reply(attempt.body, attempt.nonce)
        except BadReply as error:
            exchange.fault = str(error)
