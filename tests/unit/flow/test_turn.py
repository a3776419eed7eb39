"""One turn on a real database, with a dialogue that says what each test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from bot.domain.clock import SystemClock
from bot.domain.conversation import Mode, Reply
from bot.domain.messages import Address, Button, InboundMessage, MessageKind
from bot.domain.people import Sight
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


@dataclass
class FakeDialogue:
    critical: bool = False

    async def answer(self, said) -> Outcome:
        return Outcome((Reply(QUESTION),), {"slots": {"draft": '{"words": ["kept"]}'}}, self.critical)


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
