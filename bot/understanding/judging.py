"""A clean text → the scores of every judge: quick ones first, sentence vectors where these are unsure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.understanding import store
from bot.understanding.classifiers import Floats, Judge
from bot.understanding.features import Keys, Vector, Vocabulary, blocks_of, cut
from bot.understanding.meaning import SentenceVectors
from bot.understanding.rows import NO_MATTER

# A judgement at least so sure is not read a second time by meaning: so half of the messages are spared the time.
SURE = {"topic": 0.42, "kind": 0.55, "urgency": 0.58, "critical": 0.93}
# Between these a message may be none of our business: meaning tells better than words whether there is a matter.
MAYBE_NOTHING = (0.04, 0.90)
# What a letter wants stands in its subject; what it is about, in the whole of it.
TOLD_BY_HEADLINE = ("kind",)


@dataclass(frozen=True)
class Scores:
    """Classes and probabilities of one judgement."""

    judge: Judge
    values: Floats

    @property
    def best(self) -> str:
        """The likeliest class."""
        return self.judge.classes[int(np.argmax(self.values))]

    @property
    def confidence(self) -> float:
        """The probability of the likeliest class."""
        return float(self.values.max())

    def as_dict(self) -> dict[str, float]:
        """Class → probability."""
        return {name: float(value) for name, value in zip(self.judge.classes, self.values, strict=False)}


class Judges:
    """The judges of a model, each at its bench, and the sentence vectors that the unsure ones ask for."""

    def __init__(self, model: store.Model, meaning: SentenceVectors | None) -> None:
        self.meaning = meaning
        self._benches = {name: bench for bench in reversed(model.benches) for name in bench.judges}

    def __getitem__(self, name: str) -> Judge:
        return self._benches[name].judges[name]

    def __contains__(self, name: str) -> bool:
        return name in self._benches

    def vocabulary(self, name: str) -> Vocabulary:
        """What this judge knows of words and characters."""
        return self._benches[name].vocabulary

    def judge(self, text: str, document: tuple[Keys, ...] | None = None, headline: str = "") -> dict[str, Scores]:
        """Every judgement of a clean text."""
        document = blocks_of(text, cut(text)) if document is None else document
        top = blocks_of(headline, cut(headline)) if headline else None
        judged = self._scores(document, None, self._benches, top)
        unsure = [name for name in SURE if name in judged and _is_unsure(judged[name])]
        if unsure and self.meaning is not None:
            judged |= self._scores(document, self.meaning.encode(text), [*unsure, "level2"], top)
        return judged

    def by_words(self, name: str, text: str) -> Scores:
        """One judgement without sentence vectors: quick, and good enough to compare parts of a text."""
        return self._scores(blocks_of(text, cut(text)), None, [name])[name]

    def _scores(
        self,
        document: tuple[Keys, ...],
        meaning: Floats | None,
        names: Iterable[str],
        headline: tuple[Keys, ...] | None = None,
    ) -> dict[str, Scores]:
        vectors: dict[int, Vector] = {}
        judged: dict[str, Scores] = {}
        for name in names:
            bench = self._benches.get(name)
            if bench is None:
                continue
            if id(bench) not in vectors:  # judges of one bench look at one vector
                vectors[id(bench)] = bench.vocabulary.vector(document)
            judge = bench.judges[name]
            top = bench.vocabulary.vector(headline) if headline and name in TOLD_BY_HEADLINE else None
            judged[name] = Scores(judge, judge.scores(vectors[id(bench)], meaning, top))
        return judged


def _is_unsure(scores: Scores) -> bool:
    if not scores.judge.wants_meaning:
        return False
    least, most = MAYBE_NOTHING
    return scores.confidence < SURE[scores.judge.name] or least < scores.as_dict().get(NO_MATTER, 0.0) < most


def likeliest_under(scores: Scores | None, level1: str) -> str:
    """The likeliest second level under a first level that has been chosen; nothing where none is known."""
    under = {} if scores is None else {n: v for n, v in scores.as_dict().items() if n.startswith(f"{level1}/")}
    return max(under, key=lambda name: under[name]).partition("/")[2] if under else ""


def shares_of(scores: Scores, names: Sequence[str]) -> dict[str, float]:
    """The scores of some classes as shares of one."""
    values = scores.as_dict()
    kept = {name: values.get(name, 0.0) + 1e-9 for name in names}
    total = sum(kept.values())
    return {name: value / total for name, value in kept.items()}
