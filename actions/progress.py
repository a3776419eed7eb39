"""查进度: by conversation, or by number and query code."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shared import context_of, heard_from, say
from bot.domain import query_code
from bot.domain.case import Case
from bot.domain.commands import FindProgress, ListOwnCases, Progress
from bot.domain.conversation import Reply
from bot.domain.errors import NotFound
from bot.domain.lifecycle import STATE_NAMES
from bot.domain.reading import CaseKind
from bot.flow.dialogue_context import DialogueContext
from bot.rules import organs, texts

Events = list[dict[str, Any]]
TRIES = 5
_CODE = re.compile(r"(?<!\d)(?:\d[ -]?){15}\d(?!\d)")
_NUMBER = re.compile(r"(?<!\d)(20\d{6})[ -]?(\d{5})(?!\d)")


class ActionProgress(Action):
    """Reads number and code out of the message; remembers a number until its code comes."""

    def name(self) -> str:
        return "action_progress"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        case_no, code = numbers_in(heard_from(tracker).text)
        case_no = case_no or (tracker.get_slot("asked_progress_of") if code else "") or ""
        if not case_no:
            say(dispatcher, await own_progress(context))
            return []
        tries = int(tracker.get_slot("wrong_codes") or 0)
        if tries >= TRIES:
            say(dispatcher, [texts.reply("utter_too_many_tries")])
            return []
        replies, found = await progress_of(context, case_no, code)
        say(dispatcher, replies)
        wrong = tries + 1 if code and not found else (0 if found else tries)
        return [SlotSet("asked_progress_of", None if found else case_no), SlotSet("wrong_codes", wrong or None)]


def numbers_in(text: str) -> tuple[str, str]:
    """Case number and query code in a text, "" where there is none. Full-width digits and dashes are folded."""
    folded = re.sub(r"[‐-―－–—]", "-", unicodedata.normalize("NFKC", text))
    code = _CODE.search(folded)
    rest = folded.replace(code[0], " ") if code else folded
    number = _NUMBER.search(rest)
    return (f"{number[1]}-{number[2]}" if number else "", re.sub(r"\D", "", code[0]) if code else "")


async def own_progress(context: DialogueContext) -> list[Reply]:
    """The cases of this conversation, newest first."""
    found = await context.execute(ListOwnCases(context.conversation_id))
    return [progress_reply(progress) for progress in found] or [texts.reply("utter_no_cases")]


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
        title=case.title,
        state=STATE_NAMES[case.state],
        organ=_organ(case),
        last_reply="\n".join(filter(None, (progress.next, last))),
    )


def _organ(case: Case) -> str:
    """An accusation's organ is nobody's to know."""
    if not case.organ or case.kind is CaseKind.ACCUSATION:
        return ""
    return f"（{organs.name_of(case.organ)}）"
