"""机关、单位 of the city: their names, and a plain proposal of who answers for a matter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.domain.reading import CaseKind, Topic
from bot.rules import rules_file


@dataclass(frozen=True)
class Organ:
    """`places` mark a district, `topics` and `words` a department."""

    code: str
    name: str
    places: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    accusations: bool = False


@dataclass(frozen=True)
class RouteProposal:
    """派单建议: staff decide. `reason` is shown to them."""

    organ: Organ
    reason: str


@lru_cache(maxsize=1)
def all_organs() -> tuple[Organ, ...]:
    """Every organ, departments first."""
    rules = rules_file("organs.yml")
    return tuple(_organ(entry) for entry in (*rules["departments"], *rules["districts"]))


def _organ(entry: dict[str, Any]) -> Organ:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Organ(**fields)


def exists(code: str) -> bool:
    """Whether there is such an organ."""
    return any(organ.code == code for organ in all_organs())


def name_of(code: str | None) -> str:
    """An organ's name; the code itself if the organ is gone from the rules."""
    return next((organ.name for organ in all_organs() if organ.code == code), code or "")


def propose(kind: CaseKind, topic: Topic, place: str, text: str) -> RouteProposal:
    """Accusations to the disciplinary organ; else by words, by topic; a named district is told in the reason."""
    if kind is CaseKind.ACCUSATION:
        return RouteProposal(_accusations(), "检举控告由纪检监察机关专办")
    district = next((organ for organ in all_organs() if any(word in place for word in organ.places)), None)
    for organ in all_organs():
        word = next((word for word in organ.words if word in topic.level2 or word in text), "")
        if topic.level1 in organ.topics and word:
            return RouteProposal(organ, _reason(f"{topic.level1}，提到“{word}”", district))
    for organ in all_organs():
        if topic.level1 in organ.topics and not organ.words:
            return RouteProposal(organ, _reason(topic.level1, district))
    fallback = rules_file("organs.yml")["fallback"]
    return RouteProposal(next(organ for organ in all_organs() if organ.code == fallback), "没有对应的主管单位")


def _accusations() -> Organ:
    return next(organ for organ in all_organs() if organ.accusations)


def _reason(why: str, district: Organ | None) -> str:
    return f"{why}；属地：{district.name}" if district else why
