"""One turn on a real database, with a dialogue that says what each test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.clock import SystemClock
from bot.domain.commands import FileCase, FindSameMatter
from bot.domain.conversation import Mode, Reply
from bot.domain.messages import Address, Button, InboundMessage, MessageKind
from bot.domain.people import Sight
from bot.domain.reading import CaseKind, Reading, Slots, Topic, Urgency, reading_to_json
from bot.flow.draft import Draft
from bot.flow.receive import receive
from bot.flow.turn import Outcome, Turns, _marked
from bot.procedure import telling
from bot.rules import texts
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.unit_of_work import Database

ADDRESS = Address("web", "", "somebody")
QUESTION = "这件事发生在什么地方？"


def reading(text: str) -> Reading:
    """What an understander would say: 举报 is an accusation, 另外 begins another matter, 好的 tells none."""
    parts = tuple(text.split("另外")) if "另外" in text else ()
    kind = CaseKind.ACCUSATION if "举报" in text and not parts else CaseKind.CLAIM
    return Reading(
        kind, {}, Topic("", "", ""), {}, Urgency.NORMAL, {}, Slots(), text[:20], abstain="好的" in text, matters=parts
    )


@dataclass
class FakeDialogue:
    critical: bool = False

    async def answer(self, said) -> Outcome:
        return Outcome((Reply(QUESTION),), {"slots": {"draft": '{"words": ["kept"]}'}}, self.critical)

    async def read(self, text: str) -> Reading:
        return reading(text)


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'turn.sqlite3'}"
    upgrade(url)
    opened = Database(make_engine(url))
    yield opened
    await opened.close()


async def turn_on(database: Database, text: str, *, critical: bool) -> tuple[list[str], Mode]:
    """What is said back to one message, and who leads from then on."""
    clock = SystemClock()
    item, _ = await receive(InboundMessage(ADDRESS, "m1", MessageKind.TEXT, text), database, clock)
    turns = Turns(database, FakeDialogue(critical), clock, b"0" * 32)
    assert await turns.take(*await turns.waiting(item.conversation_id)) == [item.id]
    async with database.read() as uow:
        told = [one.text for one in await uow.outbox.of_turn(item.id)]
        return told, (await uow.conversations.get(item.conversation_id)).mode


async def test_an_everyday_matter_is_answered_by_the_dialogue(database):
    assert await turn_on(database, "路灯坏了", critical=False) == ([QUESTION], Mode.BOT)


async def test_danger_puts_the_number_first_and_the_dialogue_goes_on(database):
    told, mode = await turn_on(database, "三楼着火了", critical=True)
    assert "119" in told[0] and told[1] == QUESTION and mode is Mode.BOT


async def test_somebody_who_does_not_want_to_live_gets_a_person_and_no_form(database):
    told, mode = await turn_on(database, "我不想活了", critical=True)
    assert "12356" in told[0] and told[1] == texts.text("utter_company") and mode is Mode.WAITING


async def test_a_figure_of_speech_gets_no_alarm(database):
    assert await turn_on(database, "吵得我想死", critical=False) == ([QUESTION], Mode.BOT)


def test_the_number_stands_on_the_reply_that_names_it_even_when_a_question_follows():
    replies = _marked((Reply("编号：20261127-00001"), Reply(QUESTION)), "20261127-00001")
    assert [one.case_no for one in replies] == ["20261127-00001", None]


async def test_a_number_answers_the_buttons_below_the_notice_that_came_last(database):
    await turn_on(database, "路灯坏了", critical=False)
    buttons = (Button("评价这件", "评价：20261129-00001"),)
    async with database.write() as uow:
        conversation = await uow.conversations.find(ADDRESS)
        await telling.say(conversation.id, Reply("已经办结。", buttons), SystemClock().now(), uow)
        await telling.say(conversation.id, Reply("没有按钮的话"), SystemClock().now(), uow)
    async with database.read() as uow:
        assert (await uow.conversations.find(ADDRESS)).offered == buttons


@dataclass
class Telling:
    """A dialogue whose draft is of one kind after another; "" is no draft."""

    kinds: list[str]

    async def answer(self, said) -> Outcome:
        kind = self.kinds.pop(0)
        draft = Draft(words=(said.text,), kind=kind).to_slot() if kind else None
        return Outcome((Reply(f"核对：{said.text}"),), {"slots": {"draft": draft}})

    async def read(self, text: str) -> Reading:
        return reading(text)


async def read_by(database: Database, kinds: list[str], sight: Sight) -> list[str]:
    """What somebody reads of a talk in which a draft was of these kinds, one a message."""
    clock, telling = SystemClock(), Telling(list(kinds))
    turns = Turns(database, telling, clock, b"0" * 32)
    for number in range(len(kinds)):
        item, _ = await receive(
            InboundMessage(ADDRESS, f"m{number}", MessageKind.TEXT, f"第{number}句"), database, clock
        )
        await turns.take(*await turns.waiting(item.conversation_id))
    async with database.read() as uow:
        return [line.text for line in await uow.conversations.talk(item.conversation_id, sight)]


async def test_an_accusation_is_sealed_while_it_is_told_and_stays_so_when_it_is_dropped(database):
    kinds = ["claim", "accusation", "accusation", "", "claim"]
    clerk = await read_by(database, kinds, Sight(everything_else=True, conversations=True))
    assert clerk == ["第0句", "核对：第0句", "第3句", "核对：第3句", "第4句", "核对：第4句"]


async def test_what_turns_out_to_be_no_accusation_is_opened_again(database):
    clerk = await read_by(database, ["accusation", "claim"], Sight(everything_else=True, conversations=True))
    assert clerk == ["第0句", "核对：第0句", "第1句", "核对：第1句"]


async def test_the_disciplinary_role_reads_what_is_sealed(database):
    assert await read_by(database, ["accusation", ""], Sight(accusations=True)) != []


CLERK = Sight(everything_else=True, conversations=True)
DISCIPLINE = Sight(accusations=True)


async def lines(database: Database, conversation_id: str, sight: Sight) -> list[str]:
    async with database.read() as uow:
        return [line.text for line in await uow.conversations.talk(conversation_id, sight)]


async def told_to_a_person(database: Database, *said: str, mode: Mode = Mode.STAFF) -> str:
    """A talk that a person leads."""
    clock = SystemClock()
    turns = Turns(database, FakeDialogue(), clock, b"0" * 32)
    async with database.write() as uow:
        talk = await uow.conversations.find_or_start(ADDRESS, clock.now())
        await uow.conversations.lead(talk, mode, 7 if mode is Mode.STAFF else None)
    for number, text in enumerate(said):
        await receive(InboundMessage(ADDRESS, f"p{number}", MessageKind.TEXT, text), database, clock)
        await turns.take(*await turns.waiting(talk.id))
    return talk.id


@pytest.mark.parametrize("mode", [Mode.STAFF, Mode.WAITING])
async def test_an_accusation_told_to_a_person_is_sealed_from_there_on(database, mode):
    talk = await told_to_a_person(database, "暖气不热", "好的", "我要举报村长收钱", "收了两万", mode=mode)
    assert await lines(database, talk, CLERK) == ["暖气不热", "好的"]
    assert await lines(database, talk, DISCIPLINE) == ["暖气不热", "好的", "我要举报村长收钱", "收了两万"]
    async with database.read() as uow:
        assert await uow.conversations.holds_sealed(talk)
        listed = {one.conversation.id: one.last_words for one in await uow.conversations.overview(CLERK)}
        assert listed[talk] == "好的"
        assert [one.conversation.id for one in await uow.conversations.overview(DISCIPLINE)] == [talk]
        assert (await uow.conversations.seen(talk, DISCIPLINE)).id == talk


async def test_who_is_named_in_sealed_words_does_not_read_the_talk(database):
    talk = await told_to_a_person(database, "我要举报纪检的张某某收钱")
    async with database.read() as uow:
        named = Sight(accusations=True, not_about="张某某")
        assert not await uow.conversations.may_read(talk, named) and await uow.conversations.may_read(talk, DISCIPLINE)
        assert await uow.conversations.overview(named) == []


async def test_two_matters_told_to_a_person_are_sealed_for_the_second(database):
    talk = await told_to_a_person(database, "暖气一直不热，另外举报村长收钱")
    assert await lines(database, talk, CLERK) == []


async def test_given_back_to_the_bot_the_talk_is_open_again_and_the_words_stay_sealed(database):
    talk = await told_to_a_person(database, "我要举报村长收钱")
    clock = SystemClock()
    turns = Turns(database, FakeDialogue(), clock, b"0" * 32)
    async with database.write() as uow:
        await uow.conversations.lead(await uow.conversations.get(talk), Mode.BOT, None)
    for number, text in enumerate(("路灯坏了", "在北门")):
        await receive(InboundMessage(ADDRESS, f"b{number}", MessageKind.TEXT, text), database, clock)
        await turns.take(*await turns.waiting(talk))
    assert await lines(database, talk, CLERK) == ["路灯坏了", QUESTION, "在北门", QUESTION]


@dataclass
class Parting:
    """A dialogue with drafts handed in, one a message."""

    drafts: list[Draft]

    async def answer(self, said) -> Outcome:
        return Outcome((Reply("好"),), {"slots": {"draft": self.drafts.pop(0).to_slot()}})

    async def read(self, text: str) -> Reading:
        return reading(text)


BOTH = "暖气一直不热，另外举报村长收钱"


@pytest.mark.parametrize(
    "drafts",
    [
        # Not parted yet; the claim first and the accusation waiting; the accusation first and the claim after it.
        [Draft(words=(BOTH,), reading=reading_to_json(reading(BOTH)))],
        [
            Draft(words=(BOTH,), reading=reading_to_json(reading(BOTH))),
            Draft(words=("暖气一直不热",), whole=BOTH, waiting=("举报村长收钱",)),
        ],
        [
            Draft(words=("举报村长收钱",), kind="accusation", whole=BOTH, waiting=("暖气一直不热",)),
            Draft(words=("暖气一直不热",), kind="claim", whole=BOTH),
        ],
    ],
)
async def test_a_message_whose_second_matter_is_an_accusation_stays_sealed(database, drafts):
    clock = SystemClock()
    turns = Turns(database, Parting(list(drafts)), clock, b"0" * 32)
    for number in range(len(drafts)):
        text = BOTH if number == 0 else "分两件"
        item, _ = await receive(InboundMessage(ADDRESS, f"m{number}", MessageKind.TEXT, text), database, clock)
        await turns.take(*await turns.waiting(item.conversation_id))
    assert await lines(database, item.conversation_id, CLERK) == []


@dataclass
class Unhurried:
    """A dialogue that files where it is told to, and reads only while everybody can write."""

    database: Database
    drafts: list[Draft]
    files: list[bool]

    async def answer(self, said) -> Outcome:
        topic = Topic("0102", "城乡建设", "")
        await said.execute(FindSameMatter(said.conversation_id, topic, "东胜区", said.text))
        await self.read(said.text)
        if self.files.pop(0):
            told = (said.text, CaseKind.CLAIM, topic, Urgency.NORMAL, "东胜区", "暖气不热", (), None, True, {})
            await said.execute(FileCase(said.conversation_id, said.inbox_id, *told))
        return Outcome((Reply("好"),), {"slots": {"draft": self.drafts.pop(0).to_slot()}})

    async def read(self, text: str) -> Reading:
        await asyncio.wait_for(self._somebody_else_writes(), 1)
        return reading(text)

    async def _somebody_else_writes(self) -> None:
        async with self.database.write():
            pass


async def talked(dialogue: Unhurried, *said: str) -> str:
    clock = SystemClock()
    turns = Turns(dialogue.database, dialogue, clock, b"0" * 32)
    for number, text in enumerate(said):
        message = InboundMessage(ADDRESS, f"u{number}", MessageKind.TEXT, text)
        item, _ = await receive(message, dialogue.database, clock)
        await turns.take(*await turns.waiting(item.conversation_id))
    return item.conversation_id


async def test_nothing_is_read_while_the_turn_holds_the_writer(database):
    """Two matters are parted, then one of them filed: that the one that waits accuses is told without reading it."""
    drafts = [
        Draft(words=("暖气一直不热",), whole=BOTH, waiting=("举报村长收钱",)),
        Draft(words=("举报村长收钱",), whole=BOTH),
        Draft(),
    ]
    talk = await talked(Unhurried(database, drafts, [False, True, True]), BOTH, "对", "路灯坏了")
    assert await lines(database, talk, CLERK) == ["路灯坏了", "好"]
    assert len(await lines(database, talk, DISCIPLINE)) == 6


async def test_words_that_could_not_be_read_before_the_writer_was_held_are_sealed_until_the_next_turn(database):
    two = Draft(words=("暖气不热",), waiting=("路灯坏了",))
    assert await lines(database, await talked(Unhurried(database, [two], [True]), "暖气不热"), CLERK) == []


async def test_such_words_are_opened_when_they_turn_out_to_be_no_accusation(database):
    two = Draft(words=("暖气不热",), waiting=("路灯坏了",))
    talk = await talked(Unhurried(database, [two, two], [True, False]), "暖气不热", "是的")
    assert await lines(database, talk, CLERK) == ["暖气不热", "好", "是的", "好"]
