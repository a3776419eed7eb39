"""The project's own sentences, each file judged by a model that has not seen it.

python -m tests.benchmarks.understanding.chat [FOLDER OF MESSAGES]
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bot.domain.reading import Reading
from bot.understanding.commands import train_default
from bot.understanding.rows import NO_MATTER
from bot.understanding.training import macro_f1
from bot.understanding.understander import Understander
from tests.benchmarks.understanding import data

FEWEST = 150


def main() -> None:
    """One table over all files."""
    files = sorted(data.messages_folder().glob("*.jsonl"))
    pairs: list[tuple[dict[str, Any], Reading]] = []
    for file in files:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        if len(rows) < FEWEST:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            understander = trained_without(file, files, Path(temporary))
            pairs += [(row, understander.read(row["text"])) for row in rows]
        print(f"{file.name}: {len(rows)} judged", flush=True)
    if not pairs:
        data.skip("no file with enough messages")
    show(pairs)


def trained_without(left_out: Path, files: list[Path], temporary: Path) -> Understander:
    """A model of all files but one."""
    (temporary / "messages").mkdir()
    for file in files:
        if file != left_out:
            shutil.copy(file, temporary / "messages")
    train_default(temporary / "model", temporary / "messages")
    return Understander.load(temporary / "model")


def show(pairs: list[tuple[dict[str, Any], Reading]]) -> None:
    """The figures of issue 3. Rows without a kind are bare facts: they are asked only whether they hold a danger."""
    real = [(row, reading) for row, reading in pairs if row["kind"] not in (None, NO_MATTER)]
    of_a_topic = [(row, reading) for row, reading in real if row["label"]]
    nothing = [reading for row, reading in pairs if row["kind"] == NO_MATTER]
    print("| what | accuracy | macro-F1 | count |\n|---|---|---|---|")
    line("kind", [row["kind"] for row, _ in real], [reading.kind.value for _, reading in real])
    line("topic", [row["label"] for row, _ in of_a_topic], [reading.topic.level1 for _, reading in of_a_topic])
    line("urgency", [str(row["urgency"]) for row, _ in real], [str(int(reading.urgency)) for _, reading in real])
    critical, called = [row["urgency"] == 4 for row, _ in pairs], [reading.urgency == 4 for _, reading in pairs]
    both = sum(a and b for a, b in zip(critical, called, strict=False))
    print(
        f"critical found {both / max(1, sum(critical)):.3f}; "
        f"of those called critical {both / max(1, sum(called)):.3f} are"
    )
    print(
        f"no matter seen {np.mean([r.abstain for r in nothing]):.3f}; "
        f"real taken for it {np.mean([r.abstain for _, r in real]):.4f}"
    )
    print(f"place F1 (overlap) {place_f1(pairs):.3f}")


def line(name: str, truth: list[str], judged: list[str]) -> None:
    """One row of the table."""
    classes = sorted({*truth, *judged})
    a, b = np.array([classes.index(x) for x in truth]), np.array([classes.index(x) for x in judged])
    print(f"| {name} | {float((a == b).mean()):.3f} | {macro_f1(a, b):.3f} | {len(a)} |")


def place_f1(pairs: list[tuple[dict[str, Any], Reading]]) -> float:
    """A place is found if it shares two neighbouring characters with the one that was meant."""
    hits = sum(overlaps(row.get("place"), reading.slots.place) for row, reading in pairs)
    meant = sum(bool(row.get("place")) for row, _ in pairs)
    found = sum(bool(reading.slots.place) for _, reading in pairs)
    return 2 * hits / max(1, meant + found)


def overlaps(meant: str | None, found: str | None) -> bool:
    """Two characters in a row in common."""
    return bool(meant and found) and any(str(meant)[at : at + 2] in str(found) for at in range(len(str(meant)) - 1))


if __name__ == "__main__":
    main()
