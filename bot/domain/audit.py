"""审计: what an entry of the audit says, and how entries are chained. No people's words, no personal data."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

GENESIS = "0" * 64
"""What stands before the first entry."""

REVEALED = "phone.revealed"
# Only these fields of a history line are taken over, and only as codes; of all others nothing but the name is kept.
KEPT = frozenset(
    {
        "move", "from", "to", "organ", "organs", "state", "kind", "urgency", "way", "proposed", "hit", "task", "level",
        "rule", "on", "until", "due_on", "due_at", "days", "stars", "channel", "inbox_id", "public", "role", "active",
        "session", "method", "case_no", "reviewed", "version", "count", "lane", "deed", "officer",
        "document", "role_from", "role_to", "organ_from", "organ_to",
    }
)  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9_.:+\-]{0,64}")
# A phone or an identity number in a field that should hold a code.
_PERSONAL = re.compile(r"\d{7,}")
_CASE_NO = re.compile(r"\d{8}-\d{5,7}")
_COMMAND = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True)
class Entry:
    """Who did what to which thing. `details` are codes and numbers."""

    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Sealed:
    """An entry in its place: `hash` covers its number, everything it says, and the hash before it."""

    id: int
    entry: Entry
    previous_hash: str
    hash: str


def seal(entry: Entry, number: int, previous_hash: str) -> Sealed:
    """Put an entry into the chain."""
    return Sealed(number, entry, previous_hash, digest(entry, number, previous_hash))


def digest(entry: Entry, number: int, previous_hash: str) -> str:
    """SHA-256 over one canonical spelling: a JSON list, sorted keys, no spaces, UTF-8, UTC with microseconds."""
    at = entry.at.astimezone(timezone.utc).isoformat(timespec="microseconds")
    fields = [number, at, entry.actor, entry.action, entry.subject, dict(entry.details), previous_hash]
    spelled = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(spelled.encode()).hexdigest()


def details_of(data: Mapping[str, Any], action: str = "") -> dict[str, Any]:
    """What of a history line may stand in the audit: codes and numbers of known fields, and the names of the rest.

    Why somebody looked at what is masked is a staff member's own word, and kept.
    """
    if action == REVEALED:
        return {"reason": str(data.get("reason", ""))}
    kept: dict[str, Any] = {name: value for name, value in data.items() if name in KEPT and _is_code(value)}
    changes = data.get("changes")
    if isinstance(changes, Mapping):
        kept["changed"] = sorted(str(name) for name in changes)
    also = sorted(name for name in data if name not in kept and name != "changes" and _CODE.fullmatch(name))
    return {**kept, **({"also": also} if also else {})}


def _is_code(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_CASE_NO.fullmatch(value) or (_CODE.fullmatch(value) and not _PERSONAL.search(value)))
    if isinstance(value, (list, tuple)):
        return all(_is_code(one) for one in value)
    return value is None or isinstance(value, (bool, int))


def name_of_command(command: object) -> str:
    """`SayToCitizen` → `command.say_to_citizen`: the action of a command that left no line in a history."""
    return f"command.{_COMMAND.sub('_', type(command).__name__).lower()}"
