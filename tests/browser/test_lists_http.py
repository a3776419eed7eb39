"""Lists over plain HTTP: search in its sight, saved filters, one deed on many cases, the list as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.domain.people import Role
from bot.domain.reading import CaseKind, Urgency
from tests.browser.console_app import PASSWORD, Office, running_office
from tests.browser.visitor import Visitor, visiting

KEYS = re.compile(r'data-key="([\d-]+)"')


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        yield running


async def clerk(office, visitor):
    await office.staff("clerk", Role.INTAKE_CLERK)
    assert await visitor.sign_in("clerk", PASSWORD) == 303


async def bulk(visitor: Visitor, deed: str, cases, **form: str) -> tuple[int, str]:
    fields = [("csrf", visitor.csrf), ("deed", deed), *form.items(), *(("case", value) for value in cases)]
    async with visitor.session.post("/console/bulk", data=fields, allow_redirects=False) as response:
        return response.status, await response.text()


def picked(*cases) -> list[str]:
    return [f"{case.case_no}:{case.version}" for case in cases]


async def events(office, case) -> list[str]:
    async with office.database.read() as uow:
        return [event.type for event in await uow.cases.history(case)]


async def test_an_organs_name_and_a_phone_lead_to_a_case(office, visitor):
    case = await office.file()
    await clerk(office, visitor)
    await visitor.post(f"/console/cases/{case.case_no}/assign", version="2", organ="zhujian")
    for words in ("住建局", "13812345678", "138 1234 5678", case.case_no):
        assert KEYS.findall((await visitor.get("/console", params={"q": words}))[1]) == [case.case_no]
    assert KEYS.findall((await visitor.get("/console", params={"q": "1381234"}))[1]) == []


async def test_one_deed_is_done_to_each_case_that_allows_it(office, visitor):
    fresh, stale, done, secret = (
        await office.file(title="新的", kind=CaseKind.ENQUIRY),
        await office.file(title="变了的", kind=CaseKind.ENQUIRY),
        await office.file(title="办结的", kind=CaseKind.ENQUIRY),
        await office.file(title="检举", kind=CaseKind.ACCUSATION),
    )
    await clerk(office, visitor)
    await visitor.post(f"/console/cases/{stale.case_no}/process", version="2")
    await visitor.post(f"/console/cases/{done.case_no}/answer", version="2", text="修好了")
    await visitor.post(f"/console/cases/{done.case_no}/conclude", version="3")
    cases = [*picked(fresh, stale), f"{done.case_no}:4", *picked(secret), "20991231-00001:1"]
    status, body = await bulk(visitor, "process", cases)
    assert status == 200
    results = dict(re.findall(r'class="outcome o-(\w+)">[^<]+<b>(\d+)', body))
    assert results == {"done": "1", "changed": "1", "refused": "3"}
    assert (await events(office, fresh))[-1] == "case.processing"
    assert "case.processing" not in await events(office, secret)
    hidden, gone = (
        re.findall(rf"{number}</a> (<span.*?</span>)", body) for number in (secret.case_no, "20991231-00001")
    )
    assert hidden == gone, "a case of others and none are told alike"


async def test_many_are_assigned_and_noted_at_once(office, visitor):
    cases = [await office.file(title=f"第{number}件") for number in range(5)]
    await clerk(office, visitor)
    status, body = await bulk(visitor, "assign", picked(*cases), organ="zhujian")
    assert status == 200 and body.count('class="outcome o-done"') == 6
    status, body = await bulk(visitor, "note", picked(*cases), text="统一核实")
    assert status == 200 and {(await events(office, case))[-1] for case in cases} == {"case.noted"}
    status, body = await bulk(visitor, "assign", [f"{case.case_no}:3" for case in cases], organ="zhujian")
    assert 'o-refused">不能这样办 <b>5</b>' in body


async def test_many_are_transferred_concluded_and_archived_at_once(office, visitor):
    await clerk(office, visitor)
    sent = [await office.file(title=f"转送{number}") for number in range(2)]
    assert 'o-done">已办 <b>2</b>' in (await bulk(visitor, "transfer", picked(*sent), organ="zhujian"))[1]
    assert (await events(office, sent[0]))[-1] == "case.transferred"
    asked = [await office.file(title=f"咨询{number}", kind=CaseKind.ENQUIRY) for number in range(2)]
    for case in asked:
        await visitor.post(f"/console/cases/{case.case_no}/answer", version="2", text="可以补缴")
    assert 'o-done">已办 <b>2</b>' in (await bulk(visitor, "conclude", [f"{one.case_no}:3" for one in asked]))[1]
    for one in (*asked, *sent):
        assert (await events(office, one))[-1] in ("case.concluded", "case.transferred")
    early = (await bulk(visitor, "archive", [f"{one.case_no}:4" for one in asked]))[1]
    assert 'o-refused">不能这样办 <b>2</b>' in early and "期限未满" in early
    office.clock.turned = timedelta(days=200)
    await visitor.sign_in("clerk", PASSWORD)
    assert 'o-done">已办 <b>2</b>' in (await bulk(visitor, "archive", [f"{one.case_no}:4" for one in asked]))[1]
    page = (await visitor.get("/console"))[1]
    assert all(f'name="deed" value="{deed}"' in page for deed in ("transfer", "conclude", "archive"))


async def test_a_bad_bulk_form_changes_nothing(office, visitor):
    case = await office.file()
    await clerk(office, visitor)
    assert (await bulk(visitor, "process", []))[0] == 400
    assert (await bulk(visitor, "process", [f"20261123-{number:05d}:1" for number in range(201)]))[0] == 400
    assert (await bulk(visitor, "withdraw", picked(case)))[0] == 400
    for value in ("x", case.case_no, f"{case.case_no}:x", f"{case.case_no}:", ":1"):
        status, body = await bulk(visitor, "process", [value])
        assert status == 200 and "o-refused" in body
    for form in ({"organ": ""}, {"organ": "nowhere"}):
        assert "o-refused" in (await bulk(visitor, "assign", picked(case), **form))[1]
    visitor.csrf = "wrong"
    assert (await bulk(visitor, "process", picked(case)))[0] == 403
    assert await events(office, case) == ["case.filed", "case.registered"]


async def test_an_officer_cannot_assign_many_either(office):
    case = await office.file()
    await office.staff("clerk", Role.INTAKE_CLERK)
    await office.staff("officer", Role.CASE_OFFICER, "zhujian")
    async with visiting(office) as first, visiting(office) as second:
        await first.sign_in("clerk")
        await second.sign_in("officer")
        await bulk(first, "assign", picked(case), organ="zhujian")
        assert 'name="deed" value="assign"' not in (await second.get("/console"))[1]
        status, body = await bulk(second, "assign", [f"{case.case_no}:3"], organ="gongan")
        assert (
            status == 200
            and "o-refused" in body
            and await events(office, case) == ["case.filed", "case.registered", "case.assigned"]
        )


async def test_a_filter_is_kept_found_beside_the_list_renamed_and_deleted(office, visitor):
    await office.file(urgency=Urgency.CRITICAL)
    await clerk(office, visitor)
    query = "urgency=4&state=open&page=3&evil=1"
    status, _, response = await visitor.post("/console/filters", name="特急的", query=query)
    assert status == 303 and response.headers["Location"] == "/console?state=open&urgency=4"
    side = (await visitor.get("/console/side?state=open&urgency=4"))[1]
    assert re.search(r'aria-current="page"><span>特急的</span> <b>1</b>', side)
    await visitor.post("/console/filters", name="带词的", query="q=停水")
    assert re.search(r"<span>带词的</span></a>", (await visitor.get("/console"))[1]), "no number where it is dear"
    assert (await visitor.post("/console/filters", name="特急的", query=query))[0] == 400
    assert (await visitor.post("/console/filters", name="空的", query="evil=1"))[0] == 400
    assert (await visitor.post("/console/filters", name="<b>", query="q=<script>"))[0] == 303
    page = (await visitor.get("/console/filters"))[1]
    assert "<script>alert" not in page and 'value="&lt;b&gt;"' in page
    assert (await visitor.post("/console/filters/1/rename", name="最急的"))[0] == 303
    assert (await visitor.post("/console/filters/1/delete"))[0] == 303
    assert (await visitor.post("/console/filters/1/delete"))[0] == 404
    assert "最急的" not in (await visitor.get("/console/filters"))[1]


async def test_the_file_holds_what_the_list_counts_and_no_formula(office, visitor):
    for number in range(55):
        await office.file(title=f"路灯{number}", text=f"路灯不亮，电话139-4770-{1000 + number}")
    await office.file(title="=HYPERLINK(1)路灯", text="@SUM(A1)\n-2", place="+86", phones=())
    await office.file(title="别的")
    await office.file(title="路灯款", kind=CaseKind.ACCUSATION)
    await clerk(office, visitor)
    async with visitor.session.get("/console/export", params={"q": "路灯"}) as response:
        raw = await response.read()
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in response.headers["Content-Disposition"]
        assert response.headers["Cache-Control"] == "no-store" and response.headers["X-Frame-Options"] == "DENY"
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    listed = (await visitor.get("/console", params={"q": "路灯"}))[1]
    assert f"<strong>{len(lines) - 1}</strong> 件" in listed and len(lines) == 57
    assert [line[0] for line in lines[1:51]] == KEYS.findall(listed)
    assert not re.search(r"4770-?10\d\d", raw.decode()) and "139****10" in raw.decode()
    assert not [cell for line in lines for cell in line if re.match(r"[\s]*[=+\-@]", cell)]
    assert "检举" not in raw.decode() and "路灯款" not in raw.decode()


async def test_the_file_is_as_narrow_as_its_readers_sight(office):
    await office.file(title="普通")
    await office.file(title="检举", kind=CaseKind.ACCUSATION)
    await office.staff("discipline", Role.DISCIPLINARY)
    await office.staff("officer", Role.CASE_OFFICER, "zhujian")
    async with visiting(office) as discipline, visiting(office) as officer:
        await discipline.sign_in("discipline")
        await officer.sign_in("officer")
        seen = (await discipline.get("/console/export"))[1]
        assert "检举" in seen and "普通" not in seen
        assert (await officer.get("/console/export"))[1].count("\r\n") == 1
