"""评价: three questions one after the other, each answered by a button or its number; then the case is rated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choice import none_to, settle
from actions.shared import context_of, heard_from, say
from bot.domain.commands import Deed, RateCase
from bot.domain.conversation import Reply
from bot.domain.errors import MoveRefused, NotFound
from bot.flow.dialogue_context import DialogueContext
from bot.flow.rating import QUESTIONS, Rating
from bot.rules import texts

Events = list[dict[str, Any]]


class ActionRate(Action):
    """Begins with a concluded case that is not rated; keeps the answers until all three are there."""

    def name(self) -> str:
        return "action_rate"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        begun = Rating.from_slot(tracker.get_slot("rating"))
        rating = begun.answered(heard_from(tracker).text) if begun else None
        if begun is None and heard_from(tracker).text.strip().isdigit():  # a number to a question nobody put
            say(dispatcher, [texts.reply("utter_not_understood")])
            return []
        if rating is None:
            return await self._begin(dispatcher, tracker)
        if rating.next_question:
            say(dispatcher, [question_of(rating)])
            return [SlotSet("rating", replace(rating, turn=context.inbox_id).to_slot())]
        say(dispatcher, [await self._rate(rating, context)])
        return [SlotSet("rating", None)]

    async def _begin(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        settled = await settle(dispatcher, tracker, Deed.RATE)
        if settled.choices == 0:
            say(dispatcher, [none_to(Deed.RATE)])
        if settled.case is None:
            return [*settled.events, SlotSet("rating", None)]
        rating = Rating(settled.case.case_no, texts.of_case(settled.case), turn=context_of(tracker).inbox_id)
        say(dispatcher, [question_of(rating)])
        return [*settled.events, SlotSet("rating", rating.to_slot())]

    async def _rate(self, rating: Rating, context: DialogueContext) -> Reply:
        scores = rating.scores
        command = RateCase(context.conversation_id, rating.case_no, scores["及时"], scores["态度"], scores["解决"])
        try:
            rated = await context.execute(command)
        except (MoveRefused, NotFound):
            return none_to(Deed.RATE)
        return texts.reply("utter_rated_low" if rated.low else "utter_rated", case_no=rating.case_no, next=rated.next)


def question_of(rating: Rating) -> Reply:
    """The next of the three questions."""
    return texts.reply(QUESTIONS[str(rating.next_question)], case_no=rating.case_no, case=rating.case)
