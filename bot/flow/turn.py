"""One turn: open inbox items → dialogue → case, memory, outbox and the items' end, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain.clock import Clock
from bot.domain.conversation import Conversation, InboxItem, Mode, OutboxState, Reply
from bot.domain.messages import Button
from bot.domain.ports import Store, UnitOfWork
from bot.domain.reading import Reading
from bot.flow import citizen_commands, gate
from bot.flow.answering import QUESTIONS
from bot.flow.choice import Choosing, Named
from bot.flow.draft import MAX_WORDS, Draft
from bot.flow.late import late_reply
from bot.flow.sealing import Judge
from bot.rules import texts
from bot.rules.emergency import emergency_text, wants_company

logger = logging.getLogger(__name__)

Execute = Callable[[Any], Awaitable[Any]]
GIVE_UP_AFTER = 3
# What the memory of a talk calls it that a person was told an accusation.
CONFIDED = "confided"
# After so long a silence a new talk begins: which case is meant is asked again.
TALK_LASTS = timedelta(hours=3)
_OF_THE_TURN = ("named", "beside")
_OF_THE_TALK = ("subject", "latest", "choosing", *QUESTIONS)


@dataclass(frozen=True)
class Said:
    """What the dialogue is given: the words, where they came from, and its own memory of the talk."""

    conversation_id: str
    inbox_id: int
    text: str
    memory: Mapping[str, Any]
    execute: Execute


@dataclass(frozen=True)
class Outcome:
    """What the dialogue gives back. `critical` says that life or safety is in danger in these words.

    `aside`: no more than small talk or a question about the service was answered.
    """

    replies: tuple[Reply, ...]
    memory: Mapping[str, Any]
    critical: bool = False
    aside: bool = False


class Dialogue(Protocol):
    """Talks with citizens. Raises `DialogueUnavailable` when it can't."""

    async def answer(self, said: Said) -> Outcome: ...
    async def read(self, text: str) -> Reading: ...


@dataclass(frozen=True)
class Timing:
    """How a channel is answered: seconds in which its own connection takes the answer; whether it must be pushed."""

    answer_within: float = 0.0
    pushed: bool = True


