"""Cases that staff corrected → rows of a history file, so that the next training learns from them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.domain.case import Case
from bot.domain.reading import CaseKind
from bot.storage.case_repository import as_case
from bot.storage.tables import case_events, cases
from bot.storage.unit_of_work import Database

# What training can learn from; a mended place or title teaches no judge.
TAUGHT = ("kind", "topic", "urgency")
# Corrected afterwards, or judged otherwise at the desk than it was proposed.
MENDED = ("case.corrected", "case.proposal_mended")
BATCH = 500


async def corrected(database: Database, *, accusations: bool) -> AsyncIterator[Case]:
    """Each case whose kind, topic or urgency a person changed, as it stands now, once."""
    after, seen = 0, set[int]()
    while True:
        async with database.read() as uow:
            wanted = (
                select(case_events.c.id, case_events.c.case_id, case_events.c.data)
                .where(case_events.c.type.in_(MENDED), case_events.c.id > after)
                .order_by(case_events.c.id)
                .limit(BATCH)
            )
            lines = (await uow.connection.execute(wanted)).all()
            ids = {case_id for _, case_id, data in lines if set(TAUGHT) & set(data.get("changes", {}))} - seen
            found = await uow.connection.execute(select(cases).where(cases.c.id.in_(ids)).order_by(cases.c.id))
            rows = [as_case(row) for row in found.mappings()]
        for case in rows:
            if accusations or case.kind is not CaseKind.ACCUSATION:
                yield case
        if len(lines) < BATCH:
            return
        after, seen = lines[-1][0], seen | ids


async def export(database: Database, path: Path, *, accusations: bool) -> int:
    """Write them as JSON lines that `train --history` reads; tells how many. The file is whole or not there."""
    part, number = path.with_suffix(path.suffix + ".part"), 0
    with part.open("w", encoding="utf-8") as file:
        async for case in corrected(database, accusations=accusations):
            file.write(json.dumps(as_row(case), ensure_ascii=False) + "\n")
            number += 1
    part.chmod(0o600)  # it holds people's words
    part.replace(path)
    return number


def as_row(case: Case) -> dict[str, Any]:
    """A case as a line of a history file: as it stands, for whoever mended one field had the others in sight."""
    return {
        "id": case.case_no,
        "text": case.text,
        "label": case.topic.level1,
        "level2": case.topic.level2,
        "kind": case.kind.value,
        "urgency": int(case.urgency),
    }
