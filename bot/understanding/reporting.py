"""Labelled rows and a model → reports, one for each label that stands on the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bot.domain.reading import Reading
from bot.understanding.report import CALLED, Report
from bot.understanding.rows import KINDS, NO_MATTER, Row, shown
from bot.understanding.training import Trained, full_text
from bot.understanding.understander import Understander

UNSEEN = "由没有见过这些来信的模型判断（轮流留出）。"
BROUGHT = "带这项标签的来信太少，或者只有一种，没有另学；这里是自带模型的判断。"
_URGENCIES = ("1", "2", "3", "4")


def unseen(trained: Mapping[str, Trained], rows: Sequence[Row]) -> list[Report]:
    """What was learnt from rows that begin with these, on these, each judged by machines that had not seen it."""
    found = []
    for about in CALLED:
        if about in trained:
            part = trained[about]
            ours = part.rows < len(rows)
            classes = [shown(about, name) for name in part.judge.classes]
            texts = [full_text(rows[at]) for at in part.rows[ours]]
            found.append(Report.of_scores(about, classes, part.truth[ours], part.scores[ours], texts, UNSEEN))
    return found


def judged(
    understander: Understander, rows: Sequence[Row], about: Sequence[str] = tuple(CALLED), note: str = ""
) -> list[Report]:
    """What the bot makes of rows, for each of these labels that stands on one; topics must be known to the model."""
    rows = [row for row in rows if any(label_of(row, name) for name in about)]
    read = list(zip(rows, understander.read_many(map(full_text, rows)), strict=True))
    found = []
    for name in about:
        labelled = [(row, reading) for row, reading in read if label_of(row, name)]
        if labelled:
            found.append(_report(name, _classes(understander, name), labelled, note))
    return found


def label_of(row: Row, about: str) -> str | None:
    """The label of a row as judges name it, None where it is not known."""
    if about == "topic":
        return row.label
    return row.kind if about == "kind" else str(row.urgency) if row.urgency else None


def _classes(understander: Understander, about: str) -> Sequence[str]:
    return {"topic": understander.topic_names, "kind": (*KINDS, NO_MATTER), "urgency": _URGENCIES}[about]


def _report(about: str, classes: Sequence[str], labelled: Sequence[tuple[Row, Reading]], note: str) -> Report:
    said = [_said(about, reading) for _, reading in labelled]
    return Report(
        about,
        tuple(shown(about, name) for name in classes),
        np.array([classes.index(str(label_of(row, about))) for row, _ in labelled]),
        np.array([classes.index(name) for name, _ in said]),
        np.array([confidence for _, confidence in said], dtype=np.float32),
        [full_text(row) for row, _ in labelled],
        note,
    )


def _said(about: str, reading: Reading) -> tuple[str, float]:
    """What a reading says, and how surely; that there is no matter is said without a figure."""
    if about == "topic":
        return reading.topic.level1, reading.topic_scores[reading.topic.level1]
    if about == "urgency":
        level = str(int(reading.urgency))
        return level, reading.urgency_scores[level]
    kind = reading.kind.value
    return (NO_MATTER, float("nan")) if reading.no_matter else (kind, reading.kind_scores[kind])