@dataclass
class Turns:
    """Takes turns. `timing` tells by channel name how long an answer may wait for its own connection."""

    store: Store
    dialogue: Dialogue
    clock: Clock
    secret: bytes
    timing: Mapping[str, Timing] = field(default_factory=dict)

    async def waiting(self, conversation_id: str) -> tuple[Conversation, list[InboxItem]]:
        """A conversation and its open items, oldest first. Raises `NotFound`."""
        async with self.store.read() as uow:
            return await uow.conversations.get(conversation_id), await uow.inbox.open_of(conversation_id)

    async def take(self, conversation: Conversation, waiting: Sequence[InboxItem]) -> list[int]:
        """Take the next turn of a conversation: the ids of the items it ended, none when nothing is open."""
        items = gate.first_turn(waiting, conversation)
        if not items:
            return []
        try:
            await self._answer(conversation, items)
        except Exception:
            await self._count_failure(conversation, items)
            raise
        return [item.id for item in items]

    async def _answer(self, conversation: Conversation, items: Sequence[InboxItem]) -> None:
        async with AsyncExitStack() as stack:
            work = _Work(self, conversation, items, stack)
            replies, memory = await self._led(conversation, items, work)
            await work.finish(replies, memory)

    async def _led(
        self, conversation: Conversation, items: Sequence[InboxItem], work: _Work
    ) -> tuple[tuple[Reply, ...], Mapping[str, Any]]:
        if items[0].attempts >= GIVE_UP_AFTER:  # the bot can't; a person can
            work.mode = Mode.WAITING
            return (late_reply(items[-1]),), conversation.dialogue
        if conversation.mode is Mode.BOT:
            return await self._with_bot(conversation, items, work)
        return self._with_person(conversation, items, work), await self._overheard(conversation, items, work)

    async def _with_bot(
        self, conversation: Conversation, items: Sequence[InboxItem], work: _Work
    ) -> tuple[tuple[Reply, ...], Mapping[str, Any]]:
        passed = gate.passes(items, conversation)
        if isinstance(passed, gate.Answered):
            work.mode = passed.mode or conversation.mode
            return passed.replies, conversation.dialogue
        memory = remembered(conversation.dialogue, passed.named, self.clock.now())
        await work.judge.read_draft(_draft_in(memory))
        said = Said(conversation.id, items[-1].id, passed.text, memory, work.execute)
        outcome = await self.dialogue.answer(said)
        if not outcome.critical:
            return (*passed.said_before, *outcome.replies, *_still_asked(outcome)), self._kept(outcome, said)
        warning = Reply(emergency_text(passed.text))
        if wants_company(passed.text):  # no form for somebody who does not want to live
            work.mode = Mode.WAITING
            return (warning, texts.reply("utter_company")), conversation.dialogue
        return (warning, *passed.said_before, *outcome.replies), self._kept(outcome, said)

    def _kept(self, outcome: Outcome, said: Said) -> Mapping[str, Any]:
        return kept(outcome.memory, said.inbox_id, self.clock.now(), aside=outcome.aside)

    def _with_person(self, conversation: Conversation, items: Sequence[InboxItem], work: _Work) -> tuple[Reply, ...]:
        """A person reads these words; the bot only takes the talk back when it is asked to."""
        if conversation.mode is Mode.WAITING and items[-1].text.strip() == gate.BACK_TO_BOT:
            work.mode = Mode.BOT
            return (texts.reply("utter_back_with_bot"),)
        return ()

    async def _overheard(
        self, conversation: Conversation, items: Sequence[InboxItem], work: _Work
    ) -> Mapping[str, Any]:
        """What a person is told is read too: from an accusation on, all of it is sealed until the bot leads again."""
        said = "\n".join(item.text for item in items)[:MAX_WORDS]
        confided = conversation.dialogue.get(CONFIDED) or await work.judge.read(said)
        return {**conversation.dialogue, **({CONFIDED: True} if confided else {})}

    async def _count_failure(self, conversation: Conversation, items: Sequence[InboxItem]) -> None:
        logger.warning("turn failed", extra={"conversation": conversation.id, "inbox_id": items[-1].id})
        async with self.store.write() as uow:
            await uow.inbox.count_attempt(items)


class _Work:
    """The turn's transaction, opened when something is first written: until its end SQLite's one writer is held, so
    that words are read before."""

    def __init__(
        self, turns: Turns, conversation: Conversation, items: Sequence[InboxItem], stack: AsyncExitStack
    ) -> None:
        self._turns, self._conversation, self._items, self._stack = turns, conversation, items, stack
        self._turn: citizen_commands.Turn | None = None
        self.mode: Mode = conversation.mode
        self.judge = Judge(turns.dialogue)

    async def execute(self, command: Any) -> Any:
        """Run one of the citizen's commands inside the turn's transaction; a look needs none until one is open."""
        if self._turn is None and isinstance(command, citizen_commands.LOOKS):
            async with self._turns.store.read() as uow:
                return await citizen_commands.handle(command, self._turn_on(uow))
        turn = await self._open()
        result = await citizen_commands.handle(command, turn)
        self.mode = turn.mode
        return result

    async def _open(self) -> citizen_commands.Turn:
        if self._turn is None:
            self._turn = self._turn_on(await self._stack.enter_async_context(self._turns.store.write()))
        return self._turn

    def _turn_on(self, uow: UnitOfWork) -> citizen_commands.Turn:
        return citizen_commands.Turn(
            uow=uow,
            now=self._turns.clock.now(),
            secret=self._turns.secret,
            channel=self._conversation.address.channel,
            inbox_id=self._items[-1].id,
            mode=self.mode,
        )

    async def finish(self, replies: tuple[Reply, ...], memory: Mapping[str, Any]) -> None:
        """Write the turn's end. The commit follows when the stack closes."""
        if self._turn is None:
            await self.judge.read_draft(_draft_in(memory))
        turn = await self._open()
        await turn.uow.inbox.finish(self._items, turn.now)
        memory = await self._sealing(turn, memory)
        await turn.uow.conversations.remember(self._conversation, memory, _offered(replies), self.mode)
        await self._say(turn.uow, turn.now, _marked(replies, turn.case_no))

    async def _sealing(self, turn: citizen_commands.Turn, memory: Mapping[str, Any]) -> Mapping[str, Any]:
        """Words of an accusation are sealed while it is told (art. 30); opened again if it turns out to be none."""
        if self._conversation.mode is not Mode.BOT and memory.get(CONFIDED):
            await turn.uow.inbox.seal([item.id for item in self._items], True)
            return memory
        sealed = list(self._conversation.dialogue.get("sealed", ()))
        draft = _draft_in(memory)
        kept = {name: value for name, value in memory.items() if name not in ("sealed", CONFIDED)}
        choosing = Choosing.from_slot(memory.get("slots", {}).get("choosing"))
        here = [item.id for item in self._items]
        if turn.sealed or (choosing is not None and choosing.fresh and choosing.secret):
            await turn.uow.inbox.seal(here, True)
        if draft.words and self.judge.accuses(draft):
            await turn.uow.inbox.seal(here, True)
            return {**kept, "sealed": [*sealed, *here]}
        if sealed and draft.words:
            await turn.uow.inbox.seal(sealed, False)
        return kept

    async def _say(self, uow: UnitOfWork, now: datetime, replies: tuple[Reply, ...]) -> None:
        timing = self._turns.timing.get(self._conversation.address.channel, Timing())
        last = self._items[-1]
        await uow.outbox.add(
            self._conversation.id,
            replies,
            now,
            turn=last.id,
            not_before=last.received_at + timedelta(seconds=timing.answer_within),
            state=OutboxState.PENDING if timing.pushed else OutboxState.SENT,
        )


