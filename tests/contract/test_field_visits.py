"""下访, on both databases: planned with open cases, told to their petitioners, noted once a case, called off."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.casework import Work, handle
from bot.domain.commands import CancelFieldVisit, NoteFieldVisit, PlanFieldVisit
from bot.domain.errors import BadInput, NotFound, WrongRole
from bot.domain.lifecycle import Actor, CaseState, Move
from bot.domain.messages import Address
from bot.domain.people import Role, Staff, sight_of
from bot.domain.permission import Request
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.procedure import SYSTEM, carry_out
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
TODAY = local_date(NOW)
BOSS = Staff(1, "boss", "周领导", Role.SUPERVISOR, None, True)
OFFICER = Staff(2, "officer", "李承办", Role.CASE_OFFICER, "zhujian", True)
DISCIPLINE = Staff(3, "discipline", "张纪检", Role.DISCIPLINARY, None, True)


async def filed(database, peer: str = "p", **given):
    async with database.write() as uow:
        talk = await uow.conversations.find_or_start(Address("wechat", "gh", peer), NOW)
        case = await uow.cases.file(new_case(conversation_id=talk.id, **given), NOW)
        return await carry_out(case, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, NOW), uow)


async def do(database, command, staff=BOSS, at=NOW):
    async with database.write() as uow:
        return await handle(command, Work(uow, staff, sight_of(staff), at))


async def told(database, case) -> list[str]:
    async with database.read() as uow:
        return [one.text for one in await uow.outbox.of_conversation(case.conversation_id)]


async def history(database, case) -> list[str]:
    async with database.read() as uow:
        return [event.type for event in await uow.cases.history(case)]


def plan(*cases, on=TODAY + timedelta(days=3), place="棋盘井镇政府", leader="王局长"):
    return PlanFieldVisit(on, place, leader, tuple(case.case_no for case in cases))


async def test_a_visit_is_told_noted_once_and_stands_in_the_history(database):
    case = await filed(database)
    number = await do(database, plan(case))
    assert "王局长将在 11 月 26 日到棋盘井镇政府下访" in (await told(database, case))[-1]
    with pytest.raises(BadInput, match="still to come"):
        await do(database, NoteFieldVisit(number, case.case_no, "修好了"))
    there = NOW + timedelta(days=3)
    await do(database, NoteFieldVisit(number, case.case_no, "当场定了周五前修好"), at=there)
    with pytest.raises(BadInput, match="noted already"):
        await do(database, NoteFieldVisit(number, case.case_no, "再记一次"), at=there)
    assert (await history(database, case))[-2:] == ["case.field_visit_planned", "case.field_visited"]
    async with database.read() as uow:
        assert [one.note for one in await uow.field_visits.carried([number])] == ["当场定了周五前修好"]


async def test_a_visit_that_is_called_off_is_told_and_is_gone(database):
    case, other = await filed(database), await filed(database, "q")
    number = await do(database, plan(case, other))
    await do(database, CancelFieldVisit(number))
    for one in (case, other):
        assert "取消了" in (await told(database, one))[-1]
    with pytest.raises(NotFound):
        await do(database, CancelFieldVisit(number))
    async with database.read() as uow:
        assert await uow.field_visits.visits(TODAY) == []


async def test_what_cannot_be_planned_changes_nothing(database):
    case, accusation = await filed(database), await filed(database, "q", kind=CaseKind.ACCUSATION)
    settled = await filed(database, "r")
    async with database.write() as uow:
        settled = await carry_out(settled, Request(Move.WITHDRAW, Actor.PETITIONER, "petitioner", NOW), uow)
    assert settled.state is CaseState.WITHDRAWN
    wrong = [
        plan(case, on=TODAY - timedelta(days=1)),
        plan(case, place=""),
        plan(case, leader="长" * 41),
        plan(),
        plan(case, case),
        plan(case, accusation),
        plan(case, settled),
        PlanFieldVisit(TODAY, "东胜区", "王局长", ("20991231-00001",)),
    ]
    for command in wrong:
        with pytest.raises(BadInput):
            await do(database, command)
    assert await told(database, case) == [] and "case.field_visit_planned" not in await history(database, case)


async def test_only_the_desk_supervisors_and_leaders_plan(database):
    case, accusation = await filed(database), await filed(database, "q", kind=CaseKind.ACCUSATION)
    for staff, carried in ((OFFICER, case), (DISCIPLINE, accusation)):
        with pytest.raises(WrongRole):
            await do(database, plan(carried), staff)
