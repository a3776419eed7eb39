"""登记 on both databases: forms by version, filed once though sent twice at one moment, cases found by phone and by sight."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select

from bot.domain.errors import StaleVersion
from bot.domain.people import Role, Sight
from bot.domain.petitioner import Petitioner, Representative
from bot.domain.reading import CaseKind
from bot.procedure import deadlines_of, file
from bot.storage.registration_repository import KEPT_FOR
from bot.storage.tables import cases
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
ALL = Sight(everything_else=True)
KEY = "a" * 32
WHO = Petitioner("张秀英", "东胜区天骄小区", (Representative("李建国", "13900001111"),))
LETTER = replace(
    new_case(), conversation_id=None, inbox_id=None, channel="letter", phones=("13800001111",), petitioner=WHO
)


async def clerk(database) -> int:
    async with database.write() as uow:
        return (await uow.staff.add("clerk", "王受理", "x", Role.INTAKE_CLERK, None, NOW)).id


async def test_a_form_sent_twice_at_one_moment_becomes_one_case(database):
    staff_id = await clerk(database)

    async def send() -> int:
        async with database.write() as uow:
            held = await uow.registrations.claim(KEY, staff_id, NOW)
            if held.case_id is not None:
                return held.case_id
            case, _ = await file(LETTER, NOW, uow)
            await uow.registrations.filed(KEY, staff_id, case.id)
            return case.id

    assert len(set(await asyncio.gather(*(send() for _ in range(5))))) == 1
    async with database.read() as uow:
        assert (await uow.connection.execute(select(func.count()).select_from(cases))).scalar_one() == 1


async def test_a_form_is_kept_by_version_and_forgotten_after_its_days(database):
    staff_id = await clerk(database)
    async with database.write() as uow:
        assert await uow.registrations.keep(KEY, staff_id, {"text": "停水"}, 0, NOW) == 1
        assert await uow.registrations.keep(KEY, staff_id, {"text": "停水了"}, 1, NOW) == 2
        with pytest.raises(StaleVersion):
            await uow.registrations.keep(KEY, staff_id, {"text": "旧"}, 0, NOW)
        assert await uow.registrations.text_of(KEY) == "停水了"
        await uow.registrations.understood(KEY, "停水了", {"kind": "claim"})
    async with database.write() as uow:
        (one,) = await uow.registrations.open_of(staff_id)
        assert (one.version, dict(one.reading)) == (2, {"kind": "claim"})
        await uow.registrations.keep("b" * 32, staff_id, {}, 0, NOW + KEPT_FOR + timedelta(seconds=1))
        assert [one.key for one in await uow.registrations.open_of(staff_id)] == ["b" * 32]


async def test_who_brings_it_and_when_it_came_are_kept(database):
    came = NOW - timedelta(days=6)
    async with database.write() as uow:
        case, _ = await file(replace(LETTER, received_at=came), NOW, uow)
    async with database.read() as uow:
        kept = await uow.cases.get(case.case_no, ALL)
        history = await uow.cases.history(kept)
        clocks = await deadlines_of(kept, uow)
    assert kept.petitioner == WHO and kept.filed_at == came and kept.updated_at == NOW
    assert {line.at for line in history} == {NOW}
    assert {one.started_at for one in clocks} == {came}


async def test_cases_are_found_by_a_full_phone_as_far_as_they_may_be_seen(database):
    async with database.write() as uow:
        first, _ = await file(LETTER, NOW, uow)
        again, _ = await file(replace(LETTER, phones=("13900001111", "13800001111")), NOW, uow)
        accusation, _ = await file(replace(LETTER, kind=CaseKind.ACCUSATION), NOW, uow)
        await file(replace(LETTER, phones=("13800001112",)), NOW, uow)
    async with database.read() as uow:
        found = await uow.cases.of_phones(("13800001111", "13900001111"), ALL)
        assert [one.id for one in found] == [again.id, first.id]
        sealed = await uow.cases.of_phones(("13800001111",), Sight(accusations=True))
        assert [one.id for one in sealed] == [accusation.id]
        assert await uow.cases.of_phones(("1380000",), ALL) == [] and await uow.cases.of_phones((), ALL) == []