def _draft_in(memory: Mapping[str, Any]) -> Draft:
    return Draft.from_slot(memory.get("slots", {}).get("draft"))


def remembered(memory: Mapping[str, Any], named: Named | None, now: datetime) -> dict[str, Any]:
    """What the dialogue is given: with what this message names; after a long silence no case is talked about."""
    spoke = memory.get("spoke_at")
    over = spoke is None or now - datetime.fromisoformat(spoke) > TALK_LASTS
    slots = {name: value for name, value in memory.get("slots", {}).items() if not (over and name in _OF_THE_TALK)}
    return {**memory, "slots": {**slots, "named": named.to_slot()} if named else slots}


def kept(memory: Mapping[str, Any], inbox_id: int, now: datetime, *, aside: bool = False) -> dict[str, Any]:
    """What is remembered of a turn: a question or a list that was not put in it is open no more; only that for the
    reason of a review is put again after an aside."""
    slots = {name: value for name, value in memory.get("slots", {}).items() if name not in _OF_THE_TURN}
    choosing = Choosing.from_slot(slots.get("choosing"))
    if choosing is not None and choosing.fresh and choosing.turn != inbox_id:
        slots["choosing"] = replace(choosing, fresh=False, words="").to_slot()
    if slots.get("rating"):
        slots["rating"] = {**slots["rating"], "fresh": _is_open(slots["rating"], inbox_id)}
    for name in QUESTIONS:
        if not _is_open(slots.get(name), inbox_id) and not (aside and name == "reviewing"):
            slots.pop(name, None)
    return {**memory, "slots": slots, "spoke_at": now.isoformat()}


def _is_open(question: Any, inbox_id: int) -> bool:
    return isinstance(question, Mapping) and question.get("turn") == inbox_id


def _still_asked(outcome: Outcome) -> tuple[Reply, ...]:
    """The question for the reason of a review, put again behind «不客气»: what comes next is taken for the answer."""
    asked = outcome.aside and outcome.memory.get("slots", {}).get("reviewing")
    return (texts.reply("utter_review_still_asked"),) if asked else ()


def _offered(replies: Sequence[Reply]) -> tuple[Button, ...]:
    return next((reply.buttons for reply in reversed(replies) if reply.buttons), ())


def _marked(replies: tuple[Reply, ...], case_no: str | None) -> tuple[Reply, ...]:
    """The reply that names the filed case carries its number; the next question may follow it in the same turn."""
    return tuple(
        Reply(one.text, one.buttons, one.author, case_no) if case_no and case_no in one.text else one for one in replies
    )
