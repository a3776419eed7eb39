"""Words of a text → the place it speaks of: names we know, and the grammar of Chinese addresses for those we do not."""

from __future__ import annotations

import re

from bot.understanding.facts.place.chains import chains
from bot.understanding.facts.place.span import Span
from bot.understanding.facts.place.spans import possible_spans
from bot.understanding.features import Words

_HOUSE = re.compile(
    r"(?:[A-Za-z]?\d{1,3}|[一二三四五六七八九十]{1,3})(?:号楼|栋楼?|号院)(?:[A-Za-z]?\d{1,2}|[一二三四五六七八九十甲乙丙]{1,2})?(?:单元)?(?:\d{3,4}室?)?|(?<![\d一二三四五六七八九十])\d单元"
)


def find_place(text: str, words: Words) -> tuple[int, int] | None:
    """The span of the most exact place, or None."""
    found = chains(text, sorted(possible_spans(text, words), key=lambda span: (span.start, -span.end)))
    if not found:
        bare = _HOUSE.search(text)
        return bare.span() if bare else None
    best = max(found, key=lambda span: (_worth(span), -span.start))
    return best.start, best.end


def _worth(span: Span) -> float:
    return min(span.level, 4) + (4 if span.known else 0) + min(span.end - span.start, 16) / 8 - span.start / 200
