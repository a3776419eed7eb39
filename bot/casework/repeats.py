"""重复信访: the program points at an earlier case of the same petitioner, a person says whether it is the same."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.officers import actors_of
from bot.casework.work import Work
from bot.domain.case import Case
from bot.domain.commands import LinkRepeat
from bot.domain.errors import BadInput, WrongRole
from bot.domain.lifecycle import Actor
from bot.domain.repeats import is_same_petitioner

_DECIDERS = (Actor.INTAKE_CLERK, Actor.SUPERVISOR, Actor.CASE_OFFICER, Actor.DISCIPLINARY)


async def link_repeat(command: LinkRepeat, work: Work) -> Case:
    """Note that a case is a repeat of an earlier one of the same petitioner, or that it is none after all.

    Raises `NotFound`, `StaleVersion`, `BadInput`, `WrongRole`.
    """
    if not set(actors_of(work.staff)) & set(_DECIDERS):
        raise WrongRole("是不是重复信访由受理员、督办员或承办人认定")
    case = await work.case(command.case_no, command.version)
    first_no = (await _earlier(case, command.earlier_no, work)).case_no if command.earlier_no else None
    saved = await work.uow.cases.change(replace(case, repeat_of=first_no), work.now)
    await work.note(case, "case.repeat_linked", {"link": command.earlier_no, "text": command.earlier_no})
    return saved


async def _earlier(case: Case, case_no: str, work: Work) -> Case:
    """The first case of the matter: same petitioner, filed before. A repeat of a repeat leads to the first."""
    earlier = await work.case(case_no)
    if not is_same_petitioner(case, earlier) or earlier.id >= case.id:
        raise BadInput("link: wanted an earlier case of the same petitioner", "repeat")
    return await work.case(earlier.repeat_of) if earlier.repeat_of else earlier
