"""What the day's list and the boards show; every figure goes through the one sight condition, as its list does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import Case, veiled
from bot.domain.deadlines import Standing
from bot.domain.lifecycle import CLOSED_STATES, PAST, CaseState
from bot.domain.people import Sight
from bot.domain.permission import BOUNCED_OFTEN
from bot.storage.case_repository import OPEN_STATES, as_case, visible
from bot.storage.tables import case_clocks, case_events, cases

WAITING = (CaseState.FILED.value, CaseState.REGISTERED.value, CaseState.SENT_BACK.value, CaseState.OBJECTED.value)
CLEARED = tuple(state.value for state in CLOSED_STATES)
# What counts as progress: moves, and a visit that took place. Remarks and reminders move nothing.
STEPS = (*(f"case.{past}" for past in PAST.values()), "case.visit_came")


@dataclass(frozen=True)
class OrganLine:
    """An organ's line on the board: open cases, those overdue or due soon, bounced ones, ratings."""

    organ: str | None
    open: int
    overdue: int
    soon: int
    bounced: int
    concluded: int
    rated: int
    stars: float | None


@dataclass(frozen=True)
class Clearance:
    """月结月清, 年内清零: of what came in during a spell, how much is cleared and how much is left.

    `settled_once` are first cases that are cleared and were not brought again (一次性化解).
    """

    filed: int
    cleared: int
    left: int
    overdue: int
    repeats: int = 0
    repeats_left: int = 0
    settled_once: int = 0

    @property
    def settled_once_rate(self) -> float | None:
        """一次性化解率, 0…1: of first cases that are cleared, those that did not come back; None where none is."""
        cleared = self.cleared - (self.repeats - self.repeats_left)
        return self.settled_once / cleared if cleared else None


@dataclass(frozen=True)
class LeaderLine:
    """包案 of one leader: open cases, those overdue, and those that are at their end."""

    leader: int
    open: int
    overdue: int
    ended: int


@dataclass(frozen=True)
class LedCase:
    """An open case under a leader; `clock` is the code of the one that ends first, "" where none runs.

    `step` is the event of the last progress, `stepped_at` when it was made.
    """

    case: Case
    clock: str
    step: str
    stepped_at: datetime | None


@dataclass(frozen=True)
class Outcome:
    """How often a rule proposed one thing and a person chose another, or the same."""

    rule: str
    proposed: str
    chosen: str
    number: int

    @property
    def hit(self) -> bool:
        """Whether the person followed."""
        return self.proposed == self.chosen


