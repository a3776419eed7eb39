"""SQLite's driver with fewer trips to its thread: one for a statement that reads, where the stock one makes four.

A trip costs more than the statement: the thread has to wake, and to get hold of the interpreter while the dialogue
is thinking. Inside a write transaction, where everybody else waits, nothing but COMMIT travels, since it waits for
the disk. A process whose loop may wait for the disk runs everything on the spot (docs/decisions/0006-sqlite-trips.md).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiosqlite

ROWS_AT_ONCE = 64
LOCK_WAIT_SECONDS = 5
# SQLite itself waits longer and longer for a lock, up to a tenth of a second; writers here hold it for a millisecond.
ASK_AGAIN_SECONDS = 0.001


class Cursor:
    """Runs a statement and brings its rows back in the same trip."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.lastrowid: int | None = None
        self.rowcount = -1

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        """One statement."""
        await self._connection.run(lambda raw: self._take(raw.execute(statement, parameters)))
        return self

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Cursor:
        """One statement with many sets of parameters."""
        await self._connection.run(lambda raw: self._take(raw.executemany(statement, parameters)))
        return self

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self.description, self.lastrowid, self.rowcount = cursor.description, cursor.lastrowid, cursor.rowcount
        self._rows = cursor.fetchall() if cursor.description else []
        cursor.close()

    async def fetchall(self) -> list[Any]:
        """The rows of the last statement."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open any more."""


class Connection(aiosqlite.Connection):
    """A connection whose cursors make one trip, and that does not travel to end what was never begun."""

    on_the_spot = False
    _begun = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Take the write lock, commit at the end, roll back on any error.

        Raises `sqlite3.OperationalError` when another process holds the lock for too long.
        """
        await self._begin()
        self._begun = True
        try:
            yield
        except BaseException:
            self._begun = False
            await self.run(lambda raw: raw.execute("ROLLBACK"))
            raise
        self._begun = False
        await self.run(lambda raw: raw.execute("COMMIT"))

    async def _begin(self) -> None:
        """Ask for the lock until it is free, without holding anybody up meanwhile."""
        deadline = time.monotonic() + LOCK_WAIT_SECONDS
        while not self._has_begun(last_try=time.monotonic() > deadline):  # noqa: ASYNC110 - another process has it
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    def _has_begun(self, last_try: bool) -> bool:
        self._conn.execute("PRAGMA busy_timeout = 0")
        try:
            self._conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if last_try or "locked" not in str(error):
                raise
            return False
        finally:
            self._conn.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_SECONDS * 1000}")
        return True

    async def run(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Do something with the real connection: here, or on its thread."""
        if self._begun or self.on_the_spot:
            work(self._conn)
        else:
            await self._execute(work, self._conn)  # type: ignore[no-untyped-call]

    def glance(self, statement: str) -> Any:
        """The one value that a statement finds by a key; on the spot, since no trip is worth five microseconds."""
        return self._conn.execute(statement).fetchone()[0]

    async def cursor(self) -> Cursor:  # type: ignore[override]
        """A new cursor."""
        return Cursor(self)

    async def commit(self) -> None:
        """Commit, if a transaction is open."""
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, if a transaction is open."""
        if self.in_transaction:
            await super().rollback()


async def connect(path: str, on_the_spot: bool) -> Connection:
    """Open a database file. Transactions are begun by `Connection.transaction` alone."""

    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=LOCK_WAIT_SECONDS, isolation_level=None, check_same_thread=False)

    connection = Connection(open_file, ROWS_AT_ONCE)
    connection._thread.daemon = True  # as SQLAlchemy does it: a forgotten connection must not keep the process alive
    connection.on_the_spot = on_the_spot
    await connection
    return connection
