"""The edge process: the web application on its port until it is told to stop."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from bot.settings import Settings
from bot.workers.serve import stop_on_signals

logger = logging.getLogger(__name__)

FINISH_WITHIN_SECONDS = 2.5


async def run(settings: Settings) -> None:
    """Listen until SIGTERM; open connections get a moment to end."""
    from bot import bootstrap

    stop = asyncio.Event()
    stop_on_signals(stop)
    async with bootstrap.running_edge(settings) as app:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=FINISH_WITHIN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port, reuse_address=True).start()
            logger.info("edge listens", extra={"host": settings.host, "port": settings.port})
            await stop.wait()
        finally:
            await runner.cleanup()
