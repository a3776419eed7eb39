"""With which cases of a citizen what can be done, in which order, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from bot.domain.commands import Deed, FindChoices
from bot.domain.lifecycle import Actor, Move
from bot.domain.messages import Address
from bot.domain.permission import Request
from bot.flow.citizen_commands import Turn, handle
from bot.procedure import SYSTEM, carry_out
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)


async def filed(uow, conversation_id: str, at: datetime = NOW):
    case = await uow.cases.file(new_case(conversation_id=conversation_id), at)
    return await carry_out(case, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, at), uow)


async def able(uow, conversation_id: str, deed: Deed, at: datetime = NOW) -> list[str]:
    turn = Turn(uow, at, b"s" * 32, "web", None)
    return [case.case_no for case in await handle(FindChoices(conversation_id, deed), turn)]


async def test_what_waits_for_the_citizen_comes_first_then_what_is_late_then_the_newest(database):
    async with database.write() as uow:
        home = await uow.conversations.find_or_start(Address("web", "", "several"), NOW)
        cases = [await filed(uow, home.id) for _ in range(4)]
        waiting = await uow.cases.by_id(cases[1].id)
        await uow.cases.change(replace(waiting, course={**waiting.course, "waiting": True}), NOW)
        late = await uow.cases.by_id(cases[0].id)
        await uow.cases.change(replace(late, due_on=(NOW - timedelta(days=1)).date()), NOW)
        found = await able(uow, home.id, Deed.HURRY)
    assert found == [cases[place].case_no for place in (1, 0, 3, 2)]


async def test_only_what_can_be_done_now_is_a_choice(database):
    async with database.write() as uow:
        home = await uow.conversations.find_or_start(Address("web", "", "done"), NOW)
        kept, taken_back = await filed(uow, home.id), await filed(uow, home.id)
        await carry_out(taken_back, Request(Move.WITHDRAW, Actor.PETITIONER, "petitioner", NOW), uow)
        for deed in (Deed.HURRY, Deed.WITHDRAW, Deed.SUPPLEMENT):
            assert await able(uow, home.id, deed) == [kept.case_no]
        assert await able(uow, home.id, Deed.PROGRESS) == [taken_back.case_no, kept.case_no]
        for deed in (Deed.RATE, Deed.REVIEW):
            assert await able(uow, home.id, deed) == []


async def test_somebody_elses_cases_are_no_choice(database):
    async with database.write() as uow:
        home = await uow.conversations.find_or_start(Address("web", "", "mine"), NOW)
        other = await uow.conversations.find_or_start(Address("web", "", "yours"), NOW)
        await filed(uow, home.id)
        assert await able(uow, other.id, Deed.PROGRESS) == []
