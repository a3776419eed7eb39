"""What the case page shows of the procedure: the moves open to the viewer, the clocks, the reply under review, kin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.casework.moves import longest_extension, moves_open_to
from bot.casework.supervision import may_supervise
from bot.casework.templates import filled, templates_for
from bot.casework.ways import WAYS
from bot.domain.case import Case
from bot.domain.deadlines import STANDING_NAMES, Deadline, Standing
from bot.domain.lifecycle import (
    CLOSED_STATES,
    MOVE_NAMES,
    OPEN_STATES,
    OUTCOMES,
    CaseState,
    Move,
    Need,
    Row,
    Stage,
)
from bot.domain.masking import hidden_in, mask_text
from bot.domain.people import Role, Sight, Staff
from bot.domain.repeats import is_same_matter
from bot.domain.working_days import local_date
from bot.rules import organs
from bot.storage.unit_of_work import UnitOfWork
from bot.web.console import words

# These have a place of their own on the page.
_ELSEWHERE = (Move.DRAFT, Move.ANSWER, Move.ASSIGN, Move.TRANSFER, Move.DESIGNATE, Move.TAKE_ON, Move.HAND_TO)
# What is usually done next comes first and stands out.
_NEXT = {
    CaseState.ASSIGNED: Move.ACKNOWLEDGE,
    CaseState.TRANSFERRED: Move.ACKNOWLEDGE,
    CaseState.ACKNOWLEDGED: Move.ACCEPT,
    CaseState.OBJECTED: Move.SEND_BACK,
    CaseState.REGISTERED: Move.ACCEPT,
    CaseState.ACCEPTED: Move.PROCESS,
    CaseState.DRAFTED: Move.APPROVE,
    CaseState.APPROVED: Move.DELIVER,
    CaseState.DELIVERED: Move.CONCLUDE,
    CaseState.CONCLUDED: Move.FOLLOW_UP,
}


def course_of(case: Case, me: Staff, now: datetime, deadlines: Iterable[Deadline]) -> dict[str, Any]:
    """What may be done now."""
    open_rows = moves_open_to(me, case, now, deadlines)
    open_moves = [row.move for row in open_rows]
    reply = next((move for move in (Move.ANSWER, Move.DRAFT) if move in open_moves), None)
    first = Move.GIVE_OPINION if Move.GIVE_OPINION in open_moves else _NEXT.get(case.state)
    shown = sorted((row for row in open_rows if row.move not in _ELSEWHERE), key=lambda row: row.move is not first)
    return {
        "templates": _templates(case, open_moves),
        "moves": [_form(row, strong=row.move is first) for row in shown],
        "open_moves": {move.value for move in open_moves},
        "reply_move": reply.value if reply else None,
        "routing": [move.value for move in (Move.ASSIGN, Move.DESIGNATE, Move.TRANSFER) if move in open_moves],
        "move_names": {move.value: name for move, name in MOVE_NAMES.items()},
        "outcomes": list(OUTCOMES.items()) if case.stage is not Stage.FIRST else [],
        "outcome": OUTCOMES.get(case.course.get("outcome", ""), ""),
        "most_days": longest_extension(case, now),
        "may_supervise": may_supervise(me) and case.state in OPEN_STATES,
        "ways": list(WAYS.items()),
        "way_names": WAYS,
        "way_name": WAYS.get(case.way, ""),
        "assisting_organs": [one for one in map(organs.find, case.course.get("assisting", ())) if one is not None],
        "stars": case.stars,
        "waiting": case.course.get("waiting", False),
    }


def _templates(case: Case, moves: list[Move]) -> dict[str, list[dict[str, str]]]:
    """The texts to start from, by the box they fill: `<step>-<field>`."""
    offered: dict[str, list[dict[str, str]]] = {}
    hidden = hidden_in(case)
    for one in templates_for(case, moves):
        text = filled(one, case, lambda said: mask_text(said, hidden))
        offered.setdefault(f"{one.move.value}-{one.field}", []).append({"name": one.name, "text": text})
    return offered


def _form(row: Row, *, strong: bool) -> dict[str, Any]:
    return {
        "move": row.move.value,
        "name": MOVE_NAMES[row.move],
        "needs": [need.value for need in Need if need in row.needs],
        "tells": bool(row.tells),
        "strong": strong,
    }


def clocks_of(deadlines: Iterable[Deadline], now: datetime) -> list[dict[str, Any]]:
    """Clocks of the case as they are shown: running ones first, those that press on top."""
    lines = [_clock(one, now) for one in deadlines if not one.beside]
    return sorted(lines, key=lambda line: (not line["running"], line["is_right"], line["due_on"] or "9999"))


def _clock(one: Deadline, now: datetime) -> dict[str, Any]:
    running = one.standing in (Standing.RUNNING, Standing.PAUSED)
    left = (one.due_on - local_date(now)).days if one.due_on else None
    is_right = one.right
    level = one.level(now)
    return {
        "name": one.name,
        "organ": organs.name_of(one.organ) if one.organ else "",
        "running": running,
        "is_right": is_right,
        "standing": STANDING_NAMES[one.standing],
        "due_on": one.due_on.isoformat() if one.due_on else "",
        "left": left,
        "overdue": one.overdue(now),
        "late": one.late and not is_right,
        "level": level.name if level and not is_right else "",
        "source": one.basis,
        "notes": list(one.notes),
        "paused": one.standing is Standing.PAUSED,
        "days_left": one.days_left,
        "over": is_right and one.over(now),
    }


async def kin_of(case: Case, sight: Sight, uow: UnitOfWork) -> dict[str, Any]:
    """The case it reviews, reviews of it, and the same petitioner's earlier ones; never a score."""
    linked = await uow.cases.linked(case, sight)
    own = await _of_same_petitioner(case, sight, uow)
    known, first_no = {one.id for one in linked} | {case.id}, case.repeat_of or ""
    return {
        "linked": [words.case_line(one) for one in linked],
        "earlier": [{**words.case_line(one), "same": _is_earlier(one, case)} for one in own if one.id not in known][:8],
        "repeat_of": first_no,
        "repeat_hint": _hint(next((one for one in own if one.case_no == first_no), None)),
    }


async def _of_same_petitioner(case: Case, sight: Sight, uow: UnitOfWork) -> list[Case]:
    """Those of the same talk, and those that name one of its phones, newest first."""
    talk = await uow.cases.of_conversation(case.conversation_id, sight) if case.conversation_id else []
    named = await uow.cases.of_phones(case.phones, sight)
    found = {one.id: one for one in (*talk, *named)}
    return [found[number] for number in sorted(found, reverse=True)]


def _hint(first: Case | None) -> str:
    """What fits a repeat, by how far its first case is; "" where the viewer does not see that one."""
    if first is None:
        return ""
    return words.REPEAT_HINTS.get(first.state, "" if first.state in CLOSED_STATES else words.REPEAT_IN_PROCESS)


def _is_earlier(one: Case, case: Case) -> bool:
    """Whether another case of the petitioner came before and seems to be about the same matter."""
    return one.id < case.id and is_same_matter(case.topic, case.place, case.text, one)


def leaders(staff: Iterable[Staff]) -> list[tuple[int, str]]:
    """Who can take a case as its responsible leader: id and name."""
    return [(one.id, one.name) for one in staff if one.active and one.role is Role.LEADER]
