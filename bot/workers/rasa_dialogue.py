"""The Rasa agent in a thread and loop of its own: a turn's words → replies and the talk's compact memory.

Rasa's cost grows with the length of a talk (20 → 212 ms a turn after 300), so no history is kept: between turns
the memory is the slots that are set and the open form, and a tracker is built from them for each turn.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import rasa.core.tracker_store
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.domain.conversation import Reply
from bot.domain.errors import DialogueUnavailable
from bot.domain.messages import Button
from bot.domain.reading import Reading, reading_from_json
from bot.flow import dialogue_context
from bot.flow.answering import act_in_talk, rates_in_words
from bot.flow.dialogue_context import DialogueContext
from bot.flow.draft import Heard, Read, speaks_of_danger
from bot.flow.turn import Outcome, Said
from bot.rules import texts
from bot.workers.straight_graph import StraightRunner

logger = logging.getLogger(__name__)

REQUESTED = "requested_slot"
NOT_UNDERSTOOD = "action_not_understood"
ASIDES = ("utter_faq", "utter_small_talk")


class RasaDialogue:
    """A `Dialogue`. Start it before use; it is warm when `start` returns."""

    def __init__(self, model: Path, read: Read) -> None:
        self._model, self._read = model, read
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run_loop, name="rasa", daemon=True)
        self._agent: Agent | None = None
        self._trackers: _TurnTrackers | None = None

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def start(self) -> None:
        """Load the model and take one turn that nobody sees: the first one is a hundred times slower."""
        self._thread.start()
        await self._in_thread(self._load())
        await self.answer(Said("warm-up", 0, "你好", {}, _refuse))

    async def stop(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join, 5)

    async def answer(self, said: Said) -> Outcome:
        """One turn. Raises `DialogueUnavailable` before `start`, and whatever an action raised."""
        if self._agent is None:
            raise DialogueUnavailable("the dialogue has not been loaded")
        outcome: Outcome = await self._in_thread(self._turn(said, asyncio.get_running_loop()))
        return outcome

    async def read(self, text: str) -> Reading:
        """How a text is understood, outside of a turn. Beside the loop: a letter takes its time."""
        return await asyncio.to_thread(self._read, text)

    async def _in_thread(self, work: Any) -> Any:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _load(self) -> None:
        # Rasa checks every answer of an action against a JSON schema, and the schema against its own: 55 of a
        # turn's 75 ms. What our own process hands over needs no such check (docs/decisions/0004).
        RemoteAction._validate_action_result = _is_ours
        executor = ActionExecutor()
        executor.register_package("actions")
        endpoint = _InProcessActions(executor)
        agent: Any = await asyncio.to_thread(Agent.load, str(self._model), action_endpoint=endpoint)
        agent.processor.graph_runner = StraightRunner(agent.processor.graph_runner)
        agent.processor.nlg = _OurTexts()
        agent.processor.parse_message = _in_talk(agent.processor.parse_message)
        # A warning about intents the domain does not have: they are ours, and checking builds a domain a message.
        agent.processor._check_for_unseen_features = _pass
        self._trackers = agent.processor.tracker_store = _TurnTrackers(agent.domain)
        self._agent = agent

    async def _turn(self, said: Said, home: asyncio.AbstractEventLoop) -> Outcome:
        assert self._agent is not None and self._agent.processor is not None and self._trackers is not None

        async def execute(command: Any) -> Any:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_awaited(said, command), home))

        context = DialogueContext(said.conversation_id, said.inbox_id, execute, self._read)
        dialogue_context.enter(context)
        channel = CollectingOutputChannel()
        sender = f"{said.conversation_id}/{said.inbox_id}"
        tracker = self._trackers.open(sender, said.memory)
        message = UserMessage(said.text, channel, sender, metadata={"inbox_id": said.inbox_id})
        try:
            await self._agent.processor.handle_message(message)
            tracker = self._trackers.opened[sender]
        finally:
            self._trackers.opened.pop(sender, None)
        if context.failures:
            raise context.failures[0]
        return Outcome(_replies(channel.messages), _memory(tracker), _is_critical(tracker, said), _is_aside(tracker))


class _OurTexts(NaturalLanguageGenerator):  # type: ignore[misc]
    """Sentences as the rules have them now, not as they were when the model was trained: a city changes its own."""

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Text and buttons; None for Rasa's own actions that say nothing."""
        if utter_action not in texts.responses():
            return None
        said = texts.reply(utter_action)
        return {"text": said.text, "buttons": [vars(button) for button in said.buttons]}


