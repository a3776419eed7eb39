"""Fields of a form → numbers, days, kinds. Raises `BadInput` naming the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from bot.domain.errors import BadInput
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.web.console import words

LONGEST_NUMBER = 9
MASK = re.compile(r"\*{3,}|＊{3,}")
_BETWEEN = re.compile(r"[\s,，、;；]+")


def number_of(form: Mapping[str, str], field: str) -> int:
    """A whole number; 0 for a field that is empty."""
    raw = form.get(field, "").strip() or "0"
    if not (raw.isascii() and raw.isdigit() and len(raw) <= LONGEST_NUMBER):
        raise BadInput(f"{field}: wanted a whole number", field)
    return int(raw)


def day_of(form: Mapping[str, str], field: str) -> date:
    """A day, which must be given."""
    try:
        return date.fromisoformat(form.get(field, ""))
    except ValueError:
        raise BadInput(f"{field}: wanted a day as 2026-11-26", field) from None


def kind_of(raw: str) -> CaseKind:
    """A kind by its code."""
    try:
        return CaseKind(raw)
    except ValueError:
        raise BadInput("kind: wanted one of the kinds", "kind") from None


def urgency_of(raw: str) -> Urgency:
    """1 to 4."""
    if raw not in ("1", "2", "3", "4"):
        raise BadInput("urgency: wanted 1 to 4", "urgency")
    return Urgency(int(raw))


def topic_of(path: str) -> Topic:
    """A topic by its path."""
    found = words.topic_by_path(path)
    if found is None:
        raise BadInput("topic: wanted a path of the taxonomy", "topic")
    return found


def unmasked(form: Mapping[str, str], field: str) -> str | None:
    """A field, None where the form has none. A mask is never written over the real value."""
    if MASK.search(form.get(field, "")):
        raise BadInput(f"{field}: holds a mask; wanted the real words", "masked")
    return form.get(field)


def words_of(form: Mapping[str, str], field: str) -> tuple[str, ...]:
    """What somebody listed with commas or spaces between."""
    return tuple(dict.fromkeys(filter(None, _BETWEEN.split(form.get(field, "").replace("\x00", "")))))
