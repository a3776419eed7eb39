"""Bring the database to the newest migration."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError

from bot.domain.errors import StorageUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
_SYNC_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg2"}


def alembic_config(connection: Connection) -> Config:
    """Alembic without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def sync_engine(url: str) -> Engine:
    """A plain engine for the same database; Alembic is synchronous."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    return create_engine(parsed.set(drivername=_SYNC_DRIVERS[backend]))


def upgrade(url: str) -> None:
    """Run all missing migrations in one transaction. Raises `StorageUnavailable` if the database is away."""
    engine = sync_engine(url)
    try:
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
    except OperationalError as error:
        raise StorageUnavailable(f"cannot prepare the database: {error.orig}") from error
    finally:
        engine.dispose()


def is_there(url: str) -> bool:
    """Whether the database has been set up at all. Raises `StorageUnavailable` if it is away."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        return False
    engine = sync_engine(url)
    try:
        return inspect(engine).has_table("case_events")
    except OperationalError as error:
        raise StorageUnavailable(f"cannot read the database: {error.orig}") from error
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether every migration has run."""
    engine = sync_engine(url)
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
            return present == ScriptDirectory.from_config(alembic_config(connection)).get_current_head()
    finally:
        engine.dispose()
