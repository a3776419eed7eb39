"""What storage promises, on every database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.domain.case import NewCase
from bot.domain.conversation import Mode, OutboxState, Reply
from bot.domain.errors import NotFound, StaleVersion
from bot.domain.lifecycle import CaseState
from bot.domain.messages import Address, Button, GeoPoint, InboundMessage, Media, MessageKind
from bot.domain.people import NO_SIGHT, Sight
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.flow.receive import receive
from bot.storage.case_repository import CaseFilter
from bot.storage.schema import is_current
from bot.workers.sender import Sender

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
ALL = Sight(everything_else=True, accusations=True)


@dataclass(frozen=True)
class StoppedClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def message(message_id: str = "m1", peer: str = "p1", **changes) -> InboundMessage:
    base = {
        "address": Address("wechat", "gh_1", peer),
        "message_id": message_id,
        "kind": MessageKind.TEXT,
        "text": "好",
    }
    return InboundMessage(**{**base, **changes})


def new_case(**changes) -> NewCase:
    base = {
        "conversation_id": None,
        "inbox_id": None,
        "channel": "web",
        "text": "小区停水三天了",
        "kind": CaseKind.CLAIM,
        "topic": Topic("0101", "城乡建设", "自来水供应"),
        "urgency": Urgency.NORMAL,
        "place": "东胜区",
        "title": "小区停水三天",
        "phones": ("13800000000",),
        "people": 200,
        "anonymous": False,
    }
    return NewCase(**{**base, **changes})


async def take(database, **changes):
    return await receive(message(**changes), database, StoppedClock())


async def test_the_schema_is_complete(database, database_url):
    assert is_current(database_url)


async def test_a_repeat_finds_the_first(database):
    first, new = await take(database)
    again, new_again = await take(database, text="anything")
    assert new and not new_again and again == first


async def test_repeats_at_the_same_moment_make_one_row(database):
    results = await asyncio.gather(*(take(database) for _ in range(8)))
    assert len({item.id for item, _ in results}) == 1 and sum(new for _, new in results) == 1


async def test_everything_about_a_message_is_kept(database):
    media, place = Media("id", "http://x", "jpg"), GeoPoint(39.8, 109.9, "天骄路")
    item, _ = await take(database, kind=MessageKind.IMAGE, media=media, location=place)
    assert item.media == media and item.location == place and item.received_at == NOW


async def test_items_come_in_order_and_end_once(database):
    items = [(await take(database, message_id=f"m{number}"))[0] for number in range(5)]
    async with database.write() as uow:
        assert await uow.inbox.open_of(items[0].conversation_id) == items
        await uow.inbox.finish(items, NOW)
    with pytest.raises(StaleVersion):
        async with database.write() as uow:
            await uow.inbox.finish(items[:1], NOW)
    async with database.read() as uow:
        assert {(await uow.inbox.get(item.id)).turn for item in items} == {items[-1].id}


async def test_an_error_undoes_everything(database):
    with pytest.raises(RuntimeError):
        async with database.write() as uow:
            await uow.cases.file(new_case(), NOW)
            raise RuntimeError
    async with database.read() as uow:
        assert await uow.cases.count(CaseFilter(), ALL) == 0


async def test_two_workers_cannot_both_remember(database):
    item, _ = await take(database)
    async with database.read() as uow:
        conversation = await uow.conversations.get(item.conversation_id)
    buttons = (Button("是", "是"),)
    async with database.write() as uow:
        await uow.conversations.remember(conversation, {"slots": {"draft": {"words": ["停水"]}}}, buttons, Mode.BOT)
    with pytest.raises(StaleVersion):
        async with database.write() as uow:
            await uow.conversations.remember(conversation, {}, (), Mode.BOT)
    async with database.read() as uow:
        kept = await uow.conversations.get(item.conversation_id)
    assert kept.offered == buttons and kept.dialogue["slots"]["draft"]["words"] == ["停水"]


async def test_a_replayed_turn_says_nothing_twice(database):
    item, _ = await take(database)
    for _ in range(2):
        async with database.write() as uow:
            await uow.outbox.add(item.conversation_id, [Reply("一"), Reply("二")], NOW, turn=item.id)
    async with database.read() as uow:
        assert [one.text for one in await uow.outbox.of_turn(item.id)] == ["一", "二"]


async def test_a_message_is_claimed_once_and_in_order(database):
    item, _ = await take(database)
    async with database.write() as uow:
        await uow.outbox.add(item.conversation_id, [Reply("一"), Reply("二")], NOW, turn=item.id)
    async with database.write() as uow:
        due = await uow.outbox.due(NOW, ["wechat"])
        assert [one.item.text for one in due] == ["一"]
        assert await uow.outbox.claim(due[0].item, NOW) and not await uow.outbox.claim(due[0].item, NOW)
        await uow.outbox.delivered(due[0].item, NOW)
        assert [one.item.text for one in await uow.outbox.due(NOW, ["wechat"])] == ["二"]
        assert await uow.outbox.due(NOW, ["other"]) == []


async def offered(database, *texts: str):
    """One turn's replies, offered on the citizen's own connection."""
    item, _ = await take(database)
    async with database.write() as uow:
        await uow.outbox.add(item.conversation_id, [Reply(text) for text in texts], NOW, turn=item.id)
        replies = await uow.outbox.of_turn(item.id)
        assert await uow.outbox.offer(replies, NOW)
    return replies


async def test_what_is_offered_is_not_pushed(database):
    replies = await offered(database, "一")
    async with database.write() as uow:
        assert not await uow.outbox.offer(replies, NOW)
        assert await uow.outbox.due(NOW, ["wechat"]) == []
        await uow.outbox.settle_offer(replies, OutboxState.PENDING, NOW)
        assert len(await uow.outbox.due(NOW, ["wechat"])) == 1


async def test_replies_of_which_one_is_being_pushed_are_not_offered(database):
    """Both would stand in the passive reply, and the citizen would read the first of them twice."""
    item, _ = await take(database)
    async with database.write() as uow:
        await uow.outbox.add(item.conversation_id, [Reply("一"), Reply("二")], NOW, turn=item.id)
        first = (await uow.outbox.due(NOW, ["wechat"]))[0].item
        assert await uow.outbox.claim(first, NOW)
        assert not await uow.outbox.offer(await uow.outbox.of_turn(item.id), NOW)
        await uow.outbox.delivered(first, NOW)
        assert [one.item.text for one in await uow.outbox.due(NOW, ["wechat"])] == ["二"]


@pytest.mark.parametrize(("seconds", "state"), [(1, "offered"), (10, "sent"), (60, "pending")])
async def test_an_offer_of_a_dead_edge_is_pushed_when_nobody_was_there_for_the_repeats(database, seconds, state):
    replies = await offered(database, "一", "二")
    await Sender(database, {}, StoppedClock(NOW + timedelta(seconds=seconds))).settle_offers()
    async with database.read() as uow:
        assert {one.state.value for one in await uow.outbox.of_turn(replies[0].turn)} == {state}


async def test_numbers_follow_one_another_even_side_by_side(database):
    async def one() -> str:
        async with database.write() as uow:
            return (await uow.cases.file(new_case(), NOW)).case_no

    numbers = await asyncio.gather(*(one() for _ in range(6)))
    assert sorted(numbers) == [f"20261123-{number:05d}" for number in range(1, 7)]


async def test_sight_is_one_rule_for_looks_lists_and_counts(database):
    async with database.write() as uow:
        plain = await uow.cases.file(new_case(), NOW)
        secret = await uow.cases.file(new_case(kind=CaseKind.ACCUSATION), NOW)
    async with database.read() as uow:
        for sight, seen in (
            (Sight(everything_else=True), [plain.case_no]),
            (Sight(accusations=True), [secret.case_no]),
            (NO_SIGHT, []),
            (Sight(organ="zjj"), []),
        ):
            assert [case.case_no for case in await uow.cases.search(CaseFilter(), sight)] == seen
            assert await uow.cases.count(CaseFilter(), sight) == len(seen)
            assert sum((await uow.cases.count_by_state(sight)).values()) == len(seen)
        with pytest.raises(NotFound):
            await uow.cases.get(secret.case_no, Sight(everything_else=True, organ="zjj"))


async def test_an_organ_sees_its_own(database):
    async with database.write() as uow:
        case = await uow.cases.file(new_case(), NOW)
        await uow.cases.change(replace(case, state=CaseState.ASSIGNED, organ="zjj"), NOW)
        assert (await uow.cases.get(case.case_no, Sight(organ="zjj"))).state is CaseState.ASSIGNED


async def test_a_stale_save_is_refused(database):
    async with database.write() as uow:
        case = await uow.cases.file(new_case(), NOW)
        await uow.cases.change(case, NOW)
        with pytest.raises(StaleVersion):
            await uow.cases.change(case, NOW)
