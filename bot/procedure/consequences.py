"""What follows from a move by itself: tasks for dangers, low ratings, bounced cases, approvals; and their end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain import ports
from bot.domain.case import Case
from bot.domain.deadlines import Deadline, Standing
from bot.domain.lifecycle import Move
from bot.domain.permission import OPINION, Request
from bot.domain.reading import Urgency
from bot.domain.working_days import local_date
from bot.rules import organs
from bot.rules.figures import figures

CALL_BACK = "call_back"
SUPERVISE = "supervise"
REMIND = "remind"
REPORT = "report"
SAMPLE = "sample"
HURRIED = "hurried"
APPROVAL = "approval"
FEEDBACK = "feedback"
DANGER = "danger"
# What is over with the case.
_OVER = (REMIND, SUPERVISE, REPORT, HURRIED, APPROVAL, FEEDBACK, DANGER, OPINION)
_EXTENSION = "申请延期 "
_ASKS = {Move.ASK_EXTENSION: _EXTENSION + "{days} 日：{reason}", Move.ASK_BAR: "提请不再受理：{reason}"}
_ENDINGS = (Move.CONCLUDE, Move.WITHDRAW, Move.DECLINE, Move.DIVERT, Move.BAR, Move.FINALISE, Move.ARCHIVE)
_SETTLES = (Move.APPROVE_EXTENSION, Move.REFUSE_EXTENSION, Move.BAR, Move.REFUSE_BAR)


async def follow(case: Case, request: Request, deadlines: Iterable[Deadline], uow: ports.UnitOfWork) -> None:
    """Open and close the tasks that a move brings with it."""
    await _open(case, request, deadlines, uow)
    if request.move in (Move.FOLLOW_UP, Move.REOPEN):
        await uow.clocks.end_tasks(case.id, (CALL_BACK, SAMPLE), request.at, None, request.text or request.reason)
    if request.move in _SETTLES:
        await uow.clocks.end_tasks(case.id, (APPROVAL,), request.at, None)
    if request.move in (Move.DELIVER, Move.ANSWER):  # what is answered needs no more time
        await uow.clocks.end_tasks(case.id, (APPROVAL,), request.at, None, about=_EXTENSION)
    if request.move in _ENDINGS:
        await uow.clocks.end_tasks(case.id, _OVER, request.at, None)
    for one in deadlines:
        if one.late and one.stopped_at == request.at:  # what was hurried has come
            kinds = (OPINION,) if one.beside else (REMIND, SUPERVISE, REPORT)
            await uow.clocks.end_tasks(case.id, kinds, request.at, None, about=about(one))


def about(one: Deadline) -> str:
    """How tasks about a clock begin: with its name, and whose it is where several organs have one each."""
    return f"{one.name}（{organs.name_of(one.organ)}）：" if one.beside else f"{one.name}："


async def _open(case: Case, request: Request, deadlines: Iterable[Deadline], uow: ports.UnitOfWork) -> None:
    move, add, limits = request.move, uow.clocks.add_task, figures(local_date(request.at))
    if move is Move.REGISTER and case.urgency >= Urgency.CRITICAL:
        await warn(case, request.at, uow)
    if move is Move.RATE and request.lowest <= limits.low_stars:
        await _call_back(case, request, limits.low_stars, deadlines, uow)
    if move in (Move.SEND_BACK, Move.DESIGNATE) and case.bounced >= limits.bounced_often:
        await add(SUPERVISE, case.id, "", f"已被退回 {case.bounced} 次", None, request.at)
    if move in _ASKS:
        reason = _ASKS[move].format(days=request.days, reason=request.reason)[:200]
        await add(APPROVAL, case.id, "", reason, None, request.at)
    if move is Move.ASSIGN and request.on is not None:
        await add(FEEDBACK, case.id, request.organ, "交办件要反馈结果", request.on, request.at)


async def warn(case: Case, at: datetime, uow: ports.UnitOfWork) -> None:
    """Art. 25: what is grave and urgent is dealt with and reported at once."""
    await uow.clocks.add_task(DANGER, case.id, "", "特急：马上处置，同时报告领导", local_date(at), at)


async def _call_back(
    case: Case, request: Request, low: int, deadlines: Iterable[Deadline], uow: ports.UnitOfWork
) -> None:
    clocks = [one for one in deadlines if one.code == CALL_BACK and one.standing is Standing.RUNNING]
    reason = f"评价 {request.stars} 星" if request.stars <= low else f"评价中有 {request.lowest} 星"
    await uow.clocks.add_task(
        CALL_BACK, case.id, case.organ or "", reason, clocks[-1].due_on if clocks else None, request.at
    )
