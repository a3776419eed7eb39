"""会话: citizens who wait for a person, and talking with them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.casework import Work, handle
from bot.domain import commands
from bot.domain.conversation import Conversation, Mode
from bot.domain.errors import NotFound
from bot.domain.people import sight_of
from bot.web import keys
from bot.web.console import words
from bot.web.console.access import FORM, ME, back_to, render
from bot.web.console.timeline import transcript_of


async def overview(request: web.Request) -> web.StreamResponse:
    """Those who wait first, then the latest."""
    sight = sight_of(request[ME].staff)
    async with request.app[keys.DATABASE].read() as uow:
        waiting = await uow.conversations.waiting()
        recent = await uow.conversations.recent(60)
        found = list({one.id: one for one in [*waiting, *recent]}.values())
        seen = [one for one in found if await uow.cases.seen_in(one.id, sight)]
        lines = [await _line(one, uow) for one in seen]
    return render(request, "conversations.html", {"lines": lines})


async def _line(conversation: Conversation, uow: Any) -> dict[str, Any]:
    said = await uow.inbox.latest(conversation.id)
    return {
        "id": conversation.id,
        "mode": conversation.mode.value,
        "mode_name": words.MODES[conversation.mode],
        "channel": words.CHANNELS.get(conversation.address.channel, conversation.address.channel),
        "at": words.local_time(conversation.last_inbound_at),
        "said": (said.text[:60] if said else "") or "［无文字］",
    }


async def show(request: web.Request) -> web.StreamResponse:
    """One conversation."""
    me, conversation_id = request[ME].staff, request.match_info["conversation_id"]
    async with request.app[keys.DATABASE].read() as uow:
        conversation = await uow.conversations.get(conversation_id)
        if not await uow.cases.seen_in(conversation_id, sight_of(me)):
            raise NotFound("no such conversation")
        transcript = await transcript_of(conversation_id, uow)
        cases = await uow.cases.of_citizen(conversation_id)
    facts = {
        "conversation": conversation,
        "mode_name": words.MODES[conversation.mode],
        "mine": conversation.mode is Mode.STAFF and conversation.staff_id == me.id,
        "transcript": transcript,
        "cases": [words.case_line(case) for case in cases],
        "channel": words.CHANNELS.get(conversation.address.channel, conversation.address.channel),
    }
    return render(request, "conversation.html", facts)


async def act(request: web.Request) -> web.StreamResponse:
    """Take over, speak, give back."""
    conversation_id, deed = request.match_info["conversation_id"], request.match_info["deed"]
    sight = sight_of(request[ME].staff)
    async with request.app[keys.DATABASE].write() as uow:
        if not await uow.cases.seen_in(conversation_id, sight):
            raise NotFound("no such conversation")
        command = _command(deed, conversation_id, request[FORM])
        await handle(command, Work(uow, request[ME].staff, request.app[keys.CLOCK].now()))
    await request.app[keys.MAILBOX].tell_changed(f"conversation:{conversation_id}")
    return back_to(f"/console/conversations/{conversation_id}", deed)


def _command(deed: str, conversation_id: str, form: dict[str, str]) -> Any:
    if deed == "take":
        return commands.TakeOver(conversation_id)
    if deed == "give":
        return commands.GiveBack(conversation_id)
    return commands.SayToCitizen(conversation_id, form.get("text", ""))
