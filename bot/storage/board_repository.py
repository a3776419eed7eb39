"""What the day's list and the boards show; every figure goes through the one sight condition, as its list does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import Case, veiled
from bot.domain.deadlines import Standing
from bot.domain.lifecycle import CLOSED_STATES, PAST, Move
from bot.domain.people import Sight
from bot.storage.case_repository import EVERY_STATE, OPEN_STATES, ORDERS, REVIEWS, as_case, visible
from bot.storage.tables import case_clocks, case_events, cases

CLEARED = tuple(state.value for state in CLOSED_STATES)
Spell = tuple[datetime, datetime]
# What counts as progress: moves, and a visit that took place. Remarks, reminders and another 承办人 move nothing.
_NO_STEPS = (Move.TAKE_ON, Move.HAND_TO)
STEPS = (
    *(f"case.{past}" for move, past in PAST.items() if move not in _NO_STEPS),
    "case.visit_came",
    "case.field_visited",
)


@dataclass(frozen=True)
class DueSpell:
    """The days of the board: what ends until `soon` is due soon; `since` begins what has been concluded lately."""

    today: date
    soon: date
    since: datetime


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


class BoardRepository:
    """Counts and short lists over cases."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def leaders(self, sight: Sight, today: date) -> list[LeaderLine]:
        """A line a leader who has visible cases, those with most overdue first."""
        still_open = cases.c.state.in_(OPEN_STATES)
        figures = (still_open, and_(still_open, cases.c.due_on < today), ~still_open)
        rows = await self._connection.execute(
            select(cases.c.leader_id, *map(_number, figures))
            .where(visible(sight, found=True), cases.c.leader_id.is_not(None))
            .group_by(cases.c.leader_id)
        )
        lines = [LeaderLine(*row) for row in rows]
        return sorted(lines, key=lambda line: (-line.overdue, -line.open, line.leader))

    async def led(self, leader: int, sight: Sight, limit: int = 100) -> list[LedCase]:
        """A leader's open cases with their next clock and last progress, the most pressing first."""
        found = await self._led_by(leader, sight, limit)
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

    async def organs(self, sight: Sight, spell: DueSpell, often: int) -> list[OrganLine]:
        """A line an organ, those with most overdue first. `often`: sent back so often, a case counts as bounced."""
        pending, ended = await self._pending(sight, spell, often), await self._ended(sight, spell.since)
        lines = [
            OrganLine(organ, *pending.get(organ, (0, 0, 0, 0)), *ended.get(organ, (0, 0, None)))
            for organ in {**pending, **ended}
        ]
        return sorted(lines, key=lambda line: (-line.overdue, -line.open, line.organ or ""))

    async def _pending(self, sight: Sight, spell: DueSpell, often: int) -> dict[str | None, tuple[int, int, int, int]]:
        """Open cases by organ: all, overdue, due soon, bounced; without reviews, which are no case more."""
        soon = cases.c.due_on.between(spell.today, spell.soon)
        figures = (func.count(), *map(_number, (cases.c.due_on < spell.today, soon, cases.c.bounced >= often)))
        found = await self._without_reviews(figures, visible(sight), cases.c.state.in_(OPEN_STATES))
        return {organ: (row[0], row[1], row[2], row[3]) for organ, row in found.items()}

    async def _ended(self, sight: Sight, since: datetime) -> dict[str | None, tuple[int, int, float | None]]:
        """Cases that ended since then, by organ: all, rated, and the mean of their stars; without reviews likewise."""
        figures = (func.count(), func.count(cases.c.stars), func.sum(cases.c.stars))
        ended = (visible(sight), cases.c.ended_at >= since, cases.c.state.in_(CLEARED))
        found = await self._without_reviews(figures, *ended)
        return {organ: (row[0], row[1], row[2] / row[1] if row[1] else None) for organ, row in found.items()}

    async def _without_reviews(
        self, figures: Sequence[ColumnElement[int]], *wanted: ColumnElement[bool]
    ) -> dict[str | None, tuple[int, ...]]:
        """Figures by organ, the first of them a count. All are counted out of one index; the few reviews, found by
        another, are taken off."""
        everything = await self._by_organ(figures, *wanted)
        reviews = await self._by_organ(figures, *wanted, cases.c.id.in_(REVIEWS))
        none = (0,) * len(figures)
        left = {
            organ: tuple(all - off for all, off in zip(row, reviews.get(organ, none), strict=True))
            for organ, row in everything.items()
        }
        return {organ: row for organ, row in left.items() if row[0]}

    async def _by_organ(
        self, figures: Sequence[ColumnElement[int]], *wanted: ColumnElement[bool]
    ) -> dict[str | None, tuple[int, ...]]:
        rows = await self._connection.execute(select(cases.c.organ, *figures).where(*wanted).group_by(cases.c.organ))
        return {row[0]: tuple(int(figure or 0) for figure in row[1:]) for row in rows}

    async def clearances(self, sight: Sight, spells: Sequence[Spell], today: date) -> list[Clearance]:
        """Of the first-level cases filed in each spell: cleared, left, overdue. A spell: from, up to but without."""
        again = await self._came_back(sight, spells)
        return [
            _clearance(await self._filed(sight, spell, today), came_back)
            for spell, came_back in zip(spells, again, strict=True)
        ]

    async def _filed(self, sight: Sight, spell: Spell, today: date) -> Sequence[tuple[str, int, int, int]]:
        """A line a state: cases filed in a spell, those past their day, repeats; without reviews, which are no case
        more. All are counted out of one index, and the few reviews, found by another, are taken off."""
        everything = await self._by_state(today, visible(sight), cases.c.state.in_(EVERY_STATE), _within(spell))
        reviews = await self._by_state(today, visible(sight), cases.c.id.in_(REVIEWS), _within(spell))
        none = (0, 0, 0)
        pairs = [(state, counted, reviews.get(state, none)) for state, counted in everything.items()]
        return [(state, all[0] - off[0], all[1] - off[1], all[2] - off[2]) for state, all, off in pairs]

    async def _by_state(self, today: date, *wanted: ColumnElement[bool]) -> dict[str, tuple[int, int, int]]:
        """How many cases, past their day, repeats, in each state."""
        figures = (func.count(), _number(cases.c.due_on < today), func.count(cases.c.repeat_of))
        rows = await self._connection.execute(select(cases.c.state, *figures).where(*wanted).group_by(cases.c.state))
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

    async def _came_back(self, sight: Sight, spells: Sequence[Spell]) -> Sequence[int]:
        """By spell: first cases that are cleared and were brought again. A repeat is filed after its first case."""
        repeated = cases.c.repeat_of.is_not(None), cases.c.filed_at >= min(since for since, _ in spells)
        again = select(cases.c.repeat_of).where(visible(sight, found=True), *repeated).distinct()
        # Found first, then looked up: PostgreSQL would look through all cases for them.
        brought = again.cte("brought").prefix_with("MATERIALIZED", dialect="postgresql")
        cleared = and_(cases.c.repeat_of.is_(None), cases.c.parent_id.is_(None), cases.c.state.in_(CLEARED))
        figures = [_number(and_(cleared, _within(spell))) for spell in spells]
        first = cases.join(brought, brought.c.repeat_of == cases.c.case_no)
        wanted = select(*figures).select_from(first).where(visible(sight, found=True))
        return (await self._connection.execute(wanted)).one()

    async def _led_by(self, leader: int, sight: Sight, limit: int) -> list[Case]:
        led = and_(visible(sight, found=True), cases.c.leader_id == leader, cases.c.state.in_(OPEN_STATES))
        wanted = select(cases).where(led).order_by(*ORDERS["due"]).limit(limit)
        found = [as_case(row) for row in (await self._connection.execute(wanted)).mappings()]
        return [veiled(one) for one in found] if sight.veiled else found


def _within(spell: Spell) -> ColumnElement[bool]:
    since, until = spell
    return and_(cases.c.filed_at >= since, cases.c.filed_at < until)


def _clearance(counted: Sequence[tuple[str, int, int, int]], came_back: int) -> Clearance:
    filed, repeats = sum(row[1] for row in counted), sum(row[3] for row in counted)
    still_open = [row[1:] for row in counted if row[0] in OPEN_STATES]
    left, overdue, repeats_left = (sum(column) for column in zip(*still_open, strict=True)) if still_open else (0, 0, 0)
    once = filed - left - (repeats - repeats_left) - came_back
    return Clearance(filed, filed - left, left, overdue, repeats, repeats_left, once)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
