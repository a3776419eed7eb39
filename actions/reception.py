"""接访: free slots are offered, one is booked, a booking is given back; «预约接访：12月5日 9:00» names a slot."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.shared import context_of, heard_from, say
from bot.domain.commands import BookSlot, CancelBooking, FindSlots
from bot.domain.errors import NotFound
from bot.domain.reception import SlotTaken
from bot.flow import reception
from bot.rules import texts

Events = list[dict[str, Any]]


class ActionBookVisit(Action):
    """Without a slot the next free ones are offered; a citizen has one booking at a time."""

    def name(self) -> str:
        return "action_book_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        slots = await context.execute(FindSlots(context.conversation_id))
        if slots.own is not None:
            say(dispatcher, [reception.told_already(slots.own)])
            return []
        wanted = reception.named_slot(heard_from(tracker).text, slots.free)
        if wanted is None:
            asked = reception.named_time(heard_from(tracker).text) is not None
            say(dispatcher, [reception.offered(slots.free, taken=asked)])
            return []
        try:
            booking = await context.execute(
                BookSlot(context.conversation_id, wanted.day.id, wanted.slot, tracker.get_slot("subject") or "")
            )
        except (SlotTaken, NotFound):
            again = await context.execute(FindSlots(context.conversation_id))
            say(dispatcher, [reception.offered(again.free, taken=True)])
            return []
        say(dispatcher, [reception.told_booked(booking)])
        return []


class ActionCancelVisit(Action):
    """取消预约."""

    def name(self) -> str:
        return "action_cancel_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        context = context_of(tracker)
        booking = await context.execute(CancelBooking(context.conversation_id))
        if booking is None:
            say(dispatcher, [texts.reply("utter_no_visit")])
            return []
        say(dispatcher, [texts.reply("utter_visit_cancelled", when=reception.when(booking))])
        return []
