"""The filing form: a message and the draft → the draft grown and the next question (bot/flow/draft.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shared import FORM, context_of, draft_of, heard_from, is_filing, say
from bot.domain.case import Case
from bot.domain.commands import Deed, FindChoices, FindSameMatter
from bot.domain.reading import CaseKind
from bot.domain.repeats import may_go_on
from bot.flow import corrections
from bot.flow.answering import QUESTIONS
from bot.flow.draft import (
    Draft,
    Heard,
    Known,
    Question,
    Read,
    Step,
    advance,
    ask_next,
    ask_same,
    begin,
    begins,
    is_urgent,
    may_be_added,
    question_reply,
    with_words,
)
from bot.rules import texts

Events = list[dict[str, Any]]


class ValidateFilingForm(Action):
    """Fills the draft. Saying nothing at all lets another rule answer; the form then asks again."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        draft, asked = draft_of(tracker), tracker.get_slot("requested_slot")
        interrupted = interrupting_action(tracker)
        if asked and interrupted:
            if interrupted != "action_handoff" and not asked_meanwhile(tracker):
                say(dispatcher, [question_reply(draft, Question(asked))])
            return [SlotSet("requested_slot", asked)]
        if not asked or not is_filing(tracker):
            return _events(await _begun(draft, tracker), dispatcher)
        step = await _as_before(draft, Question(asked), tracker)
        step = step or advance(draft, Question(asked), heard_from(tracker), context_of(tracker).read)
        return _events(await _compared(step, tracker), dispatcher) if step else []


async def _begun(draft: Draft, tracker: Tracker) -> Step:
    """The first step of a filing; of one that was told before, or whose words belong elsewhere, too."""
    if draft.whole:  # the second of two matters
        return ask_next(draft)
    heard, read = heard_from(tracker), context_of(tracker).read
    step = begin(heard, read)
    awaited, beside = tracker.get_slot("supplementing"), tracker.get_slot("beside")
    if beside:
        return _asked_where(step, beside)
    step = await _compared(step, tracker)
    return _added(step, heard, awaited, read) if awaited and not heard.act.startswith("start_") else step


def _asked_where(step: Step, beside: dict[str, str]) -> Step:
    """Whether what sounded like an addition goes to the case; danger and accusations wait for no answer."""
    known = Known(beside["case_no"], beside["case"], about="beside")
    return ask_same(step, known) if may_be_added(step.draft) else step


def _added(step: Step, heard: Heard, awaited: dict[str, Any], read: Read) -> Step:
    """What was asked for goes to its case; danger is a matter of its own, and an accusation but of an accusation's."""
    draft = with_words(begin(heard, read).draft, heard.text, read)
    fits = may_be_added(draft) or (awaited["accusation"] and not is_urgent(draft))
    return Step(replace(draft, same=awaited["case_no"], adds=True), (), None) if fits else step


async def _as_before(draft: Draft, asked: Question, tracker: Tracker) -> Step | None:
    """«跟刚才一个地方», «电话还是那个»: as in the case that was just filed."""
    said = corrections.as_before(heard_from(tracker).text)
    case = await _just_filed(tracker) if said else None
    if case is None:
        return None
    if case.place and "place" in (said, asked.value) and said != "contact":
        return ask_next(replace(draft, place=case.place))
    if case.phones and "contact" in (said, asked.value) and said != "place":
        return ask_next(replace(draft, phone=case.phones[0], anonymous=False))
    return None


async def _just_filed(tracker: Tracker) -> Case | None:
    """The case that was filed a moment ago; an accusation's facts go nowhere else."""
    latest, context = tracker.get_slot("latest"), context_of(tracker)
    cases = await context.execute(FindChoices(context.conversation_id, Deed.SUPPLEMENT)) if latest else []
    found = next((case for case in cases if case.case_no == latest), None)
    return found if found is not None and found.kind is not CaseKind.ACCUSATION else None


async def _compared(step: Step, tracker: Tracker) -> Step:
    """The step, or the question whether it belongs to an open case: at once if staff wait for more, or if
    little is told right after a filing, else at the end."""
    understood, told = step.draft.understood, step.ask is Question.CONFIRMATION
    if understood is None or not may_be_added(step.draft) or not (told or begins(step)):
        return step
    context, draft = context_of(tracker), step.draft
    command = FindSameMatter(context.conversation_id, understood.topic, draft.place, draft.text, understood)
    same = await context.execute(command)
    if same is not None and (told or same.waits):
        about = "waited" if same.waits else "same"
        return ask_same(step, Known(same.case.case_no, texts.of_case(same.case), same.next, about))
    case = None if told else await _just_filed(tracker)
    if case is None or not (corrections.tells_little(draft.text) and may_go_on(understood, draft.text, case)):
        return step
    return ask_same(step, Known(case.case_no, texts.of_case(case), about="beside"))


def interrupting_action(tracker: Tracker) -> str:
    """The action that has answered since the citizen spoke, "" when the form itself comes first."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return ""
        if event["event"] == "action" and event["name"] not in (FORM, "action_listen", "action_extract_slots"):
            return str(event["name"])
    return ""


# What puts a question of its own in the middle of a filing; the form's question comes when that is answered.
_QUESTIONS = ("choosing", "rating", *QUESTIONS)


def asked_meanwhile(tracker: Tracker) -> bool:
    """Whether this turn has asked something already: a number in answer must mean one thing."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "slot" and event["name"] in _QUESTIONS and event["value"]:
            return True
    return False


def _events(step: Step, dispatcher: CollectingDispatcher) -> Events:
    say(dispatcher, step.replies)
    return [SlotSet("draft", step.draft.to_slot()), SlotSet("requested_slot", step.ask.value if step.ask else None)]
