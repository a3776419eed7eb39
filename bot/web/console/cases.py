"""收件箱与诉求页: the list of cases, and everything about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from aiohttp import web

from bot.casework.officers import officers_for
from bot.casework.reception import may_receive
from bot.casework.supervision import may_tell
from bot.casework.ways import DIVERT, WayProposal, may_decide_way, proposal_for
from bot.domain.case import Case, CaseEvent
from bot.domain.lifecycle import OPEN_STATES, PAST, CaseState, Move, Stage
from bot.domain.masking import hidden_in, mask_text
from bot.domain.people import Sight, Staff, acting, sight_of
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.procedure import deadlines_in, means_of_telling, situation_of, untold
from bot.rules import organs
from bot.rules.deadlines import unchecked
from bot.storage.unit_of_work import UnitOfWork
from bot.web import keys
from bot.web.console import words
from bot.web.console.course import clocks_of, course_of, kin_of, leaders
from bot.web.console.documents import documents_of
from bot.web.console.drafts import drafts_of
from bot.web.console.listing import listing
from bot.web.console.officers import assisting_of
from bot.web.console.pages import ME, part, render
from bot.web.console.timeline import (
    Mask,
    bubbles,
    course_lines,
    names_in,
    names_of_staff,
    talk_about,
    timeline_of,
    told,
    waiting_for_a_second,
)


async def inbox(request: web.Request) -> web.StreamResponse:
    """The list with its filters."""
    return render(request, "inbox.html", await listing(request))


async def side(request: web.Request) -> web.StreamResponse:
    """The views and their figures alone."""
    return part(request, "filters.html", await listing(request))


async def rows(request: web.Request) -> web.StreamResponse:
    """The list alone: fetched again when something changed."""
    return part(request, "rows.html", await listing(request))


async def show(request: web.Request) -> web.StreamResponse:
    """Everything about one case."""
    return await case_page(request)


async def talk(request: web.Request) -> web.StreamResponse:
    """A case's talk and history alone, with the version the case has now."""
    sight = sight_of(request[ME].staff)
    async with request.app[keys.DATABASE].read() as uow:
        case = await uow.cases.get(request.match_info["case_no"], sight)
        history = await uow.cases.history(case)
        lines, names = await talk_about(case, history, sight, uow), await names_of_staff(uow)
    mask = partial(mask_text, hidden=hidden_in(case))
    timeline = timeline_of(history, names, mask, veiled=sight.veiled)
    return part(
        request, "course.html", {"case": case, "course": _course(case, bubbles(lines, names, mask), timeline, mask)}
    )


def _course(case: Case, talk: list[dict[str, Any]], timeline: list[dict[str, Any]], mask: Mask) -> list[dict[str, Any]]:
    """Everything that was said and done, in order. What came on paper or was told at the desk opens it.

    A review's own words, why it was asked for, stand beside the talk of the case it is about.
    """
    own = told(case, mask)
    stands = case.stage is Stage.FIRST or any(own["text"] in line["text"] for line in talk)
    return course_lines(talk if talk and stands else [*talk, own], timeline)


async def looking(request: web.Request) -> web.StreamResponse:
    """Who else has this case open. Raises `NotFound` for one that is not the viewer's to see."""
    me = request[ME].staff
    async with request.app[keys.DATABASE].read() as uow:
        await uow.cases.get(request.match_info["case_no"], sight_of(me))
        return part(request, "looking.html", {"lookers": await _lookers(request, await names_of_staff(uow))})


async def _lookers(request: web.Request, names: dict[int, str]) -> list[str]:
    others = await request.app[keys.MAILBOX].look(request.match_info["case_no"], request[ME].staff.id)
    return [names[one] for one in others if one in names]


