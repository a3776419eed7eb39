"""The few statements that SQLite and PostgreSQL spell through different constructs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import counters


def _insert(connection: AsyncConnection, table: Table) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


async def insert_ignoring(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert unless a unique key stands in the way; tells whether a row was written."""
    statement = _insert(connection, table).values(**row).on_conflict_do_nothing()
    return bool((await connection.execute(statement)).rowcount)


async def next_number(connection: AsyncConnection, name: str) -> int:
    """The next value of a named counter, gapless within committed transactions."""
    statement = (
        _insert(connection, counters)
        .values(name=name, value=1)
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": counters.c.value + 1})
        .returning(counters.c.value)
    )
    return int((await connection.execute(statement)).scalar_one())
