"""交办: a case → the organ that shall answer it."""

from __future__ import annotations

from typing import Any

from bot.casework.work import Work
from bot.domain.case import Case
from bot.domain.commands import AssignCase
from bot.domain.conversation import Author
from bot.domain.errors import BadInput
from bot.domain.lifecycle import Move
from bot.domain.reading import CaseKind
from bot.rules import organs, texts


async def assign_case(command: AssignCase, work: Work) -> Case:
    """Hand a case to an organ; the citizen is told, but never whom an accusation went to."""
    if not organs.exists(command.organ):
        raise BadInput("没有这个承办单位。", "organ")
    case = await work.case(command.case_no, command.version)
    data = {"from": case.organ, "to": command.organ}
    saved = await work.move(case, Move.ASSIGN, "case.assigned", data, public=True, organ=command.organ)
    if case.kind is not CaseKind.ACCUSATION:
        facts: dict[str, Any] = {"title": case.title, "organ": organs.name_of(command.organ)}
        await work.tell(
            case.conversation_id,
            texts.reply("utter_case_assigned", author=Author.SYSTEM, case_no=case.case_no, **facts),
        )
    return saved
