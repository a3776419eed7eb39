"""Whatever is killed, every message has one effect and every reply goes out."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.workers.mailbox import HEARTBEAT_SECONDS
from tests.support.wechat_crowd import running_crowd

# Seconds between being back and the next kill. The platform asks for fifteen: whoever is gone for longer is never there.
BETWEEN = {"edge": (3.0, 7.0), "valkey": (1.0, 4.0), "worker": (3.0, 7.0)}


async def kill_at_random(product, kind: str, seed: int) -> None:
    """One SIGKILL after another, each time after the product has come back, until cancelled."""
    chance = random.Random(seed)
    while True:
        await asyncio.sleep(chance.uniform(*BETWEEN[kind]))
        product.kill(kind)
        if kind == "worker":  # its last heartbeat outlives it
            await asyncio.sleep(HEARTBEAT_SECONDS)
        await product.wait_until_healthy()


@pytest.mark.parametrize("kind", BETWEEN)
async def test_nothing_is_lost_or_doubled(tmp_path, kind):
    async with running_crowd(tmp_path / "home") as crowd:
        killing = asyncio.create_task(kill_at_random(crowd.product, kind, seed=3))
        await crowd.tell_stories(citizens=16, per_second=5, repeats=0.3)
        killing.cancel()
        await crowd.product.wait_until_healthy()
        await crowd.wait_until_quiet()
        assert not any(crowd.report().values()), crowd.report()
