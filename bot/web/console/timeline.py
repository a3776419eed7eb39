"""A case's history and a talk's lines, ready to be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.case import PETITIONER, Case, CaseEvent
from bot.domain.lifecycle import OUTCOMES, PAST, Move
from bot.domain.people import Sight, Staff
from bot.domain.reading import CaseKind
from bot.rules import organs
from bot.storage.conversation_repository import TalkLine
from bot.storage.unit_of_work import UnitOfWork
from bot.web.console import words

Names = dict[int, str]
Mask = Callable[[str], str]
"""What hides from a text what its viewer is not shown."""
# What a move was given, in the order in which it is shown, and how each is introduced.
_DETAILS = {
    "organ": "",
    "leader": "",
    "officer": "承办人：",
    "outcome": "结论：",
    "answers": "",
    "days": "天数：",
    "on": "日期：",
    "link": "关联：",
    "text": "",
    "reason": "理由：",
    "route": "途径：",
}
_QUESTIONS = {"prompt": "及时", "attitude": "态度", "solved": "解决"}


async def names_of_staff(uow: UnitOfWork) -> Names:
    """Who stands behind an id in histories and talks."""
    return names_in(await uow.staff.all())


def names_in(staff: Iterable[Staff]) -> Names:
    """The same for somebody who has read the staff already."""
    return {member.id: member.name for member in staff}


def timeline_of(
    history: Iterable[CaseEvent], names: Names, mask: Mask, *, veiled: bool = False
) -> list[dict[str, Any]]:
    """The lines of a case's history, oldest first; `veiled`, who did what and when alone."""
    nothing: dict[str, Any] = {"detail": "", "rest": "", "text": "", "changes": []} if veiled else {}
    return [{**_line(event, names, mask), **nothing} for event in history]


