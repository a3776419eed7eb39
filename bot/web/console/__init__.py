"""The staff console: server-rendered pages behind one table of routes, each with its access rule."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from bot.web.console import (
    accounts,
    audit,
    bulk,
    cases,
    conversations,
    day,
    deeds,
    documents,
    drafts,
    export,
    field_visits,
    led,
    live,
    media,
    proposals,
    reception,
    registration,
    saved,
    security,
    sign_in,
    templates,
    units,
    words,
)
from bot.web.console.access import Access, Route, register

_CASE = "/console/cases/{case_no}"
_TALK = "/console/conversations/{conversation_id}"
_ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/login", sign_in.show, Access.ANYONE),
    Route("POST", "/console/login", sign_in.submit, Access.ANYONE),
    Route("GET", "/console/login/code", sign_in.ask_code, Access.ANYONE),
    Route("POST", "/console/login/code", sign_in.submit_code, Access.ANYONE),
    Route("GET", "/console/security", security.show, Access.STAFF),
    Route("POST", "/console/security/{deed:begin|finish}", security.enrol, Access.STAFF),
    Route("POST", "/console/security/{deed:off|others|end}", security.act, Access.STAFF),
    Route("POST", "/console/logout", sign_in.leave, Access.STAFF),
    Route("GET", "/console/password", sign_in.show_password, Access.STAFF),
    Route("POST", "/console/password", sign_in.change_password, Access.STAFF),
    Route("GET", "/console", cases.inbox, Access.STAFF),
    Route("GET", "/console/cases", cases.rows, Access.STAFF),
    Route("GET", "/console/side", cases.side, Access.STAFF),
    Route("GET", "/console/export", export.download, Access.STAFF),
    Route("POST", "/console/bulk", bulk.act, Access.STAFF),
    Route("GET", "/console/filters", saved.show, Access.STAFF),
    Route("POST", "/console/filters", saved.add, Access.STAFF),
    Route("POST", "/console/filters/{filter_id:[0-9]{1,18}}/{deed:rename|up|delete}", saved.act, Access.STAFF),
    Route("GET", "/console/events", live.events, Access.STAFF),
    Route("GET", "/console/day", day.day, Access.STAFF),
    Route("GET", "/console/board", day.board, Access.STAFF),
    Route("POST", "/console/samples", day.draw, Access.STAFF),
    Route("GET", "/console/rules", day.rules, Access.STAFF),
    Route("GET", "/console/register", registration.show, Access.REGISTRARS),
    Route("POST", "/console/register", registration.submit, Access.REGISTRARS),
    Route("POST", "/console/register/keep", registration.keep, Access.REGISTRARS),
    Route("POST", "/console/register/understand", registration.understand, Access.REGISTRARS),
    Route("POST", "/console/register/drop", registration.drop, Access.REGISTRARS),
    Route("GET", "/console/register/receipt", registration.receipt, Access.REGISTRARS),
    Route("GET", "/console/led", led.show, Access.STAFF),
    Route("GET", "/console/reception", reception.show, Access.STAFF),
    Route("POST", "/console/reception/{deed:open|cancel|note}", reception.act, Access.STAFF),
    Route("GET", "/console/field_visits", field_visits.show, Access.STAFF),
    Route("POST", "/console/field_visits/{deed:plan|cancel|note}", field_visits.act, Access.STAFF),
    Route("GET", "/console/proposals", proposals.show, Access.STAFF),
    Route("GET", "/console/units", units.show, Access.STAFF),
    Route("POST", "/console/units/{deed:add|rename|switch}", units.act, Access.ADMINISTRATOR),
    Route("GET", "/console/templates", templates.show, Access.STAFF),
    Route("POST", "/console/templates/{deed:write|switch}", templates.act, Access.STAFF),
    Route("POST", "/console/tasks/{task_id:[0-9]{1,18}}/end", day.end_task, Access.STAFF),
    Route("GET", _CASE, cases.show, Access.STAFF),
    Route("GET", _CASE + "/talk", cases.talk, Access.STAFF),
    Route("GET", _CASE + "/looking", cases.looking, Access.STAFF),
    Route("POST", _CASE + "/documents/{document:[a-z_]+}/{format:docx|pdf}", documents.make, Access.STAFF),
    Route("POST", _CASE + "/kept_drafts", drafts.keep, Access.STAFF),
    Route("POST", _CASE + "/reveal", deeds.reveal, Access.STAFF),
    Route("POST", _CASE + "/{deed:[a-z_]+}", deeds.act, Access.STAFF),
    Route("GET", "/console/conversations", conversations.overview, Access.TALKERS),
    Route("GET", "/console/conversations/list", conversations.rows, Access.TALKERS),
    Route("GET", _TALK, conversations.show, Access.TALKERS),
    Route("GET", _TALK + "/talk", conversations.talk, Access.TALKERS),
    Route("POST", _TALK + "/{deed:take|give|say}", conversations.act, Access.TALKERS),
    Route("GET", "/console/media/{inbox_id:[0-9]{1,18}}", media.show, Access.STAFF),
    Route("GET", "/console/audit", audit.show, Access.AUDIT),
    Route("GET", "/console/staff", accounts.show, Access.ADMINISTRATOR),
    Route("POST", "/console/staff", accounts.add, Access.ADMINISTRATOR),
    Route(
        "POST",
        "/console/staff/{staff_id:[0-9]{1,18}}/{deed:reset|switch|unlock|change}",
        accounts.act,
        Access.ADMINISTRATOR,
    ),
)


def routes() -> tuple[Route, ...]:
    """Every console route with its rule."""
    return _ROUTES


def setup(app: web.Application) -> None:
    """Register every route behind its rule, and the listening for news."""
    environment = aiohttp_jinja2.get_env(app)
    environment.filters["local"] = words.local_time
    environment.globals["asset_version"] = words.asset_version()
    environment.globals["origin"] = words.origin
    register(app, _ROUTES)
    live.setup(app)
