"""A rating while it is being given: case and answers so far → the next question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# Question → the text that asks it, in the order they are asked.
QUESTIONS = {"及时": "utter_rate_prompt", "态度": "utter_rate_attitude", "解决": "utter_rate_solved"}


@dataclass(frozen=True)
class Rating:
    """评价: answers from 1 to 5 by question."""

    case_no: str
    title: str
    scores: Mapping[str, int] = field(default_factory=dict)

    @property
    def next_question(self) -> str | None:
        """The first one without an answer."""
        return next((question for question in QUESTIONS if question not in self.scores), None)

    def answered(self, question: str, score: int) -> Rating:
        """With one more answer; a second answer to a question counts instead of the first."""
        return replace(self, scores={**self.scores, question: score})

    def to_slot(self) -> dict[str, Any]:
        """As the talk remembers it."""
        return {"case_no": self.case_no, "title": self.title, "scores": dict(self.scores)}

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> Rating | None:
        """As it was remembered."""
        return cls(slot["case_no"], slot["title"], slot["scores"]) if slot else None
