"""Every legal course, made by hand in the console: the page offers each step, its form is enough, the rest is refused.

The courses are those of tests/unit/domain/test_lifecycle.py: staff make their steps over HTTP by what the case page
shows them, petitioner and system make theirs through `carry_out`, and the office's clock is moved for days that pass.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import make_mocked_request
from lxml import html

from bot.domain.case import Case, NewCase
from bot.domain.errors import MoveRefused
from bot.domain.lifecycle import PAST, Actor, CaseState, Lane, Move, Stage, table
from bot.domain.people import Role, Sight, Staff
from bot.domain.permission import Request
from bot.domain.reading import CaseKind, Urgency
from bot.domain.working_days import local_date
from bot.procedure import SYSTEM, carry_out
from bot.understanding.taxonomy import taxonomy
from bot.web import console
from bot.web.app import make_app
from bot.web.console import deeds
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor, visiting
from tests.unit.domain.test_lifecycle import REG, SEQUENCES, START

ANYBODY = (Actor.PETITIONER, Actor.SYSTEM)
ROLES = {
    "C": Role.INTAKE_CLERK,
    "O": Role.CASE_OFFICER,
    "R": Role.REVIEWER,
    "V": Role.SUPERVISOR,
    "L": Role.LEADER,
    "D": Role.DISCIPLINARY,
    "A": Role.CASE_OFFICER,
}
HIGHER = {Lane.REVIEW: Stage.REVIEW, Lane.RE_REVIEW: Stage.RE_REVIEW}
# Whom a case goes to first, whom besides, and who hears it one level up: of a town the district hears the review.
ORGANS = {Lane.ACCUSATION: ("dongsheng_jiwei", "kangbashi_jiwei"), Lane.RE_REVIEW: ("150602001", "gongan")}
HEARS = "shizhengfu"
# What the sixty courses leave out: every move that staff have in a lane is made there at least once.
MORE = [
    (Lane.CLAIM, "", f"{REG} C:assign C:add_assisting:2 C:drop_assisting:2", "assigned"),
    (
        Lane.ACCUSATION,
        "",
        "D:register D:ask_supplement D:supplement D:accept D:process D:draft D2:refuse D:draft D2:approve D:deliver "
        "D:conclude D:follow_up D:reopen",
        "in_process",
    ),
    (
        Lane.ACCUSATION,
        "",
        f"{REG} D:ask_supplement +16d D:let_lapse D:assign D:object D2:keep D:add_assisting:2 D:drop_assisting:2 "
        "D:recall D:withdraw D:archive",
        "archived",
    ),
    (Lane.ACCUSATION, "", f"{REG} D:take_on D2:hand_to D:assign D:object D2:designate", "assigned"),
    (
        Lane.SUGGESTION,
        "",
        "C:register C:ask_supplement C:supplement C:ask_supplement +16d C:let_lapse V:appoint_leader C:assign "
        "O:acknowledge O:take_on O2:take_on:no O2:hand_to:no L:hand_to O:accept C:add_assisting:2 "
        "O:ask_opinion:2 A:take_on:no A:give_opinion A:give_opinion:no C:drop_assisting:2 O:process O:investigate O:adopt "
        "O:draft O2:refuse O:draft O2:approve O:deliver O:conclude C:follow_up V:reopen",
        "in_process",
    ),
    (Lane.SUGGESTION, "", f"{REG} C:assign O:object C:send_back C:assign C:recall C:decline", "declined"),
    (
        Lane.SUGGESTION,
        "",
        f"{REG} C:assign O:object V:keep O:accept O:ask_extension L:refuse_extension C:withdraw C:archive",
        "archived",
    ),
    (Lane.SUGGESTION, "", f"{REG} C:assign O:object L:designate", "assigned"),
    (
        Lane.ENQUIRY,
        "",
        "C:register C:ask_supplement C:supplement C:ask_supplement +16d C:let_lapse C:assign O:acknowledge "
        "O:take_on V:hand_to C:add_assisting:2 C:ask_opinion:2 A:give_opinion C:drop_assisting:2 C:recall C:withdraw C:archive",
        "archived",
    ),
    (Lane.ENQUIRY, "", f"{REG} C:assign O:object V:keep O:answer O:conclude C:follow_up V:reopen", "in_process"),
    (Lane.ENQUIRY, "", f"{REG} C:assign O:object C:send_back", "sent_back"),
    (Lane.ENQUIRY, "", f"{REG} C:assign O:object L:designate", "assigned"),
    (
        Lane.REVIEW,
        "",
        f"{REG} R:ask_supplement R:supplement R:ask_supplement +16d R:let_lapse R:accept R:process R:mediate "
        "R:open_hearing R:close_hearing R:draft R2:refuse R:draft R2:approve R:deliver R:conclude C:request_re_review",
        "concluded",
    ),
    (Lane.REVIEW, "", "R:register R:withdraw R:archive", "archived"),
    (Lane.REVIEW, "", f"{REG} R:take_on R:take_on:no R2:hand_to L:hand_to R:withdraw", "withdrawn"),
    (Lane.REVIEW, "", f"{REG} R:accept R:process R:draft R2:approve R:deliver +40d R:finalise", "finalised"),
    (
        Lane.RE_REVIEW,
        "",
        "R:register R:ask_supplement R:supplement R:ask_supplement +16d R:let_lapse R:decline R:archive",
        "archived",
    ),
    (
        Lane.RE_REVIEW,
        "",
        f"{REG} R:accept R:process R:investigate R:draft R2:approve R:deliver R:conclude",
        "concluded",
    ),
    (Lane.RE_REVIEW, "", f"{REG} R:take_on L:hand_to R:withdraw", "withdrawn"),
]
COURSES = [*SEQUENCES, *MORE]


def test_every_move_and_command_is_a_deed_and_no_other_route_stands_before_it():
    app = make_app()
    console.setup(app)
    pages = {re.sub(r"\{(\w+):.*?\}(?=/|$)", r"{\1}", route.path): route.page for route in console.routes()}
    for name in [*(move.value for move in Move), *deeds.COMMANDS]:
        route = app.router.resolve(make_mocked_request("POST", f"/console/cases/20260101-00001/{name}"))
        found = _now(route)
        assert found.route.resource is not None, name
        assert pages[found.route.resource.canonical] is deeds.act, name
        assert found["deed"] == name and found["case_no"] == "20260101-00001"
    assert set(deeds.COMMANDS).isdisjoint(move.value for move in Move), "a command would hide the move"


def _now(awaitable: Any) -> Any:
    """What a coroutine that waits for nothing returns."""
    try:
        awaitable.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


def test_the_courses_make_every_move_that_staff_have_in_each_lane():
    wanted = {(row.lane, row.move) for row in table() if row.by - set(ANYBODY)}
    made = {(lane, Move(move)) for lane, _, steps, _ in COURSES for who, move, _ in _steps(steps) if who[0] in ROLES}
    assert wanted - made == set()


def _steps(steps: str) -> list[tuple[str, str, str]]:
    """Who, which move, and `2` for the second organ; what is refused is left out."""
    parts = [step.split(":") for step in steps.split() if not step.startswith("+") and not step.endswith(":no")]
    return [(part[0], part[1], part[2] if len(part) > 2 else "") for part in parts]


@dataclass
class Seats:
    """Who works in the office, signed in when first needed, and again when a session is over."""

    office: Office
    stack: AsyncExitStack
    members: dict[str, Staff] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)

    async def member(self, who: str, lane: Lane) -> Staff:
        """`O2` in a lane: the second officer of the organ that has the case there."""
        organ = _organ_of(who, lane)
        name = f"{who}-{organ or 'desk'}".lower()
        if name not in self.members:
            self.members[name] = await self.office.staff(name, ROLES[who[0]], organ, name)
        return self.members[name]

    async def visitor(self, member: Staff) -> Visitor:
        if member.username not in self.visitors:
            self.visitors[member.username] = await self.stack.enter_async_context(visiting(self.office))
        visitor = self.visitors[member.username]
        if (await visitor.get("/console/password"))[0] != 200:
            assert await visitor.sign_in(member.username) == 303
        return visitor


def _organ_of(who: str, lane: Lane) -> str | None:
    if who[0] in "RL" and lane in HIGHER:
        return HEARS
    if who[0] == "A":
        return ORGANS.get(lane, ("zhujian", "gongan"))[1]
    return ORGANS.get(lane, ("zhujian",))[0] if who[0] in "OL" else None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seats(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Seats]:
    async with running_office(tmp_path_factory.mktemp("courses")) as office, AsyncExitStack() as stack:
        yield Seats(office, stack)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("lane", "way", "steps", "end"), COURSES, ids=[f"{n}-{one[0].value}" for n, one in enumerate(COURSES)]
)
async def test_a_legal_course_can_be_made_in_the_console_to_its_end(seats, lane, way, steps, end):
    # Sessions of a later course may lie in the future: they count as open, or are opened anew.
    seats.office.clock.turned = START - datetime.now(timezone.utc)
    player = Player(seats, lane, await _begin(seats, lane, steps))
    for step in steps.split():
        await player.step(step)
        if way and step.endswith(":register"):
            await player.go(way)
    assert (await player.case()).state is CaseState(end)


@dataclass
class Player:
    """One case on its way through the console."""

    seats: Seats
    lane: Lane
    case_no: str

    async def case(self) -> Case:
        async with self.seats.office.database.read() as uow:
            return (await uow.cases.by_number(self.case_no))[0]

    async def lines(self) -> list[tuple[str, str]]:
        """Who did what, as the history has it."""
        async with self.seats.office.database.read() as uow:
            case = (await uow.cases.by_number(self.case_no))[0]
            return [(one.actor, one.type) for one in await uow.cases.history(case)]

    async def step(self, step: str) -> None:
        clock = self.seats.office.clock
        if step.startswith("+"):
            clock.turned += timedelta(days=int(step[1:-1]))
            return
        clock.turned += timedelta(minutes=1)
        who, move, *rest = step.split(":")
        if who in "PS":
            await self.other(Move(move), {"P": Actor.PETITIONER, "S": Actor.SYSTEM}[who], refused=rest == ["no"])
        elif rest == ["no"]:
            await self.refused(who, move)
        else:
            await self.made(who, Move(move), second=rest == ["2"])

    async def other(self, move: Move, actor: Actor, *, refused: bool) -> None:
        """What the petitioner or the program does. Registering and delivering it may have done by itself already."""
        state, now = (await self.case()).state, self.seats.office.clock.now()
        if (move, state) in ((Move.REGISTER, CaseState.REGISTERED), (Move.DELIVER, CaseState.DELIVERED)):
            assert not refused
            return
        outcome = "upheld" if move is Move.RELEASE else ""
        person = SYSTEM if actor is Actor.SYSTEM else "petitioner"
        request = Request(move, actor, person, now, reason="理由", text="内容", stars=5, outcome=outcome)
        before = await self.lines()
        try:
            async with self.seats.office.database.write() as uow:
                await carry_out((await uow.cases.by_number(self.case_no))[0], request, uow)
        except MoveRefused:
            assert refused and await self.lines() == before
        else:
            assert not refused

    async def made(self, who: str, move: Move, *, second: bool) -> None:
        """A step of staff: by the form that the case page shows them, with nothing in it but what it asks for."""
        member = await self.seats.member(who, self.lane)
        visitor = await self.seats.visitor(member)
        form = _form(await self.page(visitor), move.value)
        assert form is not None, f"the page offers {who} no “{move.value}”"
        before = await self.lines()
        status, body, _ = await visitor.post(
            f"/console/cases/{self.case_no}/{move.value}", **await self.filled(form, second)
        )
        assert status == 303, (who, move.value, status, _alert(body))
        new = (await self.lines())[len(before) :]
        assert new[0] == (member.actor, f"case.{PAST[move]}")

    async def refused(self, who: str, move: str) -> None:
        """The page does not offer it; sent all the same, with everything filled in, it changes nothing."""
        visitor = await self.seats.visitor(await self.seats.member(who, self.lane))
        assert _form(await self.page(visitor), move) is None, f"the page offers {who} “{move}”"
        before, case = await self.lines(), await self.case()
        form = {"version": str(case.version), "text": "内容", "reason": "理由", "days": "5", "organ": "zhujian"}
        status, body, _ = await visitor.post(f"/console/cases/{self.case_no}/{move}", **form)
        assert status in (400, 409) and _alert(body), (who, move, status)
        assert await self.lines() == before and await self.case() == case

    async def go(self, way: str) -> None:
        visitor = await self.seats.visitor(await self.seats.member("C", self.lane))
        form = _form(await self.page(visitor), "way")
        assert form is not None
        sent = {**_values(form), "way": way}
        assert (await visitor.post(f"/console/cases/{self.case_no}/way", **sent))[0] == 303

    async def page(self, visitor: Visitor) -> str:
        status, page, _ = await visitor.get(f"/console/cases/{self.case_no}")
        assert status == 200, status
        return page

    async def filled(self, form: Any, second: bool) -> dict[str, str]:
        """What somebody fills in: a choice must be one of those shown, and what is filled in already stays."""
        lead, besides = ORGANS.get(self.lane, ("zhujian", "gongan"))
        leader = (await self.seats.member("L", self.lane)).id
        typed = {
            "text": "内容",
            "reason": "理由",
            "route": "去法院",
            "organ": besides if second else lead,
            "outcome": "upheld",
            "leader": str(leader),
            "officer": str(await self.somebody_else()),
            "on": local_date(self.seats.office.clock.now()).isoformat(),
            "link": await self.finalised() if "link" in form.fields else "",
        }
        sent = _values(form)
        for name, value in typed.items():
            if name not in sent:
                continue
            element = form.inputs[name]
            assert element.tag != "select" or value in element.value_options, f"{name}: {value} can not be chosen"
            sent[name] = value
        return sent

    async def somebody_else(self) -> int:
        """Another person of those who can work on the case."""
        officer = "R2" if self.lane in HIGHER else "D2" if self.lane is Lane.ACCUSATION else "O2"
        here = (await self.case()).officer_id
        others = [await self.seats.member(who, self.lane) for who in (officer, officer[0])]
        return next(one.id for one in others if one.id != here)

    async def finalised(self) -> str:
        """The number of the same petitioner's case that went through to its end."""
        case = await self.case()
        async with self.seats.office.database.read() as uow:
            own = await uow.cases.of_citizen(str(case.conversation_id))
        return next(one.case_no for one in own if one.state is CaseState.FINALISED)


