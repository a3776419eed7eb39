"""Who may do what with a case now: the table of `bot.domain.lifecycle` applied to a situation and a request.

`decide` answers with where the case goes, what the clocks are told and what the citizen is told, or refuses with a
Chinese reason. `advance` folds an accepted request into the situation, so a case's history rebuilds its situation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum

from bot.domain.deadlines import ClockEvent, Deadline, EventType
from bot.domain.errors import (
    MoveRefused,
    NeedMissing,
    NotFound,
    SecondPerson,
    WindowClosed,
    WrongOrgan,
    WrongRole,
    WrongState,
)
from bot.domain.figures import APPROVERS, Figures
from bot.domain.lifecycle import (
    ACTOR_NAMES,
    LANE_NAMES,
    MOVE_NAMES,
    NEED_NAMES,
    OUTCOMES,
    STATE_NAMES,
    Actor,
    CaseState,
    Lane,
    Move,
    Need,
    Row,
    rows,
)
from bot.domain.working_days import local_date

STARS = range(1, 6)
# Whose doing waits for a second person, and by which moves that ends.
_PREPARES = (Move.DRAFT, Move.ASK_EXTENSION, Move.ASK_BAR, Move.OBJECT)
_SETTLES = {
    Move.APPROVE: Move.DRAFT,
    Move.REFUSE: Move.DRAFT,
    Move.APPROVE_EXTENSION: Move.ASK_EXTENSION,
    Move.REFUSE_EXTENSION: Move.ASK_EXTENSION,
    Move.DELIVER: Move.ASK_EXTENSION,
    Move.ANSWER: Move.ASK_EXTENSION,
    Move.BAR: Move.ASK_BAR,
    Move.REFUSE_BAR: Move.ASK_BAR,
    Move.SEND_BACK: Move.OBJECT,
    Move.KEEP: Move.OBJECT,
    Move.DESIGNATE: Move.OBJECT,
}


# The task that reminds of an opinion: between the organ that owes it and the lead.
OPINION = "opinion"
# The task of staff to tell a petitioner what no channel brings them.
TELL = "tell"
# An assisting organ is given so long at most.
OPINION_WITHIN = timedelta(days=365)
_ASKS_OPINION = (Move.ADD_ASSISTING, Move.ASK_OPINION)
_OPINION_EVENTS = (EventType.OPINION_ASKED, EventType.OPINION_DROPPED, EventType.OPINION_GIVEN)
_DEALT_OUT = (Move.TAKE_ON, Move.HAND_TO)


@dataclass(frozen=True)
class Opinion:
    """协办意见: until which day an assisting organ was asked for it, and the day on which it came."""

    on: date
    given: date | None = None


class Above(str, Enum):
    """复查、复核 of a case: none, one that is open, or one that was heard to its end."""

    NOTHING = ""
    OPEN = "open"
    HEARD = "heard"


@dataclass(frozen=True)
class Situation:
    """A case as the procedure sees it. `prepared` names who did what a second person is to approve.

    `officer` is the id of the 承办人, 0 for nobody; `opinions` what assisting organs were asked for, by organ;
    `accused` are the organs an accusation is about, `disciplinary` those it may go to; `hears` the organ that hears a
    review, `above` how far the level above is; `facts` choose clock rules.
    """

    lane: Lane
    state: CaseState = CaseState.FILED
    organ: str = ""
    officer: int = 0
    assisting: frozenset[str] = frozenset()
    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    waiting: bool = False
    asked: int = 0
    hearing: bool = False
    decided: bool = False
    above: Above = Above.NOTHING
    hears: str = ""
    extended: bool = False
    extension_days: int = 0
    prepared: Mapping[Move, str] = field(default_factory=dict)
    rated: bool = False
    bounced: int = 0
    leader: int = 0
    accused: frozenset[str] = frozenset()
    disciplinary: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)


DECISIONS = (Move.ADOPT, Move.ADOPT_PARTLY, Move.LEAVE)
_ANEW = (Move.REOPEN, Move.REMAND)


@dataclass(frozen=True)
class Request:
    """Somebody wants to make a move. `person` is who exactly: two people may have one role.

    `of_organ` is the organ an officer works for, `days` an extension's, `link` the number of another case, `officer`
    the id of who is to work on it; `received` when a case came, where that was before it was registered: its clocks
    run from then.
    """

    move: Move
    actor: Actor
    person: str
    at: datetime
    of_organ: str = ""
    reason: str = ""
    text: str = ""
    organ: str = ""
    route: str = ""
    on: date | None = None
    days: int = 0
    stars: int = 0
    link: str = ""
    leader: int = 0
    officer: int = 0
    outcome: str = ""
    answers: tuple[int, ...] = ()
    received: datetime | None = None

    @property
    def party(self) -> str:
        """The organ that the move is about: an assisting one speaks for itself."""
        return self.of_organ if self.move is Move.GIVE_OPINION else self.organ

    @property
    def lowest(self) -> int:
        """The worst of a rating's answers: any of them can be the reason to call back."""
        return min((self.stars, *self.answers))


