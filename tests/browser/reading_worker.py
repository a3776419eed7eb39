"""A worker beside the office that reads forms, with a reader whose judgement a word of the text decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.domain.reading import CaseKind, Reading, Reason, Slots, Topic, Urgency
from bot.workers.background import in_background
from bot.workers.form_reader import FormReader
from tests.browser.console_app import Office


async def read(text: str) -> Reading:
    """What a worker's reader would say."""
    accuses, danger = "举报" in text, "煤气" in text
    return Reading(
        kind=CaseKind.ACCUSATION if accuses else CaseKind.CLAIM,
        kind_scores={"claim": 0.94, "accusation": 0.03},
        topic=Topic("0102", "城乡建设", "城市建设和市政管理"),
        topic_scores={"城乡建设": 0.88},
        urgency=Urgency.CRITICAL if danger else Urgency.URGENT,
        urgency_scores={"3": 0.71, "4": 0.24},
        slots=Slots(place="天骄小区"),
        title="天骄小区停水",
        abstain=False,
        reasons=(Reason("topic", ("停水",)), Reason("urgency", ("老人", "没法做饭"), "生活必需中断")),
    )


@asynccontextmanager
async def a_worker(office: Office, reader: Callable[[str], Awaitable[Reading]] = read) -> AsyncIterator[None]:
    """One that beats and reads, as `bot.bootstrap.run_worker` runs it."""

    async def beat() -> None:
        while True:
            await office.mailbox.beat("reading")
            await asyncio.sleep(1)

    await office.mailbox.beat("reading")
    async with in_background(beat(), FormReader(office.database, office.mailbox, reader).run()):
        yield
    await office.mailbox.stop_beating("reading")
