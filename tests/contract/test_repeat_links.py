"""初次与重复 on both databases: what boards count, and only over the cases one may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from bot.domain.lifecycle import CaseState, Stage
from bot.domain.people import Sight
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
ALL = Sight(everything_else=True)


async def filed(database, state: CaseState, at: datetime = NOW, repeat_of: str | None = None, **given):
    async with database.write() as uow:
        case = await uow.cases.file(replace(new_case(), **{"conversation_id": None, "inbox_id": None, **given}), at)
        return await uow.cases.change(replace(case, state=state, repeat_of=repeat_of), at)


async def month(database, sight=ALL):
    async with database.read() as uow:
        spell = (NOW - timedelta(days=1), NOW + timedelta(days=30))
        return (await uow.boards.clearances(sight, [spell], local_date(NOW)))[0]


async def test_a_first_case_that_came_back_was_not_settled_at_once(database):
    came_back = await filed(database, CaseState.CONCLUDED)
    await filed(database, CaseState.CONCLUDED)
    await filed(database, CaseState.CONCLUDED)
    await filed(database, CaseState.REGISTERED)
    await filed(database, CaseState.CONCLUDED, NOW + timedelta(days=9), came_back.case_no)
    found = await month(database)
    assert (found.filed, found.repeats, found.settled_once) == (5, 1, 2)
    assert found.settled_once_rate == 2 / 3


async def test_with_nothing_cleared_there_is_no_rate(database):
    assert (await month(database)).settled_once_rate is None
    await filed(database, CaseState.REGISTERED)
    assert (await month(database)).settled_once_rate is None


async def test_a_repeat_one_may_not_see_changes_no_figure(database):
    first = await filed(database, CaseState.CONCLUDED)
    await filed(database, CaseState.REGISTERED, NOW, first.case_no, kind=CaseKind.ACCUSATION)
    found = await month(database)
    assert (found.filed, found.repeats, found.settled_once_rate) == (1, 0, 1.0)


async def test_a_review_is_no_case_more(database):
    first = await filed(database, CaseState.CONCLUDED)
    given = {"stage": Stage.REVIEW, "parent_id": first.id, "petition_id": first.petition_id}
    await filed(database, CaseState.CONCLUDED, **given)
    await filed(database, CaseState.REGISTERED, **given)
    found = await month(database)
    assert (found.filed, found.cleared, found.left, found.settled_once) == (1, 1, 0, 1)
