"""Messages by hands of their own, never trained on: the whole model judges them.

The first three hundred were in sight when older thresholds were chosen; the second set was written before anything
was tuned on it and is only ever read here. The third are long letters: enquiries that tell a story, claims that ask.
The fourth is about danger: told in passing, and everyday hardship, bare facts and figures of speech that are none; the
fifth are messages of twenty characters at most. Both were written before their sentences were seen by anybody who tunes.
The sixth are letters of which two in three look like another kind than they are: claims as questions and as proposals,
enquiries as complaints.

python -m tests.benchmarks.understanding.kept_back [FOLDER OF MESSAGES]
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from bot.understanding.commands import train_default
from bot.understanding.understander import Understander
from tests.benchmarks.understanding import data
from tests.benchmarks.understanding.chat import show

LABELS = Path(__file__).parent / "labels"
KEPT_BACK = LABELS / "kept_back.jsonl"
KEPT_BACK_2 = LABELS / "kept_back_2.jsonl"
LETTERS = LABELS / "kept_back_letters.jsonl"
LETTERS_2 = LABELS / "kept_back_letters_2.jsonl"
DANGER = LABELS / "kept_back_danger.jsonl"
SHORT = LABELS / "kept_back_short.jsonl"


def main() -> None:
    """The table of the chat benchmark for each set, on messages of nobody who wrote for the project's training."""
    with tempfile.TemporaryDirectory() as temporary:
        began = time.perf_counter()
        train_default(Path(temporary) / "model", data.messages_folder())
        print(f"trained in {time.perf_counter() - began:.0f} s")
        understander = Understander.load(Path(temporary) / "model")
        for file in (KEPT_BACK, KEPT_BACK_2, LETTERS, LETTERS_2, DANGER, SHORT):
            report(file, understander)


def report(file: Path, understander: Understander) -> None:
    """The table of one set, and how levels of urgency are taken for one another."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = [(row, understander.read(row["text"])) for row in rows]
    print(f"\n{file.name}: {len(rows)} messages")
    show(pairs)
    for level in (1, 2, 3, 4):
        judged = [int(reading.urgency) for row, reading in pairs if row["urgency"] == level and row["kind"]]
        print(f"urgency {level}: judged 1-4 {[judged.count(other) for other in (1, 2, 3, 4)]}")


if __name__ == "__main__":
    main()
