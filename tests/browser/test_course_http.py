"""The one list of a case's page: talk and history in order, public apart from internal, nothing lost, names and doors hidden."""

from __future__ import annotations

import csv
import io
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.domain.case import NewCase
from bot.domain.lifecycle import Actor, Move
from bot.domain.people import Role, Sight
from bot.domain.permission import Request
from bot.domain.petitioner import Petitioner, Representative
from bot.domain.reading import CaseKind, Urgency
from bot.procedure import SYSTEM, carry_out, file
from bot.procedure.consequences import SUPERVISE
from bot.understanding.taxonomy import taxonomy
from tests.browser.console_app import UNDERSTOOD, Office, running_office
from tests.browser.visitor import Visitor, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")
ENTRY = re.compile(r'<div class="(said public \w+|event (?:public|inner))"')
ANSWER = "换热站水泵已更换，张秀英家室温二十度。"
WORDS = "我是张秀英，天骄小区3号楼2单元501室暖气不热，回复张女士13812345678"
WHO = Petitioner("张秀英", "东胜区天骄小区3号楼2单元501室", (Representative("李建国", "13900001111"),))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory):
    async with running_office(tmp_path_factory.mktemp("course")) as one:
        for role in Role:
            await one.staff(
                role.value, role, "zhujian" if role is Role.CASE_OFFICER else None, name=f"{role.value}同志"
            )
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def clerk(office):
    async with visiting(office) as visitor:
        assert await visitor.sign_in("intake_clerk") == 303
        yield visitor


async def answered(office: Office):
    """A chat's case that was answered, supplemented, noted on, and holds a picture."""
    case = await office.file("我家暖气一直不热")
    talk = str(case.conversation_id)
    await office.photo(talk)
    now = office.clock.now() + timedelta(seconds=1)
    steps = [
        Request(Move.ASSIGN, Actor.INTAKE_CLERK, "staff:1", now, organ="zhujian"),
        Request(Move.ACCEPT, Actor.CASE_OFFICER, "staff:2", now + timedelta(seconds=1), of_organ="zhujian"),
        Request(Move.PROCESS, Actor.CASE_OFFICER, "staff:2", now + timedelta(seconds=2), of_organ="zhujian"),
        Request(Move.DRAFT, Actor.CASE_OFFICER, "staff:2", now + timedelta(seconds=3), of_organ="zhujian", text=ANSWER),
        Request(Move.APPROVE, Actor.CASE_OFFICER, "staff:3", now + timedelta(seconds=4), of_organ="zhujian"),
        Request(Move.DELIVER, Actor.SYSTEM, SYSTEM, now + timedelta(seconds=4)),
    ]
    async with office.database.write() as uow:
        for request in steps:
            case = await carry_out(case, request, uow)
        await uow.cases.note(case.id, "staff:1", "case.noted", {"text": "先打电话问清楚"}, now + timedelta(seconds=5))
    return case


async def on_paper(office: Office, **given):
    """A letter, with who wrote it."""
    now = office.clock.now()
    new = NewCase(
        None, None, "letter", WORDS, CaseKind.CLAIM, taxonomy().topic("城乡建设"), Urgency.NORMAL,
        "天骄小区3号楼2单元501室", "张秀英家暖气不热", ("13812345678", "13900001111"), None, False, petitioner=WHO,
    )  # fmt: skip
    async with office.database.write() as uow:
        return (await file(replace(new, **given), now, uow))[0]


async def page_of(visitor: Visitor, case, tail: str = "") -> str:
    status, body, _ = await visitor.get(f"/console/cases/{case.case_no}{tail}")
    assert status == 200
    return body


async def test_talk_and_history_are_one_list_in_order_of_time(office, clerk):
    case = await answered(office)
    for body in (await page_of(clerk, case), await page_of(clerk, case, "/talk")):
        course = body[body.index("course-lines") :]
        order = [
            "我家暖气一直不热",
            "群众提交",
            "/console/media/",
            "交办",
            "受理",
            "起草答复",
            ANSWER,
            "先打电话问清楚",
        ]
        places = [course.index(said) for said in order]
        assert places == sorted(places), list(zip(order, places, strict=True))
        kinds = [found.split()[-1] for found in ENTRY.findall(course)]
        assert kinds.count("inner") >= 2 and kinds[-1] == "inner"
        assert course.index("先打电话问清楚") > course.index('event inner"', course.index("送达"))


