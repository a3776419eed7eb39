"""What staff changed of the rules, and the stamp by which every process notices that something was."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Table, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.own_rules import OrganChange, TemplateChange
from bot.storage import sqlite
from bot.storage.case_repository import OPEN_STATES, REVIEWS
from bot.storage.tables import case_organs, cases, organ_changes, rules_stamps, template_changes

_STAMP = select(rules_stamps.c.stamp).where(rules_stamps.c.name == "rules")
_GLANCED = str(_STAMP.compile(compile_kwargs={"literal_binds": True}))
# Whoever sends a case to an organ waits for whoever retires one, and the other way round; SQLite has one writer anyway.
_HELD, _LOCKED = _STAMP.with_for_update(read=True), _STAMP.with_for_update()


class OwnRuleRepository:
    """Rows of `organ_changes`, `template_changes` and `rules_stamps`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def stamp(self) -> str:
        """Another one after every change. Every transaction asks, so SQLite is asked past SQLAlchemy (decision 6)."""
        raw = (await self._connection.get_raw_connection()).driver_connection
        if isinstance(raw, sqlite.Connection):
            return str(raw.glance(_GLANCED))
        return str((await self._connection.execute(_STAMP)).scalar_one())

    async def held_stamp(self) -> str:
        """The same; until this transaction ends, nobody changes anything."""
        return str((await self._connection.execute(_HELD)).scalar_one())

    async def locked_stamp(self) -> str:
        """The same; until this transaction ends, nobody else changes anything or holds the rules."""
        return str((await self._connection.execute(_LOCKED)).scalar_one())

    async def organs(self) -> list[OrganChange]:
        """Every change, by code."""
        rows = await self._connection.execute(select(organ_changes).order_by(organ_changes.c.code))
        return [OrganChange(**_as_fields(row)) for row in rows.mappings()]

    async def templates(self) -> list[TemplateChange]:
        """Every change, by code."""
        rows = await self._connection.execute(select(template_changes).order_by(template_changes.c.code))
        return [TemplateChange(**_as_fields(row)) for row in rows.mappings()]

    async def put_organ(self, change: OrganChange) -> None:
        """Keep a change in the place of the one with this code, under a new stamp. After `locked_stamp`."""
        await self._put(organ_changes, vars(change))

    async def put_template(self, change: TemplateChange) -> None:
        """Likewise."""
        await self._put(template_changes, vars(change))

    async def _put(self, table: Table, fields: dict[str, Any]) -> None:
        row = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
        changed = await self._connection.execute(update(table).where(table.c.code == row["code"]).values(row))
        if not changed.rowcount:
            await self._connection.execute(table.insert().values(row))
        stamped = update(rules_stamps).where(rules_stamps.c.name == "rules").values(stamp=secrets.token_hex(16))
        await self._connection.execute(stamped)

    async def free_number(self, table: str) -> int:
        """How many changes there are, and one: for a code of its own. After `locked_stamp`."""
        counted = select(func.count()).select_from({"organ": organ_changes, "template": template_changes}[table])
        return int((await self._connection.execute(counted)).scalar_one()) + 1

    async def is_busy(self, organ: str) -> bool:
        """Whether an organ leads, assists with or hears any open case, whoever may see it."""
        is_open = cases.c.state.in_(OPEN_STATES)
        assists = cases.c.id.in_(select(case_organs.c.case_id).where(case_organs.c.organ == organ))
        hears = (cases.c.id.in_(REVIEWS), cases.c.hears == organ)
        found = (
            exists().where(is_open, cases.c.organ == organ),
            exists().where(is_open, assists),
            exists().where(is_open, *hears),
        )
        return bool((await self._connection.execute(select(or_(*found)))).scalar_one())


def _as_fields(row: Any) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
