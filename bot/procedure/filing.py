"""The one door by which a case comes in, from a chat or from the desk: written down, registered, its clocks wound."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain import ports
from bot.domain.case import Case, NewCase
from bot.domain.deadlines import Deadline
from bot.domain.lifecycle import Actor, Move
from bot.domain.permission import Request
from bot.domain.reading import CaseKind
from bot.procedure.moves import carry_out_and_time
from bot.procedure.situations import SYSTEM
from bot.rules import organs


async def file(new: NewCase, at: datetime, uow: ports.UnitOfWork) -> tuple[Case, tuple[Deadline, ...]]:
    """The registered case and its clocks, which run from when it came; art. 30: with whom an accusation is about."""
    case = await uow.cases.file(new, at)
    if case.kind is CaseKind.ACCUSATION:
        case = replace(case, course={**case.course, "accused": organs.accused_in(case.text)})
    registration = Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, at, received=new.received_at)
    return await carry_out_and_time(case, registration, uow)
