"""Three hundred chat messages by a hand of its own, never trained on: the whole model judges them.

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

KEPT_BACK = Path(__file__).parent / "labels" / "kept_back.jsonl"


def main() -> None:
    """The table of the chat benchmark, on messages of nobody who wrote for the project."""
    rows = [json.loads(line) for line in KEPT_BACK.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as temporary:
        began = time.perf_counter()
        train_default(Path(temporary) / "model", data.messages_folder())
        print(f"trained in {time.perf_counter() - began:.0f} s")
        understander = Understander.load(Path(temporary) / "model")
        show([(row, understander.read(row["text"])) for row in rows])


if __name__ == "__main__":
    main()
