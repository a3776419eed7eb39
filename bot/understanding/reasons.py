"""Linear weights → the words of the message that carried a judgement."""

from __future__ import annotations

import numpy as np

from bot.understanding.classifiers import Judge
from bot.understanding.features import Vocabulary, Words, word_keys

MOST = 4


def carrying_words(words: Words, judge: Judge, vocabulary: Vocabulary, chosen: str) -> tuple[str, ...]:
    """Up to four words whose weight speaks most for the chosen class, strongest first."""
    distinct = tuple(dict.fromkeys(word for word in words.words if len(word) > 1))[:200]
    if not distinct or not len(vocabulary.keys):
        return ()
    keys = word_keys(distinct, salt=2, pairs=False)
    at = np.searchsorted(vocabulary.keys, keys)
    at[at == len(vocabulary.keys)] = 0
    known = vocabulary.keys[at] == keys
    weights = judge.weights[at, judge.column(chosen)] * vocabulary.idf[at] * known
    order = np.argsort(-weights, kind="stable")[:MOST]
    return tuple(distinct[n] for n in order if weights[n] > 0)
