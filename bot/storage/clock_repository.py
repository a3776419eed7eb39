"""Clocks of cases as rows, so that scans and boards go by dates; what was escalated; tasks that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, literal_column, or_, select, text, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import VEIL
from bot.domain.deadlines import Deadline, Step
from bot.domain.errors import NotFound
from bot.domain.lifecycle import CaseState
from bot.domain.people import Sight
from bot.domain.permission import OPINION, TELL
from bot.domain.working_days import DAY, start_of
from bot.storage.case_repository import OPEN_STATES, visible
from bot.storage.dialect import insert_ignoring, key_of
from bot.storage.tables import case_clocks, case_events, cases, escalations, samples, tasks

# Every move of a case needs these.
_FORGET = text("DELETE FROM case_clocks WHERE case_id = :case_id")
# A row with a level is an escalation that was acted on, one without it a clock.
_KNOWN = text(
    "SELECT case_id, code, organ, started_at, standing, due_on, stopped_at, is_right, next_level, next_on,"
    " NULL AS level FROM case_clocks WHERE case_id = :case_id UNION ALL"
    " SELECT case_id, code, organ, started_at, NULL, due_on, NULL, NULL, NULL, NULL, level"
    " FROM escalations WHERE case_id = :case_id"
).columns(*case_clocks.c, escalations.c.level)
# An expression: by the column itself SQLite would group all clocks in the order of their key.
_CASE: ColumnElement[int] = literal_column("case_id + 0")
_ENDING = (
    update(tasks)
    .where(tasks.c.case_id == bindparam("of_case"), tasks.c.kind.in_(bindparam("of_kinds", expanding=True)))
    .where(tasks.c.done_at.is_(None))
    .values(done_at=bindparam("at"), done_by=bindparam("by"), note=bindparam("said"))
)


class ClockRepository:
    """Rows of `case_clocks`, `escalations` and `tasks`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, case_id: int, deadlines: Iterable[Deadline]) -> None:
        """Replace what is stored of a case's clocks. Levels that were acted on do not come again."""
        known = [dict(row) for row in (await self._connection.execute(_KNOWN, {"case_id": case_id})).mappings()]
        acted = {(*_key(row), row["due_on"], row["level"]) for row in known if row["level"]}
        stored = [row for row in known if not row.pop("level")]
        rows = [_row(case_id, one, acted) for one in deadlines]
        if sorted(stored, key=_key) == sorted(rows, key=_key):
            return
        if stored:
            await self._connection.execute(_FORGET, {"case_id": case_id})
        if rows:
            await self._connection.execute(case_clocks.insert(), rows)

    async def of_case(self, case_id: int) -> list[RowMapping]:
        """A case's clocks as they are stored, by their start."""
        wanted = select(case_clocks).where(case_clocks.c.case_id == case_id).order_by(case_clocks.c.started_at)
        return list((await self._connection.execute(wanted)).mappings())

    async def reached(self, today: date, limit: int) -> list[int]:
        """Cases a clock of which has come to its next level, by date: nobody is skipped for being unassigned."""
        first = func.min(case_clocks.c.next_on)
        wanted = select(_CASE, first).where(case_clocks.c.next_on <= today).group_by(_CASE).order_by(first, _CASE)
        return [int(row[0]) for row in await self._connection.execute(wanted.limit(limit))]

    async def unwound(self, limit: int) -> list[int]:
        """Open cases without a stored clock, oldest first."""
        wanted = (
            select(cases.c.id)
            .outerjoin(case_clocks, case_clocks.c.case_id == cases.c.id)
            .where(case_clocks.c.case_id.is_(None), cases.c.state.in_(OPEN_STATES))
            .order_by(cases.c.id)
            .limit(limit)
        )
        return [int(row[0]) for row in await self._connection.execute(wanted)]

    async def escalate(self, case_id: int, one: Deadline, step: Step, at: datetime) -> bool:
        """Note that a level was acted on; False when somebody did so before: each level once, whoever scans."""
        row = {
            "case_id": case_id,
            "code": one.code,
            "organ": one.organ,
            "started_at": one.started_at,
            "level": step.level,
            "due_on": one.due_on,
            "at": at,
        }
        return await insert_ignoring(self._connection, escalations, row)

    async def escalations_of(self, case_id: int) -> list[RowMapping]:
        """What was escalated on a case, oldest first."""
        wanted = select(escalations).where(escalations.c.case_id == case_id).order_by(escalations.c.id)
        return list((await self._connection.execute(wanted)).mappings())

    async def add_task(
        self,
        kind: str,
        case_id: int,
        organ: str,
        reason: str,
        due_on: date | None,
        at: datetime,
        sample: int | None = None,
    ) -> int:
        """Something somebody has to do about a case."""
        result = await self._connection.execute(
            tasks.insert(),
            {
                "kind": kind,
                "case_id": case_id,
                "organ": organ,
                "reason": reason,
                "due_on": due_on,
                "created_at": at,
                "sample_id": sample,
            },
        )
        return key_of(result)

    async def concluded(self, since: date, until: date, sight: Sight) -> list[int]:
        """Visible cases that were concluded, the last time, on these days of the city, and not sampled since."""
        first, last = start_of(since), start_of(until + DAY)
        of_case = (case_events.c.case_id == cases.c.id, case_events.c.type == "case.concluded")
        sampled = (
            tasks.c.case_id == cases.c.id,
            tasks.c.sample_id.is_not(None),
            tasks.c.created_at >= cases.c.ended_at,
        )
        wanted = select(cases.c.id).where(
            visible(sight),
            cases.c.state.in_([CaseState.CONCLUDED.value, CaseState.FINALISED.value, CaseState.ARCHIVED.value]),
            cases.c.ended_at >= first,
            cases.c.ended_at < last,
            exists().where(*of_case, case_events.c.at >= cases.c.ended_at),
            ~exists().where(*sampled),
        )
        return [int(row[0]) for row in await self._connection.execute(wanted)]

    async def keep_sample(
        self, seed: str, since: date, until: date, size: int, population: int, by: int, at: datetime
    ) -> int:
        """How a sample was drawn; tells its number."""
        row = {
            "seed": seed,
            "since": since,
            "until": until,
            "size": size,
            "population": population,
            "drawn_by": by,
            "at": at,
        }
        return key_of(await self._connection.execute(samples.insert(), row))

    async def samples(self, limit: int = 10) -> list[RowMapping]:
        """The newest samples."""
        wanted = select(samples).order_by(samples.c.id.desc()).limit(limit)
        return list((await self._connection.execute(wanted)).mappings())

    async def end_tasks(
        self, case_id: int, kinds: Sequence[str], at: datetime, by: int | None, note: str = "", about: str = ""
    ) -> int:
        """Close what is open of some kinds on a case, `about`: whose reason begins so; tells how many."""
        ending = _ENDING.where(tasks.c.reason.startswith(about, autoescape=True)) if about else _ENDING
        given = {"of_case": case_id, "of_kinds": list(kinds), "at": at, "by": by, "said": note}
        return int((await self._connection.execute(ending, given)).rowcount)

    async def end_task(self, task_id: int, at: datetime, by: int, note: str) -> None:
        """Close one."""
        await self._connection.execute(
            update(tasks).where(tasks.c.id == task_id).values(done_at=at, done_by=by, note=note)
        )

    async def open_tasks(
        self, sight: Sight, kinds: Sequence[str] = (), limit: int = 200, first: str = ""
    ) -> list[dict[str, Any]]:
        """Tasks on visible cases, the kind `first` and then those due first, with what a list shows of the case."""
        order = (tasks.c.kind != first, tasks.c.due_on.is_(None), tasks.c.due_on, tasks.c.id)
        wanted = _visible_tasks(sight, kinds).order_by(*order).limit(limit)
        rows = (await self._connection.execute(wanted)).mappings()
        hidden = {"title": VEIL, "place": "", "reason": ""} if sight.veiled else {}
        return [{**row, **hidden} for row in rows]

    async def count_tasks(self, sight: Sight, kinds: Sequence[str] = ()) -> int:
        """How many `open_tasks` would list in all."""
        wanted = select(func.count()).select_from(_visible_tasks(sight, kinds).subquery())
        return int((await self._connection.execute(wanted)).scalar_one())

    async def task(self, task_id: int, sight: Sight) -> RowMapping:
        """One open task on a visible case. Raises `NotFound`."""
        row = (
            (await self._connection.execute(_visible_tasks(sight, ()).where(tasks.c.id == task_id))).mappings().first()
        )
        if row is None:
            raise NotFound("no such task")
        return row


