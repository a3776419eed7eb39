"""Who is at the console: passwords, CSRF tokens, and a brake on guessing."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import lru_cache

from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.domain.clock import Clock
from bot.domain.errors import BadInput, Forbidden, NotFound
from bot.domain.people import Role, Staff
from bot.storage.unit_of_work import Database, UnitOfWork
from bot.web import keys, sessions

logger = logging.getLogger(__name__)

LOGIN_COOKIE = "minsheng_login"
FAILURES_ALLOWED = 5
FAILURES_COUNT_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256
GIVEN_LENGTH = 16
# No 0 and O, no 1, l and I: people type it from a screen.
LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

# OWASP's second choice for argon2id: 19 MiB, so that two at once do not swell the edge.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Checking a password for a user who is not there takes as long as for one who is. Nobody knows this one's password.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$ecDcY3FpO3EpXzmRAA4jow$aiTSIamvEYejP+s1G50TPUyN2yQaWG+40AkfL+nPv6k"


class TooManyTries(Forbidden):
    """The brake is on: not even the right password is looked at."""


class WrongCredentials(Forbidden):
    """User name or password are wrong; which of them is not told."""


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """Two at once: hashing takes memory on purpose."""
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """Argon2, beside the event loop: it takes some 50 ms on purpose. Raises `BadInput` for a bad length."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadInput(f"password: wanted {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters", "password")
    return await asyncio.get_running_loop().run_in_executor(_threads(), _hasher.hash, password)


async def is_right(password_hash: str, password: str) -> bool:
    """Whether a password belongs to a hash, beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(
        _threads(), _verify, password_hash, password[:LONGEST_PASSWORD]
    )


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def random_password() -> str:
    """One to be shown once: 16 letters and digits that are not mistaken for each other."""
    return "".join(secrets.choice(LETTERS) for _ in range(GIVEN_LENGTH))


async def renew_password(database: Database, username: str, clock: Clock, *, whole: bool = False) -> str:
    """A new random password, told once; where there is no staff yet, the first administrator's. Raises `NotFound`.

    `whole` also drops the second factor: for a lost phone.
    """
    password = random_password()
    password_hash = await hash_password(password)
    async with database.write() as uow:
        if await uow.staff.count() == 0:
            await uow.staff.add(username, "管理员", password_hash, Role.ADMINISTRATOR, None, clock.now())
        try:
            member, _ = await uow.staff.by_username(username)
        except NotFound:
            raise NotFound(f"no staff member has the user name {username!r}") from None
        await uow.staff.set_password(member.id, password_hash)
        await uow.sessions.end(member.id)
        if whole:
            await uow.sessions.drop_second_factor(member.id)
        uow.audit.append("command_line", "staff.password_renewed", member.actor, clock.now())
    logger.info("password renewed from the command line", extra={"username": username})
    return password


def client_address(request: web.Request) -> str:
    """Who asks. A reverse proxy named in the settings says it: its own entry is the last of X-Forwarded-For.

    Everything before that entry, and the header of anybody else, can be made up by the client.
    """
    remote = request.remote or ""
    if remote not in request.app[keys.SETTINGS].trusted_proxies:
        return remote
    return request.headers.get("X-Forwarded-For", remote).rpartition(",")[2].strip() or remote


async def sign_in(request: web.Request, username: str, password: str) -> tuple[str, bool]:
    """A session's token, and whether a second factor is still wanted. Raises `TooManyTries`, `WrongCredentials`."""
    database = request.app[keys.DATABASE]
    brakes = (f"user:{username.lower()[:64]}", f"address:{client_address(request)}"[:128])
    await brake(request, brakes)
    staff = await _checked(database, username.lower(), password)
    if staff is None:
        await _note_failure(request, username.lower())
        logger.warning("sign-in failed", extra={"address": client_address(request)})
        raise WrongCredentials("user name or password are wrong")
    await release(request, brakes)
    return await sessions.open_for(request, staff, client_address(request))


async def brake(request: web.Request, brakes: Sequence[str]) -> None:
    """Count one more try, before it is checked: a hundred at the same moment are a hundred. Raises `TooManyTries`."""
    now = request.app[keys.CLOCK].now()
    async with request.app[keys.DATABASE].write() as uow:
        failed = [await uow.staff.failures(brake, now - FAILURES_COUNT_FOR) for brake in brakes]
        if max(failed) >= FAILURES_ALLOWED:
            raise TooManyTries("too many failed sign-ins")
        for brake in brakes:
            await uow.staff.count_failure(brake, now - FAILURES_COUNT_FOR, now)


async def release(request: web.Request, brakes: Sequence[str]) -> None:
    """Forget the tries after a good one."""
    async with request.app[keys.DATABASE].write() as uow:
        for brake in brakes:
            await uow.staff.clear_failures(brake)


async def _note_failure(request: web.Request, username: str) -> None:
    """Whoever is named by mistake, a password in the wrong field for one, does not get into the audit."""
    async with request.app[keys.DATABASE].write() as uow:
        try:
            subject = (await uow.staff.by_username(username))[0].actor
        except NotFound:
            subject = "staff:unknown"
        uow.audit.append("nobody", "staff.sign_in_failed", subject, request.app[keys.CLOCK].now())


async def _checked(database: Database, username: str, password: str) -> Staff | None:
    staff, password_hash = None, _NOBODY
    async with database.read() as uow:
        try:
            staff, password_hash = await uow.staff.by_username(username)
        except NotFound:
            logger.debug("no such user")
    right = await is_right(password_hash, password)
    return staff if right and staff is not None and staff.active else None


@asynccontextmanager
async def administering(database: Database, doer: Staff) -> AsyncIterator[UnitOfWork]:
    """A transaction for who administers still when it is their turn. Raises `Forbidden`.

    Nobody changes themselves, so that of two who shut each other out in the same moment the first one stays.
    """
    async with database.write() as uow:
        if doer.id not in await uow.staff.hold_administrators():
            raise Forbidden("no longer an administrator")
        yield uow


async def change_password(request: web.Request, staff: Staff, present: str, new: str) -> None:
    """Replace one's own password: every other session ends. Raises `BadInput`."""
    database = request.app[keys.DATABASE]
    async with database.read() as uow:
        present_hash = await uow.staff.password_hash(staff.id)
    if not await is_right(present_hash, present):
        raise BadInput("present: this is not the present password", "present")
    new_hash = await hash_password(new)
    keeps = sessions.handle_of(request)
    async with database.write() as uow:
        await uow.staff.set_password(staff.id, new_hash)
        await uow.sessions.end(staff.id, but=keeps)
        uow.audit.append(staff.actor, "staff.password_changed", staff.actor, request.app[keys.CLOCK].now())


def check_csrf(expected: str, given: object) -> None:
    """Raises `Forbidden` unless the form carries the session's token."""
    if not expected or not isinstance(given, str) or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Forbidden("the form does not carry this session's token")


def set_cookie(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    """A cookie that scripts cannot read and other sites cannot send along.

    Whether it is secure follows the public address: a header like X-Forwarded-Proto can be sent by anybody.
    """
    secure = request.secure or request.app[keys.SETTINGS].public_url.startswith("https://")
    response.set_cookie(name, value, httponly=True, samesite="Lax", secure=secure, path="/console")
