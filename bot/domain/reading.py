"""What was understood in a message: the judgement of `bot.understanding`, read by the dialogue and by staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any


class CaseKind(str, Enum):
    """诉求类别 of the Regulations on Petition Work, art. 29-31, with enquiry and praise beside them."""

    CLAIM = "claim"
    ACCUSATION = "accusation"
    SUGGESTION = "suggestion"
    ENQUIRY = "enquiry"
    PRAISE = "praise"


class Urgency(IntEnum):
    """紧急程度, from the danger and hardship in the matter, never from who says it or how loudly."""

    LOW = 1
    NORMAL = 2
    URGENT = 3
    CRITICAL = 4


@dataclass(frozen=True)
class Topic:
    """A place in the taxonomy: `code` is stable, `level1` and `level2` are the government's own names."""

    code: str
    level1: str
    level2: str = ""


@dataclass(frozen=True)
class Slots:
    """Facts found in the text. Phones and ids are normalised to ASCII digits; the rest stand as said.

    `yuan` holds the value of each of the `amounts`: «23000», or «3000-5000» where no more than a span was said.
    """

    place: str | None = None
    people: int | None = None
    phones: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    yuan: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    officials: tuple[str, ...] = ()
    request: str | None = None


@dataclass(frozen=True)
class Reason:
    """Why a judgement fell: `about` is kind, topic, urgency or abstain; `words` stand in the text."""

    about: str
    words: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Reading:
    """One message understood. Scores are calibrated probabilities that sum to 1 over their classes.

    `abstain` is true where there is no matter in the message, or nothing that could be read;
    `unsure` asks for one question before filing: a matter is there, but kind or topic is not clear enough.
    `matters` holds the parts when two matters stand in one message (empty otherwise).
    """

    kind: CaseKind
    kind_scores: dict[str, float]
    topic: Topic
    topic_scores: dict[str, float]
    urgency: Urgency
    urgency_scores: dict[str, float]
    slots: Slots
    title: str
    abstain: bool
    no_matter: bool = False
    script: str = "simplified"
    reasons: tuple[Reason, ...] = ()
    matters: tuple[str, ...] = field(default=())
    key_field: str | None = None
    unsure: bool = False


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """A reading as plain JSON: what the dialogue keeps and staff see."""
    return {
        **vars(reading),
        "kind": reading.kind.value,
        "topic": dict(vars(reading.topic)),
        "urgency": int(reading.urgency),
        "slots": {
            name: list(value) if isinstance(value, tuple) else value for name, value in vars(reading.slots).items()
        },
        "reasons": [{**vars(reason), "words": list(reason.words)} for reason in reading.reasons],
        "matters": list(reading.matters),
    }


def reading_from_json(plain: Mapping[str, Any]) -> Reading:
    """The other way round."""
    slots: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in plain["slots"].items()}
    reasons = tuple(Reason(r["about"], tuple(r["words"]), r["note"]) for r in plain["reasons"])
    return Reading(
        **{
            **plain,
            "kind": CaseKind(plain["kind"]),
            "topic": Topic(**plain["topic"]),
            "urgency": Urgency(plain["urgency"]),
            "slots": Slots(**slots),
            "reasons": reasons,
            "matters": tuple(plain["matters"]),
        }
    )
