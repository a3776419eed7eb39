"""What `python -m bot understand | train | evaluate` do. On bad input, BadInput: then nothing is written."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NoReturn, TextIO

from bot.domain.errors import BadInput
from bot.domain.reading import Reading
from bot.understanding import store
from bot.understanding.lessons import Lessons, compare_past, reports_on
from bot.understanding.lookups import MESSAGES
from bot.understanding.meaning import sentence_vectors
from bot.understanding.report import Report, Verdict, write_report
from bot.understanding.reporting import judged
from bot.understanding.rows import (
    HALF_A_CHARACTER,
    LABELS,
    History,
    Progress,
    Row,
    read_history,
    read_messages,
    silent,
    without_contradictions,
    without_lonely_labels,
)
from bot.understanding.taxonomy import taxonomy
from bot.understanding.training import check_enough, train_history_model, train_model
from bot.understanding.understander import Understander
from bot.understanding.urgency import safety_layer

WORTH_TWO_PROCESSES = 300
# How a byte that is no UTF-8 is read from standard input (PEP 383), and how many of them may be an accident.
_BROKEN_BYTE = re.compile(r"[\udc80-\udcff]")
MOST_BROKEN = 4
PREVIOUS, REFUSED = "previous", "refused"


@dataclass(frozen=True)
class Question:
    """One line of `understand`."""

    id: object
    text: str


@dataclass(frozen=True)
class Outcome:
    """What a training came to, where its report lies, and how the new model stood beside the former, if there was one.

    There is one report of each label on the rows, the topic's first.
    """

    reports: list[Report]
    problems: list[str]
    verdict: Verdict | None
    directory: Path

    @property
    def taken(self) -> bool:
        """False where the former model stays because the new one is worse."""
        return self.verdict is None or self.verdict.taken


def train_default(directory: Path, messages: Path = MESSAGES, progress: Progress = silent) -> store.Model:
    """Train on the project's own sentences."""
    rows = read_messages(messages)
    model = train_model(rows, sentence_vectors(), progress)
    store.save(model, directory)
    return model


def understand(lines: Iterable[str], out: TextIO, model: Path, processes: int = 2) -> int:
    """JSON lines {"id", "text"} → one JSON line each; all lines are read before the first is written."""
    questions = list(read_questions(lines))
    if len(questions) < WORTH_TWO_PROCESSES or processes < 2:
        answers: Iterable[str] = map(_answer_with(Understander.load(model)), questions)
        return _write(answers, out)
    store.load(model)
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_start_worker, initargs=(model,)) as pool:
        return _write(pool.map(_answer_in_worker, questions, chunksize=32), out)


def _write(answers: Iterable[str], out: TextIO) -> int:
    count = 0
    for answer in answers:
        out.write(answer + "\n")
        count += 1
    return count


