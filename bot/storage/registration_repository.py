"""Registrations by staff: the form as somebody typed it, until it is filed. Nobody but the author reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.errors import NotFound, StaleVersion
from bot.storage.dialect import insert_ignoring
from bot.storage.tables import registrations

KEPT_FOR = timedelta(days=30)
MOST_OPEN = 20
Form = Mapping[str, str]


@dataclass(frozen=True)
class Registration:
    """`version` counts the savings; `reading` is how a worker read `read_text`; `case_id` is None until it is filed."""

    key: str
    form: Form
    version: int
    read_text: str
    reading: Mapping[str, Any]
    case_id: int | None
    saved_at: datetime

    def reading_of(self, text: str) -> Mapping[str, Any]:
        """How this text was read; empty where it was not, or where another one was."""
        return self.reading if self.reading and self.read_text == text else {}


class RegistrationRepository:
    """Rows of `registrations`. Every look but the worker's is of one staff member's own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open_of(self, staff_id: int) -> list[Registration]:
        """One's forms that are not filed, last saved first."""
        mine = (registrations.c.staff_id == staff_id, registrations.c.case_id.is_(None))
        wanted = select(registrations).where(*mine).order_by(registrations.c.saved_at.desc()).limit(MOST_OPEN)
        return [_registration(row) for row in (await self._connection.execute(wanted)).mappings()]

    async def get(self, key: str, staff_id: int) -> Registration:
        """One of one's own. Raises `NotFound`, the same for one that is not there and one that is somebody else's."""
        wanted = select(registrations).where(*_own(key, staff_id))
        row = (await self._connection.execute(wanted)).mappings().first()
        if row is None:
            raise NotFound("no such registration")
        return _registration(row)

    async def keep(self, key: str, staff_id: int, form: Form, known: int, at: datetime) -> int:
        """Save over the version that is known; the new one. Raises `StaleVersion`, `NotFound` for somebody else's."""
        await self._connection.execute(delete(registrations).where(registrations.c.saved_at < at - KEPT_FOR))
        fresh = {"key": key, "staff_id": staff_id, "form": dict(form), "version": 1, "saved_at": at}
        if known == 0 and await insert_ignoring(self._connection, registrations, fresh):
            return 1
        kept = await self._change(_open(key, staff_id, known), form=dict(form), version=known + 1, saved_at=at)
        if not kept:
            await self.get(key, staff_id)
            raise StaleVersion("the form was changed in another window, or filed")
        return known + 1

    async def claim(self, key: str, staff_id: int, at: datetime) -> Registration:
        """The form, held until the transaction ends, so that it is filed once. Raises `NotFound`."""
        row = {"key": key, "staff_id": staff_id, "form": {}, "version": 1, "saved_at": at}
        if not await insert_ignoring(self._connection, registrations, row):
            await self._change(_own(key, staff_id), saved_at=at)
        return await self.get(key, staff_id)

    async def filed(self, key: str, staff_id: int, case_id: int) -> None:
        """It became a case: what was typed is not needed any more."""
        await self._change(_own(key, staff_id), case_id=case_id, form={}, read_text="", reading={})

    async def drop(self, key: str, staff_id: int) -> None:
        """Throw an unfiled one away."""
        await self._connection.execute(
            delete(registrations).where(*_own(key, staff_id), registrations.c.case_id.is_(None))
        )

    async def text_of(self, key: str) -> str:
        """What a worker is to read; "" where there is nothing any more."""
        wanted = select(registrations.c.form).where(registrations.c.key == key, registrations.c.case_id.is_(None))
        form = (await self._connection.execute(wanted)).scalar()
        return str(form.get("text", "")) if form else ""

    async def understood(self, key: str, text: str, reading: Mapping[str, Any]) -> None:
        """How a worker read it, unless it was filed or dropped meanwhile."""
        unfiled = (registrations.c.key == key, registrations.c.case_id.is_(None))
        await self._change(unfiled, read_text=text, reading=dict(reading))

    async def _change(self, which: tuple[ColumnElement[bool], ...], **values: Any) -> bool:
        result = await self._connection.execute(update(registrations).where(*which).values(**values))
        return bool(result.rowcount)


def _own(key: str, staff_id: int) -> tuple[ColumnElement[bool], ...]:
    return registrations.c.key == key, registrations.c.staff_id == staff_id


def _open(key: str, staff_id: int, version: int) -> tuple[ColumnElement[bool], ...]:
    return (*_own(key, staff_id), registrations.c.version == version, registrations.c.case_id.is_(None))


def _registration(row: RowMapping) -> Registration:
    fields = ("key", "form", "version", "read_text", "reading", "case_id", "saved_at")
    return Registration(**{name: row[name] for name in fields})
