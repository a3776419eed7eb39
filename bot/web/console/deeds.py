"""What staff do to a case: form → command → handler → back to the page; refused, with what was typed kept."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.casework import Work, handle
from bot.casework.notes import reveal_phones
from bot.domain import commands
from bot.domain.commands import StaffCommand
from bot.domain.errors import BadInput, IntakeError, NeedMissing, NotFound, RuleViolation, StaleVersion
from bot.domain.lifecycle import Move
from bot.domain.people import acting, sight_of
from bot.storage.unit_of_work import UnitOfWork
from bot.web import keys
from bot.web.console import words
from bot.web.console.cases import case_page
from bot.web.console.drafts import boxes_of
from bot.web.console.forms import day_of, kind_of, number_of, topic_of, unmasked, urgency_of
from bot.web.console.listing import query_of
from bot.web.console.pages import FORM, ME, back_to, problem

Form = dict[str, str]
# Their words go out as they stand.
_REPLIES = (Move.DRAFT, Move.ANSWER)


async def act(request: web.Request) -> web.StreamResponse:
    """Do one thing to a case."""
    case_no, deed = request.match_info["case_no"], request.match_info["deed"]
    try:
        command = command_of(case_no, deed, request[FORM])
        async with request.app[keys.DATABASE].write() as uow:
            case_id = (await uow.cases.get(case_no, sight_of(request[ME].staff))).id
            await handle(command, work_of(request, uow))
            await uow.drafts.forget(request[ME].staff.id, case_id, boxes_of(deed), request.app[keys.CLOCK].now())
    except (StaleVersion, RuleViolation, BadInput) as error:
        return await _refused(request, deed, error)
    await request.app[keys.MAILBOX].tell_changed(f"case:{case_no}")
    return back_to(await _page_after(request, case_no), deed)


def command_of(case_no: str, deed: str, form: Form) -> StaffCommand:
    """What a form asks for: one of `COMMANDS`, or a move of the lifecycle."""
    if deed in COMMANDS:
        return COMMANDS[deed](case_no, form)
    try:
        return _move(case_no, Move(deed), form)
    except ValueError:
        raise NotFound("no such deed") from None


def _move(case_no: str, move: Move, form: Form) -> commands.MoveCase:
    return commands.MoveCase(
        case_no,
        move,
        _version(form),
        reason=form.get("reason", ""),
        text=(unmasked(form, "text") if move in _REPLIES else form.get("text")) or "",
        organ=form.get("organ", ""),
        route=form.get("route", ""),
        days=number_of(form, "days"),
        on=day_of(form, "on") if form.get("on") else None,
        link=form.get("link", ""),
        leader=number_of(form, "leader"),
        officer=number_of(form, "officer"),
        outcome=form.get("outcome", ""),
    )


def work_of(request: web.Request, uow: UnitOfWork) -> Work:
    """The open transaction in the hands of whoever is signed in."""
    staff = request[ME].staff
    return Work(uow, staff, acting(sight_of(staff)), request.app[keys.CLOCK].now())


async def _refused(request: web.Request, deed: str, error: IntakeError) -> web.Response:
    """The page as it is now, with the reason and the words that were not saved."""
    stale = isinstance(error, StaleVersion)
    facts = {"typed": request[FORM], "deed": deed, "problem": words.STALE if stale else problem(error)}
    return await case_page(request, facts, status=400 if isinstance(error, (BadInput, NeedMissing)) else 409)


async def _page_after(request: web.Request, case_no: str) -> str:
    """The same case, or the list when the deed took it out of sight."""
    query = query_of(request)
    async with request.app[keys.DATABASE].read() as uow:
        try:
            await uow.cases.get(case_no, sight_of(request[ME].staff))
        except NotFound:
            return f"/console?{query}".rstrip("?")
    return f"/console/cases/{case_no}?{query}".rstrip("?")


async def reveal(request: web.Request) -> web.StreamResponse:
    """Show what is hidden on this one answer, or of it the reply under review alone (`what`); that somebody looked, and
    why, stays in the history and the audit.
    """
    form, reply_alone = request[FORM], request[FORM].get("what") == "reply"
    try:
        async with request.app[keys.DATABASE].write() as uow:
            await reveal_phones(request.match_info["case_no"], form.get("reason", ""), work_of(request, uow))
    except BadInput as error:
        return await _refused(request, "reveal", error)
    return await case_page(request, revealed=not reply_alone, reply_shown=reply_alone)


def _version(form: Form) -> int:
    raw = form.get("version", "")
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
        raise BadInput("version: wanted the number the page was shown with", "version")
    return int(raw)


def _correction(case_no: str, form: Form) -> commands.CorrectCase:
    return commands.CorrectCase(
        case_no,
        _version(form),
        kind=kind_of(form["kind"]) if "kind" in form else None,
        urgency=urgency_of(form["urgency"]) if "urgency" in form else None,
        topic=topic_of(form["topic"]) if form.get("topic") else None,
        place=unmasked(form, "place"),
        title=unmasked(form, "title"),
    )


COMMANDS: dict[str, Callable[[str, Form], StaffCommand]] = {
    "note": lambda case_no, form: commands.AddNote(case_no, form.get("text", "")),
    "correct": _correction,
    "way": lambda case_no, form: commands.DecideWay(
        case_no, form.get("way", ""), _version(form), number_of(form, "leader"), form.get("organ", "")
    ),
    "repeat": lambda case_no, form: commands.LinkRepeat(case_no, _version(form), form.get("link", "").strip()),
    "told": lambda case_no, form: commands.NoteTold(case_no, form.get("text", "")),
    "hurry": lambda case_no, form: commands.HurryOrgan(case_no, form.get("text", ""), form.get("formal") == "1"),
}
"""What each form of the case page asks for."""