async def case_page(
    request: web.Request,
    facts: dict[str, Any] | None = None,
    *,
    status: int = 200,
    revealed: bool = False,
    reply_shown: bool = False,
) -> web.Response:
    """The page; `facts` carry what was typed when a deed was refused. `reply_shown`: of what is hidden, the reply under
    review alone is shown.
    """
    about = await _about(request, revealed=revealed, reply_shown=reply_shown)
    around = await listing(request)
    typed = {"typed": {}, "deed": "", "problem": "", **(facts or {})}
    unsaved = _unsaved(typed["deed"], typed["typed"], about)
    shown = {**around, **about, **_near(around, about), **typed, "unsaved": unsaved}
    return render(request, "case.html", shown, status)


def _unsaved(deed: str, typed: Mapping[str, str], about: Mapping[str, Any]) -> str:
    """The words of a refused move that has no form on the page any more: a colleague was quicker."""
    if deed not in about["move_names"] or deed in about["open_moves"]:
        return ""
    return "\n".join(typed[name] for name in ("text", "reason", "route") if typed.get(name, "").strip())


async def _about(request: web.Request, *, revealed: bool, reply_shown: bool) -> dict[str, Any]:
    me = request[ME].staff
    sight, now = sight_of(me), request.app[keys.CLOCK].now()
    async with request.app[keys.DATABASE].read() as uow:
        case = await uow.cases.get(request.match_info["case_no"], sight)
        history = await uow.cases.history(case)
        staff = await uow.staff.all()
        own_drafts = await drafts_of(case, me.id, uow)
        way_proposal = await proposal_for(case, uow)
        nothing_to_do = await _nothing_to_do(case, sight, uow)
        lines, kin = await talk_about(case, history, sight, uow), await kin_of(case, sight, uow)
        talks = case.conversation_id is not None and await uow.conversations.may_read(case.conversation_id, sight)
    names, deadlines = names_in(staff), deadlines_in(history)
    mask = partial(mask_text, hidden=hidden_in(case), revealed=revealed)
    timeline = timeline_of(history, names, mask, veiled=sight.veiled)
    return {
        **_facts(case),
        **course_of(case, me, now, deadlines),
        "line": words.case_line(case),
        **words.petitioner_of(case, revealed=revealed),
        "understood": words.understood(case.understood, mask),
        "revealed": revealed,
        "drafts": own_drafts,
        "begun": {box.rpartition("-")[0] for box, kept in own_drafts.items() if kept["text"]},
        "course": _course(case, bubbles(lines, names, mask), timeline, mask),
        "asked": waiting_for_a_second(case, timeline),
        "may_talk": talks,
        "lookers": await _lookers(request, names),
        "clocks": clocks_of(deadlines, now),
        "unchecked": bool(unchecked()),
        "documents": [] if sight.veiled else documents_of(case, history, me),
        "leaders": leaders(staff),
        "officer": names.get(case.officer_id or 0, ""),
        "officers": [(one.id, one.name) for one in officers_for(case, staff) if one.id != case.officer_id],
        "assisting": assisting_of(case, history, local_date(now), mask, veiled=sight.veiled),
        "may_decide_way": may_decide_way(me) and case.state in OPEN_STATES and not sight.veiled,
        "may_visit": may_receive(me) and case.state in OPEN_STATES and not sight.veiled,
        "way_proposal": way_proposal,
        "prefilled": _prefilled(case, way_proposal, kin["repeat_of"], own_drafts),
        **_telling(case, history, me, mask),
        **_replies(case, history, me, str if reply_shown else mask),
        **kin,
        **nothing_to_do,
    }


def _telling(case: Case, history: Sequence[CaseEvent], me: Staff, mask: Mask) -> dict[str, Any]:
    """Whether whoever brought it has to be told by hand, how that can be done, and what the viewer has to tell them."""
    by_hand = case.conversation_id is None and not case.is_veiled
    owed = untold(history) if by_hand and may_tell(me, case) else []
    return {"by_hand": by_hand, "means": means_of_telling(case), "untold": [mask(text) for text in owed]}