async def test_what_was_told_is_not_told_twice(office, clerk):
    case = await office.file("楼道灯不亮", title="楼道灯不亮")
    asked = Request(Move.ASK_SUPPLEMENT, Actor.INTAKE_CLERK, "staff:1", office.clock.now(), text="请补充楼号和单元")
    async with office.database.write() as uow:
        await carry_out(case, asked, uow)
    course = await page_of(clerk, case, "/talk")
    assert course.count("请补充楼号和单元") == 1 and "<b>请补充材料</b>" in course
    said = course.index("请补充楼号和单元")
    assert course.index("<b>请补充材料</b>") < said, "what was done, then what was told"


async def test_a_review_tells_why_it_was_asked_for(office):
    case, why = await answered(office), "根本没有修，还是不热"
    async with office.database.write() as uow:
        asked = Request(Move.REQUEST_REVIEW, Actor.PETITIONER, "petitioner", office.clock.now(), reason=why)
        await carry_out(case, asked, uow)
    async with office.database.read() as uow:
        (review,) = await uow.cases.linked(case, Sight(everything_else=True, reviews=True))
    for role in (Role.REVIEWER, Role.SUPERVISOR):
        async with visiting(office) as visitor:
            await visitor.sign_in(role.value)
            assert (await page_of(visitor, review)).count(why) == 1, role


async def test_an_extension_is_offered_for_approval_as_it_was_asked_for(office):
    await office.staff("head", Role.LEADER, "zhujian")
    case, now = await office.file("我家暖气一直不热"), office.clock.now()
    officer = {"actor": Actor.CASE_OFFICER, "person": "staff:2", "at": now, "of_organ": "zhujian"}
    async with office.database.write() as uow:
        case = await carry_out(case, Request(Move.ASSIGN, Actor.INTAKE_CLERK, "staff:1", now, organ="zhujian"), uow)
        case = await carry_out(case, Request(Move.ACCEPT, **officer), uow)
        case = await carry_out(case, Request(Move.ASK_EXTENSION, **officer, days=10, reason="等配件"), uow)
    async with visiting(office) as head:
        await head.sign_in("head")
        assert 'name="days" type="number" min="1" max="10" required value="10"' in await page_of(head, case)


async def test_a_letter_begins_with_its_own_words(office, clerk):
    case = await on_paper(office)
    course = await page_of(clerk, case, "/talk")
    assert course.index("诉求内容") < course.index("登记")


async def test_two_hundred_entries_come_at_once(office, clerk):
    case = await office.file("暖气不热")
    for number in range(60):
        await office.say(str(case.conversation_id), f"第{number}次说")
    async with office.database.write() as uow:
        for number in range(100):
            note = {"text": f"第{number}条备注"}
            await uow.cases.note(case.id, "staff:1", "case.noted", note, office.clock.now())
    began = time.perf_counter()
    course = await page_of(clerk, case, "/talk")
    took = time.perf_counter() - began
    assert len(ENTRY.findall(course)) > 200 and "第59次说" in course and "第99条备注" in course
    assert took < 0.5, took


async def test_names_and_doors_are_hidden_and_shown_for_a_reason(office, clerk):
    reasons = [{"about": "topic", "words": ["暖气", "2单元501室"], "note": ""}]
    case = await on_paper(office, understood={**UNDERSTOOD, "reasons": reasons})
    async with office.database.write() as uow:
        note = {"text": "已电话张女士，约到501室"}
        await uow.cases.note(case.id, "staff:1", "case.noted", note, office.clock.now())
    secrets = ("张秀英", "张女士", "李建国", "501", "2单元", "13812345678", "13900001111")
    for path in (f"/console/cases/{case.case_no}", f"/console/cases/{case.case_no}/talk", "/console?state=all"):
        body = (await clerk.get(path))[1]
        assert [one for one in secrets if one in body] == [], path
        assert "天骄小区3号楼" in body, "the place of the matter stays"
    page = await page_of(clerk, case)
    assert "张***" in page and "东胜区***" in page and "李***" in page
    status, shown, _ = await clerk.post(f"/console/cases/{case.case_no}/reveal", reason="上门核实")
    assert status == 200 and [one for one in secrets if one not in shown] == []
    assert "查看隐去的内容" in await page_of(clerk, case, "/talk")


