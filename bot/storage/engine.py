"""The database engine: one for SQLite (WAL, waits for locks) and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.storage import sqlite

_OPTIONS: dict[str, Any] = {
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
    "hide_parameters": True,  # an error's message ends in the log, and parameters are people's words
}
# Cases are found by index on disks that seek for nothing, and nothing here runs long enough to be worth compiling.
_POSTGRESQL = {"server_settings": {"random_page_cost": "1.1", "jit": "off"}}


def make_engine(url: str, on_the_spot: bool = False) -> AsyncEngine:
    """An engine for `url` in SQLAlchemy's async form. SQLite's folder is made when it is missing.

    `on_the_spot` is for a process whose loop may wait for SQLite; others give its longer work to threads.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(
            url, pool_size=10, max_overflow=10, pool_pre_ping=True, connect_args=_POSTGRESQL, **_OPTIONS
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    path = parsed.database or ":memory:"
    engine = create_async_engine(
        url, pool_size=12, max_overflow=0, async_creator=lambda: sqlite.connect(path, on_the_spot), **_OPTIONS
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    """WAL lets readers pass writers; FULL keeps a committed message through a power cut."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
