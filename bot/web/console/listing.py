"""The list of cases, in the inbox and beside a case: filters from the address, rows, figures that agree with them."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from bot.casework.moves import lanes_of, may_route
from bot.casework.notes import may_reveal
from bot.domain.case import Case
from bot.domain.lifecycle import AT_WORK, OPEN_STATES, STATE_NAMES, WITH_NOBODY, WITH_ORGAN, CaseState, Move
from bot.domain.people import Role, Sight, Staff, sight_of
from bot.domain.reading import Urgency
from bot.domain.working_days import DAY
from bot.rules import organs
from bot.rules.figures import figures
from bot.storage.case_repository import Approver, CaseFilter, Hands, Tally
from bot.storage.filter_repository import SavedFilter
from bot.storage.unit_of_work import UnitOfWork
from bot.understanding.taxonomy import taxonomy
from bot.web import keys
from bot.web.console import words
from bot.web.console.officers import officers_to_choose
from bot.web.console.pages import ME, today_of

PAGE = 50
LAST_PAGE = 10_000
LONGEST_QUERY = 100
LONGEST_ADDRESS = 8192
FILTERS = (
    "q",
    "state",
    "due",
    "urgency",
    "kind",
    "topic",
    "organ",
    "stage",
    "unassigned",
    "bounced",
    "mine",
    "officer",
    "opinion",
    "order",
)
_URGENT = (int(Urgency.CRITICAL), int(Urgency.URGENT))
_GROUPS = {
    "open": OPEN_STATES,
    "waiting": WITH_NOBODY,
    "with_organ": WITH_ORGAN,
    "unaccepted": (*WITH_NOBODY, *WITH_ORGAN),
    "at_work": AT_WORK,
    "to_approve": (CaseState.DRAFTED,),
    **{state.value: (state,) for state in CaseState},
}
"""What can be asked for as `state`."""


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
# Who speaks for the organ they work for.
_OF_AN_ORGAN = (Role.CASE_OFFICER, Role.LEADER)
NOTHING = "20000101-99999"  # the number of no case


def filter_of(asked: dict[str, str], me: Staff, today: date) -> CaseFilter:
    """What to look for. Without a state the open cases are shown, and with words everything."""
    state, sight = asked.get("state", "" if "q" in asked else "open"), sight_of(me)
    due_from, due_until = _days(asked.get("due", ""), today)
    approves = state == "to_approve"
    return CaseFilter(
        words=_words(asked.get("q", ""), sight),
        states=tuple(one.value for one in _GROUPS.get(state, ())),
        kind=asked.get("kind", ""),
        level1=asked.get("topic", ""),
        organ=asked.get("organ", ""),
        urgencies=_urgencies(asked.get("urgency", "")),
        unassigned=asked.get("unassigned") == "1",
        stage=_one_of(words.STAGES, asked.get("stage", "")),
        due_from=due_from,
        due_until=due_until,
        bounced=figures(today).bounced_often if asked.get("bounced") == "1" else 0,
        unheld=asked.get("officer") == "none",
        owed=asked.get("opinion") == "owed",
        owed_by=_owing(me) if asked.get("opinion") == "owed" else "",
        hands=_all_hands(asked, me, approves=approves),
        approver=Approver(me.actor, lanes_of(me, Move.APPROVE)) if approves else None,
        order=_one_of(words.ORDERS, asked.get("order", "")),
        organ_names=organs.names(),
        numbers=may_reveal(sight),
    )


def _one_of(known: Container[str], asked: str) -> str:
    return asked if asked in known else ""


def _urgencies(asked: str) -> tuple[int, ...]:
    if asked == words.URGENT:
        return _URGENT
    return (int(asked),) if asked in ("1", "2", "3", "4") else ()


def _days(asked: str, today: date) -> tuple[date | None, date | None]:
    """First and last day on which something is owed."""
    soon = soon_from(today)
    spells = {"overdue": (None, today - DAY), "soon": (today, soon), "pressing": (None, soon)}
    return spells.get(asked, (None, None))


def _owing(me: Staff) -> str:
    """Whose opinions: those of one's organ, or of any for whoever speaks for none."""
    return me.organ or "" if me.role in _OF_AN_ORGAN else ""


def _all_hands(asked: dict[str, str], me: Staff, *, approves: bool) -> Hands:
    """Those of one's role, and one's very own as 承办人."""
    mine = asked.get("mine") == "1"
    found = _hands(me, leads=mine) if approves or mine else Hands()
    return replace(found, officer=me.id) if asked.get("officer") == "mine" else found


