"""交办: a case → the organ that shall answer it."""

from __future__ import annotations

from bot.casework.work import Work
from bot.domain.case import Case
from bot.domain.commands import AssignCase
from bot.domain.errors import BadInput, Forbidden, RuleViolation
from bot.domain.lifecycle import Move
from bot.domain.people import Sight
from bot.domain.reading import CaseKind
from bot.rules import organs


def may_assign(sight: Sight) -> bool:
    """An organ cannot pass its cases on by itself; sending back is the petition office's to decide."""
    return sight.everything_else or sight.accusations


async def assign_case(command: AssignCase, work: Work) -> Case:
    """Hand a case to an organ. Raises `NotFound`, `StaleVersion`, `IllegalMove`, `RuleViolation`."""
    case = await work.case(command.case_no, command.version)
    if not may_assign(work.sight):
        raise Forbidden("an organ's own staff do not assign")
    organ = _competent(case, command.organ)
    if case.organ == organ.code:
        raise RuleViolation("the case is already with this organ")
    saved = await work.move(
        case, Move.ASSIGN, "case.assigned", {"from": case.organ, "organ": organ.code}, organ=organ.code
    )
    await work.tell(case, "utter_case_assigned", organ=_named(case, organ))
    return saved


def _competent(case: Case, code: str) -> organs.Organ:
    """Regulations on Petition Work, art. 22, 30: accusations go to the disciplinary organs and to nobody else."""
    organ = organs.find(code)
    if organ is None:
        raise BadInput("organ: wanted the code of an organ in organs.yml", "organ")
    if case.kind is CaseKind.ACCUSATION and not organ.accusations:
        raise RuleViolation("an accusation goes to a disciplinary organ alone")
    return organ


def _named(case: Case, organ: organs.Organ) -> str:
    """An accusation's notice may be read by others on the same phone: it names no organ."""
    return organs.unnamed() if case.kind is CaseKind.ACCUSATION else organ.name
