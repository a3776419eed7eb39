"""今天 by role: what waits for whom, in which order, and that each list's number is that of the inbox it leads to."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.case import Case
from bot.domain.lifecycle import CaseState, Stage
from bot.domain.people import Role, Staff
from bot.domain.reading import CaseKind, Urgency
from bot.domain.working_days import local_date
from bot.web.console.duties import duties_of
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor, visiting

SECTION = re.compile(r'<section class="card">\s*<h2>(\S+) <b class="total[^"]*">(\d+)</b>(.*?)</section>', re.S)
TITLES = re.compile(r'<a href="/console/cases/[\d-]+">([^<]+)</a>')
MORE = re.compile(r'<a href="/console\?([^"]+)">还有 (\d+) 件</a>')
KEYS = re.compile(r'data-key="([\d-]+)"')


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        for role in Role:
            await running.staff(role.value, role, "zhujian" if role is Role.CASE_OFFICER else None)
        yield running


async def stands(office: Office, title: str, state: CaseState, **changes: object) -> Case:
    """A case as it is by now."""
    given = {name: changes.pop(name) for name in ("kind", "urgency", "stage", "parent_id") if name in changes}
    case = await office.file(title=title, **given)
    async with office.database.write() as uow:
        return await uow.cases.change(replace(case, state=state, **changes), office.clock.now())


async def drafted(office: Office, title: str, by: str, **given: object) -> Case:
    """A reply that waits for a second person."""
    async with office.database.read() as uow:
        author = (await uow.staff.by_username(by))[0]
    course = {"prepared": {"draft": author.actor}}
    return await stands(office, title, CaseState.DRAFTED, course=course, organ="zhujian", **given)


async def lists(visitor: Visitor, username: str) -> dict[str, tuple[int, list[str]]]:
    """Title → number and lines of somebody's lists, as they stand."""
    assert await visitor.sign_in(username) == 303
    page = (await visitor.get("/console/day"))[1]
    return {title: (int(number), TITLES.findall(body)) for title, number, body in SECTION.findall(page)}


@pytest.mark.parametrize(
    ("username", "titles"),
    [
        (
            "case_officer",
            ["我的", "本单位未分", "等着签收和受理", "等着协办意见", "到期和超期", "等着审核", "等着送达", "等着办结"],
        ),
        ("intake_clerk", ["特急和紧急", "等着派单", "到期和超期", "等着送达", "等着办结", "多次退回"]),
        ("supervisor", ["特急和紧急", "等着派单", "到期和超期", "等着审核", "等着送达", "等着办结", "多次退回"]),
        ("administrator", ["特急和紧急", "等着派单", "到期和超期", "等着审核", "等着送达", "等着办结", "多次退回"]),
        ("disciplinary", ["特急和紧急", "等着派单", "到期和超期", "等着审核", "等着送达", "等着办结", "多次退回"]),
        ("reviewer", ["等着受理", "到期和超期", "正在办理", "等着审核", "等着送达", "等着办结"]),
        ("leader", ["我的包案", "到期和超期", "等着审核", "多次退回"]),
        ("campaign_owner", ["等着派单", "到期和超期"]),
        ("auditor", ["到期和超期", "等着派单", "多次退回"]),
    ],
)
async def test_each_role_has_its_own_lists(office, visitor, username, titles):
    assert list(await lists(visitor, username)) == titles


async def test_an_officer_sees_what_their_organ_has_to_sign_and_works_on(office, visitor):
    for state in (CaseState.TRANSFERRED, CaseState.ASSIGNED, CaseState.ACKNOWLEDGED):
        await stands(office, f"要签收{state.value}", state, organ="zhujian")
    await stands(office, "别的单位", CaseState.ASSIGNED, organ="gongan")
    helped = await stands(office, "协办的", CaseState.ASSIGNED, organ="gongan")
    await stands(office, "在办", CaseState.IN_PROCESS, organ="zhujian")
    async with office.database.write() as uow:
        await uow.cases.set_assisting(helped, ["zhujian"])
    found = await lists(visitor, "case_officer")
    assert found["等着签收和受理"][0] == 3 and found["本单位未分"][0] == 4 and "在办" in found["本单位未分"][1]


