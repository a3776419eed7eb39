"""WeChat messages at a steady rate: are all passive replies within five seconds?"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figures import percentile
from tests.support.wechat_crowd import STORY, running_crowd


async def main(messages: int, per_second: float) -> None:
    home = Path(tempfile.mkdtemp(prefix="minsheng-")) / "home"
    async with running_crowd(home) as crowd:
        await crowd.tell_stories(messages // len(STORY), per_second, repeats=0.0)
        await crowd.wait_until_quiet()
        took = crowd.latencies
        passive = sum(bool(exchange.text) for told in crowd.exchanges.values() for exchange in told)
        print(f"{len(took)} messages at {per_second:g} a second; answered on the same connection: {passive}")
        print(f"p50 {percentile(took, 0.5):.3f} s  p99 {percentile(took, 0.99):.3f} s  longest {max(took):.3f} s")
        print(crowd.report())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 1000, float(sys.argv[2]) if sys.argv[2:] else 20))
