"""The staff console: server-rendered pages behind one table of routes, each with its access rule."""

from __future__ import annotations

from aiohttp import web

from bot.web.console import accounts, cases, conversations, live, media, sign_in
from bot.web.console.access import Access, Route, register

CASE_DEEDS = "assign|process|reply|conclude|reopen|note|correct"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/login", sign_in.show, Access.ANYONE),
    Route("POST", "/console/login", sign_in.submit, Access.ANYONE),
    Route("POST", "/console/logout", sign_in.leave, Access.STAFF),
    Route("GET", "/console/password", sign_in.show_password, Access.STAFF),
    Route("POST", "/console/password", sign_in.change_password, Access.STAFF),
    Route("GET", "/console", cases.inbox, Access.STAFF),
    Route("GET", "/console/cases", cases.rows, Access.STAFF),
    Route("GET", "/console/events", live.events, Access.STAFF),
    Route("GET", "/console/cases/{case_no}", cases.case_page, Access.STAFF),
    Route(
        "POST",
        f"/console/cases/{{case_no}}/{{deed:{CASE_DEEDS}}}",
        cases.act,
        Access.STAFF,
    ),
    Route("POST", "/console/cases/{case_no}/reveal", cases.reveal, Access.STAFF),
    Route("GET", "/console/conversations", conversations.overview, Access.TALKERS),
    Route("GET", "/console/conversations/{conversation_id}", conversations.show, Access.TALKERS),
    Route("POST", "/console/conversations/{conversation_id}/{deed:take|give|say}", conversations.act, Access.TALKERS),
    Route("GET", "/console/media/{inbox_id:[0-9]+}", media.show, Access.STAFF),
    Route("GET", "/console/staff", accounts.show, Access.ADMINISTRATOR),
    Route("POST", "/console/staff", accounts.add, Access.ADMINISTRATOR),
    Route("POST", "/console/staff/{staff_id:[0-9]+}/{deed:reset|switch}", accounts.act, Access.ADMINISTRATOR),
)


def setup(app: web.Application) -> None:
    """Register every route behind its rule."""
    register(app, ROUTES)
    live.setup(app)
