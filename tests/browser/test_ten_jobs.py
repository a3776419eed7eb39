"""The ten commonest jobs of the console, done by mouse and by key, with the clicks and keys each takes.

A click is a click, choosing from a list is one more, a key is one pressed outside of a text or with Ctrl, and Enter for
each question that the browser asks back; what is typed into a text is not counted. The figures stand in docs/console.md
alone, and are what the pages need now: a page that asks for more fails here, and one that asks for less wants the table
mended.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Dialog, expect

from bot.domain.conversation import Mode
from bot.domain.people import Role
from bot.domain.reading import CaseKind
from tests.browser.console_app import PASSWORD, Office, running_office
from tests.browser.seats import CHROMIUM, House, Seat

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"the console needs a browser: {CHROMIUM} is missing"),
]
COUNTING = """
(() => {
  const add = (name) => sessionStorage.setItem(name, String(Number(sessionStorage.getItem(name) || 0) + 1));
  const writing = (target) => target.closest && target.closest("textarea, input:not([type=radio]):not([type=checkbox])");
  addEventListener("click", (event) => { if (event.isTrusted && event.detail) add("clicks"); }, true);
  addEventListener("change", (event) => { if (event.target.tagName === "SELECT") add("clicks"); }, true);
  addEventListener("keydown", (event) => {
    if (["Control", "Shift"].includes(event.key)) return;
    if (event.ctrlKey || !writing(event.target) || ["Enter", "Tab", "Escape"].includes(event.key)) add("keys");
  }, true);
})();
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with running_office(tmp_path_factory.mktemp("office")) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        await running.staff("officer", Role.CASE_OFFICER, "dongsheng", name="李承办")
        await running.staff("checker", Role.CASE_OFFICER, "dongsheng", name="钱审核")
        yield running


async def seat_at(house: House, who: str, path: str = "/console") -> Seat:
    seat = await house.seat(who)

    async def agree(dialog: Dialog) -> None:
        seat.agreed += 1
        await dialog.accept()

    seat.page.on("dialog", agree)
    await seat.page.add_init_script(COUNTING)
    await seat.open(path)
    await seat.page.evaluate("sessionStorage.clear()")
    return seat


async def takes(seat: Seat, job: int) -> None:
    """As many clicks and keys since the seat was taken as the table says."""
    script = "['clicks', 'keys'].map((name) => Number(sessionStorage.getItem(name) || 0))"
    clicks, keys = await seat.page.evaluate(script)
    assert (clicks, keys + seat.agreed) == table()[job], f"job {job}: clicks and keys, as in docs/console.md"


@lru_cache(maxsize=1)
def table() -> Mapping[int, tuple[int, int]]:
    """Job → clicks and keys, from docs/console.md."""
    docs = (Path(__file__).parents[2] / "docs" / "console.md").read_text(encoding="utf-8")
    part = docs.partition("## Ten jobs")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| (\d+) [^|]+\| (\d+) \| (\d+) \|$", part, re.MULTILINE)
    return {int(job): (int(clicks), int(keys)) for job, clicks, keys in lines}


async def step(seat: Seat, name: str, told: str = "") -> None:
    await seat.page.get_by_role("button", name=name, exact=True).click()
    await expect(seat.notice).to_have_text(told or f"“{name}”已记录。")


async def with_officer(house: House, title: str, *steps: str) -> str:
    """A case at the officer's, so far."""
    case = await house.office.file(title=title, place="东胜区天骄街道")
    path = f"/console/cases/{case.case_no}"
    clerk = await seat_at(house, "clerk", path)
    await step(clerk, "交办")
    if steps:
        officer = await seat_at(house, "officer", path)
        for one in steps:
            await step(officer, one)
    return path


async def test_1_signing_in(house):
    seat = await house.seat("clerk")
    await seat.page.add_init_script(COUNTING)
    await seat.page.context.clear_cookies()
    await seat.page.goto(f"{seat.url}/console/login")
    await seat.page.evaluate("sessionStorage.clear()")
    await seat.page.keyboard.type("clerk")  # the field has the focus
    await seat.press("Tab")
    await seat.page.keyboard.type(PASSWORD)
    await seat.press("Enter")
    await expect(seat.page.locator("body[data-connected]")).to_be_attached()
    await takes(seat, job=1)


