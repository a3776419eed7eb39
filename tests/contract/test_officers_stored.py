"""承办人 and 协办意见 on both databases: lists agree with their counts, who leaves lets go, a late opinion is told once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

import pytest
import pytest_asyncio

from bot.casework import Work, handle
from bot.casework.officers import let_go
from bot.domain.case import Case
from bot.domain.commands import MoveCase
from bot.domain.errors import NeedMissing, NotFound
from bot.domain.lifecycle import Actor, CaseState, Move
from bot.domain.people import Role, Sight, Staff, sight_of
from bot.domain.permission import OPINION, Request
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.procedure import SYSTEM, carry_out
from bot.storage.case_repository import OPEN_STATES, ORDERS, CaseFilter, Hands
from bot.workers.deadline_clock import DeadlineClock
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
TODAY = local_date(NOW)
ALL = Sight(everything_else=True)
PEOPLE = {
    "boss": (Role.SUPERVISOR, None),
    "li": (Role.CASE_OFFICER, "zhujian"),
    "zhao": (Role.CASE_OFFICER, "zhujian"),
    "head": (Role.LEADER, "zhujian"),
    "qian": (Role.CASE_OFFICER, "gongan"),
    "jiao": (Role.CASE_OFFICER, "jiaotong"),
}


@dataclass
class At:
    """A clock that stands at one moment."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class House:
    database: object
    people: dict[str, Staff]

    async def case(self, **changes) -> Case:
        """One that was assigned to 住建局."""
        async with self.database.write() as uow:
            new = replace(new_case(), conversation_id=None, inbox_id=None)
            case = await carry_out(
                await uow.cases.file(new, NOW), Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, NOW), uow
            )
        case = await self.do("boss", case, Move.ASSIGN, organ="zhujian")
        if not changes:
            return case
        async with self.database.write() as uow:
            return await uow.cases.change(replace(case, **changes), NOW)

    async def do(self, who: str, case: Case, move: Move, at: datetime = NOW, **given) -> Case:
        staff = self.people[who]
        async with self.database.write() as uow:
            now = (await uow.cases.by_number(case.case_no))[0]
            command = MoveCase(case.case_no, move, now.version, **given)
            return await handle(command, Work(uow, staff, sight_of(staff), at))

    async def now_as(self, case: Case) -> Case:
        async with self.database.read() as uow:
            return (await uow.cases.by_number(case.case_no))[0]

    async def lines(self, case: Case, type: str):
        async with self.database.read() as uow:
            return [line for line in await uow.cases.history(case) if line.type == type]

    async def tasks(self, who: str) -> list[tuple[str, str, str]]:
        async with self.database.read() as uow:
            found = await uow.clocks.open_tasks(sight_of(self.people[who]))
            assert await uow.clocks.count_tasks(sight_of(self.people[who])) == len(found)
        return [(row["kind"], row["organ"], row["reason"]) for row in found]


@pytest_asyncio.fixture
async def house(database):
    async with database.write() as uow:
        people = {name: await uow.staff.add(name, name, "-", *who, NOW) for name, who in PEOPLE.items()}
    return House(database, people)


async def listed(house, wanted: CaseFilter, sight: Sight = ALL) -> set[str]:
    """What a filter lists; its count, its ids and its page with the number are of the same cases."""
    async with house.database.read() as uow:
        found = {case.case_no for case in await uow.cases.search(wanted, sight)}
        assert await uow.cases.count(wanted, sight) == len(await uow.cases.ids(wanted, sight)) == len(found)
        page, number = await uow.cases.search_and_count(wanted, sight, 1)
        assert number == len(found) and {case.case_no for case in page} <= found
        assert (await uow.cases.tally(sight)).count(wanted) in (None, len(found))
    return found


