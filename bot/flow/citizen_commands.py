"""What the dialogue can have done: each command of `bot.domain.commands` → its handler, in the turn's transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain import query_code
from bot.domain.case import PETITIONER, Case, NewCase
from bot.domain.commands import (
    BookSlot,
    CancelBooking,
    Deed,
    FileCase,
    Filed,
    FindChoices,
    FindProgress,
    FindSameMatter,
    FindSlots,
    HurryCase,
    Progress,
    RateCase,
    Rated,
    RequestHandoff,
    RequestReview,
    SameMatter,
    Slots,
    SupplementCase,
    WithdrawCase,
)
from bot.domain.conversation import Mode
from bot.domain.errors import NotFound
from bot.domain.lifecycle import Actor, CaseState, Lane, Move, Row
from bot.domain.people import Sight
from bot.domain.permission import Request
from bot.domain.ports import UnitOfWork
from bot.domain.reading import CaseKind
from bot.domain.reception import Booking, FreeSlot, SlotTaken
from bot.domain.repeats import is_another_matter, is_same_matter
from bot.domain.working_days import local_date
from bot.procedure import carry_out, carry_out_and_time, deadlines_in, deadlines_of, file, next_date, permitted_now
from bot.procedure.consequences import HURRIED
from bot.rules.figures import figures

# A long supplement stands whole in the case's text; its history keeps the beginning.
LONGEST_KEPT = 500
# So many of a citizen's newest cases are looked through, for the same matter or for the one that is meant.
MANY = 100
# What the petitioner may do once an answer is out, by its moves; a window or an earlier rating may be in the way.
_ASKED_ONCE = {Deed.RATE: (Move.RATE,), Deed.REVIEW: (Move.REQUEST_REVIEW, Move.REQUEST_RE_REVIEW)}
_ANSWERED = (CaseState.DELIVERED, CaseState.CONCLUDED, CaseState.FINALISED, CaseState.ARCHIVED)


@dataclass
class Turn:
    """The open transaction of one turn and what it will leave behind. `sealed`: it is about an accusation."""

    uow: UnitOfWork
    now: datetime
    secret: bytes
    channel: str
    inbox_id: int | None
    mode: Mode = Mode.BOT
    case_no: str | None = None
    sealed: bool = False


async def file_case(command: FileCase, turn: Turn) -> Filed:
    """提交: petition and case; the number and query code for the citizen."""
    case, clocks = await file(
        NewCase(
            conversation_id=command.conversation_id,
            inbox_id=command.inbox_id,
            channel=turn.channel,
            text=command.text,
            kind=command.kind,
            topic=command.topic,
            urgency=command.urgency,
            place=command.place,
            title=command.title,
            phones=command.phones,
            people=command.people,
            anonymous=command.anonymous,
            understood=command.understood,
            received=command.received,
        ),
        turn.now,
        turn.uow,
    )
    turn.case_no = case.case_no
    code = query_code.query_code(turn.secret, case.case_no, 1)
    return Filed(case.case_no, code, next_date(clocks))


async def find_choices(command: FindChoices, turn: Turn) -> list[Case]:
    """The cases that a deed can be about: those that wait for the citizen, then those out of time, then the newest."""
    cases = await _cases_of(command.conversation_id, turn, MANY)
    able = [case for case in cases if await _can_be_done(command.deed, case, turn)]
    return sorted(able, key=lambda case: _patience(case, turn))


async def _can_be_done(deed: Deed, case: Case, turn: Turn) -> bool:
    if deed is Deed.PROGRESS:
        return True
    if deed not in _ASKED_ONCE:
        return may_withdraw(case)
    able = [row for row in permitted_now(case, Actor.PETITIONER) if row.move in _ASKED_ONCE[deed]]
    return any([await _is_open(case, row, turn) for row in able])


def _patience(case: Case, turn: Turn) -> int:
    if case.course.get("waiting") and may_withdraw(case):
        return 0
    overdue = case.due_on is not None and case.due_on < local_date(turn.now) and may_withdraw(case)
    return 1 if overdue else 2


async def find_progress(command: FindProgress, turn: Turn) -> Progress:
    """One case, for its own conversation or whoever knows the code, who from then on can go on with it here.

    Raises `NotFound`.
    """
    case, petition, issue = await turn.uow.cases.by_number(command.case_no)
    told = False
    if case.conversation_id != command.conversation_id:
        told = query_code.matches(turn.secret, petition.petition_no, issue, command.query_code)
        if told and await turn.uow.cases.open_for(case, command.conversation_id, turn.now):
            await turn.uow.cases.note(case.id, PETITIONER, "case.opened_by_code", {}, turn.now)
        if not told and case.id not in {one.id for one in await _cases_of(command.conversation_id, turn, MANY)}:
            raise NotFound("no such case, or not yours")
    _guard(case, command.conversation_id, turn)
    return replace(await _progress(case, turn), opened=told)


async def _cases_of(conversation_id: str, turn: Turn, limit: int = 5) -> list[Case]:
    """What a citizen can go on with here, newest first: filed here, or opened here by number and query code."""
    since = turn.now - timedelta(days=figures(local_date(turn.now)).opened_days)
    return await turn.uow.cases.open_to(conversation_id, since, limit)


async def _progress(case: Case, turn: Turn) -> Progress:
    history = await turn.uow.cases.history(case)
    answers = [event for event in history if event.type == "case.replied"]
    said = str(answers[-1].data.get("text", "")) if answers else ""
    written = str(case.course.get("reply", "")) if case.state in _ANSWERED else ""
    return Progress(case, written or said, next=next_date(deadlines_in(history)))


async def supplement_case(command: SupplementCase, turn: Turn) -> Case:
    """补充. Raises `NotFound` also where the words are a matter of their own."""
    case = await _open_case(command.conversation_id, command.case_no, turn)
    if turn.sealed and command.inbox_id is not None:  # the words may have come a message earlier
        await turn.uow.inbox.seal([command.inbox_id], True)
    if command.reading is not None and is_another_matter(command.reading, case):
        raise NotFound("these words are another matter")
    await turn.uow.cases.add_words(case, command.text, turn.now)
    case = await turn.uow.cases.by_id(case.id)
    request = replace(_petitioner(Move.SUPPLEMENT, turn), text=command.text[:LONGEST_KEPT])
    return await carry_out(case, request, turn.uow, inbox_id=command.inbox_id)


async def find_same_matter(command: FindSameMatter, turn: Turn) -> SameMatter | None:
    """The case that waits for more, else the newest open one about the same matter; with the next date of it."""
    waiting = await _waiting(command.conversation_id, turn)
    if waiting is not None and not (command.reading and is_another_matter(command.reading, waiting)):
        return SameMatter(waiting, next_date(await deadlines_of(waiting, turn.uow)), waits=True)
    for case in await _cases_of(command.conversation_id, turn, MANY):
        if may_withdraw(case) and is_same_matter(command.topic, command.place, command.text, case):
            return SameMatter(case, next_date(await deadlines_of(case, turn.uow)))
    return None


async def _waiting(conversation_id: str, turn: Turn) -> Case | None:
    """The newest case in which the citizen was asked for more."""
    cases = await _cases_of(conversation_id, turn, MANY)
    return next((case for case in cases if case.course.get("waiting") and may_withdraw(case)), None)


async def find_slots(command: FindSlots, turn: Turn) -> Slots:
    """Free slots from tomorrow on, and the citizen's own booking."""
    today = local_date(turn.now)
    own = await turn.uow.receptions.of_citizen(command.conversation_id, today)
    return Slots(tuple(await turn.uow.receptions.free(today)), own)


