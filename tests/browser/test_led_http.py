"""领导包案 in the console: who leads which case, how far it is, and nothing of cases that are not one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from bot.domain.case import Case
from bot.domain.people import Role
from tests.browser.console_app import Office, running_office


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("boss", Role.SUPERVISOR, name="赵督办")
        await running.staff("leader", Role.LEADER, name="孙市长")
        await running.staff("other", Role.LEADER, name="周市长")
        yield running


async def led_by(office: Office, username: str, title: str) -> Case:
    case = await office.file(title=title)
    async with office.database.write() as uow:
        leader = (await uow.staff.by_username(username))[0]
        return await uow.cases.change(replace(case, leader_id=leader.id), office.clock.now())


async def test_a_supervisor_sees_every_leaders_cases_with_clock_and_progress(office, visitor):
    await led_by(office, "leader", "征地补偿没到位")
    await led_by(office, "other", "电梯一直不修")
    await office.file(title="没有人包的案")
    await visitor.sign_in("boss")
    status, page, _ = await visitor.get("/console/led")
    assert status == 200 and "孙市长" in page and "周市长" in page
    assert "征地补偿没到位" in page and "电梯一直不修" in page and "没有人包的案" not in page
    assert "还有" in page and "登记" in page
    assert 'href="/console/led"' in (await visitor.get("/console/board"))[1]


async def test_a_leader_sees_only_their_own(office, visitor):
    await led_by(office, "leader", "征地补偿没到位")
    other = await led_by(office, "other", "电梯一直不修")
    await visitor.sign_in("leader")
    page = (await visitor.get("/console/led"))[1]
    assert "征地补偿没到位" in page
    assert "电梯一直不修" not in page and other.case_no not in page and "周市长" not in page


async def test_a_leader_who_is_shut_out_leaves_a_warning(office, visitor):
    await led_by(office, "leader", "征地补偿没到位")
    async with office.database.write() as uow:
        await uow.staff.set_active((await uow.staff.by_username("leader"))[0].id, False)
    await visitor.sign_in("boss")
    assert "这个账号已停用" in (await visitor.get("/console/led"))[1]


async def test_nobody_led_is_said_plainly(office, visitor):
    await visitor.sign_in("boss")
    assert "还没有领导包案的诉求" in (await visitor.get("/console/led"))[1]