def read_questions(lines: Iterable[str]) -> Iterator[Question]:
    """Check each line; the error names the line and what is wanted."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        _check_bytes(line, number)
        try:
            record = json.loads(line.removeprefix("\ufeff"), parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"line {number}: not JSON ({error})", field=f"line {number}") from error
        if not isinstance(record, dict):
            raise BadInput(f'line {number}: wanted an object {{"id", "text"}}', field=f"line {number}")
        yield _question(record, number)


def _check_bytes(line: str, number: int) -> None:
    """Bytes may be broken; a line of GBK would be answered as if nothing had been said."""
    if len(_BROKEN_BYTE.findall(line)) <= MOST_BROKEN:
        return
    try:
        line.encode("utf-8", "surrogateescape").decode("gb18030")
    except UnicodeError:
        return
    raise BadInput(f"line {number}: GBK; wanted UTF-8", field=f"line {number}")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _question(record: dict[str, Any], number: int) -> Question:
    if "id" not in record or isinstance(record["id"], (dict, list)):
        raise BadInput(f"line {number}: `id` is missing or not a plain value", field="id")
    subject, text = record.get("subject", ""), record.get("text", record.get("detail"))
    if not isinstance(text, str) or not isinstance(subject, str):
        raise BadInput(f"line {number}: `text` is missing or not text", field="text")
    return Question(record["id"], f"{subject}\n{text}" if subject else text)


def _answer_with(understander: Understander) -> Callable[[Question], str]:
    return lambda question: _as_line(as_json(question.id, understander.read(question.text)))


def _as_line(answer: dict[str, Any]) -> str:
    """JSON that can be written as UTF-8: halves of characters, as an id may hold them, stay escaped as they came."""
    return HALF_A_CHARACTER.sub(lambda half: f"\\u{ord(half.group()):04x}", json.dumps(answer, ensure_ascii=False))


_in_this_process: list[Callable[[Question], str]] = []


def _start_worker(model: Path) -> None:
    _in_this_process.append(_answer_with(Understander.load(model)))


def _answer_in_worker(question: Question) -> str:
    return _in_this_process[0](question)


def as_json(id: object, reading: Reading) -> dict[str, Any]:
    """A reading in the form of the outside surface (docs: batch understanding)."""
    topic, slots = reading.topic, reading.slots
    return {
        "id": id,
        "kind": reading.kind.value,
        "kind_scores": _rounded(reading.kind_scores),
        "topic": {"code": topic.code, "level1": topic.level1, "level2": topic.level2},
        "topic_scores": _rounded(reading.topic_scores),
        "urgency": int(reading.urgency),
        "urgency_scores": _rounded(reading.urgency_scores),
        "slots": {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(slots).items()},
        "title": reading.title,
        "abstain": reading.abstain,
        "no_matter": reading.no_matter,
        "unsure": reading.unsure,
        "key_field": reading.key_field,
        "script": reading.script,
        "reasons": [{"about": r.about, "words": list(r.words), "note": r.note} for r in reading.reasons],
        "matters": list(reading.matters),
    }


def _rounded(scores: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in scores.items()}


def train_history(history: Path, directory: Path, base: Path, progress: Progress = silent) -> Outcome:
    """Train on a city's own labelled cases into a directory; bad rows are listed, a worse model does not take over.

    One past case in ten is kept back, always the same ones; on those of this file the new model is judged beside the
    former. Either way there is a report: beside the model, or in `refused/`.
    """
    former = _former(directory)
    found, kept = _keep_back(read_own_history(history))
    project, meaning = read_messages(MESSAGES), sentence_vectors()
    model, trained = train_history_model(found.rows, project, store.load(base), meaning, progress)
    reports = reports_on(found.rows, trained, base)
    verdict = _verdict(former, model, kept, progress) if former and kept else None
    outcome = Outcome(reports, found.problems, verdict, directory)
    if not outcome.taken:
        outcome = replace(outcome, directory=directory / REFUSED)
    else:
        _keep_former(directory)
        store.save(model, directory)
    write_report(reports, found.problems, outcome.directory, verdict)
    return outcome


def _keep_back(found: History) -> tuple[History, list[Row]]:
    """What is learnt, and the past cases that no training learns, now or later: old and new model are judged on them."""
    past, _ = Lessons(found).split()
    learnt = set(past.learnt)
    numbered = [(row, line) for row, line in zip(found.rows, found.lines, strict=True) if row in learnt]
    usable = without_lonely_labels(
        History([row for row, _ in numbered], found.problems, [line for _, line in numbered])
    )
    counts = Counter(str(row.label) for row in usable.rows)
    check_enough(f"label, beside {len(past.kept)} rows kept back to judge by", counts, tuple(counts))
    return usable, past.kept


def _former(directory: Path) -> Understander | None:
    """The model that stands there now."""
    return Understander.load(directory) if (directory / "model.json").exists() else None


def _verdict(former: Understander, model: store.Model, kept: list[Row], progress: Progress) -> Verdict:
    progress(f"judging the new model beside the former on {len(kept)} rows kept back")
    new = Understander(model, sentence_vectors(), safety_layer(), taxonomy())
    return Verdict((compare_past(kept, former, new),))


def read_own_history(file: Path) -> History:
    """A history that something can be learnt from, or a BadInput that says why not."""
    found = without_contradictions(read_history(file))
    _check_rows_exist(found.rows, found.problems)
    usable = without_lonely_labels(found)
    counts = Counter(str(row.label) for row in found.rows)
    check_enough("label", counts, tuple(label for label, count in counts.items() if count > 1))
    return usable


def _keep_former(directory: Path) -> None:
    if (directory / "model.json").exists():
        (directory / PREVIOUS).mkdir(exist_ok=True)
        for name in ("model.json", "model.npz"):
            shutil.copy2(directory / name, directory / PREVIOUS / name)


def roll_back(directory: Path) -> None:
    """Put the former model of a directory that `train_history` wrote back in its place."""
    if not (directory / PREVIOUS / "model.json").exists():
        raise BadInput(f"{directory}: no former model is kept here", field="model")
    store.load(directory / PREVIOUS)
    for name in ("model.json", "model.npz"):
        os.replace(directory / PREVIOUS / name, directory / name)


def evaluate(file: Path, model: Path) -> tuple[list[Report], list[str]]:
    """Judge a labelled file with a model: a report of each label that stands in it; and the rows left out."""
    found = read_history(file, wanted=tuple(LABELS))
    _check_rows_exist(found.rows, found.problems)
    understander = Understander.load(model)
    _check_known(found, understander.topic_names)
    return judged(understander, found.rows), found.problems


def _check_known(found: History, classes: Sequence[str]) -> None:
    unknown = Counter(str(row.label) for row in found.rows if row.label and row.label not in classes)
    if not unknown:
        return
    first = next(line for row, line in zip(found.rows, found.lines, strict=True) if row.label in unknown)
    named = "、".join(label for label, _ in unknown.most_common(10))
    rows = f"{sum(unknown.values())} of {len(found.rows)} rows, the first on line {first}"
    raise BadInput(f"labels the model does not know: {named} ({rows}); it knows {'、'.join(classes)}", field="label")


def _check_rows_exist(rows: Sequence[Row], problems: Sequence[str]) -> None:
    if rows:
        return
    if not problems:
        raise BadInput("the file holds no rows", field="history")
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    raise BadInput(f"no row can be used: {'; '.join(problems[:3])}{more}", field="history")
