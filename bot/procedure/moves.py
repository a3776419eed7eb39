"""Case and request → the case after the move, its history, its clocks, the citizen's notice; all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain import ports
from bot.domain.case import Case, CaseEvent, NewCase
from bot.domain.deadlines import ClockEvent, Deadline, Standing, due
from bot.domain.lifecycle import MOVE_NAMES, OUTCOMES, PAST, REVOKED, Actor, Lane, Move, Row, Stage
from bot.domain.permission import (
    DECISIONS,
    Above,
    Decision,
    Request,
    Situation,
    advance,
    asks_clocks,
    decide,
    feasible,
    opinions_owed,
    permitted,
)
from bot.domain.working_days import local_date
from bot.procedure import telling
from bot.procedure.consequences import follow
from bot.procedure.situations import SYSTEM, as_data, clock_events, situation_of, with_situation
from bot.rules import organs
from bot.rules.deadlines import clock_rules, work_calendar
from bot.rules.figures import figures

# How a review can end without having been answered, and after it was.
_ENDS = (Move.FINALISE, Move.WITHDRAW, Move.DECLINE)
# Kept with the move in the case's history; what is not given is left out.
_KEPT = ("organ", "reason", "text", "route", "days", "stars", "link", "leader", "officer", "outcome")


async def carry_out(case: Case, request: Request, uow: ports.UnitOfWork, **more: Any) -> Case:
    """Make a move. `more` goes into its line of the history. Raises `MoveRefused`, `NotFound`, `StaleVersion`."""
    return (await carry_out_and_time(case, request, uow, **more))[0]


async def carry_out_and_time(
    case: Case, request: Request, uow: ports.UnitOfWork, **more: Any
) -> tuple[Case, tuple[Deadline, ...]]:
    """The same, with the case's clocks as they stand after it."""
    events = clock_events(await uow.cases.history(case))
    situation = situation_of(case)
    before = _due(events) if asks_clocks(situation, request.move) else ()
    decision = decide(situation, request, figures(local_date(request.at)), before)
    situation_after = advance(situation, request, decision)
    after = with_situation(case, situation_after)
    deadlines = _due([*events, *decision.writes])
    saved = await uow.cases.change(replace(_remembering(after, request), due_on=due_on(deadlines)), request.at)
    await _write_down(case, request, decision, uow, more)
    await uow.clocks.put(case.id, deadlines)
    await _keep_assisting(saved, situation, situation_after, uow)
    await telling.tell(saved, decision.tells, request, deadlines, uow)
    await follow(saved, request, deadlines, uow)
    if decision.opens is not None:
        await _open_higher(saved, decision.opens, request, uow)
    if saved.parent_id is not None:
        await _tell_below(saved, request, uow)
    return saved, deadlines


async def _keep_assisting(case: Case, before: Situation, after: Situation, uow: ports.UnitOfWork) -> None:
    """Who assists, and who of them still owes an opinion, as rows that lists go by."""
    owed = opinions_owed(after)
    if after.assisting != before.assisting or owed != opinions_owed(before):
        await uow.cases.set_assisting(case, sorted(after.assisting), owed)


def deadlines_in(history: Iterable[CaseEvent]) -> tuple[Deadline, ...]:
    """Every clock of a case, rebuilt from its history."""
    return _due(clock_events(history))


async def deadlines_of(case: Case, uow: ports.UnitOfWork) -> tuple[Deadline, ...]:
    """The same for somebody who has not read the history yet."""
    return deadlines_in(await uow.cases.history(case))


async def wind(case: Case, deadlines: Iterable[Deadline], uow: ports.UnitOfWork) -> None:
    """Store what a case's history says of its clocks, and the day on which something is owed next."""
    clocks = tuple(deadlines)
    await uow.clocks.put(case.id, clocks)
    await uow.cases.owe(case.id, due_on(clocks))


def permitted_now(case: Case, actor: Actor) -> tuple[Row, ...]:
    """The moves that somebody may try on this case."""
    return permitted(situation_of(case), actor)


def feasible_now(case: Case, wish: Request, deadlines: Iterable[Deadline]) -> tuple[Row, ...]:
    """The moves that only a missing need could refuse now to whom `wish` names."""
    return feasible(situation_of(case), wish, figures(local_date(wish.at)), deadlines)


