"""A long message → its windows: a few sentences each, so that what is told in passing is read by itself too."""

from __future__ import annotations

import re

# A message up to this long is its own window; a window holds at least so many characters.
LONG, LEAST = 90, 40
MOST = 40
_SENTENCE = re.compile(r"[^。！？!?\n；;]+[。！？!?\n；;]*")
_CLAUSE = re.compile(r"[^，,]+[，,]*")


def windows(text: str) -> list[str]:
    """From each sentence on as many as it takes; from each clause where nobody ended a sentence. None for short ones."""
    if len(text) <= LONG:
        return []
    parts = _SENTENCE.findall(text)
    if len(parts) < 2:
        parts = _CLAUSE.findall(text)
    found: list[str] = []
    for first in range(len(parts)):
        window = ""
        for part in parts[first:]:
            window += part
            if len(window) >= LEAST:
                found.append(window)
                break
    return found[:MOST]
