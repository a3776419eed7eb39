"""A rating while it is being given: case and answers so far → the next question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# Question → the text that asks it, in the order they are asked.
QUESTIONS = {"及时": "utter_rate_prompt", "态度": "utter_rate_attitude", "解决": "utter_rate_solved"}
_SCORE = re.compile(r"^(及时|态度|解决)\s*([1-5])\s*分$")
# Whoever says more than this tells something.
LONGEST_ANSWER = 10
_NO_SCORE = re.compile(r"评|打分|谢|算了|撤|查|不(?:想|用|要|需要|知道|清楚|了$)|^好的|取消|人工|登记|[吗么呢?？]$")
# The first that fits counts: «很不满意» is neither content nor very content.
_IN_WORDS = (
    (1, re.compile(r"[很太非常特别]+(?:不|慢|差)|恶劣|最差|根本没|一点.?[没不]|压根")),
    (2, re.compile(r"(?<!差)不(?!错)|慢|差(?!不多)|没(?!说的)")),
    (3, re.compile(r"一般|还[行可]|就那样|还那样|凑合|差不多|一半|部分|中等")),
    (5, re.compile(r"[很太非常特别]+(?:快|好|及时|满意)|好得很|快得很|都?解决了|最好|没说的")),
    (4, re.compile(r"快|好|及时|满意|可以|行|不错")),
)


@dataclass(frozen=True)
class Rating:
    """评价: answers from 1 to 5 by question. `case` is what the case is called in a sentence.

    `turn` is the message that the last question was put after, `fresh` whether that was the turn before.
    """

    case_no: str
    case: str
    scores: Mapping[str, int] = field(default_factory=dict)
    turn: int | None = None
    fresh: bool = True

    @property
    def next_question(self) -> str | None:
        """The first one without an answer."""
        return next((question for question in QUESTIONS if question not in self.scores), None)

    def answered(self, said: str) -> Rating | None:
        """With one more answer, None where there is none in the words; a second answer to a question counts instead."""
        tapped = _SCORE.match(said.strip())
        question = tapped[1] if tapped else (self.next_question if self.fresh else None)
        score = int(tapped[2]) if tapped else score_in_words(said)
        return replace(self, scores={**self.scores, question: score}) if question and score else None

    def to_slot(self) -> dict[str, Any]:
        """As the talk remembers it."""
        return {**vars(self), "scores": dict(self.scores)}

    @classmethod
    def from_slot(cls, slot: Mapping[str, Any] | None) -> Rating | None:
        """As it was remembered."""
        return cls(**slot) if slot and "case" in slot else None


def score_in_words(said: str) -> int:
    """«挺快的» → 4; 0 where no answer can be heard."""
    if len(said.strip()) > LONGEST_ANSWER or _NO_SCORE.search(said):
        return 0
    return next((score for score, pattern in _IN_WORDS if pattern.search(said)), 0)
