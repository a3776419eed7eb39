"""What a rule proposes for a case, and what a person chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

About = Literal["organ", "way"]


@dataclass(frozen=True)
class Decision:
    """One proposal and what became of it. `followed`: what was chosen is among what was proposed."""

    rule: str
    proposed: str
    chosen: str
    followed: bool

    @property
    def told(self) -> dict[str, Any]:
        """What the case's history keeps of it, beside the choice itself."""
        return {"rule": self.rule, "proposed": self.proposed, "hit": self.followed}


@dataclass(frozen=True)
class Outcome(Decision):
    """How often a rule's proposal had this outcome."""

    number: int
