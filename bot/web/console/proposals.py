"""派单与三分: how often the rules were followed, rule by rule, and where staff sent cases instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.casework.ways import WAYS, way_rules
from bot.domain.people import sight_of
from bot.domain.proposals import Outcome
from bot.rules import organs
from bot.web import keys
from bot.web.console import words
from bot.web.console.pages import ME, render

SPELLS = {"": ("近三个月", timedelta(days=91)), "year": ("近一年", timedelta(days=365))}
SHOWN_INSTEAD = 3


async def show(request: web.Request) -> web.StreamResponse:
    """The proposals of a quarter, or of a year, over the cases the viewer may see."""
    spell = request.query.get("spell", "")
    sight = sight_of(request[ME].staff)
    since = request.app[keys.CLOCK].now() - SPELLS.get(spell, SPELLS[""])[1]
    async with request.app[keys.DATABASE].read() as uow:
        routed = await uow.proposals.outcomes("organ", sight, since)
        ways = await uow.proposals.outcomes("way", sight, since)
    facts = {
        "routed": _lines(routed, rule_name, organs.name_of),
        "ways": _lines(ways, way_rule_name, lambda way: WAYS.get(way, way)),
        "way_rules": way_rules(),
        "way_names": WAYS,
        "spells": [(name, called) for name, (called, _) in SPELLS.items()],
        "spell": spell if spell in SPELLS else "",
    }
    return render(request, "proposals.html", facts)


def _lines(outcomes: Iterable[Outcome], rule_name: Any, chosen_name: Any) -> list[dict[str, Any]]:
    """A line a rule, the one that is corrected most often first."""
    by_rule: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_rule[outcome.rule].append(outcome)
    lines = [_line(rule_name(rule), found, chosen_name) for rule, found in by_rule.items()]
    return sorted(lines, key=lambda line: (-line["corrected"], line["name"]))


def _line(name: str, found: list[Outcome], chosen_name: Any) -> dict[str, Any]:
    kept = sum(one.number for one in found if one.followed)
    number = sum(one.number for one in found)
    instead = sorted((one for one in found if not one.followed), key=lambda one: -one.number)[:SHOWN_INSTEAD]
    return {
        "name": name,
        "number": number,
        "kept": kept,
        "corrected": number - kept,
        "share": round(100 * kept / number),
        "instead": [(chosen_name(one.chosen), one.number) for one in instead],
    }


def rule_name(rule: str) -> str:
    """`district.topic.zhujian` in words."""
    *kinds, last = rule.split(".")
    return "，".join(
        [*(words.ROUTE_RULES.get(kind, kind) for kind in kinds), words.ROUTE_RULES.get(last) or organs.name_of(last)]
    )


def way_rule_name(code: str) -> str:
    """What a rule of ways.yml proposes and why; the ordinary way has no rule."""
    rule = next((rule for rule in way_rules() if rule.code == code), None)
    return f"{WAYS[rule.way]}：{rule.why}" if rule else WAYS.get(code, code)
