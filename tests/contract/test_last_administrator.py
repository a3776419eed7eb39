"""Two administrators who take each other's role in the same moment, over connections of their own: one always stays."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone

import pytest
import pytest_asyncio

from bot.domain.errors import Forbidden
from bot.domain.people import Role, Staff
from bot.storage.engine import make_engine
from bot.storage.unit_of_work import Database
from bot.web.auth import administering

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
ROUNDS = 5


@pytest_asyncio.fixture
async def other(database, database_url):
    """The same database as another process has it."""
    opened = Database(make_engine(database_url.replace("postgresql://", "postgresql+asyncpg://")))
    yield opened
    await opened.close()


async def two(database, round: int) -> tuple[Staff, Staff]:
    async with database.write() as uow:
        first = await uow.staff.add(f"first{round}", "甲", "x", Role.ADMINISTRATOR, None, NOW)
        second = await uow.staff.add(f"second{round}", "乙", "x", Role.ADMINISTRATOR, None, NOW)
    return first, second


async def demote(database, doer: Staff, member: Staff) -> None:
    async with administering(database, doer) as uow:
        await asyncio.sleep(0.02)
        await uow.staff.change(member.id, member.name, Role.AUDITOR, None)


async def shut_out(database, doer: Staff, member: Staff) -> None:
    async with administering(database, doer) as uow:
        await asyncio.sleep(0.02)
        await uow.staff.set_active(member.id, False)


@pytest.mark.parametrize("deed", [demote, shut_out])
async def test_of_two_at_once_one_stays_and_the_other_is_refused(database, other, deed):
    for round in range(ROUNDS):
        first, second = await two(database, round)
        ended = await asyncio.gather(deed(database, first, second), deed(other, second, first), return_exceptions=True)
        assert sorted(type(one) for one in ended if one is not None) == [Forbidden], ended
        async with database.write() as uow:
            left = await uow.staff.hold_administrators()
            assert len(left) == 1
            for one in left:
                await uow.staff.set_active(one, False)


async def test_who_administers_no_longer_does_nothing_more(database, other):
    first, second = await two(database, 0)
    await demote(database, first, second)
    with pytest.raises(Forbidden):
        await shut_out(other, second, first)
    async with database.read() as uow:
        assert (await uow.staff.get(first.id)).active
