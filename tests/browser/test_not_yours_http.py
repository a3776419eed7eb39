"""Not yours is not there: every role × every route with something in its path, byte for byte, from the route table."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

import pytest
import pytest_asyncio

from bot.documents.letters import forms
from bot.domain.case import Case
from bot.domain.lifecycle import Actor, Move
from bot.domain.people import Role, Staff, sight_of
from bot.domain.permission import Request
from bot.domain.reading import CaseKind
from bot.procedure import SYSTEM, carry_out
from bot.procedure.consequences import SUPERVISE
from bot.storage.case_repository import CaseFilter
from bot.web import console
from bot.web.console.access import Route
from bot.web.console.deeds import COMMANDS
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor, visiting

PARAMETER = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
NOT_THERE = {
    "case_no": "20991231-00001",
    "conversation_id": "0" * 32,
    "task_id": "999999",
    "inbox_id": "999999",
    "filter_id": "999999",
}
THINGS = tuple(NOT_THERE)
# In paths that are an administrator's alone, who sees every member of staff.
OPEN = ("staff_id",)
FORM = {
    "text": "看看",
    "reason": "核实联系方式",
    "organ": "zhujian",
    "route": "去法院",
    "days": "5",
    "link": "20260101-00001",
    "leader": "1",
    "officer": "1",
    "on": "2099-12-31",
    "outcome": "upheld",
    "way": "at_once",
    "title": "改",
    "kind": "enquiry",
    "box": "note",
    "known": "0",
    "note": "已办",
    "name": "我的",
}
# Two of the disciplinary role see less than their role does: a district's, and one whom an accusation names.
SEATS = [(role.value, role, "zhujian" if role is Role.CASE_OFFICER else None, "") for role in Role]
SEATS += [("district", Role.DISCIPLINARY, "dongsheng_jiwei", ""), ("named", Role.DISCIPLINARY, None, "赵书记")]
Answer = tuple[int, tuple[tuple[bytes, bytes], ...], bytes]


@dataclass
class House:
    """An office with a bit of everything in it, and what belongs to whom."""

    office: Office
    members: dict[str, Staff]
    cases: list[Case]
    tasks: dict[int, int]
    pictures: list[int]
    filters: list[int]
    other: Staff


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running_office(tmp_path_factory.mktemp("not-yours")) as office:
        members = {user: await office.staff(user, role, organ, name or user) for user, role, organ, name in SEATS}
        other = await office.staff("other", Role.SUPERVISOR)
        cases = [
            await _answered(office),
            await office.file("赵书记截留补偿款", kind=CaseKind.ACCUSATION, title="截留补偿款"),
            await office.file(kind=CaseKind.SUGGESTION),
        ]
        pictures = [await office.photo(str(case.conversation_id)) for case in cases]
        async with office.database.write() as uow:
            for case in cases:
                await uow.clocks.add_task(SUPERVISE, case.id, "gongan", "督办", None, office.clock.now())
            found = await uow.clocks.open_tasks(replace(sight_of(other), accusations=True))
            await uow.filters.add(other.id, "别人的", "q=路灯")
            filters = [one.id for one in await uow.filters.of(other.id)]
        tasks = {row["id"]: row["case_id"] for row in found}
        assert set(tasks.values()) == {case.id for case in cases}
        yield House(office, members, cases, tasks, pictures, filters, other)


async def _answered(office: Office) -> Case:
    """A claim that another organ answered: every notice and the written reply can be made of it."""
    case = await office.file()
    steps = [
        Request(Move.ASSIGN, Actor.SUPERVISOR, "staff:V", _now(office), organ="gongan"),
        Request(Move.ACCEPT, Actor.CASE_OFFICER, "staff:O", _now(office), of_organ="gongan"),
        Request(Move.PROCESS, Actor.CASE_OFFICER, "staff:O", _now(office), of_organ="gongan"),
        Request(Move.DRAFT, Actor.CASE_OFFICER, "staff:O", _now(office), of_organ="gongan", text="已经修好"),
        Request(Move.APPROVE, Actor.CASE_OFFICER, "staff:P", _now(office), of_organ="gongan"),
        Request(Move.DELIVER, Actor.SYSTEM, SYSTEM, _now(office)),
    ]
    async with office.database.write() as uow:
        for request in steps:
            case = await carry_out(case, request, uow)
    return case


def _now(office: Office) -> datetime:
    return office.clock.now()


def _routes_about(thing: str) -> list[Route]:
    return [route for route in console.routes() if thing in {name for name, _ in PARAMETER.findall(route.path)}]


def _paths(route: Route, thing: str) -> list[str]:
    """The route's path with everything filled in but the thing: one path a deed, document and format."""
    rest = [(name, pattern) for name, pattern in PARAMETER.findall(route.path) if name != thing]
    bare = PARAMETER.sub(lambda found: f"{{{found[1]}}}", route.path)
    choices = [_choices(name, pattern) for name, pattern in rest]
    return [
        bare.format(**dict(zip((name for name, _ in rest), chosen, strict=True)), **{thing: f"{{{thing}}}"})
        for chosen in product(*choices)
    ]