def _visible_tasks(sight: Sight, kinds: Sequence[str]) -> Any:
    """Open ones on visible cases. What is owed between two organs is shown to these alone; whom one organ has to tell
    something, to no other organ.
    """
    shown = ("case_no", "title", "urgency", "state", "place", "stars", "officer_id")
    private = (OPINION, TELL) if sight.organ else (OPINION,)
    theirs = or_(tasks.c.kind.not_in(private), tasks.c.organ == (sight.organ or ""))
    wanted = (
        select(tasks, *(cases.c[name] for name in shown))
        .join(cases, cases.c.id == tasks.c.case_id)
        .where(visible(sight), tasks.c.done_at.is_(None), theirs)
    )
    return wanted.where(tasks.c.kind.in_(kinds)) if kinds else wanted


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["code"], row["organ"], row["started_at"]


def _row(case_id: int, one: Deadline, acted: set[tuple[Any, ...]]) -> dict[str, Any]:
    key = (one.code, one.organ, one.started_at, one.due_on)
    step = next((step for step in one.steps if (*key, step.level) not in acted), None)
    return {
        "case_id": case_id,
        "code": one.code,
        "organ": one.organ,
        "started_at": one.started_at,
        "standing": one.standing.value,
        "due_on": one.due_on,
        "stopped_at": one.stopped_at,
        "is_right": not one.of_case,
        "next_level": step.level if step else None,
        "next_on": step.on if step else None,
    }
