"""今天 by role: what each begins with, and who may end which task."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.people import Role
from bot.domain.reading import Urgency
from tests.browser.console_app import Office, running_office

LISTS = {
    "clerk": (["特急和紧急", "等着派单"], ["等着审核", "等着签收和受理", "我的包案"]),
    "officer": (["等着签收和受理", "正在办理", "等着审核"], ["等着派单", "我的包案"]),
    "reviewer": (["等着受理", "正在办理", "等着审核"], ["等着派单"]),
    "boss": (["特急和紧急", "等着派单", "等着审核"], ["等着签收和受理"]),
    "leader": (["我的包案", "等着审核"], ["等着派单", "等着签收和受理"]),
}


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        await running.staff("officer", Role.CASE_OFFICER, "zhujian", name="李承办")
        await running.staff("reviewer", Role.REVIEWER, name="何复查")
        await running.staff("boss", Role.SUPERVISOR, name="孙督办")
        await running.staff("leader", Role.LEADER, name="周领导")
        yield running


@pytest.mark.parametrize("who", LISTS)
async def test_everybody_finds_their_own_work_first(office, visitor, who):
    await visitor.sign_in(who)
    page = (await visitor.get("/console/day"))[1]
    shown, hidden = LISTS[who]
    places = [page.index(f"<h2>{title} ") for title in shown]
    assert places == sorted(places)
    assert not any(f"<h2>{title} " in page for title in hidden)


async def test_danger_is_the_first_task_and_only_some_may_end_it(office, visitor):
    case = await office.file(title="厨房有煤气味", urgency=Urgency.CRITICAL)
    await visitor.sign_in("clerk")
    page = (await visitor.get("/console/day"))[1]
    assert "特急处置" in page and f"/console/cases/{case.case_no}" in page and "/end" in page
    listed = (await visitor.get("/console?due=soon"))[1]
    assert case.case_no in listed and "今天到期" in listed
