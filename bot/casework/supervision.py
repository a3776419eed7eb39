"""督办: a supervisor's word to an organ about a case, and the end of tasks that the program or a person has set."""

from __future__ import annotations

from bot.casework.moves import actors_of
from bot.casework.work import Work, written
from bot.domain.case import Case
from bot.domain.commands import EndTask, HurryOrgan
from bot.domain.errors import WrongRole
from bot.domain.lifecycle import Actor
from bot.procedure.consequences import REMIND, SUPERVISE

_SUPERVISORS = {Actor.SUPERVISOR, Actor.LEADER, Actor.DISCIPLINARY}


async def hurry_organ(command: HurryOrgan, work: Work) -> Case:
    """催办 or 督办 by a person. Raises `WrongRole`, `BadInput`, `NotFound`."""
    if not set(actors_of(work.staff)) & _SUPERVISORS:
        raise WrongRole("催办、督办由督办员或领导办理")
    said = written(command.text)
    case = await work.case(command.case_no)
    kind, event = (SUPERVISE, "case.supervised") if command.formal else (REMIND, "case.reminded")
    await work.uow.clocks.add_task(kind, case.id, case.organ or "", said[:200], None, work.now)
    await work.note(case, event, {"text": said})
    return case


async def end_task(command: EndTask, work: Work) -> Case:
    """A task is done; what was done stands in the case's history."""
    task = await work.uow.clocks.task(command.task_id, work.sight)
    said = written(command.note, "note")
    case = await work.uow.cases.by_id(task["case_id"])
    await work.uow.clocks.end_task(command.task_id, work.now, work.staff.id, said)
    await work.note(case, "task.ended", {"task": task["kind"], "text": said})
    return case
