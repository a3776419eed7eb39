"""Whatever is killed, every message has one effect and every reply goes out."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.support.wechat_crowd import running_crowd


async def kill_at_random(product, kinds: list[str], seed: int) -> None:
    """One SIGKILL every few seconds, until cancelled."""
    chance = random.Random(seed)
    while True:
        await asyncio.sleep(chance.uniform(1.0, 4.0))
        product.kill(chance.choice(kinds))


@pytest.mark.parametrize("kinds", [["edge"], ["valkey"], ["worker"]], ids=lambda kinds: kinds[0])
async def test_nothing_is_lost_or_doubled(tmp_path, kinds):
    async with running_crowd(tmp_path / "home") as crowd:
        killing = asyncio.create_task(kill_at_random(crowd.product, kinds, seed=3))
        await crowd.tell_stories(citizens=16, per_second=8, repeats=0.3)
        killing.cancel()
        await crowd.product.wait_until_healthy()
        await crowd.wait_until_quiet()
        assert not any(crowd.report().values()), crowd.report()
