"""领导包案 on both databases: each leader's cases with the next clock and the last progress, as far as one may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from bot.casework import Work, handle
from bot.domain.commands import AddNote, MoveCase
from bot.domain.lifecycle import Actor, Move
from bot.domain.people import Role, Sight, Staff, sight_of
from bot.domain.permission import Request
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.procedure import SYSTEM, carry_out
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
TODAY = local_date(NOW)
SUPERVISOR = Staff(1, "boss", "赵督办", Role.SUPERVISOR, None, True)
ALL = Sight(everything_else=True)


async def filed(database, **given):
    async with database.write() as uow:
        case = await uow.cases.file(replace(new_case(), **{"conversation_id": None, "inbox_id": None, **given}), NOW)
        return await carry_out(case, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, NOW), uow)


async def do(database, command, now=NOW):
    async with database.write() as uow:
        return await handle(command, Work(uow, SUPERVISOR, sight_of(SUPERVISOR), now))


async def led_case(database, leader: int, **given):
    async with database.write() as uow:
        while leader not in [one.id for one in await uow.staff.all()]:
            name = f"leader{await uow.staff.count()}"
            await uow.staff.add(name, "周领导", "-", Role.LEADER, None, NOW)
    case = await filed(database, **given)
    return await do(database, MoveCase(case.case_no, Move.APPOINT_LEADER, case.version, leader=leader))


async def lines(database, sight=ALL, today=TODAY):
    async with database.read() as uow:
        return [(one.leader, one.open, one.overdue, one.ended) for one in await uow.boards.leaders(sight, today)]


async def test_each_leader_has_a_line_and_cases_without_one_are_nowhere(database):
    await filed(database)
    for leader in (7, 7, 8):
        await led_case(database, leader)
    assert await lines(database) == [(7, 2, 0, 0), (8, 1, 0, 0)]
    assert await lines(database, today=TODAY + timedelta(days=400)) == [(7, 2, 2, 0), (8, 1, 1, 0)]


async def test_a_line_tells_the_next_clock_and_the_last_progress_and_a_remark_is_none(database):
    case = await led_case(database, 7)
    later = NOW + timedelta(hours=2)
    case = await do(database, MoveCase(case.case_no, Move.ASSIGN, case.version, organ="zhujian"), later)
    await do(database, AddNote(case.case_no, "打过电话"), NOW + timedelta(hours=3))
    async with database.read() as uow:
        (found,) = await uow.boards.led(7, ALL)
        due = {row["due_on"] for row in await uow.clocks.of_case(case.id) if row["code"] == found.clock}
    assert (found.step, found.stepped_at) == ("case.assigned", later)
    assert found.clock == "acceptance_notice", "the transfer is done, the organ's own duty runs"
    assert due == {found.case.due_on}


async def test_a_leader_sees_their_own_and_an_accusation_shows_nowhere(database):
    await led_case(database, 7)
    case = await led_case(database, 8)
    async with database.write() as uow:
        await uow.cases.change(replace(case, kind=CaseKind.ACCUSATION), NOW)
    assert await lines(database) == [(7, 1, 0, 0)]
    assert await lines(database, Sight(leads=7)) == [(7, 1, 0, 0)]
    assert await lines(database, Sight(leads=9)) == []
    async with database.read() as uow:
        assert await uow.boards.led(8, ALL) == []
