"""A stored case ↔ its situation in the procedure, and its history → the events that clocks are rebuilt from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.domain.case import Case, CaseEvent
from bot.domain.deadlines import ClockEvent, EventType
from bot.domain.lifecycle import Move, Stage
from bot.domain.permission import Above, Opinion, Situation
from bot.domain.reading import Urgency
from bot.rules import organs

SYSTEM = "system"
# Before moves told the clocks, histories held these; migration 3 leaves them as they are.
_OLD_EVENTS = {
    "case.filed": EventType.REGISTERED,
    "case.assigned": EventType.ASSIGNED,
    "case.replied": EventType.DELIVERED,
    "case.concluded": EventType.CONCLUDED,
    "case.reopened": EventType.REOPENED,
    "case.withdrawn": EventType.WITHDRAWN,
}


def situation_of(case: Case) -> Situation:
    """The case as the procedure sees it."""
    course = case.course
    return Situation(
        lane=case.lane,
        state=case.state,
        organ=case.organ or "",
        officer=case.officer_id or 0,
        assisting=frozenset(course.get("assisting", ())),
        opinions={organ: _opinion(kept) for organ, kept in course.get("opinions", {}).items()},
        waiting=course.get("waiting", False),
        asked=course.get("asked", 0),
        hearing=course.get("hearing", False),
        decided=course.get("decided", False),
        above=Above(course.get("above", "")),
        hears=course.get("hears", ""),
        extended=course.get("extended", False),
        extension_days=course.get("extension_days", 0),
        prepared={Move(move): who for move, who in course.get("prepared", {}).items()},
        rated=course.get("rated", False),
        bounced=case.bounced,
        leader=case.leader_id or 0,
        accused=_out_of_bounds(course.get("accused", ())),
        disciplinary=frozenset(organ.code for organ in organs.disciplinary()),
        facts=facts_of(case),
    )


def _opinion(kept: Mapping[str, str]) -> Opinion:
    given = kept.get("given")
    return Opinion(date.fromisoformat(kept["on"]), date.fromisoformat(given) if given else None)


def _kept(opinion: Opinion) -> dict[str, str]:
    given = {"given": opinion.given.isoformat()} if opinion.given else {}
    return {"on": opinion.on.isoformat(), **given}


def _out_of_bounds(accused: Iterable[str]) -> frozenset[str]:
    """Whom an accusation may not reach: those accused, and a disciplinary organ that one of them leads."""
    led = (code + organs.DISCIPLINE for code in accused)
    return frozenset((*accused, *(code for code in led if organs.exists(code))))


def facts_of(case: Case) -> Mapping[str, str]:
    """What rules of time limits ask about."""
    kind = case.lane.value if case.stage is not Stage.FIRST else case.kind.value
    track = str(case.course.get("track", "simple"))
    facts = {"kind": kind, "source": case.channel, "way": case.way, "track": track}
    # Only where it matters: facts are kept with every event.
    return {**facts, "urgency": str(int(case.urgency))} if case.urgency >= Urgency.URGENT else facts


def with_situation(case: Case, situation: Situation) -> Case:
    """The case after a move."""
    course = {
        **case.course,
        "assisting": sorted(situation.assisting),
        "opinions": {organ: _kept(one) for organ, one in sorted(situation.opinions.items())},
        "waiting": situation.waiting,
        "asked": situation.asked,
        "hearing": situation.hearing,
        "decided": situation.decided,
        "above": situation.above.value,
        "extended": situation.extended,
        "extension_days": situation.extension_days,
        "prepared": {move.value: who for move, who in situation.prepared.items()},
        "rated": situation.rated,
        "accused": sorted(situation.accused),
    }
    return replace(
        case,
        state=situation.state,
        organ=situation.organ or None,
        bounced=situation.bounced,
        leader_id=situation.leader or None,
        officer_id=situation.officer or None,
        course={name: value for name, value in course.items() if value},
    )


def clock_events(history: Iterable[CaseEvent]) -> list[ClockEvent]:
    """What a case's history tells the clocks: remarks, corrections and looks at it tell them nothing."""
    return [event for line in history for event in _events_of(line)]


def _events_of(line: CaseEvent) -> list[ClockEvent]:
    told = line.data.get("clock")
    if told is None and line.type in _OLD_EVENTS:
        facts = {"kind": "claim", "source": "", "way": "", "track": "simple"}
        return [ClockEvent(line.at, _OLD_EVENTS[line.type], str(line.data.get("organ") or ""), 0, facts)]
    return [_event(line, one) for one in told or ()]


def _event(line: CaseEvent, one: Mapping[str, Any]) -> ClockEvent:
    at = datetime.fromisoformat(one["at"]) if "at" in one else line.at
    return ClockEvent(at, EventType(one["type"]), one.get("organ", ""), one.get("days", 0), one.get("facts", {}))


def as_data(event: ClockEvent, at: datetime) -> dict[str, Any]:
    """A clock's event as it is kept in a line of the history; its time is the line's, `at`, unless it came before."""
    before = {"at": event.at.isoformat()} if event.at != at else {}
    whole = {**before, "type": event.type.value, "organ": event.organ, "days": event.days, "facts": dict(event.facts)}
    return {name: value for name, value in whole.items() if value}
