"""What follows from a move by itself: tasks for low ratings and bounced cases, and their end."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain import ports
from bot.domain.case import Case
from bot.domain.deadlines import Deadline, Standing
from bot.domain.lifecycle import Move
from bot.domain.permission import BOUNCED_OFTEN, LOW_STARS, Request

CALL_BACK = "call_back"
SUPERVISE = "supervise"
REMIND = "remind"
REPORT = "report"
SAMPLE = "sample"


async def follow(case: Case, request: Request, deadlines: Iterable[Deadline], uow: ports.UnitOfWork) -> None:
    """Open and close the tasks that a move brings with it."""
    if request.move is Move.RATE and request.stars <= LOW_STARS:
        await _call_back(case, request, deadlines, uow)
    if request.move in (Move.SEND_BACK, Move.DESIGNATE) and case.bounced >= BOUNCED_OFTEN:
        reason = f"已被退回 {case.bounced} 次"
        await uow.clocks.add_task(SUPERVISE, case.id, "", reason, None, request.at)
    if request.move in (Move.FOLLOW_UP, Move.REOPEN):
        await uow.clocks.end_tasks(case.id, (CALL_BACK, SAMPLE), request.at, None, request.text or request.reason)
    if request.move in (Move.CONCLUDE, Move.WITHDRAW, Move.ARCHIVE):
        await uow.clocks.end_tasks(case.id, (REMIND, SUPERVISE, REPORT), request.at, None)


async def _call_back(case: Case, request: Request, deadlines: Iterable[Deadline], uow: ports.UnitOfWork) -> None:
    clocks = [one for one in deadlines if one.code == CALL_BACK and one.standing is Standing.RUNNING]
    reason = f"评价 {request.stars} 星"
    await uow.clocks.add_task(
        CALL_BACK, case.id, case.organ or "", reason, clocks[-1].due_on if clocks else None, request.at
    )