def _replies(case: Case, history: Sequence[CaseEvent], me: Staff, mask: Mask) -> dict[str, Any]:
    """The reply under review, and one that was refused, as far as they are shown: whole to who wrote them, else masked.

    `draft_hides`: why the viewer may ask for the whole reply with one click; "" where nothing of it is hidden.
    """
    reply = str(case.course.get("reply", ""))
    drafted = [event for event in history if event.type == f"case.{PAST[Move.DRAFT]}"]
    own = bool(drafted) and drafted[-1].actor == me.actor
    shown = reply if own else mask(reply)
    why = words.READS_REPLY.get(case.state, "") if shown != reply else ""
    return {
        "draft": shown if case.state in words.READS_REPLY else "",
        "draft_hides": why,
        "refused": shown if case.state not in words.READS_REPLY else "",
    }


async def _nothing_to_do(case: Case, sight: Sight, uow: UnitOfWork) -> dict[str, Any]:
    """The page without a form where somebody may look and no more."""
    if sight.below is None or await uow.cases.by_numbers([case.case_no], acting(sight)):
        return {"reads_only": False}
    switched_off = ("may_supervise", "may_decide_way", "may_visit", "reply_move")
    emptied: dict[str, Any] = {"moves": [], "open_moves": frozenset(), "routing": [], "documents": [], "templates": {}}
    return {"reads_only": True, **emptied, **dict.fromkeys(switched_off, False)}


def _prefilled(
    case: Case, proposal: WayProposal, first_no: str, drafts: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """What is known already of the fields of a move: the first case of a repeat, the route of a diverted matter,
    the days that an extension was asked for.

    What somebody began to write themselves goes before it.
    """
    diverted = {"route": proposal.route, "reason": proposal.why} if case.way == DIVERT else {}
    kept = {name: text for name, text in diverted.items() if not drafts.get(f"divert-{name}", {}).get("text")}
    asked = str(case.course.get("extension_days", ""))
    return {
        "ask_bar": {"link": first_no},
        "divert": kept,
        "approve_extension": {"most_days": asked},
    }


def _facts(case: Case) -> dict[str, Any]:
    """What follows from the case alone."""
    accusation = case.kind is CaseKind.ACCUSATION
    return {
        "case": case,
        "proposal": organs.propose(case.kind, case.topic, case.place, case.text),
        "only_organs": _may_get(case) if accusation else (),
        "hears": organs.name_of(case.course.get("hears")),
        "settles": _settling(case),
        "accused": [organs.name_of(code) for code in case.course.get("accused", ())] if accusation else [],
        "organ_name": organs.name_of(case.organ),
        "topic_path": words.topic_path(case.topic),
    }


def _may_get(case: Case) -> list[organs.Organ]:
    """The disciplinary organs an accusation can be sent to."""
    accused = situation_of(case).accused
    return [organ for organ in organs.disciplinary() if organ.code not in accused]


def _settling(case: Case) -> str:
    """Who decides between the organ that objects and the one the rules propose instead, "" where nobody objects."""
    if case.state is not CaseState.OBJECTED:
        return ""
    proposed = organs.propose(case.kind, case.topic, case.place, case.text)
    other = proposed.also if proposed.organ.code == case.organ and proposed.also else proposed.organ
    superior = organs.common_superior(case.organ, other.code)
    return superior.name if superior else ""


def _near(around: dict[str, Any], about: dict[str, Any]) -> dict[str, str | None]:
    """The cases before and after this one in the list it was opened from."""
    numbers = [line["case_no"] for line in around["cases"]]
    here = numbers.index(about["case"].case_no) if about["case"].case_no in numbers else None
    if here is None:
        return {"before": None, "after": numbers[0] if numbers else None}
    return {
        "before": numbers[here - 1] if here else None,
        "after": numbers[here + 1] if here + 1 < len(numbers) else None,
    }
