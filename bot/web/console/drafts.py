"""Drafts of replies, notes and reasons: saved while somebody types, there again on any device, gone once sent."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.casework.templates import FIELDS, LONGEST_TEXT
from bot.domain.case import Case
from bot.domain.errors import BadInput, WrongRole
from bot.domain.lifecycle import Move
from bot.domain.people import acting, sight_of
from bot.storage.draft_repository import Draft, StaleDraft
from bot.storage.unit_of_work import UnitOfWork
from bot.web import keys
from bot.web.console import words
from bot.web.console.forms import number_of
from bot.web.console.pages import FORM, ME

# The two boxes that always stand there; those of a move's form are called `<move>-<field>`.
BOXES = ("reply", "note")
_BOX_OF_DEED = {"draft": "reply", "answer": "reply", "note": "note"}


def boxes_of(deed: str) -> tuple[str, ...]:
    """The boxes that a deed sends; sending empties them."""
    if deed in _BOX_OF_DEED:
        return (_BOX_OF_DEED[deed],)
    return tuple(f"{deed}-{field}" for field in FIELDS) if deed in set(Move) else ()


def _is_box(name: str) -> bool:
    return name in BOXES or name in boxes_of(name.rpartition("-")[0])


async def keep(request: web.Request) -> web.StreamResponse:
    """Save one box. 409 with what stands there when another window saved meanwhile."""
    me, form, now = request[ME].staff, request[FORM], request.app[keys.CLOCK].now()
    if sight_of(me).veiled:
        raise WrongRole("who only reads writes nothing")
    try:
        async with request.app[keys.DATABASE].write() as uow:
            case = await uow.cases.get(request.match_info["case_no"], acting(sight_of(me)))
            box, text, known = _typed(form)
            kept = await uow.drafts.keep(me.id, case.id, box, text, known, now)
    except StaleDraft as stale:
        return web.json_response({"text": stale.kept.text, **_stamp(stale.kept)}, status=409)
    return web.json_response(_stamp(kept))


def _typed(form: dict[str, str]) -> tuple[str, str, int]:
    """The box, what stands in it, and the version it grew from. Raises `BadInput`."""
    box, text = form.get("box", ""), form.get("text", "").replace("\x00", "")
    if not _is_box(box) or len(text) > LONGEST_TEXT:
        raise BadInput("box: wanted reply, note or a field of a move, and at most 5000 characters", "text")
    return box, text, number_of(form, "known")


async def drafts_of(case: Case, staff_id: int, uow: UnitOfWork) -> dict[str, dict[str, Any]]:
    """What the page puts into its boxes."""
    kept = {box: Draft(box, "", 0, None) for box in BOXES} | await uow.drafts.of_case(staff_id, case.id)
    return {box: {"text": one.text, **_stamp(one)} for box, one in kept.items()}


def _stamp(draft: Draft) -> dict[str, Any]:
    return {"version": draft.version, "at": words.local_time(draft.saved_at) if draft.text else ""}
