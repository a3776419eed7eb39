"""Drafts of staff on both databases: one's own, one a box, the older window refused with what stands there."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

import pytest

from bot.domain.people import Role
from bot.storage.draft_repository import KEPT_FOR, StaleDraft
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)


async def at_work(database) -> tuple[int, int, int]:
    async with database.write() as uow:
        one = await uow.staff.add("a", "甲", "x", Role.INTAKE_CLERK, None, NOW)
        two = await uow.staff.add("b", "乙", "x", Role.INTAKE_CLERK, None, NOW)
        return one.id, two.id, (await uow.cases.file(new_case(), NOW)).id


async def keep(database, staff: int, case: int, text: str, known: int, at: datetime = NOW):
    async with database.write() as uow:
        return await uow.drafts.keep(staff, case, "reply", text, known, at)


async def of(database, staff: int, case: int):
    async with database.read() as uow:
        return {box: one for box, one in (await uow.drafts.of_case(staff, case)).items() if one.text}


async def test_a_draft_is_its_authors_alone_and_grows(database):
    me, other, case = await at_work(database)
    assert (await keep(database, me, case, "经查", 0)).version == 1
    assert (await keep(database, me, case, "经查，已修好", 1)).version == 2
    assert (await of(database, me, case))["reply"].text == "经查，已修好"
    assert await of(database, other, case) == {}


async def test_the_older_window_is_refused_and_hears_what_stands_there(database):
    me, _, case = await at_work(database)
    await keep(database, me, case, "这边写的", 0)
    with pytest.raises(StaleDraft) as refused:
        await keep(database, me, case, "那边写的", 0)
    assert refused.value.kept.text == "这边写的" and refused.value.kept.version == 1
    assert (await keep(database, me, case, "这边写的", 0)).version == 2  # the same words are no quarrel


async def test_nothing_typed_and_sent_leave_nothing_and_old_ones_go(database):
    me, _, case = await at_work(database)
    await keep(database, me, case, "写了又删", 0)
    assert (await keep(database, me, case, "  ", 1)).version == 2
    assert await of(database, me, case) == {}
    await keep(database, me, case, "很久以前", 2)
    async with database.write() as uow:
        await uow.drafts.keep(me, case, "note", "今天", 0, NOW + KEPT_FOR + timedelta(days=1))
    assert set(await of(database, me, case)) == {"note"}


async def test_a_window_that_still_shows_what_was_sent_overwrites_nothing(database):
    me, _, case = await at_work(database)
    await keep(database, me, case, "已经发出去的", 0)
    async with database.write() as uow:
        await uow.drafts.forget(me, case, ["reply"], NOW)
    await keep(database, me, case, "新写的", 2)
    with pytest.raises(StaleDraft):
        await keep(database, me, case, "已经发出去的，又加一句", 1)
    assert (await of(database, me, case))["reply"].text == "新写的"


async def test_of_two_savings_at_the_same_moment_one_is_told(database):
    me, _, case = await at_work(database)
    for known in (0, 1):
        tries = [keep(database, me, case, f"第{n}个窗口{known}", known) for n in range(4)]
        results = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(one, StaleDraft) for one in results) == 3
        assert [one for one in results if isinstance(one, BaseException) and not isinstance(one, StaleDraft)] == []
