"""机关单位: the organs as the rules have them, who works there, and who a matter would be proposed to."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aiohttp import web

from bot.domain.reading import CaseKind
from bot.rules import organs
from bot.understanding.taxonomy import taxonomy
from bot.web import keys
from bot.web.console import words
from bot.web.console.listing import choices
from bot.web.console.pages import render

LONGEST_TRIED = 500


async def show(request: web.Request) -> web.StreamResponse:
    """Every organ with its superior, its business and its people; one matter can be tried; what topics mean."""
    async with request.app[keys.DATABASE].read() as uow:
        people = Counter(one.organ for one in await uow.staff.all() if one.active and one.organ)
    shown = choices()
    groups = (*shown["organ_groups"], shown["disciplines"], _above())
    facts = {
        **shown,
        "groups": [(label, [_line(organ, people) for organ in group]) for label, group in groups],
        "asked": request.query,
        "proposal": _tried(request),
        "definitions": taxonomy().definitions,
        "key_fields": taxonomy().key_fields,
    }
    return render(request, "units.html", facts)


def _above() -> tuple[str, tuple[organs.Organ, ...]]:
    return "自治区", tuple(one for one in organs.all_organs() if one.level == "region")


def _line(organ: organs.Organ, people: Counter[str]) -> dict[str, Any]:
    superior = organs.superior_of(organ.code)
    return {
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
