"""The list of cases, in the inbox and beside a case: filters from the address, rows, figures that agree with them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from bot.casework.moves import may_route
from bot.casework.notes import may_reveal
from bot.domain.case import Case
from bot.domain.lifecycle import STATE_NAMES, CaseState
from bot.domain.people import Sight, sight_of
from bot.domain.working_days import local_date
from bot.rules import organs
from bot.storage.case_repository import CaseFilter, Tally
from bot.storage.filter_repository import SavedFilter
from bot.storage.unit_of_work import UnitOfWork
from bot.understanding.taxonomy import taxonomy
from bot.web import keys
from bot.web.console import words
from bot.web.console.pages import ME

PAGE = 50
LAST_PAGE = 10_000
LONGEST_QUERY = 100
LONGEST_ADDRESS = 8192
FILTERS = ("q", "state", "kind", "topic", "organ", "urgency", "unassigned", "due")


def asked_for(request: web.Request) -> dict[str, str]:
    """The filters in the address that are filled in."""
    return _known(dict(request.query))


def known_query(query: str) -> str:
    """The filters we know out of somebody's address, in our order."""
    return urlencode(_known(dict(parse_qsl(query[:LONGEST_ADDRESS]))))


def _known(given: dict[str, str]) -> dict[str, str]:
    """Those we know and that are filled in. PostgreSQL takes no null bytes."""
    trimmed = {name: given.get(name, "").replace("\x00", "").strip()[:LONGEST_QUERY] for name in FILTERS}
    return {name: value for name, value in trimmed.items() if value}


_NUMBER = re.compile(r"20\d{4}(?:\d{2}(?:-\d{0,7})?)?")
# Up to how many days from today something is owed.
DUE = {"overdue": timedelta(days=-1), "soon": timedelta(days=3), "dated": timedelta(days=3650)}
DUE_NAMES = {"overdue": "已经超期", "soon": "三天内到期和超期", "dated": "按到期先后"}
NOTHING = "20000101-99999"  # the number of no case


def filter_of(asked: dict[str, str], sight: Sight, today: date) -> CaseFilter:
    """What to look for. Without a state the open cases are shown, and with words everything."""
    state, urgency = asked.get("state", "" if "q" in asked else "open"), asked.get("urgency", "")
    return CaseFilter(
        words=_words(asked.get("q", ""), sight),
        state=state if state in {one.value for one in CaseState} else "",
        kind=asked.get("kind", ""),
        level1=asked.get("topic", ""),
        organ=asked.get("organ", ""),
        urgency=int(urgency) if urgency in ("1", "2", "3", "4") else 0,
        unassigned=asked.get("unassigned") == "1",
        open_only=state == "open",
        due_by=today + DUE[asked["due"]] if asked.get("due") in DUE else None,
        organ_names=organs.names(),
        numbers=may_reveal(sight),
    )


def _words(asked: str, sight: Sight) -> str:
    """What is looked for. Whoever may not read words finds cases by their numbers alone: an answer tells words too."""
    if not sight.veiled or not asked:
        return asked
    numbers = " ".join(part for part in asked.split() if _NUMBER.fullmatch(part))
    return numbers or NOTHING


def page_of(request: web.Request) -> int:
    """Which page of the list."""
    raw = request.query.get("page", "")
    return max(1, min(int(raw), LAST_PAGE)) if raw.isascii() and raw.isdigit() and len(raw) < 7 else 1


def query_of(request: web.Request, **more: object) -> str:
    """The filters (and the page) as they stand in the address; only what we know is handed on."""
    page = {"page": page_of(request)} if page_of(request) > 1 else {}
    return urlencode({**asked_for(request), **page, **{name: value for name, value in more.items() if value}})


async def listing(request: web.Request) -> dict[str, Any]:
    """One page of the list with everything around it."""
    asked, sight = asked_for(request), sight_of(request[ME].staff)
    today = local_date(request.app[keys.CLOCK].now())
    wanted, page = filter_of(asked, sight, today), page_of(request)
    async with request.app[keys.DATABASE].read(at_one_moment=True) as uow:
        tally = await uow.cases.tally(sight)
        found, total = await _found(uow, wanted, sight, page, tally.count(wanted))
        saved = await uow.filters.of(request[ME].staff.id)
    return {
        "saved": [_saved(one, tally, filter_of(dict(parse_qsl(one.query)), sight, today), asked) for one in saved],
        "picks": request.path == "/console" or "picks" in request.query,
        "may_assign": may_route(request[ME].staff),
        "cases": [{**words.case_line(case), "due": words.due_words(case.due_on, today)} for case in found],
        "total": total,
        "page": page,
        "pages": max(1, -(-total // PAGE)),
        "first": (page - 1) * PAGE + 1,
        "asked": asked,
        "query": query_of(request),
        "paged": urlencode(asked),
        "tally": tally,
        "all": sum(tally.by_state.values()),
        "states": [(state.value, name, tally.by_state.get(state.value, 0)) for state, name in STATE_NAMES.items()],
        **choices(),
        "sees_accusations": sight.accusations or bool(sight.accusations_of),
    }


async def _found(
    uow: UnitOfWork, wanted: CaseFilter, sight: Sight, page: int, known: int | None
) -> tuple[list[Case], int]:
    """One page and how many there are in all: from the figures beside it, or counted with it."""
    if known is None:
        return await uow.cases.search_and_count(wanted, sight, PAGE, (page - 1) * PAGE)
    return await uow.cases.search(wanted, sight, PAGE, (page - 1) * PAGE), known


def _saved(one: SavedFilter, tally: Tally, wanted: CaseFilter, asked: dict[str, str]) -> dict[str, Any]:
    """A saved filter beside the list; with a number where the figures there already tell it."""
    return {
        "name": one.name,
        "query": one.query,
        "number": tally.count(wanted),
        "here": dict(parse_qsl(one.query)) == asked,
    }


def described(query: str) -> str:
    """A saved filter in words: 待办 · 特急 · “停水”."""
    kept = dict(parse_qsl(query))
    states = {"open": "待办", "all": "全部", **{state.value: name for state, name in STATE_NAMES.items()}}
    names = {
        "state": states,
        "urgency": {str(value): name for value, name in words.URGENCIES},
        "kind": {kind.value: name for kind, name in words.KINDS.items()},
        "unassigned": {"1": "未交办"},
        "due": DUE_NAMES,
        "organ": {organ.code: organ.short for organ in organs.all_organs()},
    }
    said = [f"“{kept['q']}”"] if "q" in kept else []
    return " · ".join([*(names.get(name, {}).get(value, value) for name, value in kept.items() if name != "q"), *said])


def choices() -> dict[str, Any]:
    """What can be chosen in filters and forms."""
    return {
        "kinds": [(kind.value, name) for kind, name in words.KINDS.items()],
        "topics": taxonomy().names,
        "topic_choices": words.topic_choices(),
        "organ_groups": words.organ_groups(),
        "disciplines": words.discipline_group(),
        "urgencies": words.URGENCIES,
        "dues": list(DUE_NAMES.items()),
    }