async def test_2_finding_a_case_by_its_words(house):
    await house.office.file(title="滨河路广告牌松动")
    seat = await seat_at(house, "clerk")
    await seat.press("/")
    await seat.page.keyboard.type("广告牌松动")
    await seat.press("Enter")
    await seat.page.wait_for_url("**/console?*q=*")
    await expect(seat.page.locator("body[data-connected]")).to_be_attached()
    await seat.press("Enter")  # the first one found
    await expect(seat.page.get_by_role("heading", level=1)).to_have_text("滨河路广告牌松动")
    await takes(seat, job=2)


async def test_3_sending_a_new_case_to_the_proposed_organ(house):
    case = await house.office.file(title="路灯要派单", place="东胜区天骄街道")
    seat = await seat_at(house, "clerk", f"/console/cases/{case.case_no}")
    await step(seat, "交办")
    await takes(seat, job=3)


async def test_4_accepting_a_case(house):
    path = await with_officer(house, "电梯要受理", "签收")
    seat = await seat_at(house, "officer", path)
    await step(seat, "受理")
    await takes(seat, job=4)


async def test_5_drafting_a_reply_from_a_template(house):
    path = await with_officer(house, "供暖要答复", "签收", "受理", "开始办理")
    seat = await seat_at(house, "officer", path)
    await seat.page.locator(".pane-reply [data-template]").select_option(label="查无实据")
    for words, then in (("查看了现场和记录", "Tab"), ("没有发现", "Tab"), ("8581234", "Control+Enter")):
        await seat.page.keyboard.type(words)
        await seat.press(then)
    await expect(seat.notice).to_contain_text("草稿已提交")
    await takes(seat, job=5)


async def test_6_approving_a_colleagues_reply(house):
    path = await with_officer(house, "等审核的件", "签收", "受理", "开始办理")
    officer = await seat_at(house, "officer", path)
    await officer.page.get_by_label("答复内容").fill("经查，已经修好。")
    await step(officer, "提交审核", "草稿已提交，等另一位同事审核。")
    seat = await seat_at(house, "checker", "/console/day")
    await seat.page.get_by_role("link", name="等审核的件").first.click()
    await step(seat, "审核通过", "审核通过，答复已送达。")
    await takes(seat, job=6)


async def test_7_asking_the_citizen_for_more(house):
    case = await house.office.file(title="地点不清楚", place="")
    seat = await seat_at(house, "clerk", f"/console/cases/{case.case_no}")
    await seat.page.locator("summary", has_text="请补充材料").click()
    form = seat.page.locator("details[open] form")
    await form.locator("[data-template]").select_option(label="补充地点")
    await form.get_by_role("button", name="请补充材料").click()
    await expect(seat.notice).to_have_text("“请补充材料”已记录。")
    await takes(seat, job=7)


async def test_8_correcting_the_topic(house):
    case = await house.office.file(title="分类不对")
    seat = await seat_at(house, "clerk", f"/console/cases/{case.case_no}")
    await seat.page.locator("form.correct").get_by_label("分类").select_option(label="城乡建设 · 工程质量")
    await step(seat, "保存更正", "更正已保存。")
    await takes(seat, job=8)


async def test_9_sending_five_cases_at_once(house):
    for number in range(5):
        await house.office.file(title=f"成批交办第{number}件", kind=CaseKind.CLAIM)
    seat = await seat_at(house, "clerk", "/console?q=成批交办&state=open")
    await expect(seat.page.locator("[data-pick]")).to_have_count(5)
    await seat.press("a", "b")
    await seat.page.locator("[data-bulk-organ]").select_option("dongsheng")
    await seat.press("Control+Enter")
    await expect(seat.page.locator("main")).to_contain_text("已办")
    await takes(seat, job=9)


async def test_10_taking_a_talk_over_and_giving_it_back(house):
    talk = await house.office.conversation("我要找真人说", mode=Mode.WAITING)
    seat = await seat_at(house, "clerk", f"/console/conversations/{talk}")
    await step(seat, "接管", "已接管，助手不再回答。")
    await seat.press("r")
    await seat.page.keyboard.type("您好，我是受理员，请讲。")
    await seat.press("Control+Enter")
    await expect(seat.notice).to_have_text("已发送。")
    await step(seat, "交还助手", "已交还给助手。")
    await takes(seat, job=10)


async def test_the_table_in_the_docs_has_all_ten():
    assert sorted(table()) == list(range(1, 11))
