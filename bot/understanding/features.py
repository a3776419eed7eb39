"""Clean text → numbered features: character n-grams and words, hashed without a dictionary of strings."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache

import jieba
import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Values = NDArray[np.float32]

jieba.setLogLevel(logging.WARNING)

# Any odd number with well spread bits will do; it may never change, or saved models read nothing.
_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_STOP = frozenset(" \t\n")


@dataclass(frozen=True)
class Words:
    """The words of a text and where they begin."""

    words: tuple[str, ...]
    starts: tuple[int, ...]


def cut(text: str) -> Words:
    """Words by jieba, without blanks."""
    words: list[str] = []
    starts: list[int] = []
    at = 0
    for word in jieba.cut(text, HMM=False):
        if word.strip():
            words.append(word)
            starts.append(at)
        at += len(word)
    return Words(tuple(words), tuple(starts))


def _spread(keys: Keys, salt: int) -> Keys:
    """Splitmix finaliser: neighbours become strangers, kinds of feature never meet. Arrays overflow without a word."""
    keys = keys + np.uint64((salt * 0xD1B54A32D192ED03) & _MASK)
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def _code_points(text: str) -> Keys:
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)


def character_keys(text: str, longest: int = 4, salt: int = 0) -> Keys:
    """Hashes of all runs of 1…longest characters, repeated as often as they stand."""
    points = _code_points(" ".join(text.lower().split()))
    found: list[Keys] = []
    rolling = np.zeros(len(points), dtype=np.uint64)
    for length in range(1, min(longest, len(points)) + 1):
        window = points[length - 1 :]
        rolling = rolling[: len(window)] * np.uint64(_BASE) + window
        found.append(_spread(rolling, salt * 64 + length))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.uint64)


@lru_cache(maxsize=65536)
def word_key(word: str) -> int:
    """The hash of one word."""
    key = 0
    for character in word.lower():
        key = (key * _BASE + ord(character) + 1) & _MASK
    return key


def word_keys(words: tuple[str, ...], salt: int = 0, pairs: bool = True) -> Keys:
    """Hashes of words and, if asked, of neighbouring pairs."""
    single = np.array([word_key(word) for word in words], dtype=np.uint64)
    if not pairs or len(single) < 2:
        return _spread(single, salt * 64 + 33)
    double = single[:-1] * np.uint64(_BASE) + single[1:]
    return np.concatenate([_spread(single, salt * 64 + 33), _spread(double, salt * 64 + 34)])


# A first line this long over a body at least this long is the subject of a letter.
_HEADLINE, _BODY = range(5, 61), 40
_SALUTATION = ("：", ":", "，", ",")


def headline_of(text: str) -> str:
    """The subject line of a letter; nothing for a chat message or where the first line only greets."""
    first, _, rest = text.strip().partition("\n")
    first = first.strip()
    is_one = len(first) in _HEADLINE and len(rest) >= _BODY and not first.endswith(_SALUTATION)
    return first if is_one else ""


# The blocks of features. Each is scaled by itself, so that a long letter does not drown its own first line.
HEAD = 36
BLOCKS: tuple[tuple[str, float], ...] = (("characters", 1.0), ("words", 1.0), ("head", 0.8))


def blocks_of(text: str, words: Words) -> tuple[Keys, ...]:
    """The keys of each block, in the order of BLOCKS; the head is a letter's subject, or how a message begins."""
    headline = headline_of(text)
    head = headline or text[:HEAD]
    head_words = tuple(word for word, start in zip(words.words, words.starts, strict=False) if start < len(head))
    return (
        character_keys(text, 4, salt=1),
        word_keys(words.words, salt=2),
        np.concatenate([word_keys(head_words, salt=3), character_keys(head, 4 if headline else 3, salt=4)]),
    )


@dataclass(frozen=True)
class Vector:
    """A message as columns and values of one vocabulary."""

    columns: NDArray[np.int64]
    values: Values


def _counted(keys: Keys) -> tuple[Keys, NDArray[np.int64]]:
    """Each key once, in order, and how often it stands there (`np.unique` with half of its detours)."""
    ordered = np.sort(keys)
    first = np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, [len(ordered)]))
    return ordered[first[:-1]], first[1:] - first[:-1]


class Vocabulary:
    """Which hashes count, and how much: sorted keys with their inverse document frequencies."""

    def __init__(self, keys: Keys, idf: Values) -> None:
        self.keys, self.idf = keys, idf

    @classmethod
    def learn(cls, documents: list[tuple[Keys, ...]], at_least: int = 2) -> Vocabulary:
        """Keep what stands in at least so many documents."""
        once = [np.unique(block) for document in documents for block in document]
        keys, counts = np.unique(np.concatenate(once), return_counts=True)
        kept = counts >= at_least
        idf = np.log((1 + len(documents)) / (1 + counts[kept])) + 1
        return cls(keys[kept], idf.astype(np.float32))

    def find(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The column of each key, and whether it is known at all (if not, the column is any)."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=bool)
        at = self.keys.searchsorted(keys)
        at[at == len(self.keys)] = 0
        return at, self.keys[at] == keys

    def vector(self, document: tuple[Keys, ...]) -> Vector:
        """Weighted columns; every block has the length of its weight in BLOCKS."""
        parts = [self._block(keys, weight) for keys, (_, weight) in zip(document, BLOCKS, strict=False)]
        columns = np.concatenate([part[0] for part in parts])
        return Vector(columns, np.concatenate([part[1] for part in parts]))

    def _block(self, keys: Keys, weight: float) -> tuple[NDArray[np.int64], Values]:
        if not len(self.keys) or not len(keys):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        unique, counts = _counted(keys)
        at, known = self.find(unique)
        columns = at[known]
        values = (1 + np.log(counts[known])) * self.idf[columns]
        length = float(np.sqrt(np.dot(values, values))) or 1.0
        return columns, (values * (weight / length)).astype(np.float32)
