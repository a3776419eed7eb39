"""更正: staff mend what was understood; old and new values are kept, they improve the next training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.casework.work import Work, words
from bot.domain.case import Case
from bot.domain.commands import CorrectCase
from bot.domain.errors import Forbidden
from bot.domain.people import sight_of
from bot.domain.reading import CaseKind

FIELDS = ("kind", "topic", "urgency", "place", "title")


async def correct_case(command: CorrectCase, work: Work) -> Case:
    """Change the named fields. Whoever does not see accusations can make one, and then sees it no more."""
    case = await work.case(command.case_no, command.version)
    if command.title is not None:
        words(command.title, "title")
    given = {name: getattr(command, name) for name in FIELDS if getattr(command, name) is not None}
    changed = {name: value for name, value in given.items() if value != getattr(case, name)}
    if not changed:
        return case
    _check_kind(case, changed, work)
    saved = await work.uow.cases.change(replace(case, **changed), work.now)
    data = {name: [_plain(getattr(case, name)), _plain(value)] for name, value in changed.items()}
    await work.note(case, "case.corrected", data)
    return saved


def _check_kind(case: Case, changed: dict[str, Any], work: Work) -> None:
    """An accusation stays one unless the disciplinary role says otherwise."""
    leaves = case.kind is CaseKind.ACCUSATION and "kind" in changed
    if leaves and not sight_of(work.staff).accusations:
        raise Forbidden("only the disciplinary role may change an accusation's kind")


def _plain(value: Any) -> Any:
    if hasattr(value, "level1"):
        return f"{value.level1}/{value.level2}"
    return getattr(value, "value", value)
