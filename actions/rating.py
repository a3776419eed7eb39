"""评价: three questions one after the other, each answered by a button or its number; then the case is rated."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shared import context_of, heard_from, say
from bot.domain.commands import FindRatable, RateCase
from bot.domain.errors import MoveRefused, NotFound
from bot.flow.rating import QUESTIONS, Rating
from bot.rules import texts

Events = list[dict[str, Any]]
_SCORE = re.compile(r"^(及时|态度|解决)\s*([1-5])\s*分$")


class ActionRate(Action):
    """Begins with the newest concluded case that is not rated; keeps the answers until all three are there."""

    def name(self) -> str:
        return "action_rate"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        rating = Rating.from_slot(tracker.get_slot("rating"))
        answer = _SCORE.match(heard_from(tracker).text.strip())
        if answer and rating:
            rating = rating.answered(answer[1], int(answer[2]))
        if rating is None or not answer:
            case = await context.execute(FindRatable(context.conversation_id))
            if case is None:
                say(dispatcher, [texts.reply("utter_nothing_to_rate")])
                return [SlotSet("rating", None)]
            rating = Rating(case.case_no, case.title)
        question = rating.next_question
        if question:
            say(dispatcher, [texts.reply(QUESTIONS[question], case_no=rating.case_no, title=rating.title)])
            return [SlotSet("rating", rating.to_slot())]
        say(dispatcher, [await self._rate(rating, context)])
        return [SlotSet("rating", None)]

    async def _rate(self, rating: Rating, context: Any) -> Any:
        scores = rating.scores
        command = RateCase(context.conversation_id, rating.case_no, scores["及时"], scores["态度"], scores["解决"])
        try:
            low = await context.execute(command)
        except (MoveRefused, NotFound):
            return texts.reply("utter_nothing_to_rate")
        return texts.reply("utter_rated_low" if low else "utter_rated", case_no=rating.case_no)
