"""The audit: appended at the end of each writing transaction, chained by hashes, checked row by row.

Entries gather while a transaction is open and are written just before its commit: the head row, which keeps writers
in order, is locked for two statements and the commit. The tables refuse everything but the next row (migration 0002).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.audit import GENESIS, Entry, Sealed, details_of, digest, seal
from bot.domain.reading import CaseKind
from bot.storage.tables import audit, audit_head, cases

PAGE = 2000
HEAD = "audit"
_HEAD = select(audit_head.c.count, audit_head.c.hash).where(audit_head.c.name == HEAD)
_LOCKED_HEAD = _HEAD.with_for_update()  # SQLite has its write lock already and leaves the words out
_NUMBERS = select(cases.c.id, cases.c.case_no).where(cases.c.id.in_(bindparam("ids", expanding=True)))
_AFTER = select(audit).where(audit.c.id > bindparam("after")).order_by(audit.c.id).limit(PAGE)


@dataclass(frozen=True)
class Anchor:
    """How long the chain was at some time, and its last hash."""

    count: int
    hash: str


@dataclass(frozen=True)
class Broken:
    """The first row that does not hold, and what is wrong with it."""

    id: int
    wrong: str


class Audit:
    """Entries of one open transaction, and the rows of `audit`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._gathered: list[tuple[int | None, Entry]] = []  # with the id of a case whose number is still wanted

    @property
    def gathered(self) -> int:
        """How many entries this transaction has so far."""
        return len(self._gathered)

    def append(self, actor: str, action: str, subject: str, at: datetime, **details: Any) -> None:
        """Note a deed. `details` go through the same sieve as a history line's."""
        self._gathered.append((None, Entry(at, actor, action, subject, details_of(details))))

    def of_case(
        self, case_id: int, case_no: str, actor: str, action: str, data: Mapping[str, Any], at: datetime
    ) -> None:
        """Note a line of a case's history; without the case's number it is looked up at the end."""
        self._gathered.append(
            (None if case_no else case_id, Entry(at, actor, action, case_no, details_of(data, action)))
        )

    async def write(self) -> None:
        """Put what was gathered at the end of the chain. Called once, before the commit."""
        if not self._gathered:
            return
        entries = await self._named()
        head = (await self._connection.execute(_LOCKED_HEAD)).one()
        rows, number, last = [], int(head[0]), str(head[1])
        for entry in entries:
            number += 1
            sealed = seal(entry, number, last)
            rows.append(_row(sealed))
            last = sealed.hash
        await self._connection.execute(audit.insert(), rows)
        self._gathered.clear()

    async def _named(self) -> list[Entry]:
        ids = sorted({case_id for case_id, _ in self._gathered if case_id is not None})
        found = (await self._connection.execute(_NUMBERS, {"ids": ids})).all() if ids else []
        numbers = {row.id: row.case_no for row in found}
        return [
            entry if case_id is None else Entry(entry.at, entry.actor, entry.action, numbers[case_id], entry.details)
            for case_id, entry in self._gathered
        ]

    async def head(self) -> Anchor:
        """The end of the chain as the head row has it."""
        row = (await self._connection.execute(_HEAD)).one_or_none()
        return Anchor(int(row[0]), str(row[1])) if row is not None else Anchor(-1, "")

    async def rows(self, after: int = 0) -> AsyncIterator[Sealed]:
        """Every row in order, a page at a time: memory does not grow with the table."""
        while True:
            page = (await self._connection.execute(_AFTER, {"after": after})).mappings().all()
            for row in page:
                yield _sealed(row)
                after = int(row["id"])
            if not page:
                return

    async def listed(self, before: int, actor: str, subject: str, limit: int) -> list[Sealed]:
        """The newest rows before a number, of one actor or about one subject where they are given.

        A row about an accusation is not among them: that there is one is the disciplinary role's to know.
        """
        wanted = select(audit).where(audit.c.id < before, ~_about_accusation())
        if actor:
            wanted = wanted.where(audit.c.actor == actor)
        if subject:
            wanted = wanted.where(audit.c.subject == subject)
        rows = await self._connection.execute(wanted.order_by(audit.c.id.desc()).limit(limit))
        return [_sealed(row) for row in rows.mappings()]

    async def check(self, anchors: Mapping[int, str] | None = None) -> Anchor | Broken:
        """Go through the whole chain: the first broken row, or where the chain ends."""
        last = Anchor(0, GENESIS)
        known = dict(anchors or {})
        while True:
            async for sealed in self.rows(last.count):
                wrong = _wrong(sealed, last, known.pop(sealed.id, None))
                if wrong:
                    return Broken(sealed.id if sealed.id == last.count + 1 else last.count + 1, wrong)
                last = Anchor(sealed.id, sealed.hash)
            head = await self.head()
            if head.count <= last.count or not await self._has_more(last.count):
                return _ended(last, head, known)

    async def _has_more(self, after: int) -> bool:
        """Rows that came while the chain was read."""
        return (await self._connection.execute(_AFTER, {"after": after})).first() is not None


def _about_accusation() -> ColumnElement[bool]:
    """About an accusation, or about a talk that holds one."""
    accusation = cases.c.kind == CaseKind.ACCUSATION.value
    named = or_(cases.c.case_no == audit.c.subject, cases.c.conversation_id == audit.c.subject)
    return exists().where(accusation, named)


def _wrong(sealed: Sealed, last: Anchor, anchored: str | None) -> str:
    if sealed.id != last.count + 1:
        return f"the row is missing; the next one there is {sealed.id}"
    if sealed.previous_hash != last.hash:
        return "its previous_hash is not the hash of the row before it"
    if sealed.hash != digest(sealed.entry, sealed.id, sealed.previous_hash):
        return "its hash does not fit what it says: the row was changed"
    if anchored is not None and anchored != sealed.hash:
        return "its hash is not the one in the anchor file: the chain was written anew"
    return ""


def _ended(last: Anchor, head: Anchor, anchors: Mapping[int, str]) -> Anchor | Broken:
    """Whether the chain ends where the head row and the anchors say."""
    if head.count < 0:
        return Broken(last.count + 1, "the head row is missing")
    beyond = max([head.count, *anchors])
    if beyond > last.count:
        return Broken(last.count + 1, f"the row is missing: the tail up to row {beyond} was cut off")
    if head != last:
        return Broken(last.count, f"the head row says {head.count} rows and another last hash")
    return last


def _row(sealed: Sealed) -> dict[str, Any]:
    entry = sealed.entry
    return {
        "id": sealed.id,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": dict(entry.details),
        "previous_hash": sealed.previous_hash,
        "hash": sealed.hash,
    }


def _sealed(row: RowMapping) -> Sealed:
    entry = Entry(row["at"], row["actor"], row["action"], row["subject"], row["details"])
    return Sealed(int(row["id"]), entry, row["previous_hash"], row["hash"])
