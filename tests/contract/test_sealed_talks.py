"""A talk in which an accusation was told and not filed, on both databases: the disciplinary role goes on with it."""

from __future__ import annotations

from datetime import datetime, timezone

from bot.domain.conversation import Mode
from bot.domain.messages import Address, InboundMessage, MessageKind
from bot.domain.people import Sight
from bot.domain.reading import CaseKind
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
CLERK = Sight(everything_else=True, conversations=True)
DISCIPLINE = Sight(accusations=True)


async def told(database, peer: str, text: str, *, sealed: bool) -> str:
    async with database.write() as uow:
        address = Address("wechat", "gh", peer)
        talk = await uow.conversations.find_or_start(address, NOW)
        await uow.conversations.lead(talk, Mode.STAFF, 7)
        item, _ = await uow.inbox.receive(InboundMessage(address, peer, MessageKind.TEXT, text), talk.id, NOW)
        await uow.inbox.finish([item], NOW)
        if sealed:
            await uow.inbox.seal([item.id], True)
        return talk.id


async def test_only_the_disciplinary_role_reads_and_lists_it_unless_it_is_named(database):
    talk = await told(database, "a", "举报张某某收钱", sealed=True)
    other = await told(database, "b", "暖气不热", sealed=False)
    named = Sight(accusations=True, not_about="张某某")
    async with database.read() as uow:
        assert [one.conversation.id for one in await uow.conversations.overview(DISCIPLINE)] == [talk]
        assert [one.text for one in await uow.conversations.talk(talk, DISCIPLINE)] == ["举报张某某收钱"]
        assert not await uow.conversations.may_read(talk, named) and not await uow.conversations.overview(named)
        assert not await uow.conversations.may_read(other, DISCIPLINE)
        assert await uow.conversations.talk(talk, CLERK) == []
        assert {one.last_words for one in await uow.conversations.overview(CLERK)} == {"", "暖气不热"}
        assert await uow.conversations.holds_sealed(talk) and not await uow.conversations.holds_sealed(other)


async def test_with_the_case_that_came_of_it_the_desk_does_not_read_it_any_more(database):
    talk = await told(database, "a", "举报村长收钱", sealed=True)
    async with database.write() as uow:
        await uow.cases.file(new_case(conversation_id=talk, kind=CaseKind.ACCUSATION), NOW)
        assert not await uow.conversations.may_read(talk, CLERK) and await uow.conversations.may_read(talk, DISCIPLINE)
