"""What a city teaches beside the project's sentences, learnt on trial: past cases, and what its staff corrected.

A part is kept back and never learnt by any model; on it the new one is judged beside the one in use.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from bot.domain.errors import BadInput
from bot.understanding import store
from bot.understanding.lookups import MESSAGES
from bot.understanding.meaning import sentence_vectors
from bot.understanding.report import CALLED, Comparison, Report, Verdict, write_report
from bot.understanding.reporting import BROUGHT, judged, label_of, unseen
from bot.understanding.rows import History, Progress, Row, read_messages
from bot.understanding.taxonomy import taxonomy
from bot.understanding.training import Trained, full_text, macro_f1, train_history_model, train_model
from bot.understanding.understander import Understander

# One row in so many is kept back. Corrections are few and each tells something, past cases are many.
ONE_CORRECTION_IN, ONE_PAST_CASE_IN = 5, 10
# A figure may be worse by one standard error of a share, at least by this; of what staff corrected, nothing is lost.
BY_CHANCE = 0.01


@dataclass(frozen=True)
class Lessons:
    """Rows of a city. A past case that was corrected counts as corrected."""

    history: History = field(default_factory=History)
    corrected: Sequence[Row] = ()

    def __bool__(self) -> bool:
        return bool(self.history.rows or self.corrected)

    def split(self) -> tuple[_Part, _Part]:
        """Past cases and corrections, each in two: to learn, and kept back. What is kept back is in no other part."""
        corrected, kept_corrected = _split(self.corrected, ONE_CORRECTION_IN)
        past, kept_past = _split(_without(self.history.rows, self.corrected), ONE_PAST_CASE_IN)
        kept = [*kept_corrected, *kept_past]
        return _Part(_without(past, kept), kept_past), _Part(_without(corrected, kept), kept_corrected)


@dataclass(frozen=True)
class _Part:
    learnt: list[Row]
    kept: list[Row]


def is_kept_back(row: Row, one_in: int) -> bool:
    """Always the same answer for a case: by its number, by its words where it has none."""
    mark = row.id or full_text(row)
    return int.from_bytes(hashlib.sha256(mark.encode()).digest()[:4], "big") % one_in == 0


def _split(rows: Sequence[Row], one_in: int) -> tuple[list[Row], list[Row]]:
    kept = [row for row in rows if is_kept_back(row, one_in)]
    return [row for row in rows if not is_kept_back(row, one_in)], kept


def _without(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    ids, texts = {row.id for row in others if row.id}, {full_text(row) for row in others}
    return [row for row in rows if row.id not in ids and full_text(row) not in texts]


def train_city(
    lessons: Lessons, plain: Path, former: Path, directory: Path, progress: Progress, messages: Path = MESSAGES
) -> Verdict:
    """Learn a city's lessons into `directory/understanding`, judge the model beside the former one, write the report.

    `plain` is the project's own model, learnt from `messages`: it brings whatever the city does not teach.
    """
    past, corrected = lessons.split()
    if not past.learnt and not corrected.learnt:
        raise BadInput("nothing to learn: every row is kept back for judging", field="history")
    project = read_messages(messages)
    model, trained = _learn(past.learnt, corrected.learnt, project, plain, progress)
    store.save(model, directory / "understanding")
    progress("judging the new model beside the one in use")
    verdict = _judge(past.kept, corrected.kept, former, directory / "understanding")
    reports = reports_on(past.learnt, trained, plain)
    write_report(reports, lessons.history.problems, directory / "report", verdict)
    return verdict


def _learn(
    past: list[Row], corrected: list[Row], project: list[Row], plain: Path, progress: Progress
) -> tuple[store.Model, dict[str, Trained]]:
    """Corrections are learnt beside the project's sentences, past cases (and corrections again) in front of both."""
    meaning = sentence_vectors()
    known = set(taxonomy().names)
    ours = [row if row.label in known else replace(row, label=None, level2=None) for row in corrected]
    base = train_model(project, meaning, progress, ours) if corrected else store.load(plain)
    if not past:
        return base, {}
    labelled = [*past, *(row for row in corrected if row.label)]
    model, trained = train_history_model(labelled, project, base, meaning, progress)
    return replace(model, about={**model.about, "project": _figures_on_project(base)}), trained


def _figures_on_project(model: store.Model) -> dict[str, float]:
    """Rows and macro-F1 on the project's own sentences, each judged by machines that had not seen it."""
    about = model.about
    return dict(about["project"] if "project" in about else {"rows": about["rows"], **about["unseen_macro_f1"]})


def reports_on(rows: Sequence[Row], trained: Mapping[str, Trained], plain: Path) -> list[Report]:
    """A report for each label on learnt rows: by what was learnt from them, else by the model that was before."""
    others = [about for about in CALLED if about not in trained and any(label_of(row, about) for row in rows)]
    brought = judged(Understander.load(plain), rows, others, BROUGHT) if others else []
    return [*unseen(trained, rows), *brought]


def _judge(past: list[Row], corrected: list[Row], former: Path, fresh: Path) -> Verdict:
    old, new = Understander.load(former), Understander.load(fresh)
    found = []
    if corrected:
        found.append(Comparison("更正过的诉求（留出）", len(corrected), *_both(_share_right, corrected, old, new)))
    if past:
        found.append(compare_past(past, old, new))
    return Verdict((*found, *_rest(_figures_on_project(old.model), _figures_on_project(new.model))))


def compare_past(kept: list[Row], old: Understander, new: Understander) -> Comparison:
    """The topics of past cases that neither model has learnt."""
    return Comparison("往年件（留出）", len(kept), *_both(_topics, kept, old, new), by_chance(len(kept)))


def _rest(before: dict[str, float], now: dict[str, float]) -> Iterator[Comparison]:
    rows = int(now["rows"])
    for name, called in CALLED.items():
        if name in before and name in now:
            yield Comparison(f"自带语句（轮流留出）：{called}", rows, before[name], now[name], by_chance(rows))


def by_chance(rows: int) -> float:
    """How much a figure over so many rows may fall without anything being worse."""
    return max(BY_CHANCE, 0.5 / math.sqrt(max(1, rows)))


def _both(
    measure: Callable[[Understander, list[Row]], float], rows: list[Row], old: Understander, new: Understander
) -> tuple[float, float]:
    return measure(old, rows), measure(new, rows)


def _share_right(understander: Understander, rows: list[Row]) -> float:
    """Of all labels that staff gave, the share that is judged so."""
    right = wanted = 0
    for row in rows:
        reading = understander.read(full_text(row))
        judged = {"kind": reading.kind.value, "label": reading.topic.level1, "urgency": int(reading.urgency)}
        given = {name: getattr(row, name) for name in judged if getattr(row, name) is not None}
        wanted += len(given)
        right += sum(judged[name] == value for name, value in given.items())
    return right / max(1, wanted)


def _topics(understander: Understander, rows: list[Row]) -> float:
    """Macro-F1 among the labels of these rows."""
    labels = sorted({str(row.label) for row in rows})
    scores = [understander.read(full_text(row)).topic_scores for row in rows]
    guessed = [int(np.argmax([score.get(name, 0.0) for name in labels])) for score in scores]
    return macro_f1(np.array([labels.index(str(row.label)) for row in rows]), np.array(guessed))


def write_history(rows: Sequence[Row], file: Path) -> None:
    """The rows as JSON lines that `read_history` reads, for the owner's eyes: they are people's words."""
    lines = [json.dumps({k: v for k, v in asdict(row).items() if v}, ensure_ascii=False) for row in rows]
    file.touch(0o600)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
