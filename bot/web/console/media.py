"""Pictures of citizens, for staff who may see a case or the conversation they belong to."""

from __future__ import annotations

from aiohttp import web

from bot.domain.errors import NotFound
from bot.domain.people import sight_of
from bot.web import keys
from bot.web.chat import MEDIA
from bot.web.console.access import ME
from bot.web.console.timeline import picture_of


async def show(request: web.Request) -> web.StreamResponse:
    """A kept picture."""
    sight = sight_of(request[ME].staff)
    async with request.app[keys.DATABASE].read() as uow:
        item = await uow.inbox.get(int(request.match_info["inbox_id"]))
        if not await uow.cases.seen_in(item.conversation_id, sight):
            raise NotFound("no such picture")
        sha256, content_type = await picture_of(item.id, uow)
    return request.app[MEDIA].response(sha256, content_type)