async def test_lists_of_ones_own_and_of_nobodys_agree_with_their_counts_in_every_order(house):
    mine, other, none = await house.case(), await house.case(), await house.case()
    await house.do("li", mine, Move.TAKE_ON)
    await house.do("head", other, Move.HAND_TO, officer=house.people["zhao"].id)
    closed = await house.case(officer_id=house.people["li"].id, state=CaseState.CONCLUDED)
    for order in ORDERS:
        own = CaseFilter(states=OPEN_STATES, hands=Hands(officer=house.people["li"].id), order=order)
        assert await listed(house, own) == {mine.case_no}
        assert await listed(house, replace(own, states=())) == {mine.case_no, closed.case_no}
        unheld = CaseFilter(states=OPEN_STATES, unheld=True, order=order)
        assert await listed(house, unheld) == {none.case_no}
        sight = sight_of(house.people["zhao"])
        assert await listed(house, replace(unheld, hands=Hands(leads="zhujian")), sight) == {none.case_no}
        assert await listed(house, replace(unheld, hands=Hands(leads="gongan")), sight) == set()


async def test_taking_on_and_handing_to_stand_in_history_and_audit_and_move_no_clock(house):
    case = await house.case()
    async with house.database.read() as uow:
        before = await uow.clocks.of_case(case.id)
    later = NOW + timedelta(days=2)
    await house.do("li", case, Move.TAKE_ON, later)
    saved = await house.do("li", case, Move.HAND_TO, later, officer=house.people["zhao"].id)
    assert (saved.officer_id, saved.state, saved.due_on) == (house.people["zhao"].id, case.state, case.due_on)
    async with house.database.read() as uow:
        assert await uow.clocks.of_case(case.id) == before
        entries = [row.entry async for row in uow.audit.rows()]
    taken, handed = [one for one in entries if one.action in ("case.taken_on", "case.handed_to")]
    li, zhao = house.people["li"], house.people["zhao"]
    assert (taken.actor, taken.details["officer"], taken.subject) == (li.actor, li.id, case.case_no)
    assert (handed.actor, handed.details["officer"]) == (li.actor, zhao.id)


@pytest.mark.parametrize("given", ["qian", "boss", "head", "nobody"])
async def test_a_case_is_given_only_to_an_officer_of_the_organ_that_has_it(house, given):
    case = await house.case()
    number = house.people[given].id if given in house.people else 999
    with pytest.raises(NeedMissing):
        await house.do("boss", case, Move.HAND_TO, officer=number)
    assert (await house.now_as(case)).officer_id is None and not await house.lines(case, "case.handed_to")


async def test_nobody_who_is_shut_out_is_given_a_case(house):
    case = await house.case()
    async with house.database.write() as uow:
        await uow.staff.set_active(house.people["zhao"].id, False)
    with pytest.raises(NeedMissing):
        await house.do("boss", case, Move.HAND_TO, officer=house.people["zhao"].id)


async def test_who_leaves_lets_go_of_open_cases_in_sight_and_of_closed_ones_quietly(house):
    first, second, theirs = await house.case(), await house.case(), await house.case()
    for case in (first, second):
        await house.do("li", case, Move.TAKE_ON)
    await house.do("zhao", theirs, Move.TAKE_ON)
    closed = await house.case(officer_id=house.people["li"].id, state=CaseState.CONCLUDED)
    later = NOW + timedelta(hours=1)
    async with house.database.write() as uow:
        assert await let_go(house.people["li"], house.people["boss"], later, uow) == 2
    assert await listed(house, CaseFilter(states=OPEN_STATES, unheld=True)) == {first.case_no, second.case_no}
    (line,) = await house.lines(first, "case.officer_left")
    assert line.data["officer"] == house.people["li"].id and line.actor == house.people["boss"].actor
    kept = await house.now_as(closed)
    assert (
        kept.officer_id is None
        and kept.updated_at == closed.updated_at
        and not await house.lines(closed, "case.officer_left")
    )
    assert (await house.now_as(theirs)).officer_id == house.people["zhao"].id


async def test_a_case_given_while_its_account_is_shut_is_not_left_with_it(house):
    """Whoever comes first: given and let go again, or shut and refused."""
    li, database = house.people["li"], house.database

    async def shut():
        async with database.write() as uow:
            await uow.staff.set_active(li.id, False)
            await let_go(li, house.people["boss"], NOW, uow)

    async def give(case):
        try:
            await house.do("boss", case, Move.HAND_TO, officer=li.id)
        except NeedMissing:
            return

    cases = [await house.case() for _ in range(6)]
    await asyncio.gather(*(give(case) for case in cases[:3]), shut(), *(give(case) for case in cases[3:]))
    assert [(await house.now_as(case)).officer_id for case in cases] == [None] * 6


