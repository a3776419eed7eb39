"""Auditors read everything about the work and nothing of the people: every page is walked for words that must not be there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.domain.people import Role
from bot.web import console
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor

# Told by the citizen, by staff and by the bot; none may reach an auditor.
SAID = ("水表房", "张桂兰", "13712345678", "137****5678", "幸福里", "三十七户", "内情如此", "请多说一点", "查无此事")


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        await running.staff("officer", Role.CASE_OFFICER, "zhujian", name="李承办")
        await running.staff("auditor", Role.AUDITOR, name="孙审计")
        yield running


async def a_case_with_words(office: Office, visitor: Visitor) -> tuple[str, str, int]:
    text = "幸福里三十七户的水表房漏水，我是张桂兰，13712345678"
    talk = await office.conversation(text)
    picture = await office.photo(talk)
    case = await office.file(text, talk, title="幸福里水表房漏水", place="幸福里", phones=("13712345678",), people=37)
    path = f"/console/cases/{case.case_no}"
    await visitor.sign_in("clerk")
    await visitor.post(f"{path}/note", text="内情如此")
    version = case.version
    for deed, form in (("ask_supplement", {"text": "请多说一点"}), ("assign", {"organ": "zhujian"})):
        assert (await visitor.post(f"{path}/{deed}", version=str(version), **form))[0] == 303
        version += 1
    await visitor.sign_in("officer")
    for deed, form in (("accept", {}), ("process", {}), ("draft", {"text": "查无此事"})):
        assert (await visitor.post(f"{path}/{deed}", version=str(version), **form))[0] == 303, deed
        version += 1
    return case.case_no, talk, picture


async def test_no_page_tells_an_auditor_what_anybody_said(office, visitor):
    case_no, talk, picture = await a_case_with_words(office, visitor)
    await visitor.sign_in("auditor")
    seen = 0
    for route in console.routes():
        if route.method != "GET" or route.path == "/console/events":
            continue
        path = route.path.replace("{case_no}", case_no).replace("{conversation_id}", talk)
        path = re.sub(r"\{inbox_id[^/]*", str(picture), path)
        for query in ("", "?state=all", "?q=水表房"):
            status, body, _ = await visitor.get(path + query)
            seen += status == 200
            told = body.partition('value="水表房"')[2] if "value=" in body and "q=" in query else body
            assert [word for word in SAID if word in told] == [], (path, query)
    assert seen > 20


async def test_an_auditor_reads_the_work(office, visitor):
    case_no, _, _ = await a_case_with_words(office, visitor)
    await visitor.sign_in("auditor")
    page = (await visitor.get(f"/console/cases/{case_no}"))[1]
    for known in ("市住房和城乡建设局", "答复待审核", "起草答复", "李承办", "办结", case_no):
        assert known in page
    assert case_no in (await visitor.get("/console?state=all"))[1]
    assert case_no in (await visitor.get(f"/console?q={case_no}"))[1]
    assert case_no not in (await visitor.get("/console?q=水表房"))[1]
    exported = (await visitor.get("/console/export?state=all"))[1]
    assert case_no in exported


async def test_an_auditor_does_nothing_to_a_case(office, visitor):
    case_no, _, picture = await a_case_with_words(office, visitor)
    async with office.database.read() as uow:
        before = (await uow.cases.by_number(case_no))[0]
    await visitor.sign_in("auditor")
    path = f"/console/cases/{case_no}"
    forms = {"note": {"text": "审计备注"}, "way": {"way": "lead"}, "correct": {"title": "改了"}, "approve": {}}
    for deed, form in forms.items():
        assert (await visitor.post(f"{path}/{deed}", version=str(before.version), **form))[0] in (400, 403, 409), deed
    assert (await visitor.post(f"{path}/reveal", reason="核实情况"))[0] in (400, 403, 409)
    assert (await visitor.post(f"{path}/documents/opinion/docx"))[0] in (403, 404, 409)
    assert (await visitor.get(f"/console/media/{picture}"))[0] == 404
    async with office.database.read() as uow:
        assert (await uow.cases.by_number(case_no))[0] == before


async def test_a_list_says_that_the_place_is_hidden_and_tells_cases_apart_by_their_topic(office, visitor):
    case_no, _, _ = await a_case_with_words(office, visitor)
    await visitor.sign_in("auditor")
    page = (await visitor.get("/console"))[1]
    assert case_no in page and page.count("标题、地点和群众的话不显示") == 1 and "地点不详" not in page
    assert "data-pick" not in page and 'id="bulk"' not in page, "who only reads picks nothing"
    assert '<span class="row-title">申诉求决 · 城乡建设 · 城市建设和市政管理</span>' in page
    await visitor.sign_in("clerk")
    page = (await visitor.get("/console"))[1]
    assert "不显示" not in page and "幸福里" in page
