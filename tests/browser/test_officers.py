"""承办人 in a real browser: `t` takes a case on, or leads to who else could have it; many are taken on by key."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.casework import Work, handle
from bot.domain.commands import MoveCase
from bot.domain.lifecycle import Move
from bot.domain.people import Role, Staff, sight_of
from tests.browser.console_app import Office, running_office
from tests.browser.seats import CHROMIUM

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"the console needs a browser: {CHROMIUM} is missing"),
]
BOSS = Staff(0, "boss", "孙督办", Role.SUPERVISOR, None, True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with running_office(tmp_path_factory.mktemp("office")) as running:
        await running.staff("li", Role.CASE_OFFICER, "zhujian", "李承办")
        await running.staff("zhao", Role.CASE_OFFICER, "zhujian", "赵同事")
        yield running


async def assigned(office: Office, title: str) -> str:
    case = await office.file(title=title)
    async with office.database.write() as uow:
        command = MoveCase(case.case_no, Move.ASSIGN, case.version, organ="zhujian")
        await handle(command, Work(uow, BOSS, sight_of(BOSS), office.clock.now()))
    return case.case_no


async def test_t_takes_a_case_on_and_then_leads_to_whom_it_can_be_given(house):
    case_no = await assigned(house.office, "路灯不亮")
    li = await house.seat("li")
    await li.open(f"/console/cases/{case_no}")
    await li.press("t")
    await expect(li.notice).to_have_text("已由您承办。")
    await expect(li.page.locator(".who-where")).to_contain_text("李承办")
    await li.press("t")
    await expect(li.page.locator("#officer")).to_be_focused()
    await li.page.locator("#officer").select_option(label="赵同事")
    await li.page.get_by_role("button", name="分办").click()
    await expect(li.notice).to_have_text("已分办。")
    await expect(li.page.locator(".who-where")).to_contain_text("赵同事")
    await li.press("t")
    await expect(li.page.locator("#officer")).to_have_count(0)


async def test_many_are_taken_on_from_the_list_and_stand_in_the_day(house):
    for number in range(3):
        await assigned(house.office, f"井盖丢失{number}")
    zhao = await house.seat("zhao")
    await zhao.open("/console?q=井盖丢失&officer=none")
    await zhao.press("a")
    await zhao.page.get_by_role("button", name="我来办").click()
    await expect(zhao.page.locator(".outcome.o-done").first).to_contain_text("3")
    await zhao.open("/console/day")
    await expect(zhao.page.locator(".card", has_text="由您承办")).to_contain_text("井盖丢失0")


async def test_the_help_tells_the_key_and_nothing_is_wider_than_a_phone(house):
    case_no = await assigned(house.office, "门禁失灵")
    li = await house.seat("li", viewport={"width": 360, "height": 780})
    await li.open(f"/console/cases/{case_no}")
    assert await li.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await li.press("?")
    await expect(li.page.locator("#help")).to_contain_text("我来办；已经有承办人的，分办")
