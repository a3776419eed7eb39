"""Edge, worker and Valkey are killed at random while messages come in, repeats included."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.support.wechat_crowd import STORY, running_crowd


async def kill(product, kills: Counter[str]) -> None:
    """Something every few seconds, until cancelled."""
    chance = random.Random(11)
    while True:
        await asyncio.sleep(chance.uniform(3.0, 8.0))
        kind = chance.choice(["edge", "worker", "valkey"])
        product.kill(kind)
        kills[kind] += 1


async def main(messages: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="minsheng-")) / "home"
    async with running_crowd(home) as crowd:
        kills: Counter[str] = Counter()
        killing = asyncio.create_task(kill(crowd.product, kills))
        await crowd.tell_stories(messages // len(STORY), per_second=8, repeats=0.3)
        killing.cancel()
        await crowd.product.wait_until_healthy()
        await crowd.wait_until_quiet()
        undelivered = sum(not one.answered for told in crowd.exchanges.values() for one in told)
        print(f"killed: {dict(kills)}; messages the platform gave up on after three deliveries: {undelivered}")
        for name, count in crowd.report().items():
            print(f"{name:26} {count}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 500))