def course_lines(talk: Sequence[dict[str, Any]], history: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Talk and history as one list, oldest first: what was said, then what was done with it, then what was told.

    `said` is a bubble or None, `event` a line of the history or None. Words that stand in a bubble are not said twice.
    """
    at_once: dict[datetime, list[dict[str, Any]]] = defaultdict(list)
    for line in talk:
        at_once[line["at"]].append(line)
    said_in = {line["key"]: line for line in talk}
    events = [{**event, "detail": _untold(event, at_once[event["at"]], said_in)} for event in history]
    entries = [
        *({"at": one["at"], "rank": _rank(one), "public": True, "said": one, "event": None} for one in talk),
        *({"at": one["at"], "rank": _DONE, "public": one["public"], "said": None, "event": one} for one in events),
    ]
    return sorted(entries, key=lambda entry: (entry["at"], entry["rank"]))


_SAID, _DONE, _ANSWERED = range(3)


def _rank(line: Mapping[str, Any]) -> int:
    return _SAID if line["from"] == "citizen" else _ANSWERED


def _untold(
    event: Mapping[str, Any], at_once: Iterable[Mapping[str, Any]], said_in: Mapping[str, Mapping[str, Any]]
) -> str:
    """The event's details without its words, where those stand in what was told at that moment, or in its message."""
    own = said_in.get(f"i{event['inbox_id']}")
    told = [*(line for line in at_once if line["from"] != "citizen"), *([own] if own else [])]
    repeated = event["text"] and any(event["text"] in line["text"] for line in told)
    return str(event["rest"] if repeated else event["detail"])


def waiting_for_a_second(case: Case, timeline: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Requests that somebody else is to decide on, as last asked; drafts have a place of their own."""
    open_ones = {f"case.{PAST[Move(move)]}" for move in case.course.get("prepared", {}) if move != Move.DRAFT.value}
    found: dict[str, dict[str, Any]] = {}
    for line in timeline:
        if line["type"] in open_ones:
            found[line["type"]] = line
    return list(found.values())


def _line(event: CaseEvent, names: Names, mask: Mask) -> dict[str, Any]:
    return {
        "at": event.at,
        "actor": _actor(event.actor, names),
        "type": event.type,
        "name": _name(event),
        "detail": mask(_detail(event, names)),
        "rest": mask(_detail(event, names, without="text")),
        "text": mask(str(event.data.get("text") or "")).strip(),
        "inbox_id": event.data.get("inbox_id"),
        "changes": [_change(name, pair, mask) for name, pair in event.data.get("changes", {}).items()],
        "public": event.public,
    }


def _name(event: CaseEvent) -> str:
    """What was filed at the desk was entered by whoever stands there."""
    at_the_desk = event.type == "case.filed" and event.actor != PETITIONER
    return words.TAKEN_DOWN if at_the_desk else words.EVENTS.get(event.type, event.type)


def _actor(actor: str, names: Names) -> str:
    kind, _, number = actor.partition(":")
    if kind == "staff" and number.isdigit():
        return names.get(int(number), actor)
    return {"petitioner": "群众", "system": "系统"}.get(actor, actor)


def _detail(event: CaseEvent, names: Names, without: str = "") -> str:
    if event.type == "case.filed":
        channel = str(event.data.get("channel", ""))
        return words.CHANNELS.get(channel, channel)
    # Why somebody looked at what is hidden is all that such a line says.
    twice = "text" if event.type == "phone.revealed" else ""
    shown = ((name, label) for name, label in _DETAILS.items() if name not in (without, twice))
    return "；".join(filter(None, (_said(name, label, event.data, names) for name, label in shown)))


def _said(name: str, label: str, data: Mapping[str, Any], names: Names) -> str:
    """One thing that a move was given, in words; "" where it was not."""
    value = data.get(name)
    return f"{label}{_SHOWN[name](value, names) if name in _SHOWN else value}" if value else ""


def _stars(answers: Mapping[str, int]) -> str:
    return " · ".join(f"{name} {answers[code]} 星" for code, name in _QUESTIONS.items() if code in answers)


_SHOWN: Mapping[str, Callable[[Any, Names], str]] = {
    "organ": lambda code, _: organs.name_of(code),
    "leader": lambda number, names: names.get(number, str(number)),
    "officer": lambda number, names: names.get(number, str(number)),
    "outcome": lambda code, _: OUTCOMES.get(code, code),
    "days": lambda days, _: f"{days} 日",
    "answers": lambda answers, _: _stars(answers),
}


def _change(name: str, pair: Sequence[Any], mask: Mask) -> tuple[str, str, str]:
    old, new = pair
    return words.FIELDS.get(name, name), mask(_value(name, old)), mask(_value(name, new))


def _value(name: str, value: Any) -> str:
    if name == "topic":
        return " · ".join(filter(None, (value["level1"], value["level2"])))
    if name == "kind":
        return words.KINDS[CaseKind(value)]
    if name == "urgency":
        return dict(words.URGENCIES)[value]
    return str(value) or "（空）"


async def talk_about(case: Case, history: Sequence[CaseEvent], sight: Sight, uow: UnitOfWork) -> list[TalkLine]:
    """What this viewer may read of the talk: from this matter on for who reads talks, else the case's own lines."""
    if case.conversation_id is None or sight.veiled:
        return []
    span = await uow.cases.span(case)
    if await uow.conversations.may_read(case.conversation_id, sight):
        return await uow.conversations.talk(case.conversation_id, sight, after=span[0])
    # What somebody handed in on paper is no message: its words stand in the history alone.
    supplemented = (event.data.get("inbox_id") for event in history if event.type == "case.supplemented")
    supplements = [inbox_id for inbox_id in supplemented if inbox_id is not None]
    return await uow.conversations.talk_of_case(case, sight, span, supplements)


def bubbles(lines: Iterable[TalkLine], names: Names, mask: Mask) -> list[dict[str, Any]]:
    """Lines of a talk as they are shown."""
    return [
        {
            "key": line.key,
            "at": line.at,
            "from": line.author,
            "who": names.get(line.staff_id or 0, "") if line.author == "staff" else "",
            "text": mask(line.text),
            "kind": "" if line.text else words.MESSAGE_KINDS.get(line.kind, ""),
            "label": line.label if line.kind == "location" else "",
            "picture": line.picture,
            "state": words.SENDING.get(line.state, ""),
            "refused": line.state == "refused",
        }
        for line in lines
    ]


def told(case: Case, mask: Mask) -> dict[str, Any]:
    """The case's own words as a bubble, where no message holds them."""
    return {
        "key": "told",
        "at": case.filed_at,
        "from": "citizen",
        "who": "",
        "head": "诉求内容",
        "text": mask(case.text),
        "kind": "",
        "label": "",
        "picture": None,
        "state": "",
        "refused": False,
    }
