"""常用筛选: keep the present filters under a name; rename, move up, delete."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.domain.errors import BadInput, IntakeError, RuleViolation
from bot.storage.unit_of_work import UnitOfWork
from bot.web import keys
from bot.web.console import words
from bot.web.console.listing import described, known_query
from bot.web.console.pages import FORM, ME, back_to, problem, render

PAGE = "/console/filters"


async def show(request: web.Request) -> web.StreamResponse:
    """All of one's own, to be tidied up."""
    return await _page(request)


async def _page(request: web.Request, trouble: str = "", status: int = 200, **typed: Any) -> web.Response:
    async with request.app[keys.DATABASE].read() as uow:
        saved = await uow.filters.of(request[ME].staff.id)
    said = {one.id: described(one.query, request[ME].staff.role) for one in saved}
    facts = {"saved": saved, "said": said, "problem": trouble, "new_query": "", "new_name": "", **typed}
    return render(request, "saved.html", facts, status)


async def add(request: web.Request) -> web.StreamResponse:
    """Keep the filters of the list this was sent from. Refused, the page asks for another name."""
    form, query = request[FORM], known_query(request[FORM].get("query", ""))
    try:
        async with request.app[keys.DATABASE].write() as uow:
            await uow.filters.add(request[ME].staff.id, form.get("name", ""), _something(query))
    except (BadInput, RuleViolation) as error:
        return await _refused(request, error, new_query=query, new_name=form.get("name", ""))
    return back_to(f"/console?{query}", "saved")


def _something(query: str) -> str:
    if not query:
        raise BadInput("query: wanted some filters", "filter_empty")
    return query


async def act(request: web.Request) -> web.StreamResponse:
    """Rename, move up, delete."""
    try:
        async with request.app[keys.DATABASE].write() as uow:
            await _do(request, uow)
    except BadInput as error:
        return await _refused(request, error)
    return back_to(PAGE, "filters")


async def _do(request: web.Request, uow: UnitOfWork) -> None:
    me, filter_id = request[ME].staff.id, int(request.match_info["filter_id"])
    if request.match_info["deed"] == "rename":
        await uow.filters.rename(me, filter_id, request[FORM].get("name", ""))
    elif request.match_info["deed"] == "up":
        await uow.filters.raise_up(me, filter_id)
    else:
        await uow.filters.remove(me, filter_id)


async def _refused(request: web.Request, error: IntakeError, **typed: str) -> web.Response:
    told = words.TOO_MANY_FILTERS if isinstance(error, RuleViolation) else problem(error)
    return await _page(request, told, 409 if isinstance(error, RuleViolation) else 400, **typed)
