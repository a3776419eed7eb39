"""The edge process: the web application on its port until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import socket

from aiohttp import web

from bot.settings import Settings
from bot.workers.serve import stop_on_signals

logger = logging.getLogger(__name__)

FINISH_WITHIN_SECONDS = 2.5


def _site(runner: web.AppRunner, settings: Settings, descriptor: int | None) -> web.BaseSite:
    if descriptor is None:
        return web.TCPSite(runner, settings.host, settings.port, reuse_address=True)
    return web.SockSite(runner, socket.socket(fileno=descriptor))


async def run(settings: Settings, descriptor: int | None = None) -> None:
    """Listen until SIGTERM, on the socket that `serve` holds if there is one; open connections get a moment to end."""
    from bot import bootstrap

    stop = asyncio.Event()
    stop_on_signals(stop)
    async with bootstrap.running_edge(settings) as app:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=FINISH_WITHIN_SECONDS)
        await runner.setup()
        try:
            await _site(runner, settings, descriptor).start()
            logger.info("edge listens", extra={"host": settings.host, "port": settings.port})
            await stop.wait()
        finally:
            await runner.cleanup()
