"""Many WeChat citizens at once, through the platform simulator, and what must be true afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, text

from connectors.wechat.platform import Account, Exchange, WechatPlatform
from tests.support.product import Product, free_port, running_product

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
STORY = (
    "你好",
    "我是东胜区民族街道的，{n}号院下水道堵了三天，污水都流到路上了，电话138000{n:05d}，请快来人修一修。",
    "要收费吗",
    "确认提交",
    "查进度",
)
# Nobody confirms what they have not read.
READ_BEFORE = {"确认提交": "请您核对"}


@dataclass
class Crowd:
    """What was said and what came back. Times in seconds."""

    platform: WechatPlatform
    product: Product
    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    async def tell_stories(self, citizens: int, per_second: float, repeats: float, seed: int = 7) -> None:
        """Every citizen tells the whole story; messages start at `per_second` in all; some are delivered twice."""
        chance = random.Random(seed)
        interval = len(STORY) / per_second
        await asyncio.gather(
            *(self._citizen(n, n * interval, chance.random(), repeats) for n in range(1, citizens + 1))
        )

    async def _citizen(self, n: int, starts: float, seed: float, repeats: float) -> None:
        chance = random.Random(seed)
        citizen = self.platform.citizen(f"o{n:027d}")
        self.exchanges[citizen.openid] = []
        await asyncio.sleep(starts)
        for step, line in enumerate(STORY):
            await self._read(citizen.openid, READ_BEFORE.get(line, ""))
            message_id = n * 100 + step + 1
            deliveries = [self._say(citizen, line.format(n=n), message_id)]
            if chance.random() < repeats:
                deliveries.append(self._late_repeat(citizen, line.format(n=n), message_id, chance.random()))
            told = await asyncio.gather(*deliveries)  # whichever connection carried the answer
            self.exchanges[citizen.openid].append(next((one for one in told if one.text), told[0]))

    async def _read(self, openid: str, words: str, seconds: float = 60) -> None:
        """Wait until a citizen has read some words; who never gets them goes on, and shows in the report."""
        deadline = time.monotonic() + seconds
        while words not in "\n".join(self.received(openid)) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def _say(self, citizen, line: str, message_id: int) -> Exchange:
        started = time.monotonic()
        exchange = await citizen.say(line, message_id=message_id)
        self.latencies.append(time.monotonic() - started)
        return exchange

    async def _late_repeat(self, citizen, line: str, message_id: int, after: float) -> Exchange:
        await asyncio.sleep(after)
        return await citizen.say(line, message_id=message_id)

    def received(self, openid: str) -> list[str]:
        """Texts a citizen read: each passive reply once, and what was pushed."""
        passive = [exchange.text for exchange in self.exchanges[openid] if exchange.text]
        return passive + self.platform.pushed_to(openid)

    async def wait_until_quiet(self, seconds: float = 90) -> None:
        """Until every message is done and everything to be sent has gone out."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self._rows("select id from inbox where not done") and not self._rows(
                "select id from outbox where state in ('pending', 'sending', 'offered')"
            ):
                return
            await asyncio.sleep(0.5)
        raise AssertionError(f"not quiet after {seconds} s: {self.report()}")

    def _rows(self, statement: str, **values) -> list:
        engine = create_engine(f"sqlite:///{self.product.home / 'minsheng.sqlite3'}")
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(statement), values))
        finally:
            engine.dispose()

    def report(self) -> dict[str, int]:
        """What went wrong, by name; all zero when nothing did."""
        told = self._rows(
            "select c.peer, o.text, o.position from outbox o join conversations c on c.id = o.conversation_id"
        )
        expected: dict[str, list[str]] = {}
        late: Counter[tuple[str, str]] = Counter()
        for peer, words, position in told:
            if position >= 90:
                late[peer, words] += 1
            else:
                expected.setdefault(peer, []).append(words)
        lost = doubled = 0
        for openid in self.exchanges:
            read = "\n".join(self.received(openid))
            for words, times in Counter(expected.get(openid, [])).items():
                seen = read.count(words)
                lost += max(0, times - seen)
                doubled += max(0, seen - times)
        disorder = self._rows(
            "select a.id from inbox a join inbox b on a.conversation_id = b.conversation_id "
            "and a.id < b.id and a.done_at > b.done_at"
        )
        cases = Counter(
            peer
            for (peer,) in self._rows("select c.peer from cases k join conversations c on c.id = k.conversation_id")
        )
        return {
            "messages missing": max(
                0,
                sum(one.answered for told in self.exchanges.values() for one in told)
                - len(self._rows("select id from inbox")),
            ),
            "messages not done": len(self._rows("select id from inbox where not done")),
            "citizens without a case": sum(
                1 for openid, told in self.exchanges.items() if all(one.answered for one in told) and not cases[openid]
            ),
            "cases too many": sum(count - 1 for count in cases.values()),
            "replies lost": lost,
            "replies doubled": doubled,
            "order broken": len(disorder),
        }


@asynccontextmanager
async def running_crowd(home: Path, **environment: str):
    """A product with a WeChat account, and the platform beside it."""
    account = Account(aes_key=AES_KEY, mode="safe")
    platform_port = free_port()
    settings = {
        "WECHAT_TOKEN": account.token,
        "WECHAT_APP_ID": account.app_id,
        "WECHAT_APP_SECRET": account.app_secret,
        "WECHAT_AES_KEY": AES_KEY,
        "WECHAT_API_BASE": f"http://127.0.0.1:{platform_port}",
        **environment,
    }
    async with running_product(home, **settings) as product:
        platform = WechatPlatform(account, f"{product.url}/webhooks/wechat")
        async with platform.running(port=platform_port):
            yield Crowd(platform, product)
