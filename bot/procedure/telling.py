"""A step of the procedure → what the citizen is told, in plain words, with the next date, on the channel they used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from bot.domain import ports
from bot.domain.case import Case
from bot.domain.conversation import Author, OutboxState, Reply
from bot.domain.deadlines import Deadline, Standing
from bot.domain.lifecycle import Actor, Lane
from bot.domain.permission import Request
from bot.rules import organs, texts

# Nothing is pushed to these: the citizen's page asks for what is new.
FETCHED_CHANNELS = ("web", "terminal")


async def tell(case: Case, step: str, request: Request, deadlines: Iterable[Deadline], uow: ports.UnitOfWork) -> None:
    """Tell the citizen of a public step. Who made it themselves hears of it from the dialogue."""
    if not step or case.conversation_id is None or request.actor is Actor.PETITIONER:
        return
    author = Author.STAFF if step in ("replied", "delivered", "answered") else Author.SYSTEM
    await say(case.conversation_id, notice(case, step, request, deadlines, author), request.at, uow)


def notice(
    case: Case, step: str, request: Request, deadlines: Iterable[Deadline], author: Author = Author.SYSTEM
) -> Reply:
    """The words of a step: `utter_case_<step>`, with what is wanted of it and the next date."""
    facts = {
        "case": texts.of_case(case),
        "organ": organ_name(case, request.organ or case.organ or case.course.get("hears")),
        "reason": request.reason,
        "route": request.route,
        "reply": request.text or str(case.course.get("reply", "")),
        "text": request.text,
        "days": request.days,
        "decision": texts.text(f"utter_decision_{case.course['decision']}") if "decision" in case.course else "",
        "next": next_date(deadlines),
    }
    return texts.reply(f"utter_case_{step}", author=author, case_no=case.case_no, **facts)


def organ_name(case: Case, code: str | None) -> str:
    """An accusation's notice may be read by others on the same phone: it names no organ."""
    return organs.unnamed() if case.lane is Lane.ACCUSATION or not code else organs.name_of(code)


def next_date(deadlines: Iterable[Deadline]) -> str:
    """What comes next and until when, from the clock that ends first among those a citizen can follow; "" if none."""
    running = [one for one in deadlines if one.standing is Standing.RUNNING and one.due_on is not None]
    known = [one for one in running if f"utter_next_{one.code}" in texts.responses()]
    if not known:
        return ""
    first = min(known, key=lambda one: (one.due_on, one.code))
    assert first.due_on is not None
    return texts.text(f"utter_next_{first.code}", date=spoken(first.due_on))


def spoken(day: date) -> str:
    """12 月 5 日."""
    return f"{day.month} 月 {day.day} 日"


async def say(
    conversation_id: str, reply: Reply, at: datetime, uow: ports.UnitOfWork, staff_id: int | None = None
) -> None:
    """Words for the citizen, pushed where the channel can."""
    conversation = await uow.conversations.get(conversation_id)
    fetched = conversation.address.channel in FETCHED_CHANNELS
    state = OutboxState.SENT if fetched else OutboxState.PENDING
    await uow.outbox.add(conversation_id, [reply], at, staff_id=staff_id, state=state)
    if reply.buttons:  # where buttons are a numbered list, a number answers the list that was seen last
        await uow.conversations.offer(conversation_id, reply.buttons)
