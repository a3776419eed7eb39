"""收件箱与诉求页: the list of cases, one case, and what staff do to it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.casework import Work, handle
from bot.domain import commands
from bot.domain.errors import BadInput
from bot.domain.lifecycle import STATE_NAMES, permitted_moves
from bot.domain.people import sight_of
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.flow.draft import KIND_NAMES
from bot.rules import organs
from bot.storage.case_repository import CaseFilter
from bot.understanding.taxonomy import taxonomy
from bot.web import keys
from bot.web.console import words
from bot.web.console.access import FORM, ME, back_to, render
from bot.web.console.timeline import timeline_of, transcript_of

PAGE = 50


async def inbox(request: web.Request) -> web.StreamResponse:
    """The list with its filters."""
    return render(request, "inbox.html", await _listing(request))


async def rows(request: web.Request) -> web.StreamResponse:
    """The list alone: fetched again when something changed."""
    return render(request, "rows.html", await _listing(request))


async def _listing(request: web.Request) -> dict[str, Any]:
    query, sight = request.query, sight_of(request[ME].staff)
    wanted = _filter(request)
    page = max(1, int(query["page"]) if query.get("page", "").isdigit() and len(query["page"]) < 7 else 1)
    async with request.app[keys.DATABASE].read() as uow:
        found = await uow.cases.search(wanted, sight, PAGE, (page - 1) * PAGE)
        total = await uow.cases.count(wanted, sight)
        counts = await uow.cases.count_by_state(sight)
        waiting = await uow.conversations.count_waiting() if sight.conversations else 0
    return {
        "cases": [words.case_line(case) for case in found],
        "total": total,
        "page": page,
        "pages": max(1, -(-total // PAGE)),
        "wanted": wanted,
        "states": [(state.value, name, counts.get(state.value, 0)) for state, name in STATE_NAMES.items()],
        "all": sum(counts.values()),
        "kinds": [(kind.value, name) for kind, name in KIND_NAMES.items()],
        "topics": taxonomy().names,
        "organs": organs.all_organs(),
        "urgencies": words.URGENCIES,
        "waiting": waiting,
        "query": {name: value for name, value in query.items() if name != "page"},
    }


def _filter(request: web.Request) -> CaseFilter:
    query = request.query
    urgency = query.get("urgency", "")
    return CaseFilter(
        words=query.get("q", "").strip(),
        state=query.get("state", ""),
        kind=query.get("kind", ""),
        level1=query.get("topic", ""),
        organ=query.get("organ", ""),
        urgency=int(urgency) if urgency in ("1", "2", "3", "4") else 0,
        unassigned=query.get("unassigned") == "1",
    )


async def case_page(request: web.Request) -> web.StreamResponse:
    """Everything about one case."""
    return render(request, "case.html", await _case_facts(request, revealed=False))


async def _case_facts(request: web.Request, revealed: bool) -> dict[str, Any]:
    me = request[ME].staff
    async with request.app[keys.DATABASE].read() as uow:
        case = await uow.cases.get(request.match_info["case_no"], sight_of(me))
        timeline = await timeline_of(case, uow)
        transcript = await transcript_of(case.conversation_id, uow, revealed=revealed)
    proposal = organs.propose(case.kind, case.topic, case.place, case.text)
    return {
        "case": case,
        "line": words.case_line(case),
        "masked": [words.mask_phone(phone) for phone in case.phones],
        "revealed": case.phones if revealed else (),
        "said": case.text if revealed else words.mask_phones_in(case.text),
        "moves": {move.value for move in permitted_moves(case.state)},
        "timeline": timeline,
        "transcript": transcript,
        "understood": words.understood(case),
        "proposal": proposal,
        "organs": organs.all_organs(),
        "kinds": [(kind.value, name) for kind, name in KIND_NAMES.items()],
        "topics": words.topic_choices(),
        "urgencies": words.URGENCIES,
        "organ_name": organs.name_of(case.organ),
    }


async def reveal(request: web.Request) -> web.StreamResponse:
    """Show the phones once; that somebody looked stays in the history."""
    async with request.app[keys.DATABASE].write() as uow:
        work = Work(uow, request[ME].staff, request.app[keys.CLOCK].now())
        case = await work.case(request.match_info["case_no"])
        await work.note(case, "phone.revealed", {})
    return render(request, "case.html", await _case_facts(request, revealed=True))


async def act(request: web.Request) -> web.StreamResponse:
    """Do one thing to a case."""
    case_no, deed = request.match_info["case_no"], request.match_info["deed"]
    command = _COMMANDS[deed](case_no, request[FORM])
    async with request.app[keys.DATABASE].write() as uow:
        await handle(command, Work(uow, request[ME].staff, request.app[keys.CLOCK].now()))
    await request.app[keys.MAILBOX].tell_changed(f"case:{case_no}")
    async with request.app[keys.DATABASE].read() as uow:
        still_seen = await uow.cases.count(CaseFilter(words=case_no), sight_of(request[ME].staff))
    return back_to(f"/console/cases/{case_no}" if still_seen else "/console", deed)


def _version(form: dict[str, str]) -> int:
    raw = form.get("version", "")
    if not raw.isdigit() or len(raw) > 9:
        raise BadInput("页面已过期，请刷新后重试。", "version")
    return int(raw)


def _correction(case_no: str, form: dict[str, str]) -> commands.CorrectCase:
    try:
        kind, urgency = CaseKind(form.get("kind", "")), Urgency(int(form.get("urgency", "")))
    except ValueError:
        raise BadInput("类别或紧急程度不对。", "kind") from None
    return commands.CorrectCase(
        case_no,
        _version(form),
        kind=kind,
        urgency=urgency,
        topic=_topic(form.get("topic", "")),
        place=form.get("place", "").strip()[:256],
        title=form.get("title", "").strip()[:60],
    )


def _topic(code: str) -> Topic:
    found = words.topic_by_code(code)
    if found is None:
        raise BadInput("没有这个分类。", "topic")
    return found


_COMMANDS: dict[str, Any] = {
    "assign": lambda case_no, form: commands.AssignCase(case_no, form.get("organ", ""), _version(form)),
    "process": lambda case_no, form: commands.ProcessCase(case_no, _version(form)),
    "reply": lambda case_no, form: commands.ReplyToCitizen(case_no, form.get("text", ""), _version(form)),
    "conclude": lambda case_no, form: commands.ConcludeCase(case_no, _version(form)),
    "reopen": lambda case_no, form: commands.ReopenCase(case_no, _version(form)),
    "note": lambda case_no, form: commands.AddNote(case_no, form.get("text", "")),
    "correct": _correction,
}
