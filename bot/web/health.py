"""GET /healthz: 200 once messages are answered by the bot, 503 with the reason until then."""

from __future__ import annotations

from aiohttp import web
from redis.exceptions import RedisError

from bot.domain.errors import StorageUnavailable
from bot.web import keys


def setup(app: web.Application) -> None:
    """Register the route."""
    app.router.add_get("/healthz", healthz)


async def healthz(request: web.Request) -> web.Response:
    """Database, mailbox, worker: the first that is missing is the reason."""
    try:
        async with request.app[keys.DATABASE].read() as uow:
            waiting = await uow.inbox.count_open()
    except StorageUnavailable as error:
        return _not_ready("database", str(error))
    try:
        workers = await request.app[keys.MAILBOX].workers_alive()
    except (RedisError, OSError) as error:
        return _not_ready("mailbox", f"Redis does not answer ({type(error).__name__})")
    if not workers:
        return _not_ready("worker", "no worker is ready yet; messages are kept and answered once one is")
    return web.json_response({"status": "ok", "workers": workers, "waiting": waiting})


def _not_ready(what: str, reason: str) -> web.Response:
    return web.json_response({"status": "unavailable", "what": what, "reason": reason}, status=503)
