"""Lists in a real browser: picking by key and mouse, one deed on many, filters that stay, keys that lead about."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.domain.people import Role
from bot.domain.reading import CaseKind, Urgency
from tests.browser.console_app import Office, running_office
from tests.browser.seats import CHROMIUM, House, Seat

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"the console needs a browser: {CHROMIUM} is missing"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with running_office(tmp_path_factory.mktemp("office")) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        yield running


async def filed(house: House, name: str, number: int) -> list[str]:
    return [
        (await house.office.file(title=f"{name}第{at}件", kind=CaseKind.ENQUIRY)).case_no for at in range(1, number + 1)
    ]


def picked(seat: Seat):
    return seat.page.locator("[data-picked]")


async def test_cases_are_picked_by_keys_and_assigned_together(house):
    await filed(house, "成批交办", 5)
    clerk = await house.seat()
    await clerk.open("/console?q=成批交办")
    await expect(clerk.page.locator("#bulk")).to_be_hidden()
    await clerk.press("j", "x", "j", "j")
    await expect(picked(clerk)).to_have_text("1")
    await clerk.press("Shift+X")
    await expect(picked(clerk)).to_have_text("3")
    await clerk.press("x")
    await expect(picked(clerk)).to_have_text("2")
    await clerk.press("Escape")
    await expect(clerk.page.locator("#bulk")).to_be_hidden()
    await clerk.press("a", "b")
    await expect(picked(clerk)).to_have_text("5")
    await expect(clerk.page.locator("[data-bulk-organ]")).to_be_focused()
    await clerk.page.locator("[data-bulk-organ]").select_option("zhujian")
    asked: list[str] = []

    async def agree(dialog) -> None:
        asked.append(dialog.message)
        await dialog.accept()

    clerk.page.on("dialog", agree)
    await clerk.press("Control+Enter")
    await expect(clerk.page.locator(".figures")).to_have_text("已办 5")
    assert len(asked) == 1 and "5 件" in asked[0]
    await clerk.press("u")
    await expect(clerk.page.locator(".row-organ").first).to_have_text("住建局")


async def test_enter_in_the_note_field_adds_the_note(house):
    await filed(house, "成批备注", 2)
    clerk = await house.seat()
    await clerk.open("/console?q=成批备注")
    await clerk.press("a")
    await clerk.page.get_by_label("备注内容").fill("一起核实")
    await clerk.press("Enter")
    await expect(clerk.page.get_by_role("heading", level=1)).to_have_text("成批加内部备注的结果")
    await expect(clerk.page.locator(".figures")).to_have_text("已办 2")


async def test_what_changed_meanwhile_is_told_and_left(house):
    numbers = await filed(house, "同时", 3)
    clerk = await house.seat()
    await clerk.open("/console?q=同时")
    await clerk.press("a")
    await expect(picked(clerk)).to_have_text("3")
    async with house.office.database.write() as uow:
        case = (await uow.cases.by_number(numbers[1]))[0]
        await uow.cases.change(case, house.office.clock.now())
    await clerk.page.locator("#bulk").get_by_role("button", name="开始办理").click()
    await expect(clerk.page.locator(".figures")).to_have_text("已办 2有新变化，未办 1")
    await expect(clerk.page.locator(".outcome-line").first).to_contain_text(numbers[1])


async def test_a_picked_case_stays_picked_when_the_list_is_fetched_anew_unless_it_changed(house):
    numbers = await filed(house, "选着", 2)
    clerk = await house.seat()
    await clerk.open("/console?q=选着")
    await clerk.press("a")
    await expect(picked(clerk)).to_have_text("2")
    await house.office.file(title="选着又来一件")
    await expect(clerk.row("选着又来一件")).to_be_visible()
    await expect(picked(clerk)).to_have_text("2")
    async with house.office.database.write() as uow:
        case = (await uow.cases.by_number(numbers[0]))[0]
        await uow.cases.change(case, house.office.clock.now())
    await house.office.mailbox.tell_changed(f"case:{numbers[0]}")
    await expect(picked(clerk)).to_have_text("1")


async def test_a_filter_is_saved_by_key_and_stands_beside_the_list(house):
    await house.office.file(title="常用的一件", urgency=Urgency.CRITICAL)
    clerk = await house.seat()
    await clerk.open("/console?state=open&urgency=4")
    await clerk.press("s")
    await clerk.page.keyboard.type("我的特急")
    await clerk.press("Enter")
    await expect(clerk.notice).to_have_text("已存为常用筛选。")
    mine = clerk.page.locator(".views-named a", has_text="我的特急")
    await expect(mine).to_have_attribute("aria-current", "page")
    number = await mine.locator("b").inner_text()
    await expect(clerk.page.locator(".count strong")).to_have_text(number)
    await house.office.file(title="又一件特急", urgency=Urgency.CRITICAL)
    await expect(mine.locator("b")).to_have_text(str(int(number) + 1))
    await clerk.press("g", "f")
    await expect(clerk.page.locator(".saved-said")).to_have_text("待办 · 特急")
    clerk.page.on("dialog", lambda dialog: dialog.accept())
    await clerk.page.get_by_role("button", name="删去").click()
    await expect(clerk.page.locator(".empty")).to_contain_text("还没有常用筛选")


async def test_keys_lead_to_every_list(house):
    clerk = await house.seat()
    for key, path in (
        ("c", "/conversations"),
        ("a", "?state=all"),
        ("n", "unassigned=1"),
        ("d", "/day"),
        ("f", "/filters"),
        ("i", "/console"),
    ):
        await clerk.press("g", key)
        await clerk.page.wait_for_url(f"**{path}*" if path != "/console" else "**/console")
        await expect(clerk.page.locator("body[data-connected]")).to_be_attached()
    await clerk.press("?")
    for said in ("全选这一页", "去今天", "去会话", "写内部备注"):
        await expect(clerk.page.get_by_role("dialog")).to_contain_text(said)


async def test_the_list_is_taken_along_as_a_file(house):
    await filed(house, "导出", 3)
    clerk = await house.seat()
    await clerk.open("/console?q=导出")
    async with clerk.page.expect_download() as download:
        await clerk.page.get_by_role("link", name="导出 CSV").click()
    got = await download.value
    assert got.suggested_filename.startswith("诉求-") and got.suggested_filename.endswith(".csv")
    lines = list(csv.reader(io.StringIO(Path(await got.path()).read_text(encoding="utf-8-sig"))))
    assert len(lines) == 4 and lines[0][0] == "编号"


@pytest.mark.parametrize("width", [360, 1280, 1920])
async def test_picking_and_its_pages_fit_their_window(house, width, tmp_path_factory):
    await filed(house, f"宽{width}", 4)
    clerk = await house.seat("clerk", viewport={"width": width, "height": 740 if width == 360 else 900})
    folder = tmp_path_factory.getbasetemp()
    await clerk.open(f"/console?q=宽{width}")
    await clerk.press("a")
    for name in ("picked", "bulk", "filters"):
        await clerk.page.screenshot(path=str(folder / f"{name}-{width}.png"))
        assert await clerk.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        if name == "picked":
            await clerk.page.locator("#bulk").get_by_role("button", name="开始办理").click()
            await expect(clerk.page.locator(".figures")).to_have_text("已办 4")
        elif name == "bulk":
            await clerk.open("/console/filters")
