"""The life of a case: its states and every permitted move, as one table of who, from where, with what, to where.

A row answers: in which lane and state may whom make the move, what must they give, where does the case go, what are
the clocks told, what is the citizen told. `bot.domain.permission` applies it; nothing else decides about moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from bot.domain.deadlines import EventType
from bot.domain.reading import CaseKind


class Lane(str, Enum):
    """The procedure a case goes through: by its kind, and by its level when it is a review of another case."""

    CLAIM = "claim"
    ACCUSATION = "accusation"
    SUGGESTION = "suggestion"
    ENQUIRY = "enquiry"
    REVIEW = "review"
    RE_REVIEW = "re_review"


class Stage(str, Enum):
    """At which level a matter is heard."""

    FIRST = "first"
    REVIEW = "review"
    RE_REVIEW = "re_review"


class CaseState(str, Enum):
    """诉求状态."""

    FILED = "filed"
    REGISTERED = "registered"
    TRANSFERRED = "transferred"
    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    OBJECTED = "objected"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"
    IN_PROCESS = "in_process"
    DRAFTED = "drafted"
    APPROVED = "approved"
    DELIVERED = "delivered"
    CONCLUDED = "concluded"
    DECLINED = "declined"
    DIVERTED = "diverted"
    WITHDRAWN = "withdrawn"
    FINALISED = "finalised"
    BARRED = "barred"
    ARCHIVED = "archived"


class Move(str, Enum):
    """What can be done to a case."""

    REGISTER = "register"
    NAME_ACCUSED = "name_accused"
    ASK_SUPPLEMENT = "ask_supplement"
    SUPPLEMENT = "supplement"
    LET_LAPSE = "let_lapse"
    TRANSFER = "transfer"
    ASSIGN = "assign"
    RECALL = "recall"
    ACKNOWLEDGE = "acknowledge"
    OBJECT = "object"
    SEND_BACK = "send_back"
    KEEP = "keep"
    DESIGNATE = "designate"
    ACCEPT = "accept"
    DECLINE = "decline"
    DIVERT = "divert"
    ADD_ASSISTING = "add_assisting"
    DROP_ASSISTING = "drop_assisting"
    ASK_OPINION = "ask_opinion"
    GIVE_OPINION = "give_opinion"
    APPOINT_LEADER = "appoint_leader"
    TAKE_ON = "take_on"
    HAND_TO = "hand_to"
    PROCESS = "process"
    INVESTIGATE = "investigate"
    MEDIATE = "mediate"
    OPEN_HEARING = "open_hearing"
    CLOSE_HEARING = "close_hearing"
    ASK_EXTENSION = "ask_extension"
    APPROVE_EXTENSION = "approve_extension"
    REFUSE_EXTENSION = "refuse_extension"
    STUDY = "study"
    ADOPT = "adopt"
    ADOPT_PARTLY = "adopt_partly"
    LEAVE = "leave"
    DRAFT = "draft"
    APPROVE = "approve"
    REFUSE = "refuse"
    DELIVER = "deliver"
    ANSWER = "answer"
    CONCLUDE = "conclude"
    RATE = "rate"
    FOLLOW_UP = "follow_up"
    REOPEN = "reopen"
    REQUEST_REVIEW = "request_review"
    REQUEST_RE_REVIEW = "request_re_review"
    REMAND = "remand"
    RELEASE = "release"
    FINALISE = "finalise"
    ASK_BAR = "ask_bar"
    REFUSE_BAR = "refuse_bar"
    BAR = "bar"
    WITHDRAW = "withdraw"
    ARCHIVE = "archive"


class Actor(str, Enum):
    """Who makes a move. Staff act by their role; the petitioner and the program itself have moves of their own."""

    PETITIONER = "petitioner"
    SYSTEM = "system"
    INTAKE_CLERK = "intake_clerk"
    CASE_OFFICER = "case_officer"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    DISCIPLINARY = "disciplinary"


class Need(str, Enum):
    """What a move cannot be made without; the value names the field of `permission.Request`."""

    REASON = "reason"
    TEXT = "text"
    ORGAN = "organ"
    ROUTE = "route"
    DAYS = "days"
    STARS = "stars"
    LINK = "link"
    LEADER = "leader"
    OUTCOME = "outcome"
    OFFICER = "officer"
    ON = "on"


@dataclass(frozen=True)
class Row:
    """One permitted move. `seconds` is the move that somebody else must have made before; `window` the clock within
    which it must be made, `after` clocks that must have ended; `opens` the lane of a linked case one level up."""

    lane: Lane
    state: CaseState
    move: Move
    by: frozenset[Actor]
    to: CaseState | None = None
    needs: tuple[Need, ...] = ()
    writes: tuple[EventType, ...] = ()
    tells: str = ""
    seconds: Move | None = None
    window: str = ""
    after: tuple[str, ...] = ()
    opens: Lane | None = None
    when: Mapping[str, str] = field(default_factory=dict)


_L, _S, _M, _N, _E, _A = Lane, CaseState, Move, Need, EventType, Actor

LANE_NAMES = {
    _L.CLAIM: "申诉求决",
    _L.ACCUSATION: "检举控告",
    _L.SUGGESTION: "建议意见",
    _L.ENQUIRY: "咨询表扬",
    _L.REVIEW: "复查",
    _L.RE_REVIEW: "复核",
}
STATE_NAMES = {
    _S.FILED: "待登记",
    _S.REGISTERED: "已登记",
    _S.TRANSFERRED: "已转送",
    _S.ASSIGNED: "已交办",
    _S.ACKNOWLEDGED: "已签收",
    _S.OBJECTED: "有异议待定",
    _S.SENT_BACK: "已退回待重派",
    _S.ACCEPTED: "已受理",
    _S.IN_PROCESS: "办理中",
    _S.DRAFTED: "答复待审核",
    _S.APPROVED: "答复待送达",
    _S.DELIVERED: "已答复",
    _S.CONCLUDED: "已办结",
    _S.DECLINED: "不予受理",
    _S.DIVERTED: "已分流",
    _S.WITHDRAWN: "已撤回",
    _S.FINALISED: "已终结",
    _S.BARRED: "不再受理",
    _S.ARCHIVED: "已归档",
}
MOVE_NAMES = {
    _M.REGISTER: "登记",
    _M.NAME_ACCUSED: "登记被反映单位",
    _M.ASK_SUPPLEMENT: "请补充材料",
    _M.SUPPLEMENT: "收到补充材料",
    _M.LET_LAPSE: "不再等补充",
    _M.TRANSFER: "转送",
    _M.ASSIGN: "交办",
    _M.RECALL: "收回重派",
    _M.ACKNOWLEDGE: "签收",
    _M.OBJECT: "提出异议",
    _M.SEND_BACK: "同意退回",
    _M.KEEP: "维持原派",
    _M.DESIGNATE: "指定承办",
    _M.ACCEPT: "受理",
    _M.DECLINE: "不予受理",
    _M.DIVERT: "分流",
    _M.ADD_ASSISTING: "增加协办",
    _M.DROP_ASSISTING: "减少协办",
    _M.ASK_OPINION: "请协办意见",
    _M.GIVE_OPINION: "协办意见",
    _M.APPOINT_LEADER: "领导包案",
    _M.TAKE_ON: "我来办",
    _M.HAND_TO: "分办",
    _M.PROCESS: "开始办理",
    _M.INVESTIGATE: "调查核实",
    _M.MEDIATE: "调解",
    _M.OPEN_HEARING: "开始听证",
    _M.CLOSE_HEARING: "结束听证",
    _M.ASK_EXTENSION: "申请延期",
    _M.APPROVE_EXTENSION: "批准延期",
    _M.REFUSE_EXTENSION: "不批准延期",
    _M.STUDY: "研究",
    _M.ADOPT: "采纳",
    _M.ADOPT_PARTLY: "部分采纳",
    _M.LEAVE: "不采纳",
    _M.DRAFT: "起草答复",
    _M.APPROVE: "审核通过",
    _M.REFUSE: "审核退回",
    _M.DELIVER: "送达",
    _M.ANSWER: "直接答复",
    _M.CONCLUDE: "办结",
    _M.RATE: "评价",
    _M.FOLLOW_UP: "回访",
    _M.REOPEN: "重新办理",
    _M.REQUEST_REVIEW: "申请复查",
    _M.REQUEST_RE_REVIEW: "申请复核",
    _M.REMAND: "撤销后重新办理",
    _M.RELEASE: "上一级已经了结",
    _M.FINALISE: "终结",
    _M.ASK_BAR: "提请不再受理",
    _M.REFUSE_BAR: "继续受理",
    _M.BAR: "决定不再受理",
    _M.WITHDRAW: "撤回",
    _M.ARCHIVE: "归档",
}
ACTOR_NAMES = {
    _A.PETITIONER: "信访人",
    _A.SYSTEM: "系统",
    _A.INTAKE_CLERK: "受理员",
    _A.CASE_OFFICER: "承办人",
    _A.REVIEWER: "复查复核人员",
    _A.SUPERVISOR: "督办员",
    _A.LEADER: "领导",
    _A.DISCIPLINARY: "纪检人员",
}
NEED_NAMES = {
    _N.REASON: "理由",
    _N.TEXT: "内容",
    _N.ORGAN: "单位",
    _N.ROUTE: "办理途径",
    _N.DAYS: "天数",
    _N.STARS: "评价",
    _N.LINK: "关联的信访件编号",
    _N.LEADER: "包案领导",
    _N.OUTCOME: "复查复核结论",
    _N.OFFICER: "承办人",
    _N.ON: "日期",
}
# What a review comes to.
OUTCOMES = {"upheld": "维持", "changed": "变更", "revoked": "撤销，重新办理"}
REVOKED = "revoked"
# What a move is called in a case's history.
PAST = {
    _M.REGISTER: "registered",
    _M.NAME_ACCUSED: "accused_named",
    _M.ASK_SUPPLEMENT: "supplement_asked",
    _M.SUPPLEMENT: "supplemented",
    _M.LET_LAPSE: "supplement_lapsed",
    _M.TRANSFER: "transferred",
    _M.ASSIGN: "assigned",
    _M.RECALL: "recalled",
    _M.ACKNOWLEDGE: "acknowledged",
    _M.OBJECT: "objected",
    _M.SEND_BACK: "sent_back",
    _M.KEEP: "kept",
    _M.DESIGNATE: "designated",
    _M.ACCEPT: "accepted",
    _M.DECLINE: "declined",
    _M.DIVERT: "diverted",
    _M.ADD_ASSISTING: "assisting_added",
    _M.DROP_ASSISTING: "assisting_dropped",
    _M.ASK_OPINION: "opinion_asked",
    _M.GIVE_OPINION: "opinion_given",
    _M.APPOINT_LEADER: "leader_appointed",
    _M.TAKE_ON: "taken_on",
    _M.HAND_TO: "handed_to",
    _M.PROCESS: "processing",
    _M.INVESTIGATE: "investigated",
    _M.MEDIATE: "mediated",
    _M.OPEN_HEARING: "hearing_opened",
    _M.CLOSE_HEARING: "hearing_closed",
    _M.ASK_EXTENSION: "extension_asked",
    _M.APPROVE_EXTENSION: "extended",
    _M.REFUSE_EXTENSION: "extension_refused",
    _M.STUDY: "studied",
    _M.ADOPT: "adopted",
    _M.ADOPT_PARTLY: "partly_adopted",
    _M.LEAVE: "not_adopted",
    _M.DRAFT: "drafted",
    _M.APPROVE: "approved",
    _M.REFUSE: "refused",
    _M.DELIVER: "delivered",
    _M.ANSWER: "replied",
    _M.CONCLUDE: "concluded",
    _M.RATE: "rated",
    _M.FOLLOW_UP: "followed_up",
    _M.REOPEN: "reopened",
    _M.REQUEST_REVIEW: "review_requested",
    _M.REQUEST_RE_REVIEW: "re_review_requested",
    _M.REMAND: "remanded",
    _M.RELEASE: "released",
    _M.FINALISE: "finalised",
    _M.ASK_BAR: "bar_asked",
    _M.REFUSE_BAR: "bar_refused",
    _M.BAR: "barred",
    _M.WITHDRAW: "withdrawn",
    _M.ARCHIVE: "archived",
}

OPEN_STATES = (
    _S.FILED,
    _S.REGISTERED,
    _S.TRANSFERRED,
    _S.ASSIGNED,
    _S.ACKNOWLEDGED,
    _S.OBJECTED,
    _S.SENT_BACK,
    _S.ACCEPTED,
    _S.IN_PROCESS,
    _S.DRAFTED,
    _S.APPROVED,
    _S.DELIVERED,
)
CLOSED_STATES = tuple(state for state in CaseState if state not in OPEN_STATES)

_ALL = tuple(Lane)
MATTERS = (_L.CLAIM, _L.ACCUSATION, _L.SUGGESTION, _L.ENQUIRY)
_OPEN_MATTERS = (_L.CLAIM, _L.SUGGESTION, _L.ENQUIRY)
_HIGHER = (_L.REVIEW, _L.RE_REVIEW)
_FIRST_WRITTEN = (_L.CLAIM, _L.ACCUSATION, _L.SUGGESTION)
_WRITTEN = (*_FIRST_WRITTEN, *_HIGHER)
_UNROUTED = (_S.REGISTERED, _S.SENT_BACK)
WITH_NOBODY = (_S.FILED, *_UNROUTED, _S.OBJECTED)
WITH_ORGAN = (_S.TRANSFERRED, _S.ASSIGNED, _S.ACKNOWLEDGED)
AT_WORK = (_S.ACCEPTED, _S.IN_PROCESS)
_BEFORE_REPLY = (*_UNROUTED, *WITH_ORGAN, _S.OBJECTED, *AT_WORK, _S.DRAFTED, _S.APPROVED)
# An assisting organ can answer from when a case was with an organ until its reply is out.
_ASSISTED = (_S.SENT_BACK, *WITH_ORGAN, _S.OBJECTED, *AT_WORK, _S.DRAFTED, _S.APPROVED)
_ANSWERED = (_S.DELIVERED, _S.CONCLUDED)
_ENDED = (_S.CONCLUDED, _S.DECLINED, _S.DIVERTED, _S.WITHDRAWN, _S.FINALISED, _S.BARRED)

# Three pairs of hands in every lane: who registers and routes, who works the case, who approves.
_DESK = {
    **dict.fromkeys(MATTERS, (_A.INTAKE_CLERK, _A.SUPERVISOR)),
    **dict.fromkeys(_HIGHER, (_A.REVIEWER,)),
    _L.ACCUSATION: (_A.DISCIPLINARY,),
}
_OFFICER = {
    **dict.fromkeys(MATTERS, (_A.CASE_OFFICER,)),
    **dict.fromkeys(_HIGHER, (_A.REVIEWER,)),
    _L.ACCUSATION: (_A.DISCIPLINARY,),
}
_APPROVER = {
    **dict.fromkeys(MATTERS, (_A.CASE_OFFICER, _A.SUPERVISOR, _A.LEADER)),
    **dict.fromkeys(_HIGHER, (_A.REVIEWER, _A.LEADER)),
    _L.ACCUSATION: (_A.DISCIPLINARY,),
}
_SUPERIOR = {
    **dict.fromkeys(MATTERS, (_A.SUPERVISOR, _A.LEADER)),
    **dict.fromkeys(_HIGHER, (_A.REVIEWER, _A.LEADER)),
    _L.ACCUSATION: (_A.DISCIPLINARY,),
}
_Hands = Mapping[Lane, tuple[Actor, ...]]
_NOBODY: _Hands = {}


def _rows(
    move: Move,
    lanes: Iterable[Lane],
    states: Iterable[CaseState],
    hands: _Hands = _NOBODY,
    also: tuple[Actor, ...] = (),
    to: CaseState | None = None,
    needs: tuple[Need, ...] = (),
    writes: EventType | tuple[EventType, ...] = (),
    tells: str = "",
    **more: object,
) -> list[Row]:
    events = writes if isinstance(writes, tuple) else (writes,)
    return [
        Row(lane, state, move, frozenset((*hands.get(lane, ()), *also)), to, needs, events, tells, **more)  # type: ignore[arg-type]
        for lane in lanes
        for state in states
    ]


def _registration() -> list[Row]:
    who = (_A.SYSTEM,)
    return [
        *_rows(_M.REGISTER, MATTERS, [_S.FILED], _DESK, who, _S.REGISTERED, (), _E.REGISTERED),
        *_rows(_M.REGISTER, [_L.REVIEW], [_S.FILED], _DESK, who, _S.REGISTERED, (), _E.REVIEW_RECEIVED),
        *_rows(_M.REGISTER, [_L.RE_REVIEW], [_S.FILED], _DESK, who, _S.REGISTERED, (), _E.RE_REVIEW_RECEIVED),
        # Art. 30: an organ that turns out to be accused gets the case no more; one that has it gives it back first.
        *_rows(_M.NAME_ACCUSED, [_L.ACCUSATION], [_S.FILED, *_UNROUTED], _DESK, needs=(_N.ORGAN,)),
    ]


def _supplements() -> list[Row]:
    asked = (_S.REGISTERED, *WITH_ORGAN, *AT_WORK)
    who, text = (_A.PETITIONER,), (_N.TEXT,)
    return [
        *_both(_M.ASK_SUPPLEMENT, _ALL, asked, needs=text, writes=_E.SUPPLEMENT_ASKED, tells="supplement_asked"),
        *_rows(_M.SUPPLEMENT, _ALL, _BEFORE_REPLY, _DESK, who, needs=text, writes=_E.SUPPLEMENTED),
        # Asked in one of these states, a case may have come to any state before its reply.
        *_both(
            _M.LET_LAPSE,
            _ALL,
            _BEFORE_REPLY,
            (_A.SYSTEM,),
            writes=_E.SUPPLEMENT_LAPSED,
            tells="supplement_lapsed",
            after=("supplement",),
        ),
    ]


def _both(
    move: Move, lanes: Iterable[Lane], states: Iterable[CaseState], also: tuple[Actor, ...] = (), **more: object
) -> list[Row]:
    """The desk before a case is with an organ, the organ's officers from then on; the desk may always."""
    hands = {lane: (*_DESK[lane], *_OFFICER[lane]) for lane in Lane}
    return _rows(move, lanes, states, hands, also, **more)  # type: ignore[arg-type]


