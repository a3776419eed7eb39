"""Second start to ready, edge up, memory."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.benchmarks.figures import memory_of
from tests.support.product import running_product


async def edge_up(product) -> float:
    """Seconds from killing the edge until its successor answers."""
    started = time.monotonic()
    product.kill("edge")
    while True:
        try:
            async with product.session.get(f"{product.url}/healthz"):
                return time.monotonic() - started
        except aiohttp.ClientError:
            await asyncio.sleep(0.01)


async def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="minsheng-")) / "home"
    async with running_product(home):
        pass
    started = time.monotonic()
    async with running_product(home) as product:
        print(f"second start to ready   {time.monotonic() - started:6.1f} s")
        print(f"edge killed to up again {await edge_up(product):6.1f} s")
        await product.wait_until_healthy()
        for text in ("你好", "我们小区暖气不热，家里只有十二度", "东胜区天骄路", "跳过", "确认提交"):
            await product.talk().say(text)
        for name, size in memory_of(product).items():
            print(f"memory {name:8} {size:8.0f} MB")


if __name__ == "__main__":
    asyncio.run(main())
