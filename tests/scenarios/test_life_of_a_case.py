"""From filing to rating and review: the citizen in the chat, staff through their commands, on the running product."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from bot.casework import Work, handle
from bot.domain.commands import MoveCase
from bot.domain.lifecycle import Lane, Move
from bot.domain.people import Role, Sight, Staff, sight_of
from bot.storage.engine import make_engine
from bot.storage.unit_of_work import Database

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLERK = Staff(101, "clerk", "王受理", Role.INTAKE_CLERK, None, True)
OFFICER = Staff(102, "officer", "李承办", Role.CASE_OFFICER, "zhujian", True)
CHECKER = replace(OFFICER, id=103, username="checker", name="钱审核")
EVERYTHING = Sight(everything_else=True)


class Office:
    """Staff on the product's own database."""

    def __init__(self, product) -> None:
        self.database = Database(make_engine(f"sqlite+aiosqlite:///{product.home / 'minsheng.sqlite3'}"))

    async def move(self, case_no: str, move: Move, staff: Staff, **given):
        async with self.database.write() as uow:
            case = await uow.cases.get(case_no, EVERYTHING)
            work = Work(uow, staff, sight_of(staff), datetime.now(timezone.utc))
            return await handle(MoveCase(case_no, move, case.version, **given), work)

    async def conclude(self, case_no: str) -> None:
        await self.move(case_no, Move.ASSIGN, CLERK, organ="zhujian")
        for move in (Move.ACKNOWLEDGE, Move.ACCEPT, Move.PROCESS):
            await self.move(case_no, move, OFFICER)
        await self.move(case_no, Move.DRAFT, OFFICER, text="经查，路灯已修复。")
        await self.move(case_no, Move.APPROVE, CHECKER)
        await self.move(case_no, Move.CONCLUDE, OFFICER)


async def filed(product):
    talk = product.talk()
    await talk.say("东胜区天骄路金辉小区门口的路灯坏了十来天了，晚上黑漆漆的，电话13804771234。")
    await talk.say("确认提交")
    assert talk.case is not None
    return talk, talk.case["case_no"]


async def test_a_case_is_answered_rated_low_and_called_back(product):
    talk, case_no = await filed(product)
    office = Office(product)
    assert "没有等您评价" in await talk.say("评价")
    await office.conclude(case_no)
    assert "及时吗" in await talk.say("我要评价")
    assert "态度" in await talk.say("4")
    assert "解决了吗" in await talk.say("5")
    assert "回访" in await talk.say("1")
    async with office.database.read() as uow:
        case = await uow.cases.get(case_no, EVERYTHING)
        tasks = [task for task in await uow.clocks.open_tasks(EVERYTHING) if task["case_no"] == case_no]
        rated = (await uow.cases.history(case))[-1]
    assert case.stars == 1 and [task["kind"] for task in tasks] == ["call_back"] and tasks[0]["due_on"]
    assert rated.data["answers"] == {"prompt": 4, "attitude": 5, "solved": 1}
    assert "没有等您评价" in await talk.say("评价"), "each conclusion is rated once"
    await office.move(case_no, Move.REOPEN, CLERK, reason="回访确认没有修好")
    await office.database.close()


async def test_with_the_query_code_a_case_is_rated_and_reviewed_in_another_conversation(product):
    talk, case_no = await filed(product)
    office = Office(product)
    await office.conclude(case_no)
    elsewhere = product.talk()
    assert "没有等您评价" in await elsewhere.say("评价")
    assert case_no in await elsewhere.say(f"{case_no} {talk.case['query_code']}")
    assert "及时吗" in await elsewhere.say("评价")
    for stars in ("5", "5"):
        await elsewhere.say(stars)
    await elsewhere.say("3")
    asked = await elsewhere.say("申请复查：修了两天又灭了")
    assert "上一级机关" in asked and "当初反映时的渠道" in asked, "notices do not come here"
    async with office.database.read() as uow:
        case = await uow.cases.get(case_no, EVERYTHING)
        linked = await uow.cases.linked(case, EVERYTHING)
        told = [event.type for event in await uow.cases.history(case)]
    assert case.stars == 3 and [one.lane for one in linked] == [Lane.REVIEW] and "case.opened_by_code" in told
    await office.database.close()


async def test_a_review_is_asked_for_in_the_chat_with_a_reason(product):
    talk, case_no = await filed(product)
    assert "没有可以申请复查" in await talk.say("申请复查")
    office = Office(product)
    await office.conclude(case_no)
    assert "哪里不服" in await talk.say("我要申请复查")
    assert "上一级机关" in await talk.say("申请复查：修了两天又灭了")
    async with office.database.read() as uow:
        case = await uow.cases.get(case_no, EVERYTHING)
        linked = await uow.cases.linked(case, EVERYTHING)
    assert [(one.lane, one.text) for one in linked] == [(Lane.REVIEW, "修了两天又灭了")]
    assert "没有可以申请复查" in await talk.say("申请复查"), "once"
    await office.database.close()


async def test_what_was_asked_for_goes_to_the_case_that_waits_for_it(product):
    talk, case_no = await filed(product)
    office = Office(product)
    await office.move(case_no, Move.ASSIGN, CLERK, organ="zhujian")
    await office.move(case_no, Move.ASK_SUPPLEMENT, OFFICER, text="请说明路灯杆号")
    said = await talk.say("杆号是017和018，在小区大门的两边")
    if "补充" in said and "还是另外一件事" in said:
        said = await talk.say("是给它的补充")
    assert case_no in said and "补充" in said
    async with office.database.read() as uow:
        case = await uow.cases.get(case_no, EVERYTHING)
    assert "017" in case.text and "waiting" not in case.course
    await office.database.close()


async def test_an_accusation_that_comes_as_an_addition_is_added_to_nothing(product):
    talk, case_no = await filed(product)
    office = Office(product)
    said = await talk.say("还有，我要举报城管局的王局长，收了广告公司五万块钱好处费")
    assert "补充到" not in said
    async with office.database.read() as uow:
        case = await uow.cases.get(case_no, EVERYTHING)
        lines = await uow.conversations.talk(case.conversation_id, sight_of(CLERK))
    assert "局长" not in case.text and not any("好处费" in line.text for line in lines)
    await office.database.close()


async def test_of_two_cases_the_one_that_is_named_is_taken_back(product):
    talk, first = await filed(product)
    await talk.say("康巴什区神华康城小区的垃圾一个星期没人清运了，味道很大，电话13804771234。")
    await talk.say("确认提交")
    second = talk.case["case_no"]
    assert second != first and first in await talk.say(f"撤回{first}")
    assert first in await talk.say("确认撤回")
    office = Office(product)
    async with office.database.read() as uow:
        states = [(await uow.cases.get(number, EVERYTHING)).state.value for number in (first, second)]
    assert states == ["withdrawn", "registered"]
    await office.database.close()


async def test_any_low_answer_is_called_back(product):
    talk, case_no = await filed(product)
    office = Office(product)
    await office.conclude(case_no)
    for said in ("评价", "1", "4"):
        await talk.say(said)
    assert "回访" in await talk.say("5")
    await office.database.close()