async def test_an_officers_day_splits_their_own_cases_from_those_that_nobody_has(office, visitor):
    colleague = await office.staff("colleague", Role.CASE_OFFICER, "zhujian", "赵同事")
    async with office.database.read() as uow:
        me = (await uow.staff.by_username("case_officer"))[0]
    await stands(office, "我办的", CaseState.IN_PROCESS, organ="zhujian", officer_id=me.id)
    await stands(office, "同事办的", CaseState.IN_PROCESS, organ="zhujian", officer_id=colleague.id)
    await stands(office, "没人办的", CaseState.ASSIGNED, organ="zhujian")
    await stands(office, "别的单位", CaseState.ASSIGNED, organ="gongan")
    helped = await stands(office, "协办的", CaseState.ASSIGNED, organ="gongan")
    asked = await stands(office, "请提意见", CaseState.ASSIGNED, organ="gongan")
    async with office.database.write() as uow:
        await uow.cases.set_assisting(helped, ["zhujian"])
        await uow.cases.set_assisting(asked, ["zhujian"], {"zhujian": local_date(office.clock.now())})
    found = await lists(visitor, "case_officer")
    assert found["我的"] == (1, ["我办的"]) and found["本单位未分"] == (1, ["没人办的"])
    assert found["等着协办意见"] == (1, ["请提意见"])
    page = (await visitor.get("/console/day"))[1]
    assert "住建局 · case_officer" in page


async def test_the_desk_routes_urgent_cases_first_and_no_reviews(office, visitor):
    first = await stands(office, "一般的", CaseState.REGISTERED, urgency=Urgency.NORMAL)
    await stands(office, "特急的", CaseState.REGISTERED, urgency=Urgency.CRITICAL)
    await stands(office, "复查的", CaseState.REGISTERED, stage=Stage.REVIEW, parent_id=first.id)
    await stands(office, "紧急的，已派", CaseState.ASSIGNED, organ="zhujian", urgency=Urgency.URGENT)
    await stands(office, "紧急的，在办", CaseState.IN_PROCESS, organ="zhujian", urgency=Urgency.URGENT)
    found = await lists(visitor, "intake_clerk")
    assert found["等着派单"] == (2, ["特急的", "一般的"])
    assert found["特急和紧急"] == (2, ["特急的", "紧急的，已派"])


async def test_a_reviewer_sees_reviews_and_a_leader_their_own_cases(office):
    first = await stands(office, "初次的", CaseState.IN_PROCESS)
    await stands(office, "复查新来", CaseState.REGISTERED, stage=Stage.REVIEW, parent_id=first.id)
    await stands(office, "复查在办", CaseState.IN_PROCESS, stage=Stage.REVIEW, parent_id=first.id)
    await office.staff("city", Role.REVIEWER, "zhujian")
    await stands(
        office, "别处复查", CaseState.REGISTERED, stage=Stage.REVIEW, parent_id=first.id, course={"hears": "x"}
    )
    async with office.database.read() as uow:
        leader = (await uow.staff.by_username("leader"))[0]
    await stands(office, "包的案", CaseState.IN_PROCESS, leader_id=leader.id)
    async with visiting(office) as one, visiting(office) as two, visiting(office) as three:
        found = await lists(one, "reviewer")
        assert found["等着受理"][0] == 2 and found["正在办理"] == (1, ["复查在办"])
        assert (await lists(two, "city"))["等着受理"] == (1, ["复查新来"])
        assert (await lists(three, "leader"))["我的包案"] == (1, ["包的案"])


async def test_only_replies_that_one_can_approve_wait_for_oneself(office):
    first = await drafted(office, "同事写的", "supervisor")
    await drafted(office, "自己写的", "case_officer")
    await drafted(office, "复查的答复", "supervisor", stage=Stage.REVIEW, parent_id=first.id)
    await drafted(office, "检举的答复", "supervisor", kind=CaseKind.ACCUSATION)
    expected = {
        "case_officer": (1, ["同事写的"]),
        "supervisor": (1, ["自己写的"]),
        "reviewer": (1, ["复查的答复"]),
        "disciplinary": (1, ["检举的答复"]),
        "administrator": (2, ["自己写的", "同事写的"]),
    }
    for username, waits in expected.items():
        async with visiting(office) as one:
            assert (await lists(one, username))["等着审核"] == waits, username


