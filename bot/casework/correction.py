"""更正: staff mend what was understood; old and new values are kept, later training learns from them."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from bot.casework.moves import may_route
from bot.casework.work import Work, shortly, written
from bot.domain import lifecycle
from bot.domain.case import Case
from bot.domain.commands import CorrectCase
from bot.domain.errors import WrongRole, WrongState
from bot.domain.lifecycle import LANE_NAMES, WITH_NOBODY, WITH_ORGAN, CaseState, Lane, lane_of
from bot.domain.permission import OPINION, opinions_owed
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.procedure import deadlines_of, situation_of, wind
from bot.procedure.consequences import warn
from bot.procedure.telling import next_date
from bot.rules import organs, texts

FIELDS = ("kind", "topic", "urgency", "place", "title")
LONGEST_TITLE = 60
LONGEST_PLACE = 200


async def correct_case(command: CorrectCase, work: Work) -> Case:
    """Change the named fields. Who makes an accusation of a case without seeing accusations sees it no more."""
    case = await work.case(command.case_no, command.version)
    changed = {name: value for name, value in _given(command).items() if value != getattr(case, name)}
    if not changed:
        return case
    if "kind" in changed:
        _check_kind(case, changed["kind"], work)
    mended = replace(case, **changed)
    clock = _ended_clocks(case) if _crosses(case, changed) else []
    if _crosses(case, changed):
        mended = _taken_back(mended)
    saved = await work.uow.cases.change(_in_its_lane(mended), work.now)
    data = {name: [plain(getattr(case, name)), plain(value)] for name, value in changed.items()}
    await work.note(case, "case.corrected", {"changes": data, **({"clock": clock} if clock else {})})
    await _follow(case, saved, work)
    if clock:
        await wind(saved, await deadlines_of(saved, work.uow), work.uow)
        await work.uow.cases.set_assisting(saved, ())
        await work.uow.clocks.end_tasks(case.id, (OPINION,), work.now, None)
    return saved


def _check_kind(case: Case, kind: CaseKind, work: Work) -> None:
    """The kind decides on procedure, time limits and the right to a review: the desk says it, and before acceptance.

    What turns out to be an accusation leaves its organ at any time, whoever sees it.
    """
    if kind is CaseKind.ACCUSATION or case.kind is CaseKind.ACCUSATION:
        return
    if not may_route(work.staff):
        raise WrongRole("类别由受理员或督办员更正；不该由本单位办的，请提出异议或写内部备注")
    if case.state not in (*WITH_NOBODY, *WITH_ORGAN) and {lane_of(kind, case.stage), case.lane} != {Lane.ENQUIRY}:
        raise WrongState("已经受理的件不改类别；确实错了的，先收回重派再更正")


async def _follow(case: Case, saved: Case, work: Work) -> None:
    """Who filed hears of another kind; what turns out to be dangerous is a task at once."""
    if saved.kind is not case.kind and CaseKind.ACCUSATION not in (case.kind, saved.kind):
        told = texts.reply(
            "utter_case_kind_corrected",
            case=texts.of_case(case),
            case_no=case.case_no,
            kind=LANE_NAMES[saved.lane],
            next=next_date(await deadlines_of(saved, work.uow)),
        )
        await work.inform(saved, told)
    if saved.urgency >= Urgency.CRITICAL > case.urgency and saved.state in lifecycle.OPEN_STATES:
        await warn(saved, work.now, work.uow)


def _given(command: CorrectCase) -> dict[str, Any]:
    given = {name: getattr(command, name) for name in FIELDS if getattr(command, name) is not None}
    if "title" in given:
        given["title"] = written(given["title"], "title", LONGEST_TITLE)
    if "place" in given:
        given["place"] = shortly(given["place"], "place", LONGEST_PLACE)
    return given


def _crosses(case: Case, changed: dict[str, Any]) -> bool:
    return "kind" in changed and CaseKind.ACCUSATION in (case.kind, changed["kind"])


def _ended_clocks(case: Case) -> list[dict[str, Any]]:
    """What the clocks are told when a case leaves its organ, and those that assist, at once."""
    dropped = [{"type": "opinion_dropped", "organ": organ} for organ in opinions_owed(situation_of(case))]
    return [*dropped, *([{"type": "sent_back", "organ": case.organ}] if case.organ else [])]


def _taken_back(case: Case) -> Case:
    """An accusation leaves the organ it was with, which may be the one accused; and the other way round."""
    if case.state not in lifecycle.OPEN_STATES:
        return replace(case, organ=None, officer_id=None)
    organ = organs.find(case.organ)
    accused = [organ.code] if organ and not organ.accusations and case.kind is CaseKind.ACCUSATION else []
    course = {"accused": accused} if accused else {}
    return replace(case, organ=None, officer_id=None, state=CaseState.SENT_BACK, course=course)


def _in_its_lane(case: Case) -> Case:
    """An enquiry is not accepted nor drafted: what was so under another kind is simply in process."""
    stuck = case.lane is Lane.ENQUIRY and case.state in (CaseState.ACCEPTED, CaseState.DRAFTED, CaseState.APPROVED)
    return replace(case, state=CaseState.IN_PROCESS) if stuck else case


def plain(value: CaseKind | Topic | Urgency | str) -> Any:
    """A value as histories keep it."""
    if isinstance(value, Topic):
        return asdict(value)
    return value.value if isinstance(value, (CaseKind, Urgency)) else value
