"""The second step of signing in, and switching it on and off for oneself."""

from __future__ import annotations

import logging
from dataclasses import replace

from aiohttp import web

from bot.domain.errors import BadInput, Forbidden
from bot.domain.people import Staff
from bot.storage.session_repository import SecondFactor
from bot.web import auth, keys, second_factor, sessions

logger = logging.getLogger(__name__)


class WrongCode(Forbidden):
    """The code of the second factor is wrong, too old, or was used before."""


async def confirm(request: web.Request, code: str) -> Staff:
    """The second step of signing in: a code of the app, or a recovery code. Raises `TooManyTries`, `WrongCode`."""
    me, now = await sessions.who(request, confirmed=False), request.app[keys.CLOCK].now()
    brakes = (f"code:{me.staff.id}",)
    await auth.brake(request, brakes)
    async with request.app[keys.DATABASE].write() as uow:
        factor = await uow.sessions.second_factor(me.staff.id)
        left = _after(factor, code, request) if factor else None
        if left is None:
            uow.audit.append("nobody", "staff.second_factor_failed", me.staff.actor, now)
        else:
            await uow.sessions.keep_second_factor(left)
            await uow.sessions.confirm(sessions.digest(sessions.token_of(request)), now + sessions.LASTS)
            uow.audit.append(me.staff.actor, "staff.signed_in", me.staff.actor, now, method=_method(factor, left))
    if left is None:
        raise WrongCode("this code is wrong or was used before")
    await auth.release(request, brakes)
    logger.info("signed in", extra={"staff": me.staff.id})
    return me.staff


def _after(factor: SecondFactor, code: str, request: web.Request) -> SecondFactor | None:
    """The factor once a code was taken; None for a code that is wrong or was taken before."""
    secret = second_factor.opened(factor.secret, request.app[keys.SECRET])
    step = second_factor.step_of(code, secret, request.app[keys.CLOCK].now())
    if step is not None and step > factor.last_step:
        return replace(factor, last_step=step)
    recovery = second_factor.without(code, factor.recovery)
    return replace(factor, recovery=tuple(recovery)) if recovery is not None else None


def _method(before: SecondFactor | None, after: SecondFactor) -> str:
    return "recovery_code" if before and len(before.recovery) != len(after.recovery) else "app"


async def begin_second_factor(request: web.Request, staff: Staff) -> str:
    """A new secret that waits for its first code. One that is in use stays until then."""
    secret = second_factor.new_secret()
    async with request.app[keys.DATABASE].write() as uow:
        known = await uow.sessions.second_factor(staff.id)
        if known and known.confirmed_at:
            raise BadInput("second factor: there is one already", "second_factor_there")
        sealed = second_factor.sealed(secret, request.app[keys.SECRET])
        await uow.sessions.keep_second_factor(SecondFactor(staff.id, sealed, None, 0, ()))
    return secret


async def finish_second_factor(request: web.Request, staff: Staff, code: str) -> list[str]:
    """Switch it on with a first code; the recovery codes, told once. Every other session ends. Raises `BadInput`."""
    now = request.app[keys.CLOCK].now()
    recovery = second_factor.new_recovery_codes()
    async with request.app[keys.DATABASE].write() as uow:
        factor = await uow.sessions.second_factor(staff.id)
        left = _after(factor, code, request) if factor and not factor.confirmed_at else None
        if left is None:
            raise BadInput("code: wrong, or too old", "code")
        hashes = tuple(map(second_factor.recovery_hash, recovery))
        await uow.sessions.keep_second_factor(replace(left, confirmed_at=now, recovery=hashes))
        await uow.sessions.end(staff.id, but=sessions.handle_of(request))
        uow.audit.append(staff.actor, "staff.second_factor_on", staff.actor, now)
    return recovery


async def end_second_factor(request: web.Request, staff: Staff, password: str) -> None:
    """Switch it off, with the password. Raises `BadInput`."""
    async with request.app[keys.DATABASE].read() as uow:
        password_hash = await uow.staff.password_hash(staff.id)
    if not await auth.is_right(password_hash, password):
        raise BadInput("present: this is not the present password", "present")
    async with request.app[keys.DATABASE].write() as uow:
        await uow.sessions.drop_second_factor(staff.id)
        uow.audit.append(staff.actor, "staff.second_factor_off", staff.actor, request.app[keys.CLOCK].now())
