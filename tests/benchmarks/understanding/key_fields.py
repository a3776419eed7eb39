"""Key fields (重点领域) as they are told in chats, half of the messages near misses: precision, recall, F1 per field.

`labels/key_fields.jsonl` was written before the words of the fields were worked on and is kept back: nothing is tuned on
it. `labels/key_fields_development.jsonl`, by the same hand, is what they were worked on with. Elsewhere: the three
kept-back sets of `kept_back`, by other hands, where `labels/key_fields_elsewhere.jsonl` names the few of a key field.

python -m tests.benchmarks.understanding.key_fields [FOLDER OF AN UNDERSTANDING] [--errors]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.understanding.commands import train_default
from bot.understanding.rows import NO_MATTER
from bot.understanding.taxonomy import taxonomy
from bot.understanding.understander import Understander
from tests.benchmarks.understanding import kept_back

LABELS = Path(__file__).parent / "labels"
KEPT_BACK = LABELS / "key_fields.jsonl"
DEVELOPMENT = LABELS / "key_fields_development.jsonl"
ELSEWHERE = LABELS / "key_fields_elsewhere.jsonl"

# (wanted, seen) of one message; None: no key field.
Pair = tuple[str | None, str | None]


def main() -> None:
    """A table for each set, by the model that is named, or by one trained for this on the project's own sentences."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", nargs="?", type=Path)
    parser.add_argument("--errors", action="store_true", help="list what went wrong in the development set")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        model = chosen.model or Path(temporary) / "model"
        if chosen.model is None:
            train_default(model)
        understander = Understander.load(model)
    report("kept back", rows_of(KEPT_BACK), understander)
    report("elsewhere", elsewhere(), understander)
    report("development", rows_of(DEVELOPMENT), understander, errors=chosen.errors)


def rows_of(file: Path) -> list[dict[str, Any]]:
    """The messages of a file of JSON lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def elsewhere() -> list[dict[str, Any]]:
    """The kept-back messages of other hands that have a matter, with their key fields."""
    fields = {row["id"]: row["key_field"] for row in rows_of(ELSEWHERE)}
    rows = [row for file in (kept_back.KEPT_BACK, kept_back.KEPT_BACK_2, kept_back.LETTERS) for row in rows_of(file)]
    return [{**row, "key_field": fields.get(row["id"])} for row in rows if row["kind"] != NO_MATTER]


def report(name: str, rows: Sequence[dict[str, Any]], understander: Understander, *, errors: bool = False) -> None:
    """The table of one set."""
    readings = [understander.read(row["text"]) for row in rows]
    pairs = [(row["key_field"], reading.key_field) for row, reading in zip(rows, readings, strict=True)]
    misses = sum(wanted is None for wanted, _ in pairs)
    print(f"\n{name}: {len(rows)} messages, {misses} of them of no key field")
    print("| field | precision | recall | F1 | messages |\n|---|---|---|---|---|")
    names = [field.name for field in taxonomy().key_fields]
    for field in names:
        print(f"| {field} | {figures(pairs, [field])}")
    print(f"| all | {figures(pairs, names)}")
    if errors:
        for row, reading, (wanted, seen) in zip(rows, readings, pairs, strict=True):
            if wanted != seen:
                topic = f"{reading.topic.level1}/{reading.topic.level2}"
                print(f"{row['id']} wanted {wanted}, seen {seen} ({topic}): {row['text']}")


def figures(pairs: Sequence[Pair], names: Sequence[str]) -> str:
    """Precision, recall, F1 and number of messages of these fields taken together."""
    wanted = sum(truth in names for truth, _ in pairs)
    seen = sum(judged in names for _, judged in pairs)
    right = sum(truth == judged for truth, judged in pairs if truth in names)
    precision = right / seen if seen else 0.0
    recall = right / wanted if wanted else 0.0
    f1 = 2 * right / (wanted + seen) if wanted + seen else 0.0
    return f"{precision:.3f} | {recall:.3f} | {f1:.3f} | {wanted} |"


if __name__ == "__main__":
    main()