async def book_slot(command: BookSlot, turn: Turn) -> Booking:
    """Take a slot, with the named or the newest open case where there is one. Raises `SlotTaken`, `NotFound`."""
    if await turn.uow.receptions.of_citizen(command.conversation_id, local_date(turn.now)) is not None:
        raise SlotTaken("this citizen has a slot already")
    day = await turn.uow.receptions.day(command.day_id)
    cases = [case for case in await _cases_of(command.conversation_id, turn, MANY) if may_withdraw(case)]
    case = next((case for case in cases if case.case_no == command.case_no), next(iter(cases), None))
    number = case.case_no if case else ""
    await turn.uow.receptions.book(FreeSlot(day, command.slot), command.conversation_id, number, turn.now)
    if case is not None:
        on = day.on.isoformat()
        await turn.uow.cases.note(
            case.id, PETITIONER, "case.visit_booked", {"on": on, "text": on}, turn.now, public=True
        )
    booking = await turn.uow.receptions.of_citizen(command.conversation_id, local_date(turn.now))
    assert booking is not None, "it was just booked"
    return booking


async def cancel_booking(command: CancelBooking, turn: Turn) -> Booking | None:
    """Give the citizen's slot back; None where there is none."""
    booking = await turn.uow.receptions.of_citizen(command.conversation_id, local_date(turn.now))
    if booking is not None:
        await turn.uow.receptions.give_back(booking)
    return booking


