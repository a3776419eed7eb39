"""The gate before every console page: session, rule, CSRF token. A route without a rule cannot be registered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import aiohttp_jinja2
from aiohttp import web

from bot.domain.errors import BadInput, Forbidden, IntakeError, NotFound
from bot.domain.people import ROLE_NAMES, Role, sight_of
from bot.web import auth
from bot.web.auth import SignedIn
from bot.web.errors import STATUS

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]
ME: web.RequestKey[SignedIn] = web.RequestKey("me", SignedIn)
FORM: web.RequestKey[dict[str, str]] = web.RequestKey("form", dict)
NOTICE_COOKIE = "minsheng_notice"


class Access(str, Enum):
    """Who may open a page."""

    ANYONE = "anyone"
    STAFF = "staff"
    TALKERS = "talkers"
    ADMINISTRATOR = "administrator"


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


def _guarded(route: Route) -> Page:
    async def gate(request: web.Request) -> web.StreamResponse:
        try:
            if route.access is not Access.ANYONE:
                try:
                    request[ME] = await auth.who(request)
                except NotFound:
                    return _to_sign_in(request)
                _permit(route.access, request[ME])
            if request.method == "POST":
                request[FORM] = {name: str(value) for name, value in (await request.post()).items()}
                if route.access is not Access.ANYONE:
                    auth.check_csrf(request[ME].csrf, request[FORM].get("csrf"))
            return await route.page(request)
        except IntakeError as error:
            return error_page(request, error)

    return gate


def _permit(access: Access, me: SignedIn) -> None:
    if access is Access.ADMINISTRATOR and me.staff.role is not Role.ADMINISTRATOR:
        raise Forbidden("没有权限。")
    if access is Access.TALKERS and not sight_of(me.staff).conversations:
        raise Forbidden("没有权限。")


def _to_sign_in(request: web.Request) -> web.Response:
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        return web.HTTPSeeOther("/console/login")
    return web.Response(status=401, text="请先登录。")


def error_page(request: web.Request, error: IntakeError) -> web.Response:
    """What went wrong, in words for staff. What is not there and what is not yours look the same."""
    for kind, status, words in STATUS:
        if isinstance(error, kind):
            own = str(error) if isinstance(error, (BadInput, Forbidden)) and not str(error).isascii() else words
            return render(request, "error.html", {"status": status, "words": own}, status)
    return render(request, "error.html", {"status": 500, "words": "系统出错，请稍后再试。"}, 500)


def render(request: web.Request, template: str, facts: dict[str, object], status: int = 200) -> web.Response:
    """A console page; none of it is kept by a browser or proxy."""
    me = request.get(ME)
    shared = {
        "me": me.staff if me else None,
        "role": ROLE_NAMES[me.staff.role] if me else "",
        "csrf": me.csrf if me else "",
        "talks": bool(me and sight_of(me.staff).conversations),
        "administers": bool(me and me.staff.role is Role.ADMINISTRATOR),
        "notice": request.cookies.get(NOTICE_COOKIE, "") in NOTICES and NOTICES[request.cookies[NOTICE_COOKIE]],
        "path": request.path,
    }
    response = aiohttp_jinja2.render_template(f"console/{template}", request, {**shared, **facts}, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.del_cookie(NOTICE_COOKIE, path="/console")
    return response


NOTICES = {
    "assign": "已交办。",
    "process": "已标记为办理中。",
    "reply": "答复已发给群众。",
    "conclude": "已办结。",
    "reopen": "已重新办理。",
    "note": "备注已保存。",
    "correct": "已更正。",
    "take": "已接管会话。",
    "give": "已交还给助手。",
    "say": "已发送。",
    "password": "密码已修改，请重新登录。",
    "staff": "已保存。",
}


def back_to(path: str, notice: str) -> web.Response:
    """After a deed: back to the page, with a word about it."""
    response = web.HTTPSeeOther(path)
    response.set_cookie(NOTICE_COOKIE, notice, path="/console", max_age=30, httponly=True, samesite="Lax")
    return response
