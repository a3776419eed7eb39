"""Sessions of staff and their second factors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NotFound
from bot.storage.tables import second_factors, staff_sessions

HANDLE_LENGTH = 16


@dataclass(frozen=True)
class Session:
    """One sign-in. `handle` names it towards people; `agent` and `network` say where, in words that name nobody.

    Not `confirmed`: the password was right, the second factor has not come yet.
    """

    handle: str
    staff_id: int
    csrf: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    agent: str
    network: str
    confirmed: bool


@dataclass(frozen=True)
class SecondFactor:
    """`secret` is sealed; `last_step` the last half minute a code was taken for; `recovery` hashes."""

    staff_id: int
    secret: str
    confirmed_at: datetime | None
    last_step: int
    recovery: tuple[str, ...]


class SessionRepository:
    """Rows of `staff_sessions` and `second_factors`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, token_hash: str, session: Session) -> None:
        """Remember a sign-in by the hash of its token; sessions that ran out are forgotten."""
        row = {name: value for name, value in vars(session).items() if name != "handle"}
        await self._connection.execute(delete(staff_sessions).where(staff_sessions.c.expires_at <= session.created_at))
        await self._connection.execute(staff_sessions.insert().values(token_hash=token_hash, **row))

    async def get(self, token_hash: str, at: datetime, idle: timedelta) -> Session:
        """The session of a token. Raises `NotFound` when it ran out or was left alone for too long."""
        wanted = select(staff_sessions).where(
            staff_sessions.c.token_hash == token_hash,
            staff_sessions.c.expires_at > at,
            staff_sessions.c.used_at > at - idle,
        )
        row = (await self._connection.execute(wanted)).mappings().first()
        if row is None:
            raise NotFound("no such session")
        return _session(row)

    async def of(self, staff_id: int, at: datetime, idle: timedelta) -> list[Session]:
        """Somebody's open sessions, the last used first."""
        wanted = select(staff_sessions).where(
            staff_sessions.c.staff_id == staff_id,
            staff_sessions.c.confirmed,
            staff_sessions.c.expires_at > at,
            staff_sessions.c.used_at > at - idle,
        )
        rows = await self._connection.execute(wanted.order_by(staff_sessions.c.used_at.desc()))
        return [_session(row) for row in rows.mappings()]

    async def used(self, token_hash: str, at: datetime) -> None:
        """Note that a session is in use."""
        await self._change(staff_sessions.c.token_hash == token_hash, used_at=at)

    async def confirm(self, token_hash: str, until: datetime) -> None:
        """The second factor has come."""
        await self._change(staff_sessions.c.token_hash == token_hash, confirmed=True, expires_at=until)

    async def _change(self, condition: Any, **values: Any) -> None:
        await self._connection.execute(update(staff_sessions).where(condition).values(**values))

    async def close(self, token_hash: str) -> None:
        """Sign out."""
        await self._connection.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == token_hash))

    async def end(self, staff_id: int, handle: str = "", but: str = "") -> None:
        """End somebody's sessions: the one with this handle, or all of them but one."""
        ended = delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id)
        if handle:
            ended = ended.where(staff_sessions.c.token_hash.like(f"{handle}%"))
        if but:
            ended = ended.where(~staff_sessions.c.token_hash.like(f"{but}%"))
        await self._connection.execute(ended)

    async def second_factor(self, staff_id: int) -> SecondFactor | None:
        """Somebody's second factor, confirmed or about to be."""
        wanted = select(second_factors).where(second_factors.c.staff_id == staff_id)
        row = (await self._connection.execute(wanted)).mappings().first()
        return SecondFactor(**{**row, "recovery": tuple(row["recovery"])}) if row else None

    async def protected(self) -> set[int]:
        """Who has a second factor switched on."""
        wanted = select(second_factors.c.staff_id).where(second_factors.c.confirmed_at.is_not(None))
        return set((await self._connection.execute(wanted)).scalars())

    async def keep_second_factor(self, factor: SecondFactor) -> None:
        """Write one down in place of the one there is."""
        await self.drop_second_factor(factor.staff_id)
        row = {**vars(factor), "recovery": list(factor.recovery)}
        await self._connection.execute(second_factors.insert().values(row))

    async def drop_second_factor(self, staff_id: int) -> None:
        """Forget it."""
        await self._connection.execute(delete(second_factors).where(second_factors.c.staff_id == staff_id))


def _session(row: RowMapping) -> Session:
    facts = {name: value for name, value in row.items() if name != "token_hash"}
    return Session(handle=row["token_hash"][:HANDLE_LENGTH], **facts)
