"""Kind and urgency of real messages that were labelled by hand (ids in labels/visible.jsonl).

python -m tests.benchmarks.understanding.kinds [FOLDER OF MESSAGES]
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from bot.understanding.commands import train_default
from bot.understanding.report import Report
from bot.understanding.rows import KINDS
from bot.understanding.understander import Understander
from tests.benchmarks.understanding import data


def main() -> None:
    """Two tables, and how many real messages were taken for no matter."""
    labels = {row["id"]: row for row in data.hand_labels()}
    rows = [row for row in data.visible() if row["id"] in labels]
    with tempfile.TemporaryDirectory() as temporary:
        train_default(Path(temporary) / "model", data.messages_folder())
        understander = Understander.load(Path(temporary) / "model")
        readings = [understander.read(data.text_of(row)) for row in rows]
    texts = [data.text_of(row) for row in rows]
    for name, classes, truth, judged in (
        ("kind", KINDS, [labels[r["id"]]["kind"] for r in rows], [reading.kind.value for reading in readings]),
        (
            "urgency",
            ("1", "2", "3", "4"),
            [str(labels[r["id"]]["urgency"]) for r in rows],
            [str(int(r.urgency)) for r in readings],
        ),
    ):
        scores = np.eye(len(classes), dtype=np.float32)[[classes.index(value) for value in judged]]
        report = Report.of_scores(name, classes, np.array([classes.index(value) for value in truth]), scores, texts)
        print(f"{name}: macro-F1 {report.macro_f1:.3f}, accuracy {report.accuracy:.3f}\n{report.table()}\n")
    print(f"taken for no matter: {sum(reading.abstain for reading in readings)} of {len(readings)}")


if __name__ == "__main__":
    main()