def _routing() -> list[Row]:
    organ, reason, both = (_N.ORGAN,), (_N.REASON,), (_N.ORGAN, _N.REASON)
    disputed = [_S.OBJECTED]
    return [
        *_rows(_M.TRANSFER, MATTERS, _UNROUTED, _DESK, (), _S.TRANSFERRED, organ, _E.TRANSFERRED, "transferred"),
        *_rows(_M.ASSIGN, MATTERS, _UNROUTED, _DESK, (), _S.ASSIGNED, organ, _E.ASSIGNED, "assigned"),
        *_rows(
            _M.ASSIGN, MATTERS, [_S.TRANSFERRED], _DESK, (), _S.ASSIGNED, organ, (_E.SENT_BACK, _E.ASSIGNED), "assigned"
        ),
        *_rows(_M.RECALL, MATTERS, [*WITH_ORGAN, *AT_WORK], _DESK, (), _S.SENT_BACK, reason, _E.SENT_BACK),
        *_rows(_M.ACKNOWLEDGE, MATTERS, WITH_ORGAN[:2], _OFFICER, (), _S.ACKNOWLEDGED, (), _E.ACKNOWLEDGED),
        # Art. 23: within five working days, with reasons.
        *_rows(_M.OBJECT, MATTERS, WITH_ORGAN, _OFFICER, (), _S.OBJECTED, reason, _E.OBJECTED, window="objection"),
        *_rows(_M.SEND_BACK, MATTERS, disputed, _DESK, (), _S.SENT_BACK, reason, _E.SENT_BACK, seconds=_M.OBJECT),
        *_rows(_M.KEEP, MATTERS, disputed, _DESK, (), _S.ASSIGNED, reason, seconds=_M.OBJECT),
        # Art. 24: where organs do not agree, their common superior decides.
        *_rows(
            _M.DESIGNATE, MATTERS, disputed, _SUPERIOR, (), _S.ASSIGNED, both, (_E.SENT_BACK, _E.ASSIGNED), "assigned"
        ),
    ]


