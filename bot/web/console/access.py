"""The gate before every console page: session, rule, CSRF token. A route without a rule cannot be registered."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlencode

from aiohttp import web

from bot.casework.moves import may_register
from bot.domain.errors import Forbidden, IntakeError, NotFound
from bot.domain.people import Role, Staff, sight_of
from bot.web import auth, sessions
from bot.web.console.pages import FORM, ME, error_page
from bot.web.errors import Handler
from bot.web.sessions import SignedIn

logger = logging.getLogger(__name__)

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]
LONGEST_FORM = 512 * 1024
# What is open to somebody whose role needs a second factor and who has none yet.
ENROLMENT = ("/console/security", "/console/security/{deed:begin|finish}", "/console/logout", "/console/events")


class Access(str, Enum):
    """Who may open a page. What they see there is `sight_of`'s matter."""

    ANYONE = "anyone"
    STAFF = "staff"
    TALKERS = "talkers"
    ADMINISTRATOR = "administrator"
    AUDIT = "audit"
    REGISTRARS = "registrars"


@dataclass(frozen=True)
class Route:
    """A page and its rule."""

    method: str
    path: str
    page: Page
    access: Access


def register(app: web.Application, routes: Sequence[Route]) -> None:
    """Put every route behind the gate."""
    for route in routes:
        app.router.add_route(route.method, route.path, _guarded(route))
    app.middlewares.append(console_frame)


def permits(access: Access, staff: Staff) -> bool:
    """Whether a rule lets somebody in."""
    sight = sight_of(staff)
    return {
        Access.ANYONE: True,
        Access.STAFF: staff.active,
        Access.TALKERS: sight.conversations or sight.accusations,
        Access.ADMINISTRATOR: staff.active and staff.role is Role.ADMINISTRATOR,
        Access.AUDIT: sight.audit,
        Access.REGISTRARS: may_register(staff),
    }[access]


def _guarded(route: Route) -> Page:
    async def gate(request: web.Request) -> web.StreamResponse:
        if route.access is not Access.ANYONE:
            try:
                request[ME] = me = await sessions.who(request)
            except NotFound:
                return _to_sign_in(request)
            if me.must_enrol and route.path not in ENROLMENT:
                raise web.HTTPSeeOther("/console/security")
            if not permits(route.access, me.staff):
                raise Forbidden(f"{route.path} is for {route.access.value}")
        if route.method == "POST":
            await _read_form(request, None if route.access is Access.ANYONE else request[ME])
        return await route.page(request)

    return gate


async def _read_form(request: web.Request, me: SignedIn | None) -> None:
    """The form's fields; with a session, only if they carry its token."""
    if request.content_length is None or request.content_length > LONGEST_FORM:
        raise web.HTTPRequestEntityTooLarge(max_size=LONGEST_FORM, actual_size=request.content_length or 0)
    form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    if me is not None:
        auth.check_csrf(me.csrf, form.get("csrf"))
    request[FORM] = form


def _to_sign_in(request: web.Request) -> web.StreamResponse:
    """People are led to the sign-in page; what a script of ours fetches is told plainly."""
    if request.method != "GET" or request.headers.get("X-Part") or "event-stream" in request.headers.get("Accept", ""):
        return error_page(request, 401)
    back = "" if request.path == "/console" else "?" + urlencode({"next": request.path_qs})
    return web.HTTPSeeOther(f"/console/login{back}")


@web.middleware
async def console_frame(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Around everything below /console: errors as pages, nothing kept by a browser or proxy."""
    if request.path != "/console" and not request.path.startswith("/console/"):
        return await handler(request)
    response = await _answer(request, handler)
    if not response.prepared:
        response.headers["Cache-Control"] = "no-store"
    return response


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What is not there and what is not yours are the same bytes."""
    try:
        return await handler(request)
    except IntakeError as error:
        return error_page(request, error)
    except web.HTTPException as error:
        return error_page(request, error.status) if error.status >= 400 else error
    except Exception as error:
        facts = {"path": request.path, "error": type(error).__name__}
        logger.error("console page failed", extra=facts, exc_info=logger.isEnabledFor(logging.DEBUG))
        return error_page(request, 500)
