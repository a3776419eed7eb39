"""信访件与诉求: the petition as received, and the case under work."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.domain.lifecycle import CaseState, Move, next_state
from bot.domain.reading import CaseKind, Topic, Urgency


@dataclass(frozen=True)
class Petition:
    """信访件: the record as received; unchanged afterwards."""

    id: int
    petition_no: str
    conversation_id: str | None
    text: str
    channel: str
    filed_at: datetime


@dataclass(frozen=True)
class Case:
    """诉求: one request under work. `text` is what the citizen said; `understood` how it was read."""

    id: int
    case_no: str
    petition_id: int
    conversation_id: str | None
    kind: CaseKind
    topic: Topic
    urgency: Urgency
    place: str
    title: str
    text: str
    phones: tuple[str, ...]
    people: int | None
    anonymous: bool
    state: CaseState
    organ: str | None
    understood: dict[str, Any]
    version: int
    filed_at: datetime
    updated_at: datetime
    channel: str = ""

    def moved(self, move: Move) -> Case:
        """The case after `move`. Raises `IllegalMove`."""
        return replace(self, state=next_state(self.case_no, self.state, move))


@dataclass(frozen=True)
class NewCase:
    """What filing writes down: everything but the numbers, which storage gives.

    `received` is the petition where it holds more than this case: two matters told at once.
    """

    conversation_id: str | None
    inbox_id: int | None
    channel: str
    text: str
    kind: CaseKind
    topic: Topic
    urgency: Urgency
    place: str
    title: str
    phones: tuple[str, ...]
    people: int | None
    anonymous: bool
    understood: dict[str, Any] = field(default_factory=dict)
    received: str = ""


@dataclass(frozen=True)
class CaseEvent:
    """One line of a case's history. `public` lines may be told to the citizen."""

    id: int
    case_id: int
    at: datetime
    actor: str
    type: str
    data: dict[str, Any]
    public: bool
