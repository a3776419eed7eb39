"""Linear weights → the words of the message that carried a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.understanding.classifiers import Floats, Judge
from bot.understanding.features import Keys, Vocabulary, Words, character_keys, word_keys
from bot.understanding.normalise import is_chinese

MOST, LONGEST = 4, 100
# Words that stand in one message of twenty say nothing about danger or a topic, though they may about a kind.
EVERYDAY = 4.0


@dataclass(frozen=True)
class Told:
    """The words of a text that can be reasons, with the columns that stand for each in one vocabulary."""

    words: tuple[str, ...]
    columns: NDArray[np.int64]
    of_word: NDArray[np.int64]
    shares: Floats
    rare: NDArray[np.bool_]

    @classmethod
    def prepare(cls, words: Words, vocabulary: Vocabulary, besides: str = "") -> Told:
        """Words of two Chinese characters or more, without those of the part `besides` (the place)."""
        kept = tuple(word for word in dict.fromkeys(words.words) if _is_telling(word, besides))[:LONGEST]
        keys = [_keys_of(word) for word in kept]
        lengths = np.array([len(part) for part in keys], dtype=np.int64)
        at, known = vocabulary.find(np.concatenate(keys) if keys else np.zeros(0, dtype=np.uint64))
        of_word = np.repeat(np.arange(len(kept)), lengths)
        as_words = np.cumsum(lengths) - lengths  # the first key of a word is the word itself
        idf = np.where(known, vocabulary.idf[at], np.float32(EVERYDAY)) if len(vocabulary.keys) else np.zeros(len(at))
        count = np.maximum(1, np.bincount(of_word[known], minlength=len(kept)))
        shares = (idf[known] / count[of_word[known]]).astype(np.float32)
        return cls(kept, at[known], of_word[known], shares, idf[as_words] >= EVERYDAY)

    def carrying(self, judge: Judge, chosen: str, everyday: bool = False) -> tuple[str, ...]:
        """Up to four words that speak most for the chosen class, by themselves and by their characters."""
        if not len(self.columns):
            return ()
        weights = judge.weights[self.columns, judge.column(chosen)] * self.shares
        speaks = np.bincount(self.of_word, weights, minlength=len(self.words))
        if not everyday:
            speaks[~self.rare] = 0.0
        order = np.argsort(-speaks, kind="stable")[:MOST]
        return tuple(self.words[n] for n in order if speaks[n] > 0)


def _is_telling(word: str, besides: str) -> bool:
    return len(word) > 1 and word not in besides and all(map(is_chinese, word))


@lru_cache(maxsize=65536)
def _keys_of(word: str) -> Keys:
    return np.concatenate([word_keys((word,), salt=2, pairs=False), character_keys(word, 4, salt=1)])