def _tries(thing: str) -> list[tuple[Route, str]]:
    return [(route, path) for route in _routes_about(thing) for path in _paths(route, thing)]


def _choices(name: str, pattern: str) -> list[str]:
    if name == "document":
        return [*(form.code for form in forms()), "nothing"]
    if name == "deed" and pattern == "[a-z_]+":
        return [*(move.value for move in Move), *COMMANDS, "nothing"]
    assert re.fullmatch(r"[a-z]+(\|[a-z]+)*", pattern), f"how is {{{name}:{pattern}}} filled in?"
    return pattern.split("|")


def test_the_routes_hold_nothing_in_their_paths_that_is_not_tried():
    tried = {*THINGS, *OPEN, "deed", "document", "format"}
    assert {name for route in console.routes() for name, _ in PARAMETER.findall(route.path)} == tried
    about = {thing: [path for _, path in _tries(thing)] for thing in THINGS}
    deeds = {path.rpartition("/")[2] for path in about["case_no"]}
    assert deeds >= {*(move.value for move in Move), *COMMANDS, "talk", "looking", "kept_drafts", "reveal", "pdf"}
    assert {thing: len(paths) for thing, paths in about.items() if thing != "case_no"} == {
        "conversation_id": 5,
        "task_id": 1,
        "inbox_id": 1,
        "filter_id": 3,
    }


async def _answer(visitor: Visitor, method: str, path: str, form: dict[str, str]) -> Answer:
    """Status, headers and bytes, without the time of day."""
    data = {"csrf": visitor.csrf, **form} if method == "POST" else None
    async with visitor.session.request(method, path, data=data, allow_redirects=False) as response:
        headers = tuple(sorted(one for one in response.raw_headers if one[0].lower() != b"date"))
        return response.status, headers, await response.read()


async def _hidden(house: House, member: Staff) -> dict[str, list[str]]:
    """Of each kind of thing those that are there and not this member's."""
    sight = sight_of(member)
    async with house.office.database.read() as uow:
        seen = {case.id for case in await uow.cases.search(CaseFilter(), sight)}
        talks = [str(case.conversation_id) for case in house.cases]
        read = {talk for talk in talks if await uow.conversations.may_read(talk, sight)}
    unseen = [case for case in house.cases if case.id not in seen]
    return {
        "case_no": [case.case_no for case in unseen],
        "conversation_id": [talk for talk in talks if talk not in read],
        "task_id": [str(task) for task, case_id in house.tasks.items() if case_id not in seen],
        "inbox_id": [
            str(picture)
            for picture, case in zip(house.pictures, house.cases, strict=True)
            if case in unseen and case.conversation_id not in read
        ],
        "filter_id": [str(one) for one in house.filters],
    }


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("user", [user for user, *_ in SEATS])
async def test_what_is_not_theirs_and_what_is_not_there_are_the_same_bytes(house, user):
    member = house.members[user]
    hidden = await _hidden(house, member)
    assert all(hidden.values()), f"{user} sees everything of a kind, and nothing of it is tried: {hidden}"
    versions = {case.case_no: str(case.version) for case in house.cases}
    before = await _state(house)
    different = []
    async with visiting(house.office) as visitor:
        assert await visitor.sign_in(user) == 303
        for thing in THINGS:
            for route, path in _tries(thing):
                for value in hidden[thing]:
                    full = {**FORM, "version": versions.get(value, "1")}
                    for form in [full, {}] if route.method == "POST" else [{}]:
                        there = await _answer(visitor, route.method, path.format(**{thing: value}), form)
                        gone = await _answer(visitor, route.method, path.format(**NOT_THERE), form)
                        if there != gone or there[0] not in _refusals(member, form):
                            different.append((route.method, path, value, bool(form), there[:2], gone[:2]))
    assert different == []
    assert await _state(house) == before, "and nothing of it was changed"


def _refusals(member: Staff, form: dict[str, str]) -> tuple[int, ...]:
    """Who only reads is told so whatever the number; a form without anything in it is one before it is looked up."""
    return (403, 404, *((409,) if member.role is Role.AUDITOR else ()), *(() if form else (400,)))


async def _state(house: House) -> list[object]:
    """What stands of the things: cases with their histories, open tasks, who leads the talks, filters."""
    everything = replace(sight_of(house.other), accusations=True)
    async with house.office.database.read() as uow:
        cases = [(await uow.cases.by_number(case.case_no))[0] for case in house.cases]
        return [
            [(case.version, case.state, len(await uow.cases.history(case))) for case in cases],
            [dict(row) for row in await uow.clocks.open_tasks(everything)],
            [await uow.conversations.get(str(case.conversation_id)) for case in cases],
            await uow.filters.of(house.other.id),
        ]
