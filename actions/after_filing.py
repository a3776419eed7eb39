"""What a citizen does about a case that is filed: add to it, hurry it, take it back."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.progress import numbers_in
from actions.shared import FORM, context_of, heard_from, say
from bot.domain.commands import HurryCase, ListOwnCases, SupplementCase, WithdrawCase
from bot.domain.errors import NotFound
from bot.domain.lifecycle import STATE_NAMES
from bot.flow.citizen_commands import may_withdraw
from bot.rules import texts

Events = list[dict[str, Any]]


class ActionSupplement(Action):
    """补充: onto an open case; without one, or where the words are a matter of their own, a filing begins."""

    def name(self) -> str:
        return "action_supplement"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        heard = heard_from(tracker)
        command = SupplementCase(context.conversation_id, context.inbox_id, heard.text, reading=heard.reading)
        try:
            case = await context.execute(command)
        except NotFound:
            return [FollowupAction(FORM)]
        say(dispatcher, [texts.reply("utter_supplemented", case_no=case.case_no)])
        return []


def named_case(tracker: Tracker) -> str:
    """The number that was said, "" where none was."""
    return numbers_in(heard_from(tracker).text)[0]


class ActionHurry(Action):
    """催办."""

    def name(self) -> str:
        return "action_hurry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        try:
            case = await context.execute(HurryCase(context.conversation_id, named_case(tracker)))
        except NotFound:
            say(dispatcher, [texts.reply("utter_no_cases")])
            return []
        say(dispatcher, [texts.reply("utter_hurried", case_no=case.case_no, state=STATE_NAMES[case.state])])
        return []


class ActionWithdraw(Action):
    """撤回 is asked for: name the case first."""

    def name(self) -> str:
        return "action_withdraw"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        wanted = named_case(tracker)
        for progress in await context.execute(ListOwnCases(context.conversation_id)):
            if may_withdraw(progress.case) and wanted in ("", progress.case.case_no):
                case = progress.case
                say(dispatcher, [texts.reply("utter_withdraw_confirm", case_no=case.case_no, title=case.title)])
                return [SlotSet("withdrawing", case.case_no)]
        say(dispatcher, [texts.reply("utter_cannot_withdraw")])
        return []


class ActionConfirmWithdrawal(Action):
    """撤回 is confirmed."""

    def name(self) -> str:
        return "action_confirm_withdrawal"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        try:
            asked = tracker.get_slot("withdrawing") or ""
            case = await context.execute(WithdrawCase(context.conversation_id, asked))
        except NotFound:
            say(dispatcher, [texts.reply("utter_cannot_withdraw")])
            return [SlotSet("withdrawing", None)]
        say(dispatcher, [texts.reply("utter_withdrawn", case_no=case.case_no)])
        return [SlotSet("withdrawing", None)]
