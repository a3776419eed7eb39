"""A leader reads what a review is about, and finds neither a form nor a deed there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from bot.domain.lifecycle import CaseState, Stage
from bot.domain.people import Role
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import visiting


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("leader", Role.LEADER, "shizhengfu")
        yield running


async def test_the_first_case_of_a_review_is_read_and_nothing_is_done_to_it(office):
    first = await office.file(title="初次的")
    review = await office.file(title="复查的", stage=Stage.REVIEW, parent_id=first.id)
    async with office.database.write() as uow:
        await uow.cases.change(replace(first, state=CaseState.DRAFTED, organ="zhujian"), office.clock.now())
        await uow.cases.change(replace(review, course={"hears": "shizhengfu"}), office.clock.now())
    async with visiting(office) as visitor:
        await visitor.sign_in("leader")
        own = (await visitor.get(f"/console/cases/{review.case_no}"))[1]
        assert f"/console/cases/{first.case_no}" in own and "/note" in own
        status, body, _ = await visitor.get(f"/console/cases/{first.case_no}")
        assert status == 200 and "只供查看" in body and "13812345678" not in body
        assert re.findall(rf'action="/console/cases/{first.case_no}/(\w+)', body) == []
        number = re.findall(r'data-version="(\d+)"', body)
        for deed in ("note", "approve", "hurry", "way", "reveal", "correct", "documents/receipt/pdf"):
            form = {"version": number[0] if number else "2", "text": "好", "reason": "核实情况", "way": "ordinary"}
            assert (await visitor.post(f"/console/cases/{first.case_no}/{deed}", **form))[0] == 404, deed
