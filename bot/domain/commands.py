"""What the dialogue and staff can ask the program to do. Imperative; handled in `bot.flow` and `bot.casework`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import Any

from bot.domain.case import Case
from bot.domain.lifecycle import Move
from bot.domain.petitioner import Petitioner
from bot.domain.reading import CaseKind, Reading, Topic, Urgency
from bot.domain.reception import Booking, FreeSlot


@dataclass(frozen=True)
class FileCase:
    """提交: the citizen confirmed; write petition and case down."""

    conversation_id: str
    inbox_id: int | None
    text: str
    kind: CaseKind
    topic: Topic
    urgency: Urgency
    place: str
    title: str
    phones: tuple[str, ...]
    people: int | None
    anonymous: bool
    understood: dict[str, Any]
    received: str = ""


@dataclass(frozen=True)
class Filed:
    """What the citizen needs to come back: number and query code; `next` says what comes until when, or nothing."""

    case_no: str
    query_code: str
    next: str = ""


class Deed(str, Enum):
    """What a citizen does about one of their cases."""

    PROGRESS = "progress"
    HURRY = "hurry"
    WITHDRAW = "withdraw"
    SUPPLEMENT = "supplement"
    RATE = "rate"
    REVIEW = "review"


@dataclass(frozen=True)
class FindChoices:
    """With which cases of this conversation can this be done now? The most pressing first, then the newest."""

    conversation_id: str
    deed: Deed


@dataclass(frozen=True)
class FindProgress:
    """How far is a case? Its own conversation needs no code."""

    conversation_id: str
    case_no: str
    query_code: str = ""


@dataclass(frozen=True)
class Progress:
    """What a citizen may know: the case, what was publicly answered last, and what comes until when.

    `opened`: it was filed elsewhere, and its query code was just told here.
    """

    case: Case
    last_reply: str = ""
    opened: bool = False
    next: str = ""


@dataclass(frozen=True)
class Rated:
    """What became of a rating: whether somebody will call because an answer was low, and what comes until when."""

    low: bool
    next: str = ""


@dataclass(frozen=True)
class SupplementCase:
    """补充: more words for an open case of this conversation.

    With a `reading`, words that are a matter of their own are not added.
    """

    conversation_id: str
    inbox_id: int | None
    text: str
    case_no: str
    reading: Reading | None = None


@dataclass(frozen=True)
class FindSameMatter:
    """Whether an open case of this conversation is about what is being filed, or waits for more from the citizen."""

    conversation_id: str
    topic: Topic
    place: str
    text: str
    reading: Reading | None = None


@dataclass(frozen=True)
class SameMatter:
    """The open case that a citizen brings again; `next` says what comes next and until when.

    `waits`: more was asked of the citizen, and this may be it.
    """

    case: Case
    next: str
    waits: bool = False


@dataclass(frozen=True)
class FindSlots:
    """接访: what can be booked, and what this citizen has booked."""

    conversation_id: str


@dataclass(frozen=True)
class Slots:
    """All free slots of the next days, and the citizen's own booking."""

    free: tuple[FreeSlot, ...]
    own: Booking | None


@dataclass(frozen=True)
class BookSlot:
    """Take a slot, with the case that is named, or the newest open one. Raises `SlotTaken`."""

    conversation_id: str
    day_id: int
    slot: int
    case_no: str = ""


@dataclass(frozen=True)
class CancelBooking:
    """Give the citizen's slot back."""

    conversation_id: str


@dataclass(frozen=True)
class WithdrawCase:
    """撤回: the petitioner takes a case back."""

    conversation_id: str
    case_no: str


@dataclass(frozen=True)
class RateCase:
    """评价: three answers from 1 to 5; the case is rated by the one on whether the matter was solved."""

    conversation_id: str
    case_no: str
    prompt: int
    attitude: int
    solved: int


@dataclass(frozen=True)
class RequestReview:
    """申请复查 or 复核, whichever is open for the case."""

    conversation_id: str
    case_no: str
    reason: str


@dataclass(frozen=True)
class HurryCase:
    """催办 by the petitioner: whoever has the case gets a task."""

    conversation_id: str
    case_no: str


@dataclass(frozen=True)
class RequestHandoff:
    """转人工: the citizen wants a person."""

    conversation_id: str


CitizenCommand = (
    FileCase
    | FindChoices
    | FindProgress
    | SupplementCase
    | FindSameMatter
    | FindSlots
    | BookSlot
    | CancelBooking
    | WithdrawCase
    | RateCase
    | RequestReview
    | HurryCase
    | RequestHandoff
)


@dataclass(frozen=True)
class MoveCase:
    """Any move of `bot.domain.lifecycle`, with what it needs."""

    case_no: str
    move: Move
    version: int
    reason: str = ""
    text: str = ""
    organ: str = ""
    route: str = ""
    days: int = 0
    on: date | None = None
    link: str = ""
    leader: int = 0
    officer: int = 0
    outcome: str = ""


