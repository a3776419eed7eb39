"""Key fields (重点领域) as citizens tell them: signs made of words that stand near one another, read from taxonomy.yml.

The first field that shows a sign is the message's. A sign names parts (lists of words) that must stand near its first
part, parts that must not (`unless`), and the codes of topics it counts under, of either level (`under`; none: any). In a
word … stands for up to ten characters within a sentence, {part} for any word of another part.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# So many characters apart, words are still about one thing.
NEAR = 60
_GAP = "[^。！？!?；\n]{0,10}"
_OTHER_PART = re.compile(r"\{(\w+)\}")

Words = re.Pattern[str]


@dataclass(frozen=True)
class Sign:
    """Parts that stand near the first of them, none of `unless` near it; `under` are codes of topics, none: any."""

    first: Words
    others: tuple[Words, ...]
    unless: tuple[Words, ...]
    under: tuple[str, ...]

    def stands_in(self, text: str, code: str) -> bool:
        """Whether a message under a topic of this code shows the sign."""
        if self.under and not code.startswith(self.under):
            return False
        anchors = _places(self.first, text)
        if not anchors:
            return False
        others = [_places(part, text) for part in self.others]
        if not all(others):
            return False
        against = [_places(part, text) for part in self.unless]
        return any(
            all(_near(anchor, places) for places in others) and not any(_near(anchor, places) for places in against)
            for anchor in anchors
        )


@dataclass(frozen=True)
class KeyField:
    """A field the city works on with a leader in charge, and the signs of it."""

    name: str
    definition: str
    signs: tuple[Sign, ...]

    def is_told(self, text: str, code: str) -> bool:
        """Whether a message under a topic of this code is of this field."""
        return any(sign.stands_in(text, code) for sign in self.signs)


def read_key_fields(entries: Sequence[Mapping[str, Any]], shared: Mapping[str, Sequence[Any]]) -> tuple[KeyField, ...]:
    """The entries of `key_fields`, with the parts they share. ValueError: a part is named that is not there."""
    return tuple(_key_field(entry, {**shared, **entry["parts"]}) for entry in entries)


def _key_field(entry: Mapping[str, Any], parts: Mapping[str, Sequence[Any]]) -> KeyField:
    name = str(entry["name"])
    try:
        signs = tuple(_sign(sign, parts) for sign in entry["signs"])
    except KeyError as missing:
        raise ValueError(f"taxonomy.yml, key field {name}: no part is called {missing}") from missing
    return KeyField(name, str(entry["definition"]), signs)


def _sign(sign: Mapping[str, Any], parts: Mapping[str, Sequence[Any]]) -> Sign:
    first, *others = (_words(parts[name], parts) for name in sign["parts"])
    unless = tuple(_words(parts[name], parts) for name in sign.get("unless", ()))
    return Sign(first, tuple(others), unless, tuple(map(str, sign.get("under", ()))))


def _words(words: Sequence[Any], parts: Mapping[str, Sequence[Any]]) -> Words:
    return re.compile("|".join(_pattern(str(word), parts) for word in words))


def _pattern(word: str, parts: Mapping[str, Sequence[Any]]) -> str:
    """Literal text, gaps of bounded length and one level of other parts: nothing that could backtrack far."""
    pieces = _OTHER_PART.split(word)
    literal = [_GAP.join(map(re.escape, piece.split("…"))) for piece in pieces[::2]]
    named = ["(?:" + "|".join(re.escape(str(one)) for one in parts[name]) + ")" for name in pieces[1::2]]
    return "".join(piece for pair in zip(literal, [*named, ""], strict=True) for piece in pair)


def _places(words: Words, text: str) -> list[int]:
    return [match.start() for match in words.finditer(text)]


def _near(anchor: int, places: list[int]) -> bool:
    at = bisect_left(places, anchor - NEAR)
    return at < len(places) and places[at] <= anchor + NEAR