@dataclass(frozen=True)
class Decision:
    """What a permitted move does. `opens` is the lane of a linked case one level up that begins with it."""

    row: Row
    to: CaseState
    writes: tuple[ClockEvent, ...]
    tells: str
    opens: Lane | None


def may_see(lane: Lane, actor: Actor) -> bool:
    """Art. 30: accusations are the disciplinary role's alone; the program itself and who filed are beside the point."""
    return lane is not Lane.ACCUSATION or actor in (Actor.DISCIPLINARY, Actor.PETITIONER, Actor.SYSTEM)


def asks_clocks(situation: Situation, move: Move) -> bool:
    """Whether it depends on time limits if this move may be made."""
    return any(row.window or row.after for row in rows(situation.lane, situation.state, move))


def decide(situation: Situation, request: Request, figures: Figures, deadlines: Iterable[Deadline] = ()) -> Decision:
    """Judge a request. Raises `NotFound` for who may not even know of the case, else a `MoveRefused`."""
    if not may_see(situation.lane, request.actor):
        raise NotFound("no such case")
    row = _row(situation, request)
    _check_needs(row, request)
    _check_second_person(row, situation, request)
    _check_own_organ(situation, request)
    _check_organ(situation, request)
    _check_approver(situation, request, figures)
    _check_course(situation, request, figures)
    _check_windows(row, tuple(deadlines), request.at)
    to = situation.state if row.to is None else row.to
    return Decision(row, to, _events(row, situation, request, figures), _told(row, situation, request), row.opens)


def advance(situation: Situation, request: Request, decision: Decision) -> Situation:
    """The situation after a permitted move."""
    move = request.move
    prepared = {done: who for done, who in situation.prepared.items() if done is not _SETTLES.get(move)}
    if move in _PREPARES:
        prepared[move] = request.person
    return replace(
        situation,
        state=decision.to,
        organ=_organ_after(situation, request),
        officer=_officer_after(situation, request),
        assisting=_assisting_after(situation, request),
        opinions=_opinions_after(situation, request),
        waiting=_waits_after(situation, move, decision.to),
        asked=0 if move in _ANEW else situation.asked + (move is Move.ASK_SUPPLEMENT),
        decided=_switched(situation.decided, move, DECISIONS, _ANEW),
        above=_above_after(situation, request),
        hearing=_switched(situation.hearing, move, (Move.OPEN_HEARING,), (Move.CLOSE_HEARING,)),
        extended=situation.extended or move is Move.APPROVE_EXTENSION,
        extension_days=request.days if move is Move.ASK_EXTENSION else situation.extension_days,
        prepared=prepared,
        rated=_switched(situation.rated, move, (Move.RATE,), (Move.CONCLUDE, *_ANEW)),
        bounced=situation.bounced + (move in (Move.SEND_BACK, Move.DESIGNATE)),
        leader=request.leader if move is Move.APPOINT_LEADER else situation.leader,
        accused=situation.accused | {request.organ} if move is Move.NAME_ACCUSED else situation.accused,
    )


def opinions_owed(situation: Situation) -> Mapping[str, date]:
    """By assisting organ, the day until which it owes an opinion; nothing once the reply is out."""
    if not rows(situation.lane, situation.state, Move.GIVE_OPINION):
        return {}
    return {organ: one.on for organ, one in situation.opinions.items() if one.given is None}


def permitted(situation: Situation, actor: Actor) -> tuple[Row, ...]:
    """The rows open to somebody now, so far as needs and windows are met; each move once, in the table's order."""
    if not may_see(situation.lane, actor):
        return ()
    here = rows(situation.lane, situation.state)
    found = {row.move: row for row in reversed(here) if actor in row.by and _applies(row, situation)}
    return tuple(row for row in here if found.get(row.move) is row)


def feasible(situation: Situation, wish: Request, figures: Figures, deadlines: Iterable[Deadline]) -> tuple[Row, ...]:
    """The rows of `permitted` that nothing but a missing need could refuse; `wish` names the person, not the move."""
    clocks = tuple(deadlines)

    def stands(row: Row) -> bool:
        request = replace(wish, move=row.move)
        try:
            _check_own_organ(situation, request)
            _check_approver(situation, request, figures)
            _check_second_person(row, situation, request)
            _check_course(situation, request, figures)
            _check_windows(row, clocks, wish.at)
        except MoveRefused:
            return False
        return True

    return tuple(row for row in permitted(situation, wish.actor) if stands(row))


