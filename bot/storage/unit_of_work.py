"""One transaction: every repository on one connection; all of it is committed or none."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import StorageUnavailable
from bot.storage import sqlite
from bot.storage.audit import Audit
from bot.storage.board_repository import BoardRepository
from bot.storage.case_repository import CaseRepository
from bot.storage.clock_repository import ClockRepository
from bot.storage.conversation_repository import ConversationRepository
from bot.storage.draft_repository import DraftRepository
from bot.storage.field_visit_repository import FieldVisitRepository
from bot.storage.filter_repository import FilterRepository
from bot.storage.inbox_repository import InboxRepository
from bot.storage.outbox_repository import OutboxRepository
from bot.storage.own_rule_repository import OwnRuleRepository
from bot.storage.proposal_repository import ProposalRepository
from bot.storage.reception_repository import ReceptionRepository
from bot.storage.registration_repository import RegistrationRepository
from bot.storage.session_repository import SessionRepository
from bot.storage.staff_repository import StaffRepository


class UnitOfWork:
    """The repositories of one open transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.audit = Audit(connection)
        self.conversations = ConversationRepository(connection)
        self.inbox = InboxRepository(connection)
        self.outbox = OutboxRepository(connection)
        self.cases = CaseRepository(connection, self.audit)
        self.boards = BoardRepository(connection)
        self.proposals = ProposalRepository(connection)
        self.clocks = ClockRepository(connection)
        self.staff = StaffRepository(connection)
        self.receptions = ReceptionRepository(connection)
        self.field_visits = FieldVisitRepository(connection)
        self.sessions = SessionRepository(connection)
        self.drafts = DraftRepository(connection)
        self.registrations = RegistrationRepository(connection)
        self.filters = FilterRepository(connection)
        self.own_rules = OwnRuleRepository(connection)


class Database:
    """Opens units of work. `write()` commits at the end of the block and rolls back on any error.

    `opened` is called with each one before it is handed out: what a process keeps in memory is renewed there.
    """

    def __init__(self, engine: AsyncEngine, opened: Callable[[UnitOfWork], Awaitable[None]] | None = None) -> None:
        self.engine, self._opened = engine, opened
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that may write. SQLite takes its write lock at once, so that it can't fail halfway."""
        transaction = self._sqlite_transaction if self._is_sqlite else AsyncConnection.begin
        async with self._only_writer(), self._connection() as connection, transaction(connection):
            uow = await self._unit(connection)
            yield uow
            await uow.audit.write()

    @asynccontextmanager
    async def _sqlite_transaction(self, connection: AsyncConnection) -> AsyncIterator[None]:
        raw = (await connection.get_raw_connection()).driver_connection
        async with cast(sqlite.Connection, raw).transaction():
            yield

    @asynccontextmanager
    async def _only_writer(self) -> AsyncIterator[None]:
        """SQLite has one: those of this process wait here in order, instead of asking the file again and again."""
        if not self._is_sqlite:
            yield
            return
        try:
            await asyncio.wait_for(self._writing.acquire(), sqlite.LOCK_WAIT_SECONDS)
        except asyncio.TimeoutError:
            raise StorageUnavailable("the database is locked") from None
        try:
            yield
        finally:
            self._writing.release()

    @asynccontextmanager
    async def read(self, at_one_moment: bool = False) -> AsyncIterator[UnitOfWork]:
        """A look without a write lock; nothing done in it is kept.

        `at_one_moment`: all of it sees the database as it was at the first statement, so that a count and its list
        agree while others write.
        """
        async with self._connection() as connection:
            if at_one_moment and self._is_sqlite:
                await connection.exec_driver_sql("BEGIN")
            elif at_one_moment:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield await self._unit(connection)

    async def _unit(self, connection: AsyncConnection) -> UnitOfWork:
        uow = UnitOfWork(connection)
        if self._opened is not None:
            await self._opened(uow)
        return uow

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self.engine.connect() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeout, OSError, sqlite3.OperationalError) as error:
            raise StorageUnavailable(f"the database does not answer ({type(error).__name__})") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StorageUnavailable("the database connection was lost") from error
            raise

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()
