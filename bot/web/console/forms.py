"""Fields of a form → numbers and days. Raises `BadInput` naming the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from bot.domain.errors import BadInput

LONGEST_NUMBER = 9
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


def words_of(form: Mapping[str, str], field: str) -> tuple[str, ...]:
    """What somebody listed with commas or spaces between."""
    return tuple(dict.fromkeys(filter(None, _BETWEEN.split(form.get(field, "").replace("\x00", "")))))
