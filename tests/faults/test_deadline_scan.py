"""10,000 overdue cases, half of them with nobody, two clocks at once, one killed in the middle: each level once."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

from sqlalchemy import func, select

from bot.domain.clock import SystemClock
from bot.domain.deadlines import ClockEvent, EventType, due
from bot.domain.working_days import local_date
from bot.rules.deadlines import clock_rules, work_calendar
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.tables import case_events, cases, escalations, petitions, tasks
from bot.storage.unit_of_work import Database
from bot.workers.deadline_clock import DeadlineClock

ROOT = Path(__file__).parents[2]
HOW_MANY = 10_000
FACTS = {"kind": "claim", "source": "web", "way": "", "track": "simple"}
SCANNER = """
import asyncio, sys
from bot.domain.clock import SystemClock
from bot.storage.engine import make_engine
from bot.storage.unit_of_work import Database
from bot.workers.deadline_clock import DeadlineClock

async def main():
    clock = DeadlineClock(Database(make_engine(sys.argv[1])), SystemClock())
    while await clock.scan():
        pass

asyncio.run(main())
"""


def history(number: int, now: datetime) -> list[tuple[str, ClockEvent]]:
    """Registered 40 days ago; every other one assigned 30 days ago and never signed for."""
    events = [("case.registered", ClockEvent(now - timedelta(days=40), EventType.REGISTERED, "", 0, FACTS))]
    if number % 2:
        events.append(("case.assigned", ClockEvent(now - timedelta(days=30), EventType.ASSIGNED, "zhujian", 0, FACTS)))
    return events


async def fill(database: Database, now: datetime) -> None:
    async with database.write() as uow:
        base = {
            "channel": "web", "kind": "claim", "topic_code": "", "topic_level1": "", "topic_level2": "", "urgency": 2,
            "place": "", "title": "超期", "text": "超期", "phones": [], "anonymous": False, "understood": {}, "version": 1,
            "filed_at": now, "updated_at": now, "course": {},
        }  # fmt: skip
        numbers = range(1, HOW_MANY + 1)
        await uow.connection.execute(
            petitions.insert(),
            [{"id": n, "petition_no": f"p{n}", "query_code_issue": 1, "channel": "web", "text": "", "filed_at": now} for n in numbers],
        )  # fmt: skip
        await uow.connection.execute(
            cases.insert(),
            [
                {**base, "id": n, "case_no": f"c{n}", "petition_id": n, "state": "assigned" if n % 2 else "registered",
                 "organ": "zhujian" if n % 2 else None}
                for n in numbers
            ],
        )  # fmt: skip
        lines = [
            {"case_id": n, "at": event.at, "actor": "system", "type": name, "public": False,
             "data": {"clock": [{"type": event.type.value, "organ": event.organ, "facts": FACTS}]}}
            for n in numbers for name, event in history(n, now)
        ]  # fmt: skip
        await uow.connection.execute(case_events.insert(), lines)
        for n in numbers:
            await uow.clocks.put(n, due([event for _, event in history(n, now)], work_calendar(), clock_rules()))


def expected(now: datetime) -> Counter:
    """Levels that must have come: a clock's steps up to today, worked out from the pure function alone."""
    wanted: Counter = Counter()
    for parity in (0, 1):
        for one in due([event for _, event in history(parity, now)], work_calendar(), clock_rules()):
            for step in one.steps:
                if step.on <= local_date(now):
                    wanted[one.code, step.level] += HOW_MANY // 2
    return wanted


async def test_each_level_of_ten_thousand_overdue_cases_comes_exactly_once(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'minsheng.sqlite3'}"
    upgrade(url)
    database, now = Database(make_engine(url)), datetime.now(timezone.utc)
    await fill(database, now)
    scanners = [await asyncio.create_subprocess_exec(sys.executable, "-c", SCANNER, url, cwd=ROOT) for _ in range(2)]
    await wait_for_half(database)
    scanners[0].kill()
    await scanners[0].wait()
    assert await scanners[1].wait() == 0
    assert await DeadlineClock(database, SystemClock()).scan() == 0, "nothing is left for a later scan"
    async with database.read() as uow:
        found = Counter({tuple(row[:2]): row[2] for row in await uow.connection.execute(counted(escalations))})
        lines = select(func.count()).where(case_events.c.type == "case.escalated")
        noted = (await uow.connection.execute(lines)).scalar_one()
        acted = Counter(
            dict((await uow.connection.execute(select(tasks.c.kind, func.count()).group_by(tasks.c.kind))).all())
        )
    await database.close()
    wanted = expected(now)
    assert sum(wanted.values()) >= 3 * HOW_MANY
    assert found == wanted and noted == sum(wanted.values())
    by_kind = Counter()
    for (_, level), number in wanted.items():
        if level in ("remind", "supervise", "report"):
            by_kind[level] += number
    assert acted == by_kind


def counted(table):
    return select(table.c.code, table.c.level, func.count()).group_by(table.c.code, table.c.level)


async def wait_for_half(database: Database) -> None:
    while True:
        async with database.read() as uow:
            done = (await uow.connection.execute(select(func.count()).select_from(escalations))).scalar_one()
        if done > HOW_MANY:
            return
        await asyncio.sleep(0.1)
