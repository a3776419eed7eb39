"""What the dialogue can have done: each command of `bot.domain.commands` → its handler, in the turn's transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain import query_code
from bot.domain.case import Case, NewCase
from bot.domain.commands import (
    FileCase,
    Filed,
    FindProgress,
    HurryCase,
    ListOwnCases,
    Progress,
    RequestHandoff,
    SupplementCase,
    WithdrawCase,
)
from bot.domain.conversation import Mode
from bot.domain.errors import NotFound
from bot.domain.lifecycle import Move, permitted_moves
from bot.domain.ports import UnitOfWork


@dataclass
class Turn:
    """The open transaction of one turn and what it will leave behind."""

    uow: UnitOfWork
    now: datetime
    secret: bytes
    channel: str
    inbox_id: int | None
    mode: Mode = Mode.BOT
    case_no: str | None = None


async def file_case(command: FileCase, turn: Turn) -> Filed:
    """提交: petition and case; the number and query code for the citizen."""
    case = await turn.uow.cases.file(
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
    )
    turn.case_no = case.case_no
    return Filed(case.case_no, query_code.query_code(turn.secret, case.case_no, 1))


async def list_own_cases(command: ListOwnCases, turn: Turn) -> list[Progress]:
    """The newest cases of this conversation."""
    return [await _progress(case, turn) for case in await turn.uow.cases.of_citizen(command.conversation_id, 3)]


async def find_progress(command: FindProgress, turn: Turn) -> Progress:
    """One case, for its own conversation or whoever knows the code. Raises `NotFound`."""
    case, petition, issue = await turn.uow.cases.by_number(command.case_no)
    own = case.conversation_id == command.conversation_id
    if not own and not query_code.matches(turn.secret, petition.petition_no, issue, command.query_code):
        raise NotFound("no such case, or not yours")
    return await _progress(case, turn)


async def _progress(case: Case, turn: Turn) -> Progress:
    answers = [event for event in await turn.uow.cases.history(case) if event.type == "case.replied"]
    return Progress(case, str(answers[-1].data.get("text", "")) if answers else "")


async def supplement_case(command: SupplementCase, turn: Turn) -> Case:
    """补充: onto the newest open case. Raises `NotFound`."""
    case = await _newest_open(command.conversation_id, turn)
    await turn.uow.cases.add_words(case, command.text, turn.now)
    data = {"inbox_id": command.inbox_id}
    await turn.uow.cases.note(case.id, "petitioner", "case.supplemented", data, turn.now, public=True)
    return case


async def hurry_case(command: HurryCase, turn: Turn) -> Case:
    """催办: a note that staff see. Raises `NotFound`."""
    case = await _newest_open(command.conversation_id, turn)
    await turn.uow.cases.note(case.id, "petitioner", "case.hurried", {}, turn.now, public=True)
    return case


async def withdraw_case(command: WithdrawCase, turn: Turn) -> Case:
    """撤回: the newest open case. Raises `NotFound`."""
    case = await _newest_open(command.conversation_id, turn)
    withdrawn = await turn.uow.cases.change(case.moved(Move.WITHDRAW), turn.now)
    await turn.uow.cases.note(case.id, "petitioner", "case.withdrawn", {}, turn.now, public=True)
    return withdrawn


async def request_handoff(command: RequestHandoff, turn: Turn) -> None:
    """转人工: from now on the conversation waits for a person."""
    turn.mode = Mode.WAITING


async def _newest_open(conversation_id: str, turn: Turn) -> Case:
    for case in await turn.uow.cases.of_citizen(conversation_id):
        if Move.WITHDRAW in permitted_moves(case.state):
            return case
    raise NotFound("no open case in this conversation")


HANDLERS: dict[type, Callable[[Any, Turn], Awaitable[Any]]] = {
    FileCase: file_case,
    ListOwnCases: list_own_cases,
    FindProgress: find_progress,
    SupplementCase: supplement_case,
    HurryCase: hurry_case,
    WithdrawCase: withdraw_case,
    RequestHandoff: request_handoff,
}


async def handle(command: Any, turn: Turn) -> Any:
    """Run a command's handler."""
    return await HANDLERS[type(command)](command, turn)
