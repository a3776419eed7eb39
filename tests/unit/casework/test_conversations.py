"""Taking a talk over, speaking in it, giving it back; and who may read it."""

from __future__ import annotations

import pytest

from bot.casework import Work
from bot.casework.notes import reveal_phones
from bot.domain.commands import GiveBack, SayToCitizen, TakeOver
from bot.domain.conversation import Author, Mode
from bot.domain.errors import BadInput, NotFound, RuleViolation
from bot.domain.people import Sight, sight_of
from bot.domain.reading import CaseKind
from tests.unit.casework.conftest import CLERK, COLLEAGUE, DISCIPLINARY, NOW, OFFICER


async def mode_of(desk, conversation):
    async with desk.database.read() as uow:
        found = await uow.conversations.get(conversation.id)
    return found.mode, found.staff_id


async def test_a_talk_is_taken_over_spoken_in_and_given_back(desk):
    talk = await desk.talk()
    await desk.do(TakeOver(talk.id))
    assert await mode_of(desk, talk) == (Mode.STAFF, CLERK.id)
    await desk.do(SayToCitizen(talk.id, "您好，我来帮您"))
    await desk.do(GiveBack(talk.id))
    assert await mode_of(desk, talk) == (Mode.BOT, None)
    told = await desk.told(talk.id)
    assert [item.author for item in told] == [Author.SYSTEM, Author.STAFF, Author.SYSTEM]
    assert CLERK.name in told[0].text and told[1].text == "您好，我来帮您"


async def test_taking_over_twice_says_it_once(desk):
    talk = await desk.talk()
    await desk.do(TakeOver(talk.id))
    await desk.do(TakeOver(talk.id))
    assert len(await desk.told(talk.id)) == 1


async def test_who_led_a_talk_stands_in_the_history_of_its_cases(desk):
    talk = await desk.talk()
    case = await desk.file(conversation=talk)
    await desk.do(TakeOver(talk.id))
    await desk.do(GiveBack(talk.id))
    led = [event for event in await desk.history(case) if event.type.startswith("conversation.")]
    assert [event.type for event in led] == ["conversation.taken_over", "conversation.given_back"]
    assert all(event.actor == CLERK.actor and not event.public for event in led)


async def test_only_who_leads_speaks_and_gives_back(desk):
    talk = await desk.talk()
    for command in (SayToCitizen(talk.id, "您好"), GiveBack(talk.id)):
        with pytest.raises(RuleViolation):
            await desk.do(command)
    await desk.do(TakeOver(talk.id))
    await desk.do(TakeOver(talk.id), COLLEAGUE)
    with pytest.raises(RuleViolation):
        await desk.do(SayToCitizen(talk.id, "我还在"))
    with pytest.raises(BadInput):
        await desk.do(SayToCitizen(talk.id, " "), COLLEAGUE)


async def test_an_organs_officer_leads_no_talk(desk):
    talk = await desk.talk()
    with pytest.raises(NotFound):
        await desk.do(TakeOver(talk.id), OFFICER)


async def test_a_talk_that_holds_an_accusation_is_for_the_disciplinary_role_alone(desk):
    talk = await desk.talk()
    await desk.file(conversation=talk, text="暖气不热")
    await desk.file(conversation=talk, text="某局长收钱", kind=CaseKind.ACCUSATION)
    async with desk.database.read() as uow:
        for staff, seen in ((CLERK, 0), (OFFICER, 0), (DISCIPLINARY, 1)):
            assert len(await uow.conversations.overview(sight_of(staff))) == 0, "nobody spoke since"
            assert await uow.conversations.may_read(talk.id, sight_of(staff)) is bool(seen)
    with pytest.raises(NotFound):
        await desk.do(TakeOver(talk.id))
    await desk.do(TakeOver(talk.id), DISCIPLINARY)


async def test_a_cases_own_lines_hold_nothing_of_the_other_matters_in_the_same_talk(desk):
    talk = await desk.talk()
    first = await desk.file(conversation=talk, text="暖气不热")
    await desk.file(conversation=talk, text="某局长收钱", kind=CaseKind.ACCUSATION)
    supplement = await desk.say(talk, "我家是三号楼")
    await desk.say(talk, "随便说说")
    async with desk.database.read() as uow:
        span = await uow.cases.span(first)
        lines = await uow.conversations.talk_of_case(first, Sight(everything_else=True), span, [supplement])
    assert [line.text for line in lines] == ["暖气不热", "我家是三号楼"]


async def test_sight_that_nobody_filled_in_reads_no_talk(desk):
    talk = await desk.talk()
    async with desk.database.read() as uow:
        assert not await uow.conversations.may_read(talk.id, Sight())
        assert await uow.conversations.overview(Sight()) == []
        assert await uow.conversations.count_waiting(Sight()) == 0


async def test_whoever_looks_at_a_phone_stands_in_the_history(desk):
    case = await desk.file()
    async with desk.database.write() as uow:
        await reveal_phones(case.case_no, "核实情况", Work(uow, CLERK, sight_of(CLERK), NOW))
    event = (await desk.history(case))[-1]
    assert (event.type, event.actor, event.public) == ("phone.revealed", CLERK.actor, False)
