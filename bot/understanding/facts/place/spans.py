"""Text and its words → all spans that may name a place: known names, numbered roads, names by their endings."""

from __future__ import annotations

import re

from bot.understanding.facts.place.gazetteer import known_names
from bot.understanding.facts.place.span import Span
from bot.understanding.facts.place.suffixes import suffixes
from bot.understanding.facts.place.words import GENERIC, IN_NAMES, NO_NAMES, STOPS
from bot.understanding.features import Words

_CODED = re.compile(r"(?<![A-Za-z])[A-Z]\d{0,2}(?:市|区|县|镇|乡)")
_NUMBERED_ROAD = re.compile(
    r"(?<![A-Za-z\d])(?:[GSX]\d{2,4}(?![\d元克])(?:国道|省道|高速|线)?|\d{3}(?:国道|省道|县道)|[一二三四五六七八九零幺]{3}国道)"
)
_COUNTED = re.compile(
    r"(?:[\d.]+|[一二两三四五六七八九十百几多好半]+)(?:个|家|条|座|所|片|块|台|件|公|本|年|天|层|栋|户|次|趟|里|万|千|元|分|小时)|.*(?:怎么|为什么|什么)"
)
_NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9·]+$")


def possible_spans(text: str, words: Words) -> list[Span]:
    """Spans in no order; `joins` marks those that need a known name beside them."""
    known, levels = known_names()
    spans = [Span(m.start(), m.end(), levels[m.group()], True) for m in known.finditer(text) if _whole(text, m)]
    spans += [Span(m.start(), m.end(), 2, True) for m in _CODED.finditer(text)]
    taken = {at for span in spans for at in range(span.start, span.end)}
    spans += [Span(m.start(), m.end(), 4, True) for m in _NUMBERED_ROAD.finditer(text) if m.start() not in taken]
    pattern, suffix_levels, strong = suffixes()
    for at, word in enumerate(words.words):
        match = pattern.search(word)
        if match is None or words.starts[at] + len(word) - 1 in taken:
            continue
        joins = match.group() not in strong
        span = _named(words, at, match.start(), suffix_levels[match.group()], joins, taken)
        if span is not None:
            spans.append(span)
    return spans


def _whole(text: str, match: re.Match[str]) -> bool:
    """前旗, 上湾 and the like are names only where no other word runs through them."""
    after = text[match.end() : match.end() + 1]
    return not (len(match.group()) == 2 and after in {"人", "话", "族", "语"} and match.group() not in {"东胜"})


def _named(words: Words, at: int, inside: int, level: int, joins: bool, taken: set[int]) -> Span | None:
    """Walk left from a suffix over the words of the name."""
    word, end = words.words[at], words.starts[at] + len(words.words[at])
    start, first = words.starts[at], at
    while first > 0 and end - start < 9 and _continues(words, first - 1, start, taken):
        first -= 1
        start = words.starts[first]
    first = _with_odd_character(words, first, at, joins or len(word) - inside < 2)
    start = words.starts[first]
    name = "".join(words.words[first:at]) + word[:inside]
    after_known = start - 1 in taken
    if after_known:
        return Span(start, end, level, joins=joins)
    if joins or len(name) < 2 or name in GENERIC or name in STOPS or _COUNTED.match(name):
        return None
    said = words.words[first:at]
    if any(part in GENERIC for part in said) or (len(said) == 0 and word in NO_NAMES):
        return None
    return Span(start, end, level)


def _with_odd_character(words: Words, first: int, at: int, joins: bool) -> int:
    """A name of two single characters, one of which is a word of its own: 鑫·通·大厦, 天·佐·小区."""
    if joins or sum(len(word) for word in words.words[first:at]) > 1:
        return first
    begins = first - 1
    if first == at:  # the odd one stands before the ending: then a rare one has to stand before it
        begins = first - 2
    said = words.words[max(0, begins) : at]
    together = words.starts[at] - words.starts[begins] == 2 if begins >= 0 else False
    odd, rare = (said[1], said[0]) if first == at and len(said) == 2 else (said[0] if said else "", "")
    fits = odd in IN_NAMES and (first < at or (rare not in STOPS and len(rare) == 1 and bool(_NAME.match(rare))))
    return begins if together and fits else first


def _continues(words: Words, at: int, start: int, taken: set[int]) -> bool:
    word = words.words[at]
    adjacent = words.starts[at] + len(word) == start
    return adjacent and word not in STOPS and bool(_NAME.match(word)) and words.starts[at] not in taken
