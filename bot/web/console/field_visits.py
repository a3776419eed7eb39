"""下访: planned visits with the cases they carry, a form for one more, and what came of each case."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.casework import handle
from bot.casework.reception import may_receive
from bot.domain.commands import CancelFieldVisit, NoteFieldVisit, PlanFieldVisit
from bot.domain.errors import BadInput, RuleViolation
from bot.domain.people import sight_of
from bot.web import keys
from bot.web.console import words
from bot.web.console.deeds import work_of
from bot.web.console.forms import day_of, number_of
from bot.web.console.pages import FORM, ME, back_to, problem, render, today_of

# Visits of the last month are still to be noted.
SHOWN_BACK = timedelta(days=31)
_BETWEEN = re.compile(r"[\s,，、;；]+")


async def show(request: web.Request) -> web.StreamResponse:
    """The visits and what they carry."""
    return await _page(request)


async def _page(request: web.Request, trouble: str = "", status: int = 200) -> web.Response:
    sight, today = sight_of(request[ME].staff), today_of(request)
    async with request.app[keys.DATABASE].read() as uow:
        visits = await uow.field_visits.visits(today - SHOWN_BACK)
        carried = await uow.field_visits.carried([visit.id for visit in visits])
        seen = await uow.cases.by_numbers([one.case_no for one in carried], sight)
        plans = may_receive(request[ME].staff) and not sight.veiled
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in carried:
        case = seen.get(one.case_no)
        noted = "" if sight.veiled else one.note
        lines[one.visit_id].append({"case": words.noted_on(case, noted) if case else None})
    shown = [(visit, lines[visit.id]) for visit in visits]
    typed = request.get(FORM, {}) if trouble else {"cases": request.query.get("case", "")}
    facts = {"visits": shown, "today": today, "plans": plans, "problem": trouble, "typed": typed}
    return render(request, "field_visits.html", facts, status)


async def act(request: web.Request) -> web.StreamResponse:
    """Plan a visit, call one off, or note what came of a case."""
    try:
        command = _command(request.match_info["deed"], request[FORM])
        async with request.app[keys.DATABASE].write() as uow:
            await handle(command, work_of(request, uow))
    except (BadInput, RuleViolation) as error:
        return await _page(request, problem(error), 400 if isinstance(error, BadInput) else 409)
    return back_to("/console/field_visits", "field_visit")


def _command(deed: str, form: dict[str, str]) -> PlanFieldVisit | CancelFieldVisit | NoteFieldVisit:
    if deed == "cancel":
        return CancelFieldVisit(number_of(form, "visit"))
    if deed == "note":
        return NoteFieldVisit(number_of(form, "visit"), form.get("case_no", ""), form.get("note", ""))
    numbers = tuple(filter(None, _BETWEEN.split(form.get("cases", ""))))
    return PlanFieldVisit(day_of(form, "on"), form.get("place", ""), form.get("leader", ""), numbers)