async def test_a_case_that_moves_to_another_organ_is_with_nobody(house):
    case = await house.case()
    await house.do("li", case, Move.TAKE_ON)
    recalled = await house.do("boss", case, Move.RECALL, reason="派错")
    assert recalled.officer_id is None
    moved = await house.do("boss", case, Move.ASSIGN, organ="gongan")
    assert moved.officer_id is None
    with pytest.raises(NotFound):
        await house.do("li", moved, Move.TAKE_ON)


async def test_whom_a_supplement_of_an_accusation_names_works_on_it_no_more(house, database):
    async with database.write() as uow:
        people = [await uow.staff.add(name, name, "-", Role.DISCIPLINARY, None, NOW) for name in ("郑纪检", "吴纪检")]
        new = replace(new_case(), conversation_id=None, inbox_id=None, kind=CaseKind.ACCUSATION)
        case = await carry_out(await uow.cases.file(new, NOW), Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, NOW), uow)
    house.people |= {one.username: one for one in people}
    await house.do("郑纪检", case, Move.TAKE_ON)
    async with database.write() as uow:
        await uow.cases.add_words(await house.now_as(case), "是在办公室给的", NOW)
    assert (await house.now_as(case)).officer_id == people[0].id
    async with database.write() as uow:
        await uow.cases.add_words(await house.now_as(case), "郑纪检也收了", NOW)
    assert (await house.now_as(case)).officer_id is None and len(await house.lines(case, "case.officer_left")) == 1
    with pytest.raises(NotFound):
        await house.do("郑纪检", case, Move.TAKE_ON)
    assert (await house.do("吴纪检", case, Move.TAKE_ON)).officer_id == people[1].id


async def asked(house, *, days: int = 3) -> Case:
    case = await house.case()
    for organ in ("gongan", "jiaotong"):
        await house.do("boss", case, Move.ADD_ASSISTING, organ=organ, on=TODAY + timedelta(days=days))
    return case


def owed_by(organ: str) -> CaseFilter:
    return CaseFilter(states=OPEN_STATES, owed=True, owed_by=organ)


async def test_what_an_organ_owes_is_listed_until_it_is_given(house):
    case = await asked(house)
    assert await listed(house, owed_by("gongan"), sight_of(house.people["qian"])) == {case.case_no}
    assert await listed(house, owed_by("")) == {case.case_no} and await listed(house, owed_by("zhujian")) == set()
    given = await house.do("qian", case, Move.GIVE_OPINION, text="没有警情记录")
    assert given.course["opinions"]["gongan"]["given"] == TODAY.isoformat()
    assert await listed(house, owed_by("gongan")) == set() and await listed(house, owed_by("jiaotong")) == {
        case.case_no
    }
    assert await listed(house, CaseFilter(), sight_of(house.people["qian"])) == {case.case_no}, "it still assists"
    (line,) = await house.lines(case, "case.opinion_given")
    assert (line.data["organ"], line.data["text"], line.public) == ("gongan", "没有警情记录", False)


async def test_owed_opinions_stand_in_the_order_of_their_own_days(house):
    early, late = await house.case(), await house.case()
    for case, days in ((early, 9), (late, 3)):
        await house.do("boss", case, Move.ADD_ASSISTING, organ="gongan", on=TODAY + timedelta(days))
    await house.do("boss", early, Move.ADD_ASSISTING, organ="jiaotong", on=TODAY + timedelta(1))
    async with house.database.write() as uow:  # the case's own day says the opposite
        await uow.cases.owe(early.id, TODAY)
        await uow.cases.owe(late.id, TODAY + timedelta(30))
    for organ, numbers in (("gongan", [late, early]), ("jiaotong", [early]), ("", [early, late])):
        wanted = replace(owed_by(organ), order="due")
        async with house.database.read() as uow:
            found = [case.case_no for case in await uow.cases.search(wanted, ALL)]
            assert found == [case.case_no for case in numbers], organ
            assert [case.case_no for case in (await uow.cases.search_and_count(wanted, ALL, 1))[0]] == found[:1]
            assert await uow.cases.ids(wanted, ALL) == [case.id for case in numbers]
    async with house.database.read() as uow:
        found = await uow.cases.search(CaseFilter(states=OPEN_STATES, order="due"), ALL)
    assert [case.case_no for case in found] == [early.case_no, late.case_no], "other lists go by the case's own day"


