"""Who leads a talk in which an accusation is told sees that words are missing and what to do; the words they do not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.domain.people import Role
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import visiting


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("clerk", Role.INTAKE_CLERK)
        await running.staff("discipline", Role.DISCIPLINARY)
        yield running


async def test_the_leading_clerk_is_told_and_the_disciplinary_role_takes_over(office):
    talk = await office.conversation("暖气不热")
    inbox_id = await office.say(talk, "我要举报村长收钱")
    page = f"/console/conversations/{talk}"
    async with visiting(office) as clerk, visiting(office) as discipline:
        await clerk.sign_in("clerk")
        await discipline.sign_in("discipline")
        assert (await clerk.post(f"{page}/take"))[0] == 303
        assert (await discipline.get(page))[0] == 404
        assert "按规定只有纪检人员看得到" not in (await clerk.get(page))[1]
        async with office.database.write() as uow:
            await uow.inbox.seal([inbox_id], True)
        body = (await clerk.get(page))[1]
        assert "按规定只有纪检人员看得到" in body and "举报村长" not in body and "暖气不热" in body
        assert (await discipline.post(f"{page}/take"))[0] == 303
        assert "举报村长" in (await discipline.get(page))[1]
        assert "按规定只有纪检人员看得到" not in (await clerk.get(page))[1]
