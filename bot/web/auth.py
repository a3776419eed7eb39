"""Who is at the console: passwords, sessions, CSRF tokens, and a brake on guessing."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.domain.clock import Clock
from bot.domain.errors import BadInput, Forbidden, NotFound
from bot.domain.people import Role, Staff
from bot.storage.unit_of_work import Database
from bot.web import keys

SESSION_COOKIE = "minsheng_session"
LOGIN_COOKIE = "minsheng_login"
SESSION_LASTS = timedelta(hours=12)
FAILURES_ALLOWED = 5
FAILURES_COUNT_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()
# Checking a password for a user who is not there takes as long as for one who is.
_NOBODY = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class SignedIn:
    """A staff member and the CSRF token of their session."""

    staff: Staff
    csrf: str


async def hash_password(password: str) -> str:
    """Argon2, beside the event loop: it takes some 50 ms on purpose. Raises `BadInput` for a short one."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"密码至少 {SHORTEST_PASSWORD} 位。", "password")
    return await asyncio.to_thread(_hasher.hash, password)


async def _is_right(password_hash: str, password: str) -> bool:
    def check() -> bool:
        try:
            return _hasher.verify(password_hash, password)
        except VerificationError:
            return False

    return await asyncio.to_thread(check)


async def create_first_staff(database: Database, clock: Clock) -> tuple[str, str] | None:
    """An administrator with a random password, where there is nobody yet: user name and password, told once."""
    async with database.read() as uow:
        if await uow.staff.count():
            return None
    password = secrets.token_urlsafe(12)
    password_hash = await hash_password(password)
    async with database.write() as uow:
        if await uow.staff.count():
            return None
        await uow.staff.add("admin", "管理员", password_hash, Role.ADMINISTRATOR, None, clock.now())
    return "admin", password


async def sign_in(request: web.Request, username: str, password: str) -> str:
    """A session's token. Raises `Forbidden` for wrong credentials and after too many tries."""
    database, now = request.app[keys.DATABASE], request.app[keys.CLOCK].now()
    throttles = (f"user:{username[:64]}", f"address:{request.remote}")
    async with database.read() as uow:
        failures = {key: await uow.staff.failures(key, now - FAILURES_COUNT_FOR) for key in throttles}
    if max(failures.values()) >= FAILURES_ALLOWED:
        raise Forbidden("错误次数太多，请 15 分钟后再试。")
    staff = await _checked(database, username, password)
    async with database.write() as uow:
        if staff is None:
            for key, count in failures.items():
                await uow.staff.count_failure(key, count, now)
        else:
            await uow.staff.clear_failures(throttles[0])
            token = secrets.token_urlsafe(32)
            await uow.staff.open_session(_digest(token), staff.id, secrets.token_urlsafe(24), now, now + SESSION_LASTS)
            return token
    raise Forbidden("用户名或密码不对。")


async def _checked(database: Database, username: str, password: str) -> Staff | None:
    async with database.read() as uow:
        try:
            staff, password_hash = await uow.staff.by_username(username)
        except NotFound:
            staff, password_hash = None, _NOBODY
    right = await _is_right(password_hash, password)
    return staff if right and staff is not None and staff.active else None


async def sign_out(request: web.Request) -> None:
    """End the session."""
    async with request.app[keys.DATABASE].write() as uow:
        await uow.staff.close_session(_digest(request.cookies.get(SESSION_COOKIE, "")))


async def who(request: web.Request) -> SignedIn:
    """Whose session this is. Raises `NotFound` for nobody's."""
    token = request.cookies.get(SESSION_COOKIE, "")
    async with request.app[keys.DATABASE].read() as uow:
        staff, csrf = await uow.staff.session(_digest(token), request.app[keys.CLOCK].now())
    if not staff.active:
        raise NotFound("no such session")
    return SignedIn(staff, csrf)


def check_csrf(expected: str, given: object) -> None:
    """Raises `Forbidden` unless the form carries the session's token."""
    if not expected or not isinstance(given, str) or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Forbidden("页面已过期，请刷新后重试。")


def set_cookie(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    """A cookie that scripts cannot read and other sites cannot send along."""
    secure = request.secure or request.app[keys.SETTINGS].public_url.startswith("https://")
    response.set_cookie(name, value, httponly=True, samesite="Lax", secure=secure, path="/console")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