def _acceptance() -> list[Row]:
    organs_say = (_L.CLAIM, _L.SUGGESTION)
    where_else = (_N.REASON, _N.ROUTE)
    return [
        *_rows(_M.ACCEPT, organs_say, WITH_ORGAN, _OFFICER, (), _S.ACCEPTED, (), _E.ACCEPTED, "accepted"),
        *_rows(
            _M.ACCEPT,
            [_L.ACCUSATION],
            [*_UNROUTED, *WITH_ORGAN],
            _OFFICER,
            (),
            _S.ACCEPTED,
            (),
            _E.ACCEPTED,
            "accepted",
        ),
        *_rows(_M.ACCEPT, _HIGHER, [_S.REGISTERED], _OFFICER, (), _S.ACCEPTED, (), _E.ACCEPTED, "accepted"),
        *_rows(_M.DECLINE, _WRITTEN, _UNROUTED, _DESK, (), _S.DECLINED, where_else, _E.DECLINED, "declined"),
        *_rows(_M.DECLINE, _WRITTEN, WITH_ORGAN, _OFFICER, (), _S.DECLINED, where_else, _E.DECLINED, "declined"),
        *_rows(
            _M.DIVERT, [_L.CLAIM, _L.ENQUIRY], _UNROUTED, _DESK, (), _S.DIVERTED, where_else, _E.DIVERTED, "diverted"
        ),
        *_rows(
            _M.DIVERT,
            [_L.CLAIM, _L.ENQUIRY],
            WITH_ORGAN,
            _OFFICER,
            (),
            _S.DIVERTED,
            where_else,
            _E.DIVERTED,
            "diverted",
        ),
        # Who goes to court while a case is worked on has chosen another way.
        *_rows(_M.DIVERT, [_L.CLAIM], AT_WORK, _OFFICER, (), _S.DIVERTED, where_else, _E.DIVERTED, "diverted"),
    ]


