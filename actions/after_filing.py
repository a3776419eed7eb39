"""What a citizen does about a case that is filed: add to it, hurry it, take it back."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choice import named_in, none_to, settle
from actions.shared import FORM, context_of, heard_from, say
from bot.domain.case import Case
from bot.domain.commands import Deed, HurryCase, SupplementCase, WithdrawCase
from bot.domain.conversation import Reply
from bot.domain.errors import NotFound
from bot.domain.lifecycle import STATE_NAMES
from bot.domain.reading import CaseKind, Reading
from bot.domain.repeats import is_another_matter, seems_another_matter
from bot.flow import choice, corrections
from bot.rules import texts

Events = list[dict[str, Any]]


class ActionSupplement(Action):
    """补充: onto an open case; without one, or where the words are a matter of their own, a filing begins."""

    def name(self) -> str:
        return "action_supplement"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context, heard = context_of(tracker), heard_from(tracker)
        settled = await settle(
            dispatcher,
            tracker,
            Deed.SUPPLEMENT,
            words="" if choice.is_bare_supplement(heard.text) else heard.text,
            said=choice.naming_clause(heard.text),
            fits=lambda case: not is_another_matter(heard.reading, case),
            first_of=lambda cases: _expected(cases, tracker.get_slot("latest") or ""),
        )
        if settled.choices == 0:
            return _nothing_to_add_to(dispatcher, tracker)
        if settled.case is None:
            return settled.events
        case = settled.case
        if not settled.words:
            asked = texts.reply("utter_supplement_what", case=texts.of_case(case))
            say(dispatcher, [settled.told(asked, Deed.SUPPLEMENT)])
            accusation = case.kind is CaseKind.ACCUSATION
            waits = {"case_no": case.case_no, "turn": context.inbox_id, "accusation": accusation}
            return [*settled.events, SlotSet("supplementing", waits)]
        reading = heard.reading if settled.words == heard.text else context.read(settled.words)
        if heard.act == "supplement" and named_in(tracker) is None and _sounds_apart(heard.text, reading, case):
            beside = {"case_no": case.case_no, "case": texts.of_case(case)}
            return [*settled.events, SlotSet("beside", beside), FollowupAction(FORM)]
        command = SupplementCase(
            context.conversation_id, settled.inbox_id, settled.words, case.case_no, reading=reading
        )
        try:
            case = await context.execute(command)
        except NotFound:
            return _nothing_to_add_to(dispatcher, tracker)
        say(dispatcher, [_told_added(case, tracker)])
        return settled.events


def _told_added(case: Case, tracker: Tracker) -> Reply:
    """Where nobody said which case, or that these words belong to one, the way out is told too."""
    asked_for = named_in(tracker) is not None or corrections.adds_expressly(heard_from(tracker).text)
    if asked_for or case.course.get("waiting"):
        return texts.reply("utter_supplemented", case_no=case.case_no)
    return texts.reply("utter_supplemented_unasked", case=texts.of_case(case))


def _sounds_apart(said: str, reading: Reading, case: Case) -> bool:
    """«对了，还有村里的路灯也不亮» after a road: the form asks the citizen. What staff asked for is no other matter,
    nor is more of the one whom an accusation is about: it must not end in a case that everybody reads."""
    belongs = bool(case.course.get("waiting")) or corrections.adds_expressly(said)
    accused = case.kind is CaseKind.ACCUSATION and bool(re.search("[他她]", said))
    return not (belongs or accused) and seems_another_matter(reading, said, case)


def _expected(cases: list[Case], latest: str) -> str:
    """The only case that waits for more, else the one that was filed a moment ago."""
    waiting = [case.case_no for case in cases if case.course.get("waiting")]
    if waiting:
        return waiting[0] if len(waiting) == 1 else ""
    return latest if latest in {case.case_no for case in cases} else ""


def _nothing_to_add_to(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    if named_in(tracker) is None and not choice.is_bare_supplement(heard_from(tracker).text):
        return [FollowupAction(FORM)]
    say(dispatcher, [none_to(Deed.SUPPLEMENT)])
    return []


class ActionHurry(Action):
    """催办."""

    def name(self) -> str:
        return "action_hurry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        settled = await settle(dispatcher, tracker, Deed.HURRY)
        if settled.choices == 0:
            say(dispatcher, [none_to(Deed.HURRY)])
        if settled.case is None:
            return settled.events
        case = await context.execute(HurryCase(context.conversation_id, settled.case.case_no))
        said = texts.reply("utter_hurried", case=texts.of_case(case), state=STATE_NAMES[case.state])
        say(dispatcher, [settled.told(said, Deed.HURRY)])
        return settled.events


class ActionWithdraw(Action):
    """撤回 is asked for: name the case first."""

    def name(self) -> str:
        return "action_withdraw"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        settled = await settle(dispatcher, tracker, Deed.WITHDRAW)
        if settled.choices == 0:
            say(dispatcher, [none_to(Deed.WITHDRAW)])
        if settled.case is None:
            return [*settled.events, SlotSet("withdrawing", None)]
        case = settled.case
        asked = texts.reply("utter_withdraw_confirm", case=texts.of_case(case))
        say(dispatcher, [settled.told(asked, Deed.WITHDRAW)])
        put = {"case_no": case.case_no, "turn": context_of(tracker).inbox_id}
        return [*settled.events, SlotSet("withdrawing", put)]


class ActionConfirmWithdrawal(Action):
    """撤回 is confirmed; where no case was named before, it is asked for."""

    def name(self) -> str:
        return "action_confirm_withdrawal"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context, asked = context_of(tracker), tracker.get_slot("withdrawing")
        if not asked:
            return await ActionWithdraw().run(dispatcher, tracker, domain)
        try:
            case = await context.execute(WithdrawCase(context.conversation_id, asked["case_no"]))
        except NotFound:
            say(dispatcher, [none_to(Deed.WITHDRAW)])
            return [SlotSet("withdrawing", None)]
        say(dispatcher, [texts.reply("utter_withdrawn", case_no=case.case_no)])
        return [SlotSet("withdrawing", None)]


class ActionKeepCase(Action):
    """The case stays, or no review is asked for."""

    def name(self) -> str:
        return "action_keep_case"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dropped = tracker.get_slot("reviewing") and not tracker.get_slot("withdrawing")
        say(dispatcher, [texts.reply("utter_review_dropped" if dropped else "utter_not_withdrawn")])
        return [SlotSet("withdrawing", None), SlotSet("reviewing", None)]
