"""Where time comes from, so that tests and replays can say what time it is."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """An aware UTC time."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """An aware UTC time."""
        return datetime.now(timezone.utc)