async def test_what_is_owed_beside_makes_no_case_overdue(house):
    case = await house.case()
    assert (await asked(house, days=0)).due_on == case.due_on
    saved = await house.do("boss", case, Move.ADD_ASSISTING, organ="gongan", on=TODAY)
    assert saved.due_on == case.due_on > TODAY


async def scans(house, at: datetime, times: int = 1) -> None:
    clocks = [DeadlineClock(house.database, At(at)) for _ in range(times)]
    await asyncio.gather(*(clock.scan() for clock in clocks))


async def test_a_late_opinion_is_told_once_to_that_organ_and_the_lead_alone(house):
    case = await asked(house)
    await house.do("li", case, Move.TAKE_ON)
    await house.do("jiao", case, Move.GIVE_OPINION, text="已经修补")
    await scans(house, NOW + timedelta(days=3))
    assert not await house.tasks("qian"), "its last day is not over"
    for days in (4, 4, 5, 9):
        await scans(house, NOW + timedelta(days=days), times=2)
    reason = "协办意见（市公安局）：催办"
    assert (OPINION, "gongan", reason) in await house.tasks("qian")
    assert [one for one in await house.tasks("qian") if one[0] == OPINION] == [(OPINION, "gongan", reason)]
    for who in ("li", "zhao", "head"):
        assert [one for one in await house.tasks(who) if one[0] == OPINION] == [(OPINION, "zhujian", reason)]
    for who in ("boss", "jiao"):
        assert [one for one in await house.tasks(who) if one[0] == OPINION] == [], who
    told = [line for line in await house.lines(case, "case.escalated") if line.data["text"] == reason]
    assert len(told) == 1 and told[0].data["officer"] == house.people["li"].id


async def test_a_reminder_is_over_when_the_opinion_comes_and_that_of_another_organ_stays(house):
    case = await asked(house)
    await scans(house, NOW + timedelta(days=4))
    assert len([one for one in await house.tasks("li") if one[0] == OPINION]) == 2
    await house.do("qian", case, Move.GIVE_OPINION, NOW + timedelta(days=5), text="没有警情记录")
    left = [(OPINION, "zhujian", "协办意见（市交通运输局）：催办")]
    assert [one for one in await house.tasks("li") if one[0] == OPINION] == left
    assert [one for one in await house.tasks("qian") if one[0] == OPINION] == []
    with pytest.raises(NotFound):
        async with house.database.read() as uow:
            found = await uow.clocks.open_tasks(sight_of(house.people["li"]))
            number = next(row["id"] for row in found if row["kind"] == OPINION)
            await uow.clocks.task(number, sight_of(house.people["boss"]))


async def test_asked_for_a_later_day_it_is_told_of_again_when_that_is_over(house):
    case = await asked(house)
    await scans(house, NOW + timedelta(days=4))
    later = NOW + timedelta(days=5)
    until = local_date(later) + timedelta(days=2)
    await house.do("li", case, Move.ASK_OPINION, later, organ="gongan", on=until)
    assert [one for one in await house.tasks("qian") if one[0] == OPINION] == []
    await scans(house, later + timedelta(days=2))
    assert [one for one in await house.tasks("qian") if one[0] == OPINION] == []
    await scans(house, later + timedelta(days=3), times=2)
    assert len([one for one in await house.tasks("qian") if one[0] == OPINION]) == 1


async def test_the_reply_goes_out_without_it_and_then_nothing_is_owed(house):
    case = await asked(house)
    await scans(house, NOW + timedelta(days=4))
    at = NOW + timedelta(days=5)
    for who, move, given in (
        ("li", Move.ACCEPT, {}),
        ("li", Move.PROCESS, {}),
        ("li", Move.DRAFT, {"text": "已经修好"}),
        ("zhao", Move.APPROVE, {}),
        ("li", Move.DELIVER, {}),
    ):
        case = await house.do(who, case, move, at, **given)
    assert case.state is CaseState.DELIVERED
    assert await listed(house, owed_by("")) == set()
    assert [one for one in await house.tasks("li") + await house.tasks("qian") if one[0] == OPINION] == []
    await scans(house, NOW + timedelta(days=20))
    assert [one for one in await house.tasks("qian") if one[0] == OPINION] == []
