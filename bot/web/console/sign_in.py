"""Signing in and out, and changing one's password."""

from __future__ import annotations

import secrets

from aiohttp import web

from bot.domain.errors import Forbidden
from bot.web import auth, keys
from bot.web.console.access import FORM, ME, back_to, render


async def show(request: web.Request) -> web.StreamResponse:
    """The sign-in form. Its token stands in a cookie and in the form: another site knows neither."""
    return _form(request, "")


def _form(request: web.Request, words: str, status: int = 200) -> web.Response:
    token = secrets.token_urlsafe(24)
    response = render(request, "login.html", {"token": token, "words": words}, status)
    auth.set_cookie(request, response, auth.LOGIN_COOKIE, token)
    return response


async def submit(request: web.Request) -> web.StreamResponse:
    """Check and open a session."""
    form = request[FORM]
    try:
        auth.check_csrf(request.cookies.get(auth.LOGIN_COOKIE, ""), form.get("token"))
        token = await auth.sign_in(request, form.get("username", "").strip(), form.get("password", ""))
    except Forbidden as error:
        return _form(request, str(error), 403)
    response = web.HTTPSeeOther("/console")
    auth.set_cookie(request, response, auth.SESSION_COOKIE, token)
    return response


async def leave(request: web.Request) -> web.StreamResponse:
    """Sign out."""
    await auth.sign_out(request)
    response = web.HTTPSeeOther("/console/login")
    response.del_cookie(auth.SESSION_COOKIE, path="/console")
    return response


async def show_password(request: web.Request) -> web.StreamResponse:
    """The form for a new password."""
    return render(request, "password.html", {})


async def change_password(request: web.Request) -> web.StreamResponse:
    """A new password ends all sessions."""
    hashed = await auth.hash_password(request[FORM].get("password", ""))
    async with request.app[keys.DATABASE].write() as uow:
        await uow.staff.set_password(request[ME].staff.id, hashed)
    return back_to("/console/login", "password")
