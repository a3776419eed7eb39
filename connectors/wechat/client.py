"""Calls to the platform's server API: access token, customer-service messages, media."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.domain.errors import ChannelError, ChannelRejected, ChannelUnavailable
from connectors.wechat.settings import WechatSettings

MEDIA_LIMIT = 25 * 1024 * 1024

# 全局返回码. A fresh token heals these.
TOKEN_CODES = frozenset({40001, 40014, 42001})
# Seconds to wait where the same message may go through later. The long waits are for what staff must mend first.
RETRY_AFTER = {
    40001: 60.0,  # secret or token wrong, even after a new token
    40014: 60.0,
    42001: 60.0,
    40013: 600.0,  # AppID wrong
    40125: 600.0,  # AppSecret wrong
    40164: 600.0,  # our address is not on the account's IP allow list
    45009: 3600.0,  # the day's calls are used up
    45011: 60.0,  # the minute's calls are used up
}
MEANINGS = {
    40003: "no such openid",
    40007: "media id wrong or older than three days",
    40013: "WECHAT_APP_ID is wrong",
    40125: "WECHAT_APP_SECRET is wrong",
    40164: "this server's address is not on the account's IP allow list",
    43004: "not a follower",
    43019: "the citizen is on the account's block list",
    45009: "the day's calls are used up",
    45011: "too many calls this minute",
    45015: "the citizen has not written within 48 hours",
    45047: "five messages were sent since the citizen wrote",
    46004: "no such openid",
    48001: "the account has no right to this call",
    48004: "the platform has banned this call",
    50002: "the platform has limited the account",
}
_STAFF_MUST_ACT = frozenset({40001, 40013, 40125, 40164, 45009, 48001, 48004, 50002})
# stable_token hands out a new token in the last five minutes; the old one stays valid meanwhile.
_RENEW_BEFORE = 240.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Answer:
    """What came back on HTTP 200: a JSON object, or bytes with their type."""

    data: dict[str, Any]
    content: bytes = b""
    content_type: str = ""

    @property
    def code(self) -> int:
        """The platform's errcode; 0 and absent both mean success."""
        try:
            return int(self.data.get("errcode", 0))
        except (TypeError, ValueError):
            return -1


