"""会话: citizens who wait for a person, and talking with them."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from bot.casework import handle
from bot.domain import commands
from bot.domain.commands import StaffCommand
from bot.domain.conversation import Conversation, Mode
from bot.domain.errors import BadInput, RuleViolation
from bot.domain.masking import hidden_in_all, mask_text
from bot.domain.people import Staff, sight_of
from bot.storage.conversation_repository import Overview
from bot.web import keys
from bot.web.console import words
from bot.web.console.deeds import work_of
from bot.web.console.pages import FORM, ME, back_to, part, problem, render
from bot.web.console.timeline import Names, bubbles, names_of_staff

LINES = 200
MOST_LINES = 2000
SHOWN_WORDS = 60


async def overview(request: web.Request) -> web.StreamResponse:
    """Those who wait first, then those with a colleague, then the latest."""
    return render(request, "conversations.html", await _list(request))


async def rows(request: web.Request) -> web.StreamResponse:
    """The list alone."""
    return part(request, "talks.html", await _list(request))


async def _list(request: web.Request) -> dict[str, Any]:
    me = request[ME].staff
    async with request.app[keys.DATABASE].read() as uow:
        found = await uow.conversations.overview(sight_of(me))
        names = await names_of_staff(uow)
    lines = [_line(one, names, me) for one in found]
    return {"talks_list": lines, "waiting": sum(line["mode"] == Mode.WAITING.value for line in lines)}


def _line(one: Overview, names: Names, me: Staff) -> dict[str, Any]:
    said = mask_text(one.last_words)
    return {
        **_about(one.conversation, names, me),
        "said": said if len(said) <= SHOWN_WORDS else said[:SHOWN_WORDS] + "…",
        "cases": one.cases,
    }


def _about(conversation: Conversation, names: Names, me: Staff) -> dict[str, Any]:
    channel = conversation.address.channel
    return {
        "id": conversation.id,
        "mode": conversation.mode.value,
        "mode_name": words.MODES[conversation.mode],
        "mine": conversation.mode is Mode.STAFF and conversation.staff_id == me.id,
        "leader": names.get(conversation.staff_id or 0, "") if conversation.mode is Mode.STAFF else "",
        "channel": words.CHANNELS.get(channel, channel),
        "at": conversation.last_inbound_at,
    }


async def show(request: web.Request) -> web.StreamResponse:
    """One conversation."""
    return render(request, "conversation.html", {**await _facts(request), "typed": {}, "problem": ""})


async def talk(request: web.Request) -> web.StreamResponse:
    """The talk alone."""
    return part(request, "talk.html", await _facts(request))


async def _facts(request: web.Request) -> dict[str, Any]:
    me, conversation_id = request[ME].staff, request.match_info["conversation_id"]
    sight, limit = sight_of(me), _limit(request)
    async with request.app[keys.DATABASE].read() as uow:
        conversation = await uow.conversations.seen(conversation_id, sight)
        names = await names_of_staff(uow)
        lines = await uow.conversations.talk(conversation_id, sight, limit=limit)
        cases = await uow.cases.of_conversation(conversation_id, sight)
        hidden = not sight.accusations and await uow.conversations.holds_sealed(conversation_id)
    about = _about(conversation, names, me)
    mask = partial(mask_text, hidden=hidden_in_all(cases), revealed=about["mine"])
    return {
        "talk": about,
        # Only for whoever speaks with the citizen: they have to know why words are missing.
        "confided": hidden and about["mine"],
        # Whoever leads the talk is told things in person; for others numbers stay masked.
        "lines": bubbles(lines, names, mask),
        "cases": [words.case_line(case) for case in cases],
        "more": min(limit * 2, MOST_LINES) if len(lines) == limit < MOST_LINES else 0,
    }


def _limit(request: web.Request) -> int:
    raw = request.query.get("lines", "")
    return max(LINES, min(int(raw), MOST_LINES)) if raw.isascii() and raw.isdigit() and len(raw) < 6 else LINES


async def act(request: web.Request) -> web.StreamResponse:
    """Take over, speak, give back."""
    conversation_id, deed = request.match_info["conversation_id"], request.match_info["deed"]
    try:
        async with request.app[keys.DATABASE].write() as uow:
            await handle(_command(deed, conversation_id, request[FORM]), work_of(request, uow))
    except (RuleViolation, BadInput) as error:
        facts = {**await _facts(request), "typed": request[FORM], "problem": problem(error)}
        return render(request, "conversation.html", facts, 400 if isinstance(error, BadInput) else 409)
    await request.app[keys.MAILBOX].tell_changed(f"conversation:{conversation_id}")
    return back_to(f"/console/conversations/{conversation_id}", deed)


def _command(deed: str, conversation_id: str, form: dict[str, str]) -> StaffCommand:
    if deed == "take":
        return commands.TakeOver(conversation_id)
    if deed == "give":
        return commands.GiveBack(conversation_id)
    return commands.SayToCitizen(conversation_id, form.get("text", ""))
