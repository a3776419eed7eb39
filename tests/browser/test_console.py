"""The console in a real browser, on a real application, database and Valkey (console_app.py)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.domain.conversation import Mode
from bot.domain.people import Role, Sight
from bot.domain.reading import CaseKind, Urgency
from bot.storage.case_repository import CaseFilter
from tests.browser.console_app import PASSWORD, SAMPLES, Office, fill, running_office
from tests.browser.seats import CHROMIUM, DESKTOP

EVERYTHING = Sight(everything_else=True)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"the console needs a browser: {CHROMIUM} is missing"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with running_office(tmp_path_factory.mktemp("office")) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        await running.staff("colleague", Role.INTAKE_CLERK, name="赵同事")
        await running.staff("officer", Role.CASE_OFFICER, "zhujian", name="李承办")
        await running.staff("discipline", Role.DISCIPLINARY, name="张纪检")
        await running.staff("boss", Role.ADMINISTRATOR, name="管理员")
        yield running


async def test_a_new_case_stands_in_the_list_without_a_reload(house):
    clerk = await house.seat()
    await clerk.page.evaluate("window.sameLoad = true")
    await house.office.file(title="新来的一件：路口红绿灯不亮")
    await expect(clerk.row("路口红绿灯不亮")).to_be_visible()
    assert await clerk.page.evaluate("window.sameLoad")


async def test_an_accusation_appears_for_the_disciplinary_role_alone(house):
    clerk, discipline = await house.seat(), await house.seat("discipline")
    await house.office.file(title="某科长吃拿卡要", kind=CaseKind.ACCUSATION)
    await expect(discipline.row("某科长吃拿卡要")).to_be_visible()
    await house.office.file(title="随后的普通诉求")
    await expect(clerk.row("随后的普通诉求")).to_be_visible()
    await expect(clerk.row("某科长吃拿卡要")).to_have_count(0)
    await expect(discipline.row("随后的普通诉求")).to_have_count(0)


async def test_the_list_comes_back_after_the_stream_was_cut(house):
    clerk = await house.seat()
    await house.office.cut_streams()
    await expect(clerk.page.locator("#live")).to_be_visible()
    await house.office.file(title="断线时来的一件")
    await expect(clerk.row("断线时来的一件")).to_be_visible()
    await expect(clerk.page.locator("#live")).to_be_hidden()


async def test_a_whole_day_by_keyboard(house):
    case = await house.office.file(
        title="键盘办件：小区电梯停运", kind=CaseKind.ENQUIRY, urgency=Urgency.CRITICAL, phones=()
    )
    clerk = await house.seat()
    await clerk.press("/")
    await clerk.page.keyboard.type("电梯停运")
    await clerk.press("Enter")
    await expect(clerk.row("小区电梯停运")).to_be_visible()
    await clerk.press("Escape", "j", "Enter")
    await expect(clerk.page.get_by_role("heading", level=1)).to_have_text("键盘办件：小区电梯停运")
    await clerk.press("a")
    await expect(clerk.page.get_by_label("承办单位")).to_be_focused()
    await clerk.press("Control+Enter")
    await expect(clerk.notice).to_have_text("“交办”已记录。")
    await clerk.press("n")
    await clerk.page.keyboard.type("已电话联系物业")
    await clerk.press("Control+Enter")
    await expect(clerk.notice).to_have_text("备注已保存。")
    await clerk.press("r")
    await clerk.page.keyboard.type("今天下午修好")
    await clerk.press("Control+Enter")
    await expect(clerk.notice).to_have_text("答复已发给群众。")
    await expect(clerk.page.locator(".said.staff .bubble")).to_contain_text("今天下午修好")
    await clerk.press("u")
    await expect(clerk.page.locator("#list")).to_contain_text("已答复")
    async with house.office.database.read() as uow:
        types = [event.type for event in await uow.cases.history(case)]
    assert types == ["case.filed", "case.registered", "case.assigned", "case.noted", "case.replied"]


async def test_the_proposed_organ_is_chosen_with_its_reason(house):
    case = await house.office.file(title="暖气不热要交办", text="暖气一直不热")
    clerk = await house.seat()
    await clerk.open(f"/console/cases/{case.case_no}")
    await expect(clerk.page.locator(".proposal")).to_contain_text("建议：东胜区人民政府")
    await expect(clerk.page.locator(".proposal")).to_contain_text("属地办理")
    await expect(clerk.page.get_by_label("承办单位")).to_have_value("dongsheng")


async def test_what_was_understood_is_shown_with_how_sure_it_is_and_why(house):
    case = await house.office.file(title="看看理解")
    clerk = await house.seat()
    await clerk.open(f"/console/cases/{case.case_no}")
    bars = clerk.page.locator(".bars")
    await expect(bars).to_contain_text("城乡建设")
    await expect(bars).to_contain_text("83%")
    await expect(bars.locator("q").first).to_have_text("暖气")


async def test_a_correction_is_kept_with_old_and_new(house):
    case = await house.office.file(title="要更正的一件")
    clerk = await house.seat()
    await clerk.open(f"/console/cases/{case.case_no}")
    await clerk.press("e")
    await clerk.page.keyboard.press("End")
    await clerk.page.keyboard.type("（三号楼）")
    form = clerk.page.locator("form.correct")
    await form.get_by_label("紧急").select_option("特急")
    await form.get_by_role("button", name="保存更正").click()
    await expect(clerk.notice).to_have_text("更正已保存。")
    await expect(clerk.page.get_by_role("heading", level=1)).to_have_text("要更正的一件（三号楼）")
    await expect(clerk.page.locator(".course")).to_contain_text("紧急程度：紧急 → 特急")


async def test_two_people_on_one_case_the_second_is_told_and_keeps_their_words(house):
    case = await house.office.file(title="两个人同时办", kind=CaseKind.ENQUIRY)
    clerk, colleague = await house.seat(), await house.seat("colleague")
    for seat in (clerk, colleague):
        await seat.open(f"/console/cases/{case.case_no}")
    await colleague.page.get_by_label("答复内容").fill("我写了很长的答复")
    await clerk.page.get_by_role("button", name="开始办理").click()
    await expect(clerk.notice).to_be_visible()
    await expect(colleague.page.locator("[data-changed]")).to_be_visible()
    await colleague.page.get_by_role("button", name="发送答复").click()
    await expect(colleague.page.get_by_role("alert")).to_contain_text("刚刚有了变化")
    await expect(colleague.page.get_by_label("答复内容")).to_have_value("我写了很长的答复")
    await colleague.page.get_by_role("button", name="发送答复").click()
    await expect(colleague.notice).to_have_text("答复已发给群众。")


async def test_a_draft_outlives_a_reload_and_goes_with_sending(house):
    case = await house.office.file(title="草稿", kind=CaseKind.ENQUIRY)
    clerk = await house.seat()
    await clerk.open(f"/console/cases/{case.case_no}")
    await clerk.page.get_by_label("答复内容").fill("写到一半")
    await clerk.page.reload()
    await expect(clerk.page.get_by_label("答复内容")).to_have_value("写到一半")
    await clerk.page.get_by_role("button", name="发送答复").click()
    await expect(clerk.notice).to_be_visible()
    await expect(clerk.page.get_by_label("答复内容")).to_have_value("")


async def test_phones_are_shown_once_they_are_asked_for(house):
    case = await house.office.file(title="看电话")
    clerk = await house.seat()
    await clerk.open(f"/console/cases/{case.case_no}")
    await expect(clerk.page.locator(".phones")).to_have_text("138****5678")
    await clerk.page.get_by_label("查看隐去内容的理由").fill("电话联系群众")
    await clerk.page.get_by_role("button", name="显示").click()
    await expect(clerk.page.locator(".phones")).to_have_text("13812345678")
    await expect(clerk.page.locator(".course")).to_contain_text("查看隐去的内容")
    await clerk.open(f"/console/cases/{case.case_no}")
    await expect(clerk.page.locator(".phones")).to_have_text("138****5678")


async def test_a_waiting_citizen_is_taken_over_answered_and_given_back(house):
    talk = await house.office.conversation("我要找真人", mode=Mode.WAITING)
    clerk = await house.seat()
    await clerk.open("/console/conversations")
    await expect(clerk.page.locator(".row").first).to_contain_text("等待人工")
    await clerk.row("我要找真人").first.click()
    await clerk.page.get_by_role("button", name="接管").click()
    await expect(clerk.notice).to_contain_text("已接管")
    await house.office.say(talk, "您好，我家停水了")
    await expect(clerk.page.locator(".said.citizen").last).to_contain_text("我家停水了")
    await clerk.press("r")
    await clerk.page.keyboard.type("马上帮您联系")
    await clerk.press("Control+Enter")
    await expect(clerk.page.locator(".said.staff .bubble")).to_have_text("马上帮您联系")
    await clerk.page.get_by_role("button", name="交还助手").click()
    await expect(clerk.page.locator(".talk-title .mode")).to_have_text("助手在答")


async def test_an_officer_sees_their_organs_cases_and_no_way_to_pass_them_on(house):
    case = await house.office.file(title="住建局的一件")
    clerk, officer = await house.seat(), await house.seat("officer")
    await expect(officer.row("住建局的一件")).to_have_count(0)
    await clerk.open(f"/console/cases/{case.case_no}")
    await clerk.page.get_by_label("承办单位").select_option("zhujian")
    await clerk.page.get_by_role("button", name="交办", exact=True).click()
    await expect(officer.row("住建局的一件")).to_be_visible()
    await officer.row("住建局的一件").click()
    await officer.page.get_by_role("button", name="签收").click()
    await expect(officer.page.locator(".moves, .move").first).to_contain_text("受理")
    await expect(officer.page.get_by_label("承办单位")).to_have_count(0)
    await expect(officer.page.get_by_role("link", name="会话")).to_have_count(0)


async def test_filters_narrow_the_list_and_the_count_agrees(house):
    await house.office.file(title="筛选甲", kind=CaseKind.SUGGESTION, urgency=Urgency.LOW)
    await house.office.file(title="筛选乙")
    clerk = await house.seat()
    await clerk.open("/console?q=筛选")
    await expect(clerk.page.locator(".count strong")).to_have_text("2")
    await clerk.page.locator("summary", has_text="筛选").click()
    await clerk.page.get_by_label("类别").select_option("建议意见")
    await expect(clerk.page.locator(".count strong")).to_have_text("1")
    await expect(clerk.row("筛选甲")).to_be_visible()
    await clerk.open("/console?q=一个没有的词")
    await expect(clerk.page.locator(".empty")).to_contain_text("没有符合条件的诉求")


async def test_help_tells_the_keys(house):
    clerk = await house.seat()
    await clerk.press("?")
    await expect(clerk.page.get_by_role("dialog")).to_contain_text("快捷键")
    await clerk.press("Escape")
    await expect(clerk.page.get_by_role("dialog")).to_be_hidden()


async def test_typing_in_a_field_is_no_command(house):
    case = await house.office.file(title="输入框里的字母", kind=CaseKind.ENQUIRY)
    clerk = await house.seat()
    await clerk.open(f"/console/cases/{case.case_no}")
    await clerk.press("r")
    await clerk.page.keyboard.type("jkurna?/")
    await expect(clerk.page.get_by_label("答复内容")).to_have_value("jkurna?/")


async def test_the_administrator_adds_somebody_who_can_sign_in(house):
    boss = await house.seat("boss")
    await boss.open("/console/staff")
    await boss.page.get_by_label("姓名").fill("新同事")
    await boss.page.get_by_label("用户名").fill("newcomer")
    await boss.page.get_by_role("button", name="添加").click()
    told = await boss.page.locator(".told").inner_text()
    assert re.search(r"密码\s*\w{16}", told)
    await expect(boss.page.locator("tbody tr", has_text="新同事")).to_contain_text("在用")


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
async def test_every_page_fits_its_window(house, width, tmp_path_factory):
    if not await _filled(house.office):
        await fill(house.office)
    boss = await house.seat("boss", viewport={"width": width, "height": 740 if width == 360 else 1000})
    folder = tmp_path_factory.getbasetemp()
    for name, path in (("inbox", "/console"), ("talks", "/console/conversations"), ("staff", "/console/staff")):
        await boss.open(path)
        await _fits(boss.page, folder / f"{name}-{width}.png")
    for name, path in (("case", "/console"), ("talk", "/console/conversations")):
        await boss.open(path)
        await boss.page.locator(".row-link").first.click()
        await expect(boss.page.locator(".matter")).to_be_visible()
        await _fits(boss.page, folder / f"{name}-{width}.png")


async def _filled(office: Office) -> bool:
    async with office.database.read() as uow:
        return await uow.cases.count(CaseFilter(words=SAMPLES[0]["title"]), EVERYTHING) > 0


async def _fits(page: Page, picture: Path) -> None:
    await page.screenshot(path=str(picture))
    too_wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert too_wide <= 0, f"{page.url} is {too_wide} px too wide"


async def test_on_a_phone_no_table_is_scrolled_sideways_and_each_value_has_its_name(house):
    admin = await house.seat("boss", viewport={"width": 390, "height": 844})
    for path in ("units", "templates", "rules", "board", "proposals"):
        await admin.open(f"/console/{path}")
        assert await admin.page.locator(".scroll table").count(), path
        wide = await admin.page.evaluate(
            "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).length"
        )
        assert wide == 0, path
    await admin.open("/console/units")
    named = "getComputedStyle(document.querySelector('.scroll td:nth-child(2)'), '::before').content"
    assert await admin.page.evaluate(named) == '"上一级"'


async def test_without_scripts_a_case_is_still_answered(house):
    case = await house.office.file(title="没有脚本", kind=CaseKind.ENQUIRY)
    context = await house.browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = await context.new_page()
    await page.goto(f"{house.office.url}/console/cases/{case.case_no}")
    await page.get_by_label("用户名").fill("clerk")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.get_by_label("答复内容").fill("不靠脚本的答复")
    await page.get_by_role("button", name="发送答复").click()
    await expect(page.locator(".notice")).to_have_text("答复已发给群众。")
    await context.close()
