"""三分: a person decides which of the three ways a case goes; whether the program had proposed it is kept."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.moves import actors_of
from bot.casework.work import Work
from bot.domain.case import Case
from bot.domain.commands import DecideWay
from bot.domain.errors import BadInput, WrongRole
from bot.domain.lifecycle import Actor

WAYS = {"ordinary": "一般程序", "at_once": "即知即调", "divert": "分流分调", "lead": "联管联调"}
_DECIDERS = (Actor.INTAKE_CLERK, Actor.SUPERVISOR, Actor.LEADER, Actor.DISCIPLINARY)


async def decide_way(command: DecideWay, work: Work) -> Case:
    """Set the way. The clocks take it up with the next move. Raises `BadInput`, `WrongRole`, `StaleVersion`."""
    if command.way not in WAYS:
        raise BadInput("way: wanted one of the ways", "way")
    if not set(actors_of(work.staff)) & set(_DECIDERS):
        raise WrongRole("分哪条路由受理员、督办员或领导决定")
    case = await work.case(command.case_no, command.version)
    saved = await work.uow.cases.change(replace(case, way=command.way), work.now)
    hit = command.proposed == command.way if command.proposed else None
    await work.note(case, "case.way_decided", {"way": command.way, "proposed": command.proposed, "hit": hit})
    return saved
