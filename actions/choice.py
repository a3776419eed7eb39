"""Which case a deed is about: the one that is meant, or the question which one; the same for every deed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shared import context_of, heard_from, say
from bot.domain.case import Case
from bot.domain.commands import Deed, FindChoices
from bot.domain.conversation import Reply
from bot.flow import choice
from bot.flow.choice import Choosing, Named
from bot.rules import texts

Events = list[dict[str, Any]]


@dataclass(frozen=True)
class Settled:
    """The case, None where a question was put or there is nothing to choose from; what the talk remembers of it.

    `words` were said for it in message `inbox_id`, perhaps before the list was put; `of_several`: it could be another.
    """

    case: Case | None
    events: Events
    words: str
    inbox_id: int | None
    of_several: bool = False
    choices: int = 0

    def told(self, reply: Reply, deed: Deed) -> Reply:
        """A reply about the case, with the way to the others where there are any."""
        return choice.with_others(reply, deed) if self.of_several else reply


async def settle(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    deed: Deed,
    *,
    words: str = "",
    said: str | None = None,
    fits: Callable[[Case], bool] = lambda case: True,
    first_of: Callable[[list[Case]], str] = lambda cases: "",
) -> Settled:
    """Find the case or ask for it. `words` are kept until it is named; `said` may name it, by default the message;
    `fits` leaves cases out; `first_of` gives the number of the one to take where none was talked about."""
    context, named = context_of(tracker), named_in(tracker) or _numbered(tracker, deed)
    cases = [case for case in await context.execute(FindChoices(context.conversation_id, deed)) if fits(case)]
    words, inbox_id = _kept_words(tracker, deed) or (words, context.inbox_id)
    if not cases:
        return Settled(None, [], words, inbox_id)
    talked_about = tracker.get_slot("subject") or ""
    subject = talked_about if talked_about in {case.case_no for case in cases} else first_of(cases)
    meant = choice.meant(cases, heard_from(tracker).text if said is None else said, named, subject)
    if isinstance(meant, Case):
        chosen = len(cases) > 1 and meant.case_no != first_of(cases)
        events = [SlotSet("subject", meant.case_no), SlotSet("latest", None)] if chosen or _names(named) else []
        return Settled(meant, events, words, inbox_id, len(cases) > 1, len(cases))
    listed = tuple(choice.listed(case, deed) for case in meant)
    first = named.first if named is not None and named.first < len(listed) else 0
    choosing = Choosing(deed, listed, first, words, inbox_id, context.inbox_id)
    say(dispatcher, [choice.put(choosing, unknown=named.case_no if named else "")])
    return Settled(None, [SlotSet("choosing", choosing.to_slot())], words, inbox_id, True, len(cases))


def named_in(tracker: Tracker) -> Named | None:
    """What the gate found named in the message."""
    return Named.from_slot(tracker.get_slot("named"))


def _numbered(tracker: Tracker, deed: Deed) -> Named | None:
    """A number in the message where no gate stood before the dialogue (`rasa run actions`)."""
    text = heard_from(tracker).text
    case_no, code = choice.numbers_in(text)
    return Named(deed, text, case_no) if case_no and not code else None


def _names(named: Named | None) -> bool:
    return named is not None and bool(named.case_no)


def _kept_words(tracker: Tracker, deed: Deed) -> tuple[str, int | None] | None:
    """The words that waited for this answer, and their message."""
    choosing, named = Choosing.from_slot(tracker.get_slot("choosing")), named_in(tracker)
    if named is None or choosing is None or choosing.deed is not deed or not choosing.words:
        return None
    return choosing.words, choosing.inbox_id


def none_to(deed: Deed) -> Reply:
    """There is no case with which this could be done."""
    return texts.reply(f"utter_none_to_{deed.value}")
