"""承办人 and 协办 over plain HTTP: who may, in lists, in bulk, on the page; and what becomes of the cases of who leaves."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.casework import Work, handle
from bot.domain.case import Case
from bot.domain.commands import MoveCase
from bot.domain.lifecycle import CaseState, Move, Stage
from bot.domain.people import Role, Staff, sight_of
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.workers.deadline_clock import DeadlineClock
from tests.browser.console_app import Office, running_office
from tests.browser.test_lists_http import bulk
from tests.browser.visitor import Visitor, visiting

KEYS = re.compile(r'data-key="([\d-]+)"')
COUNT = re.compile(r"<strong>(\d+)</strong> 件")
SEATS = {
    "boss": (Role.SUPERVISOR, None),
    "elsewhere": (Role.SUPERVISOR, "gongan"),
    "li": (Role.CASE_OFFICER, "zhujian"),
    "zhao": (Role.CASE_OFFICER, "zhujian"),
    "head": (Role.LEADER, "zhujian"),
    "qian": (Role.CASE_OFFICER, "gongan"),
    "clerk": (Role.INTAKE_CLERK, None),
    "admin": (Role.ADMINISTRATOR, None),
    "auditor": (Role.AUDITOR, None),
    "reviewer": (Role.REVIEWER, None),
    "discipline": (Role.DISCIPLINARY, None),
    "owner": (Role.CAMPAIGN_OWNER, None),
}
STRANGERS = ("reviewer", "discipline", "owner")


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        for name, (role, organ) in SEATS.items():
            await running.staff(name, role, organ, f"{name}同志")
        yield running


async def member(office: Office, name: str) -> Staff:
    async with office.database.read() as uow:
        return (await uow.staff.by_username(name))[0]


async def do(office: Office, who: str, case: Case, move: Move, **given) -> Case:
    staff, now = await member(office, who), office.clock.now()
    async with office.database.write() as uow:
        version = (await uow.cases.by_number(case.case_no))[0].version
        return await handle(MoveCase(case.case_no, move, version, **given), Work(uow, staff, sight_of(staff), now))


async def assigned(office: Office, title: str = "小区暖气不热", **given) -> Case:
    return await do(office, "boss", await office.file(title=title, **given), Move.ASSIGN, organ="zhujian")


async def now_as(office: Office, case: Case) -> Case:
    async with office.database.read() as uow:
        return (await uow.cases.by_number(case.case_no))[0]


@asynccontextmanager
async def seated(office: Office, name: str) -> AsyncIterator[Visitor]:
    async with visiting(office) as visitor:
        assert await visitor.sign_in(name) == 303
        yield visitor


async def send(visitor: Visitor, case: Case, deed: str, office: Office, **form: str) -> int:
    version = str((await now_as(office, case)).version)
    return (await visitor.post(f"/console/cases/{case.case_no}/{deed}", version=version, **form))[0]


@pytest.mark.parametrize("name", list(SEATS))
async def test_each_role_takes_and_gives_what_is_theirs_and_the_page_offers_no_more(office, name):
    case = await assigned(office)
    zhao = await member(office, "zhao")
    takes, gives = {"li", "zhao"}, {"boss", "head", "admin"}
    async with seated(office, name) as visitor:
        status, page, _ = await visitor.get(f"/console/cases/{case.case_no}")
        unseen = name in (*STRANGERS, "qian")
        assert status == (404 if unseen else 200)
        assert ("/take_on" in page) == (name in takes) and ("/hand_to" in page) == (name in gives)
        taken = await send(visitor, case, "take_on", office)
        assert taken == (303 if name in takes else 404 if unseen else 409)
        given = await send(visitor, case, "hand_to", office, officer=str(zhao.id))
    if name == "zhao":
        assert given == 409, "it is theirs already"
    else:
        assert given == (303 if name in {*gives, "li"} else 404 if unseen else 409)
    expected = zhao.id if name in {*takes, *gives} else None
    assert (await now_as(office, case)).officer_id == expected


async def test_a_review_is_taken_on_by_a_reviewer_and_an_accusation_by_the_disciplinary_role(office):
    first = await assigned(office)
    review = await office.file(stage=Stage.REVIEW, parent_id=first.id, petition_id=first.petition_id)
    accusation = await office.file("discipline同志拿了钱", kind=CaseKind.ACCUSATION)
    other = await office.file("有人拿了钱", kind=CaseKind.ACCUSATION)
    for name, case, status in (
        ("li", review, 404),
        ("boss", review, 409),
        ("reviewer", review, 303),
        ("discipline", other, 303),
        ("discipline", accusation, 404),
        ("boss", other, 404),
    ):
        async with seated(office, name) as visitor:
            assert await send(visitor, case, "take_on", office) == status, (name, case.title)


async def test_whom_an_accusation_names_is_not_offered_and_not_given_it(office):
    accusation = await office.file("discipline同志拿了钱", kind=CaseKind.ACCUSATION)
    await office.staff("second", Role.DISCIPLINARY, None, "郑纪检")
    await office.staff("third", Role.DISCIPLINARY, None, "吴纪检")
    named, third = await member(office, "discipline"), await member(office, "third")
    async with seated(office, "second") as visitor:
        page = (await visitor.get(f"/console/cases/{accusation.case_no}"))[1]
        assert f'<option value="{third.id}"' in page and f'<option value="{named.id}"' not in page
        assert await send(visitor, accusation, "hand_to", office, officer=str(named.id)) == 400
        assert await send(visitor, accusation, "hand_to", office, officer=str(third.id)) == 303


@pytest.mark.parametrize("officer", ["", "0", "x", "999999", "-1", "9" * 12])
async def test_a_bad_officer_changes_nothing_and_is_told(office, officer):
    case = await assigned(office)
    async with seated(office, "boss") as visitor:
        assert await send(visitor, case, "hand_to", office, officer=officer) == 400
    assert (await now_as(office, case)).officer_id is None


async def filled(office: Office) -> dict[str, Case]:
    found = {name: await assigned(office, name) for name in ("我的件", "同事的件", "没人的件")}
    await do(office, "li", found["我的件"], Move.TAKE_ON)
    await do(office, "zhao", found["同事的件"], Move.TAKE_ON)
    found["没派的件"] = await office.file(title="没派的件")
    return found


@pytest.mark.parametrize(
    ("name", "query", "titles"),
    [
        ("li", "officer=mine", {"我的件"}),
        ("li", "officer=mine&order=due", {"我的件"}),
        ("li", "mine=1&officer=none", {"没人的件"}),
        ("li", "officer=none&state=at_work", set()),
        ("zhao", "officer=mine", {"同事的件"}),
        ("qian", "officer=none", set()),
        ("boss", "officer=none", {"没人的件", "没派的件"}),
        ("boss", "officer=none&organ=zhujian&q=暖气", {"没人的件"}),
        ("boss", "officer=mine", set()),
        ("boss", "officer=evil", {"我的件", "同事的件", "没人的件", "没派的件"}),
        ("reviewer", "officer=mine", set()),
        ("auditor", "officer=none&organ=zhujian", {"没人的件"}),
    ],
)
async def test_the_address_lists_counts_saves_and_exports_the_same_cases(office, name, query, titles):
    cases = await filled(office)
    numbers = {cases[title].case_no for title in titles}
    async with seated(office, name) as visitor:
        page = (await visitor.get(f"/console?{query}"))[1]
        assert set(KEYS.findall(page)) == numbers and COUNT.findall(page)[0] == str(len(numbers))
        await visitor.post("/console/filters", name="存的", query=query)
        saved = (await visitor.get("/console"))[1]
        kept = re.search(r'<a href="/console\?([^"]*)"><span>存的</span>', saved)
        assert kept is not None
        again = (await visitor.get("/console?" + kept[1].replace("&amp;", "&")))[1]
        assert set(KEYS.findall(again)) == numbers
        file = (await visitor.get(f"/console/export?{query}"))[1].splitlines()
        assert len(file) == len(numbers) + 1 and '"承办人"' in file[0]
    if titles == {"我的件"}:
        assert "li同志" in file[1] and "住建局 · li同志" in page


async def test_a_saved_filter_says_in_words_what_it_shows(office):
    async with seated(office, "li") as visitor:
        await visitor.post("/console/filters", name="一", query="mine=1&officer=none&opinion=owed")
        assert "本单位主办 · 无承办人 · 等着本单位协办意见" in (await visitor.get("/console/filters"))[1]


async def test_many_are_taken_on_and_given_at_once_each_judged_by_itself(office):
    cases = [await assigned(office, f"第{number}件") for number in range(3)]
    await do(office, "zhao", cases[2], Move.TAKE_ON)
    elsewhere = await do(office, "boss", await office.file(title="别处"), Move.ASSIGN, organ="gongan")
    picked = [f"{case.case_no}:{(await now_as(office, case)).version}" for case in [*cases, elsewhere]]
    async with seated(office, "li") as visitor:
        page = (await visitor.get("/console"))[1]
        assert 'name="deed" value="take_on"' in page and 'name="deed" value="hand_to"' in page
        status, body = await bulk(visitor, "take_on", picked)
        results = dict(re.findall(r'class="outcome o-(\w+)">[^<]+<b>(\d+)', body))
        assert status == 200 and results == {"done": "2", "refused": "2"} and "已经有承办人" in body
    zhao, qian = await member(office, "zhao"), await member(office, "qian")
    picked = [f"{case.case_no}:{(await now_as(office, case)).version}" for case in [*cases, elsewhere]]
    async with seated(office, "boss") as visitor:
        page = (await visitor.get("/console"))[1]
        assert 'value="take_on"' not in page and f'<option value="{qian.id}">qian同志' in page
        body = (await bulk(visitor, "hand_to", picked, officer=str(zhao.id)))[1]
        assert 'o-done">已办 <b>2</b>' in body and 'o-refused">不能这样办 <b>2</b>' in body
    assert [(await now_as(office, case)).officer_id for case in cases] == [zhao.id] * 3
    assert (await now_as(office, elsewhere)).officer_id is None


async def test_an_officer_chosen_beside_another_deed_is_not_written_down(office):
    case, zhao = await assigned(office), await member(office, "zhao")
    async with seated(office, "li") as visitor:
        await bulk(visitor, "accept", [f"{case.case_no}:{case.version}"], officer=str(zhao.id))
    now = await now_as(office, case)
    async with office.database.read() as uow:
        line = (await uow.cases.history(now))[-1]
    assert now.state is CaseState.ACCEPTED and now.officer_id is None and "officer" not in line.data


@pytest.mark.parametrize("name", ["clerk", "auditor", "owner"])
async def test_who_gives_no_case_finds_no_button_for_it(office, name):
    async with seated(office, name) as visitor:
        page = (await visitor.get("/console"))[1]
        assert 'value="take_on"' not in page and 'value="hand_to"' not in page and "同志" not in page.split("<main")[1]


@pytest.mark.parametrize("how", ["shut out", "moved", "another role", "renamed"])
async def test_who_leaves_has_no_cases_any_more_and_they_are_listed(office, how):
    case, closed = await assigned(office), await assigned(office, "办完的")
    li = await member(office, "li")
    await do(office, "li", case, Move.TAKE_ON)
    await do(office, "li", closed, Move.TAKE_ON)
    async with office.database.write() as uow:
        done = (await uow.cases.by_number(closed.case_no))[0]
        await uow.cases.change(replace(done, state=CaseState.CONCLUDED), office.clock.now())
    change = {"name": "李新名", "role": "case_officer", "organ": "zhujian"}
    change |= {"moved": {"organ": "gongan"}, "another role": {"role": "leader"}}.get(how, {})
    async with seated(office, "admin") as visitor:
        deed, form = ("switch", {}) if how == "shut out" else ("change", change)
        assert (await visitor.post(f"/console/staff/{li.id}/{deed}", **form))[0] == 303
    async with seated(office, "zhao") as visitor:
        listed = KEYS.findall((await visitor.get("/console?mine=1&officer=none"))[1])
        page = (await visitor.get(f"/console/cases/{case.case_no}"))[1]
        day = (await visitor.get("/console/day"))[1]
    if how == "renamed":
        assert listed == [] and "李新名" in page
        return
    assert listed == [case.case_no] and "承办人离开，改为无承办人" in page and "我来办" in page
    assert re.search(r'本单位未分 <b class="total">1</b>', day)
    assert (await now_as(office, closed)).officer_id is None
    async with seated(office, "admin") as visitor:
        assert "承办人离开，改为无承办人" in (await visitor.get("/console/audit"))[1]


async def asked(office: Office, days: int = 2) -> Case:
    case = await assigned(office)
    async with seated(office, "boss") as visitor:
        on = local_date(office.clock.now()) + timedelta(days=days)
        assert await send(visitor, case, "add_assisting", office, organ="gongan", on=on.isoformat()) == 303
    return case


async def test_an_opinion_is_asked_for_seen_as_missing_given_and_seen_by_the_lead(office):
    case = await asked(office)
    await do(office, "li", case, Move.ACCEPT)
    await do(office, "li", case, Move.PROCESS)
    async with seated(office, "li") as lead, seated(office, "qian") as helper:
        page = (await lead.get(f"/console/cases/{case.case_no}"))[1]
        assert "还没有协办意见：市公安局" in page and "/give_opinion" not in page and "还有 2 天" in page
        own = (await helper.get("/console?opinion=owed"))[1]
        assert KEYS.findall(own) == [case.case_no] and "意见还有 2 天" in own
        assert "意见还有 2 天" in (await helper.get("/console/day"))[1]
        seen = (await helper.get(f"/console/cases/{case.case_no}"))[1]
        assert "/give_opinion" in seen and "/take_on" not in seen
        assert await send(helper, case, "give_opinion", office, text=" ") == 400
        assert await send(helper, case, "give_opinion", office, text="没有警情，电话13812345678") == 303
        assert await send(helper, case, "give_opinion", office, text="再来一次") == 409
        assert KEYS.findall((await helper.get("/console?opinion=owed"))[1]) == []
        page = (await lead.get(f"/console/cases/{case.case_no}"))[1]
        assert "已提意见" in page and "没有警情，电话138****5678" in page and "还没有协办意见" not in page
        assert await send(lead, case, "ask_opinion", office, organ="gongan", on="2020-01-01", text="再核实") == 400
        on = local_date(office.clock.now()).isoformat()
        assert await send(lead, case, "ask_opinion", office, organ="gongan", on=on, text="请再核实一次") == 303
        seen = (await helper.get(f"/console/cases/{case.case_no}"))[1]
        assert "请再核实一次" in seen and "/give_opinion" in seen
    async with seated(office, "auditor") as visitor:
        veiled = (await visitor.get(f"/console/cases/{case.case_no}"))[1]
        assert "市公安局" in veiled and "没有警情" not in veiled and "请再核实" not in veiled


async def test_the_reply_is_sent_without_it_and_the_page_says_whose_is_missing(office):
    case = await asked(office)
    for who, move in (("li", Move.ACCEPT), ("li", Move.PROCESS)):
        await do(office, who, case, move)
    async with seated(office, "li") as first, seated(office, "zhao") as second:
        assert await send(first, case, "draft", office, text="已经修好") == 303
        page = (await second.get(f"/console/cases/{case.case_no}"))[1]
        assert page.count("还没有协办意见：市公安局") == 1 and "可以先答复" not in page
        assert await send(second, case, "approve", office) == 303
    assert (await now_as(office, case)).state is CaseState.DELIVERED


@pytest.mark.parametrize("name", list(SEATS))
async def test_only_an_officer_of_the_assisting_organ_gives_its_opinion(office, name):
    case = await asked(office)
    async with seated(office, name) as visitor:
        page = (await visitor.get(f"/console/cases/{case.case_no}"))[1]
        assert ("/give_opinion" in page) == (name == "qian")
        status = await send(visitor, case, "give_opinion", office, text="意见")
    assert status == (303 if name == "qian" else 404 if name in STRANGERS else 409)


@pytest.mark.parametrize("name", list(SEATS))
async def test_those_who_ask_are_the_lead_its_leader_and_the_desk(office, name):
    case = await asked(office)
    on = local_date(office.clock.now()).isoformat()
    async with seated(office, name) as visitor:
        page = (await visitor.get(f"/console/cases/{case.case_no}"))[1]
        may = name in ("boss", "elsewhere", "clerk", "admin", "li", "zhao", "head")
        assert ("/ask_opinion" in page) == may
        status = await send(visitor, case, "ask_opinion", office, organ="gongan", on=on)
    assert status == (303 if may else 404 if name in STRANGERS else 409)


async def test_a_late_opinion_is_a_task_for_the_two_organs_which_names_the_officer_and_is_ended_by_nobody(office):
    case = await asked(office)
    await do(office, "li", case, Move.TAKE_ON)
    office.clock.turned = timedelta(days=3)
    for _ in range(2):
        await DeadlineClock(office.database, office.clock).scan()
    for name, number in (("li", 1), ("zhao", 1), ("qian", 1), ("head", 1), ("boss", 0), ("admin", 0), ("auditor", 0)):
        async with seated(office, name) as visitor:
            page = (await visitor.get("/console/day"))[1]
            assert page.count('<span class="tag">协办意见</span>') == number, name
            if number:
                assert "协办意见（市公安局）：催办" in page and "承办人 li同志" in page
    async with office.database.read() as uow:
        (task,) = [
            one
            for one in await uow.clocks.open_tasks(sight_of(await member(office, "qian")))
            if one["kind"] == "opinion"
        ]
    for name, status in (("qian", 409), ("boss", 404), ("reviewer", 404)):
        async with seated(office, name) as visitor:
            assert (await visitor.post(f"/console/tasks/{task['id']}/end", note="好了"))[0] == status
