"""接访: who has booked a slot is reminded the day before, in waking hours, once; however many edges look."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from bot.domain.clock import Clock
from bot.domain.errors import StorageUnavailable
from bot.domain.working_days import DAY, LOCAL, local_date, start_of
from bot.flow.reception import told_tomorrow
from bot.procedure import say
from bot.rules.figures import figures
from bot.storage.unit_of_work import Database

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 60.0
BATCH = 200


@dataclass
class VisitReminder:
    """Run by every edge; several at once do no harm."""

    database: Database
    clock: Clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                while await self.remind() == BATCH:
                    logger.info("visits: more to remind of")
            except StorageUnavailable as error:
                logger.warning("visits: database is away", extra={"reason": str(error)})
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def remind(self) -> int:
        """Remind of tomorrow's visits, but for those booked today: they were just told. Tells how many it looked at."""
        now = self.clock.now()
        today = local_date(now)
        hours = figures(today)
        if not hours.remind_from <= now.astimezone(LOCAL).hour < hours.remind_until:
            return 0
        async with self.database.read() as uow:
            found = await uow.receptions.to_remind(today + DAY, start_of(today), BATCH)
        for booking in found:
            async with self.database.write() as uow:
                if await uow.receptions.remind(booking.id, now):
                    await say(booking.conversation_id, told_tomorrow(booking), now, uow)
        return len(found)