def _joint_work() -> list[Row]:
    joined = [*WITH_ORGAN, *AT_WORK]
    asked, dropped = _E.OPINION_ASKED, _E.OPINION_DROPPED
    return [
        *_rows(_M.ADD_ASSISTING, MATTERS, joined, _DESK, (_A.LEADER,), needs=(_N.ORGAN,), writes=asked),
        *_rows(_M.DROP_ASSISTING, MATTERS, joined, _DESK, (_A.LEADER,), needs=(_N.ORGAN, _N.REASON), writes=dropped),
        # An accusation is seen by the organ that leads it alone: nobody else is asked about it.
        *_both(
            _M.ASK_OPINION,
            _OPEN_MATTERS,
            [*joined, _S.DRAFTED],
            (_A.LEADER,),
            needs=(_N.ORGAN, _N.ON),
            writes=(dropped, asked),
        ),
        *_rows(
            _M.GIVE_OPINION,
            _OPEN_MATTERS,
            _ASSISTED,
            _OFFICER,
            needs=(_N.TEXT,),
            writes=_E.OPINION_GIVEN,
        ),
        *_rows(
            _M.APPOINT_LEADER,
            [_L.CLAIM, _L.SUGGESTION],
            _BEFORE_REPLY,
            {},
            (_A.SUPERVISOR, _A.LEADER),
            needs=(_N.LEADER,),
        ),
    ]


