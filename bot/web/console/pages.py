"""How console pages are written: who looks at them, the word about the last deed, errors."""

from __future__ import annotations

from datetime import date
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from bot.casework.moves import may_register
from bot.domain.errors import BadInput, IntakeError, MoveRefused
from bot.domain.people import ROLE_NAMES, Role, sight_of
from bot.domain.working_days import local_date
from bot.web import keys
from bot.web.auth import TooManyTries
from bot.web.console import words
from bot.web.errors import STATUS
from bot.web.sessions import SignedIn

ME: web.RequestKey[SignedIn] = web.RequestKey("me", SignedIn)
FORM: web.RequestKey[dict[str, str]] = web.RequestKey("form", dict)
NOTICE_COOKIE = "minsheng_notice"
NOTICE_SECONDS = 30


def render(request: web.Request, template: str, facts: dict[str, Any], status: int = 200) -> web.Response:
    """A console page."""
    notice = request.cookies.get(NOTICE_COOKIE, "")
    shared = {**_about(request.get(ME)), "notice": words.NOTICES.get(notice, ""), "path": request.path}
    response = aiohttp_jinja2.render_template(f"console/{template}", request, {**shared, **facts}, status=status)
    if notice:
        response.del_cookie(NOTICE_COOKIE, path="/console")
    return response


def part(request: web.Request, template: str, facts: dict[str, Any]) -> web.Response:
    """A piece of a page, fetched again when something changed. A notice waits for the next page."""
    return aiohttp_jinja2.render_template(f"console/{template}", request, {**_about(request.get(ME)), **facts})


def _about(me: SignedIn | None) -> dict[str, Any]:
    if me is None:
        return {"me": None, "csrf": ""}
    sight = sight_of(me.staff)
    return {
        "me": me.staff,
        "role": ROLE_NAMES[me.staff.role],
        "csrf": me.csrf,
        "talks": sight.conversations or sight.accusations,
        "audits": sight.audit,
        "registers": may_register(me.staff),
        "administers": me.staff.role is Role.ADMINISTRATOR,
    }


def error_page(request: web.Request, error: IntakeError | int) -> web.Response:
    """What went wrong, in words for staff; nothing on it tells one page that is not there from another."""
    status, told = (error, "") if isinstance(error, int) else (_status(error), problem(error))
    response = aiohttp_jinja2.render_template(
        "console/error.html",
        request,
        {"status": status, "told": told or words.ERRORS.get(status, words.ERRORS[500])},
        status=status,
    )
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def problem(error: IntakeError) -> str:
    """An error in words for whoever typed something."""
    if isinstance(error, BadInput):
        return words.BAD_INPUT.get(error.field, words.ERRORS[400])
    if isinstance(error, MoveRefused):
        return str(error)
    if isinstance(error, TooManyTries):
        return words.TOO_MANY_TRIES
    return words.ERRORS[_status(error)]


def _status(error: IntakeError) -> int:
    return next((status for kind, status, _ in STATUS if isinstance(error, kind)), 500)


def today_of(request: web.Request) -> date:
    """The day it is in the city."""
    return local_date(request.app[keys.CLOCK].now())


def back_to(path: str, notice: str) -> web.Response:
    """After a deed: to a page, with a word about what was done."""
    response = web.HTTPSeeOther(path)
    response.set_cookie(NOTICE_COOKIE, notice, path="/console", max_age=NOTICE_SECONDS, httponly=True, samesite="Lax")
    return response
