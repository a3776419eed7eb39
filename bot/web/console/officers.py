"""承办人 and 协办 as pages show them: who can be chosen, whose opinion came and whose is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby
from typing import Any

from bot.casework.moves import lanes_of
from bot.domain.case import Case, CaseEvent
from bot.domain.lifecycle import PAST, Move
from bot.domain.people import Role, Staff
from bot.domain.permission import Opinion
from bot.procedure import situation_of
from bot.rules import organs
from bot.storage.unit_of_work import UnitOfWork
from bot.web.console import words

Choices = list[tuple[str, list[tuple[int, str]]]]
_PEERS = (Role.REVIEWER, Role.DISCIPLINARY)


async def officers_to_choose(me: Staff, uow: UnitOfWork) -> Choices:
    """Whom somebody can give cases to from a list: organ → id and name. Each case is then judged by itself."""
    if not lanes_of(me, Move.HAND_TO) or (me.role is Role.LEADER and not me.organ):
        return []
    found = await uow.staff.of_role(me.role if me.role in _PEERS else Role.CASE_OFFICER, me.organ)
    return [
        (organs.name_of(organ), [(one.id, one.name) for one in members])
        for organ, members in groupby(found, key=lambda one: one.organ)
    ]


def assisting_of(
    case: Case, history: Iterable[CaseEvent], today: date, mask: Callable[[str], str], *, veiled: bool
) -> list[dict[str, Any]]:
    """Each assisting organ with what it was asked for and what it said."""
    situation, said = situation_of(case), {} if veiled else _said(history)
    return [
        {
            "name": organs.name_of(organ),
            "text": mask(said.get(organ, "")),
            **_asked(situation.opinions.get(organ), today),
        }
        for organ in sorted(situation.assisting)
    ]


def _asked(opinion: Opinion | None, today: date) -> dict[str, Any]:
    if opinion is None:
        return {"asked": False, "missing": False}
    missing = opinion.given is None
    due = words.due_words(opinion.on, today) if missing else None
    return {"asked": True, "missing": missing, "on": opinion.on, "given": opinion.given, "due": due}


def _said(history: Iterable[CaseEvent]) -> dict[str, str]:
    """The last opinion of each organ."""
    given = f"case.{PAST[Move.GIVE_OPINION]}"
    return {str(line.data["organ"]): str(line.data["text"]) for line in history if line.type == given}