@dataclass(frozen=True)
class DecideWay:
    """三分: a person decides which of the three ways a case goes; 联管联调 names the leader and the lead organ too."""

    case_no: str
    way: str
    version: int
    leader: int = 0
    organ: str = ""


@dataclass(frozen=True)
class OpenReception:
    """接访日: a day with slots that citizens can book; `confirmed`: on a day off on purpose."""

    on: date
    starts: time
    minutes: int
    slots: int
    place: str
    leader: str
    confirmed: bool = False


@dataclass(frozen=True)
class PlanFieldVisit:
    """下访: who goes where on which day, with which cases."""

    on: date
    place: str
    leader: str
    case_nos: tuple[str, ...]


@dataclass(frozen=True)
class CancelFieldVisit:
    """Nobody goes after all; the petitioners of the cases are told."""

    visit_id: int


@dataclass(frozen=True)
class NoteFieldVisit:
    """What came of one case on the visit."""

    visit_id: int
    case_no: str
    note: str


@dataclass(frozen=True)
class CancelReception:
    """Nobody is received that day after all; those who booked are told."""

    day_id: int


@dataclass(frozen=True)
class NoteVisit:
    """Whether a citizen came to their slot, and what was said."""

    booking_id: int
    outcome: str
    note: str


@dataclass(frozen=True)
class RegisterPetition:
    """登记: staff enter what came by telephone, letter, fax or visit.

    `way` is a code of registration.yml; `received_on` the day on which it came; `understood` what was proposed.
    """

    way: str
    received_on: date
    text: str
    kind: CaseKind
    topic: Topic
    urgency: Urgency
    place: str
    title: str
    phone: str
    petitioner: Petitioner
    people: int | None
    anonymous: bool
    understood: dict[str, Any]


@dataclass(frozen=True)
class LinkRepeat:
    """重复信访: a person decides that a case is about the same matter as an earlier one; "" takes it back."""

    case_no: str
    version: int
    earlier_no: str


@dataclass(frozen=True)
class HurryOrgan:
    """督办 or 催办 by a supervisor: a task for the organ, with words."""

    case_no: str
    text: str
    formal: bool


@dataclass(frozen=True)
class DrawSample:
    """抽查回访: `size` of the cases concluded from `since` to `until`, drawn by a seed that is kept."""

    since: date
    until: date
    size: int
    seed: str = ""


@dataclass(frozen=True)
class EndTask:
    """Something that had to be done about a case is done."""

    task_id: int
    note: str


@dataclass(frozen=True)
class NoteTold:
    """告知群众: a petitioner without a channel was told what is owed to them; `text`: how, and what they said."""

    case_no: str
    text: str


@dataclass(frozen=True)
class AddNote:
    """内部备注: never shown to the citizen."""

    case_no: str
    text: str


@dataclass(frozen=True)
class CorrectCase:
    """Staff mend what was understood. Fields left None stay."""

    case_no: str
    version: int
    kind: CaseKind | None = None
    topic: Topic | None = None
    urgency: Urgency | None = None
    place: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class TakeOver:
    """接管 a live conversation."""

    conversation_id: str


@dataclass(frozen=True)
class GiveBack:
    """交还 a conversation to the bot."""

    conversation_id: str


@dataclass(frozen=True)
class SayToCitizen:
    """A staff member's words in a conversation they have taken over."""

    conversation_id: str
    text: str


@dataclass(frozen=True)
class AddOrgan:
    """A new organ, `level` city or town, below `superior`."""

    name: str
    short: str
    level: str
    superior: str
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class RenameOrgan:
    """Another name of an organ."""

    code: str
    name: str
    short: str


@dataclass(frozen=True)
class SwitchOrgan:
    """停用 an organ, or 启用 one that was retired."""

    code: str


@dataclass(frozen=True)
class WriteTemplate:
    """A reply template: a new one, or with a `code` other words for that one. No lanes or topics: all."""

    code: str
    name: str
    move: str
    field: str
    text: str
    lanes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class SwitchTemplate:
    """停用 a reply template, or 启用 one that was retired."""

    code: str


StaffCommand = (
    MoveCase
    | AddOrgan
    | RenameOrgan
    | SwitchOrgan
    | WriteTemplate
    | SwitchTemplate
    | DecideWay
    | RegisterPetition
    | LinkRepeat
    | OpenReception
    | CancelReception
    | NoteVisit
    | PlanFieldVisit
    | CancelFieldVisit
    | NoteFieldVisit
    | HurryOrgan
    | DrawSample
    | EndTask
    | NoteTold
    | AddNote
    | CorrectCase
    | TakeOver
    | GiveBack
    | SayToCitizen
)
