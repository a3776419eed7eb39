"""机关单位 and 回复模板 changed over HTTP: by whom it may be, told what is wrong, in force with the next page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.casework import kept_rules
from bot.domain.lifecycle import Actor, Move
from bot.domain.people import Role
from bot.domain.permission import Request
from bot.procedure import carry_out
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor, visiting


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("boss", Role.ADMINISTRATOR)
        await running.staff("super", Role.SUPERVISOR)
        await running.staff("clerk", Role.INTAKE_CLERK)
        yield running
    kept_rules.forget()


async def held_by(office: Office, organ: str):
    case = await office.file()
    async with office.database.write() as uow:
        request = Request(Move.TRANSFER, Actor.INTAKE_CLERK, "staff:3", office.clock.now(), organ=organ)
        return await carry_out(await uow.cases.by_id(case.id), request, uow)


async def page(visitor: Visitor, path: str) -> str:
    status, body, _ = await visitor.get(path)
    assert status == 200
    return body


async def test_an_administrator_adds_renames_and_retires_an_organ(office):
    async with visiting(office) as visitor:
        await visitor.sign_in("boss")
        new = {"name": "市充电设施管理中心", "short": "充电中心", "level": "city", "superior": "shizhengfu"}
        status, _, _ = await visitor.post("/console/units/add", **new, topics="城乡建设", words="充电桩、换电站")
        assert status == 303
        body = await page(visitor, "/console/units?topic=城乡建设&text=没有充电桩")
        assert "<b>市充电设施管理中心</b>" in body and "充电桩、换电站" in body
        assert (await visitor.post("/console/units/rename", code="own1", name="市充电中心", short="充电"))[0] == 303
        assert 'value="own1"' in await page(visitor, "/console/staff")
        assert (await visitor.post("/console/units/switch", code="own1"))[0] == 303
        body = await page(visitor, "/console/units?topic=城乡建设&text=没有充电桩")
        assert "<b>市充电中心</b>" not in body and "已停用" in body and "市充电中心" in body
        assert 'value="own1"' not in await page(visitor, "/console/staff")


async def test_open_cases_of_an_organ_are_listed_and_keep_it(office):
    case = await held_by(office, "jiaoti")
    async with visiting(office) as visitor:
        await visitor.sign_in("boss")
        body = await page(visitor, "/console/units?change=jiaoti")
        assert f"/console/cases/{case.case_no}" in body and "1 件" in body
        status, body, _ = await visitor.post("/console/units/switch", code="jiaoti")
        assert status == 409 and "先改派再停用" in body and f"/console/cases/{case.case_no}" in body


@pytest.mark.parametrize(
    ("deed", "form", "said"),
    [
        ("add", {"name": ""}, "请填写名称"),
        (
            "add",
            {"name": "市数据局", "level": "city", "superior": "shizhengfu", "topics": "数据"},
            "分类要写一级分类的名称",
        ),
        ("rename", {"code": "jiaoti", "name": "市公安局"}, "已经有单位叫这个名称"),
    ],
)
async def test_what_is_wrong_is_told_and_what_was_typed_stays(office, deed, form, said):
    async with visiting(office) as visitor:
        await visitor.sign_in("boss")
        status, body, _ = await visitor.post(f"/console/units/{deed}", **form)
        assert status == 400 and said in body and form["name"] in body


@pytest.mark.parametrize("who", ["super", "clerk"])
async def test_nobody_else_changes_organs(office, who):
    async with visiting(office) as visitor:
        await visitor.sign_in(who)
        assert (await visitor.post("/console/units/switch", code="jiaoti"))[0] in (403, 404)
        assert "增加单位" not in await page(visitor, "/console/units?change=jiaoti")


async def test_a_supervisor_writes_changes_and_retires_templates(office):
    async with visiting(office) as visitor:
        await visitor.sign_in("super")
        form = {"name": "暖气", "move": "draft", "field": "text", "lanes": "申诉求决", "topics": "城乡建设"}
        text = "您反映的“{title}”，经查【填：情况】。"
        assert (await visitor.post("/console/templates/write", **form, text=text))[0] == 303
        body = await page(visitor, "/console/templates?change=own1")
        assert "修改“暖气”" in body and "【填：情况】" in body and 'value="申诉求决"' in body
        status, body, _ = await visitor.post("/console/templates/write", code="own1", **form, text="经查【情况】")
        assert status == 400 and "要填的空写成【填：填什么】" in body and "经查【情况】" in body
        assert (await visitor.post("/console/templates/switch", code="own1"))[0] == 303
        assert "已停用" in await page(visitor, "/console/templates")
        status, _, _ = await visitor.post("/console/templates/write", **{**form, "lanes": "随便"}, text=text)
        assert status == 400


async def test_a_clerk_reads_templates_and_changes_none(office):
    async with visiting(office) as visitor:
        await visitor.sign_in("clerk")
        assert "增加模板" not in await page(visitor, "/console/templates")
        status, body, _ = await visitor.post("/console/templates/switch", code="reply_road")
        assert status == 409 and "由督办员修改" in body
