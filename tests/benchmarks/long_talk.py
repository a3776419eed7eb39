"""Does a long talk get slower? The 300th turn of one conversation against the 10th."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from tests.support.product import running_product

LINES = ("我家楼道的灯坏了一个月没人修，麻烦管管。", "东胜区团结小区3号楼", "跳过", "要收费吗？", "取消")


async def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="minsheng-")) / "home"
    async with running_product(home) as product:
        talk, took = product.talk(), []
        for number in range(320):
            started = time.monotonic()
            await talk.say(LINES[number % len(LINES)])
            took.append(time.monotonic() - started)
        early, late = statistics.median(took[5:25]), statistics.median(took[290:310])
        print(
            f"around the 10th turn {early * 1000:.1f} ms, around the 300th {late * 1000:.1f} ms: {late / early:.2f} times"
        )


if __name__ == "__main__":
    asyncio.run(main())
