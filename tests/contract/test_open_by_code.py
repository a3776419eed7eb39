"""With number and query code a case goes on in another conversation, on both databases; without them nothing does."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.domain import query_code
from bot.domain.commands import Deed, FindChoices, FindProgress, HurryCase, SupplementCase, WithdrawCase
from bot.domain.errors import NotFound
from bot.domain.lifecycle import Actor, CaseState, Move
from bot.domain.messages import Address
from bot.domain.permission import Request
from bot.flow.citizen_commands import Turn, handle
from bot.procedure import SYSTEM, carry_out
from bot.rules.figures import figures
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
SECRET = b"s" * 32


async def filed_and_elsewhere(database):
    """A case, and a conversation that it was not filed in."""
    async with database.write() as uow:
        home = await uow.conversations.find_or_start(Address("wechat", "", "phone"), NOW)
        other = await uow.conversations.find_or_start(Address("web", "", "page"), NOW)
        case = await uow.cases.file(new_case(conversation_id=home.id), NOW)
        case = await carry_out(case, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, NOW), uow)
    return case, other.id


async def do(database, command, at=NOW):
    async with database.write() as uow:
        return await handle(command, Turn(uow, at, SECRET, "web", None))


def code_of(case) -> str:
    return query_code.query_code(SECRET, case.case_no, 1)


async def test_without_the_code_nothing_is_seen_or_done(database):
    case, elsewhere = await filed_and_elsewhere(database)
    wrong = query_code.query_code(b"x" * 32, case.case_no, 1)
    for command in (
        FindProgress(elsewhere, case.case_no, ""),
        FindProgress(elsewhere, case.case_no, wrong),
        SupplementCase(elsewhere, None, "补充", case.case_no),
        HurryCase(elsewhere, case.case_no),
        WithdrawCase(elsewhere, case.case_no),
    ):
        with pytest.raises(NotFound):
            await do(database, command)
    assert await do(database, FindChoices(elsewhere, Deed.PROGRESS)) == []


async def test_with_the_code_the_case_goes_on_there(database):
    case, elsewhere = await filed_and_elsewhere(database)
    assert (await do(database, FindProgress(elsewhere, case.case_no, code_of(case)))).opened
    assert not (await do(database, FindProgress(elsewhere, case.case_no, ""))).opened
    supplemented = await do(database, SupplementCase(elsewhere, None, "昨晚又停了", case.case_no))
    assert supplemented.id == case.id and supplemented.text.endswith("昨晚又停了")
    await do(database, HurryCase(elsewhere, case.case_no))
    assert (await do(database, WithdrawCase(elsewhere, case.case_no))).state is CaseState.WITHDRAWN
    async with database.read() as uow:
        types = [event.type for event in await uow.cases.history(supplemented)]
    assert types.count("case.opened_by_code") == 1


async def test_after_a_month_the_code_is_wanted_again(database):
    case, elsewhere = await filed_and_elsewhere(database)
    await do(database, FindProgress(elsewhere, case.case_no, code_of(case)))
    later = NOW + timedelta(days=figures(NOW.date()).opened_days) + timedelta(minutes=1)
    with pytest.raises(NotFound):
        await do(database, HurryCase(elsewhere, case.case_no), later)
    await do(database, FindProgress(elsewhere, case.case_no, code_of(case)), later)
    await do(database, HurryCase(elsewhere, case.case_no), later)
