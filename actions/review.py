"""申请复查、复核: asked for in the chat, with a reason, within the window that the written reply opened."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choice import none_to, settle
from actions.shared import context_of, heard_from, say
from bot.domain.commands import Deed, RequestReview
from bot.domain.errors import MoveRefused, NotFound
from bot.rules import texts

Events = list[dict[str, Any]]
_REASON = re.compile(r"^.{0,6}?(?:申请|要|想)复[查核]\s*[:：,，]\s*(.+)$", re.DOTALL)


class ActionRequestReview(Action):
    """Without a reason it is asked for; with one the review is opened and linked."""

    def name(self) -> str:
        return "action_request_review"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        given = _REASON.match(heard_from(tracker).text.strip())
        settled = await settle(dispatcher, tracker, Deed.REVIEW, words=given[1].strip() if given else "", said="")
        if settled.choices == 0:
            say(dispatcher, [none_to(Deed.REVIEW)])
        if settled.case is None:
            return settled.events
        case = settled.case
        if not settled.words:
            asked = texts.reply("utter_review_reason", case_no=case.case_no, title=case.title)
            say(dispatcher, [settled.told(asked, Deed.REVIEW)])
            return [*settled.events, SlotSet("subject", case.case_no)]
        try:
            opened = await context.execute(RequestReview(context.conversation_id, case.case_no, settled.words))
        except (MoveRefused, NotFound):
            say(dispatcher, [none_to(Deed.REVIEW)])
            return []
        say(
            dispatcher,
            [texts.reply("utter_review_requested", case_no=opened.case.case_no, title=case.title, next=opened.next)],
        )
        return settled.events
