"""The audit on both databases: chained, append-only, complete, and honest about what was broken."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.domain.audit import GENESIS
from bot.storage import audit_files
from bot.storage.audit import Anchor, Broken
from bot.storage.schema import sync_engine
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)


async def append(database, number: int = 1, action: str = "staff.signed_in") -> None:
    async with database.write() as uow:
        for _ in range(number):
            uow.audit.append("staff:1", action, "staff:1", NOW, role="auditor")


async def checked(database, anchors=None):
    async with database.read() as uow:
        return await uow.audit.check(anchors)


def tamper(url: str, *statements: str) -> None:
    """What somebody with the rights of the database's owner can do: take the triggers away and change rows."""
    engine = sync_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit", "audit_head"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


async def test_each_row_holds_the_hash_of_the_one_before(database):
    await append(database, 3)
    await append(database)
    async with database.read() as uow:
        rows = [row async for row in uow.audit.rows()]
    assert [row.id for row in rows] == [1, 2, 3, 4]
    assert [row.previous_hash for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert await checked(database) == Anchor(4, rows[-1].hash)


async def test_an_empty_audit_is_unbroken(database):
    assert await checked(database) == Anchor(0, GENESIS)


async def test_many_writers_at_once_make_one_chain(database):
    await asyncio.gather(*(append(database, 2) for _ in range(20)))
    found = await checked(database)
    assert isinstance(found, Anchor) and found.count == 40


async def test_what_is_undone_leaves_no_entry(database):
    with pytest.raises(RuntimeError):
        async with database.write() as uow:
            uow.audit.append("staff:1", "staff.added", "staff:2", NOW)
            raise RuntimeError
    assert await checked(database) == Anchor(0, GENESIS)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'staff:2' WHERE id = 2",
        "DELETE FROM audit WHERE id = 3",
        "DELETE FROM audit",
        "UPDATE audit_head SET count = 2",
        f"UPDATE audit_head SET count = 4, hash = '{'1' * 64}'",
        "DELETE FROM audit_head",
        "INSERT INTO audit SELECT 9, at, actor, action, subject, details, previous_hash, hash FROM audit WHERE id = 1",
        "INSERT INTO audit SELECT 4, at, actor, action, subject, details, previous_hash, hash FROM audit WHERE id = 1",
    ],
)
async def test_the_database_refuses_changes_deletions_and_rows_out_of_order(database, statement):
    await append(database, 3)
    with pytest.raises(DBAPIError):
        async with database.write() as uow:
            await uow.connection.execute(text(statement))
    found = await checked(database)
    assert isinstance(found, Anchor) and found.count == 3


@pytest.mark.parametrize(
    ("statements", "row", "wrong"),
    [
        (["UPDATE audit SET actor = 'staff:2' WHERE id = 3"], 3, "was changed"),
        (["UPDATE audit SET details = '{}' WHERE id = 1"], 1, "was changed"),
        (["DELETE FROM audit WHERE id = 2"], 2, "missing"),
        (["DELETE FROM audit WHERE id = 1"], 1, "missing"),
        (["DELETE FROM audit WHERE id >= 4"], 4, "cut off"),
        (["DELETE FROM audit", "UPDATE audit_head SET count = 5"], 1, "cut off"),
        ([f"UPDATE audit SET previous_hash = '{'0' * 64}' WHERE id = 4"], 4, "previous_hash"),
        ([f"UPDATE audit_head SET hash = '{'1' * 64}'"], 5, "head row"),
        (["DELETE FROM audit_head"], 6, "head row is missing"),
    ],
)
async def test_the_first_broken_row_is_named(database, database_url, statements, row, wrong):
    await append(database, 5)
    tamper(database_url, *statements)
    found = await checked(database)
    assert isinstance(found, Broken) and found.id == row and wrong in found.wrong


async def test_the_anchor_file_notices_a_tail_cut_off_together_with_the_head(database, database_url, tmp_path):
    anchor = tmp_path / "audit.anchor"
    await append(database, 3)
    assert (await audit_files.check(database, anchor, NOW))[0]
    await append(database, 2)
    assert (await audit_files.check(database, anchor, NOW))[0]
    assert [line.split()[0] for line in anchor.read_text().splitlines()] == ["3", "5"]
    cut = "UPDATE audit_head SET count = 3, hash = (SELECT hash FROM audit WHERE id = 3)"
    tamper(database_url, "DELETE FROM audit WHERE id > 3", cut)
    assert (await audit_files.check(database, None, NOW))[0], "without the anchor nothing is left to tell"
    holds, told = await audit_files.check(database, anchor, NOW)
    assert not holds and "row 4" in told and "cut off" in told


async def test_a_case_leaves_its_deeds_and_none_of_its_words(database, tmp_path):
    async with database.write() as uow:
        case = await uow.cases.file(new_case(), NOW)
        data = {"text": "已电话联系 13800000000", "changes": {"title": ["小区停水三天", "停水"]}, "organ": "zhujian"}
        await uow.cases.note(case.id, "staff:1", "case.corrected", data, NOW)
    file = tmp_path / "audit.jsonl"
    assert await audit_files.export(database, file) == 2
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(row["action"], row["subject"]) for row in rows] == [
        ("case.filed", case.case_no),
        ("case.corrected", case.case_no),
    ]
    assert rows[1]["details"] == {"organ": "zhujian", "changed": ["title"], "also": ["text"]}
    assert not any(word in file.read_text(encoding="utf-8") for word in ("停水", "13800000000", "联系"))