def _form(page: str, move: str) -> Any:
    """The form with the deed, or with a button for it; None where there is none."""
    for form in html.fromstring(page).forms:
        goals = [form.action or "", *(button.get("formaction", "") for button in form.iter("button"))]
        if form.method == "POST" and any(goal.split("?")[0].endswith(f"/{move}") for goal in goals):
            sends = form.xpath(".//button")
            return form if sends else None
    return None


def _values(form: Any) -> dict[str, str]:
    return {name: value for name, value in form.form_values() if name != "csrf"}


def _alert(page: str) -> str:
    return " ".join(one.text_content() for one in html.fromstring(page).xpath('//*[@role="alert"]'))


async def _begin(seats: Seats, lane: Lane, steps: str) -> str:
    """A case as the course finds it. On paper where staff deliver: on a chat an approved reply goes out by itself."""
    paper = re.search(r"\b[A-Z]2?:deliver", steps.replace("S:deliver", "")) is not None
    office = seats.office
    if lane in HIGHER:
        return await _higher(office, lane, paper, registered=steps.startswith(REG))
    kind = CaseKind(lane.value)
    conversation_id = None if paper else await office.conversation("暖气一直不热")
    if "ask_bar" in steps:
        await _ended(office, str(conversation_id))
    return (await _file(office, kind, conversation_id, registered=steps.startswith(REG))).case_no


