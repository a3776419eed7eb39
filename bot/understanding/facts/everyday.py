"""Frequent words, as jieba's dictionary counts and marks them: no name begins with a verb or a particle, and common nouns
alone name nothing."""

from __future__ import annotations

from functools import cache

import jieba

# ICTCLAS tags: adverbs, prepositions, conjunctions, pronouns, particles, numerals, measures, places, times, phrases.
_FUNCTION = frozenset(["d", "p", "c", "r", "rr", "rz", "u", "m", "mq", "q", "y", "e", "f", "t", "s", "l", "i"])
_VERB = frozenset(["v", "vd", "vi", "vq"])
_PROPER = ("nr", "ns", "nt", "nz")
# Rarer verbs are what firms are called: 启航, 腾飞.
_FREQUENT, _SELDOM = 50, 4
_LONGEST = 4


@cache
def _frequent() -> tuple[frozenset[str], frozenset[str]]:
    everyday, common = set(), set()
    with jieba.get_dict_file() as lines:
        for line in lines:
            word, frequency, tag = line.decode("utf-8").split()
            if len(word) > _LONGEST or (int(frequency) < _SELDOM and len(word) < _LONGEST):
                continue
            if tag in _FUNCTION or tag in _VERB:
                everyday.update([word] if int(frequency) >= _FREQUENT else [])
            elif not tag.startswith(_PROPER):
                common.add(word)
    return frozenset(everyday), frozenset(common)


def is_everyday(word: str) -> bool:
    """Verbs, adverbs, particles, numerals and the like: they stand between names."""
    return word in _frequent()[0]


def is_common(word: str) -> bool:
    """Nouns and adjectives of everybody's, of two characters and more: they stand in names and make none."""
    return len(word) > 1 and word in _frequent()[1]


def is_rare(word: str) -> bool:
    """No word of everybody's, so that it may be a person's name."""
    return not any(word in words for words in _frequent())
