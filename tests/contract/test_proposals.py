"""How often proposals were followed, on both databases: counted from the histories of the cases one may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from bot.casework import Work, handle
from bot.domain.commands import DecideWay, MoveCase
from bot.domain.lifecycle import Actor, Move
from bot.domain.people import Role, Sight, Staff, sight_of
from bot.domain.permission import Request
from bot.domain.reading import CaseKind, Topic
from bot.procedure import SYSTEM, carry_out
from bot.rules import organs
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
CLERK = Staff(1, "clerk", "王受理", Role.INTAKE_CLERK, None, True)
DISCIPLINE = Staff(2, "discipline", "张纪检", Role.DISCIPLINARY, None, True)
ALL = Sight(everything_else=True)


async def filed(database, **given):
    async with database.write() as uow:
        case = await uow.cases.file(replace(new_case(), **{"conversation_id": None, "inbox_id": None, **given}), NOW)
        return await carry_out(case, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, NOW), uow)


async def do(database, command, staff=CLERK):
    async with database.write() as uow:
        return await handle(command, Work(uow, staff, sight_of(staff), NOW))


async def routed(database, sight=ALL, since=NOW - timedelta(days=1)):
    async with database.read() as uow:
        found = await uow.proposals.outcomes("organ", sight, since)
        return {(one.rule, one.chosen): one.number for one in found}


async def test_following_and_correcting_are_counted_by_rule(database):
    for organ in ("dongsheng", "dongsheng", "zhujian"):
        case = await filed(database, place="东胜区", text="路灯不亮")
        await do(database, MoveCase(case.case_no, Move.ASSIGN, case.version, organ=organ))
    found = await routed(database)
    assert sorted(found.values()) == [1, 2] and len({rule for rule, _ in found}) == 1
    assert {chosen: number for (_, chosen), number in found.items()} == {"dongsheng": 2, "zhujian": 1}
    assert await routed(database, since=NOW + timedelta(days=1)) == {}


async def test_a_case_that_was_sent_twice_counts_once_and_the_first_choice_stands(database):
    case = await filed(database, place="东胜区", text="路灯不亮")
    case = await do(database, MoveCase(case.case_no, Move.ASSIGN, case.version, organ="dongsheng"))
    officer = Staff(3, "officer", "李承办", Role.CASE_OFFICER, "dongsheng", True)
    case = await do(database, MoveCase(case.case_no, Move.OBJECT, case.version, reason="不归我们管"), officer)
    chief = Staff(4, "chief", "赵督办", Role.SUPERVISOR, None, True)
    await do(database, MoveCase(case.case_no, Move.DESIGNATE, case.version, organ="jiaoti", reason="已协商"), chief)
    assert {chosen: number for (_, chosen), number in (await routed(database)).items()} == {"dongsheng": 1}


async def test_whoever_is_named_in_the_proposal_is_no_correction(database):
    case = await filed(database, place="东胜区", text="路灯不亮")
    proposed = organs.propose(case.kind, case.topic, case.place, case.text)
    assert proposed.also is not None
    for organ in (proposed.also.code, "jiaoti"):
        case = await filed(database, place="东胜区", text="路灯不亮")
        await do(database, MoveCase(case.case_no, Move.ASSIGN, case.version, organ=organ))
    async with database.read() as uow:
        found = {one.chosen: one.followed for one in await uow.proposals.outcomes("organ", ALL, NOW - timedelta(1))}
    assert found == {proposed.also.code: True, "jiaoti": False}


async def test_accusations_are_counted_for_the_disciplinary_role_alone(database):
    case = await filed(database, kind=CaseKind.ACCUSATION)
    await do(database, MoveCase(case.case_no, Move.ASSIGN, case.version, organ="jiwei"), DISCIPLINE)
    assert await routed(database) == {}
    assert await routed(database, Sight(accusations=True)) == {("accusation", "jiwei"): 1}


async def test_the_proposed_way_and_the_decided_one_are_counted(database):
    for way in ("at_once", "at_once", "ordinary"):
        case = await filed(database, text="门口的路灯不亮", topic=Topic("0102", "城乡建设"), people=None)
        await do(database, DecideWay(case.case_no, way, case.version))
    async with database.read() as uow:
        found = {
            (one.rule, one.proposed, one.chosen): one.number
            for one in await uow.proposals.outcomes("way", ALL, NOW - timedelta(1))
        }
    assert found == {("small", "at_once", "at_once"): 2, ("small", "at_once", "ordinary"): 1}
