"""What the dialogue and staff can ask the program to do. Imperative; handled in `bot.flow` and `bot.casework`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.domain.case import Case
from bot.domain.reading import CaseKind, Topic, Urgency


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
    """What the citizen needs to come back: number and query code."""

    case_no: str
    query_code: str


@dataclass(frozen=True)
class ListOwnCases:
    """Which cases came from this conversation?"""

    conversation_id: str


@dataclass(frozen=True)
class FindProgress:
    """How far is a case? Its own conversation needs no code."""

    conversation_id: str
    case_no: str
    query_code: str = ""


@dataclass(frozen=True)
class Progress:
    """What a citizen may know: the case and what was publicly answered last."""

    case: Case
    last_reply: str = ""


@dataclass(frozen=True)
class SupplementCase:
    """补充: more words for the newest open case of this conversation."""

    conversation_id: str
    inbox_id: int | None
    text: str


@dataclass(frozen=True)
class WithdrawCase:
    """撤回: the petitioner takes the newest open case of this conversation back."""

    conversation_id: str


@dataclass(frozen=True)
class HurryCase:
    """催办 by the petitioner: leave a note for staff on the newest open case."""

    conversation_id: str


@dataclass(frozen=True)
class RequestHandoff:
    """转人工: the citizen wants a person."""

    conversation_id: str


CitizenCommand = FileCase | ListOwnCases | FindProgress | SupplementCase | WithdrawCase | HurryCase | RequestHandoff


@dataclass(frozen=True)
class AssignCase:
    """交办 to an organ."""

    case_no: str
    organ: str
    version: int


@dataclass(frozen=True)
class ProcessCase:
    """办理: work has begun."""

    case_no: str
    version: int


@dataclass(frozen=True)
class ReplyToCitizen:
    """答复: words that go to the citizen's chat, on the case."""

    case_no: str
    text: str
    version: int


@dataclass(frozen=True)
class ConcludeCase:
    """办结."""

    case_no: str
    version: int


@dataclass(frozen=True)
class ReopenCase:
    """重新办理."""

    case_no: str
    version: int


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


StaffCommand = (
    AssignCase
    | ProcessCase
    | ReplyToCitizen
    | ConcludeCase
    | ReopenCase
    | AddNote
    | CorrectCase
    | TakeOver
    | GiveBack
    | SayToCitizen
)
