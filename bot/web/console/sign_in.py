"""Signing in and out, and changing one's password."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlencode

from aiohttp import web

from bot.domain.errors import BadInput, Forbidden, NotFound
from bot.web import auth, sessions, two_step
from bot.web.console import words
from bot.web.console.pages import FORM, ME, back_to, problem, render

# A path of ours and nothing else: «//elsewhere» and «/console\@elsewhere» lead away.
_TOKEN = re.compile(r"[\w-]{32}")
_OWN_PATH = re.compile(r"/console(?:[/?][\w\-./?=&%+]*)?")


async def show(request: web.Request) -> web.StreamResponse:
    """The sign-in form."""
    return _form(request)


def _form(request: web.Request, told: str = "", status: int = 200, username: str = "") -> web.Response:
    """The form's token stands in a cookie and in a field: another site knows neither. Two tabs share one."""
    known = request.cookies.get(auth.LOGIN_COOKIE, "")
    token = known if _TOKEN.fullmatch(known) else secrets.token_urlsafe(24)
    facts = {"token": token, "told": told, "username": username, "next": _next(request)}
    response = render(request, "login.html", facts, status)
    auth.set_cookie(request, response, auth.LOGIN_COOKIE, token)
    return response


def _next(request: web.Request) -> str:
    wanted = request.query.get("next", "")
    return wanted if _OWN_PATH.fullmatch(wanted) else ""


async def submit(request: web.Request) -> web.StreamResponse:
    """Check and open a session."""
    form = request[FORM]
    username = form.get("username", "").strip()
    try:
        auth.check_csrf(request.cookies.get(auth.LOGIN_COOKIE, ""), form.get("csrf"))
    except Forbidden:
        return _form(request, words.EXPIRED_LOGIN, 403, username)
    try:
        token, waits = await auth.sign_in(request, username, form.get("password", ""))
    except auth.TooManyTries as error:
        return _form(request, problem(error), 429, username)
    except auth.WrongCredentials:
        return _form(request, words.WRONG_CREDENTIALS, 403, username)
    wanted = _next(request)
    further = "?" + urlencode({"next": wanted}) if wanted else ""
    response = web.HTTPSeeOther(f"/console/login/code{further}" if waits else wanted or "/console")
    auth.set_cookie(request, response, sessions.COOKIE, token)
    response.del_cookie(auth.LOGIN_COOKIE, path="/console")
    return response


async def ask_code(request: web.Request) -> web.StreamResponse:
    """The second step, for whose password was right."""
    return await _code_form(request)


async def _code_form(request: web.Request, told: str = "", status: int = 200) -> web.Response:
    try:
        me = await sessions.who(request, confirmed=False)
    except NotFound:
        raise web.HTTPSeeOther("/console/login") from None
    facts = {"token": me.csrf, "told": told, "next": _next(request)}
    return render(request, "code.html", facts, status)


async def submit_code(request: web.Request) -> web.StreamResponse:
    """Check the code and let them in."""
    try:
        me = await sessions.who(request, confirmed=False)
    except NotFound:
        raise web.HTTPSeeOther("/console/login") from None
    try:
        auth.check_csrf(me.csrf, request[FORM].get("csrf"))
        await two_step.confirm(request, request[FORM].get("code", ""))
    except auth.TooManyTries as error:
        return await _code_form(request, problem(error), 429)
    except Forbidden:
        return await _code_form(request, words.BAD_INPUT["code"], 403)
    return web.HTTPSeeOther(_next(request) or "/console")


async def leave(request: web.Request) -> web.StreamResponse:
    """Sign out."""
    await sessions.sign_out(request)
    response = back_to("/console/login", "out")
    response.del_cookie(sessions.COOKIE, path="/console")
    return response


async def show_password(request: web.Request) -> web.StreamResponse:
    """The form for a new password."""
    return render(request, "password.html", {"told": "", "shortest": auth.SHORTEST_PASSWORD})


async def change_password(request: web.Request) -> web.StreamResponse:
    """A new password ends all sessions but this one."""
    form = request[FORM]
    try:
        if form.get("password") != form.get("again"):
            raise BadInput("again: the two do not match", "again")
        await auth.change_password(request, request[ME].staff, form.get("present", ""), form.get("password", ""))
    except BadInput as error:
        return render(request, "password.html", {"told": problem(error), "shortest": auth.SHORTEST_PASSWORD}, 400)
    return back_to("/console", "password")
