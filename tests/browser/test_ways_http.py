"""三分 on the case page: the route of what is diverted stands in the form, leader and lead organ go with 联管联调."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.domain.people import Role
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor, visiting


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("super", Role.SUPERVISOR)
        await running.staff("boss", Role.LEADER)
        yield running


async def decide(visitor: Visitor, case_no: str, way: str, **given: str) -> tuple[int, str]:
    _, body, _ = await visitor.get(f"/console/cases/{case_no}")
    version = re.findall(r'name="version" value="(\d+)"', body)[0]
    status, answer, _ = await visitor.post(f"/console/cases/{case_no}/way", version=version, way=way, **given)
    return status, answer


async def test_the_named_route_fills_the_form_until_somebody_writes_another(office):
    case = await office.file("法院判了两年了对方不给钱，法院不执行。")
    async with visiting(office) as visitor:
        await visitor.sign_in("super")
        _, before, _ = await visitor.get(f"/console/cases/{case.case_no}")
        assert "申请强制执行。" not in before
        assert (await decide(visitor, case.case_no, "divert"))[0] == 303
        _, body, _ = await visitor.get(f"/console/cases/{case.case_no}")
        box = re.findall(r'<textarea id="divert-route"[^>]*>(.*?)</textarea>', body, re.S)[0]
        assert "向人民法院申请强制执行" in box
        assert "诉访分离" in re.findall(r'<textarea id="divert-reason"[^>]*>(.*?)</textarea>', body, re.S)[0]
        form = {"box": "divert-route", "text": "去旗法院", "version": "0"}
        assert (await visitor.post(f"/console/cases/{case.case_no}/kept_drafts", **form))[0] == 200
        _, body, _ = await visitor.get(f"/console/cases/{case.case_no}")
        assert re.findall(r'<textarea id="divert-route"[^>]*>(.*?)</textarea>', body, re.S)[0] == "去旗法院"


async def test_joint_handling_says_what_it_lacks_and_keeps_what_was_chosen(office):
    case = await office.file()
    async with visiting(office) as visitor:
        await visitor.sign_in("super")
        status, body = await decide(visitor, case.case_no, "lead", organ="zhujian")
        assert status == 400 and "联管联调要确定包案领导" in body
        assert re.search(r'<option value="lead" selected', body) and re.search(r'value="zhujian" selected', body)
        status, _ = await decide(visitor, case.case_no, "lead", leader="2", organ="zhujian")
        assert status == 303
        _, body, _ = await visitor.get(f"/console/cases/{case.case_no}")
        assert "联管联调" in body and "市住房和城乡建设局" in body