def _case_officers() -> list[Row]:
    """承办人: one person of the organ that has the case takes it on or is given it. No state and no clock knows."""
    matters, higher, officer = (*WITH_ORGAN, _S.OBJECTED), (_S.REGISTERED,), (_N.OFFICER,)
    later = (*AT_WORK, _S.DRAFTED, _S.APPROVED, _S.DELIVERED)
    places = [(_OPEN_MATTERS, matters), ((_L.ACCUSATION,), (*_UNROUTED, *matters)), (_HIGHER, higher)]
    return [
        row
        for lanes, first in places
        for row in (
            *_rows(_M.TAKE_ON, lanes, (*first, *later), _OFFICER),
            *_rows(_M.HAND_TO, lanes, (*first, *later), _APPROVER, needs=officer),
        )
    ]


def _processing() -> list[Row]:
    at_once = {"way": "at_once"}
    working, hearing = [_S.IN_PROCESS], (_L.CLAIM, *_HIGHER)
    clerk = (_A.INTAKE_CLERK,)
    return [
        *_rows(_M.PROCESS, _WRITTEN, [_S.ACCEPTED], _OFFICER, (), _S.IN_PROCESS, (), _E.PROCESSED),
        *_rows(_M.PROCESS, [_L.ENQUIRY], WITH_ORGAN, _OFFICER, (), _S.IN_PROCESS, (), _E.PROCESSED),
        *_rows(_M.PROCESS, [_L.ENQUIRY], _UNROUTED, _OFFICER, clerk, _S.IN_PROCESS, (), _E.PROCESSED),
        *_rows(_M.PROCESS, [_L.CLAIM], WITH_ORGAN, _OFFICER, (), _S.IN_PROCESS, (), _E.PROCESSED, when=at_once),
        *_rows(_M.INVESTIGATE, _WRITTEN, working, _OFFICER, (), needs=(_N.TEXT,), writes=_E.INVESTIGATED),
        *_rows(_M.MEDIATE, [_L.CLAIM, *_HIGHER], working, _OFFICER, (), needs=(_N.TEXT,), writes=_E.MEDIATED),
        *_hearings(_M.OPEN_HEARING, (_L.CLAIM, _L.REVIEW), "hearing_opened"),
        # Art. 36: of a re-review alone the time of a hearing is not counted.
        *_hearings(_M.OPEN_HEARING, (_L.RE_REVIEW,), "hearing_uncounted"),
        *_rows(_M.CLOSE_HEARING, hearing, working, _OFFICER, (), needs=(_N.TEXT,), writes=_E.HEARING_CLOSED),
        *_rows(_M.STUDY, [_L.SUGGESTION], AT_WORK, _OFFICER, (), _S.IN_PROCESS, (_N.TEXT,), _E.STUDIED),
        # Art. 29: decided once; the approved reply tells it.
        *_rows(_M.ADOPT, [_L.SUGGESTION], working, _OFFICER, (), needs=(_N.TEXT,), writes=_E.ADOPTED),
        *_rows(_M.ADOPT_PARTLY, [_L.SUGGESTION], working, _OFFICER, (), needs=(_N.TEXT,), writes=_E.ADOPTED),
        *_rows(_M.LEAVE, [_L.SUGGESTION], working, _OFFICER, (), needs=(_N.REASON,)),
        *_extensions(_L.CLAIM, "conclude"),
        *_extensions(_L.SUGGESTION, "suggestion_answer"),
    ]


