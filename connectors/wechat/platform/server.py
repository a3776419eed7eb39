"""The platform itself: its server API on a local port, and the citizens who write from it."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from connectors.wechat.platform import rules
from connectors.wechat.platform.account import TEXT_LIMIT, Account, Message
from connectors.wechat.platform.citizen import Citizen
from connectors.wechat.platform.delivery import Exchange, Postman

MEDIA_LIFETIME = 3 * 86400
TYPING_SECONDS = 15
# `fail(path, TIMEOUT)`: the call hangs until the caller gives up.
TIMEOUT = "timeout"
GARBAGE = "garbage"

_ERRMSG = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40003: "invalid openid",
    40007: "invalid media_id",
    40013: "invalid appid",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40125: "invalid appsecret",
    40164: "invalid ip 203.0.113.7, not in whitelist",
    41001: "access_token missing",
    42001: "access_token expired",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45080: "client msg id not exist or out of time",
    45081: "typing status already set",
    47001: "data format error",
}


class _Refused(Exception):
    """An error code on its way out."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class PushedMessage:
    """A customer-service message that reached a citizen."""

    openid: str
    text: str
    at: float


@dataclass(frozen=True)
class _Stored:
    content: bytes
    content_type: str
    at: float


class WechatPlatform:
    """Plays api.weixin.qq.com and the phones behind it. Set WECHAT_API_BASE to `base_url`."""

    def __init__(
        self,
        account: Account,
        webhook: str = "",
        repeat_after: float = 5.0,
        deliveries: int = 3,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.account, self.webhook, self.clock = account, webhook, clock
        self.repeat_after, self.deliveries = repeat_after, deliveries
        self.quota = rules.SendQuota(clock)
        self.stable, self.plain = rules.TokenShop(clock, keeps=True), rules.TokenShop(clock, keeps=False)
        self.pushed: list[PushedMessage] = []
        self.calls: list[str] = []
        self.base_url = ""
        self._arrivals: dict[str, asyncio.Queue[PushedMessage]] = defaultdict(asyncio.Queue)
        self._faults: dict[str, deque[int | str]] = defaultdict(deque)
        self._media: dict[str, _Stored] = {}
        self._typing: dict[str, float] = {}
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[WechatPlatform]:
        """Serve the API as long as the block runs; port 0 takes a free one."""
        runner = web.AppRunner(self.app(), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        self.base_url = f"http://{host}:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession() as self._session:
            try:
                yield self
            finally:
                await runner.cleanup()

    def app(self) -> web.Application:
        """The calls that this stand-in knows, under the platform's own paths."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_post("/cgi-bin/stable_token", self._stable_token)
        app.router.add_get("/cgi-bin/token", self._token)
        app.router.add_post("/cgi-bin/message/custom/send", self._custom_send)
        app.router.add_post("/cgi-bin/message/custom/typing", self._custom_typing)
        app.router.add_get("/cgi-bin/media/get", self._media_get)
        app.router.add_get("/files/{media_id}", self._file)
        return app

    def citizen(self, openid: str = "") -> Citizen:
        """A follower, with a fresh openid if none is given."""
        return Citizen(self, openid or "o" + secrets.token_urlsafe(20)[:27])

    def fail(self, path: str, code: int | str, times: int = 1) -> None:
        """Let the next calls of a path fail: an errcode, `TIMEOUT`, `GARBAGE` or an HTTP status of 500 to 599."""
        self._faults[path].extend([code] * times)

    def expire_tokens(self) -> None:
        """All tokens handed out so far end now (42001)."""
        self.stable.expire()
        self.plain.expire()

    def store_media(self, content: bytes, content_type: str) -> str:
        """Keep a temporary media for three days; returns its media_id."""
        media_id = secrets.token_urlsafe(48)
        self._media[media_id] = _Stored(content, content_type, self.clock())
        return media_id

    def pushed_to(self, openid: str) -> list[str]:
        """Texts that a citizen got by customer-service messages, oldest first."""
        return [message.text for message in self.pushed if message.openid == openid]

    async def next_push(self, openid: str, timeout: float = 10.0) -> str:
        """Wait for the next customer-service message to a citizen."""
        return (await asyncio.wait_for(self._arrivals[openid].get(), timeout)).text

    async def verify(self) -> bool:
        """提交 on the account's page: does the webhook echo our challenge?"""
        echostr = str(secrets.randbelow(10**19))
        query = self.account.challenge(echostr, time.time())
        async with self._connected().get(self.webhook, params=query) as response:
            return response.status == 200 and await response.text() == echostr

    async def deliver(self, message: Message, openid: str) -> Exchange:
        """Post a message to the webhook, again and again as the platform does."""
        postman = Postman(self.account, self.webhook, self.repeat_after, self.deliveries)
        return await postman.deliver(self._connected(), message, openid)

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use `async with platform.running():`")
        return self._session

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Note the call, play the fault that was asked for, turn refusals into errcodes on HTTP 200."""
        self.calls.append(request.path)
        faults = self._faults[request.path]
        try:
            if faults:
                return await _play(faults.popleft())
            return await handler(request)
        except _Refused as refusal:
            return _error(refusal.code)

    async def _stable_token(self, request: web.Request) -> web.Response:
        body = await _json(request)
        self._check_credentials(body.get("grant_type"), body.get("appid"), body.get("secret"))
        token, seconds = self.stable.issue(force=body.get("force_refresh") is True)
        return web.json_response({"access_token": token, "expires_in": seconds})

    async def _token(self, request: web.Request) -> web.Response:
        query = request.query
        self._check_credentials(query.get("grant_type"), query.get("appid"), query.get("secret"))
        token, seconds = self.plain.issue()
        return web.json_response({"access_token": token, "expires_in": seconds})

    async def _custom_send(self, request: web.Request) -> web.Response:
        self._check_token(request)
        body = await _json(request)
        openid, text = _text_of(body)
        code = self.quota.spend(openid)
        if code:
            raise _Refused(code)
        self._arrive(PushedMessage(openid, text, self.clock()))
        return _error(0)

    async def _custom_typing(self, request: web.Request) -> web.Response:
        self._check_token(request)
        openid, now = str((await _json(request)).get("touser", "")), self.clock()
        if not self.quota.is_open(openid):
            raise _Refused(45080)
        if self._typing.get(openid, 0.0) > now - TYPING_SECONDS:
            raise _Refused(45081)
        self._typing[openid] = now
        return _error(0)

    async def _media_get(self, request: web.Request) -> web.Response:
        """Pictures and voices as bytes, films as an address, errors as JSON: all with HTTP 200."""
        self._check_token(request)
        media_id = request.query.get("media_id", "")
        stored = self._media.get(media_id)
        if stored is None or stored.at < self.clock() - MEDIA_LIFETIME:
            return _error(40007, "text/plain")
        if stored.content_type.startswith("video/"):
            return web.json_response({"video_url": f"{self.base_url}/files/{media_id}"})
        return web.Response(body=stored.content, content_type=stored.content_type)

    async def _file(self, request: web.Request) -> web.Response:
        stored = self._media.get(request.match_info["media_id"])
        if stored is None:
            raise web.HTTPNotFound
        return web.Response(body=stored.content, content_type=stored.content_type)

    def _arrive(self, message: PushedMessage) -> None:
        self.pushed.append(message)
        self._arrivals[message.openid].put_nowait(message)

    def _check_credentials(self, grant: object, app_id: object, secret: object) -> None:
        if grant != "client_credential":
            raise _Refused(40002)
        if app_id != self.account.app_id:
            raise _Refused(40013)
        if secret != self.account.app_secret:
            raise _Refused(40125)

    def _check_token(self, request: web.Request) -> None:
        token = request.query.get("access_token", "")
        if not token:
            raise _Refused(rules.NO_TOKEN)
        if not any(shop.is_valid(token) for shop in (self.stable, self.plain)):
            known = self.stable.knows(token) or self.plain.knows(token)
            raise _Refused(rules.EXPIRED_TOKEN if known else rules.BAD_TOKEN)


async def _play(fault: int | str) -> web.Response:
    """A fault as the caller sees it."""
    if fault == TIMEOUT:
        await asyncio.Event().wait()
    if isinstance(fault, int) and 500 <= fault < 600:
        return web.Response(status=fault, text="bad gateway")
    if isinstance(fault, int):
        return _error(fault)
    return web.Response(text="<html>not what was asked for</html>", content_type="text/html")


def _error(code: int, content_type: str = "application/json") -> web.Response:
    body = {"errcode": code, "errmsg": _ERRMSG.get(code, "error") if code else "ok"}
    return web.Response(text=json.dumps(body), content_type=content_type)


async def _json(request: web.Request) -> dict[str, Any]:
    """The body; 40033 and 47001 as the platform has them."""
    raw = await request.read()
    if b"\\u" in raw:
        raise _Refused(40033)
    try:
        body = json.loads(raw)
    except ValueError:
        raise _Refused(47001) from None
    if not isinstance(body, dict):
        raise _Refused(47001)
    return body


def _text_of(body: dict[str, Any]) -> tuple[str, str]:
    """Receiver and words of a customer-service text."""
    openid, inner = body.get("touser"), body.get("text")
    if not isinstance(openid, str) or not openid:
        raise _Refused(40003)
    if body.get("msgtype") != "text" or not isinstance(inner, dict):
        raise _Refused(40008)
    text = str(inner.get("content", ""))
    if not text:
        raise _Refused(44004)
    if len(text.encode()) > TEXT_LIMIT:
        raise _Refused(45002)
    return openid, text
