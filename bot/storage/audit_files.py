"""The audit outside the database: its export, and the anchor file that notices a chain cut off or written anew.

An anchor line is `count hash time`. Keep the file where who can write to the database cannot.
"""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from pathlib import Path

from bot.domain.audit import Sealed
from bot.domain.errors import BadInput
from bot.storage.audit import Broken
from bot.storage.unit_of_work import Database

_LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64}) \S+")


async def check(database: Database, anchor: Path | None, now: datetime) -> tuple[bool, str]:
    """Whether the chain holds, and what there is to say. A good check adds a line to the anchor file."""
    known = read_anchors(anchor) if anchor and anchor.exists() else {}
    async with database.read() as uow:
        found = await uow.audit.check(known)
    if isinstance(found, Broken):
        return False, f"audit: row {found.id}: {found.wrong}"
    if anchor and found.count and found.count not in known:
        with anchor.open("a", encoding="utf-8") as file:
            file.write(f"{found.count} {found.hash} {now.isoformat(timespec='seconds')}\n")
    return True, f"audit: {found.count} rows, unbroken; last hash {found.hash}"


def read_anchors(path: Path) -> dict[int, str]:
    """Row → hash. Raises `BadInput` with the line that cannot be read."""
    known: dict[int, str] = {}
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            found = _LINE.fullmatch(line.strip())
            if found is None:
                raise BadInput(f"{path}: line {number}: wanted `count hash time`", "anchor")
            known[int(found[1])] = found[2]
    return known


async def export(database: Database, path: Path) -> int:
    """Write every row as a JSON line; the file stands complete or not at all."""
    unfinished, count = path.with_name(path.name + ".part"), 0
    async with database.read() as uow:
        with unfinished.open("w", encoding="utf-8") as file:
            async for sealed in uow.audit.rows():
                file.write(json.dumps(_as_json(sealed), ensure_ascii=False, sort_keys=True) + "\n")
                count += 1
    os.replace(unfinished, path)
    return count


def _as_json(sealed: Sealed) -> dict[str, object]:
    entry = sealed.entry
    return {
        "id": sealed.id,
        "at": entry.at.isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": dict(entry.details),
        "previous_hash": sealed.previous_hash,
        "hash": sealed.hash,
    }