def _hearings(move: Move, lanes: tuple[Lane, ...], tells: str) -> list[Row]:
    needs = (_N.TEXT,)
    return _rows(move, lanes, [_S.IN_PROCESS], _OFFICER, (), needs=needs, writes=_E.HEARING_OPENED, tells=tells)


def _extensions(lane: Lane, clock: str) -> list[Row]:
    """Art. 34: one extension, with approval and a reason that is told to the petitioner."""
    asks, asked = (_N.REASON, _N.DAYS), _M.ASK_EXTENSION
    bosses = (_A.SUPERVISOR, _A.LEADER)
    return [
        *_rows(asked, [lane], AT_WORK, _OFFICER, (), needs=asks, writes=_E.EXTENSION_ASKED, window=clock),
        *_rows(
            _M.APPROVE_EXTENSION, [lane], AT_WORK, {}, bosses,
            needs=asks, writes=_E.EXTENSION_APPROVED, tells="extended", seconds=asked, window=clock,
        ),
        *_rows(
            _M.REFUSE_EXTENSION, [lane], AT_WORK, {}, bosses,
            needs=(_N.REASON,), writes=_E.EXTENSION_REFUSED, seconds=asked,
        ),
    ]  # fmt: skip


def _replies() -> list[Row]:
    draft, reason, text = [_S.DRAFTED], (_N.REASON,), (_N.TEXT,)
    delivered = {
        **dict.fromkeys(MATTERS, _E.DELIVERED),
        _L.REVIEW: _E.REVIEW_DELIVERED,
        _L.RE_REVIEW: _E.RE_REVIEW_DELIVERED,
    }
    at_once = {"way": "at_once"}
    rows = [
        *_rows(_M.DRAFT, _FIRST_WRITTEN, [_S.IN_PROCESS], _OFFICER, (), _S.DRAFTED, text, _E.DRAFTED),
        *_rows(_M.DRAFT, _HIGHER, [_S.IN_PROCESS], _OFFICER, (), _S.DRAFTED, (_N.OUTCOME, *text), _E.DRAFTED),
        *_rows(_M.APPROVE, _WRITTEN, draft, _APPROVER, (), _S.APPROVED, (), _E.APPROVED, seconds=_M.DRAFT),
        *_rows(_M.REFUSE, _WRITTEN, draft, _APPROVER, (), _S.IN_PROCESS, reason, _E.REFUSED, seconds=_M.DRAFT),
        *_rows(
            _M.ANSWER, [_L.ENQUIRY], [*_UNROUTED, *WITH_ORGAN, _S.IN_PROCESS, _S.DELIVERED], _OFFICER,
            (_A.INTAKE_CLERK,), _S.DELIVERED, text, _E.DELIVERED, "replied",
        ),
        *_rows(
            _M.ANSWER, [_L.CLAIM, _L.SUGGESTION], [*WITH_ORGAN, *AT_WORK], _OFFICER, (),
            _S.DELIVERED, text, _E.DELIVERED, "replied", when=at_once,
        ),
    ]  # fmt: skip
    for lane, event in delivered.items():
        if lane is not _L.ENQUIRY:
            hands: _Hands = {lane: (*_OFFICER[lane], *_DESK[lane])}
            tells = "answered" if lane is _L.SUGGESTION else "delivered"
            rows += _rows(_M.DELIVER, [lane], [_S.APPROVED], hands, (_A.SYSTEM,), _S.DELIVERED, (), event, tells)
    return rows