def soon_from(today: date) -> date:
    """The last day that is due soon."""
    return today + timedelta(days=figures(today).soon_days)


def _hands(me: Staff, *, leads: bool) -> Hands:
    """Whose work is one's own: by role the cases one leads, those of one's organ, the reviews that it hears."""
    if me.role is Role.LEADER:
        return Hands(leader=me.id) if leads else Hands()
    if me.role is Role.CASE_OFFICER:
        return Hands(leads=me.organ or "")
    return Hands(hears=me.organ or "") if me.role is Role.REVIEWER else Hands()


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
    asked, me, today = asked_for(request), request[ME].staff, today_of(request)
    sight, wanted, page = sight_of(me), filter_of(asked, me, today), page_of(request)
    async with request.app[keys.DATABASE].read(at_one_moment=True) as uow:
        tally = await uow.cases.tally(sight)
        found, total = await _found(uow, wanted, sight, page, tally.count(wanted))
        saved = await uow.filters.of(me.id)
        lines = await lines_of(found, wanted, today, uow)
        officers = await officers_to_choose(me, uow) if request.path == "/console" else []
    return {
        "officers_by_organ": officers,
        "saved": [_saved(one, tally, filter_of(dict(parse_qsl(one.query)), me, today), asked) for one in saved],
        "picks": request.path == "/console" or "picks" in request.query,
        "may_assign": may_route(me),
        "may_archive": bool(lanes_of(me, Move.ARCHIVE)),
        "cases": lines,
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
        **filter_choices(me),
        "veiled": sight.veiled,
        "sees_accusations": sight.accusations or bool(sight.accusations_of),
    }


async def lines_of(found: Sequence[Case], wanted: CaseFilter, today: date, uow: UnitOfWork) -> list[dict[str, Any]]:
    """Cases as lines of a list, with who works on them; where owed opinions are asked for, with the day of these."""
    names = await uow.staff.names(case.officer_id for case in found if case.officer_id)
    owed = await uow.cases.owed_on([case.id for case in found], wanted.owed_by) if wanted.owed else {}
    return [words.due_line(case, today, names, owed.get(case.id)) for case in found]


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


def described(query: str, role: Role) -> str:
    """A saved filter in words, as somebody in this role reads it: 待办 · 特急 · “停水”."""
    kept = dict(parse_qsl(query))
    names = {
        "state": {**words.STATE_GROUPS, "all": "全部", **{state.value: name for state, name in STATE_NAMES.items()}},
        "due": words.DUE,
        "urgency": dict(words.URGENCY_CHOICES),
        "kind": {kind.value: name for kind, name in words.KINDS.items()},
        "stage": words.STAGES,
        "unassigned": {"1": "未交办"},
        "bounced": {"1": words.BOUNCED},
        "officer": words.OFFICER,
        "opinion": {"owed": words.OWED_BY_US if role in _OF_AN_ORGAN else words.OWED},
        "mine": {"1": words.MINE.get(role, "")},
        "order": words.ORDERS,
        "organ": {organ.code: organ.short for organ in organs.all_organs()},
    }
    said = [f"“{kept['q']}”"] if "q" in kept else []
    return " · ".join([*(names.get(name, {}).get(value, value) for name, value in kept.items() if name != "q"), *said])


def filter_choices(me: Staff) -> dict[str, Any]:
    """What else can be chosen beside the list; `mine` is empty for roles that have nothing of their own."""
    groups = [(value, name) for value, name in words.STATE_GROUPS.items() if value != "open"]
    return {
        "state_groups": groups if lanes_of(me, Move.APPROVE) else [one for one in groups if one[0] != "to_approve"],
        "urgency_choices": words.URGENCY_CHOICES,
        "stages": words.STAGES.items(),
        "dues": words.DUE.items(),
        "orders": words.ORDERS.items(),
        "works": bool(lanes_of(me, Move.TAKE_ON)),
        "officer_choices": words.OFFICER.items(),
        "owed": words.OWED_BY_US if me.role in _OF_AN_ORGAN else words.OWED,
        "mine": words.MINE.get(me.role, ""),
    }


def choices() -> dict[str, Any]:
    """What can be chosen in filters and forms."""
    return {
        "kinds": [(kind.value, name) for kind, name in words.KINDS.items()],
        "topics": taxonomy().names,
        "topic_choices": words.topic_choices(),
        "organ_groups": words.organ_groups(),
        "disciplines": words.discipline_group(),
        "urgencies": words.URGENCIES,
    }
