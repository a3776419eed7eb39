"""A staff member's move on a case → the procedure; the organ named must exist, the reply that was approved goes out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.casework.kept_rules import hold
from bot.casework.officers import actors_of, check_officer
from bot.casework.templates import LONGEST_REASON
from bot.casework.work import Work, written
from bot.domain.case import Case
from bot.domain.commands import MoveCase
from bot.domain.deadlines import Deadline
from bot.domain.errors import BadInput, NeedMissing, WrongRole
from bot.domain.lifecycle import MATTERS, MOVE_NAMES, Actor, Lane, Move, Row, rows, table
from bot.domain.people import Role, Staff
from bot.domain.permission import Request
from bot.domain.proposals import Decision
from bot.domain.repeats import is_same_petitioner
from bot.domain.working_days import local_date
from bot.procedure import SYSTEM, carry_out, feasible_now, permitted_now
from bot.rules import organs
from bot.rules.deadlines import clock_rules


def lanes_of(staff: Staff, move: Move) -> frozenset[Lane]:
    """In which procedures somebody may make a move, if a case's state and course allow it."""
    actors = set(actors_of(staff))
    return frozenset(row.lane for row in table() if row.move is move and row.by & actors)


def may_register(staff: Staff) -> bool:
    """Whether somebody enters what came by telephone, letter, fax or visit: the desks do."""
    return staff.active and any(lane in MATTERS for lane in lanes_of(staff, Move.REGISTER))


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
    await _check_named(command, case, work)
    if command.organ:
        await hold(work.uow)  # nobody retires the organ meanwhile
    request, routed = _request(command, case, work), _routed(command, case)
    saved = await carry_out(case, request, work.uow, **(routed.told if routed else {}))
    if routed is not None:
        await work.uow.proposals.decided(case.id, "organ", routed, work.now)
    if command.move in (Move.TAKE_ON, Move.HAND_TO):
        await check_officer(saved, work)
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


async def _check_named(command: MoveCase, case: Case, work: Work) -> None:
    """What a move names must be there: a leader, days that the rules allow, the finalised case that bars another."""
    if command.move is Move.APPOINT_LEADER and command.leader and not await _leads(command.leader, work):
        raise NeedMissing("包案领导要从在职的领导里选", "leader")
    if command.move in (Move.ASK_EXTENSION, Move.APPROVE_EXTENSION):
        most = longest_extension(case, work.now)
        if command.days > most:
            raise NeedMissing(f"最多只能延期 {most} 天", "days")
    if command.move is Move.ASK_BAR and command.link and not await _was_finalised(command.link.strip(), case, work):
        raise NeedMissing("要填同一位信访人已经终结的件的编号", "link")


async def _leads(staff_id: int, work: Work) -> bool:
    return any(one.id == staff_id and one.active and one.role is Role.LEADER for one in await work.uow.staff.all())


def longest_extension(case: Case, at: datetime) -> int:
    """Days by which the clock of a case can be extended at most; 0 where none can."""
    windows = {row.window for row in rows(case.lane, case.state, Move.ASK_EXTENSION)}
    rules = [rule for rule in clock_rules() if rule.code in windows and rule.since <= local_date(at)]
    return max((rule.extension.at_most for rule in rules if rule.extension), default=0)


async def _was_finalised(case_no: str, case: Case, work: Work) -> bool:
    """Whether a case went through to its end (art. 36), and is the same petitioner's or the first of this matter."""
    earlier = await work.case_if_seen(case_no)
    if earlier is None or earlier.id == case.id:
        return False
    same = case.repeat_of == earlier.case_no or is_same_petitioner(case, earlier)
    return same and any(event.type == "case.finalised" for event in await work.uow.cases.history(earlier))


def _request(command: MoveCase, case: Case, work: Work) -> Request:
    if command.organ and not organs.is_active(command.organ):
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
        officer=_officer(command, work.staff),
        outcome=command.outcome,
    )


def _officer(command: MoveCase, staff: Staff) -> int:
    """Who is to work on the case: one takes it on oneself, and names somebody else only where it is given."""
    return {Move.TAKE_ON: staff.id, Move.HAND_TO: command.officer}.get(command.move, 0)


def _actor(move: Move, case: Case, staff: Staff) -> Actor:
    """The role that may, else the first: the table then says who it is for."""
    actors = actors_of(staff)
    if not actors:
        raise WrongRole(f"“{MOVE_NAMES[move]}”不由您的角色办理")
    able = (actor for actor in actors if any(row.move is move for row in permitted_now(case, actor)))
    return next(able, actors[0])


def _optional(text: str, field: str, at_most: int = 5000) -> str:
    return written(text, field, at_most) if text.strip() else ""
