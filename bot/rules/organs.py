"""机关、单位 of the city: their names, and a plain proposal of who answers for a matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.reading import CaseKind, Topic
from bot.rules import rules_file

LEVELS = ("city", "district")


@dataclass(frozen=True)
class Organ:
    """`places` mark a district; `topics` (codes or names) and `words` a department; `citywide` is not passed down."""

    code: str
    name: str
    short: str
    level: str
    places: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    citywide: bool = False
    accusations: bool = False


@dataclass(frozen=True)
class RouteProposal:
    """派单建议: staff decide. `reason` is shown to them; `also` names whom to ask besides."""

    organ: Organ
    reason: str
    also: Organ | None = None


@lru_cache(maxsize=1)
def all_organs() -> tuple[Organ, ...]:
    """Every organ, departments first. Raises `BadInput` for a rules file with a mistake."""
    rules = rules_file("organs.yml")
    found = tuple(
        _organ(entry, level)
        for level, entries in (("city", rules["departments"]), ("district", rules["districts"]))
        for entry in entries
    )
    _check(found, rules)
    return found


def _organ(entry: Mapping[str, Any], level: str) -> Organ:
    unknown = set(entry) - {one.name for one in fields(Organ)}
    if unknown or not {"code", "name", "short"} <= set(entry):
        raise BadInput(f"organs.yml: {entry.get('code')}: unknown or missing keys {sorted(unknown)}", "organs.yml")
    given: dict[str, Any] = {
        key: tuple(map(str, value)) if isinstance(value, list) else value for key, value in entry.items()
    }
    return Organ(**given, level=level)


def _check(found: tuple[Organ, ...], rules: Mapping[str, Any]) -> None:
    codes = [organ.code for organ in found]
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        raise BadInput(f"organs.yml: {sorted(twice)} stand there twice", "organs.yml")
    if rules["fallback"] not in codes or sum(organ.accusations for organ in found) != 1:
        raise BadInput("organs.yml: wanted a known `fallback` and exactly one organ for accusations", "organs.yml")


def find(code: str | None) -> Organ | None:
    """An organ by its code."""
    return next((organ for organ in all_organs() if organ.code == code), None)


def exists(code: str) -> bool:
    """Whether there is such an organ."""
    return find(code) is not None


def name_of(code: str | None) -> str:
    """An organ's name; the code itself if the organ is gone from the rules."""
    organ = find(code)
    return organ.name if organ else code or ""


@lru_cache(maxsize=1)
def names() -> tuple[tuple[str, str], ...]:
    """What each organ is called, in full and short, for finding it by a part of its name."""
    return tuple((organ.code, f"{organ.name} {organ.short}") for organ in all_organs())


def unnamed() -> str:
    """How the organ of an accusation is called towards the citizen."""
    return str(rules_file("organs.yml")["unnamed"])


def disciplinary() -> Organ:
    """The one organ that accusations go to."""
    return next(organ for organ in all_organs() if organ.accusations)


def propose(kind: CaseKind, topic: Topic, place: str, text: str = "") -> RouteProposal:
    """Who should answer, and why. Nothing learned and nothing hidden: the rules file from top to bottom."""
    if kind is CaseKind.ACCUSATION:
        return RouteProposal(disciplinary(), _reason("accusation"))
    department, why = _department(topic, text)
    district, spot = _district(place)
    if district is None or department.accusations:
        return RouteProposal(department, why)
    if department.citywide:
        return RouteProposal(department, _reason("citywide", why=why, organ=department.short), district)
    return RouteProposal(district, _reason("district", place=spot, why=why, organ=department.short), department)


def suggest(topic: Topic, place: str) -> tuple[Organ, str]:
    """The proposal for a matter that is no accusation."""
    proposal = propose(CaseKind.CLAIM, topic, place)
    return proposal.organ, proposal.reason


def _department(topic: Topic, text: str) -> tuple[Organ, str]:
    """By a word of the matter within the topic, else by the second level, else by the first."""
    path = "·".join(filter(None, (topic.level1, topic.level2)))
    for organ in all_organs():
        word = next((word for word in organ.words if word in text or word in topic.level2), "")
        if word and _answers(organ, topic):
            return organ, _reason("word", topic=topic.level1, word=word)
    for wanted in filter(None, (topic.code, topic.level1)):
        for organ in all_organs():
            if wanted in organ.topics and not organ.words:
                return organ, _reason("topic", topic=path)
    fallback = find(rules_file("organs.yml")["fallback"])
    assert fallback is not None, "checked when loaded"
    return fallback, _reason("nobody", topic=path)


def _answers(organ: Organ, topic: Topic) -> bool:
    return topic.level1 in organ.topics or bool(topic.code and topic.code in organ.topics)


def _district(place: str) -> tuple[Organ | None, str]:
    """The longest name of a district or town that stands in the place: 鄂托克前旗 is not 鄂托克旗."""
    named = [(spot, organ) for organ in all_organs() for spot in organ.places if spot in place]
    spot, organ = max(named, key=lambda pair: len(pair[0]), default=("", None))
    return organ, spot


def _reason(name: str, **facts: str) -> str:
    return str(rules_file("organs.yml")["reasons"][name]).format(**facts)
