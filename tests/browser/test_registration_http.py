"""登记 over HTTP: proposals by a worker that stands beside the web, filing once, the receipt, drafts, who may."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.domain import query_code
from bot.domain.people import Role
from bot.domain.reading import CaseKind, Reading
from bot.domain.working_days import local_date
from bot.web import keys
from bot.web.console import registration
from bot.workers.background import in_background
from bot.workers.form_reader import FormReader
from tests.browser.console_app import Office, running_office
from tests.browser.reading_worker import a_worker
from tests.browser.visitor import Visitor, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOLD = "天骄小区停水三天了，老人没法做饭"
KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')
CODE = re.compile(r"(?:\d{4} ){3}\d{4}")
NUMBER = re.compile(r"20\d{6}-\d{5}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory):
    async with running_office(
        tmp_path_factory.mktemp("registration"), MINSHENG_PUBLIC_URL="http://xinfang.example"
    ) as one:
        for role in Role:
            await one.staff(
                role.value, role, "zhujian" if role is Role.CASE_OFFICER else None, name=f"{role.value}同志"
            )
        yield one


@asynccontextmanager
async def at_the_desk(office: Office, username: str = "intake_clerk"):
    async with visiting(office) as visitor:
        assert await visitor.sign_in(username) == 303
        yield visitor


async def fresh(visitor: Visitor) -> str:
    where = (await visitor.get("/console/register?new=1"))[2].headers["Location"]
    key = KEY.findall((await visitor.get(where))[1])[0]
    assert where.endswith(key)
    return key


async def opened(visitor: Visitor) -> str:
    """The form that the navigation leads to."""
    return (await visitor.get((await visitor.get("/console/register"))[2].headers["Location"]))[1]


def form(office: Office, key: str, **given: str) -> dict[str, str]:
    return {
        "key": key,
        "known": "0",
        "text": TOLD,
        "way": "phone",
        "received_on": local_date(office.clock.now()).isoformat(),
        "name": "张秀英",
        "phone": "13812345678",
        "address": "东胜区天骄小区3号楼2单元501室",
        "kind": "claim",
        "topic": "城乡建设/城市建设和市政管理",
        "urgency": "3",
        "place": "天骄小区",
        "title": "天骄小区停水",
        **given,
    }


async def understood(visitor: Visitor, **given: str) -> tuple[int, str]:
    data = {"csrf": visitor.csrf, **given}
    async with visitor.session.post("/console/register/understand", data=data, headers={"X-Part": "1"}) as response:
        return response.status, await response.text()


async def test_a_worker_proposes_with_the_words_that_carried_it(office):
    async with a_worker(office), at_the_desk(office) as clerk:
        status, body = await understood(clerk, **form(office, await fresh(clerk)))
    assert status == 200
    for attribute in ('data-kind="claim"', 'data-urgency="3"', 'data-place="天骄小区"', 'data-title="天骄小区停水"'):
        assert attribute in body
    assert 'data-topic="城乡建设/城市建设和市政管理"' in body
    assert "<q>停水</q>" in body and "<q>老人</q>" in body


async def test_without_scripts_the_button_fills_only_what_is_empty(office):
    async with a_worker(office), at_the_desk(office) as clerk:
        sent = form(office, await fresh(clerk), kind="suggestion", place="", title="", topic="", urgency="")
        status, body, _ = await clerk.post("/console/register/understand", **sent)
    assert status == 200 and 'value="天骄小区停水"' in body
    assert '<option value="suggestion" selected>' in body and '<option value="claim" selected>' not in body


async def test_danger_shows_the_numbers_to_tell_at_once(office):
    async with a_worker(office), at_the_desk(office) as clerk:
        _, body = await understood(clerk, **form(office, await fresh(clerk), text="楼道里全是煤气味，怕要爆炸"))
    assert "请马上告诉" in body and "119" in body


async def test_with_no_worker_it_is_said_at_once_and_filed_by_hand(office):
    async with at_the_desk(office) as clerk:
        sent = form(office, await fresh(clerk))
        began = asyncio.get_running_loop().time()
        status, body = await understood(clerk, **sent)
        assert status == 200 and "不能自动识别" in body
        assert asyncio.get_running_loop().time() - began < 1
        status, _, response = await clerk.post("/console/register", **sent)
    assert status == 303 and response.headers["Location"].startswith("/console/register/receipt")


async def test_a_worker_that_is_stuck_keeps_nobody_waiting_for_long(office, monkeypatch):
    async def stuck(text: str) -> Reading:
        await asyncio.sleep(60)
        raise AssertionError("cancelled before")

    monkeypatch.setattr(registration, "READ_WITHIN_SECONDS", 0.4)
    async with a_worker(office, stuck), at_the_desk(office) as clerk:
        status, body = await understood(clerk, **form(office, await fresh(clerk)))
    assert status == 200 and "不能自动识别" in body


async def test_filed_once_with_a_receipt_and_a_code_that_opens_the_case(office):
    async with at_the_desk(office) as clerk:
        sent = form(office, await fresh(clerk))
        addresses = {(await clerk.post("/console/register", **sent))[2].headers["Location"] for _ in range(3)}
        assert len(addresses) == 1
        status, body, _ = await clerk.get(addresses.pop())
        assert status == 200 and "天骄小区停水" in body and "xinfang.example" in body
        number, code = NUMBER.search(body)[0], CODE.search(body)[0].replace(" ", "")
        assert (await clerk.get(f"/console/cases/{number}"))[0] == 200
        listed = (await clerk.get("/console?q=13812345678"))[1]
        assert number in listed
    assert query_code.matches(office.app[keys.SECRET], number, 1, code)
    async with office.database.read() as uow:
        case, petition, _ = await uow.cases.by_number(number)
    assert case.petitioner.name == "张秀英" and petition.text == TOLD


async def test_the_receipt_is_the_registrars_own_and_for_a_day(office):
    async with at_the_desk(office) as clerk, at_the_desk(office, "supervisor") as other:
        where = (await clerk.post("/console/register", **form(office, await fresh(clerk))))[2].headers["Location"]
        assert (await other.get(where))[0] == 404
        for hours, status in ((23, 200), (25, 404)):
            office.clock.turned = timedelta(hours=hours)
            try:
                async with at_the_desk(office) as later:
                    assert (await later.get(where))[0] == status
            finally:
                office.clock.turned = timedelta()


async def test_an_accusation_gets_its_receipt_and_is_out_of_the_clerks_sight(office):
    async with at_the_desk(office) as clerk, at_the_desk(office, "disciplinary") as discipline:
        sent = form(office, await fresh(clerk), kind="accusation", text="举报市住建局收红包", title="住建局收红包")
        where = (await clerk.post("/console/register", **sent))[2].headers["Location"]
        body = (await clerk.get(where))[1]
        number = NUMBER.search(body)[0]
        assert CODE.search(body) and "住建局收红包" not in body
        assert (await clerk.get(f"/console/cases/{number}"))[0] == 404
        assert "住建局收红包" not in await opened(clerk)
        assert "住建局收红包" in (await discipline.get(f"/console/cases/{number}"))[1]


async def test_open_cases_of_the_same_phone_are_pointed_out_as_far_as_one_sees_them(office):
    phone = "13911112222"
    await office.file("天骄小区停水三天，老人没法做饭", title="先前的停水", place="天骄小区", phones=(phone,))
    await office.file("举报截留", title="先前的举报", kind=CaseKind.ACCUSATION, phones=(phone,))
    async with a_worker(office), at_the_desk(office) as clerk:
        _, body = await understood(clerk, **form(office, await fresh(clerk), phone=phone))
        assert "先前的停水" in body and "像是同一件" in body and "先前的举报" not in body
        _, body = await understood(clerk, **form(office, await fresh(clerk), phone="13911113333"))
        assert "先前的停水" not in body


async def test_what_is_refused_comes_back_with_what_was_typed(office):
    tomorrow = (local_date(office.clock.now()) + timedelta(days=1)).isoformat()
    six = "\n".join(f"代表{number} 1390000000{number}" for number in range(6))
    async with at_the_desk(office) as clerk:
        for given, said in (
            ({"received_on": tomorrow}, "不能在今天以后"),
            ({"representatives": six}, "最多 5 位"),
            ({"kind": ""}, "请选择类别"),
            ({"topic": "没有的"}, "分类"),
            ({"urgency": "9"}, "紧急程度"),
            ({"way": ""}, "怎么来的"),
            ({"phone": "138"}, "电话不完整"),
        ):
            status, body, _ = await clerk.post("/console/register", **form(office, await fresh(clerk), **given))
            assert status == 400 and said in body and TOLD in body, given
        assert (await clerk.post("/console/register", **form(office, "x")))[0] == 400


async def test_a_draft_stands_there_again_and_two_windows_do_not_write_over_each_other(office):
    async with at_the_desk(office) as clerk, at_the_desk(office, "administrator") as other:
        key = await fresh(clerk)
        sent = form(office, key, text="还没写完的一张", kind="", title="")
        assert (await clerk.post("/console/register/keep", **sent))[0] == 200
        body = await opened(clerk)
        assert "还没写完的一张" in body and key in body
        assert "还没写完的一张" not in await opened(other)
        assert "还没写完的一张" not in (await other.get(f"/console/register?key={key}"))[1]
        assert (await other.post("/console/register/keep", **form(office, key)))[0] == 404
        assert (await other.post("/console/register", **form(office, key)))[0] == 404
        status, said, _ = await clerk.post("/console/register/keep", **{**sent, "text": "旧窗口"})
        assert status == 409 and "另一个窗口" in json.loads(said)["problem"]
        assert (await understood(clerk, **{**sent, "text": "旧窗口"}))[0] == 409
        assert (await clerk.post("/console/register/drop", key=key))[0] == 303
        assert "还没写完的一张" not in await opened(clerk)


async def test_a_form_that_was_filed_leads_to_its_receipt(office):
    async with at_the_desk(office) as clerk:
        key = await fresh(clerk)
        await clerk.post("/console/register", **form(office, key))
        status, _, response = await clerk.get(f"/console/register?key={key}")
    assert status == 303 and response.headers["Location"].endswith(key)


async def test_only_those_who_register_find_the_page(office):
    seen = {}
    for role in Role:
        async with at_the_desk(office, role.value) as visitor:
            body = (await visitor.get("/console/day"))[1]
            seen[role] = (await visitor.get("/console/register"))[0]
            assert ('href="/console/register"' in body) is (seen[role] == 303), role
            if seen[role] != 303:
                assert (await visitor.post("/console/register", **form(office, "a" * 32)))[0] == 403
    assert {role for role, status in seen.items() if status == 303} == {
        Role.INTAKE_CLERK,
        Role.SUPERVISOR,
        Role.ADMINISTRATOR,
        Role.DISCIPLINARY,
    }


async def test_redis_holds_no_words_of_a_form(office):
    async def nobody(text: str) -> Reading:
        raise ValueError("no reader")

    async with at_the_desk(office) as clerk:
        await office.mailbox.beat("w")
        sent = form(office, await fresh(clerk))
        asking = asyncio.create_task(understood(clerk, **sent))
        await asyncio.sleep(0.5)
        redis: Redis = office.mailbox._redis
        assert await redis.lrange("minsheng:readings", 0, -1) == [sent["key"]]
        async with in_background(FormReader(office.database, office.mailbox, nobody).run()):
            status, body = await asking
        await office.mailbox.stop_beating("w")
    assert status == 200 and "不能自动识别" in body, "a reader that fails leaves the form to the clerk"