async def test_the_rest_of_a_list_is_one_click_away_and_of_the_same_number(office):
    today = local_date(office.clock.now())
    for number in range(10):
        late = await stands(office, f"第{number}件", CaseState.REGISTERED, urgency=Urgency.URGENT, bounced=2)
        async with office.database.write() as uow:
            await uow.cases.owe(late.id, today - timedelta(days=number - 3))
    async with office.database.read() as uow:
        me = (await uow.staff.by_username("case_officer"))[0]
    for number in range(9):
        await stands(office, f"签{number}", CaseState.ASSIGNED, organ="zhujian")
        await stands(office, f"办{number}", CaseState.ACCEPTED, organ="zhujian", officer_id=me.id)
        await drafted(office, f"审{number}", "leader")
    seen = set()
    for username in ("supervisor", "case_officer", "administrator"):
        async with visiting(office) as one:
            await lists(one, username)
            page = (await one.get("/console/day"))[1]
            for title, number, body in SECTION.findall(page):
                for query, more in MORE.findall(body):
                    listed = (await one.get("/console?" + query.replace("&amp;", "&")))[1]
                    assert f"<strong>{number}</strong> 件" in listed and int(more) == int(number) - 8, title
                    assert [re.sub(r"\s", "", each) for each in KEYS.findall(listed)][:8] == re.findall(
                        r"/console/cases/([\d-]+)", body
                    )
                    seen.add(title)
    waits = {"等着签收和受理", "我的", "本单位未分"}
    assert seen == {"特急和紧急", "等着派单", "到期和超期", "多次退回", "等着审核", *waits}


async def test_tasks_bear_chinese_names_danger_first_and_are_ended_by_whom_they_concern(office):
    case = await stands(office, "煤气泄漏", CaseState.IN_PROCESS, organ="zhujian")
    async with office.database.write() as uow:
        for kind in ("supervise", "hurried", "approval", "feedback", "danger"):
            await uow.clocks.add_task(kind, case.id, "zhujian", "要办", None, office.clock.now())
    async with visiting(office) as officer, visiting(office) as boss:
        await officer.sign_in("case_officer")
        await boss.sign_in("supervisor")
        seen, ends = (await officer.get("/console/day"))[1], (await boss.get("/console/day"))[1]
    names = re.findall(r'<span class="tag">([^<]+)</span>', seen)
    assert names[0] == "特急处置" and set(names[1:]) == {"督办", "群众催办", "待审批", "反馈结果"}
    assert seen.count('<summary class="plain">完成') == 2, "neither what supervises them, nor an approval, nor a danger"
    assert ends.count('<summary class="plain">完成') == 4, "an approval ends with the decision alone"


async def test_how_long_is_left_stands_in_the_list_and_can_be_asked_for_and_sorted_by(office, visitor):
    today, numbers = local_date(office.clock.now()), {}
    for title, days in (("超期的", -2), ("快到的", 3), ("还早的", 9), ("今天的", 0)):
        case = await stands(office, title, CaseState.IN_PROCESS, organ="zhujian")
        numbers[case.case_no] = title
        async with office.database.write() as uow:
            await uow.cases.owe(case.id, today + timedelta(days=days))
    await visitor.sign_in("supervisor")

    async def asked(query: str) -> list[str]:
        page = (await visitor.get(f"/console?{query}"))[1]
        found = [numbers[number] for number in KEYS.findall(page)]
        assert f"<strong>{len(found)}</strong> 件" in page
        return found

    page = (await visitor.get("/console"))[1]
    for words, look in (("超期 2 天", "overdue"), ("还有 3 天", "soon"), ("还有 9 天", ""), ("今天到期", "soon")):
        assert f'<span class="due {look}">{words}</span>' in page
    assert await asked("due=overdue") == ["超期的"]
    assert await asked("due=soon&order=due") == ["今天的", "快到的"]
    assert await asked("due=pressing&order=due") == ["超期的", "今天的", "快到的"]
    assert await asked("order=due") == ["超期的", "今天的", "快到的", "还早的"]
    assert await asked("") == await asked("order=evil&due=evil") == ["今天的", "还早的", "快到的", "超期的"]
    file = (await visitor.get("/console/export?due=soon&order=due"))[1].splitlines()
    assert "到期日" in file[0] and len(file) == 3 and f'"{today:%Y-%m-%d}"' in file[1] and "快到的" in file[2]
    await visitor.post("/console/filters", name="急的", query="due=overdue&order=due&urgency=urgent")
    assert "已超期 · 特急和紧急 · 先到期的在前" in (await visitor.get("/console/filters"))[1]


