"""Second factor and sessions over HTTP: on, asked for, refused, lost, required by a role; where one is signed in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest_asyncio

from bot.domain.people import Role
from bot.web import auth, sessions
from tests.browser.console_app import PASSWORD, Office, running_office
from tests.browser.visitor import CSRF, Visitor, visiting

SECRET = re.compile(r"密钥 <code>(\w{32})</code>")
RECOVERY = re.compile(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code>")


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        await running.staff("boss", Role.ADMINISTRATOR, name="管理员")
        yield running


@pytest_asyncio.fixture
async def visitors(office: Office) -> AsyncIterator[list[Visitor]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(visiting(office)) for _ in range(3)]


def code(office: Office, secret: str, later: int = 0) -> str:
    return pyotp.TOTP(secret).at(office.clock.now() + timedelta(seconds=30 * later))


async def switch_on(office: Office, visitor: Visitor) -> tuple[str, list[str]]:
    await visitor.sign_in("clerk")
    page = (await visitor.post("/console/security/begin"))[1]
    secret = SECRET.findall(page)[0]
    assert "<svg" in page
    status, page, _ = await visitor.post("/console/security/finish", code=code(office, secret))
    assert status == 200
    return secret, RECOVERY.findall(page)


async def second_step(visitor: Visitor, typed: str) -> int:
    visitor.csrf = CSRF.findall((await visitor.get("/console/login/code"))[1])[0]
    return (await visitor.post("/console/login/code", code=typed))[0]


async def test_with_a_second_factor_the_password_alone_opens_nothing(office, visitors):
    secret, _ = await switch_on(office, visitors[0])
    office.clock.turned += timedelta(minutes=1)
    other = visitors[1]
    other.csrf = CSRF.findall((await other.get("/console/login"))[1])[0]
    status, _, response = await other.post("/console/login?next=/console/board", username="clerk", password=PASSWORD)
    assert status == 303 and response.headers["Location"] == "/console/login/code?next=/console/board"
    for path in ("/console", "/console/security", "/console/events", "/console/export"):
        assert (await other.get(path))[0] in (303, 401), path
    assert await second_step(other, "000000") == 403
    assert await second_step(other, code(office, secret)) == 303
    assert (await other.get("/console"))[0] == 200


async def test_a_code_is_taken_once(office, visitors):
    secret, _ = await switch_on(office, visitors[0])
    office.clock.turned += timedelta(minutes=1)
    typed = code(office, secret)
    for visitor, expected in ((visitors[1], 303), (visitors[2], 403)):
        await visitor.sign_in("clerk")
        assert await second_step(visitor, typed) == expected


async def test_codes_cannot_be_guessed_through(office, visitors):
    secret, _ = await switch_on(office, visitors[0])
    office.clock.turned += timedelta(minutes=1)
    await visitors[1].sign_in("clerk")
    told = [await second_step(visitors[1], f"{number:06d}") for number in range(auth.FAILURES_ALLOWED)]
    assert told == [403] * auth.FAILURES_ALLOWED
    assert await second_step(visitors[1], code(office, secret)) == 429


async def test_a_recovery_code_lets_in_once_and_stands_in_the_audit(office, visitors):
    _, recovery = await switch_on(office, visitors[0])
    assert len(recovery) == 8
    await visitors[1].sign_in("clerk")
    assert await second_step(visitors[1], recovery[0].upper()) == 303
    assert "还有 7 个备用码" in (await visitors[1].get("/console/security"))[1]
    await visitors[2].sign_in("clerk")
    assert await second_step(visitors[2], recovery[0]) == 403
    async with office.database.read() as uow:
        entries = [row.entry async for row in uow.audit.rows()]
    assert [one.details.get("method") for one in entries if one.action == "staff.signed_in"][-1] == "recovery_code"
    assert not any(recovery[0] in str(one) for one in entries)


async def test_the_secret_is_stored_sealed(office, visitors):
    secret, recovery = await switch_on(office, visitors[0])
    async with office.database.read() as uow:
        factor = await uow.sessions.second_factor(1)
    assert factor and secret not in factor.secret and recovery[0] not in str(factor.recovery)


async def test_an_administrator_helps_whoever_lost_the_phone(office, visitors):
    await switch_on(office, visitors[0])
    boss = visitors[1]
    await boss.sign_in("boss")
    assert "取消二次验证" in (await boss.get("/console/staff"))[1]
    assert (await boss.post("/console/staff/1/unlock"))[0] == 303
    assert (await visitors[0].get("/console"))[0] == 303  # and every session ended
    await visitors[2].sign_in("clerk")
    assert (await visitors[2].get("/console"))[0] == 200


async def test_the_command_line_is_a_way_back_too(office, visitors):
    await switch_on(office, visitors[0])
    password = await auth.renew_password(office.database, "clerk", office.clock, whole=True)
    assert await visitors[1].sign_in("clerk", password) == 303
    assert (await visitors[1].get("/console"))[0] == 200


async def test_it_is_switched_off_with_the_password_alone(office, visitors):
    await switch_on(office, visitors[0])
    assert (await visitors[0].post("/console/security/off", present="not the password"))[0] == 400
    assert "已开启" in (await visitors[0].get("/console/security"))[1]
    assert (await visitors[0].post("/console/security/off", present=PASSWORD))[0] == 303
    assert "未开启" in (await visitors[0].get("/console/security"))[1]


async def test_a_role_that_needs_one_comes_no_further_without(tmp_path):
    async with running_office(tmp_path, MINSHENG_SECOND_FACTOR="intake_clerk") as office:
        await office.staff("clerk", Role.INTAKE_CLERK)
        await office.staff("boss", Role.ADMINISTRATOR)
        async with visiting(office) as clerk, visiting(office) as boss:
            await boss.sign_in("boss")
            assert (await boss.get("/console"))[0] == 200
            clerk.csrf = CSRF.findall((await clerk.get("/console/login"))[1])[0]
            await clerk.post("/console/login", username="clerk", password=PASSWORD)
            status, _, response = await clerk.get("/console")
            assert (status, response.headers["Location"]) == (303, "/console/security")
            page = (await clerk.get("/console/security"))[1]
            clerk.csrf = CSRF.findall(page)[0]
            secret = SECRET.findall((await clerk.post("/console/security/begin"))[1])[0]
            assert (await clerk.post("/console/security/finish", code=code(office, secret)))[0] == 200
            assert (await clerk.get("/console"))[0] == 200


async def test_one_sees_where_one_is_signed_in_and_ends_what_one_does_not_know(office, visitors):
    here, there, elsewhere = visitors
    for visitor in visitors:
        await visitor.sign_in("clerk")
    page = (await here.get("/console/security"))[1]
    assert page.count('name="session"') == 2 and "127.0.0.x" in page and "127.0.0.1" not in page
    handle = re.findall(r'name="session" value="(\w{16})"', page)[0]
    assert (await here.post("/console/security/end", session=handle))[0] == 303
    assert sorted([(await there.get("/console"))[0], (await elsewhere.get("/console"))[0]]) == [200, 303]
    assert (await here.post("/console/security/others"))[0] == 303
    assert [(await one.get("/console"))[0] for one in (there, elsewhere)] == [303, 303]
    assert (await here.get("/console"))[0] == 200


async def test_anothers_session_cannot_be_ended(office, visitors):
    await visitors[0].sign_in("clerk")
    await visitors[1].sign_in("boss")
    handle = re.findall(r'name="csrf" value="([^"]+)"', (await visitors[1].get("/console/security"))[1])
    async with office.database.read() as uow:
        of_boss = await uow.sessions.of(2, office.clock.now(), timedelta(hours=1))
    assert (await visitors[0].post("/console/security/end", session=of_boss[0].handle))[0] == 404
    assert (await visitors[1].get("/console"))[0] == 200 and handle


async def test_a_session_that_lies_idle_ends_and_one_in_use_does_not(office, visitors):
    used, left = visitors[0], visitors[1]
    for visitor in (used, left):
        await visitor.sign_in("clerk")
    for _ in range(3):
        office.clock.turned += timedelta(minutes=100)
        assert (await used.get("/console"))[0] == 200
        await left.get("/console/cases", headers={"X-Part": "1"})  # what an open page fetches by itself
    assert (await left.get("/console"))[0] == 303


def test_a_browser_is_named_and_a_network_is_not_a_machine():
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"
    assert sessions.agent_words(agent) == "Edge · Windows"
    assert sessions.agent_words("curl/8") == "其他浏览器 · 其他系统"
    assert sessions.masked("10.1.2.3") == "10.1.2.x" and sessions.masked("2001:db8:1:2::5") == "2001:db8:1::"
    assert sessions.masked("nonsense") == ""
