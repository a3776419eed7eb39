"""重复信访 on the case page: the fitting move follows from how far the first case is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.lifecycle import CaseState
from bot.domain.people import Role
from bot.domain.reading import CaseKind
from tests.browser.console_app import Office, running_office


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        yield running


async def a_repeat(office: Office, **first: object) -> tuple[str, str]:
    """A first case as it is by now, and a repeat of it."""
    earlier = await office.file(title="暖气不热")
    async with office.database.write() as uow:
        earlier = await uow.cases.change(replace(earlier, **first), office.clock.now())
    again = await office.file(title="暖气还是不热", conversation_id=earlier.conversation_id)
    async with office.database.write() as uow:
        await uow.cases.change(replace(again, repeat_of=earlier.case_no), office.clock.now())
    return earlier.case_no, again.case_no


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (CaseState.IN_PROCESS, "两件一起办、一起答复"),
        (CaseState.CONCLUDED, "申请复查"),
        (CaseState.FINALISED, "提请不再受理”，由第二个人决定"),
    ],
)
async def test_what_fits_follows_from_the_first_case(office, visitor, state, told):
    first, again = await a_repeat(office, state=state)
    await visitor.sign_in("clerk")
    page = (await visitor.get(f"/console/cases/{again}"))[1]
    assert told in page
    assert f'name="link" maxlength="32" required value="{first}"' in page, "the number of the first case is filled in"


async def test_of_a_first_case_one_may_not_see_nothing_is_told(office, visitor):
    _, again = await a_repeat(office, state=CaseState.FINALISED, kind=CaseKind.ACCUSATION)
    await visitor.sign_in("clerk")
    page = (await visitor.get(f"/console/cases/{again}"))[1]
    assert "首次已经终结" not in page and "首次还在办理" not in page