async def test_the_help_tells_the_key_of_today(office, visitor):
    await visitor.sign_in("supervisor")
    assert "<kbd>g</kbd> <kbd>d</kbd></dt><dd>去今天" in (await visitor.get("/console"))[1]
    assert 'd: "/console/day"' in (await visitor.get("/static/console.js"))[1]


async def everybody_finds(office, name, expected):
    """Each role has these titles in the list of that name on 今天, and as many behind its address."""
    for who, titles in expected.items():
        async with visiting(office) as visitor:
            number, shown = (await lists(visitor, who))[name]
            assert (number, set(shown)) == (len(titles), titles)
            query = next(one.query for one in duties_of_role(who) if one.title == name)
            assert len(KEYS.findall((await visitor.get(f"/console?{query}"))[1])) == number


async def test_approved_replies_that_go_out_on_paper_wait_to_be_handed_over(office):
    first = await stands(office, "初次的", CaseState.IN_PROCESS)
    await stands(office, "要送达的", CaseState.APPROVED, organ="zhujian")
    await stands(office, "别的单位的", CaseState.APPROVED, organ="gongan")
    await stands(office, "复查意见", CaseState.APPROVED, stage=Stage.REVIEW, parent_id=first.id)
    expected = {
        "intake_clerk": {"要送达的", "别的单位的", "复查意见"},
        "case_officer": {"要送达的"},
        "reviewer": {"复查意见"},
    }
    await everybody_finds(office, "等着送达", expected)


async def test_what_was_answered_waits_to_be_concluded_so_that_the_citizen_is_asked_to_rate(office):
    first = await stands(office, "答复了的", CaseState.DELIVERED, organ="zhujian")
    await stands(office, "别的单位的", CaseState.DELIVERED, organ="gongan")
    await stands(office, "办结了的", CaseState.CONCLUDED, organ="zhujian")
    await stands(office, "复查意见", CaseState.DELIVERED, stage=Stage.REVIEW, parent_id=first.id)
    expected = {
        "intake_clerk": {"答复了的", "别的单位的", "复查意见"},
        "case_officer": {"答复了的"},
        "reviewer": {"复查意见"},
    }
    await everybody_finds(office, "等着办结", expected)


def duties_of_role(who: str):
    return duties_of(Staff(1, who, who, Role(who), "zhujian" if who == "case_officer" else None, True))


async def test_a_review_stands_in_every_list_with_the_organ_that_hears_it(office, visitor):
    first = await stands(office, "原件", CaseState.DELIVERED, organ="zhujian")
    given = {"stage": Stage.REVIEW, "parent_id": first.id, "urgency": Urgency.CRITICAL}
    day = local_date(office.clock.now())
    heard = await stands(office, "有机关", CaseState.IN_PROCESS, course={"hears": "shizhengfu"}, due_on=day, **given)
    await stands(office, "没机关", CaseState.IN_PROCESS, due_on=day, **given)
    await stands(office, "没交办", CaseState.REGISTERED, due_on=day)
    assert await visitor.sign_in("supervisor") == 303
    for path in ("/console?state=all", "/console?q=有机关", "/console/day"):
        line = next(
            part.rpartition("<li")[2] for part in (await visitor.get(path))[1].split("</li>") if heard.case_no in part
        )
        assert "市政府" in line and "未交办" not in line, path
    page = (await visitor.get("/console?state=all"))[1]
    assert page.count('<em class="unsent">没有复查机关</em>') == page.count('<em class="unsent">未交办</em>') == 1
    exported = (await visitor.get("/console/export?q=有机关"))[1]
    assert "鄂尔多斯市人民政府" in exported


async def test_what_nobody_was_sent_to_holds_no_review(office, visitor):
    first = await stands(office, "原件", CaseState.DELIVERED, organ="zhujian")
    await stands(
        office, "复查", CaseState.REGISTERED, stage=Stage.REVIEW, parent_id=first.id, course={"hears": "shizhengfu"}
    )
    await stands(office, "没交办", CaseState.REGISTERED)
    assert await visitor.sign_in("supervisor") == 303
    page = (await visitor.get("/console?state=open&unassigned=1"))[1]
    assert re.findall(r'<span class="row-title">([^<]+)', page) == ["没交办"]
    assert re.search(r"<span>未交办</span> <b>1</b>", page), "the figure beside the list is the list's"
