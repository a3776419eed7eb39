"""The audit over HTTP: what each route leaves, who may read it, and what an accusation leaves unsaid."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.people import Role
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.web import console
from bot.web.console.access import permits
from bot.web.console.audit import ACTIONS
from tests.browser.console_app import PASSWORD, Office, running_office
from tests.browser.visitor import visiting

NEW = "a-much-better-one"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        yield running


async def actions(office: Office) -> list[str]:
    async with office.database.read() as uow:
        return [row.entry.action async for row in uow.audit.rows()]


async def test_every_route_that_changes_something_leaves_an_entry(office):
    await office.staff("admin", Role.ADMINISTRATOR)
    case, told = await office.file(), "已电话联系"
    talk = case.conversation_id
    left: dict[str, str] = {}

    async def leaves(path: str, route: str, **form: str) -> None:
        before = len(await actions(office))
        status, body, _ = await admin.post(path, **form)
        assert status in (200, 303), (path, status, body)
        new = (await actions(office))[before:]
        assert new, f"{path} left nothing in the audit"
        left[route] = new[-1]

    async with visiting(office) as admin:
        assert await admin.sign_in("admin") == 303
        left["/console/login"] = (await actions(office))[-1]
        base = f"/console/cases/{case.case_no}"
        await leaves(f"{base}/reveal", "/reveal", reason="核实联系方式")
        await leaves(f"{base}/note", "deeds", text=told)
        for deed in ("take", "say", "give"):
            await leaves(f"/console/conversations/{talk}/{deed}", "talks", text="您好")
        today = local_date(office.clock.now()).isoformat()
        call = {"key": "a" * 32, "text": "停水", "way": "phone", "received_on": today, "kind": "claim", "urgency": "2"}
        await leaves("/console/register", "/console/register", topic="城乡建设", **call)
        form = {"username": "wang", "name": "王丽", "role": "auditor"}
        await leaves("/console/staff", "/console/staff", **form)
        await leaves("/console/staff/2/change", "accounts", name="王丽", role="reviewer")
        await leaves("/console/staff/2/reset", "accounts")
        await leaves("/console/staff/2/switch", "accounts")
        await leaves("/console/password", "/console/password", present=PASSWORD, password=NEW, again=NEW)
        assert await admin.sign_in("admin", NEW) == 303
        await leaves("/console/logout", "/console/logout")
        assert await admin.sign_in("admin", "wrong-password") == 403
    assert (await actions(office))[-1] == "staff.sign_in_failed"
    posts = [route.path for route in console.routes() if route.method == "POST"]
    # Deeds and tasks go through bot.casework.handle, which tests/unit/casework/test_audited.py holds to every command.
    through_handle = ("{deed:", "/tasks/", "/samples", "/cases/", "/bulk")
    own_preference = (
        "/console/filters",
        "/kept_drafts",
        "/console/register/",  # forms not filed yet, their author's alone
    )  # what somebody likes to look at changes nothing of anybody else
    # A code is taken or refused in tests/browser/test_second_factor_http.py, which looks at the entries too.
    own_preference = (*own_preference, "/console/login/code")
    posts = [path for path in posts if not any(part in path for part in (*through_handle, *own_preference))]
    assert [path for path in posts if path not in left] == []


async def test_the_audit_page_names_organs_and_roles_and_tells_no_codes(office):
    await office.staff("admin", Role.ADMINISTRATOR)
    async with visiting(office) as admin:
        await admin.sign_in("admin")
        await admin.post("/console/staff", username="wang", name="王丽", role="case_officer", organ="zhujian")
        await admin.post("/console/staff", username="li", name="李敏", role="auditor")
        case = await office.file(place="东胜区天骄街道")
        await admin.post(f"/console/cases/{case.case_no}/assign", version=str(case.version), organ="zhujian")
        today = local_date(office.clock.now()).isoformat()
        call = {"key": "b" * 32, "text": "停水", "way": "phone", "received_on": today, "kind": "claim", "urgency": "2"}
        await admin.post("/console/register", topic="城乡建设", **call)
        body = (await admin.get("/console/audit"))[1]
    table = body.partition("<tbody>")[2].partition("</tbody>")[0]
    for told in ("市住房和城乡建设局", "东胜区人民政府", "承办人", "审计员", "代为录入", "照建议"):
        assert told in table, told
    for code in ("zhujian", "dongsheng", "case_officer", "auditor", "None", "False", ">hit<"):
        assert code not in re.sub(r"<option.*?</option>", "", table), code


async def test_every_deed_of_the_audit_has_a_name_and_so_have_the_things_it_was_done_to(office):
    await office.staff("admin", Role.ADMINISTRATOR)
    later = (local_date(office.clock.now()) + timedelta(days=3)).isoformat()
    case = await office.file()
    async with visiting(office) as admin:
        await admin.sign_in("admin")
        day = {"on": later, "starts": "09:00", "minutes": "30", "slots": "3", "leader": "王局长", "place": "大厅"}
        for path, form in (
            ("/console/reception/open", {**day, "confirmed": "1"}),
            ("/console/reception/cancel", {"day": "1"}),
            ("/console/field_visits/plan", {"on": later, "leader": "王局长", "place": "村部", "cases": case.case_no}),
            ("/console/field_visits/cancel", {"visit": "1"}),
            ("/console/security/others", {}),
        ):
            assert (await admin.post(path, **form))[0] == 303, path
        body = (await admin.get("/console/audit"))[1]
    table = body.partition("<tbody>")[2].partition("</tbody>")[0]
    for told in ("安排接访日", "取消接访日", "安排下访", "取消下访", "接访 1", "下访 1", "退出其他设备"):
        assert told in table, told
    assert re.findall(r"<td[^>]*>([a-z_]+[.:][a-z_0-9]+)</td>", table) == []
    written = re.compile(r'"((?:staff|reception|organ|template|cases|field_visit)\.(?!html)[a-z_]+)"')
    sources = [
        path for part in ("web", "casework") for path in (Path(__file__).parents[2] / "bot" / part).rglob("*.py")
    ]
    found = {name for path in sources for name in written.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 20 and found - set(ACTIONS) == set()


async def test_the_audit_page_holds_deeds_and_no_words_and_no_accusation(office):
    claim = await office.file("锅炉房冒黑烟，电话13812345678", title="锅炉房冒黑烟")
    accusation = await office.file(kind=CaseKind.ACCUSATION, title="截留补偿款")
    await office.staff("auditor", Role.AUDITOR)
    async with visiting(office) as auditor:
        assert await auditor.sign_in("auditor") == 303
        status, body, _ = await auditor.get("/console/audit")
        assert status == 200 and claim.case_no in body and "群众提交" in body
        assert accusation.case_no not in body
        assert not re.search("锅炉|黑烟|13812345678|截留|补偿", body)
        assert (await auditor.get(f"/console/cases/{accusation.case_no}"))[0] == 404
        status, body, _ = await auditor.get(f"/console/cases/{claim.case_no}")
        assert status == 200 and not re.search("锅炉|黑烟|13812345678", body)
        pages = []
        for number in (accusation.case_no, "20991231-00001"):
            body = (await auditor.get(f"/console/audit?subject={number}"))[1]
            pages.append(body.replace(number, ""))
        assert pages[0] == pages[1], "an accusation and a case that does not exist look the same"
        for query in ("before=x", "before=1", "actor=%00", "subject=%25"):
            assert (await auditor.get(f"/console/audit?{query}"))[0] == 200


@pytest.mark.parametrize("role", list(Role))
async def test_the_audit_page_is_open_to_those_whose_sight_holds_it(office, role):
    member = await office.staff(role.value, role, "zhujian" if role is Role.CASE_OFFICER else None)
    audit = next(one for one in console.routes() if one.path == "/console/audit")
    async with visiting(office) as visitor:
        assert await visitor.sign_in(role.value) == 303
        assert (await visitor.get("/console/audit"))[0] == (200 if permits(audit.access, member) else 403)
