"""下访 in the console: planned by numbers, noted on the day; what one may not see is not told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.domain.people import Role
from bot.domain.working_days import local_date
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor

PAGE = "/console/field_visits"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        await running.staff("officer", Role.CASE_OFFICER, "zhujian", name="李承办")
        await running.staff("auditor", Role.AUDITOR, name="吴审计")
        yield running


async def plan(office: Office, visitor: Visitor, cases: str, days: int = 0) -> int:
    on = (local_date(office.clock.now()) + timedelta(days=days)).isoformat()
    form = {"on": on, "leader": "王局长", "place": "棋盘井镇政府", "cases": cases}
    return (await visitor.post(f"{PAGE}/plan", **form))[0]


async def test_a_visit_is_planned_by_numbers_and_noted(office, visitor):
    one, two = await office.file(title="水压太小"), await office.file(title="路没修完")
    await visitor.sign_in("clerk")
    link = f"{PAGE}?case={one.case_no}"
    assert link in (await visitor.get(f"/console/cases/{one.case_no}"))[1]
    assert f'value="{one.case_no}"' in (await visitor.get(link))[1]
    assert await plan(office, visitor, f" {one.case_no}、{two.case_no}\n") == 303
    page = (await visitor.get(PAGE))[1]
    assert "水压太小" in page and "路没修完" in page and "带 2 件" in page
    form = {"visit": "1", "case_no": one.case_no, "note": "当场换了水泵"}
    assert (await visitor.post(f"{PAGE}/note", **form))[0] == 303
    assert (await visitor.post(f"{PAGE}/note", **form))[0] == 400
    assert "当场换了水泵" in (await visitor.get(PAGE))[1]
    assert "下访记录" in (await visitor.get(f"/console/cases/{one.case_no}"))[1]


async def test_mistakes_are_named_and_what_was_typed_stays(office, visitor):
    case = await office.file(title="水压太小")
    await visitor.sign_in("clerk")
    on = local_date(office.clock.now()).isoformat()
    form = {"on": on, "leader": "王局长", "place": "镇政府", "cases": f"{case.case_no} 20991231-00001"}
    status, body, _ = await visitor.post(f"{PAGE}/plan", **form)
    assert status == 400 and "查不到" in body and f'value="{case.case_no} 20991231-00001"' in body
    assert await plan(office, visitor, "") == 400
    assert (await visitor.post(f"{PAGE}/cancel", visit="7"))[0] == 404
    assert "还没有安排下访" in (await visitor.get(PAGE))[1]


async def test_others_see_the_day_and_nothing_of_cases_that_are_not_theirs(office, visitor):
    case = await office.file(title="水压太小")
    await visitor.sign_in("clerk")
    assert await plan(office, visitor, case.case_no) == 303
    assert (await visitor.post(f"{PAGE}/note", visit="1", case_no=case.case_no, note="当场换了水泵"))[0] == 303
    for who in ("officer", "auditor"):
        await visitor.sign_in(who)
        page = (await visitor.get(PAGE))[1]
        assert "棋盘井镇政府" in page and "水压太小" not in page and "水泵" not in page
        assert await plan(office, visitor, case.case_no) == 409
