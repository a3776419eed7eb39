"""A step of the procedure → what the citizen is told, in plain words, with the next date, on the channel they used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from bot.domain import ports
from bot.domain.case import Case, CaseEvent
from bot.domain.conversation import Author, OutboxState, Reply
from bot.domain.deadlines import Deadline, Standing
from bot.domain.lifecycle import PAST, Actor, Lane, Move
from bot.domain.masking import hidden_in, mask_text
from bot.domain.permission import TELL, Request
from bot.domain.working_days import local_date
from bot.rules import organs, texts

# Nothing is pushed to these: the citizen's page asks for what is new.
FETCHED_CHANNELS = ("web", "terminal")
OWED, TOLD = "case.telling_owed", "case.told"
# The reply: whoever writes it down for somebody without a channel has handed it over, or read it out.
_HANDED_OVER = ("replied", "delivered", "answered")
_TOLD_BY = (TOLD, f"case.{PAST[Move.DELIVER]}", f"case.{PAST[Move.ANSWER]}")
_LONGEST_REASON = 200


async def tell(case: Case, step: str, request: Request, deadlines: Iterable[Deadline], uow: ports.UnitOfWork) -> None:
    """Tell the citizen of a public step. Who made it themselves hears of it from the dialogue."""
    if not step or request.actor is Actor.PETITIONER:
        return
    if case.conversation_id is None and step in _HANDED_OVER:
        await uow.clocks.end_tasks(case.id, (TELL,), request.at, None)
        return
    author = Author.STAFF if step in _HANDED_OVER else Author.SYSTEM
    acts = case.held_by if request.actor is Actor.SYSTEM else request.of_organ
    await inform(case, notice(case, step, request, deadlines, author), request.at, uow, organ=acts)


async def inform(
    case: Case, reply: Reply, at: datetime, uow: ports.UnitOfWork, *, organ: str = "", staff_id: int | None = None
) -> None:
    """Words for whoever brought a case: on their channel, else as a task for the staff of the organ that acts.

    What came by telephone, letter or visit has no channel. One task a case holds all that is still to be told.
    """
    if case.conversation_id is not None:
        await say(case.conversation_id, reply, at, uow, staff_id)
        return
    means = means_of_telling(case)
    if not means:
        return
    await uow.cases.note(case.id, "system", OWED, {"text": reply.text}, at)
    owed = untold(await uow.cases.history(case))
    await uow.clocks.end_tasks(case.id, (TELL,), at, None)
    several = f"（共 {len(owed)} 项）" if len(owed) > 1 else ""
    # Hidden before it is cut: half a number is none that could still be found and hidden.
    text = mask_text(reply.text, hidden_in(case)).replace("\n", " ")
    reason = f"请{means}告知{several}：{text}"[:_LONGEST_REASON]
    await uow.clocks.add_task(TELL, case.id, organ, reason, local_date(at), at)


def means_of_telling(case: Case) -> str:
    """电话 or 书面: how somebody without a channel can be told; "" where nothing was left to reach them by."""
    if case.phones:
        return "电话"
    return "书面" if case.petitioner.address else ""


def untold(history: Iterable[CaseEvent]) -> list[str]:
    """What is still to be told to a petitioner without a channel, oldest first."""
    owed: list[str] = []
    for event in history:
        if event.type in _TOLD_BY:
            owed.clear()
        elif event.type == OWED:
            owed.append(str(event.data["text"]))
    return owed


def notice(
    case: Case, step: str, request: Request, deadlines: Iterable[Deadline], author: Author = Author.SYSTEM
) -> Reply:
    """The words of a step: `utter_case_<step>`, with what is wanted of it and the next date."""
    facts = {
        "case": texts.of_case(case),
        "organ": organ_name(case, request.organ or case.held_by),
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