def _row(situation: Situation, request: Request) -> Row:
    found = [row for row in rows(situation.lane, situation.state, request.move) if _applies(row, situation)]
    row = next((one for one in found if request.actor in one.by), None)
    if row is not None:
        return row
    move = MOVE_NAMES[request.move]
    if not found:
        lane, state = LANE_NAMES[situation.lane], STATE_NAMES[situation.state]
        raise WrongState(f"{lane}件在“{state}”状态下不能“{move}”")
    who = "、".join(ACTOR_NAMES[actor] for actor in Actor if any(actor in one.by for one in found))
    raise WrongRole(f"“{move}”由{who}办理，{ACTOR_NAMES[request.actor]}不能办理")


def _applies(row: Row, situation: Situation) -> bool:
    return all(situation.facts.get(fact) == wanted for fact, wanted in row.when.items())


def _check_needs(row: Row, request: Request) -> None:
    for need in row.needs:
        given = getattr(request, need.value)
        if not (given.strip() if isinstance(given, str) else given):
            raise NeedMissing(f"“{MOVE_NAMES[row.move]}”需要填写{NEED_NAMES[need]}", need.value)
    if Need.OUTCOME in row.needs and request.outcome not in OUTCOMES:
        raise NeedMissing("复查（复核）结论为维持、变更或撤销", Need.OUTCOME.value)
    if Need.STARS in row.needs and request.stars not in STARS:
        raise NeedMissing("评价为一至五星", Need.STARS.value)
    if Need.DAYS in row.needs and request.days < 1:
        raise NeedMissing("延期天数至少为一天", Need.DAYS.value)
    today = local_date(request.at)
    if request.move in _ASKS_OPINION and request.on and not today <= request.on <= today + OPINION_WITHIN:
        raise NeedMissing("协办意见的日期从今天起，最长一年", Need.ON.value)


def _check_second_person(row: Row, situation: Situation, request: Request) -> None:
    if row.seconds is None:
        return
    first = situation.prepared.get(row.seconds)
    if first is None:
        raise SecondPerson(f"还没有人“{MOVE_NAMES[row.seconds]}”，不能“{MOVE_NAMES[row.move]}”")
    if first == request.person:
        raise SecondPerson(f"“{MOVE_NAMES[row.seconds]}”和“{MOVE_NAMES[row.move]}”须由两个人办理")


def _check_own_organ(situation: Situation, request: Request) -> None:
    """Officers act for the organ that leads the case; an assisting one gives its opinion, and works through notes."""
    if request.move is Move.GIVE_OPINION:
        _check_assisting(situation, request)
        return
    if request.move in _DEALT_OUT:
        _check_deals_out(situation, request)
    hearing = (Actor.REVIEWER, Actor.LEADER)
    if request.actor in hearing and request.of_organ and situation.hears not in ("", request.of_organ):
        raise WrongOrgan("本件由另一个机关复查（复核）")
    if request.actor is not Actor.CASE_OFFICER or not situation.organ:
        return
    if request.of_organ != situation.organ:
        raise WrongOrgan("本件由主办单位办理，协办单位可以写内部备注")


def _check_assisting(situation: Situation, request: Request) -> None:
    if request.of_organ not in situation.assisting:
        raise WrongOrgan("协办意见由协办单位提出")


def _check_deals_out(situation: Situation, request: Request) -> None:
    """Within the organ that has the case: by whoever works on it, the organ's own leader, or the desk above them."""
    if situation.lane in (Lane.REVIEW, Lane.RE_REVIEW):
        return
    if not situation.organ and situation.lane is not Lane.ACCUSATION:
        raise WrongState("还没有派到单位，先派单再定承办人")
    desk = ("",) if request.actor in (Actor.SUPERVISOR, Actor.DISCIPLINARY) else ()
    if request.of_organ not in (situation.organ, *desk):
        raise WrongOrgan("承办人由主办单位自己定")
    own = request.person == f"staff:{situation.officer}"
    if request.move is Move.HAND_TO and request.actor is Actor.CASE_OFFICER and not own:
        raise WrongRole("“分办”由承办人本人、本单位领导或督办员办理")


