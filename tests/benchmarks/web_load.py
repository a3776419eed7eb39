"""The page's API under a steady load."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.figures import memory_of, percentile
from tests.support.product import Product, running_product

LINES = (
    "我们小区的电梯坏了半个月没人修，老人上不了楼。",
    "东胜区民族街道团结小区3号楼",
    "13800001234",
    "确认提交",
    "查进度",
    "要收费吗？",
)


async def citizen(product: Product, took: list[float]) -> None:
    """One citizen says every line, each after the answer to the one before."""
    talk = product.talk()
    for line in LINES:
        started = time.monotonic()
        await talk.say(line)
        took.append(time.monotonic() - started)


async def main(per_second: float, seconds: float) -> None:
    home = Path(tempfile.mkdtemp(prefix="minsheng-")) / "home"
    async with running_product(home) as product:
        took: list[float] = []
        citizens = []
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            citizens.append(asyncio.create_task(citizen(product, took)))
            await asyncio.sleep(len(LINES) / per_second)
        await asyncio.gather(*citizens)
        print(f"{len(took)} messages, {len(took) / (time.monotonic() - started):.1f} a second")
        print(f"p50 {percentile(took, 0.5):.3f} s  p99 {percentile(took, 0.99):.3f} s  longest {max(took):.3f} s")
        print({name: round(size) for name, size in memory_of(product).items()})


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if sys.argv[1:] else 30, float(sys.argv[2]) if sys.argv[2:] else 60))
