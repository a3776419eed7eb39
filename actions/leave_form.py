"""Leaving or restarting a filing."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shared import FORM, context_of, draft_of, is_filing, say
from bot.flow.draft import next_matter
from bot.rules import texts

Events = list[dict[str, Any]]


class ActionCancel(Action):
    """取消: nothing is filed; of two matters the one that was being told is dropped, and the other's turn comes."""

    def name(self) -> str:
        return "action_cancel"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if not is_filing(tracker):
            say(dispatcher, [texts.reply("utter_nothing_to_cancel")])
            return []
        draft = draft_of(tracker)
        if draft.waiting:
            other = next_matter(draft, context_of(tracker).read)
            say(dispatcher, [texts.reply("utter_cancelled_one_of_two", title=other.title)])
            return [SlotSet("draft", other.to_slot()), SlotSet("requested_slot", None), FollowupAction(FORM)]
        say(dispatcher, [texts.reply("utter_cancelled")])
        return [SlotSet("draft", None), SlotSet("requested_slot", None), ActiveLoop(None)]


class ActionRestartFiling(Action):
    """从头来: the draft is emptied and the first question is put again."""

    def name(self) -> str:
        return "action_restart_filing"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        say(dispatcher, [texts.reply("utter_restarted")])
        emptied: Events = [SlotSet("draft", None), SlotSet("requested_slot", "matter")]
        return emptied if is_filing(tracker) else [SlotSet("draft", None), FollowupAction(FORM)]