def _check_approver(situation: Situation, request: Request, figures: Figures) -> None:
    """Art. 34: an extension is approved by the responsible person of the organ that handles the case, or by whom else
    the rules name."""
    if request.move not in (Move.APPROVE_EXTENSION, Move.REFUSE_EXTENSION):
        return
    leads = request.actor is Actor.LEADER
    able = {
        "head": leads and bool(situation.organ) and request.of_organ == situation.organ,
        "in_charge": leads and request.person == f"staff:{situation.leader}",
        "supervisor": request.actor is Actor.SUPERVISOR,
    }
    if not any(able[who] for who in figures.extension_by):
        raise WrongRole(f"延期由{'、'.join(APPROVERS[who] for who in figures.extension_by)}批准")


def _check_organ(situation: Situation, request: Request) -> None:
    """Art. 30: an accusation stays among disciplinary organs, and reaches none that it is about."""
    if not request.organ or request.move is Move.NAME_ACCUSED:
        return
    if request.organ in situation.accused:
        raise WrongOrgan("不得将材料转给被检举、控告的单位或者个人")
    if situation.lane is Lane.ACCUSATION and request.organ not in situation.disciplinary:
        raise WrongOrgan("检举控告件只能转送纪检监察机关")
    if request.move is Move.ADD_ASSISTING and request.organ in (situation.organ, *situation.assisting):
        raise WrongOrgan("该单位已经在办理")
    if request.move in (Move.DROP_ASSISTING, Move.ASK_OPINION) and request.organ not in situation.assisting:
        raise WrongOrgan("该单位不是协办单位")


def _check_course(situation: Situation, request: Request, figures: Figures) -> None:
    """What has been begun must be ended before it is begun again, and nothing ends that was not begun."""
    often = figures.asked_often  # each time the clocks stand still
    wrong = {
        Move.ASK_SUPPLEMENT: (
            situation.waiting or situation.asked >= often,
            "已经在等待信访人补充材料" if situation.waiting else f"已经请群众补充过 {often} 次，请按现有材料办理",
        ),
        Move.LET_LAPSE: (not situation.waiting, "没有在等待信访人补充材料"),
        Move.OPEN_HEARING: (situation.hearing, "听证正在进行"),
        Move.CLOSE_HEARING: (not situation.hearing, "没有正在进行的听证"),
        Move.DRAFT: (
            situation.hearing or not _may_answer(situation),
            "听证尚未结束，不能起草答复" if situation.hearing else "先研究决定采纳、部分采纳还是不采纳，再起草答复",
        ),
        **dict.fromkeys(DECISIONS, (situation.decided, "已经决定过是否采纳")),
        Move.FINALISE: (situation.above is not Above.NOTHING, "已经申请复查（复核），由上一级的件终结"),
        Move.ARCHIVE: (situation.above is Above.OPEN, "复查（复核）还没有了结，不能归档"),
        Move.ASK_EXTENSION: (
            situation.extended or Move.ASK_EXTENSION in situation.prepared,
            "只能延期一次，已经申请过",
        ),
        Move.APPROVE_EXTENSION: (request.days > situation.extension_days, "批准的天数不能超过申请的天数"),
        Move.ASK_BAR: (Move.ASK_BAR in situation.prepared, "已经提请，等待决定"),
        **dict.fromkeys((Move.DROP_ASSISTING, Move.ASK_OPINION), (not situation.assisting, "没有协办单位")),
        Move.GIVE_OPINION: (
            request.of_organ not in opinions_owed(situation),
            "没有请本单位提协办意见，或者已经提过了",
        ),
        Move.ADD_ASSISTING: (
            situation.lane is Lane.ACCUSATION and request.on is not None,
            "检举控告件不请别的单位提意见",
        ),
        Move.TAKE_ON: (situation.officer > 0, "已经有承办人，换人请用“分办”"),
        Move.HAND_TO: (0 < request.officer == situation.officer, "已经由这位同事承办"),
        Move.RATE: (situation.rated, "这次办结已经评价过了"),
    }
    applies, reason = wrong.get(request.move, (False, ""))
    if applies:
        raise WrongState(reason)


def _may_answer(situation: Situation) -> bool:
    """Art. 29: a suggestion is answered once it is decided."""
    return situation.lane is not Lane.SUGGESTION or situation.decided


def _check_windows(row: Row, deadlines: tuple[Deadline, ...], at: datetime) -> None:
    """Windows are clocks, rebuilt from stored events: no edit or remark opens one again."""
    if row.window:
        found = [one for one in deadlines if one.code == row.window]
        if not any(one.usable(at) for one in found):
            last = max((one.due_on for one in found if one.due_on is not None), default=None)
            if last is not None and last >= local_date(at):  # it was used, or something else took its place
                raise WindowClosed(f"“{MOVE_NAMES[row.move]}”的期限已经提前终止，现在不能再办")
            since = f"，期限到 {last:%Y-%m-%d} 为止" if last else ""
            raise WindowClosed(f"已过“{MOVE_NAMES[row.move]}”的期限{since}")
    for code in row.after:
        still = next((one for one in deadlines if one.code == code and _pending(one, at)), None)
        if still is not None:
            raise WindowClosed(f"“{still.name}”期限未满，不能“{MOVE_NAMES[row.move]}”")


