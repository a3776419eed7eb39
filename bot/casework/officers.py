"""承办人: who of an organ can work on a case, and what becomes of somebody's cases when they leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.casework.work import UnitOfWork, Work
from bot.domain.case import Case
from bot.domain.errors import NeedMissing, NotFound
from bot.domain.lifecycle import Actor, Lane, Move
from bot.domain.people import Role, Staff, sight_of
from bot.domain.permission import Request
from bot.procedure import feasible_now

# In a small city the administrator also keeps the desk.
_ACTORS = {Role.ADMINISTRATOR: (Actor.SUPERVISOR, Actor.INTAKE_CLERK)}


def actors_of(staff: Staff) -> tuple[Actor, ...]:
    """In which roles somebody may act on cases."""
    if staff.role in _ACTORS:
        return _ACTORS[staff.role]
    return tuple(actor for actor in Actor if actor.value == staff.role.value)


def officers_for(case: Case, staff: Iterable[Staff]) -> list[Staff]:
    """Those of the staff who can work on a case now: in office, of the organ that has it, and none whom it accuses."""
    return [one for one in staff if _can_work_on(one, case)]


def _can_work_on(member: Staff, case: Case) -> bool:
    if not member.active or (case.lane is Lane.ACCUSATION and member.name in case.text):
        return False
    return any(_takes_on(member, actor, case) for actor in actors_of(member))


def _takes_on(member: Staff, actor: Actor, case: Case) -> bool:
    wish = Request(Move.TAKE_ON, actor, member.actor, case.updated_at, of_organ=member.organ or "")
    return any(row.move is Move.TAKE_ON for row in feasible_now(replace(case, officer_id=None), wish, ()))


async def check_officer(case: Case, work: Work) -> None:
    """Whether the 承办人 of a case can be that. Their account is held until the end, so that it is not shut meanwhile.

    Raises `NeedMissing`.
    """
    try:
        member = await work.uow.staff.held(case.officer_id or 0)
        await work.uow.cases.get(case.case_no, sight_of(member))
    except NotFound:
        member = None
    if member is None or not _can_work_on(member, case):
        raise NeedMissing("承办人要从办理本件的单位在职的人员里选", "officer")


async def let_go(member: Staff, by: Staff, at: datetime, uow: UnitOfWork) -> int:
    """Whoever is shut out, or has another role or organ, works on no case any more; tells how many are left open."""
    left = await uow.cases.let_go(member.id, at)
    for case_id in left:
        await uow.cases.note(case_id, by.actor, "case.officer_left", {"officer": member.id}, at)
    return len(left)
