"""The same tests over SQLite and a real PostgreSQL."""

from __future__ import annotations

import secrets

import pytest
import pytest_asyncio
from sqlalchemy import create_engine, text

from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.unit_of_work import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'db.sqlite3'}"
    uri = request.getfixturevalue("postgres_server")
    name = f"t{secrets.token_hex(6)}"
    admin = create_engine(uri, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} encoding 'UTF8' template template0"))
    admin.dispose()
    base = make_url_without_name(uri)
    return f"{base}/{name}" if "?" not in uri else uri.replace("/postgres?", f"/{name}?")


def make_url_without_name(uri: str) -> str:
    return uri.rsplit("/", 1)[0]


@pytest_asyncio.fixture
async def database(database_url):
    upgrade(database_url)
    opened = Database(make_engine(database_url.replace("postgresql://", "postgresql+asyncpg://")))
    yield opened
    await opened.close()
