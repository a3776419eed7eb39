"""下访: whoever is in charge plans a visit with the cases to be settled there, and notes what came of each."""

from __future__ import annotations

from bot.casework.reception import may_receive
from bot.casework.work import Work, written
from bot.domain.case import Case
from bot.domain.commands import CancelFieldVisit, NoteFieldVisit, PlanFieldVisit
from bot.domain.errors import BadInput, WrongRole
from bot.domain.field_visits import FieldVisit, check_visit
from bot.domain.lifecycle import OPEN_STATES
from bot.domain.working_days import local_date
from bot.procedure import spoken
from bot.rules import texts
from bot.rules.figures import figures


def _check_role(work: Work) -> None:
    if not may_receive(work.staff):
        raise WrongRole("下访由受理员、督办员或领导安排")


async def plan_field_visit(command: PlanFieldVisit, work: Work) -> int:
    """Plan one; the petitioners of its cases are told. Tells its number. Raises `BadInput`, `WrongRole`."""
    _check_role(work)
    place, leader = command.place.strip(), command.leader.strip()
    today = local_date(work.now)
    check_visit(command.on, place, leader, command.case_nos, today, figures(today).carried_most)
    carried = [await _open_case(case_no, work) for case_no in command.case_nos]
    visit = FieldVisit(0, command.on, place, leader)
    number = await work.uow.field_visits.plan(visit, command.case_nos)
    for case in carried:
        await work.note(case, "case.field_visit_planned", {"on": command.on.isoformat(), "text": f"{leader}，{place}"})
        await _tell(case, "utter_field_visit_planned", visit, work)
    _audit("planned", number, work)
    return number


async def _open_case(case_no: str, work: Work) -> Case:
    """One that is still open and that this member sees. Raises `BadInput` naming the number."""
    case = await work.case_if_seen(case_no)
    if case is None:
        raise BadInput(f"cases: there is no {case_no[:32]!r}", "visit_case_unknown")
    if case.state not in OPEN_STATES:
        raise BadInput(f"cases: {case.case_no} is settled", "visit_case_settled")
    return case


async def cancel_field_visit(command: CancelFieldVisit, work: Work) -> None:
    """Nobody goes; the petitioners are told. Raises `NotFound`, `BadInput` once it took place, `WrongRole`."""
    _check_role(work)
    visit = await work.uow.field_visits.visit(command.visit_id)
    if visit.on < local_date(work.now):
        raise BadInput("visit: its day is over", "visit_over")
    await work.uow.field_visits.cancel(visit.id)
    for carried in await work.uow.field_visits.carried([visit.id]):
        case = await work.case_if_seen(carried.case_no)
        if case is not None and not carried.note:
            await work.note(case, "case.field_visit_called_off", {"on": visit.on.isoformat()})
            await _tell(case, "utter_field_visit_called_off", visit, work)
    _audit("cancelled", visit.id, work)


async def note_field_visit(command: NoteFieldVisit, work: Work) -> None:
    """Write down once what came of a case, in its history too. Raises `BadInput`, `NotFound`, `WrongRole`."""
    _check_role(work)
    visit = await work.uow.field_visits.visit(command.visit_id)
    if visit.on > local_date(work.now):
        raise BadInput("visit: its day is still to come", "visit_early")
    note = written(command.note, "note", 2000)
    case = await work.case(command.case_no)
    if not await work.uow.field_visits.note(visit.id, case.case_no, note):
        raise BadInput("visit: this case is noted already, or was not taken along", "visit_noted")
    await work.note(case, "case.field_visited", {"on": visit.on.isoformat(), "text": note})
    _audit("noted", visit.id, work)


async def _tell(case: Case, reply: str, visit: FieldVisit, work: Work) -> None:
    on, leader, place = spoken(visit.on), visit.leader, visit.place
    said = texts.reply(reply, case=texts.of_case(case), case_no=case.case_no, on=on, leader=leader, place=place)
    await work.inform(case, said)


def _audit(deed: str, visit_id: int, work: Work) -> None:
    work.uow.audit.append(work.staff.actor, f"field_visit.{deed}", f"field_visit:{visit_id}", work.now)
