"""The console's gate over plain HTTP: sessions, rules, tokens, brakes, and what an outsider can tell."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.errors import NotFound
from bot.domain.people import Role, Sight
from bot.domain.reading import CaseKind
from bot.storage.case_repository import OPEN_STATES, CaseFilter
from bot.web import auth, console, sessions
from bot.web.app import make_app
from bot.web.console.access import Access
from tests.browser.console_app import PASSWORD, PNG, Office, running_office
from tests.browser.visitor import CSRF, visiting


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        yield running


def test_every_console_route_stands_in_the_table_with_its_rule():
    app = make_app()
    console.setup(app)
    registered = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource and route.resource.canonical.startswith("/console") and route.method != "HEAD"
    }
    table = {(route.method, re.sub(r"\{(\w+):[^/]*\}(?=/|$)", r"{\1}", route.path)) for route in console.routes()}
    assert registered == table
    assert {route.path for route in console.routes() if route.access is Access.ANYONE} == {
        "/console/login",
        "/console/login/code",
    }


async def test_without_a_session_no_page_opens_and_no_form_is_taken(office, visitor):
    for route in console.routes():
        if route.access is Access.ANYONE:
            continue
        path = re.sub(r"\{deed:\[[^}]*\}", "note", re.sub(r"\{deed:(\w+)[^}]*\}", r"\1", route.path))
        path = path.replace("{document:[a-z_]+}/{format:docx|pdf}", "acceptance/pdf")
        path = re.sub(r"\{(inbox|staff|filter|task)_id[^/]*", "1", path)
        path = path.replace("{case_no}", "20261123-00001").replace("{conversation_id}", "0" * 32)
        status, _, response = await (visitor.get(path) if route.method == "GET" else visitor.post(path))
        if route.method == "GET" and status == 303:
            assert response.headers["Location"].startswith("/console/login")
        else:
            assert status == 401, (route, status)


async def test_a_case_of_others_and_one_that_does_not_exist_are_the_same_bytes(office):
    accusation = await office.file(kind=CaseKind.ACCUSATION)
    claim = await office.file()
    talk = claim.conversation_id
    await office.staff("officer", Role.CASE_OFFICER, "zhujian")
    for role in (Role.INTAKE_CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.DISCIPLINARY):
        await office.staff(role.value, role)
    hidden = {"officer": claim, "disciplinary": claim}
    for username in ("officer", "intake_clerk", "supervisor", "administrator", "disciplinary"):
        theirs = hidden.get(username, accusation)
        async with visiting(office) as visitor:
            assert await visitor.sign_in(username) == 303
            for tail in ("", "/talk"):
                seen = await visitor.get(f"/console/cases/{theirs.case_no}{tail}")
                gone = await visitor.get(f"/console/cases/20991231-00001{tail}")
                assert seen[0] == 404 and seen[:2] == gone[:2]
            for deed in (
                "assign",
                "process",
                "draft",
                "answer",
                "conclude",
                "reopen",
                "way",
                "hurry",
                "note",
                "correct",
                "reveal",
            ):
                form = {"version": "1", "text": "您好", "organ": "zhujian", "title": "改"}
                seen = await visitor.post(f"/console/cases/{theirs.case_no}/{deed}", **form)
                gone = await visitor.post(f"/console/cases/20991231-00001/{deed}", **form)
                assert seen[0] == 404 and seen[:2] == gone[:2], (username, deed)
            status, body, _ = await visitor.get(f"/console?state=all&q={theirs.case_no}")
            assert status == 200 and theirs.title not in body
            if username in ("officer", "disciplinary"):
                seen = await visitor.get(f"/console/conversations/{talk}")
                gone = await visitor.get(f"/console/conversations/{'0' * 32}")
                assert seen[:2] == gone[:2] and seen[0] in (403, 404)


async def test_a_form_without_its_token_changes_nothing(office, visitor):
    case = await office.file()
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    for token in ("", "wrong"):
        visitor.csrf = token
        status, _, _ = await visitor.post(f"/console/cases/{case.case_no}/note", text="不该写进去")
        assert status == 403
    async with office.database.read() as uow:
        assert [event.type for event in await uow.cases.history(case)] == ["case.filed", "case.registered"]


async def test_a_sign_in_that_another_site_sends_is_refused(office, visitor):
    await office.staff("clerk", Role.INTAKE_CLERK)
    status, body, _ = await visitor.post("/console/login", username="clerk", password=PASSWORD)
    assert status == 403 and "已过期" in body


async def test_after_five_wrong_passwords_even_the_right_one_waits_a_quarter_of_an_hour(office, visitor):
    await office.staff("clerk", Role.INTAKE_CLERK)
    for _ in range(5):
        assert await visitor.sign_in("clerk", "not-the-password") == 403
    assert await visitor.sign_in("clerk") == 429
    body = (await visitor.post("/console/login", username="clerk", password=PASSWORD))[1]
    assert "15 分钟" in body
    office.clock.turned = timedelta(minutes=16)
    assert await visitor.sign_in("clerk") == 303


async def test_unknown_users_are_slowed_down_and_told_the_same(office, visitor):
    await office.staff("clerk", Role.INTAKE_CLERK)
    visitor.csrf = CSRF.findall((await visitor.get("/console/login"))[1])[0]
    known = await visitor.post("/console/login", username="clerk", password="x")
    visitor.csrf = CSRF.findall(known[1])[0]
    unknown = await visitor.post("/console/login", username="nobody", password="x")
    without_names = [re.sub(r'value="[^"]*"', "", page[1]) for page in (known, unknown)]
    assert known[0] == unknown[0] == 403 and without_names[0] == without_names[1]
    assert [await visitor.sign_in(f"guess{number}", "x") for number in range(4)] == [403, 403, 403, 429]


async def test_a_session_ends_after_twelve_hours_and_with_signing_out(office, visitor):
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    assert (await visitor.get("/console"))[0] == 200
    office.clock.turned = timedelta(hours=12, minutes=1)
    assert (await visitor.get("/console"))[0] == 303
    await visitor.sign_in("clerk")
    cookie = visitor.session.cookie_jar.filter_cookies(f"{office.url}/console")[sessions.COOKIE].value
    await visitor.post("/console/logout")
    status, _, _ = await visitor.get("/console", headers={"Cookie": f"{sessions.COOKIE}={cookie}"})
    assert status == 303


async def test_whoever_is_shut_out_is_out_at_once(office, visitor):
    clerk = await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    async with office.database.write() as uow:
        await uow.staff.set_active(clerk.id, False)
    assert (await visitor.get("/console"))[0] == 303
    assert await visitor.sign_in("clerk") == 403


async def test_the_session_cookie_is_out_of_reach(office, visitor, tmp_path):
    await office.staff("clerk", Role.INTAKE_CLERK)
    visitor.csrf = CSRF.findall((await visitor.get("/console/login"))[1])[0]
    _, _, response = await visitor.post("/console/login", username="clerk", password=PASSWORD)
    cookie = response.cookies[sessions.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/console" and not cookie["secure"]
    public = "https://minsheng.example.cn"
    async with running_office(tmp_path / "secure", MINSHENG_PUBLIC_URL=public) as secure, visiting(secure) as other:
        _, _, response = await other.get("/console/login")
        assert response.cookies[auth.LOGIN_COOKIE]["secure"]


async def test_no_page_of_the_console_is_kept_or_framed(office, visitor):
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    for path in ("/console", "/console/cases/20991231-00001", "/console/nowhere", "/console/login"):
        _, _, response = await visitor.get(path)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Frame-Options"] == "DENY"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy


async def test_signing_in_leads_back_to_the_page_and_nowhere_else(office, visitor):
    case = await office.file()
    await office.staff("clerk", Role.INTAKE_CLERK)
    _, _, response = await visitor.get(f"/console/cases/{case.case_no}?state=open")
    wanted = response.headers["Location"]
    visitor.csrf = CSRF.findall((await visitor.get(wanted))[1])[0]
    _, _, response = await visitor.post(wanted, username="clerk", password=PASSWORD)
    assert response.headers["Location"] == f"/console/cases/{case.case_no}?state=open"
    for elsewhere in ("//evil.example", "https://evil.example", "/console@evil.example", "/console/../chat", "/"):
        visitor.csrf = CSRF.findall((await visitor.get(f"/console/login?next={elsewhere}"))[1])[0]
        path = f"/console/login?next={elsewhere}"
        _, _, response = await visitor.post(path, username="clerk", password=PASSWORD)
        assert response.headers["Location"] in ("/console", "/console/../chat")


async def test_the_count_is_what_the_pages_list(office, visitor):
    for number in range(53):
        await office.file(title=f"第{number}件路灯不亮")
    await office.file(kind=CaseKind.ACCUSATION, title="路灯款被贪")
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    pages = [(await visitor.get(f"/console?q=路灯&page={page}"))[1] for page in (1, 2)]
    listed = [re.findall(r'data-key="([\d-]+)"', page) for page in pages]
    assert [len(page) for page in listed] == [50, 3] and len({*listed[0], *listed[1]}) == 53
    assert "<strong>53</strong> 件" in pages[0] and "贪" not in "".join(pages)
    sight = Sight(everything_else=True)
    async with office.database.read() as uow:
        tally = await uow.cases.tally(sight)
        assert tally.open == await uow.cases.count(CaseFilter(states=OPEN_STATES), sight) == 53
        assert tally.unassigned == await uow.cases.count(CaseFilter(states=OPEN_STATES, unassigned=True), sight)
        assert tally.pressing == await uow.cases.count(CaseFilter(states=OPEN_STATES, urgencies=(4,)), sight)
        assert tally.by_state == await uow.cases.count_by_state(sight)


@pytest.mark.parametrize(
    "query", ["page=0", "page=99999999", "page=x", "urgency=9", "state=nonsense", "kind=%00", "q=%25"]
)
async def test_a_strange_address_shows_a_list_and_no_error(office, visitor, query):
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    assert (await visitor.get(f"/console?{query}"))[0] == 200


async def test_what_citizens_write_is_text_and_nothing_else(office, visitor):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    case = await office.file(text=evil, title=evil[:60], place=evil)
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    await visitor.post(f"/console/cases/{case.case_no}/note", text=evil)
    paths = (f"/console/cases/{case.case_no}", "/console", f"/console/conversations/{case.conversation_id}")
    for path in (*paths, "/console/conversations", "/console?q=<script>"):
        body = (await visitor.get(path))[1]
        assert "<script>alert" not in body and "<img src=x" not in body


async def test_phones_are_masked_until_they_are_asked_for_and_that_is_noted(office, visitor):
    case = await office.file("电话 138 1234 5678，身份证 152701198001011234")
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    for path in (f"/console/cases/{case.case_no}", "/console", "/console/conversations"):
        body = (await visitor.get(path))[1]
        assert not re.search(r"138\D{0,2}1234\D{0,2}5678|152701198001011234|1234 5678 9012 3456", body)
    status, body, _ = await visitor.post(f"/console/cases/{case.case_no}/reveal", reason="电话联系群众")
    assert status == 200 and "13812345678" in body and "152701198001011234" in body and "查看隐去的内容" in body
    assert "1234 5678 9012 3456" not in body, "the query code is the citizen's alone"


async def test_a_mask_is_never_written_over_the_real_value(office, visitor):
    case = await office.file(title="请打13812345678", place="13812345678")
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    form = {"title": "请打138****5678", "place": "138****5678", "kind": "suggestion", "urgency": "2", "version": "2"}
    status, _, _ = await visitor.post(f"/console/cases/{case.case_no}/correct", **form)
    async with office.database.read() as uow:
        after = (await uow.cases.by_number(case.case_no))[0]
    assert status == 400 and (after.title, after.place, after.kind) == (case.title, case.place, case.kind)
    page = (await visitor.get(f"/console/cases/{case.case_no}"))[1]
    assert len(re.findall(r'name="(?:title|place)"[^>]* disabled', page)) == 2, "what is masked is not sent"
    rest = {name: value for name, value in form.items() if name not in ("title", "place")}
    status, _, _ = await visitor.post(f"/console/cases/{case.case_no}/correct", **rest)
    async with office.database.read() as uow:
        after = (await uow.cases.by_number(case.case_no))[0]
    assert status == 303 and after.kind is CaseKind.SUGGESTION and after.title == case.title


@pytest.mark.parametrize("reason", ["", "看", "打 13812345678", "长" * 101])
async def test_without_a_reason_no_phone_is_shown(office, visitor, reason):
    case = await office.file()
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    status, body, _ = await visitor.post(f"/console/cases/{case.case_no}/reveal", reason=reason)
    assert status == 400 and "13812345678" not in body.replace(reason, "") and "理由" in body
    async with office.database.read() as uow:
        assert "phone.revealed" not in {event.type for event in await uow.cases.history(case)}


async def test_the_reason_stands_in_the_history_and_in_the_audit(office, visitor):
    case = await office.file()
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    status, body, _ = await visitor.post(f"/console/cases/{case.case_no}/reveal", reason="核实情况")
    assert status == 200 and "核实情况" in body
    async with office.database.read() as uow:
        entries = [row.entry async for row in uow.audit.rows() if row.entry.action == "phone.revealed"]
    assert [(one.subject, dict(one.details)) for one in entries] == [(case.case_no, {"reason": "核实情况"})]


async def test_a_picture_is_shown_to_those_who_may_read_the_talk(office):
    case = await office.file()
    picture = await office.photo(case.conversation_id)
    await office.staff("clerk", Role.INTAKE_CLERK)
    await office.staff("officer", Role.CASE_OFFICER, "zhujian")
    async with visiting(office) as clerk, visiting(office) as officer:
        await clerk.sign_in("clerk")
        await officer.sign_in("officer")
        async with clerk.session.get(f"/console/media/{picture}") as response:
            assert response.status == 200 and await response.read() == PNG
            assert response.headers["Content-Type"] == "image/png"
        hidden, gone = [await officer.get(f"/console/media/{one}") for one in (picture, 999)]
        assert hidden[0] == 404 and hidden[:2] == gone[:2]


@pytest.mark.parametrize(
    ("deed", "form"),
    [
        ("assign", {"organ": "nowhere", "version": "2"}),
        ("assign", {"organ": "zhujian", "version": "x"}),
        ("assign", {"organ": "zhujian"}),
        ("assign", {"organ": "", "version": "2"}),
        ("decline", {"reason": " ", "route": "去法院", "version": "2"}),
        ("way", {"way": "nowhere", "version": "2"}),
        ("note", {}),
        ("correct", {"kind": "nonsense", "version": "1"}),
        ("correct", {"urgency": "7", "version": "1"}),
        ("correct", {"topic": "没有/这类", "version": "1"}),
    ],
)
async def test_a_bad_form_is_refused_with_the_reason_and_nothing_is_written(office, visitor, deed, form):
    case = await office.file()
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    status, body, _ = await visitor.post(f"/console/cases/{case.case_no}/{deed}", **form)
    assert status == 400 and 'role="alert"' in body
    async with office.database.read() as uow:
        assert (await uow.cases.by_number(case.case_no))[0].version == 2


async def test_a_stale_save_is_refused_and_the_words_are_not_lost(office, visitor):
    case = await office.file(kind=CaseKind.ENQUIRY)
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    await visitor.post(f"/console/cases/{case.case_no}/process", version="2")
    status, body, _ = await visitor.post(f"/console/cases/{case.case_no}/answer", version="2", text="写了很久的答复")
    assert status == 409 and "写了很久的答复" in body and "刚刚有了变化" in body
    assert 'name="version" value="3"' in body


async def test_words_are_not_lost_either_when_a_colleague_was_quicker_and_the_form_is_gone(office):
    case = await office.file()
    page = f"/console/cases/{case.case_no}"
    await office.staff("supervisor", Role.SUPERVISOR)
    for name in ("quick", "slow"):
        await office.staff(name, Role.CASE_OFFICER, "zhujian")
    async with visiting(office) as desk, visiting(office) as quick, visiting(office) as slow:
        await desk.sign_in("supervisor")
        await quick.sign_in("quick")
        await slow.sign_in("slow")
        assert (await desk.post(f"{page}/assign", version="2", organ="zhujian"))[0] == 303
        for version, move in ((3, "accept"), (4, "process")):
            assert (await quick.post(f"{page}/{move}", version=str(version)))[0] == 303
        assert (await quick.post(f"{page}/draft", version="5", text="同事的答复"))[0] == 303
        status, body, _ = await slow.post(f"{page}/draft", version="5", text="写了很久的答复")
        assert status == 409 and "同事的答复" in body and "写了很久的答复" in body
        assert (await slow.post(f"{page}/approve", version="6"))[0] == 303
        status, body, _ = await desk.post(f"{page}/refuse", version="6", reason="写得太简单，请补充依据")
        assert status == 409 and "写得太简单，请补充依据" in body


async def test_a_move_that_the_lifecycle_does_not_know_is_refused(office, visitor):
    case = await office.file()
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    assert (await visitor.post(f"/console/cases/{case.case_no}/conclude", version="2"))[0] == 409


async def test_the_list_of_staff_is_the_administrators(office):
    await office.staff("admin", Role.ADMINISTRATOR)
    await office.staff("clerk", Role.INTAKE_CLERK)
    async with visiting(office) as clerk, visiting(office) as admin:
        await clerk.sign_in("clerk")
        await admin.sign_in("admin")
        assert (await clerk.get("/console/staff"))[0] == 403
        assert (await clerk.post("/console/staff", username="x"))[0] == 403
        form = {"username": "Wang.Li", "name": "王丽", "role": "case_officer"}
        assert (await admin.post("/console/staff", **form))[0] == 400, "an officer has an organ"
        status, body, _ = await admin.post("/console/staff", **form, organ="zhujian")
        password = re.findall(r"密码 <code>(\w{16})</code>", body)[0]
        assert status == 200 and password not in (await admin.get("/console/staff"))[1]
        assert (await admin.post("/console/staff", **form, organ="zhujian"))[0] == 400, "taken"
        async with visiting(office) as new:
            assert await new.sign_in("wang.li", password) == 303
            assert (await admin.post("/console/staff/3/reset"))[0] == 200
            assert (await new.get("/console"))[0] == 303
        assert (await admin.post("/console/staff/1/switch"))[0] == 400, "not oneself"
        assert (await admin.post("/console/staff/2/switch"))[0] == 303
        assert (await clerk.get("/console"))[0] == 303


async def test_a_new_password_ends_every_other_session(office):
    await office.staff("clerk", Role.INTAKE_CLERK)
    async with visiting(office) as here, visiting(office) as there:
        await here.sign_in("clerk")
        await there.sign_in("clerk")
        new = "a-much-better-one"
        wrong = {"present": "wrong", "password": new, "again": new}
        assert (await here.post("/console/password", **wrong))[0] == 400
        assert (await here.post("/console/password", present=PASSWORD, password=new, again="other"))[0] == 400
        assert (await here.post("/console/password", present=PASSWORD, password="short", again="short"))[0] == 400
        assert (await here.post("/console/password", present=PASSWORD, password=new, again=new))[0] == 303
        assert (await here.get("/console"))[0] == 200 and (await there.get("/console"))[0] == 303
        assert await there.sign_in("clerk") == 403 and await there.sign_in("clerk", new) == 303


async def test_the_first_start_makes_one_administrator_and_no_second(office, visitor):
    first = await auth.renew_password(office.database, "admin", office.clock)
    assert len(first) == 16
    assert await visitor.sign_in("admin", first) == 303
    with pytest.raises(NotFound, match="nobody"):
        await auth.renew_password(office.database, "nobody", office.clock)


async def test_a_lost_password_is_replaced_and_the_sessions_end(office, visitor):
    first = await auth.renew_password(office.database, "admin", office.clock)
    assert await visitor.sign_in("admin", first) == 303
    again = await auth.renew_password(office.database, "admin", office.clock)
    assert (await visitor.get("/console"))[0] == 303
    assert await visitor.sign_in("admin", first) == 403 and await visitor.sign_in("admin", again) == 303


async def test_behind_a_trusted_proxy_each_address_has_its_own_brake(tmp_path):
    async with running_office(tmp_path, MINSHENG_TRUSTED_PROXIES="127.0.0.1") as office, visiting(office) as visitor:
        await office.staff("clerk", Role.INTAKE_CLERK)
        for number in range(6):
            await visitor.sign_in(f"guess{number}", "wrong", forwarded="9.9.9.9, 10.0.0.1")
        assert await visitor.sign_in("clerk", forwarded="1.2.3.4, 10.0.0.1") == 429
        assert await visitor.sign_in("clerk", forwarded="10.0.0.1, 10.0.0.2") == 303


async def test_nobody_else_can_name_another_address(office, visitor):
    await office.staff("clerk", Role.INTAKE_CLERK)
    for number in range(6):
        await visitor.sign_in(f"guess{number}", "wrong", forwarded=f"10.0.0.{number}")
    assert await visitor.sign_in("clerk", forwarded="10.0.0.9") == 429


async def test_a_form_that_is_too_large_is_refused(office, visitor):
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    assert (await visitor.post("/console/cases/20261123-00001/note", text="长" * 300_000))[0] == 413


async def test_a_locked_database_gives_an_answer_that_can_be_tried_again(office, visitor, tmp_path):
    case = await office.file()
    await office.staff("clerk", Role.INTAKE_CLERK)
    await visitor.sign_in("clerk")
    with closing(sqlite3.connect(tmp_path / "minsheng.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        status, body, response = await visitor.post(f"/console/cases/{case.case_no}/note", text="稍后")
        other.execute("ROLLBACK")
    assert status == 503 and response.headers["Retry-After"] and "没有保存" in body
    assert (await visitor.post(f"/console/cases/{case.case_no}/note", text="稍后"))[0] == 303


async def test_news_reach_whom_they_concern_and_nobody_else(office):
    await office.staff("clerk", Role.INTAKE_CLERK)
    await office.staff("discipline", Role.DISCIPLINARY)
    async with visiting(office) as clerk, visiting(office) as discipline:
        await clerk.sign_in("clerk")
        await discipline.sign_in("discipline")
        async with clerk.session.get("/console/events") as his, discipline.session.get("/console/events") as hers:
            await his.content.readuntil(b"event: hello\ndata: \n\n")
            await hers.content.readuntil(b"event: hello\ndata: \n\n")
            accusation = await office.file(kind=CaseKind.ACCUSATION)
            await hers.content.readuntil(b"data: cases\n\n")
            claim = await office.file()
            heard = await his.content.readuntil(f"data: conversation:{claim.conversation_id}\n\n".encode())
            await office.mailbox.tell_changed(f"case:{accusation.case_no}")
            await office.mailbox.tell_changed(f"case:{claim.case_no}")
            heard += await his.content.readuntil(f"data: case:{claim.case_no}\n\n".encode())
            assert b"data: cases" in heard and accusation.case_no.encode() not in heard


async def test_two_people_on_one_case_see_each_other(office):
    case = await office.file()
    await office.staff("clerk", Role.INTAKE_CLERK)
    await office.staff("colleague", Role.INTAKE_CLERK)
    await office.staff("officer", Role.CASE_OFFICER, "gongan")
    async with visiting(office) as clerk, visiting(office) as colleague, visiting(office) as officer:
        await clerk.sign_in("clerk")
        await colleague.sign_in("colleague")
        await officer.sign_in("officer")
        assert "也在看这件" not in (await clerk.get(f"/console/cases/{case.case_no}"))[1]
        assert "clerk也在看这件" in (await colleague.get(f"/console/cases/{case.case_no}"))[1]
        assert "colleague也在看这件" in (await clerk.get(f"/console/cases/{case.case_no}/looking"))[1]
        assert (await officer.get(f"/console/cases/{case.case_no}/looking"))[0] == 404
