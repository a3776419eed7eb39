"""Statements that SQLAlchemy builds anew each time it meets them, written out: SQLite and PostgreSQL read them alike.

Statements that every turn needs are built once, here and in the repositories: building one costs more than running it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import CursorResult, Table, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import counters

_NEXT_NUMBER = text(
    f"INSERT INTO {counters.name} (name, value) VALUES (:name, 1)"
    f" ON CONFLICT (name) DO UPDATE SET value = {counters.name}.value + 1 RETURNING value"
)


@lru_cache(maxsize=32)
def _insert_ignoring(table: Table, columns: tuple[str, ...]) -> TextClause:
    places = ", ".join(f":{name}" for name in columns)
    statement = text(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT DO NOTHING")
    return statement.bindparams(*(bindparam(name, type_=table.c[name].type) for name in columns))


async def insert_ignoring(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert unless a unique key stands in the way; tells whether a row was written."""
    return bool((await connection.execute(_insert_ignoring(table, tuple(row)), dict(row))).rowcount)


async def next_number(connection: AsyncConnection, name: str) -> int:
    """The next value of a named counter, gapless within committed transactions."""
    return int((await connection.execute(_NEXT_NUMBER, {"name": name})).scalar_one())


def key_of(result: CursorResult[Any]) -> int:
    """The number that the database gave to a row which was just inserted."""
    key = result.inserted_primary_key
    assert key is not None, "an insert of one row has a key"
    return int(key[0])