def _ending() -> list[Row]:
    ends, done = [_S.CONCLUDED], [_S.DELIVERED]
    who = {lane: (*_OFFICER[lane], *_DESK[lane]) for lane in Lane}
    stars, reason, text = (_N.STARS,), (_N.REASON,), (_N.TEXT,)
    petitioner = (_A.PETITIONER,)
    return [
        *_rows(_M.CONCLUDE, MATTERS, done, who, (_A.SYSTEM,), _S.CONCLUDED, (), _E.CONCLUDED, "concluded"),
        *_rows(_M.CONCLUDE, _HIGHER, done, who, (_A.SYSTEM,), _S.CONCLUDED, (), _E.CONCLUDED, "review_concluded"),
        *_rows(_M.RATE, MATTERS, ends, {}, petitioner, needs=stars, writes=_E.RATED),
        *_rows(_M.FOLLOW_UP, MATTERS, ends, _DESK, needs=text, writes=_E.FOLLOWED_UP),
        *_rows(
            _M.REOPEN, MATTERS, ends, _DESK, (), _S.IN_PROCESS, reason, _E.REOPENED, "reopened", window="reopen_window"
        ),
        *_rows(_M.WITHDRAW, _ALL, _BEFORE_REPLY, {}, petitioner, _S.WITHDRAWN, (), _E.WITHDRAWN),
        *_rows(_M.WITHDRAW, _ALL, _BEFORE_REPLY, _DESK, (), _S.WITHDRAWN, reason, _E.WITHDRAWN, "withdrawn"),
        *_rows(
            _M.ARCHIVE, _ALL, _ENDED, _DESK, (_A.SYSTEM,), _S.ARCHIVED, (), _E.ARCHIVED,
            after=("review_request", "re_review_request", "reopen_window", "call_back"),
        ),
    ]  # fmt: skip


