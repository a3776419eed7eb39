"""A staff member's move on a case → the procedure; the organ named must exist, the reply that was approved goes out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.casework.work import Work, written
from bot.domain.case import Case
from bot.domain.commands import MoveCase
from bot.domain.deadlines import Deadline
from bot.domain.errors import BadInput, WrongRole
from bot.domain.lifecycle import MOVE_NAMES, Actor, Move, Row
from bot.domain.people import Role, Staff
from bot.domain.permission import Request
from bot.domain.proposals import Decision
from bot.procedure import SYSTEM, carry_out, feasible_now, permitted_now
from bot.rules import organs

LONGEST_REASON = 1000
# In a small city the administrator also keeps the desk.
_ACTORS = {Role.ADMINISTRATOR: (Actor.SUPERVISOR, Actor.INTAKE_CLERK)}


def actors_of(staff: Staff) -> tuple[Actor, ...]:
    """In which roles somebody may act on cases."""
    if staff.role in _ACTORS:
        return _ACTORS[staff.role]
    return tuple(actor for actor in Actor if actor.value == staff.role.value)


def may_route(staff: Staff) -> bool:
    """Whether somebody sends cases to organs: the desks of petitions and of discipline do."""
    return bool({Actor.INTAKE_CLERK, Actor.SUPERVISOR, Actor.DISCIPLINARY} & set(actors_of(staff)))


def moves_open_to(staff: Staff, case: Case, at: datetime, deadlines: Iterable[Deadline]) -> tuple[Row, ...]:
    """What somebody can do with a case now: a row a move, in the order of moves."""
    clocks = tuple(deadlines)
    found: dict[Move, Row] = {}
    for actor in actors_of(staff):
        wish = Request(Move.REGISTER, actor, staff.actor, at, of_organ=staff.organ or "")
        for row in feasible_now(case, wish, clocks):
            found.setdefault(row.move, row)
    return tuple(found[move] for move in Move if move in found)


async def move_case(command: MoveCase, work: Work) -> Case:
    """Make a move. Raises `NotFound`, `StaleVersion`, `BadInput`, `MoveRefused`."""
    case = await work.case(command.case_no, command.version)
    request, routed = _request(command, case, work), _routed(command, case)
    saved = await carry_out(case, request, work.uow, **(routed.told if routed else {}))
    if routed is not None:
        await work.uow.proposals.decided(case.id, "organ", routed, work.now)
    if command.move is Move.APPROVE and saved.conversation_id is not None:
        # On a chat the approved reply is delivered at once; on paper somebody delivers it and says when.
        return await carry_out(saved, Request(Move.DELIVER, Actor.SYSTEM, SYSTEM, work.now), work.uow)
    return saved


def _routed(command: MoveCase, case: Case) -> Decision | None:
    """What the rules had proposed when a case is sent to an organ: so that corrections are counted by rule."""
    if command.move not in (Move.ASSIGN, Move.TRANSFER, Move.DESIGNATE):
        return None
    proposed = organs.propose(case.kind, case.topic, case.place, case.text)
    return Decision(proposed.rule, proposed.organ.code, command.organ, command.organ in proposed.named)


def _request(command: MoveCase, case: Case, work: Work) -> Request:
    if command.organ and not organs.exists(command.organ):
        raise BadInput("organ: wanted the code of an organ in organs.yml", "organ")
    return Request(
        move=command.move,
        actor=_actor(command.move, case, work.staff),
        person=work.staff.actor,
        at=work.now,
        of_organ=work.staff.organ or "",
        reason=_optional(command.reason, "reason", LONGEST_REASON),
        text=_optional(command.text, "text"),
        organ=command.organ,
        route=_optional(command.route, "route", LONGEST_REASON),
        on=command.on,
        days=command.days,
        link=command.link.strip(),
        leader=command.leader,
    )


def _actor(move: Move, case: Case, staff: Staff) -> Actor:
    """The role that may, else the first: the table then says who it is for."""
    actors = actors_of(staff)
    if not actors:
        raise WrongRole(f"“{MOVE_NAMES[move]}”不由您的角色办理")
    able = (actor for actor in actors if any(row.move is move for row in permitted_now(case, actor)))
    return next(able, actors[0])


def _optional(text: str, field: str, at_most: int = 5000) -> str:
    return written(text, field, at_most) if text.strip() else ""
