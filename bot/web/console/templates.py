"""回复模板: the texts that replies start from; supervisors add, change and retire them."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from bot.casework import handle
from bot.casework.officers import actors_of
from bot.casework.templates import FIELDS, Template, find, templates
from bot.domain.commands import SwitchTemplate, WriteTemplate
from bot.domain.errors import BadInput, RuleViolation
from bot.domain.lifecycle import LANE_NAMES, MOVE_NAMES, Actor, Move, Need, table
from bot.web import keys
from bot.web.console import words
from bot.web.console.deeds import work_of
from bot.web.console.forms import words_of
from bot.web.console.pages import FORM, ME, back_to, problem, render

PAGE = "/console/templates"
_CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
_FIELD_NAMES = {"text": "内容", "reason": "理由", "route": "途径"}


async def show(request: web.Request) -> web.StreamResponse:
    """Every template, for anybody on the staff to read; for supervisors with a form (`?change=<code>`: of that one)."""
    return await _page(request, changing=request.query.get("change", ""))


async def _page(request: web.Request, trouble: str = "", status: int = 200, changing: str = "") -> web.Response:
    writes = Actor.SUPERVISOR in actors_of(request[ME].staff)
    chosen = find(changing) if writes else None
    facts: dict[str, Any] = {
        "templates": templates(),
        "move_names": MOVE_NAMES,
        "lane_names": LANE_NAMES,
        "topic_names": words.topic_names(),
        "writes": writes,
        "changing": chosen,
        "moves": [(move.value, MOVE_NAMES[move]) for move in Move if move in _writing_moves()],
        "fields": [(field, _FIELD_NAMES[field]) for field in FIELDS],
        "lanes": [(lane.value, name) for lane, name in LANE_NAMES.items()],
        "problem": trouble,
        "typed": request.get(FORM, {}) if trouble else _typed(chosen),
    }
    return render(request, "templates.html", facts, status)


def _writing_moves() -> frozenset[Move]:
    """Steps with a box to write into."""
    boxes = {Need.TEXT, Need.REASON, Need.ROUTE}
    return frozenset(row.move for row in table() if boxes & set(row.needs))


def _typed(chosen: Template | None) -> dict[str, str]:
    if chosen is None:
        return {}
    return {
        "name": chosen.name,
        "move": chosen.move.value,
        "field": chosen.field,
        "text": chosen.text,
        "lanes": "、".join(sorted(LANE_NAMES[lane] for lane in chosen.lanes)),
        "topics": "、".join(sorted(chosen.topics)),
    }


async def act(request: web.Request) -> web.StreamResponse:
    """Write a template, retire one or take it back."""
    form = request[FORM]
    code = form.get("code", "") if _CODE.fullmatch(form.get("code", "")) else ""
    try:
        command = SwitchTemplate(code) if request.match_info["deed"] == "switch" else _written(code, form)
        async with request.app[keys.DATABASE].write() as uow:
            await handle(command, work_of(request, uow))
    except (BadInput, RuleViolation) as error:
        return await _page(request, problem(error), 400 if isinstance(error, BadInput) else 409, code)
    return back_to(PAGE, "template")


def _written(code: str, form: dict[str, str]) -> WriteTemplate:
    """Raises `BadInput` for a procedure that there is none of."""
    codes = {name: lane.value for lane, name in LANE_NAMES.items()}
    named = words_of(form, "lanes")
    if not set(named) <= set(codes):
        raise BadInput(f"lanes: wanted some of {', '.join(codes)}", "template_lanes")
    lanes = tuple(codes[name] for name in named)
    name, move, field, text = (form.get(given, "") for given in ("name", "move", "field", "text"))
    return WriteTemplate(code, name, move, field, text, lanes, words_of(form, "topics"))
