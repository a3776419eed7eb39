"""三分: the program proposes with reasons which of the three ways a case goes, a person decides, and both are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from bot.casework.moves import move_case
from bot.casework.officers import actors_of
from bot.casework.work import UnitOfWork, Work
from bot.domain.case import Case
from bot.domain.commands import DecideWay, MoveCase
from bot.domain.deadlines import ClockEvent, EventType
from bot.domain.errors import BadInput, NeedMissing, WrongRole
from bot.domain.lifecycle import AT_WORK, WITH_ORGAN, Actor, Move, Need
from bot.domain.people import Staff
from bot.domain.proposals import Decision
from bot.procedure import deadlines_of, wind
from bot.procedure.situations import as_data, facts_of
from bot.rules import entries, made

AT_ONCE, DIVERT, LEAD = "at_once", "divert", "lead"
WAYS = {"ordinary": "一般程序", "at_once": "即知即调", "divert": "分流分调", "lead": "联管联调"}
_DECIDERS = (Actor.INTAKE_CLERK, Actor.SUPERVISOR, Actor.LEADER, Actor.DISCIPLINARY)
FILE = "ways.yml"
# So many of a citizen's newest cases are looked at.
MOST_EARLIER = 50


@dataclass(frozen=True)
class WayRule:
    """When a way is proposed (ways.yml). What is empty or 0 asks nothing."""

    code: str
    way: str
    why: str
    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    people: int = 0
    repeats: int = 0
    longest: int = 0
    urgency: int = 0
    key_field: bool = False
    route: str = ""


@dataclass(frozen=True)
class WayProposal:
    """`rule` is the code of the rule that held, "" for the ordinary way; `route` is where a diverted matter belongs."""

    way: str
    why: str = ""
    rule: str = ""
    route: str = ""


@lru_cache(maxsize=1)
def way_rules() -> tuple[WayRule, ...]:
    """The rules in their order. Raises `BadInput` for a mistake in the file."""
    return tuple(_way_rule(entry) for entry in entries(FILE, "rules"))


def _way_rule(entry: Mapping[str, Any]) -> WayRule:
    rule = made(FILE, entry, WayRule)
    if rule.way not in WAYS:
        raise BadInput(f"{FILE}: {rule.code}: way: wanted {', '.join(WAYS)}; there stands {rule.way!r}", FILE)
    if (rule.way == DIVERT) != bool(rule.route):
        raise BadInput(f"{FILE}: {rule.code}: wanted a route where the way is {DIVERT}, and nowhere else", FILE)
    return rule


def propose_way(case: Case, earlier: int) -> WayProposal:
    """The first rule that holds; `earlier` counts the same petitioner's earlier cases on the same topic."""
    for rule in way_rules():
        if _holds(rule, case, earlier):
            return WayProposal(rule.way, rule.why, rule.code, rule.route)
    return WayProposal("ordinary")


def _holds(rule: WayRule, case: Case, earlier: int) -> bool:
    said = f"{case.title}\n{case.text}"
    topics = {case.topic.level1, case.topic.code}
    wanted = (
        (rule.kinds, case.kind.value in rule.kinds),
        (rule.topics, bool(topics & set(rule.topics))),
        (rule.words, any(word in said for word in rule.words)),
        (rule.unless, not any(word in said for word in rule.unless)),
        (rule.people, (case.people or 0) >= rule.people),
        (rule.repeats, earlier >= rule.repeats),
        (rule.longest, len(case.text) <= rule.longest),
        (rule.urgency, int(case.urgency) <= rule.urgency),
        (rule.key_field, bool(case.understood.get("key_field"))),
    )
    return all(holds for asked, holds in wanted if asked)


def may_decide_way(staff: Staff) -> bool:
    """Whether somebody decides which way cases go."""
    return bool(set(actors_of(staff)) & set(_DECIDERS))


async def proposal_for(case: Case, uow: UnitOfWork) -> WayProposal:
    """The proposal, with the petitioner's earlier cases on the same topic counted."""
    if case.conversation_id is None:
        return propose_way(case, 0)
    own = await uow.cases.of_citizen(case.conversation_id, MOST_EARLIER)
    return propose_way(case, sum(one.id < case.id and one.topic.level1 == case.topic.level1 for one in own))


async def decide_way(command: DecideWay, work: Work) -> Case:
    """Set the way, and what it brings: 即知即调 its clock, 联管联调 the leader in charge and the lead organ.

    Raises `BadInput`, `WrongRole`, `StaleVersion`, `MoveRefused`.
    """
    if command.way not in WAYS:
        raise BadInput("way: wanted one of the ways", "way")
    if not may_decide_way(work.staff):
        raise WrongRole("分哪条路由受理员、督办员或领导决定")
    case = await work.case(command.case_no, command.version)
    saved = await work.uow.cases.change(replace(case, way=command.way), work.now)
    proposed = await proposal_for(case, work.uow)
    decision = Decision(proposed.rule or proposed.way, proposed.way, command.way, proposed.way == command.way)
    await work.uow.proposals.decided(case.id, "way", decision, work.now)
    told = [as_data(event, work.now) for event in _clock_events(case, saved, work.now)]
    clock = {"clock": told} if told else {}
    await work.note(case, "case.way_decided", {"way": command.way, **decision.told, **clock})
    if told:
        await wind(saved, await deadlines_of(saved, work.uow), work.uow)
    return await _under_a_leader(command, saved, work) if command.way == LEAD else saved


def _clock_events(before: Case, after: Case, at: datetime) -> list[ClockEvent]:
    """What the clocks are told of a case that is with an organ already: its day begins now, or counts no longer."""
    if before.state not in (*WITH_ORGAN, *AT_WORK) or (before.way == AT_ONCE) == (after.way == AT_ONCE):
        return []
    kind = EventType.PUT_AT_ONCE if after.way == AT_ONCE else EventType.TAKEN_OFF_AT_ONCE
    return [ClockEvent(at, kind, after.organ or "", 0, facts_of(after))]


async def _under_a_leader(command: DecideWay, case: Case, work: Work) -> Case:
    """联管联调: who answers for the case and which organ leads it are settled in the same step."""
    if command.leader and command.leader != case.leader_id:
        case = await move_case(MoveCase(case.case_no, Move.APPOINT_LEADER, case.version, leader=command.leader), work)
    if not case.leader_id:
        raise NeedMissing("联管联调要确定包案领导（由督办员或领导办理）", Need.LEADER.value)
    if command.organ and command.organ != case.organ:
        case = await move_case(MoveCase(case.case_no, Move.ASSIGN, case.version, organ=command.organ), work)
    if not case.organ:
        raise NeedMissing("联管联调要确定主办单位", Need.ORGAN.value)
    return case
