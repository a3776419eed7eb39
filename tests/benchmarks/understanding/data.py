"""Where the benchmarks find their data; a benchmark without its data says so and ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "data"
LABELS = Path(__file__).parent / "labels" / "visible.jsonl"
MESSAGES = ROOT / "nlu_data" / "messages"


def visible() -> list[dict[str, Any]]:
    """The visible real messages, or the end."""
    file = SHARED / "topic_visible.jsonl"
    if not file.exists():
        skip(f"{file} is missing")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def hand_labels() -> list[dict[str, Any]]:
    """Kind and urgency of some visible messages, labelled by hand; ids only."""
    return [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]


def messages_folder() -> Path:
    """The project's own sentences: the folder named on the command line, else nlu_data/messages."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    if not any(folder.glob("*.jsonl")):
        skip(f"no *.jsonl in {folder}")
    return folder


def skip(reason: str) -> None:
    """Say why nothing was measured."""
    print(f"SKIPPED: {reason}")
    raise SystemExit(0)


def text_of(row: dict[str, Any]) -> str:
    """Subject and body, as `understand` gets them."""
    return f"{row['subject']}\n{row['detail']}"
