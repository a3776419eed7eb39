"""登录与安全: one's own second factor and sessions."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.domain.errors import BadInput, NotFound
from bot.web import keys, second_factor, sessions, two_step
from bot.web.console.pages import FORM, ME, back_to, problem, render


async def show(request: web.Request) -> web.StreamResponse:
    """Whether the second factor is on, and where one is signed in."""
    return await _page(request)


async def _page(request: web.Request, status: int = 200, **more: Any) -> web.Response:
    me, now = request[ME], request.app[keys.CLOCK].now()
    async with request.app[keys.DATABASE].read() as uow:
        factor = await uow.sessions.second_factor(me.staff.id)
        open_ones = await uow.sessions.of(me.staff.id, now, sessions.idle(request))
    is_on = factor is not None and factor.confirmed_at is not None
    facts = {
        "is_on": is_on,
        "since": factor.confirmed_at if factor else None,
        "left": len(factor.recovery) if factor else 0,
        "must": me.must_enrol,
        "sessions": open_ones,
        "here": me.session.handle,
        "told": "",
        "secret": "",
        "recovery": (),
    }
    return render(request, "security.html", {**facts, **more}, status)


async def enrol(request: web.Request) -> web.StreamResponse:
    """Show a new secret, or switch it on with a first code."""
    me = request[ME].staff
    if request.match_info["deed"] == "begin":
        try:
            secret = await two_step.begin_second_factor(request, me)
        except BadInput as error:
            return await _page(request, 400, told=problem(error))
        return await _page(request, secret=secret, qr=second_factor.qr(secret, me.username))
    try:
        recovery = await two_step.finish_second_factor(request, me, request[FORM].get("code", ""))
    except BadInput as error:
        return await _again(request, problem(error))
    return await _page(request, recovery=recovery)


async def _again(request: web.Request, told: str) -> web.Response:
    """The same secret once more: who mistyped a code does not scan again."""
    me = request[ME].staff
    async with request.app[keys.DATABASE].read() as uow:
        factor = await uow.sessions.second_factor(me.id)
    if factor is None or factor.confirmed_at is not None:
        return await _page(request, 400, told=told)
    secret = second_factor.opened(factor.secret, request.app[keys.SECRET])
    return await _page(request, 400, told=told, secret=secret, qr=second_factor.qr(secret, me.username))


async def act(request: web.Request) -> web.StreamResponse:
    """Switch the second factor off, or end sessions of one's own."""
    me, form = request[ME], request[FORM]
    if request.match_info["deed"] == "off":
        try:
            await two_step.end_second_factor(request, me.staff, form.get("present", ""))
        except BadInput as error:
            return await _page(request, 400, told=problem(error))
        return back_to("/console/security", "security")
    handle = "" if request.match_info["deed"] == "others" else form.get("session", "")
    async with request.app[keys.DATABASE].write() as uow:
        now = request.app[keys.CLOCK].now()
        own = {one.handle for one in await uow.sessions.of(me.staff.id, now, sessions.idle(request))}
        if handle and handle not in own:
            raise NotFound("no such session")
        await uow.sessions.end(me.staff.id, handle, but="" if handle else me.session.handle)
        uow.audit.append(me.staff.actor, "staff.sessions_ended", me.staff.actor, now)
    return back_to("/console/security", "security")
