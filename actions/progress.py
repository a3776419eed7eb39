"""查进度: by conversation, or by number and query code."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choice import named_in, none_to, settle
from actions.shared import context_of, heard_from, say
from bot.domain import query_code
from bot.domain.case import Case
from bot.domain.commands import Deed, FindProgress, Progress
from bot.domain.conversation import Reply
from bot.domain.errors import NotFound
from bot.domain.lifecycle import STATE_NAMES
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.flow.choice import day_of, numbers_in
from bot.flow.dialogue_context import DialogueContext
from bot.rules import organs, texts

Events = list[dict[str, Any]]
TRIES = 5


class ActionProgress(Action):
    """Reads number and code out of the message; remembers a number until its code comes."""

    def name(self) -> str:
        return "action_progress"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        case_no, code = numbers_in(heard_from(tracker).text)
        case_no = case_no or (tracker.get_slot("asked_progress_of") if code else "") or ""
        named = named_in(tracker)
        if not case_no or named is not None:
            return await _own_progress(dispatcher, tracker)
        tries = int(tracker.get_slot("wrong_codes") or 0)
        if tries >= TRIES:
            say(dispatcher, [texts.reply("utter_too_many_tries")])
            return []
        replies, found = await progress_of(context, case_no, code)
        say(dispatcher, replies)
        wrong = tries + 1 if code and not found else (0 if found else tries)
        known = [SlotSet("subject", case_no), SlotSet("latest", None)] if found else []
        return [
            *known,
            SlotSet("asked_progress_of", None if found else case_no),
            SlotSet("wrong_codes", wrong or None),
        ]


async def _own_progress(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """One of the cases of this conversation."""
    context = context_of(tracker)
    settled = await settle(dispatcher, tracker, Deed.PROGRESS)
    if settled.choices == 0:
        say(dispatcher, [none_to(Deed.PROGRESS)])
    if settled.case is None:
        return settled.events
    found = await context.execute(FindProgress(context.conversation_id, settled.case.case_no))
    say(dispatcher, [settled.told(progress_reply(found), Deed.PROGRESS)])
    return settled.events


async def progress_of(context: DialogueContext, case_no: str, code: str) -> tuple[list[Reply], bool]:
    """One case by number; tells whether it was shown."""
    if code and not query_code.is_well_formed(code):
        return [texts.reply("utter_query_code_mistyped")], False
    try:
        found = await context.execute(FindProgress(context.conversation_id, case_no, code))
    except NotFound:
        unknown = texts.reply("utter_not_found") if code else texts.reply("utter_need_query_code", case_no=case_no)
        return [unknown], False
    here = [texts.reply("utter_opened_by_code")] if found.opened else []
    return [progress_reply(found), *here], True


def progress_reply(progress: Progress) -> Reply:
    """What a citizen may know of a case."""
    case = progress.case
    last = texts.text("utter_last_reply", reply=progress.last_reply) if progress.last_reply else ""
    return texts.reply(
        "utter_progress",
        case_no=case.case_no,
        title=_title(case),
        state=STATE_NAMES[case.state],
        organ=_organ(case),
        last_reply="\n".join(filter(None, (progress.next, last))),
    )


def _title(case: Case) -> str:
    """An accusation's words are for nobody who looks over a shoulder."""
    if case.kind is not CaseKind.ACCUSATION:
        return case.title
    return texts.text("utter_title_withheld", date=day_of(local_date(case.filed_at)))


def _organ(case: Case) -> str:
    """An accusation's organ is nobody's to know."""
    if not case.organ or case.kind is CaseKind.ACCUSATION:
        return ""
    return f"（{organs.name_of(case.organ)}）"
