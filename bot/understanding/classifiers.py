"""Vectors → calibrated scores: linear judges whose weights can be read back as reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.features import Vector

Floats = NDArray[np.float32]
# How much a subject line says beside the whole letter. A question above is often the question of somebody who wants
# something done: from 0.5 to 0.4 real letters rise by .01 and those of writers left out by .02; below, real ones fall.
HEADLINE_SHARE = 0.4


def softmax(margins: Floats) -> Floats:
    """Rows of margins → rows of probabilities."""
    shifted = np.exp(margins - margins.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True)
class Calibration:
    """Margins of one or two views → probabilities: scale each, add a bias a class, softmax."""

    scales: Floats
    bias: Floats

    def __call__(self, *margins: Floats) -> Floats:
        total = sum((scale * margin for scale, margin in zip(self.scales, margins, strict=False)), start=self.bias)
        return softmax(np.asarray(total, dtype=np.float32))


@dataclass(frozen=True)
class Judge:
    """One question (kind, topic, …), answered linearly from words and characters, and from a sentence vector."""

    name: str
    classes: tuple[str, ...]
    weights: Floats
    bias: Floats
    fast: Calibration
    meaning_weights: Floats | None = None
    meaning_bias: Floats | None = None
    both: Calibration | None = None

    @property
    def wants_meaning(self) -> bool:
        """Whether a sentence vector can sharpen this judge."""
        return self.both is not None

    def margins(self, vector: Vector) -> Floats:
        """Distance to each class's plane."""
        rows = self.weights[vector.columns].astype(np.float32)
        return np.asarray(vector.values @ rows + self.bias, dtype=np.float32)

    def scores(self, vector: Vector, meaning: Floats | None = None, headline: Vector | None = None) -> Floats:
        """Probabilities in the order of `classes`; a headline speaks beside the whole letter."""
        margins = self.margins(vector)
        if headline is not None:
            margins = (1 - HEADLINE_SHARE) * margins + HEADLINE_SHARE * self.margins(headline)
        if meaning is None or self.both is None:
            return self.fast(margins)
        assert self.meaning_weights is not None and self.meaning_bias is not None
        return self.both(margins, np.asarray(meaning @ self.meaning_weights + self.meaning_bias, dtype=np.float32))

    def column(self, name: str) -> int:
        """The place of a class."""
        return self.classes.index(name)