def _pending(deadline: Deadline, at: datetime) -> bool:
    """A right is over with its time, a duty only when it is done."""
    return deadline.usable(at) or deadline.overdue(at)


def _events(row: Row, situation: Situation, request: Request, figures: Figures) -> tuple[ClockEvent, ...]:
    """What the clocks are told. A sent-back event is about the organ that had the case, all others about the next."""
    return tuple(
        ClockEvent(
            request.received or request.at,
            EventType.RATED_LOW if kind is EventType.RATED and request.lowest <= figures.low_stars else kind,
            _organ_of(kind, situation, request),
            _days_of(kind, request),
            situation.facts,
        )
        for kind in row.writes
        if _happens(kind, situation, request)
    )


def _told(row: Row, situation: Situation, request: Request) -> str:
    """Where a case was transferred and is assigned to the same organ, the citizen knows of it already."""
    return "" if request.move is Move.ASSIGN and request.organ == situation.organ else row.tells


def _happens(kind: EventType, situation: Situation, request: Request) -> bool:
    """An assisting organ may be added without being asked, and dropped though nothing was owed; a case that is
    assigned leaves an organ only where another one had it."""
    if kind is EventType.OPINION_ASKED:
        return request.on is not None
    if kind is EventType.SENT_BACK and request.move is Move.ASSIGN:
        return situation.organ != request.organ
    return kind is not EventType.OPINION_DROPPED or request.organ in opinions_owed(situation)


def _organ_of(kind: EventType, situation: Situation, request: Request) -> str:
    if kind in _OPINION_EVENTS:
        return request.party
    return situation.organ if kind is EventType.SENT_BACK else _organ_after(situation, request) or situation.organ


def _days_of(kind: EventType, request: Request) -> int:
    if kind is EventType.OPINION_ASKED and request.on is not None:
        return (request.on - local_date(request.at)).days
    return request.days if kind is EventType.EXTENSION_APPROVED else 0


def _waits_after(situation: Situation, move: Move, to: CaseState) -> bool:
    """Once the reply is out or the case is over, nobody waits for what the citizen was asked for."""
    waits = _switched(situation.waiting, move, (Move.ASK_SUPPLEMENT,), (Move.SUPPLEMENT, Move.LET_LAPSE))
    return waits and bool(rows(situation.lane, to, Move.LET_LAPSE))


def _above_after(situation: Situation, request: Request) -> Above:
    if request.move in (Move.REQUEST_REVIEW, Move.REQUEST_RE_REVIEW):
        return Above.OPEN
    if request.move is Move.RELEASE:
        return Above.HEARD if request.outcome else Above.NOTHING
    return Above.NOTHING if request.move is Move.REMAND else situation.above


def _organ_after(situation: Situation, request: Request) -> str:
    if request.move in (Move.TRANSFER, Move.ASSIGN, Move.DESIGNATE):
        return request.organ
    return "" if request.move in (Move.SEND_BACK, Move.RECALL) else situation.organ


def _officer_after(situation: Situation, request: Request) -> int:
    """Whoever works on a case stays behind when it goes to another organ."""
    if request.move in _DEALT_OUT:
        return request.officer
    return situation.officer if _organ_after(situation, request) == situation.organ else 0


def _opinions_after(situation: Situation, request: Request) -> Mapping[str, Opinion]:
    found = dict(situation.opinions)
    if request.move in _ASKS_OPINION and request.on is not None:
        found[request.organ] = Opinion(request.on)
    if request.move is Move.GIVE_OPINION:
        found[request.party] = replace(found[request.party], given=local_date(request.at))
    return {organ: one for organ, one in found.items() if organ in _assisting_after(situation, request)}


def _assisting_after(situation: Situation, request: Request) -> frozenset[str]:
    if request.move is Move.ADD_ASSISTING:
        return situation.assisting | {request.organ}
    if request.move is Move.DROP_ASSISTING:
        return situation.assisting - {request.organ}
    return situation.assisting - {_organ_after(situation, request)}


def _switched(now: bool, move: Move, on: tuple[Move, ...], off: tuple[Move, ...]) -> bool:
    return move in on or (now and move not in off)
