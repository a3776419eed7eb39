"""登记 in Chromium: understood while the clerk types, what they set stays, a reload loses nothing, the receipt prints."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.domain.people import Role
from tests.browser.console_app import running_office
from tests.browser.reading_worker import a_worker
from tests.browser.seats import Seat
from tests.browser.test_registration_http import CODE, TOLD

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAVED = re.compile(r"草稿 \d")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory):
    async with running_office(tmp_path_factory.mktemp("registering")) as one:
        await one.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        async with a_worker(one):
            yield one


def field(seat: Seat, name: str):
    return seat.page.locator(f"[name={name}]")


async def new_form(house) -> Seat:
    seat = await house.seat("clerk")
    await seat.press("g", "r")
    await expect(seat.page.get_by_role("heading", name="登记")).to_be_visible()
    await seat.page.get_by_role("link", name="另开一张").click()
    await expect(field(seat, "text")).to_be_focused()
    return seat


async def test_the_form_fills_itself_while_the_clerk_types_and_leaves_alone_what_they_set(house):
    seat = await new_form(house)
    await field(seat, "urgency").select_option("2")
    await field(seat, "text").press_sequentially(TOLD)
    await expect(field(seat, "kind")).to_have_value("claim")
    await expect(field(seat, "topic")).to_have_value("城乡建设/城市建设和市政管理")
    await expect(field(seat, "place")).to_have_value("天骄小区")
    await expect(field(seat, "urgency")).to_have_value("2")
    await expect(seat.page.locator(".reasons q", has_text="停水")).to_be_visible()
    await field(seat, "title").fill("天骄小区三号楼停水")
    await field(seat, "text").focus()
    await seat.press("End")
    await field(seat, "text").press_sequentially("，举报物业")
    await expect(field(seat, "kind")).to_have_value("accusation")
    await expect(field(seat, "title")).to_have_value("天骄小区三号楼停水")


async def test_a_reload_loses_nothing_and_what_was_set_is_still_the_clerks(house):
    seat = await new_form(house)
    await field(seat, "text").fill(TOLD)
    await field(seat, "name").fill("张秀英")
    await field(seat, "title").fill("自己写的标题")
    await seat.page.get_by_role("radio", name="来信").check()
    await expect(field(seat, "kind")).to_have_value("claim")
    await expect(seat.page.locator(".kept")).to_have_text(SAVED)
    await seat.page.wait_for_timeout(1200)
    await seat.page.reload()
    for name, value in (("text", TOLD), ("name", "张秀英"), ("title", "自己写的标题"), ("kind", "claim")):
        await expect(field(seat, name)).to_have_value(value)
    await expect(seat.page.get_by_role("radio", name="来信")).to_be_checked()
    await field(seat, "text").press_sequentially("煤气")
    await expect(field(seat, "urgency")).to_have_value("4")
    await expect(field(seat, "title")).to_have_value("自己写的标题")
    await expect(seat.page.get_by_role("alert")).to_contain_text("119")


async def test_filed_by_keys_it_shows_a_receipt_and_the_next_form_is_empty(house):
    seat = await new_form(house)
    await field(seat, "text").fill(TOLD)
    await field(seat, "phone").fill("13812345678")
    await expect(field(seat, "kind")).to_have_value("claim")
    await field(seat, "phone").focus()
    await seat.press("Control+Enter")
    await expect(seat.page.get_by_role("heading", name="信访登记回执")).to_be_visible()
    assert CODE.search(await seat.page.locator(".receipt .code").inner_text())
    await expect(seat.page.get_by_role("button", name="打印")).to_be_visible()
    await seat.page.emulate_media(media="print")
    await expect(seat.page.get_by_role("button", name="打印")).to_be_hidden()
    await expect(seat.page.locator(".receipt .code")).to_be_visible()
    await seat.page.emulate_media(media="screen")
    await seat.page.get_by_role("link", name="打开这件诉求").click()
    await expect(seat.page.locator(".course")).to_contain_text(TOLD)
    await seat.page.goto(f"{seat.url}/console/register?new=1")
    await expect(field(seat, "text")).to_have_value("")


async def test_enter_in_a_line_never_files(house):
    seat = await new_form(house)
    await field(seat, "text").fill(TOLD)
    await expect(field(seat, "kind")).to_have_value("claim")
    await field(seat, "name").focus()
    await seat.press("Enter")
    await seat.page.wait_for_timeout(600)
    await expect(seat.page.get_by_role("heading", name="登记")).to_be_visible()


async def test_two_windows_of_one_form_do_not_write_over_each_other(house):
    first, second = await new_form(house), await house.seat("clerk")
    await field(first, "text").fill(TOLD)
    await expect(field(first, "kind")).to_have_value("claim")
    await expect(first.page.locator(".kept")).to_have_text(SAVED)
    await second.open("/console/register")
    await expect(field(second, "text")).to_have_value(TOLD)
    await field(second, "name").fill("后写的")
    await expect(second.page.locator(".kept")).to_have_text(SAVED)
    await field(first, "name").fill("先开的")
    await expect(first.page.locator(".kept")).to_contain_text("另一个窗口")


async def test_the_course_shows_what_is_asked_for_and_remembers_it(house, office):
    case = await office.file("我家暖气一直不热", title="暖气不热")
    async with office.database.write() as uow:
        await uow.cases.note(case.id, "staff:1", "case.noted", {"text": "先打电话"}, office.clock.now())
    seat = await house.seat("clerk")
    await seat.open(f"/console/cases/{case.case_no}")
    said, note = seat.page.locator(".said.citizen").first, seat.page.locator(".event.inner", has_text="先打电话")
    await expect(said).to_be_visible()
    await expect(note).to_be_visible()
    await seat.press("v")
    await expect(note).to_be_hidden()
    await expect(said).to_be_visible()
    await seat.page.get_by_text("内部", exact=True).first.click()
    await expect(said).to_be_hidden()
    await expect(note).to_be_visible()
    await seat.page.reload()
    await expect(said).to_be_hidden()
    await office.say(str(case.conversation_id), "还是不热")
    await expect(seat.page.locator(".said.citizen", has_text="还是不热")).to_be_attached()
    await seat.press("v")
    await expect(seat.page.locator(".said.citizen", has_text="还是不热")).to_be_visible()


async def test_danger_stands_apart_from_the_proposal_and_no_name_is_cut(house):
    seat = await new_form(house)
    await field(seat, "text").press_sequentially("楼道里煤气味特别大")
    danger, heading = seat.page.locator("[data-proposal] .trouble"), seat.page.get_by_role("heading", name="机器的建议")
    await expect(danger).to_be_visible()
    await expect(seat.page.locator(".bar span", has_text="城市建设和市政管理")).to_be_visible()
    for width in (1280, 390):
        await seat.page.set_viewport_size({"width": width, "height": 900})
        box, below = await danger.bounding_box(), await heading.bounding_box()
        assert below["y"] - (box["y"] + box["height"]) >= 8, width
        cut = "[...document.querySelectorAll('.bar span')].filter(e => e.scrollWidth > e.clientWidth).length"
        assert await seat.page.evaluate(cut) == 0, width