def _in_talk(parse: Callable[..., Awaitable[dict[str, Any]]]) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Rasa's parsing, with the act that a message has after what was asked before it (bot/flow/answering.py)."""

    async def parse_message(
        message: UserMessage, tracker: DialogueStateTracker | None = None, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        parsed = await parse(message, tracker, *args, **kwargs)
        if tracker is None or "reading" not in parsed:
            return parsed
        act, sure = str(parsed["act"]), float(parsed["intent"]["confidence"])
        heard = Heard(message.text or "", act, sure, reading_from_json(parsed["reading"]))
        slots = {name: slot.value for name, slot in tracker.slots.items()}
        settled = act_in_talk(heard, slots, bool(tracker.active_loop_name))
        if settled == act:
            return parsed
        return {**parsed, "act": settled, "intent": {"name": settled.split("/")[0], "confidence": 1.0}}

    return parse_message


def _is_ours(action: RemoteAction, result: Any) -> bool:
    return True


def _pass(parse_data: Any) -> None:
    """Nothing to warn of."""


async def _awaited(said: Said, command: Any) -> Any:
    return await said.execute(command)


async def _refuse(command: Any) -> None:
    raise DialogueUnavailable("warming up")


class _TurnTrackers(rasa.core.tracker_store.TrackerStore):  # type: ignore[misc]
    """Holds the trackers of the turns that run right now, nothing else."""

    def __init__(self, domain: Any) -> None:
        self.opened: dict[str, DialogueStateTracker] = {}
        super().__init__(domain)

    def open(self, sender: str, memory: Mapping[str, Any]) -> DialogueStateTracker:
        """A tracker that remembers what `memory` says."""
        tracker = DialogueStateTracker.from_events(sender, list(_events(memory)), slots=self.domain.slots)
        self.opened[sender] = tracker
        return tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The turn's tracker."""
        return self.opened.get(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """The turn's end."""
        self.opened[tracker.sender_id] = tracker

    async def keys(self) -> Iterable[str]:
        """Nobody is remembered here."""
        return []


def _events(memory: Mapping[str, Any]) -> Iterable[Event]:
    yield SessionStarted()
    for name, value in memory.get("slots", {}).items():
        yield SlotSet(name, value)
    if memory.get("loop"):
        yield ActiveLoop(memory["loop"])
    yield ActionExecuted("action_listen")


def _memory(tracker: DialogueStateTracker) -> dict[str, Any]:
    """The slots that are set and the open form. Not having understood is forgotten once something was understood."""
    slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}
    slots.pop("session_started_metadata", None)
    acted = {event.action_name for event in tracker.events if isinstance(event, ActionExecuted)}
    if NOT_UNDERSTOOD not in acted:
        slots.pop("misunderstood", None)
    if not tracker.active_loop_name:
        slots.pop(REQUESTED, None)
    return {"slots": slots, "loop": tracker.active_loop_name}


def _replies(messages: Iterable[Mapping[str, Any]]) -> tuple[Reply, ...]:
    return tuple(
        Reply(message["text"], tuple(Button(b["title"], b["payload"]) for b in message.get("buttons") or ()))
        for message in messages
        if message.get("text")
    )


def _is_aside(tracker: DialogueStateTracker) -> bool:
    acted = {event.action_name for event in tracker.events if isinstance(event, ActionExecuted)}
    return bool(acted & set(ASIDES)) and acted <= {*ASIDES, "action_listen", "action_extract_slots"}


def _is_critical(tracker: DialogueStateTracker, said: Said) -> bool:
    parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
    slots = said.memory.get("slots", {})
    asked = slots.get(REQUESTED) if said.memory.get("loop") else None
    asked = "rating" if rates_in_words(said.text, slots) else asked
    return "reading" in parsed and speaks_of_danger(said.text, reading_from_json(parsed["reading"]), asked)


class _InProcessActions(EndpointConfig):  # type: ignore[misc]
    """Stands where Rasa expects the address of an action server, and calls the actions directly."""

    def __init__(self, executor: ActionExecutor) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = executor

    async def request(self, *args: Any, json: Any = None, **kwargs: Any) -> Any:
        """Run one action. What it raises ends the turn: Rasa would go on with the action's events lost."""
        try:
            return await self._executor.run(json)
        except Exception as error:
            dialogue_context.current().failures.append(error)
            raise
