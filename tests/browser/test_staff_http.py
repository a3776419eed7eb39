"""人员 over HTTP: what an administrator changes of a member, what is refused, and what the audit says of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.people import Role, Staff
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor, visiting


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("admin", Role.ADMINISTRATOR, name="管理员")
        await running.staff("wang", Role.INTAKE_CLERK, name="王丽")
        yield running


@pytest_asyncio.fixture
async def admin(office: Office) -> AsyncIterator[Visitor]:
    async with visiting(office) as visitor:
        assert await visitor.sign_in("admin") == 303
        yield visitor


async def member(office: Office, staff_id: int = 2) -> Staff:
    async with office.database.read() as uow:
        return await uow.staff.get(staff_id)


async def changes(office: Office) -> list[dict[str, Any]]:
    async with office.database.read() as uow:
        return [dict(one.entry.details) async for one in uow.audit.rows() if one.entry.action == "staff.changed"]


async def test_the_form_of_a_member_shows_them_as_they_are_and_nobody_elses(office, admin):
    await office.staff("officer", Role.CASE_OFFICER, "zhujian", name="李强")
    page = (await admin.get("/console/staff?change=3"))[1]
    form = re.findall(r'<form[^>]*action="/console/staff/3/change".*?</form>', page, re.S)[0]
    chosen = re.findall(r'<option value="([^"]*)" selected', form)
    assert 'value="李强"' in form and chosen == ["case_officer", "zhujian"]
    own = (await admin.get("/console/staff?change=1"))[1]
    assert 'type="hidden" name="role" value="administrator"' in own and '<select name="role"' not in own
    for strange in ("99", "x", "", "-1", "9" * 30):
        page = (await admin.get(f"/console/staff?change={strange}"))[1]
        assert "/change" not in page and "添加人员" in page


async def test_who_gets_another_role_or_organ_signs_in_anew_and_sees_what_that_role_sees(office, admin):
    case = await office.file()
    async with visiting(office) as wang:
        await wang.sign_in("wang")
        assert (await wang.get(f"/console/cases/{case.case_no}"))[0] == 200
        form = {"name": "王丽", "role": "case_officer", "organ": "zhujian"}
        assert (await admin.post("/console/staff/2/change", **form))[0] == 303
        assert (await wang.get("/console"))[0] == 303, "signed out"
        await wang.sign_in("wang")
        assert (await wang.get(f"/console/cases/{case.case_no}"))[0] == 404
        assert (await admin.post("/console/staff/2/change", **{**form, "organ": "gongan"}))[0] == 303
        assert (await wang.get("/console"))[0] == 303, "another organ too"
    assert ((await member(office)).role, (await member(office)).organ) == (Role.CASE_OFFICER, "gongan")


async def test_another_name_alone_ends_no_session(office, admin):
    async with visiting(office) as wang:
        await wang.sign_in("wang")
        assert (await admin.post("/console/staff/2/change", name="王莉", role="intake_clerk", organ=""))[0] == 303
        status, page, _ = await wang.get("/console")
        assert status == 200 and "王莉" in page


async def test_the_audit_says_which_fields_and_the_codes_before_and_after(office, admin):
    await admin.post("/console/staff/2/change", name="王莉", role="case_officer", organ="zhujian")
    await admin.post("/console/staff/2/change", name="王莉", role="case_officer", organ="gongan")
    await admin.post("/console/staff/2/change", name="王莉", role="case_officer", organ="gongan")
    assert await changes(office) == [
        {
            "changed": ["name", "organ", "role"],
            "role_from": "intake_clerk",
            "role_to": "case_officer",
            "organ_from": "",
            "organ_to": "zhujian",
        },
        {"changed": ["organ"], "organ_from": "zhujian", "organ_to": "gongan"},
    ], "and what changes nothing leaves nothing"
    page = (await admin.get("/console/audit"))[1]
    assert "修改人员" in page and "原角色" in page and "新单位" in page


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": "王丽", "role": "king", "organ": ""}, "请选择角色"),
        ({"name": "王丽", "organ": ""}, "请选择角色"),
        ({"name": "", "role": "reviewer", "organ": ""}, "请填写姓名"),
        ({"name": "王" * 33, "role": "reviewer", "organ": ""}, "请填写姓名"),
        ({"name": "王丽", "role": "case_officer", "organ": ""}, "必须有所在单位"),
        ({"name": "王丽", "role": "case_officer", "organ": "nowhere"}, "必须有所在单位"),
        ({"name": "王丽", "role": "reviewer", "organ": "nowhere"}, "请从名单里选择单位"),
        ({"name": "王丽", "role": "disciplinary", "organ": "zhujian"}, "纪检人员要选纪委监委"),
    ],
)
async def test_what_could_not_be_added_can_not_be_changed_into_either(office, admin, form, told):
    before = await member(office)
    status, page, _ = await admin.post("/console/staff/2/change", **form)
    assert status == 400 and told in page and "修改 王丽" in page, "the form stays open"
    assert await member(office) == before and await changes(office) == []


async def test_the_citys_disciplinary_member_has_no_organ_and_a_districts_keeps_it(office, admin):
    for typed, kept in (("jiwei", None), ("dongsheng_jiwei", "dongsheng_jiwei"), ("", None)):
        assert (await admin.post("/console/staff/2/change", name="王丽", role="disciplinary", organ=typed))[0] == 303
        assert (await member(office)).organ == kept


async def test_nobody_changes_their_own_role_so_that_an_administrator_stays(office, admin):
    status, page, _ = await admin.post("/console/staff/1/change", name="管理员", role="auditor", organ="")
    assert status == 400 and "不能修改自己的角色" in page
    assert (await member(office, 1)).role is Role.ADMINISTRATOR
    assert (await admin.post("/console/staff/1/change", name="张主任", role="administrator", organ=""))[0] == 303
    assert "张主任" in (await admin.get("/console/staff"))[1], "the own name is no matter, and one stays signed in"


async def test_only_administrators_change_members_and_only_those_that_are_there(office, admin):
    form = {"name": "王丽", "role": "administrator", "organ": ""}
    async with visiting(office) as wang:
        await wang.sign_in("wang")
        assert (await wang.post("/console/staff/2/change", **form))[0] == 403
        assert (await wang.post("/console/staff/99/change", **form))[0] == 403
    assert (await admin.post("/console/staff/99/change", **form))[0] == 404
    assert (await member(office)).role is Role.INTAKE_CLERK


async def test_two_administrators_who_shut_each_other_out_at_once_leave_one(office):
    first = await office.staff("boss1", Role.ADMINISTRATOR)
    second = await office.staff("boss2", Role.ADMINISTRATOR)
    async with visiting(office) as one, visiting(office) as two:
        await one.sign_in("boss1")
        await two.sign_in("boss2")
        answers = await asyncio.gather(
            one.post(f"/console/staff/{second.id}/switch"), two.post(f"/console/staff/{first.id}/switch")
        )
    async with office.database.read() as uow:
        active = [(await uow.staff.get(member.id)).active for member in (first, second)]
    assert sorted(active) == [False, True]
    assert sorted(status for status, _, _ in answers)[0] == 303
