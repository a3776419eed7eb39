"""接访: days to come with who has booked, a form for one more, and what became of each visit."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from aiohttp import web

from bot.casework import handle
from bot.casework.reception import may_receive
from bot.domain.commands import CancelReception, NoteVisit, OpenReception
from bot.domain.errors import BadInput, RuleViolation
from bot.domain.people import Sight, sight_of
from bot.domain.reception import Booking
from bot.storage.unit_of_work import UnitOfWork
from bot.web import keys
from bot.web.console import words
from bot.web.console.deeds import work_of
from bot.web.console.forms import day_of, number_of
from bot.web.console.pages import FORM, ME, back_to, problem, render, today_of

# Visits of the last days are still to be noted.
SHOWN_BACK = timedelta(days=14)


async def show(request: web.Request) -> web.StreamResponse:
    """The days and who comes."""
    return await _page(request)


async def _page(request: web.Request, trouble: str = "", status: int = 200) -> web.Response:
    sight, today = sight_of(request[ME].staff), today_of(request)
    async with request.app[keys.DATABASE].read() as uow:
        days = await uow.receptions.days(today - SHOWN_BACK)
        booked = [await _lines(await uow.receptions.booked(day.id), sight, uow) for day in days]
        receives = may_receive(request[ME].staff)
    facts = {"days": list(zip(days, booked, strict=True)), "today": today, "receives": receives, "problem": trouble}
    return render(request, "reception.html", {**facts, "typed": request.get(FORM, {}) if trouble else {}}, status)


async def _lines(booked: list[Booking], sight: Sight, uow: UnitOfWork) -> list[dict[str, Any]]:
    """Bookings with their cases, as far as the viewer may see them."""
    seen = await uow.cases.by_numbers([one.case_no for one in booked if one.case_no], sight)
    found = [(one, seen.get(one.case_no)) for one in booked]
    return [
        {"booking": one, "case": words.noted_on(case, "" if sight.veiled else one.note) if case else None}
        for one, case in found
    ]


async def act(request: web.Request) -> web.StreamResponse:
    """Open a day, call one off, or note a visit."""
    form = request[FORM]
    try:
        command = _command(request.match_info["deed"], form)
        async with request.app[keys.DATABASE].write() as uow:
            await handle(command, work_of(request, uow))
    except (BadInput, RuleViolation) as error:
        return await _page(request, problem(error), 400 if isinstance(error, BadInput) else 409)
    return back_to("/console/reception", "reception")


def _command(deed: str, form: dict[str, str]) -> OpenReception | CancelReception | NoteVisit:
    if deed == "cancel":
        return CancelReception(number_of(form, "day"))
    if deed == "note":
        return NoteVisit(number_of(form, "booking"), form.get("outcome", ""), form.get("note", ""))
    return OpenReception(
        day_of(form, "on"),
        _time_of(form, "starts"),
        number_of(form, "minutes"),
        number_of(form, "slots"),
        form.get("place", ""),
        form.get("leader", ""),
        form.get("confirmed") == "1",
    )


def _time_of(form: dict[str, str], field: str) -> time:
    try:
        return time.fromisoformat(form.get(field, ""))
    except ValueError:
        raise BadInput(f"{field}: wanted a time as 09:00", "reception_starts") from None
