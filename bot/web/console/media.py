"""Pictures of citizens, for staff who may read the talk or a case they belong to."""

from __future__ import annotations

from aiohttp import web

from bot.domain.conversation import InboxItem
from bot.domain.errors import NotFound
from bot.domain.people import Sight, sight_of
from bot.storage.unit_of_work import UnitOfWork
from bot.web import keys
from bot.web.chat import CHANNEL
from bot.web.console.pages import ME
from bot.web.console.timeline import talk_about
from bot.web.media import MediaStore


async def show(request: web.Request) -> web.StreamResponse:
    """A kept picture."""
    sight = sight_of(request[ME].staff)
    async with request.app[keys.DATABASE].read() as uow:
        item = await uow.inbox.get(int(request.match_info["inbox_id"]))
        if not await _may_see(item, sight, uow):
            raise NotFound("no such picture")
        sha256, content_type = await _kept(item, uow)
    store = MediaStore(request.app[keys.SETTINGS].media_dir)
    return store.response(sha256, content_type)


async def _may_see(item: InboxItem, sight: Sight, uow: UnitOfWork) -> bool:
    if await uow.conversations.may_read(item.conversation_id, sight):
        lines = await uow.conversations.talk(item.conversation_id, sight, after=item.id - 1)
        return any(line.picture == item.id for line in lines)
    for case in await uow.cases.of_conversation(item.conversation_id, sight):
        lines = await talk_about(case, await uow.cases.history(case), sight, uow)
        if any(line.picture == item.id for line in lines):
            return True
    return False


async def _kept(item: InboxItem, uow: UnitOfWork) -> tuple[str, str]:
    """Digest and type. What a channel held is an attachment; the page's own uploads carry their digest themselves."""
    kept = (await uow.cases.attachments_of(item.conversation_id)).get(item.id)
    if kept is not None:
        return str(kept["sha256"]), str(kept["content_type"])
    conversation = await uow.conversations.get(item.conversation_id)
    if item.media is None or conversation.address.channel != CHANNEL:
        raise NotFound("no such picture")
    return item.media.media_id, item.media.format