def due_on(deadlines: Iterable[Deadline]) -> date | None:
    """The next day on which the case owes something: no right that somebody may let pass, and no organ that assists."""
    owed = (one for one in deadlines if one.standing is Standing.RUNNING and one.of_case)
    return min((one.due_on for one in owed if one.due_on), default=None)


def _remembering(case: Case, request: Request) -> Case:
    """What later moves need of this one: the stars, and the words that are to be delivered."""
    if request.move is Move.RATE:
        return replace(case, stars=request.stars)
    if request.move is Move.DRAFT:
        outcome = {"outcome": request.outcome} if request.outcome else {}
        return replace(case, course={**case.course, "reply": request.text, **outcome})
    if request.move in DECISIONS:
        return replace(case, course={**case.course, "decision": request.move.value})
    return case


def _due(events: Iterable[ClockEvent]) -> tuple[Deadline, ...]:
    return due(events, work_calendar(), clock_rules())


async def _write_down(
    case: Case, request: Request, decision: Decision, uow: ports.UnitOfWork, more: dict[str, Any]
) -> None:
    given = {name: getattr(request, name) for name in _KEPT if getattr(request, name)}
    if request.party:
        given["organ"] = request.party
    if request.on:
        given["on"] = request.on.isoformat()
    moved = {"from": case.organ} if request.organ and case.organ else {}
    data = {**given, **moved, **more, "clock": [as_data(event, request.at) for event in decision.writes]}
    public = bool(decision.tells) or request.actor is Actor.PETITIONER
    await uow.cases.note(
        case.id, request.person, f"case.{PAST[request.move]}", data, request.at, public=public or _shown(request.move)
    )


def _shown(move: Move) -> bool:
    """Steps a citizen may read about who asks, though no message is worth it."""
    return move in (Move.REGISTER, Move.ACKNOWLEDGE, Move.PROCESS, Move.INVESTIGATE, Move.MEDIATE, Move.CLOSE_HEARING)


async def _tell_below(case: Case, request: Request, uow: ports.UnitOfWork) -> None:
    """What a review came to, for the case below: revoked, the first one is worked on anew; ended, it is let go."""
    assert case.parent_id is not None, "asked for reviews alone"
    outcome, system = str(case.course.get("outcome", "")), Request(Move.RELEASE, Actor.SYSTEM, SYSTEM, request.at)
    below = await uow.cases.by_id(case.parent_id)
    revokes = request.move is Move.DELIVER and outcome == REVOKED
    if below.course.get("above") != Above.OPEN.value or not (revokes or request.move in _ENDS):
        return
    reason = f"{case.case_no}：{OUTCOMES[outcome]}" if outcome else f"{case.case_no}：{MOVE_NAMES[request.move]}"
    if not revokes or below.parent_id is not None:
        await carry_out(below, replace(system, reason=reason, outcome=outcome), uow)
    if revokes:
        first = below if below.parent_id is None else await uow.cases.by_id(below.parent_id)
        await carry_out(first, replace(system, move=Move.REMAND, reason=reason), uow)


async def _open_higher(case: Case, lane: Lane, request: Request, uow: ports.UnitOfWork) -> Case:
    """复查、复核: a case of its own one level up, linked to the one it is about and seen by the reviewers."""
    name = {Lane.REVIEW: "申请复查", Lane.RE_REVIEW: "申请复核"}[lane]
    new = NewCase(
        conversation_id=case.conversation_id,
        inbox_id=None,
        channel=case.channel,
        text=request.reason,
        kind=case.kind,
        topic=case.topic,
        urgency=case.urgency,
        place=case.place,
        title=f"{name}：{case.title.removeprefix('申请复查：')}"[:60],
        phones=case.phones,
        people=case.people,
        anonymous=case.anonymous,
        stage=Stage(lane.value),
        parent_id=case.id,
        petition_id=case.petition_id,
        petitioner=case.petitioner,
    )
    opened = await uow.cases.file(new, request.at)
    hears = organs.superior_of(case.course.get("hears") or case.organ)
    if hears is not None:
        opened = replace(opened, course={**opened.course, "hears": hears.code})
    return await carry_out(opened, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, request.at), uow)
