"""申请复查、复核: asked for in the chat, with a reason, within the window that the written reply opened."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choice import Settled, none_to, settle
from actions.shared import FORM, context_of, heard_from, say
from bot.domain.commands import Deed, RequestReview
from bot.domain.errors import MoveRefused, NotFound
from bot.domain.reading import Urgency
from bot.domain.repeats import accuses_beside
from bot.flow import review
from bot.flow.dialogue_context import DialogueContext
from bot.rules import texts

Events = list[dict[str, Any]]


class ActionRequestReview(Action):
    """Without a reason it is asked for; with one the review is opened and linked."""

    def name(self) -> str:
        return "action_request_review"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context, heard = context_of(tracker), heard_from(tracker)
        given = review.reason_in(heard.text) if tracker.get_slot("reviewing") else review.stated_reason(heard.text)
        settled = await settle(dispatcher, tracker, Deed.REVIEW, words=given, said="")
        if settled.choices == 0:
            say(dispatcher, [none_to(Deed.REVIEW)])
        if settled.case is None:
            return settled.events
        if not settled.words:
            asked = texts.reply("utter_review_reason", case=texts.of_case(settled.case))
            say(dispatcher, [settled.told(asked, Deed.REVIEW)])
            waits = {"case_no": settled.case.case_no, "turn": context.inbox_id}
            return [*settled.events, SlotSet("subject", settled.case.case_no), SlotSet("reviewing", waits)]
        return await _with_reason(settled, context, dispatcher)


async def _with_reason(settled: Settled, context: DialogueContext, dispatcher: CollectingDispatcher) -> Events:
    """An accusation reaches no reviewer, it is filed for itself; danger in the reason is filed besides."""
    case, reading = settled.case, context.read(settled.words)
    assert case is not None, "a reason is for a case"
    if accuses_beside(reading, case):
        say(dispatcher, [texts.reply("utter_review_accuses")])
        return [SlotSet("reviewing", None), FollowupAction(FORM)]
    try:
        opened = await context.execute(RequestReview(context.conversation_id, case.case_no, settled.words))
    except (MoveRefused, NotFound):
        say(dispatcher, [none_to(Deed.REVIEW)])
        return [SlotSet("reviewing", None)]
    here = opened.case.conversation_id == context.conversation_id
    name = "utter_review_requested" if here else "utter_review_requested_elsewhere"
    told = texts.reply(name, case_no=opened.case.case_no, case=texts.of_case(case), next=opened.next)
    known: Events = [*settled.events, SlotSet("reviewing", None)]
    if reading.urgency < Urgency.CRITICAL:
        say(dispatcher, [told])
        return known
    say(dispatcher, [told, texts.reply("utter_review_danger")])
    return [*known, FollowupAction(FORM)]
