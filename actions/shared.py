"""What every action needs: the turn it runs in, what was heard, and a way to say replies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.domain.conversation import Reply
from bot.domain.reading import reading_from_json
from bot.flow import dialogue_context
from bot.flow.dialogue_context import DialogueContext
from bot.flow.draft import Draft, Heard

FORM = "filing_form"


def context_of(tracker: Tracker) -> DialogueContext:
    """The running turn; under `rasa run actions` one is opened for this call."""
    if not dialogue_context.is_in_turn():
        from bot.bootstrap import standalone_context

        dialogue_context.enter(standalone_context(tracker.sender_id))
    return dialogue_context.current()


def heard_from(tracker: Tracker) -> Heard:
    """The latest message as act and reading."""
    message = tracker.latest_message
    return Heard(
        text=message.get("text") or "",
        act=message.get("act") or message["intent"]["name"],
        sure=float(message["intent"].get("confidence") or 0.0),
        reading=reading_from_json(message["reading"]),
    )


def draft_of(tracker: Tracker) -> Draft:
    """What is being filed."""
    return Draft.from_slot(tracker.get_slot("draft"))


def say(dispatcher: CollectingDispatcher, replies: Iterable[Reply]) -> None:
    """Hand replies to Rasa."""
    for reply in replies:
        buttons: list[dict[str, Any]] = [{"title": b.title, "payload": b.payload} for b in reply.buttons]
        dispatcher.utter_message(text=reply.text, buttons=buttons)


def is_filing(tracker: Tracker) -> bool:
    """Whether the form is open."""
    return (tracker.active_loop or {}).get("name") == FORM
