"""机关单位: the organs in force, who works there, who a matter would be proposed to; administrators change them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from aiohttp import web

from bot.casework import handle
from bot.casework.own_rules import LEVELS
from bot.domain.commands import AddOrgan, RenameOrgan, SwitchOrgan
from bot.domain.errors import BadInput, RuleViolation
from bot.domain.people import Role, sight_of
from bot.domain.reading import CaseKind
from bot.rules import organs
from bot.storage.case_repository import CaseFilter
from bot.understanding.taxonomy import taxonomy
from bot.web import keys
from bot.web.console import words
from bot.web.console.deeds import work_of
from bot.web.console.forms import words_of
from bot.web.console.listing import choices, filter_of
from bot.web.console.pages import FORM, ME, back_to, problem, render, today_of

LONGEST_TRIED = 500
SHOWN = 8
PAGE = "/console/units"
_CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
_LEVEL_NAMES = {"city": "市直部门", "town": "苏木镇、街道"}


async def show(request: web.Request) -> web.StreamResponse:
    """Every organ with its superior, business and number of people; one matter can be tried; what topics mean.

    `?change=<code>`: for administrators, the form of that organ.
    """
    return await _page(request, changing=request.query.get("change", ""))


async def _page(request: web.Request, trouble: str = "", status: int = 200, changing: str = "") -> web.Response:
    changes = request[ME].staff.role is Role.ADMINISTRATOR
    chosen = organs.find(changing) if changes else None
    async with request.app[keys.DATABASE].read() as uow:
        people = Counter(one.organ for one in await uow.staff.all() if one.active and one.organ)
        wanted = _open_cases(request, chosen)
        sight = sight_of(request[ME].staff)
        held, number = await uow.cases.search_and_count(wanted, sight, SHOWN) if wanted else ((), 0)
    shown = choices()
    groups = (*shown["organ_groups"], shown["disciplines"], _above(), _retired())
    facts = {
        **shown,
        "groups": [(label, [_line(organ, people) for organ in group]) for label, group in groups if group],
        "asked": request.query,
        "proposal": _tried(request),
        "definitions": taxonomy().definitions,
        "key_fields": taxonomy().key_fields,
        "changes": changes,
        "changing": chosen,
        "held": held,
        "number": number,
        "levels": [(level, _LEVEL_NAMES[level]) for level in LEVELS],
        "superiors": [(one.code, one.name) for one in organs.active_organs() if one.level != "town"],
        "problem": trouble,
        "typed": request.get(FORM, {}) if trouble else {},
    }
    return render(request, "units.html", facts, status)


def _open_cases(request: web.Request, organ: organs.Organ | None) -> CaseFilter | None:
    """The open cases that an organ leads, as the inbox lists them."""
    asked = {"organ": organ.code, "state": "open", "order": "due"} if organ else {}
    return filter_of(asked, request[ME].staff, today_of(request)) if asked else None


def _above() -> words.OrganGroup:
    return "自治区", tuple(one for one in organs.active_organs() if one.level == "region")


def _retired() -> words.OrganGroup:
    return "已停用", tuple(one for one in organs.all_organs() if one.retired)


def _line(organ: organs.Organ, people: Counter[str]) -> dict[str, Any]:
    superior = organs.superior_of(organ.code)
    return {
        "code": organ.code,
        "name": organ.name,
        "superior": superior.name if superior else "",
        "business": [words.topic_names().get(topic, topic) for topic in organ.topics],
        "words": organ.words,
        "places": organ.places,
        "citywide": organ.citywide,
        "people": people[organ.code],
    }


def _tried(request: web.Request) -> organs.RouteProposal | None:
    """Who the rules propose for the matter in the address; None where none is told."""
    path, place, text = (request.query.get(name, "")[:LONGEST_TRIED] for name in ("topic", "place", "text"))
    topic = words.topic_by_path(path)
    return organs.propose(CaseKind.CLAIM, topic, place, text) if topic else None


async def act(request: web.Request) -> web.StreamResponse:
    """Add an organ, rename one, retire one or take it back."""
    form, deed = request[FORM], request.match_info["deed"]
    code = form.get("code", "") if _CODE.fullmatch(form.get("code", "")) else ""
    try:
        async with request.app[keys.DATABASE].write() as uow:
            await handle(_command(deed, code, form), work_of(request, uow))
    except (BadInput, RuleViolation) as error:
        status = 400 if isinstance(error, BadInput) else 409
        return await _page(request, problem(error), status, code)
    return back_to(PAGE, "unit")


def _command(deed: str, code: str, form: dict[str, str]) -> AddOrgan | RenameOrgan | SwitchOrgan:
    name, short = form.get("name", ""), form.get("short", "")
    if deed == "switch":
        return SwitchOrgan(code)
    if deed == "rename":
        return RenameOrgan(code, name, short)
    topics, said, places = (words_of(form, field) for field in ("topics", "words", "places"))
    return AddOrgan(name, short, form.get("level", ""), form.get("superior", ""), topics, said, places)
