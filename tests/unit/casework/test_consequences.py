"""What follows from a deed: reviews and the case below, dangers, tasks and who may end them, what may be named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.casework import Work, handle
from bot.domain.commands import CorrectCase, EndTask, HurryOrgan, MoveCase
from bot.domain.errors import NeedMissing, WrongRole, WrongState
from bot.domain.lifecycle import Actor, CaseState, Move
from bot.domain.people import Role, Sight, Staff, sight_of
from bot.domain.permission import Request
from bot.domain.reading import CaseKind, Urgency
from bot.procedure import SYSTEM, carry_out
from bot.procedure.telling import spoken
from bot.workers.deadline_clock import DeadlineClock
from tests.unit.casework.conftest import ANSWERED, CHECKER, CLERK, NOW, OFFICER, SUPERVISOR

REVIEWER = Staff(7, "reviewer", "何复查", Role.REVIEWER, None, True)
SECOND_REVIEWER = replace(REVIEWER, id=8, username="reviewer2", name="吕复查")
EVERYTHING = Sight(everything_else=True, reviews=True)


class At:
    """A clock that stands still."""

    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at


async def tasks_of(desk, case):
    async with desk.database.read() as uow:
        return [row for row in await uow.clocks.open_tasks(EVERYTHING) if row["case_id"] == case.id]


async def review_of(desk, case):
    """The review of an answered case, as the petitioner asked for it."""
    async with desk.database.write() as uow:
        asked = Request(Move.REQUEST_REVIEW, Actor.PETITIONER, "petitioner", NOW, reason="答非所问")
        await carry_out(await uow.cases.by_id(case.id), asked, uow)
    async with desk.database.read() as uow:
        (review,) = await uow.cases.linked(case, EVERYTHING)
    return review


async def answered_review(desk, case, outcome):
    review = await review_of(desk, case)
    for move, staff, given in (
        (Move.ACCEPT, REVIEWER, {}),
        (Move.PROCESS, REVIEWER, {}),
        (Move.DRAFT, REVIEWER, {"text": "复查意见如下。", "outcome": outcome}),
        (Move.APPROVE, SECOND_REVIEWER, {}),
    ):
        review = await desk.move(review, move, staff, **given)
    return review


async def test_a_review_that_revokes_sends_the_first_case_back_to_work_and_the_citizen_is_told(desk):
    case = await desk.walk(await desk.file(), *ANSWERED)
    await answered_review(desk, case, "revoked")
    case = await desk.now_as(case)
    assert case.state is CaseState.IN_PROCESS and case.organ == "zhujian"
    assert any("被上一级撤销" in one.text for one in await desk.told(case.conversation_id))
    event = next(event for event in await desk.history(case) if event.type == "case.remanded")
    assert "撤销" in event.data["reason"]


async def test_a_case_is_not_finalised_or_filed_away_while_its_review_is_open(desk):
    case = await desk.walk(await desk.file(), *ANSWERED, Move.CONCLUDE)
    await review_of(desk, case)
    case = await desk.now_as(case)
    with pytest.raises(WrongState, match="上一级"):
        await desk.move(case, Move.FINALISE, SUPERVISOR)
    with pytest.raises(WrongState, match="还没有了结"):
        await desk.move(case, Move.ARCHIVE)


async def test_once_its_review_is_finalised_a_case_can_be_filed_away_and_finality_was_told_once(desk):
    case = await desk.walk(await desk.file(), *ANSWERED, Move.CONCLUDE)
    review = await answered_review(desk, case, "upheld")
    later = NOW + timedelta(days=60)
    async with desk.database.write() as uow:
        await carry_out(review, Request(Move.FINALISE, Actor.SYSTEM, SYSTEM, later), uow)
    case = await desk.now_as(case)
    async with desk.database.write() as uow:
        archived = await carry_out(case, Request(Move.ARCHIVE, Actor.SYSTEM, SYSTEM, later), uow)
    assert archived.state is CaseState.ARCHIVED
    assert sum("办理到此终结" in one.text for one in await desk.told(case.conversation_id)) == 1


async def test_what_is_barred_names_a_finalised_case_of_the_same_petitioner(desk):
    first = await desk.walk(await desk.file(), *ANSWERED)
    again = await desk.file(conversation=await desk.talk(), text="还是暖气不热")
    for link in ("abc", first.case_no, again.case_no):
        with pytest.raises(NeedMissing, match="已经终结"):
            await desk.move(again, Move.ASK_BAR, link=link, reason="同一件事")
    async with desk.database.write() as uow:
        done = Request(Move.FINALISE, Actor.SYSTEM, SYSTEM, NOW + timedelta(days=40))
        await carry_out(await uow.cases.by_id(first.id), done, uow)
    again = await desk.move(again, Move.ASK_BAR, link=first.case_no, reason="同一件事")
    assert [row["kind"] for row in await tasks_of(desk, again)] == ["approval"]
    await desk.move(again, Move.BAR, SUPERVISOR, reason="三级终结")
    assert await tasks_of(desk, again) == []


async def test_an_extension_is_as_long_as_the_rules_allow(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN, Move.ACCEPT)
    with pytest.raises(NeedMissing, match="最多只能延期 30 天"):
        await desk.move(case, Move.ASK_EXTENSION, OFFICER, days=60, reason="复杂")
    case = await desk.move(case, Move.ASK_EXTENSION, OFFICER, days=30, reason="复杂")
    (task,) = await tasks_of(desk, case)
    assert (task["kind"], task["reason"]) == ("approval", "申请延期 30 日：复杂")


async def test_what_is_answered_waits_for_no_extension(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN, Move.ACCEPT, Move.PROCESS)
    case = await desk.move(case, Move.ASK_EXTENSION, OFFICER, days=30, reason="复杂")
    case = await desk.walk(case, Move.DRAFT)
    assert [row["kind"] for row in await tasks_of(desk, case)] == ["approval"]
    case = await desk.walk(case, Move.APPROVE)
    assert case.state is CaseState.DELIVERED
    assert await tasks_of(desk, case) == []
    assert not case.course.get("prepared")


async def test_a_leader_is_a_leader(desk):
    case = await desk.file()
    with pytest.raises(NeedMissing, match="领导"):
        await desk.move(case, Move.APPOINT_LEADER, SUPERVISOR, leader=999)


async def test_the_kind_is_the_desks_to_say_and_only_before_acceptance(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN)
    with pytest.raises(WrongRole):
        await desk.do(CorrectCase(case.case_no, case.version, kind=CaseKind.ENQUIRY), OFFICER)
    case = await desk.do(CorrectCase(case.case_no, case.version, kind=CaseKind.SUGGESTION), CLERK)
    told = (await desk.told(case.conversation_id))[-1].text
    assert "建议意见" in told and "最迟 12 月 8 日" in told
    case = await desk.walk(case, Move.ACCEPT)
    with pytest.raises(WrongState, match="已经受理"):
        await desk.do(CorrectCase(case.case_no, case.version, kind=CaseKind.ENQUIRY), CLERK)
    accusation = await desk.do(CorrectCase(case.case_no, case.version, kind=CaseKind.ACCUSATION), OFFICER)
    assert accusation.organ is None


async def test_danger_is_a_task_at_once_and_a_clock_of_the_same_day(desk):
    case = await desk.file(urgency=Urgency.CRITICAL)
    async with desk.database.write() as uow:
        fresh = await uow.cases.by_id(case.id)
    (task,) = await tasks_of(desk, fresh)
    assert task["kind"] == "danger" and "报告领导" in task["reason"]
    async with desk.database.read() as uow:
        clocks = {row["code"]: row["due_on"] for row in await uow.clocks.of_case(case.id)}
    assert clocks["critical"] == NOW.date()
    calm = await desk.file(conversation=await desk.talk(peer="other"), text="有煤气味")
    await desk.do(CorrectCase(calm.case_no, calm.version, urgency=Urgency.CRITICAL))
    assert [row["kind"] for row in await tasks_of(desk, calm)] == ["danger"]


async def test_nobody_ends_what_was_set_to_supervise_them(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN)
    await desk.do(HurryOrgan(case.case_no, "请抓紧", True), SUPERVISOR)
    (task,) = await tasks_of(desk, case)
    with pytest.raises(WrongRole):
        await desk.do(EndTask(task["id"], "已办"), OFFICER)
    await desk.do(EndTask(task["id"], "已反馈"), SUPERVISOR)
    assert await tasks_of(desk, case) == []


async def test_a_call_back_ends_with_its_clock(desk):
    case = await desk.walk(await desk.file(), *ANSWERED, Move.CONCLUDE)
    async with desk.database.write() as uow:
        rating = Request(Move.RATE, Actor.PETITIONER, "petitioner", NOW, stars=5, answers=(1, 5, 5))
        await carry_out(await uow.cases.by_id(case.id), rating, uow)
    (task,) = await tasks_of(desk, case)
    with pytest.raises(WrongRole):
        await desk.do(EndTask(task["id"], "已电话"), OFFICER)
    await desk.do(EndTask(task["id"], "电话回访，已说明"), CLERK)
    assert (await desk.history(case))[-1].type == "case.followed_up"
    async with desk.database.read() as uow:
        standings = {row["code"]: row["standing"] for row in await uow.clocks.of_case(case.id)}
    assert standings["call_back"] == "met" and await tasks_of(desk, case) == []


async def test_who_is_asked_for_more_and_does_not_answer_holds_nothing_up(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN, Move.ACCEPT)
    case = await desk.move(case, Move.ASK_SUPPLEMENT, OFFICER, text="请补充合同")
    assert case.due_on is None or case.course["waiting"]
    await DeadlineClock(desk.database, At(NOW + timedelta(days=20))).scan()
    case = await desk.now_as(case)
    assert "waiting" not in case.course and case.due_on is not None
    assert "case.supplement_lapsed" in [event.type for event in await desk.history(case)]
    told = (await desk.told(case.conversation_id))[-1].text
    assert "没有等到补充的材料" in told and f"最迟 {spoken(case.due_on)}" in told


@pytest.mark.parametrize(
    ("moves", "lapsed"),
    [
        ((Move.PROCESS, Move.DRAFT), True),
        ((Move.PROCESS, Move.DRAFT, Move.APPROVE), False),
        ((Move.PROCESS, Move.DRAFT, Move.APPROVE, Move.CONCLUDE), False),
    ],
)
async def test_what_never_came_stops_no_time_limits_however_far_the_case_is(desk, moves, lapsed):
    case = await desk.walk(await desk.file(), Move.ASSIGN, Move.ACCEPT)
    case = await desk.move(case, Move.ASK_SUPPLEMENT, OFFICER, text="请补充合同")
    case = await desk.walk(case, *moves)
    other = await desk.walk(await desk.file(conversation=await desk.talk(peer="other"), text="路灯不亮"), Move.ASSIGN)
    await DeadlineClock(desk.database, At(NOW + timedelta(days=20))).scan()
    assert "waiting" not in (await desk.now_as(case)).course
    assert ("case.supplement_lapsed" in [event.type for event in await desk.history(case)]) is lapsed
    assert "remind" in {row["kind"] for row in await tasks_of(desk, other)}


async def test_once_the_reply_is_out_nothing_is_asked_for_any_more(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN, Move.ACCEPT)
    case = await desk.move(case, Move.ASK_SUPPLEMENT, OFFICER, text="请补充合同")
    case = await desk.walk(case, Move.PROCESS, Move.DRAFT, Move.APPROVE)
    told = (await desk.told(case.conversation_id))[-1].text
    assert "申请复查" in told and "补充" not in told
    case = await desk.move(await desk.walk(case, Move.CONCLUDE), Move.REOPEN, reason="还没修好")
    assert case.due_on is not None, "the clock of the new work runs"


async def test_what_is_reported_goes_to_the_organ_above(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN)
    clock = DeadlineClock(desk.database, At(NOW + timedelta(days=40)))
    while await clock.scan():
        pass
    organs = {row["kind"]: row["organ"] for row in await tasks_of(desk, case)}
    assert (organs["remind"], organs["supervise"], organs["report"]) == ("zhujian", "", "shizhengfu")
    late = NOW + timedelta(days=41)
    await desk.do(MoveCase(case.case_no, Move.ACCEPT, (await desk.now_as(case)).version), OFFICER, late)
    left = [row["reason"] for row in await tasks_of(desk, case)]
    assert not any(reason.startswith("书面告知是否受理") for reason in left), "what was hurried has come"


async def test_an_assignment_with_a_date_asks_for_the_result_by_then(desk):
    case = await desk.file()
    async with desk.database.write() as uow:
        on = (NOW + timedelta(days=10)).date()
        command = MoveCase(case.case_no, Move.ASSIGN, case.version, organ="zhujian", on=on)
        case = await handle(command, Work(uow, CLERK, sight_of(CLERK), NOW))
    (task,) = await tasks_of(desk, case)
    assert (task["kind"], task["organ"], task["due_on"]) == ("feedback", "zhujian", on)
    assert CHECKER.organ == "zhujian"