async def _file(
    office: Office,
    kind: CaseKind,
    conversation_id: str | None,
    *,
    registered: bool,
    at: datetime | None = None,
    **more: Any,
) -> Case:
    facts: dict[str, Any] = {
        "kind": kind,
        "topic": taxonomy().topic("城乡建设", "城市建设和市政管理"),
        "urgency": Urgency.NORMAL,
        "place": "东胜区天骄街道",
        "title": "小区暖气不热",
        "text": "我家暖气一直不热",
        "phones": (),
        "people": None,
        "anonymous": False,
    }
    now = at or office.clock.now()
    async with office.database.write() as uow:
        told = await uow.inbox.of_conversation(conversation_id) if conversation_id else []
        new = NewCase(conversation_id, told[-1].id if told else None, "web", **{**facts, **more})
        case = await uow.cases.file(new, now)
        return await carry_out(case, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, now), uow) if registered else case


async def _higher(office: Office, lane: Lane, paper: bool, *, registered: bool) -> str:
    """A review that was asked for of an answered claim; as filed and no more where the course registers it by hand."""
    conversation_id = None if paper else await office.conversation("暖气一直不热")
    case = await _file(office, CaseKind.CLAIM, conversation_id, registered=True)
    organ = ORGANS.get(lane, ("zhujian",))[0]
    case = await _walked(office, case, "assign accept process draft approve", organ)
    if not registered:
        return (
            await _file(
                office, CaseKind.CLAIM, conversation_id, registered=False, stage=HIGHER[lane], parent_id=case.id
            )
        ).case_no
    case = await _asked(office, case, Move.REQUEST_REVIEW)
    if lane is Lane.RE_REVIEW:
        case = await _walked(office, case, "accept process draft approve", "", Actor.REVIEWER)
        case = await _asked(office, case, Move.REQUEST_RE_REVIEW)
    return case.case_no


