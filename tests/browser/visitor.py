"""Somebody at a browser without a window: says over HTTP what a test wants said to the console."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.browser.console_app import PASSWORD, Office

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Visitor:
    """A browser without a window."""

    session: aiohttp.ClientSession
    csrf: str = ""
    forwarded: str = ""

    async def get(self, path: str, **options: Any) -> tuple[int, str, aiohttp.ClientResponse]:
        async with self.session.get(path, allow_redirects=False, **options) as response:
            return response.status, await response.text(), response

    async def post(self, path: str, **form: str) -> tuple[int, str, aiohttp.ClientResponse]:
        data, headers = {"csrf": self.csrf, **form}, {"X-Forwarded-For": self.forwarded} if self.forwarded else {}
        async with self.session.post(path, data=data, headers=headers, allow_redirects=False) as response:
            return response.status, await response.text(), response

    async def sign_in(self, username: str, password: str = PASSWORD, forwarded: str = "") -> int:
        self.forwarded = forwarded
        self.csrf = CSRF.findall((await self.get("/console/login"))[1])[0]
        status, _, _ = await self.post("/console/login", username=username, password=password)
        if status == 303:
            # None where a second factor is still wanted.
            self.csrf = next(iter(CSRF.findall((await self.get("/console/password"))[1])), self.csrf)
        return status


@asynccontextmanager
async def visiting(office: Office) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(office.url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=30)) as session:
        yield Visitor(session)