class WechatClient:
    """One account's way to the API. Raises `ChannelUnavailable` (later) or `ChannelRejected` (never)."""

    def __init__(
        self, settings: WechatSettings, clock: Callable[[], float] = time.monotonic, timeout: float = 10.0
    ) -> None:
        self._settings = settings
        self._base = settings.api_base.rstrip("/")
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None
        self._token, self._renew_at = "", 0.0
        self._renewal: asyncio.Task[None] | None = None

    async def send_text(self, openid: str, text: str) -> None:
        """发送客服消息: push one text of at most 2048 bytes."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        await self._authorised("POST", "/cgi-bin/message/custom/send", body=body)

    async def media(self, media_id: str) -> tuple[bytes, str]:
        """获取临时素材: the bytes and their type; a film comes as an address to fetch."""
        answer = await self._authorised("GET", "/cgi-bin/media/get", query={"media_id": media_id})
        video_url = answer.data.get("video_url")
        if isinstance(video_url, str) and video_url.startswith(("http://", "https://")):
            answer = await self._exchange("GET", video_url, redirects=True)
        if not answer.content:
            raise ChannelRejected("the platform sent no media", "no_media")
        return answer.content, answer.content_type

    async def token(self, stale: str = "") -> str:
        """The access token, fetched once for all who wait; `stale` is the one that was just refused."""
        if self._token in ("", stale) or self._clock() >= self._renew_at:
            if self._renewal is None or self._renewal.done():
                self._renewal = asyncio.create_task(self._renew(stale))
            # Shielded: one caller giving up must not take the token from the others.
            await asyncio.shield(self._renewal)
        return self._token

    async def close(self) -> None:
        """Close the connections; the next call would open new ones."""
        if self._renewal:
            self._renewal.cancel()
        if self._session:
            await self._session.close()
        self._session = None

    async def _renew(self, stale: str) -> None:
        await self._fetch_token(force=False)
        if stale and self._token == stale:
            # force_refresh is allowed 20 times a day only, so it comes second.
            await self._fetch_token(force=True)

    async def _fetch_token(self, force: bool) -> None:
        """获取稳定版接口调用凭据: does not push other holders of a token out, unlike /cgi-bin/token."""
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret,
            "force_refresh": force,
        }
        answer = await self._exchange("POST", self._base + "/cgi-bin/stable_token", body=body)
        _raise_for_code(answer, "/cgi-bin/stable_token")
        token, lifetime = answer.data.get("access_token"), answer.data.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(lifetime, int):
            raise ChannelUnavailable("stable_token answered without a token")
        self._token = token
        self._renew_at = self._clock() + max(lifetime - _RENEW_BEFORE, lifetime / 2)

    async def _authorised(
        self, method: str, path: str, query: dict[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> _Answer:
        """Call with the token; if it is refused, renew it once and try once more."""
        token = await self.token()
        answer = await self._exchange(method, self._base + path, {**(query or {}), "access_token": token}, body)
        if answer.code in TOKEN_CODES:
            token = await self.token(stale=token)
            answer = await self._exchange(method, self._base + path, {**(query or {}), "access_token": token}, body)
        _raise_for_code(answer, path)
        return answer

    async def _exchange(
        self,
        method: str,
        url: str,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        redirects: bool = False,
    ) -> _Answer:
        """One HTTP call. Redirects of API calls are not followed: they would carry the token elsewhere."""
        # 40033: the body must be UTF-8 as it is, without \uxxxx.
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"} if data else {}
        try:
            async with self._connected().request(
                method, url, params=query, data=data, headers=headers, allow_redirects=redirects
            ) as response:
                return await _read(response)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            # Only the kind of error: its text may hold the address with the token.
            raise ChannelUnavailable(f"WeChat cannot be reached ({type(error).__name__})") from None

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self._session


async def _read(response: aiohttp.ClientResponse) -> _Answer:
    """Sort an HTTP answer into JSON and media; errors of media calls are JSON with status 200."""
    if response.status != 200:
        raise ChannelUnavailable(f"WeChat answered with HTTP {response.status}", _retry_after(response))
    content = await _read_bounded(response)
    kind = response.content_type
    # The type of such errors varies (text/plain is common); no picture, voice or film begins with a brace.
    if kind in ("application/json", "text/plain", "text/html", "text/json") or content.startswith(b"{"):
        return _Answer(_as_object(content))
    return _Answer({}, content, kind)


async def _read_bounded(response: aiohttp.ClientResponse) -> bytes:
    """Read at most 25 MB, whatever the header says."""
    parts, size = [], 0
    async for part in response.content.iter_chunked(64 * 1024):
        size += len(part)
        if size > MEDIA_LIMIT:
            raise ChannelRejected(f"the media is larger than {MEDIA_LIMIT} bytes", "too_large")
        parts.append(part)
    return b"".join(parts)


def _retry_after(response: aiohttp.ClientResponse) -> float:
    value = response.headers.get("Retry-After", "")
    return min(float(value), 3600.0) if re.fullmatch(r"\d{1,6}", value) else 5.0


def _as_object(content: bytes) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise ChannelUnavailable("WeChat answered with something other than a JSON object")
    return data


def _raise_for_code(answer: _Answer, path: str) -> None:
    """Turn an errcode into an error; staff must see some of them."""
    if answer.code == 0:
        return
    level = logging.ERROR if answer.code in _STAFF_MUST_ACT else logging.WARNING
    logger.log(level, "wechat refused a call", extra={"code": answer.code, "path": path})
    raise error_for(answer.code, str(answer.data.get("errmsg", "")))


def error_for(code: int, errmsg: str = "") -> ChannelError:
    """The error for an errcode. Only an IP address is taken from the platform's own words."""
    meaning = MEANINGS.get(code, "see 全局返回码")
    address = re.search(r"\d{1,3}(?:\.\d{1,3}){3}", errmsg) if code == 40164 else None
    message = f"WeChat error {code}: {meaning}" + (f" ({address.group()})" if address else "")
    if code < 0 or code in RETRY_AFTER:
        return ChannelUnavailable(message, RETRY_AFTER.get(code, 5.0))
    return ChannelRejected(message, code)
