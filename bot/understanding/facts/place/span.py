"""What every step of reading a place hands to the next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Characters start…end that may name a place; `level` grows with exactness, `known` if it stands in the gazetteer;
    `joins` if it is worth something only beside a known name."""

    start: int
    end: int
    level: int
    known: bool = False
    joins: bool = False