def _higher_levels() -> list[Row]:
    """Art. 35 and 36: each once, one level up, within thirty days of the written reply; then finality."""
    reason, over = (_N.REASON,), (_A.SUPERVISOR,)
    link = (_N.LINK, _N.REASON)
    lane = [_L.CLAIM]
    asks = {_L.CLAIM: (_A.INTAKE_CLERK,), _L.REVIEW: (_A.INTAKE_CLERK, _A.REVIEWER)}
    who = (_A.PETITIONER,)
    return [
        *_rows(
            _M.REQUEST_REVIEW, lane, _ANSWERED, asks, who,
            needs=reason, writes=_E.REVIEW_REQUESTED, window="review_request", opens=_L.REVIEW,
        ),
        *_rows(
            _M.REQUEST_RE_REVIEW, [_L.REVIEW], _ANSWERED, asks, who,
            needs=reason, writes=_E.RE_REVIEW_REQUESTED, window="re_review_request", opens=_L.RE_REVIEW,
        ),
        *_rows(
            _M.FINALISE, lane, _ANSWERED, {}, (*over, _A.SYSTEM), _S.FINALISED,
            writes=_E.FINALISED, tells="finalised_unasked", after=("review_request", "reopen_window", "call_back"),
        ),
        *_rows(
            _M.FINALISE, [_L.REVIEW], _ANSWERED, {}, (_A.REVIEWER, _A.SYSTEM), _S.FINALISED,
            writes=_E.FINALISED, tells="finalised_unasked", after=("re_review_request",),
        ),
        *_rows(
            _M.FINALISE, [_L.RE_REVIEW], _ANSWERED, {}, (_A.REVIEWER, _A.SYSTEM), _S.FINALISED,
            writes=_E.FINALISED, tells="finalised",
        ),
        # What the level above came to: its outcome sends the first case back to work, or nothing stands in the way of
        # filing it away any more.
        *_rows(
            _M.REMAND, lane, _ANSWERED, {}, (_A.SYSTEM,), _S.IN_PROCESS, reason, _E.REOPENED, "remanded"
        ),
        *_rows(_M.RELEASE, [_L.CLAIM, _L.REVIEW], _ANSWERED, {}, (_A.SYSTEM,), needs=reason),
        # Art. 36: after finality the same facts and reasons are not accepted again; two people decide it.
        *_rows(_M.ASK_BAR, lane, _UNROUTED, _DESK, needs=link),
        *_rows(_M.REFUSE_BAR, lane, _UNROUTED, _SUPERIOR, needs=reason, seconds=_M.ASK_BAR),
        *_rows(
            _M.BAR, lane, _UNROUTED, _SUPERIOR, (), _S.BARRED, reason, _E.BARRED, "barred", seconds=_M.ASK_BAR
        ),
    ]  # fmt: skip


@lru_cache(maxsize=1)
def table() -> tuple[Row, ...]:
    """Every permitted move."""
    parts = (_registration, _supplements, _routing, _acceptance, _joint_work, _case_officers, _processing, _replies)
    return tuple(row for part in (*parts, _ending, _higher_levels) for row in part())


@lru_cache(maxsize=1)
def _by_place() -> Mapping[tuple[Lane, CaseState], tuple[Row, ...]]:
    places: dict[tuple[Lane, CaseState], list[Row]] = {}
    for row in table():
        places.setdefault((row.lane, row.state), []).append(row)
    return {place: tuple(found) for place, found in places.items()}


def rows(lane: Lane, state: CaseState, move: Move | None = None) -> tuple[Row, ...]:
    """The rows of a lane and state, of one move if it is named."""
    found = _by_place().get((lane, state), ())
    return found if move is None else tuple(row for row in found if row.move is move)


def lane_of(kind: CaseKind, stage: Stage) -> Lane:
    """Which procedure a case goes through."""
    if stage is not Stage.FIRST:
        return Lane(stage.value)
    return Lane.ENQUIRY if kind is CaseKind.PRAISE else Lane(kind.value)
