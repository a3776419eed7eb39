"""What a message does in a talk (greet, confirm, correct, tell a matter …), from the sentences of `nlu_data/nlu`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.understanding import store
from bot.understanding.features import blocks_of, cut
from bot.understanding.meaning import SentenceVectors, sentence_vectors
from bot.understanding.normalise import clean, without_signs
from bot.understanding.rows import Row, fingerprint
from bot.understanding.training import Documents, Progress, silent, train_judge

MATTER = "matter"
SURE = 0.85
LONGEST_ACT = 60
# What the citizen was told to write: the words after it are the reason.
_ASKS_REVIEW = re.compile(r"^(?:我要|我想|我)?申请复[查核][:：]")
_NAMES_SLOT = re.compile(r"^(?:我要|我想)?预约接访[:：]")
_CASE_NUMBER = re.compile(r"\d{8}\D?\d{5}|\d{4}\D?\d{4}\D?\d{4}\D?\d{4}")
_DEEDS = {"withdraw": re.compile(r"撤回|撤销|撤诉|撤了|不告了"), "hurry": re.compile(r"催|快点|抓紧|尽快")}


@dataclass(frozen=True)
class Act:
    """The likeliest act, and how sure: 0…1. `scores` holds the first few."""

    name: str
    sure: float
    scores: Mapping[str, float]


class Acts:
    """Judges acts: by heart where a sentence stands in the training data, else by words and meaning."""

    def __init__(self, bench: store.Bench, known: Mapping[str, str], meaning: SentenceVectors | None) -> None:
        self._vocabulary, self._judge = bench.vocabulary, bench.judges["act"]
        self._known, self._meaning = known, meaning

    @classmethod
    def load(cls, directory: Path) -> Acts:
        """Read what `train` wrote."""
        model = store.load(directory)
        return cls(model.benches[0], model.about["known"], sentence_vectors())

    @staticmethod
    def train(examples: Sequence[tuple[str, str]], directory: Path, progress: Progress = silent) -> None:
        """Learn from (sentence, act) pairs and write the model to a directory."""
        rows = [Row(text=text) for text, _ in examples]
        labels = [act for _, act in examples]
        documents = Documents.prepare(rows, sentence_vectors(), progress)
        judge = train_judge("act", documents, labels, progress)
        known = {_bare(text): act for text, act in examples if act != MATTER}
        bench = store.Bench(documents.vocabulary, {"act": judge})
        store.save(store.Model((bench,), fingerprint(rows), {"known": known}), directory)

    def judge(self, text: str) -> Act:
        """The act of one message. Never raises on what a citizen writes."""
        bare = _bare(text)
        if bare in self._known:
            return Act(self._known[bare], 1.0, {self._known[bare]: 1.0})
        if len(bare) <= 40 and _CASE_NUMBER.search(bare):
            act = _about_number(_CASE_NUMBER.sub("", bare))
            return Act(act, 1.0, {act: 1.0})
        if _ASKS_REVIEW.match(bare):
            return Act("request_review", 1.0, {"request_review": 1.0})
        if _NAMES_SLOT.match(bare):
            return Act("book_visit", 1.0, {"book_visit": 1.0})
        if len(text) > 4 * LONGEST_ACT:
            return Act(MATTER, 1.0, {MATTER: 1.0})
        return self._learned(clean(text).text)

    def _learned(self, text: str) -> Act:
        vector = self._vocabulary.vector(blocks_of(text, cut(text)))
        scores = self._judge.scores(vector)
        if scores.max() < SURE and self._meaning is not None and self._judge.wants_meaning:
            scores = self._judge.scores(vector, self._meaning.encode(text))
        best = np.argsort(-scores)[:3]
        named = {self._judge.classes[int(place)]: float(scores[place]) for place in best}
        return Act(self._judge.classes[int(best[0])], float(scores[best[0]]), named)


def _about_number(rest: str) -> str:
    """What is wanted of the case whose number stands there: to see it, unless another word is said."""
    return next((act for act, word in _DEEDS.items() if word.search(rest)), "ask_progress")


def _bare(text: str) -> str:
    """Without blanks and punctuation, full-width folded: how sentences are known by heart."""
    return without_signs(unicodedata.normalize("NFKC", text)).lower() or text.strip()
