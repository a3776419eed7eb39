"""What boards count and samples draw from goes by when a case ended, on both databases; reviews are no case more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from bot.casework import Work, handle
from bot.domain.commands import AddNote, DrawSample
from bot.domain.lifecycle import CaseState, Stage
from bot.domain.people import Role, Sight, Staff, sight_of
from bot.domain.working_days import DAY, local_date, start_of
from bot.storage.board_repository import DueSpell
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
BEFORE = NOW - timedelta(days=40)
ALL = Sight(everything_else=True)
SUPERVISOR = Staff(1, "supervisor", "孙督办", Role.SUPERVISOR, None, True)
TODAY = local_date(NOW)
SPELL = DueSpell(TODAY, TODAY + timedelta(days=3), start_of(TODAY.replace(day=1)))


async def stands(database, state: CaseState, at: datetime = NOW, **changes):
    given = {name: changes.pop(name) for name in ("stage", "parent_id", "petition_id") if name in changes}
    async with database.write() as uow:
        case = await uow.cases.file(new_case(**given), BEFORE)
        return await moved(uow, case, state, at, **changes)


async def moved(uow, case, state: CaseState, at: datetime, **changes):
    """The case as it stands from then on, with the line of its history that the procedure writes."""
    saved = await uow.cases.change(replace(case, state=state, **changes), at)
    if state is CaseState.CONCLUDED:
        await uow.cases.note(case.id, "staff:1", "case.concluded", {}, at)
    return saved


async def line(database, organ="zhujian"):
    async with database.read() as uow:
        return next((one for one in await uow.boards.organs(ALL, SPELL, 2) if one.organ == organ), None)


async def test_a_case_counts_in_the_month_in_which_it_ended_whatever_is_done_to_it_later(database):
    case = await stands(database, CaseState.CONCLUDED, BEFORE, organ="zhujian", stars=4)
    await stands(database, CaseState.CONCLUDED, NOW, organ="zhujian", stars=2)
    async with database.write() as uow:
        await handle(AddNote(case.case_no, "电话联系"), Work(uow, SUPERVISOR, sight_of(SUPERVISOR), NOW))
        await moved(uow, await uow.cases.by_id(case.id), CaseState.ARCHIVED, NOW)
    found = await line(database)
    assert (found.concluded, found.rated, found.stars) == (1, 1, 2.0)


async def test_what_was_opened_again_counts_when_it_ends_again(database):
    case = await stands(database, CaseState.CONCLUDED, BEFORE, organ="zhujian")
    async with database.write() as uow:
        again = await moved(uow, case, CaseState.IN_PROCESS, NOW - timedelta(days=1))
    assert (await line(database)).concluded == 0
    async with database.write() as uow:
        await moved(uow, again, CaseState.CONCLUDED, NOW)
    assert (await line(database)).concluded == 1


async def test_reviews_are_not_counted_as_an_organs_own_cases(database):
    first = await stands(database, CaseState.CONCLUDED, organ="zhujian", stars=5)
    about = {"parent_id": first.id, "petition_id": first.petition_id, "organ": "zhujian"}
    await stands(database, CaseState.IN_PROCESS, stage=Stage.REVIEW, due_on=TODAY - DAY, bounced=3, **about)
    await stands(database, CaseState.CONCLUDED, stage=Stage.REVIEW, stars=1, **about)
    found = await line(database)
    assert (found.open, found.overdue, found.bounced, found.concluded, found.stars) == (0, 0, 0, 1, 5.0)
    await stands(database, CaseState.IN_PROCESS, stage=Stage.REVIEW, **{**about, "organ": "shizhengfu"})
    assert await line(database, "shizhengfu") is None


async def drawn(database, at: datetime, size: int = 10) -> int:
    async with database.write() as uow:
        command = DrawSample(local_date(BEFORE), local_date(NOW) + DAY * 30, size)
        return await handle(command, Work(uow, SUPERVISOR, sight_of(SUPERVISOR), at))


async def test_each_conclusion_is_sampled_once_and_a_case_closed_again_may_be_drawn_again(database):
    case = await stands(database, CaseState.CONCLUDED, BEFORE, organ="zhujian")
    other = await stands(database, CaseState.DECLINED, BEFORE)
    assert await drawn(database, NOW) == 1
    assert await drawn(database, NOW + timedelta(minutes=1)) == 0
    async with database.write() as uow:
        again = await moved(uow, case, CaseState.IN_PROCESS, NOW + DAY)
    assert await drawn(database, NOW + DAY) == 0
    async with database.write() as uow:
        await moved(uow, again, CaseState.CONCLUDED, NOW + DAY * 2)
        await moved(uow, other, CaseState.ARCHIVED, NOW + DAY * 2)
    assert await drawn(database, NOW + DAY * 3) == 1
