"""提交: the confirmed draft → `FileCase`; the citizen gets number and query code."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shared import FORM, context_of, draft_of, say
from bot.domain import query_code
from bot.domain.commands import FileCase, SupplementCase
from bot.domain.reading import Urgency, reading_to_json
from bot.flow.dialogue_context import DialogueContext
from bot.flow.draft import Draft, next_matter
from bot.rules import texts


class ActionFileCase(Action):
    """Runs once the form has been confirmed."""

    def name(self) -> str:
        return "action_file_case"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        context = context_of(tracker)
        draft = draft_of(tracker)
        if draft.adds:
            added = SupplementCase(context.conversation_id, context.inbox_id, draft.text, draft.same)
            case = await context.execute(added)
            say(dispatcher, [texts.reply("utter_supplemented", case_no=case.case_no)])
            return [SlotSet("draft", None)]
        filed = await context.execute(command_for(draft, context))
        code = query_code.spaced(filed.query_code)
        # Who calls for help is not told of a date in two weeks.
        soon = draft.understood is not None and draft.understood.urgency is Urgency.CRITICAL
        then = texts.text("utter_filed_critical") if soon else filed.next
        say(dispatcher, [texts.reply("utter_filed", case_no=filed.case_no, query_code=code, next=then)])
        if not draft.waiting:
            return [SlotSet("draft", None), SlotSet("latest", filed.case_no), SlotSet("subject", None)]
        other = next_matter(draft, context.read)
        say(dispatcher, [texts.reply("utter_next_matter", title=other.title)])
        return [SlotSet("draft", other.to_slot()), FollowupAction(FORM)]


def command_for(draft: Draft, context: DialogueContext) -> FileCase:
    """The draft as a command."""
    reading = draft.understood or context.read(draft.text)
    return FileCase(
        conversation_id=context.conversation_id,
        inbox_id=context.inbox_id,
        text=draft.text,
        kind=draft.case_kind,
        topic=reading.topic,
        urgency=reading.urgency,
        place=draft.place[:256],
        title=reading.title[:60],
        phones=_phones(draft, reading.slots.phones),
        people=reading.slots.people,
        anonymous=draft.anonymous,
        understood=reading_to_json(reading),
        received=draft.whole,
    )


def _phones(draft: Draft, found: tuple[str, ...]) -> tuple[str, ...]:
    if draft.anonymous:
        return ()
    return tuple(dict.fromkeys(filter(None, (draft.phone, *found))))[:5]
