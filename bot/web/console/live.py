"""Server-sent events: «something changed», and the page fetches what it shows anew. No content travels here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from bot.web import keys
from bot.workers.mailbox import Keys

HEARTBEAT_SECONDS = 15.0
LISTENERS: web.AppKey[set[asyncio.Queue[str]]] = web.AppKey("listeners", set)


def setup(app: web.Application) -> None:
    """One subscription a process, fanned out."""
    app[LISTENERS] = set()
    app.cleanup_ctx.append(_listening)


async def _listening(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(_fan_out(app))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _fan_out(app: web.Application) -> None:
    async for channel, data in app[keys.MAILBOX].news():
        if channel == Keys.changed:
            for queue in app[LISTENERS]:
                if queue.qsize() < 10:  # a slow page fetches everything anyway
                    queue.put_nowait(str(data).split(":", maxsplit=1)[0])


async def events(request: web.Request) -> web.StreamResponse:
    """One open page."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    response.headers["X-Accel-Buffering"] = "no"
    await response.prepare(request)
    queue: asyncio.Queue[str] = asyncio.Queue()
    request.app[LISTENERS].add(queue)
    try:
        while True:
            await response.write(await _next(queue))
    except (ConnectionError, asyncio.CancelledError):
        return response
    finally:
        request.app[LISTENERS].discard(queue)


async def _next(queue: asyncio.Queue[str]) -> bytes:
    try:
        what = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
    except asyncio.TimeoutError:
        return b": still here\n\n"
    return f"event: changed\ndata: {what}\n\n".encode()
