"""Writing to a citizen in a real browser: a template and its gaps, a colleague who approves, the file."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.domain.people import Role
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
        await running.staff("officer", Role.CASE_OFFICER, "zhujian", name="李承办")
        await running.staff("checker", Role.CASE_OFFICER, "zhujian", name="钱审核")
        yield running


async def in_process(house: House, title: str) -> tuple[Seat, str]:
    case = await house.office.file(title=title, place="东胜区天骄街道")
    path = f"/console/cases/{case.case_no}"
    clerk, officer = await house.seat("clerk"), await house.seat("officer")
    await clerk.open(path)
    await clerk.page.get_by_label("承办单位").select_option("zhujian")
    await clerk.page.get_by_role("button", name="交办", exact=True).click()
    await expect(clerk.notice).to_be_visible()
    officer.page.on("dialog", lambda dialog: dialog.accept())
    await officer.open(path)
    for step in ("签收", "受理", "开始办理"):
        await officer.page.get_by_role("button", name=step, exact=True).click()
        await expect(officer.notice).to_have_text(f"“{step}”已记录。")
    return officer, path


async def test_a_template_is_filled_gap_by_gap_and_nothing_with_a_gap_is_sent(house):
    officer, _ = await in_process(house, "路灯坏了要答复")
    page, box = officer.page, officer.page.get_by_label("答复内容")
    await page.locator(".pane-reply [data-template]").select_option(label="道路、路灯")
    await expect(box).to_have_value(holding("经现场查看，东胜区天骄街道"))
    await page.get_by_role("button", name="提交审核").click()
    await expect(page.get_by_role("alert")).to_contain_text("还有空没有填")
    await expect(box).to_have_value(holding("【填：损坏情况】"))
    await box.focus()
    await box.evaluate("box => box.setSelectionRange(0, 0)")
    for words in ("三盏路灯不亮", "市政所", "11月30日", "走东门"):
        await officer.press("Tab")
        await page.keyboard.type(words)
    await expect(box).not_to_have_value(holding("【填"))
    await page.get_by_role("button", name="提交审核").click()
    await expect(officer.notice).to_contain_text("草稿已提交")


async def test_the_opinion_is_a_draft_until_a_colleague_approved_it(house):
    officer, path = await in_process(house, "电梯停了要答复")
    await officer.page.get_by_label("答复内容").fill("经查，电梯已于昨日修好。")
    await officer.page.get_by_role("button", name="提交审核").click()
    await expect(officer.page.locator(".documents li", has_text="处理意见书")).to_contain_text("草稿")
    checker = await house.seat("checker")
    checker.page.on("dialog", lambda dialog: dialog.accept())
    await checker.open(path)
    await checker.page.get_by_role("button", name="审核通过", exact=True).click()
    await expect(checker.notice).to_have_text("审核通过，答复已送达。")
    opinion = checker.page.locator(".documents li", has_text="处理意见书")
    await expect(opinion).not_to_contain_text("草稿")
    for ending in ("Word", "PDF"):
        async with checker.page.expect_download() as download:
            await opinion.get_by_role("button", name=ending).click()
        made = await download.value
        assert made.suggested_filename.startswith("信访事项处理意见书-信处〔")
        assert Path(await made.path()).stat().st_size > 10_000


async def test_a_draft_is_there_on_another_device_and_two_windows_see_both(house):
    officer, path = await in_process(house, "换台电脑接着写")
    async with officer.page.expect_response(
        lambda answer: answer.url.endswith("/kept_drafts") and answer.status == 200
    ):
        await officer.page.get_by_label("答复内容").press_sequentially("经查，正在")
    elsewhere = await house.seat("officer")
    await elsewhere.open(path)
    await expect(elsewhere.page.get_by_label("答复内容")).to_have_value("经查，正在")
    await expect(elsewhere.page.locator(".pane-reply .kept")).to_contain_text("草稿")
    async with elsewhere.page.expect_response(
        lambda answer: answer.url.endswith("/kept_drafts") and answer.status == 200
    ):
        await elsewhere.page.get_by_label("答复内容").fill("经查，已经修好")
    async with officer.page.expect_response(
        lambda answer: answer.url.endswith("/kept_drafts") and answer.status == 409
    ):
        await officer.page.get_by_label("答复内容").fill("经查，正在办理")
    line = officer.page.locator(".pane-reply .kept")
    await expect(line).to_contain_text("经查，已经修好")
    async with officer.page.expect_response(
        lambda answer: answer.url.endswith("/kept_drafts") and answer.status == 200
    ):
        await line.get_by_role("button", name="用那边的").click()
    await expect(officer.page.get_by_label("答复内容")).to_have_value("经查，已经修好")
    await officer.page.get_by_role("button", name="提交审核").click()
    await expect(officer.notice).to_contain_text("草稿已提交")
    async with house.office.database.read() as uow:
        case = (await uow.cases.by_number(path.rpartition("/")[2]))[0]
        member = (await uow.staff.by_username("officer"))[0]
        assert [one.text for one in (await uow.drafts.of_case(member.id, case.id)).values()] == [""]


async def test_a_reason_that_was_begun_is_there_again_and_gone_once_it_was_sent(house):
    officer, path = await in_process(house, "写到一半的延期理由")
    page = officer.page
    await page.locator("summary", has_text="申请延期").click()
    async with page.expect_response(lambda answer: answer.url.endswith("/kept_drafts") and answer.status == 200):
        await page.locator("#ask_extension-reason").press_sequentially("需要等检测结果")
    elsewhere = await house.seat("officer")
    await elsewhere.open(path)
    begun = elsewhere.page.locator("summary", has_text="申请延期")
    await expect(begun).to_contain_text("草稿")
    elsewhere.page.on("dialog", lambda dialog: dialog.accept())
    await begun.click()
    await expect(elsewhere.page.locator("#ask_extension-reason")).to_have_value("需要等检测结果")
    await elsewhere.page.locator("details[open] button.strong").click()
    await expect(elsewhere.notice).to_be_visible()
    async with house.office.database.read() as uow:
        case = (await uow.cases.by_number(path.rpartition("/")[2]))[0]
        member = (await uow.staff.by_username("officer"))[0]
        assert {box: one.text for box, one in (await uow.drafts.of_case(member.id, case.id)).items()} == {
            "ask_extension-reason": ""
        }


async def test_the_templates_can_be_read(house):
    clerk = await house.seat("clerk")
    await clerk.open("/console/templates")
    await expect(clerk.page.locator("table")).to_contain_text("劳动人事争议仲裁委员会")


def holding(words: str) -> re.Pattern[str]:
    """A value that holds these words."""
    return re.compile(re.escape(words))
