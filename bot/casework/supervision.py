"""督办: a supervisor's word to an organ about a case, and the end of tasks that the program or a person has set."""

from __future__ import annotations

from collections.abc import Collection

from bot.casework.moves import move_case
from bot.casework.officers import actors_of
from bot.casework.work import Work, written
from bot.domain.case import Case
from bot.domain.commands import EndTask, HurryOrgan, MoveCase, NoteTold
from bot.domain.errors import WrongRole
from bot.domain.lifecycle import Actor, CaseState, Move
from bot.domain.people import Staff
from bot.domain.permission import OPINION, TELL
from bot.procedure import TOLD
from bot.procedure.consequences import APPROVAL, CALL_BACK, DANGER, REMIND, REPORT, SAMPLE, SUPERVISE

LONGEST_TOLD = 500
_SUPERVISORS = frozenset({Actor.SUPERVISOR, Actor.LEADER, Actor.DISCIPLINARY})
_DESK = frozenset({Actor.INTAKE_CLERK, Actor.SUPERVISOR, Actor.DISCIPLINARY})
_ANYBODY = frozenset(Actor)
_ENDED_BY = {
    **dict.fromkeys((SUPERVISE, REPORT), _SUPERVISORS),
    **dict.fromkeys((CALL_BACK, SAMPLE), _DESK),
    DANGER: _DESK | _SUPERVISORS,
    APPROVAL: frozenset(),  # ends with the decision
    OPINION: frozenset(),  # ends when it comes, or is not wanted any more
}


def may_supervise(staff: Staff) -> bool:
    """Whether somebody hurries and supervises organs."""
    return bool(set(actors_of(staff)) & _SUPERVISORS)


async def hurry_organ(command: HurryOrgan, work: Work) -> Case:
    """催办 or 督办 by a person. Raises `WrongRole`, `BadInput`, `NotFound`."""
    if not may_supervise(work.staff):
        raise WrongRole("催办、督办由督办员或领导办理")
    said = written(command.text)
    case = await work.case(command.case_no)
    kind, event = (SUPERVISE, "case.supervised") if command.formal else (REMIND, "case.reminded")
    await work.uow.clocks.add_task(kind, case.id, case.organ or "", said[:200], None, work.now)
    who = {"officer": case.officer_id} if case.officer_id else {}
    await work.note(case, event, {"text": said, **who})
    return case


def may_end(kind: str, actors: Collection[Actor]) -> bool:
    """Whether somebody in these roles ends tasks of a kind: nobody ends what was set to supervise them."""
    return bool(_ENDED_BY.get(kind, _ANYBODY) & set(actors))


async def end_task(command: EndTask, work: Work) -> Case:
    """A task is done; what was done stands in the case's history. Raises `NotFound`, `WrongRole`, `BadInput`."""
    task = await work.uow.clocks.task(command.task_id, work.sight)
    if not may_end(task["kind"], actors_of(work.staff)):
        raise WrongRole("这项任务不由您的角色了结")
    said = written(command.note, "note")
    case = await work.uow.cases.by_id(task["case_id"])
    if task["kind"] == CALL_BACK and case.state is CaseState.CONCLUDED:  # the call ends its clock too
        return await move_case(MoveCase(case.case_no, Move.FOLLOW_UP, case.version, text=said), work)
    if task["kind"] == TELL:
        return await note_told(NoteTold(case.case_no, said), work)
    await work.uow.clocks.end_task(command.task_id, work.now, work.staff.id, said)
    await work.note(case, "task.ended", {"task": task["kind"], "text": said})
    return case


async def note_told(command: NoteTold, work: Work) -> Case:
    """告知群众: somebody without a channel was told; how, stands in the history.

    Raises `NotFound`, `BadInput`, `WrongRole`.
    """
    said, case = written(command.text, at_most=LONGEST_TOLD), await work.case(command.case_no)
    if not may_tell(work.staff, case):
        raise WrongRole("告知群众由主办单位办理")
    await work.uow.clocks.end_tasks(case.id, (TELL,), work.now, work.staff.id, said)
    await work.note(case, TOLD, {"text": said})
    return case


def may_tell(staff: Staff, case: Case) -> bool:
    """Whether somebody tells a petitioner what is owed to them: the desks do, of organs the one that has the case."""
    return staff.organ is None or staff.organ == case.held_by
