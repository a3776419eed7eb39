"""Staff, and failed sign-ins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NotFound
from bot.domain.people import Role, Staff
from bot.storage.dialect import insert_ignoring
from bot.storage.tables import login_failures, staff


class StaffRepository:
    """Rows of `staff` and `login_failures`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, username: str, name: str, password_hash: str, role: Role, organ: str | None, at: datetime
    ) -> Staff:
        """A new staff member."""
        await self._connection.execute(
            staff.insert().values(
                username=username,
                name=name,
                password_hash=password_hash,
                role=role.value,
                organ=organ,
                active=True,
                created_at=at,
            )
        )
        return (await self.by_username(username))[0]

    async def count(self) -> int:
        """How many there are."""
        return int((await self._connection.execute(select(func.count()).select_from(staff))).scalar_one())

    async def all(self) -> list[Staff]:
        """Everybody, by name."""
        rows = await self._connection.execute(select(staff).order_by(staff.c.username))
        return [_staff(row) for row in rows.mappings()]

    async def get(self, staff_id: int) -> Staff:
        """By id. Raises `NotFound`."""
        return (await self._one(staff.c.id == staff_id))[0]

    async def held(self, staff_id: int) -> Staff:
        """By id, kept as they are until the end of the transaction. Raises `NotFound`."""
        return (await self._one(staff.c.id == staff_id, held=True))[0]

    async def names(self, ids: Iterable[int]) -> dict[int, str]:
        """How these are called, by id."""
        wanted = select(staff.c.id, staff.c.name).where(staff.c.id.in_(sorted(set(ids))))
        return {row.id: row.name for row in await self._connection.execute(wanted)}

    async def of_role(self, role: Role, organ: str | None = None) -> list[Staff]:
        """Those in office with a role, of one organ or of all, by organ and name."""
        of_organ = [staff.c.organ == organ] if organ else []
        wanted = select(staff).where(staff.c.role == role.value, staff.c.active, *of_organ)
        rows = await self._connection.execute(wanted.order_by(staff.c.organ, staff.c.name, staff.c.id))
        return [_staff(row) for row in rows.mappings()]

    async def by_username(self, username: str) -> tuple[Staff, str]:
        """A staff member and their password's hash. Raises `NotFound`."""
        return await self._one(staff.c.username == username)

    async def set_password(self, staff_id: int, password_hash: str) -> None:
        """Replace a password. Whoever does so also ends sessions."""
        await self._connection.execute(update(staff).where(staff.c.id == staff_id).values(password_hash=password_hash))

    async def set_active(self, staff_id: int, active: bool) -> None:
        """Let somebody in or shut them out. Whoever does so also ends sessions."""
        await self._connection.execute(update(staff).where(staff.c.id == staff_id).values(active=active))

    async def change(self, staff_id: int, name: str, role: Role, organ: str | None) -> None:
        """Another name, role or organ. Whoever changes role or organ also ends sessions."""
        values = {"name": name, "role": role.value, "organ": organ}
        await self._connection.execute(update(staff).where(staff.c.id == staff_id).values(values))

    async def hold_administrators(self) -> frozenset[int]:
        """Ids of those who administer now; until this transaction ends, nobody else changes any of them."""
        wanted = select(staff.c.id).where(staff.c.role == Role.ADMINISTRATOR.value, staff.c.active)
        rows = await self._connection.execute(wanted.order_by(staff.c.id).with_for_update())
        return frozenset(int(row[0]) for row in rows)

    async def password_hash(self, staff_id: int) -> str:
        """The hash of somebody's password. Raises `NotFound`."""
        return (await self._one(staff.c.id == staff_id))[1]

    async def failures(self, key: str, since: datetime) -> int:
        """Failed sign-ins for a key (a user name or an address), unless the last one was before `since`."""
        row = (
            await self._connection.execute(
                select(login_failures.c.count).where(login_failures.c.key == key, login_failures.c.last_at >= since)
            )
        ).first()
        return int(row[0]) if row else 0

    async def count_failure(self, key: str, since: datetime, at: datetime) -> None:
        """Note one more; those before `since` no longer count."""
        counted = await self._connection.execute(
            update(login_failures)
            .where(login_failures.c.key == key, login_failures.c.last_at >= since)
            .values(count=login_failures.c.count + 1, last_at=at)
        )
        if not counted.rowcount:
            await self.clear_failures(key)
            await insert_ignoring(self._connection, login_failures, {"key": key, "count": 1, "last_at": at})

    async def clear_failures(self, key: str) -> None:
        """Forget failures after a good sign-in."""
        await self._connection.execute(delete(login_failures).where(login_failures.c.key == key))

    async def _one(self, condition: Any, *, held: bool = False) -> tuple[Staff, str]:
        wanted = select(staff).where(condition)
        wanted = wanted.with_for_update(read=True) if held else wanted
        row = (await self._connection.execute(wanted)).mappings().first()
        if row is None:
            raise NotFound("no such staff member")
        return _staff(row), row["password_hash"]


def _staff(row: RowMapping) -> Staff:
    return Staff(
        id=row["id"],
        username=row["username"],
        name=row["name"],
        role=Role(row["role"]),
        organ=row["organ"],
        active=row["active"],
    )
