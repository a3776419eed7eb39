"""Handing over to a person, and owning up to not having understood."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shared import context_of, say
from bot.domain.commands import RequestHandoff
from bot.rules import texts

Events = list[dict[str, Any]]


class ActionHandoff(Action):
    """转人工."""

    def name(self) -> str:
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        await context.execute(RequestHandoff(context.conversation_id))
        say(dispatcher, [texts.reply("utter_handoff")])
        return []


class ActionNotUnderstood(Action):
    """兜底: choices the first time, a person the second."""

    def name(self) -> str:
        return "action_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        failures = int(tracker.get_slot("misunderstood") or 0) + 1
        say(dispatcher, [texts.reply("utter_not_understood" if failures == 1 else "utter_offer_person")])
        return [SlotSet("misunderstood", failures)]