async def test_tasks_of_the_day_hide_the_same(office, clerk):
    case = await on_paper(office)
    async with office.database.write() as uow:
        await uow.clocks.add_task(SUPERVISE, case.id, "", "张秀英又来电，501室", None, office.clock.now())
    body = (await clerk.get("/console/day"))[1]
    assert "张***又来电，***室" in body and "张秀英" not in body


async def test_a_correction_beside_a_hidden_place_keeps_the_place(office, clerk):
    case = await on_paper(office)
    page = await page_of(clerk, case)
    assert len(re.findall(r'name="(?:title|place)"[^>]* disabled', page)) == 2
    form = {"version": str(case.version), "kind": "claim", "urgency": "1", "topic": "城乡建设"}
    assert (await clerk.post(f"/console/cases/{case.case_no}/correct", **form))[0] == 303
    status, _, _ = await clerk.post(f"/console/cases/{case.case_no}/correct", **form, place="天骄小区3号楼***")
    async with office.database.read() as uow:
        after = (await uow.cases.by_number(case.case_no))[0]
    assert status == 400 and after.place == case.place and int(after.urgency) == 1


async def test_a_correction_of_the_place_tells_no_door_in_the_history(office, clerk):
    case = await on_paper(office, place="天骄小区")
    form = {"version": str(case.version), "place": "天骄小区3号楼2单元501室"}
    assert (await clerk.post(f"/console/cases/{case.case_no}/correct", **form))[0] == 303
    course = await page_of(clerk, case, "/talk")
    assert "天骄小区3号楼***" in course and "501" not in course


async def test_a_chat_that_tells_its_name_hides_it_in_the_talk_too(office, clerk):
    case = await office.file("我叫王建军，3号楼501漏水")
    for path in (f"/console/cases/{case.case_no}", f"/console/conversations/{case.conversation_id}"):
        body = (await clerk.get(path))[1]
        assert "王***" in body and "王建军" not in body and "501" not in body


async def test_the_file_of_the_list_hides_the_same(office, clerk):
    case = await on_paper(office)
    body = (await clerk.get("/console/export?state=all"))[1]
    row = next(one for one in csv.reader(io.StringIO(body.lstrip("\ufeff"))) if one[0] == case.case_no)
    assert not [cell for cell in row if re.search("张秀英|张女士|501|13812345678", cell)] and "天骄小区3号楼***" in row


async def test_documents_hide_the_same_unless_a_reason_is_given(office):
    case = await on_paper(office)
    now = office.clock.now()
    async with office.database.write() as uow:
        for request in (
            Request(Move.ASSIGN, Actor.INTAKE_CLERK, "staff:1", now, organ="zhujian"),
            Request(
                Move.DECLINE,
                Actor.CASE_OFFICER,
                "staff:2",
                now,
                of_organ="zhujian",
                reason="张秀英所说在501室",
                route="法院",
            ),
        ):
            case = await carry_out(case, request, uow)
    async with visiting(office) as officer:
        assert await officer.sign_in("case_officer") == 303
        path = f"/console/cases/{case.case_no}/documents/decline/docx"
        assert "张***所说在***室" in await document(officer, path)
        assert "张秀英所说在501室" in await document(officer, path, reason="送达文书")


async def document(visitor: Visitor, path: str, **form: str) -> str:
    from docx import Document

    async with visitor.session.post(path, data={"csrf": visitor.csrf, **form}) as response:
        assert response.status == 200, await response.text()
        return "\n".join(line.text for line in Document(io.BytesIO(await response.read())).paragraphs)


async def test_an_auditor_reads_nothing_of_who_brings_a_case(office):
    case = await on_paper(office)
    async with visiting(office) as auditor:
        assert await auditor.sign_in("auditor") == 303
        page = await page_of(auditor, case)
    assert not re.search("张|李建国|天骄|查看理由", page[page.index("<article") : page.index("</article>")])
