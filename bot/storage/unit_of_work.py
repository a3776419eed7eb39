"""One transaction: every repository on one connection; all of it is committed or none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import StorageUnavailable
from bot.storage.case_repository import CaseRepository
from bot.storage.conversation_repository import ConversationRepository
from bot.storage.inbox_repository import InboxRepository
from bot.storage.outbox_repository import OutboxRepository
from bot.storage.staff_repository import StaffRepository


class UnitOfWork:
    """The repositories of one open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.conversations = ConversationRepository(connection)
        self.inbox = InboxRepository(connection)
        self.outbox = OutboxRepository(connection)
        self.cases = CaseRepository(connection)
        self.staff = StaffRepository(connection)


class Database:
    """Opens units of work. `write()` commits at the end of the block and rolls back on any error."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._begin = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that may write. SQLite takes its write lock at once, so that it can't fail halfway."""
        async with self._connection() as connection:
            if self._begin:
                await connection.execute(text(self._begin))
            try:
                yield UnitOfWork(connection)
            except BaseException:
                await connection.exec_driver_sql("ROLLBACK") if self._begin else await connection.rollback()
                raise
            await connection.exec_driver_sql("COMMIT") if self._begin else await connection.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """A look without a write lock; nothing done in it is kept."""
        async with self._connection() as connection:
            yield UnitOfWork(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self.engine.connect() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            raise StorageUnavailable(f"the database does not answer ({type(error).__name__})") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StorageUnavailable("the database connection was lost") from error
            raise

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()