class BoardRepository:
    """Counts and short lists over cases."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def due(self, sight: Sight, until: date, limit: int = 30) -> tuple[list[Case], int]:
        """Open cases with something owed up to a day, the most pressing first, and how many there are."""
        return await self._listed(and_(cases.c.state.in_(OPEN_STATES), cases.c.due_on <= until), sight, limit)

    async def waiting(self, sight: Sight, limit: int = 30) -> tuple[list[Case], int]:
        """Nobody works on them: new, sent back, disputed."""
        return await self._listed(cases.c.state.in_(WAITING), sight, limit)

    async def to_approve(self, sight: Sight, limit: int = 30) -> tuple[list[Case], int]:
        """Replies that wait for a second person."""
        return await self._listed(cases.c.state == CaseState.DRAFTED.value, sight, limit)

    async def bounced(self, sight: Sight, limit: int = 30) -> tuple[list[Case], int]:
        """Open cases that were sent back twice or more."""
        often = and_(cases.c.bounced >= BOUNCED_OFTEN, cases.c.state.in_(OPEN_STATES))
        return await self._listed(often, sight, limit)

    async def led_by(self, leader: int, sight: Sight, limit: int = 30) -> tuple[list[Case], int]:
        """包案: open cases that a leader is responsible for."""
        return await self._listed(and_(cases.c.leader_id == leader, cases.c.state.in_(OPEN_STATES)), sight, limit)

    async def leaders(self, sight: Sight, today: date) -> list[LeaderLine]:
        """A line a leader who has visible cases, those with most overdue first."""
        still_open = cases.c.state.in_(OPEN_STATES)
        figures = (still_open, and_(still_open, cases.c.due_on < today), ~still_open)
        rows = await self._connection.execute(
            select(cases.c.leader_id, *map(_number, figures))
            .where(visible(sight), cases.c.leader_id.is_not(None))
            .group_by(cases.c.leader_id)
        )
        lines = [LeaderLine(*row) for row in rows]
        return sorted(lines, key=lambda line: (-line.overdue, -line.open, line.leader))

    async def led(self, leader: int, sight: Sight, limit: int = 100) -> list[LedCase]:
        """A leader's open cases with their next clock and last progress, the most pressing first."""
        found, _ = await self.led_by(leader, sight, limit)
        numbers = [one.id for one in found]
        clocks, steps = await self._next_clocks(numbers), await self._last_steps(numbers)
        return [LedCase(one, clocks.get(one.id, ""), *steps.get(one.id, ("", None))) for one in found]

    async def _next_clocks(self, numbers: Sequence[int]) -> dict[int, str]:
        """The code of the running duty that ends first, by case."""
        wanted = (
            select(case_clocks.c.case_id, case_clocks.c.code)
            .where(
                case_clocks.c.case_id.in_(numbers),
                case_clocks.c.standing == Standing.RUNNING.value,
                case_clocks.c.due_on.is_not(None),
                ~case_clocks.c.is_right,
            )
            .order_by(case_clocks.c.due_on.desc(), case_clocks.c.code.desc())
        )
        return {row.case_id: row.code for row in await self._connection.execute(wanted)}

    async def _last_steps(self, numbers: Sequence[int]) -> dict[int, tuple[str, datetime]]:
        """The event of the last progress and when, by case."""
        last = (
            select(func.max(case_events.c.id))
            .where(case_events.c.case_id.in_(numbers), case_events.c.type.in_(STEPS))
            .group_by(case_events.c.case_id)
        )
        wanted = select(case_events.c.case_id, case_events.c.type, case_events.c.at).where(case_events.c.id.in_(last))
        return {row.case_id: (row.type, row.at) for row in await self._connection.execute(wanted)}

    async def routed(self, sight: Sight, since: datetime) -> list[Outcome]:
        """派单: what each rule proposed and where staff sent the case, over visible cases."""
        return await self._outcomes(("case.assigned", "case.transferred", "case.designated"), "organ", sight, since)

    async def ways(self, sight: Sight, since: datetime) -> list[Outcome]:
        """三分: the proposed way and the one a person decided; the way stands for the rule."""
        return await self._outcomes(("case.way_decided",), "way", sight, since)

    async def _outcomes(self, types: Sequence[str], chosen: str, sight: Sight, since: datetime) -> list[Outcome]:
        told = {name: case_events.c.data[name].as_string() for name in ("rule", "proposed", chosen)}
        rule = func.coalesce(told["rule"], told["proposed"])
        wanted = (
            select(rule, told["proposed"], told[chosen], func.count())
            .join(cases, cases.c.id == case_events.c.case_id)
            .where(case_events.c.type.in_(types), case_events.c.at >= since, told["proposed"] != "", visible(sight))
            .group_by(rule, told["proposed"], told[chosen])
        )
        return [Outcome(*row) for row in await self._connection.execute(wanted)]

    async def organs(self, sight: Sight, today: date, soon: date, since: datetime) -> list[OrganLine]:
        """A line an organ, those with most overdue first. `since` begins the spell of concluded and rated ones."""
        still_open, late = cases.c.state.in_(OPEN_STATES), cases.c.due_on < today
        ended = and_(cases.c.state.in_(CLEARED), cases.c.updated_at >= since)
        rows = await self._connection.execute(
            select(
                cases.c.organ,
                _number(still_open),
                _number(and_(still_open, late)),
                _number(and_(still_open, cases.c.due_on.between(today, soon))),
                _number(and_(still_open, cases.c.bounced >= BOUNCED_OFTEN)),
                _number(ended),
                func.count(case((ended, cases.c.stars))),
                func.avg(case((ended, cases.c.stars))),
            )
            .where(visible(sight), or_(still_open, ended))
            .group_by(cases.c.organ)
        )
        lines = [_line(*row) for row in rows]
        return sorted(lines, key=lambda line: (-line.overdue, -line.open, line.organ or ""))

    async def clearance(self, sight: Sight, since: datetime, until: datetime, today: date) -> Clearance:
        """Of the cases filed in a spell: cleared, left, overdue."""
        still_open = cases.c.state.in_(OPEN_STATES)
        late, repeated = and_(still_open, cases.c.due_on < today), cases.c.repeat_of.is_not(None)
        # A repeat is filed after its first case: earlier ones need no look.
        again = select(cases.c.repeat_of).where(visible(sight), cases.c.filed_at >= since, repeated).correlate(None)
        once = and_(~repeated, ~still_open, cases.c.case_no.not_in(again))
        figures = (still_open, late, repeated, and_(repeated, still_open), once)
        wanted = select(func.count(), *map(_number, figures)).where(
            visible(sight), cases.c.filed_at >= since, cases.c.filed_at < until
        )
        filed, left, overdue, repeats, repeats_left, once_only = (await self._connection.execute(wanted)).one()
        return Clearance(filed, filed - left, left, overdue, repeats, repeats_left, once_only)

    async def _listed(self, wanted: ColumnElement[bool], sight: Sight, limit: int) -> tuple[list[Case], int]:
        condition = and_(visible(sight), wanted)
        first = cases.c.due_on.is_(None), cases.c.due_on, cases.c.urgency.desc(), cases.c.id
        rows: Select[Any] = select(cases).where(condition).order_by(*first).limit(limit)
        found = [as_case(row) for row in (await self._connection.execute(rows)).mappings()]
        found = [veiled(one) for one in found] if sight.veiled else found
        if len(found) < limit:
            return found, len(found)
        number = await self._connection.execute(select(func.count()).select_from(cases).where(condition))
        return found, int(number.scalar_one())


def _line(organ: str | None, *figures: Any) -> OrganLine:
    still_open, overdue, soon, bounced, concluded, rated, stars = figures
    mean = None if stars is None else float(stars)
    return OrganLine(organ, still_open, overdue, soon, bounced, concluded, rated, mean)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
