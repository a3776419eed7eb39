"""Topics on real messages: out of the box, and on own history across the four folds.

python -m tests.benchmarks.understanding.topics [FOLDER OF MESSAGES]
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from bot.understanding.classifiers import Judge
from bot.understanding.commands import train_default
from bot.understanding.features import Vocabulary, blocks_of, cut
from bot.understanding.normalise import clean
from bot.understanding.report import Report
from bot.understanding.rows import Row, read_messages, silent
from bot.understanding.training import Documents, full_text, helpers, learn
from bot.understanding.understander import Understander
from tests.benchmarks.understanding import data


def main() -> None:
    """Both tables."""
    rows = data.visible()
    own_history(rows)
    out_of_the_box(rows)


def own_history(rows: list[dict[str, object]]) -> None:
    """Train on three folds, judge the fourth."""
    cases = [Row(str(row["detail"]), str(row["subject"]), label=str(row["label"])) for row in rows]
    fold = np.array([row["fold"] for row in rows])
    classes = tuple(sorted({str(row["label"]) for row in rows}))
    scores = np.zeros((len(rows), len(classes)), dtype=np.float32)
    lent = read_messages(data.messages_folder())
    for n in range(4):
        began = time.perf_counter()
        train = [case for case, where in zip(cases, fold, strict=False) if where != n]
        everything = [*train, *helpers(train, lent)]
        documents = Documents.prepare(everything, None, silent)
        judge = learn("topic", documents, [case.label for case in everything], silent).judge
        print(f"fold {n}: {len(train)} rows learnt in {time.perf_counter() - began:.0f} s", flush=True)
        for at in np.flatnonzero(fold == n):
            scores[at] = judged(full_text(cases[at]), documents.vocabulary, judge)
    truth = np.array([classes.index(str(row["label"])) for row in rows])
    report = Report.of_scores("topic", classes, truth, scores, [full_text(case) for case in cases])
    print(f"own history, 4 folds: macro-F1 {report.macro_f1:.4f}, accuracy {report.accuracy:.4f}\n{report.table()}")
    print("confidence, right, count:", [(round(a, 2), round(b, 2), c) for a, b, c in report.reliability()])
    print("threshold, covered, right:", [(a, round(b, 3), round(c, 3)) for a, b, c in report.abstain_curve()])


def judged(text: str, vocabulary: Vocabulary, judge: Judge) -> np.ndarray:
    """Scores of one text."""
    cleaned = clean(text).text
    return judge.scores(vocabulary.vector(blocks_of(cleaned, cut(cleaned))))


def out_of_the_box(rows: list[dict[str, object]]) -> None:
    """Train on the project's own sentences, judge among the seven topics."""
    folder = data.messages_folder()
    seven = tuple(sorted({str(row["label"]) for row in rows}))
    with tempfile.TemporaryDirectory() as temporary:
        model = train_default(Path(temporary) / "model", folder)
        understander = Understander.load(Path(temporary) / "model")
        scores = [understander.read(data.text_of(row)).topic_scores for row in rows]
    values = np.array([[score[name] for name in seven] for score in scores], dtype=np.float32)
    truth = np.array([seven.index(str(row["label"])) for row in rows])
    report = Report.of_scores("topic", seven, truth, values, [data.text_of(row) for row in rows])
    print(f"\nout of the box ({model.about['rows']} own sentences): macro-F1 {report.macro_f1:.4f}\n{report.table()}")


if __name__ == "__main__":
    main()