async def _walked(office: Office, case: Case, moves: str, organ: str, actor: Actor = Actor.CASE_OFFICER) -> Case:
    """Answered by two people of an organ, without the console."""
    async with office.database.write() as uow:
        for number, name in enumerate(moves.split()):
            who = Actor.SUPERVISOR if name == "assign" else actor
            person = f"staff:{900 + (name == 'approve')}"
            office.clock.turned += timedelta(seconds=1 + number)
            given = {"organ": organ} if name == "assign" else {"outcome": "upheld"} if actor is Actor.REVIEWER else {}
            request = Request(Move(name), who, person, office.clock.now(), of_organ=organ, text="内容", **given)
            case = await carry_out(case, request, uow)
        return await carry_out(case, Request(Move.DELIVER, Actor.SYSTEM, SYSTEM, office.clock.now()), uow)


async def _asked(office: Office, case: Case, move: Move) -> Case:
    """The review that the petitioner asks for."""
    now = office.clock.now()
    async with office.database.write() as uow:
        await carry_out(case, Request(move, Actor.PETITIONER, "petitioner", now, reason="不服"), uow)
        return (await uow.cases.linked(case, Sight(everything_else=True)))[-1]


async def _ended(office: Office, conversation_id: str) -> None:
    """An earlier case of the petitioner that nobody asked a review of."""
    office.clock.turned -= timedelta(days=100)
    case = await _file(office, CaseKind.CLAIM, conversation_id, registered=True)
    case = await _walked(office, case, "assign accept process draft approve", "zhujian")
    office.clock.turned += timedelta(days=100)
    async with office.database.write() as uow:
        await carry_out(case, Request(Move.FINALISE, Actor.SYSTEM, SYSTEM, office.clock.now()), uow)
