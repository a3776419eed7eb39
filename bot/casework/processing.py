"""办理: work begins, a case is concluded, a concluded one is taken up again."""

from __future__ import annotations

from bot.casework.work import Work
from bot.domain.case import Case
from bot.domain.commands import ConcludeCase, ProcessCase, ReopenCase
from bot.domain.lifecycle import Move


async def process_case(command: ProcessCase, work: Work) -> Case:
    """Work has begun. The citizen sees it when they ask; it is no news worth a message."""
    case = await work.case(command.case_no, command.version)
    return await work.move(case, Move.PROCESS, "case.processing", {})


async def conclude_case(command: ConcludeCase, work: Work) -> Case:
    """办结: after a reply only."""
    case = await work.case(command.case_no, command.version)
    saved = await work.move(case, Move.CONCLUDE, "case.concluded", {})
    await work.tell(case, "utter_case_concluded")
    return saved


async def reopen_case(command: ReopenCase, work: Work) -> Case:
    """重新办理."""
    case = await work.case(command.case_no, command.version)
    saved = await work.move(case, Move.REOPEN, "case.reopened", {})
    await work.tell(case, "utter_case_reopened")
    return saved
