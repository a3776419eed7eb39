"""督办: the clock that acts when time limits come near or pass: each level of each clock exactly once, whoever scans.

The scan goes by the stored next date over all cases, with or without an organ. A level is a row of `escalations`
under a unique key, written in one transaction with what follows from it, so that a scan killed anywhere is resumed.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import date

from bot.domain.case import Case
from bot.domain.clock import Clock
from bot.domain.deadlines import Deadline, Step
from bot.domain.errors import MoveRefused, StaleVersion, StorageUnavailable
from bot.domain.lifecycle import Actor, Move, rows
from bot.domain.permission import OPINION, Request
from bot.domain.working_days import local_date
from bot.procedure import SYSTEM, carry_out, deadlines_of, wind
from bot.procedure.consequences import REMIND, REPORT, SUPERVISE, about
from bot.rules import organs
from bot.storage.unit_of_work import Database, UnitOfWork

logger = logging.getLogger(__name__)

SCAN_EVERY_SECONDS = 60.0
BATCH = 200
SUPPLEMENT = "supplement"
# Levels that give somebody a task; the earlier ones only show on the day's list.
_TASKS = {"remind": REMIND, "supervise": SUPERVISE, "report": REPORT}


@dataclass
class DeadlineClock:
    """Run by every edge; several at once do no harm."""

    database: Database
    clock: Clock

    async def run(self) -> None:
        """Until cancelled. What an older version left without clocks is looked for until none of it is left."""
        unwound = True
        while True:
            try:
                unwound = unwound and await self.wind() > 0
                while await self.scan() == BATCH:
                    logger.info("deadlines: more to do")
            except StorageUnavailable as error:
                logger.warning("deadlines: database is away", extra={"reason": str(error)})
            await asyncio.sleep(SCAN_EVERY_SECONDS)

    async def wind(self) -> int:
        """Store the clocks of open cases that have none yet: those of an older version. Tells how many."""
        async with self.database.read() as uow:
            unwound = await uow.clocks.unwound(BATCH)
        for case_id in unwound:
            async with self.database.write() as uow:
                case = await uow.cases.by_id(case_id)
                await wind(case, await deadlines_of(case, uow), uow)
        return len(unwound)

    async def scan(self) -> int:
        """Act on the levels that have been reached, a batch at a time; tells on how many cases."""
        today = local_date(self.clock.now())
        async with self.database.read() as uow:
            found = await uow.clocks.reached(today, BATCH)
        for case_id in found:
            try:
                async with self.database.write() as uow:
                    await self._act(case_id, today, uow)
            except StaleVersion:
                logger.info("deadlines: case moved meanwhile", extra={"case": case_id})
            except MoveRefused as error:  # one case stops no other's time limits
                logger.error("deadlines: case left alone", extra={"case": case_id, "reason": type(error).__name__})
        return len(found)

    async def _act(self, case_id: int, today: date, uow: UnitOfWork) -> None:
        """All levels that a case has reached; then its clocks are stored anew, which moves them on to their next."""
        case = await uow.cases.by_id(case_id)
        deadlines = await deadlines_of(case, uow)
        for one in deadlines:
            for step in one.steps:
                if step.on <= today and await uow.clocks.escalate(case_id, one, step, self.clock.now()):
                    await self._follow(case, one, step, uow)
        if self._lapses(case, deadlines):
            # The citizen did not answer: the case goes on with what there is, and its clocks run again.
            await carry_out(case, Request(Move.LET_LAPSE, Actor.SYSTEM, SYSTEM, self.clock.now()), uow)
        else:
            await uow.clocks.put(case_id, deadlines)

    def _lapses(self, case: Case, deadlines: tuple[Deadline, ...]) -> bool:
        over = any(one.code == SUPPLEMENT and one.over(self.clock.now()) for one in deadlines)
        return over and bool(case.course.get("waiting")) and bool(rows(case.lane, case.state, Move.LET_LAPSE))

    async def _follow(self, case: Case, one: Deadline, step: Step, uow: UnitOfWork) -> None:
        name = f"{about(one)}{step.name}"
        who = {"officer": case.officer_id} if case.officer_id else {}
        data = {"text": name, **who, "clock": []}
        await uow.cases.note(case.id, SYSTEM, "case.escalated", data, self.clock.now())
        for kind, organ in _addressees(case, one, step):
            await uow.clocks.add_task(kind, case.id, organ, name, one.due_on, self.clock.now())
        logger.info("deadline reached", extra={"case_no": case.case_no, "clock": one.code, "level": step.level})


def _addressees(case: Case, one: Deadline, step: Step) -> list[tuple[str, str]]:
    """Tasks as kind and organ. What an assisting organ owes concerns that organ and the lead, and nobody else."""
    if step.level not in _TASKS:
        return []
    if one.beside:
        return [(OPINION, organ) for organ in dict.fromkeys((one.organ, case.organ or "")) if organ]
    return [(_TASKS[step.level], _addressee(step.level, one.organ or case.organ or ""))]


def _addressee(level: str, organ: str) -> str:
    """An organ is reminded itself; the desk supervises it; what is reported goes to the organ above it."""
    if level == "remind":
        return organ
    above = organs.superior_of(organ) if level == "report" else None
    return above.code if above else ""
