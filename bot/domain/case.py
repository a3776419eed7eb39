"""信访件与诉求: the petition as received, and the case under work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.domain.lifecycle import CaseState, Lane, Stage, lane_of
from bot.domain.petitioner import NOBODY, Petitioner
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
    """诉求: one request under work. `text` is what the citizen said; `understood` how it was read.

    `parent_id` is the case that a review is about; `way` one of the three ways, "" until somebody decided; `due_on`
    the next day on which something is owed; `officer_id` the 承办人 within the organ that has it; `course` what the
    procedure remembers (`bot.procedure.situations`); `repeat_of` the number of the first case of the same matter, where
    a person said so.
    """

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

    stage: Stage = Stage.FIRST
    parent_id: int | None = None
    way: str = ""
    leader_id: int | None = None
    officer_id: int | None = None
    bounced: int = 0
    stars: int | None = None
    due_on: date | None = None
    course: Mapping[str, Any] = field(default_factory=dict)
    repeat_of: str | None = None
    petitioner: Petitioner = NOBODY

    @property
    def lane(self) -> Lane:
        """The procedure it goes through."""
        return lane_of(self.kind, self.stage)

    @property
    def held_by(self) -> str:
        """The organ that has it; of a review, the one that hears it; "" where none does."""
        return self.organ or str(self.course.get("hears") or "")

    @property
    def is_veiled(self) -> bool:
        """Whether its words were taken away from whoever looks."""
        return self.title == self.text == VEIL


VEIL = "（不显示）"


def veiled(case: Case) -> Case:
    """The case as work: nothing of what anybody said, and nothing of who they are."""
    course = {name: value for name, value in case.course.items() if name != "reply"}
    return replace(
        case,
        title=VEIL,
        text=VEIL,
        place="",
        phones=(),
        people=None,
        conversation_id=None,
        understood={},
        course=course,
        petitioner=NOBODY,
    )


PETITIONER = "petitioner"
"""How histories name whoever brought a case."""


@dataclass(frozen=True)
class NewCase:
    """What filing writes down: everything but the numbers, which storage gives.

    `received` is the petition where it holds more than this case: two matters told at once; `received_at` when it came,
    where that was before it was written down; `filed_by` whoever wrote it down.
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
    stage: Stage = Stage.FIRST
    parent_id: int | None = None
    petition_id: int | None = None
    received: str = ""
    received_at: datetime | None = None
    filed_by: str = PETITIONER
    petitioner: Petitioner = NOBODY


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