async def hurry_case(command: HurryCase, turn: Turn) -> Case:
    """催办: a task for whoever has the case, one at a time. Raises `NotFound`."""
    case = await _open_case(command.conversation_id, command.case_no, turn)
    await turn.uow.cases.note(case.id, "petitioner", "case.hurried", {}, turn.now, public=True)
    await turn.uow.clocks.end_tasks(case.id, (HURRIED,), turn.now, None)
    await turn.uow.clocks.add_task(HURRIED, case.id, case.organ or "", "群众催办", None, turn.now)
    return case


async def withdraw_case(command: WithdrawCase, turn: Turn) -> Case:
    """撤回. Raises `NotFound`."""
    case = await _open_case(command.conversation_id, command.case_no, turn)
    return await carry_out(case, _petitioner(Move.WITHDRAW, turn), turn.uow)


async def _is_open(case: Case, row: Row, turn: Turn) -> bool:
    """Rated already, or out of time: not open. The stored history decides."""
    if row.move is Move.RATE:
        return not case.course.get("rated", False)
    return any(one.code == row.window and one.usable(turn.now) for one in await deadlines_of(case, turn.uow))


async def rate_case(command: RateCase, turn: Turn) -> Rated:
    """评价: three questions; the last gives the stars, any low answer a call-back. Raises `NotFound`, `MoveRefused`."""
    case = await _own(command.conversation_id, command.case_no, turn)
    answers = {"prompt": command.prompt, "attitude": command.attitude, "solved": command.solved}
    request = replace(_petitioner(Move.RATE, turn), stars=command.solved, answers=tuple(answers.values()))
    _, clocks = await carry_out_and_time(case, request, turn.uow, answers=answers)
    return Rated(request.lowest <= figures(local_date(turn.now)).low_stars, next_date(clocks))


async def request_review(command: RequestReview, turn: Turn) -> Progress:
    """申请复查、复核 within the window that the reply opened; the case it opens. Raises `NotFound`, `MoveRefused`."""
    case = await _own(command.conversation_id, command.case_no, turn)
    move = Move.REQUEST_RE_REVIEW if case.lane is Lane.REVIEW else Move.REQUEST_REVIEW
    asked = await carry_out(case, replace(_petitioner(move, turn), reason=command.reason), turn.uow)
    reviews = await turn.uow.cases.linked(asked, Sight(everything_else=True, reviews=True))
    found = next(one for one in reviews if one.parent_id == asked.id)
    if found.conversation_id != command.conversation_id:  # asked for by query code: it can be followed there too
        await turn.uow.cases.open_for(found, command.conversation_id, turn.now)
    return Progress(found, next=next_date(await deadlines_of(found, turn.uow)))


def _petitioner(move: Move, turn: Turn) -> Request:
    return Request(move, Actor.PETITIONER, PETITIONER, turn.now)


async def _own(conversation_id: str, case_no: str, turn: Turn) -> Case:
    for case in await _cases_of(conversation_id, turn, MANY):
        if case.case_no == case_no:
            _guard(case, conversation_id, turn)
            return case
    raise NotFound("no such case in this conversation")


def _guard(case: Case, conversation_id: str, turn: Turn) -> None:
    """Art. 30: a talk that filed an accusation is sealed as a whole; of one that told its code, what is about it."""
    if case.kind is CaseKind.ACCUSATION and case.conversation_id != conversation_id:
        turn.sealed = True


async def request_handoff(command: RequestHandoff, turn: Turn) -> None:
    """转人工: from now on the conversation waits for a person."""
    turn.mode = Mode.WAITING


def may_withdraw(case: Case) -> bool:
    """Whether the petitioner can still take it back: until it is answered."""
    return any(row.move is Move.WITHDRAW for row in permitted_now(case, Actor.PETITIONER))


async def _open_case(conversation_id: str, case_no: str, turn: Turn) -> Case:
    case = await _own(conversation_id, case_no, turn)
    if not may_withdraw(case):
        raise NotFound("the case is not open any more")
    return case


HANDLERS: dict[type, Callable[[Any, Turn], Awaitable[Any]]] = {
    FileCase: file_case,
    FindChoices: find_choices,
    FindProgress: find_progress,
    SupplementCase: supplement_case,
    FindSameMatter: find_same_matter,
    FindSlots: find_slots,
    BookSlot: book_slot,
    CancelBooking: cancel_booking,
    HurryCase: hurry_case,
    WithdrawCase: withdraw_case,
    RateCase: rate_case,
    RequestReview: request_review,
    RequestHandoff: request_handoff,
}
# Nothing is written by these.
LOOKS = (FindChoices, FindSameMatter, FindSlots)


async def handle(command: Any, turn: Turn) -> Any:
    """Run a command's handler."""
    return await HANDLERS[type(command)](command, turn)
