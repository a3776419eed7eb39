"""Server-sent events: «something changed», and the page fetches what it shows anew. No content travels here.

One subscription to the mailbox a process, fanned out. Who may not see a case hears nothing of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from bot.domain.errors import NotFound, StorageUnavailable
from bot.domain.people import Sight, sight_of
from bot.storage.unit_of_work import UnitOfWork
from bot.web import keys, sessions
from bot.web.console.pages import ME
from bot.workers.background import in_background
from bot.workers.mailbox import Keys

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
# News come in bursts; pages are told once for all that came within this time.
GATHER_SECONDS = 0.2
# News can get lost while Redis is away: the database is looked at anyway.
LOOK_EVERY_SECONDS = 10.0
LONGEST_QUEUE = 100
END = ""

Newest = tuple[int, datetime | None]


@dataclass(eq=False)
class Listener:
    """One open page."""

    sight: Sight
    queue: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(LONGEST_QUEUE))

    def tell(self, what: str) -> None:
        """A page that reads nothing for so long fetches everything when it comes back."""
        with suppress(asyncio.QueueFull):
            self.queue.put_nowait(what)


@dataclass
class Hub:
    """Hears the news and tells each page what concerns it."""

    app: web.Application
    listeners: set[Listener] = field(default_factory=set)
    _changed: set[str] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _newest: dict[Sight, Newest] = field(default_factory=dict)

    async def hear(self) -> None:
        """Until cancelled."""
        async for channel, data in self.app[keys.MAILBOX].news():
            if channel == Keys.changed:
                self._changed.add(str(data))
                self._news.set()

    async def spread(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_EVERY_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)
            self._news.clear()
            changed, self._changed = self._changed, set()
            try:
                await self._tell(changed)
            except StorageUnavailable as error:
                logger.warning("news: database is away", extra={"error": str(error)})

    async def _tell(self, changed: set[str]) -> None:
        sights = {listener.sight for listener in self.listeners}
        self._newest = {sight: newest for sight, newest in self._newest.items() if sight in sights}
        if not sights:
            return
        async with self.app[keys.DATABASE].read() as uow:
            for sight in sights:
                news = [*await self._list_news(sight, uow), *await self._visible(changed, sight, uow)]
                for listener in self.listeners:
                    if listener.sight == sight:
                        for what in news:
                            listener.tell(what)

    async def _list_news(self, sight: Sight, uow: UnitOfWork) -> list[str]:
        newest = await uow.cases.newest(sight)
        before = self._newest.get(sight, newest)
        self._newest[sight] = newest
        return ["cases"] if newest != before else []

    async def _visible(self, changed: set[str], sight: Sight, uow: UnitOfWork) -> list[str]:
        """Cases and talks by name for those alone who may see them. A talk's news may also be in a case of it."""
        found = []
        for what in sorted(changed):
            kind, _, name = what.partition(":")
            if kind == "case" and name and await _sees_case(name, sight, uow):
                found.append(what)
            if kind == "conversation" and await _sees_talk(name, sight, uow):
                found.append(what)
        return found

    async def greet(self, listener: Listener) -> None:
        """Know what the list holds when a page opens, so that the next change is one."""
        if listener.sight not in self._newest:
            async with self.app[keys.DATABASE].read() as uow:
                self._newest[listener.sight] = await uow.cases.newest(listener.sight)
        self.listeners.add(listener)

    async def end(self, app: web.Application) -> None:
        """Let open pages go: the process stops."""
        for listener in self.listeners:
            listener.tell(END)


async def _sees_case(case_no: str, sight: Sight, uow: UnitOfWork) -> bool:
    try:
        await uow.cases.get(case_no, sight)
    except NotFound:
        return False
    return True


async def _sees_talk(conversation_id: str, sight: Sight, uow: UnitOfWork) -> bool:
    if await uow.conversations.may_read(conversation_id, sight):
        return True
    return bool(await uow.cases.of_conversation(conversation_id, sight))


HUB = web.AppKey("hub", Hub)


def setup(app: web.Application) -> None:
    """Listen while the application runs."""
    app[HUB] = hub = Hub(app)
    app.cleanup_ctx.append(_listening)
    app.on_shutdown.append(hub.end)


async def _listening(app: web.Application) -> AsyncIterator[None]:
    async with in_background(app[HUB].hear(), app[HUB].spread()):
        yield


async def events(request: web.Request) -> web.StreamResponse:
    """One open page: what changed, and a sign of life in between; ends with the session."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    listener = Listener(sight_of(request[ME].staff))
    hub = request.app[HUB]
    await hub.greet(listener)
    try:
        await response.prepare(request)
        await response.write(b"retry: 2000\nevent: hello\ndata: \n\n")
        while (line := await _next(listener, request)) is not None:
            await response.write(line)
    except ConnectionError:
        logger.debug("page went away")
    finally:
        hub.listeners.discard(listener)
    return response


async def _next(listener: Listener, request: web.Request) -> bytes | None:
    try:
        what = await asyncio.wait_for(listener.queue.get(), HEARTBEAT_SECONDS)
    except asyncio.TimeoutError:
        return b": still here\n\n" if await _still_in(listener, request) else None
    return f"event: changed\ndata: {what}\n\n".encode() if what != END else None


async def _still_in(listener: Listener, request: web.Request) -> bool:
    """Whether the session goes on with the same sight."""
    try:
        me = await sessions.who(request)
    except NotFound:
        return False
    except StorageUnavailable:
        return True
    return sight_of(me.staff) == listener.sight
