"""SQLite's plans, for every role: no list, figure or look goes through all cases, clocks or deeds outside of an index."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest
import pytest_asyncio
from sqlalchemy import event

from bot.domain.people import Role, Sight, Staff, sight_of
from bot.storage.board_repository import DueSpell
from bot.storage.case_repository import CaseFilter
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.unit_of_work import Database, UnitOfWork

NOW, TODAY = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc), date(2026, 11, 23)
SIGHTS = {role.value: sight_of(Staff(5, "somebody", "赵某某", role, "zhujian", True)) for role in Role}
# All of a table outside of an index; these may grow to millions of rows.
GREAT = ("cases", "case_events", "case_clocks", "audit", "inbox", "outbox", "conversations", "petitions", "proposals")


@pytest_asyncio.fixture
async def database(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'plans.sqlite3'}"
    upgrade(url)
    opened = Database(make_engine(url))
    yield opened
    await opened.close()


async def ask_everything(uow: UnitOfWork, sight: Sight) -> None:
    for wanted in (
        CaseFilter(),
        CaseFilter(order="due"),
        CaseFilter(owed=True),
        CaseFilter(unheld=True, due_until=TODAY),
    ):
        await uow.cases.search(wanted, sight)
        await uow.cases.count(wanted, sight)
    await uow.cases.tally(sight)
    await uow.cases.newest(sight)
    await uow.cases.by_numbers(["20261123-00001", "20261123-00002"], sight)
    await uow.cases.of_phones(["13800000000"], sight)
    await uow.clocks.open_tasks(sight)
    await uow.clocks.concluded(TODAY, TODAY, sight)
    await uow.boards.organs(sight, DueSpell(TODAY, TODAY, NOW), 2)
    await uow.boards.clearances(sight, [(NOW, NOW)], TODAY)
    await uow.boards.leaders(sight, TODAY)
    await uow.boards.led(5, sight)
    await uow.boards._next_clocks([1, 2])
    await uow.proposals.outcomes("organ", sight, NOW)
    await uow.conversations.overview(sight)
    await uow.audit.listed(100, "staff:1", "", 50)
    await uow.audit.listed(100, "", "20261123-00001", 50)
    await uow.clocks.reached(TODAY, 200)
    await uow.cases.unfetched(NOW, ["wechat"])
    await uow.inbox.conversations_left_open(NOW)
    await uow.outbox.due(NOW, ["wechat"])


async def plans_of(database: Database, sight: Sight) -> list[tuple[str, str]]:
    sent: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, *_) -> None:
        sent.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.read() as uow:
        await ask_everything(uow, sight)
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.engine.connect() as connection:
        return [
            (statement, row[-1])
            for statement, parameters in sent
            if "WHERE 0 = 1" not in statement  # for whom there is nothing to see, SQLite begins no loop
            for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


@pytest.mark.parametrize("role", SIGHTS)
async def test_nothing_great_is_gone_through_outside_of_an_index(database, role):
    plans = await plans_of(database, SIGHTS[role])
    assert len(plans) > 50
    scans = [(step, said) for said, step in plans if step.startswith(tuple(f"SCAN {table}" for table in GREAT))]
    assert [one for one in scans if "COVERING INDEX" not in one[0]] == []


@pytest.mark.parametrize("role", ["case_officer", "leader"])
async def test_cases_that_are_named_are_not_looked_for_among_those_of_the_organ(database, role):
    named = ("case_no IN", "leader_id IS NOT NULL", "case_clocks.case_id IN")
    plans = [(said, step) for said, step in await plans_of(database, SIGHTS[role]) if any(one in said for one in named)]
    assert len(plans) > 3
    assert [(step, said) for said, step in plans if "list_of_organ" in step or "standing" in step] == []


@pytest.mark.parametrize(
    ("table", "index"), [("LEFT OUTER JOIN attachments", "ix_inbox_media"), ("case_id + 0", "next_on")]
)
async def test_what_is_asked_all_the_time_goes_by_its_own_index(database, table, index):
    plans = [step for said, step in await plans_of(database, SIGHTS["supervisor"]) if table in said]
    assert [step for step in plans if index in step] != []
