"""Logging: one line of JSON-like facts an event; ids, never people's words."""

from __future__ import annotations

import logging
import sys
import warnings

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _Facts(logging.Formatter):
    """`time level logger message key=value …`."""

    def format(self, record: logging.LogRecord) -> str:
        """Append what was passed as `extra`."""
        facts = " ".join(f"{name}={value}" for name, value in vars(record).items() if name not in _STANDARD)
        return f"{super().format(record)} {facts}".rstrip()


def set_up(level: str) -> None:
    """Send our own log to standard error; other libraries speak from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Facts("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("bot", "connectors", "actions"):
        logging.getLogger(name).setLevel(level)
    # Rasa turns warnings of its old dependencies on again while it is imported.
    warnings.showwarning = _unshown


def _unshown(*args: object, **kwargs: object) -> None:
    """Deprecations inside other people's libraries are not our users' to read."""


def silence_rasa() -> None:
    """Embedded, Rasa prints every message it hears unless it is told not to. Its action failures carry no words."""
    import rasa.utils.log_utils

    rasa.utils.log_utils.configure_structlog(logging.WARNING)
    for name in ("rasa", "rasa_sdk", "apscheduler", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("rasa.core.processor").setLevel(logging.CRITICAL)
