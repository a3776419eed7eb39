"""Cases without a channel, and what goes out: nobody is told by itself who cannot be, and nobody approves half a reply."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.casework import Work, handle
from bot.domain.case import Case
from bot.domain.commands import RegisterPetition
from bot.domain.people import Role, Sight, sight_of
from bot.domain.petitioner import Petitioner
from bot.domain.reading import CaseKind, Urgency
from bot.domain.working_days import local_date
from bot.understanding.taxonomy import taxonomy
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor, visiting

WHO = Petitioner("张秀英", "东胜区天骄小区3号楼2单元501室")
REPLY = "张秀英：您的电话 13812345678 收到。水管已修好，请到天骄小区3号楼2单元501室查看。"
OWED = re.compile(r'<div class="owed" id="told">(.*?)</div>', re.S)
VERSION = re.compile(r'name="version" value="(\d+)"')


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as one:
        await one.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        await one.staff("officer", Role.CASE_OFFICER, "zhujian", "李承办")
        await one.staff("checker", Role.CASE_OFFICER, "zhujian", "钱审核")
        await one.staff("other", Role.CASE_OFFICER, "gongan", "孙公安")
        await one.staff("auditor", Role.AUDITOR, name="卫审计")
        yield one


async def registered(office: Office, **given: Any) -> Case:
    """What came by telephone, as the desk files it."""
    now = office.clock.now()
    command = RegisterPetition(
        way="phone",
        received_on=local_date(now),
        text="天骄小区停水三天了",
        kind=CaseKind.CLAIM,
        topic=taxonomy().topic("城乡建设", "城市建设和市政管理"),
        urgency=Urgency.NORMAL,
        place="东胜区天骄小区",
        title="天骄小区停水",
        phone="13812345678",
        petitioner=WHO,
        people=None,
        anonymous=False,
        understood={},
    )
    async with office.database.write() as uow:
        clerk = (await uow.staff.by_username("clerk"))[0]
        return await handle(replace(command, **given), Work(uow, clerk, sight_of(clerk), now))


async def does(visitor: Visitor, case: Case, deed: str, **form: str) -> None:
    path = f"/console/cases/{case.case_no}"
    version = VERSION.findall((await visitor.get(path))[1])
    status, body, _ = await visitor.post(f"{path}/{deed}", version=version[0], **form)
    assert status == 303, re.findall(r'role="alert">([^<]*)', body)


async def owed(visitor: Visitor, case: Case) -> str:
    found = OWED.findall((await visitor.get(f"/console/cases/{case.case_no}"))[1])
    return unescape(found[0]) if found else ""


async def day(visitor: Visitor) -> str:
    return (await visitor.get("/console/day"))[1].partition('<section class="card wide">')[2]


async def test_who_has_no_channel_is_told_by_whoever_acts(office):
    case = await registered(office)
    async with visiting(office) as clerk, visiting(office) as officer:
        await clerk.sign_in("clerk")
        await officer.sign_in("officer")
        page = (await clerk.get(f"/console/cases/{case.case_no}"))[1]
        assert "没有网上渠道：系统不会通知群众" in page and await owed(clerk, case) == ""
        await does(clerk, case, "assign", organ="zhujian")
        assert "已经转给市住房和城乡建设局办理" in await owed(clerk, case)
        assert "请电话告知：您反映的“天骄小区停水”" in await day(clerk) and "信访部门" in await day(clerk)
        page = (await officer.get(f"/console/cases/{case.case_no}"))[1]
        assert "系统不会通知群众，办完请电话告知。确定“受理”吗" in page and "会通知群众。确定" not in page.replace(
            "不会通知", ""
        )
        await does(officer, case, "accept")
        both = await owed(officer, case)
        assert both.index("已经转给") < both.index("已经受理")
        tasks = await day(officer)
        assert (
            "请电话告知（共 2 项）" in tasks and "市住房和城乡建设局" in tasks and tasks.count("告知群众</span>") == 1
        )
        await does(officer, case, "told", text="电话告知了本人")
        assert await owed(officer, case) == "" and "请电话告知" not in await day(officer)
        page = (await officer.get(f"/console/cases/{case.case_no}"))[1]
        assert "已告知群众" in page and "电话告知了本人" in page


async def test_the_task_on_today_is_the_same_and_both_say_what_was_done(office):
    case = await registered(office)
    async with visiting(office) as clerk:
        await clerk.sign_in("clerk")
        await does(clerk, case, "assign", organ="zhujian")
        (end,) = re.findall(r'action="(/console/tasks/\d+/end)"', await day(clerk))
        assert (await clerk.post(end, note=""))[0] == 400 and await owed(clerk, case)
        assert (await clerk.post(end, note="寄出告知书"))[0] == 303
        assert await owed(clerk, case) == "" and "寄出告知书" in (await clerk.get(f"/console/cases/{case.case_no}"))[1]


async def test_what_ends_a_case_is_still_to_be_told_and_a_reply_told_by_hand_is_not(office):
    case = await registered(office)
    async with visiting(office) as clerk, visiting(office) as officer, visiting(office) as checker:
        for visitor, name in ((clerk, "clerk"), (officer, "officer"), (checker, "checker")):
            await visitor.sign_in(name)
        await does(clerk, case, "assign", organ="zhujian")
        await does(officer, case, "accept")
        await does(officer, case, "process")
        await does(officer, case, "draft", text="水管已经修好。")
        await does(checker, case, "approve")
        assert "已经受理" in await owed(officer, case)
        await does(officer, case, "deliver")
        assert await owed(officer, case) == "", "who hands over the reply tells the rest with it"
        await does(officer, case, "conclude")
        assert "已经办结" in await owed(officer, case) and "请电话告知" in await day(officer)


@pytest.mark.parametrize(
    ("given", "said", "means"),
    [
        ({"phone": ""}, "有进展要书面告知", "请书面告知"),
        ({"phone": "", "petitioner": Petitioner()}, "没有留电话和地址，只能等群众来问", ""),
        ({"anonymous": True}, "没有留电话和地址，只能等群众来问", ""),
    ],
)
async def test_without_a_phone_it_is_told_in_writing_and_without_anything_not_at_all(office, given, said, means):
    case = await registered(office, **given)
    async with visiting(office) as clerk:
        await clerk.sign_in("clerk")
        assert said in (await clerk.get(f"/console/cases/{case.case_no}"))[1]
        await does(clerk, case, "assign", organ="zhujian")
        assert (means in await day(clerk)) if means else ("告知群众</span>" not in await day(clerk))


async def test_one_deed_on_many_says_who_is_to_be_told_by_hand(office):
    called, letter, chat = await registered(office), await registered(office, anonymous=True), await office.file()
    async with visiting(office) as clerk:
        await clerk.sign_in("clerk")
        picked = [("case", f"{case.case_no}:{case.version}") for case in (called, letter, chat)]
        form = [("csrf", clerk.csrf), ("deed", "assign"), ("organ", "zhujian"), *picked]
        async with clerk.session.post("/console/bulk", data=form) as response:
            lines = (await response.text()).split("outcome-line")
    said = {case.case_no: next(line for line in lines if case.case_no in line) for case in (called, letter, chat)}
    assert "没有网上渠道，请电话告知群众" in said[called.case_no]
    assert "没有网上渠道，也没有留电话和地址" in said[letter.case_no]
    assert "没有网上渠道" not in said[chat.case_no] and "已办" in said[chat.case_no]


async def test_a_chats_citizen_is_told_by_itself_and_nobody_else_has_to(office):
    case = await office.file()
    async with visiting(office) as clerk, visiting(office) as auditor:
        await clerk.sign_in("clerk")
        await does(clerk, case, "assign", organ="zhujian")
        page = (await clerk.get(f"/console/cases/{case.case_no}"))[1]
        assert (
            "没有网上渠道" not in page and await owed(clerk, case) == "" and "告知群众</span>" not in await day(clerk)
        )
        await auditor.sign_in("auditor")
        assert "没有网上渠道" not in (await auditor.get(f"/console/cases/{case.case_no}"))[1]


async def test_what_is_to_be_told_is_masked_and_only_for_who_sees_the_case(office):
    case = await registered(office, title="张秀英家停水")
    async with visiting(office) as clerk, visiting(office) as other:
        await clerk.sign_in("clerk")
        await does(clerk, case, "assign", organ="zhujian")
        assert "张***家停水" in await owed(clerk, case) and "张秀英" not in await day(clerk)
        await other.sign_in("other")
        assert "告知群众</span>" not in await day(other)
        status, _, _ = await other.post(f"/console/cases/{case.case_no}/told", text="电话告知了本人")
        assert status == 404 and await owed(clerk, case)


async def reply_waits(office: Office, clerk: Visitor, officer: Visitor) -> Case:
    case = await registered(office)
    await does(clerk, case, "assign", organ="zhujian")
    for deed, form in (("accept", {}), ("process", {}), ("draft", {"text": REPLY})):
        await does(officer, case, deed, **form)
    return case


async def test_whoever_approves_reads_the_whole_reply_and_that_is_a_look(office):
    async with visiting(office) as clerk, visiting(office) as officer, visiting(office) as checker:
        for visitor, name in ((clerk, "clerk"), (officer, "officer"), (checker, "checker")):
            await visitor.sign_in(name)
        case = await reply_waits(office, clerk, officer)
        path = f"/console/cases/{case.case_no}"
        assert "13812345678 收到" in (await officer.get(path))[1], "whoever wrote it reads it"
        page = (await checker.get(path))[1]
        assert "13812345678" not in page and "张秀英" not in page and "看全文再审核" in page
        assert f'action="{path}/approve"' not in page, "nobody approves what they have not read"
        status, page, _ = await checker.post(f"{path}/reveal", what="reply", reason="审核答复")
        assert status == 200 and REPLY in page and f'action="{path}/approve"' in page
        assert '<span class="phones">138****5678</span>' in page, "the reply alone is shown"
        async with office.database.read() as uow:
            looks = [row.entry async for row in uow.audit.rows() if row.entry.action == "phone.revealed"]
        assert [(one.subject, one.details) for one in looks] == [(case.case_no, {"reason": "审核答复"})]
        assert "13812345678 收到" not in (await checker.get(path))[1], "the next page hides it again"
        await does(checker, case, "approve")


async def test_a_reply_that_hides_nothing_is_approved_without_a_look(office):
    async with visiting(office) as clerk, visiting(office) as officer, visiting(office) as checker:
        for visitor, name in ((clerk, "clerk"), (officer, "officer"), (checker, "checker")):
            await visitor.sign_in(name)
        case = await registered(office)
        await does(clerk, case, "assign", organ="zhujian")
        for deed, form in (("accept", {}), ("process", {}), ("draft", {"text": "水管已经修好。"})):
            await does(officer, case, deed, **form)
        page = (await checker.get(f"/console/cases/{case.case_no}"))[1]
        assert "水管已经修好。" in page and "看全文" not in page and "/approve" in page


async def test_a_refused_reply_is_whole_for_its_author_and_no_mask_goes_out(office):
    async with visiting(office) as clerk, visiting(office) as officer, visiting(office) as checker:
        for visitor, name in ((clerk, "clerk"), (officer, "officer"), (checker, "checker")):
            await visitor.sign_in(name)
        case = await reply_waits(office, clerk, officer)
        await does(checker, case, "refuse", reason="日期不对")
        path = f"/console/cases/{case.case_no}"
        assert f">{REPLY}</textarea>" in (await officer.get(path))[1]
        page = (await checker.get(path))[1]
        assert "13812345678" not in page and "先“显示”再改" in page
        version = VERSION.findall(page)[0]
        masked = re.findall(r'<textarea id="reply"[^>]*>([^<]*)', page)[0]
        status, body, _ = await checker.post(f"{path}/draft", version=version, text=masked)
        assert status == 400 and "里面有隐去的内容" in body


async def test_a_number_that_the_task_cuts_in_half_is_hidden_all_the_same(office):
    case = await registered(office)
    before = len(f"请电话告知：您反映的“天骄小区停水”（编号 {case.case_no}）还需要您补充： ")
    async with visiting(office) as clerk:
        await clerk.sign_in("clerk")
        await does(clerk, case, "ask_supplement", text=f"{'料' * (190 - before)}13812345678")
    async with office.database.read() as uow:
        (task,) = await uow.clocks.open_tasks(Sight(everything_else=True))
    assert task["reason"].endswith("料138****567") and len(task["reason"]) == 200
