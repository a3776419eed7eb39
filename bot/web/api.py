"""The JSON API for partner systems (design §7): cases by bearer token, through the same rule of sight."""

from __future__ import annotations

import hmac
from typing import Any

from aiohttp import web

from bot.domain.case import Case
from bot.domain.errors import BadInput
from bot.domain.people import Sight
from bot.rules import organs
from bot.storage.case_repository import CaseFilter
from bot.web import keys

MOST = 200


def setup(app: web.Application) -> None:
    """Register the routes."""
    app.router.add_get("/api/v1/cases", list_cases)
    app.router.add_get("/api/v1/cases/{case_no}", get_case)


async def list_cases(request: web.Request) -> web.Response:
    """Cases, most urgent and newest first. Query: `q`, `state`, `kind`, `topic`, `organ`, `limit`, `offset`."""
    sight = _sight(request)
    query = request.query
    wanted = CaseFilter(
        words=query.get("q", ""),
        states=tuple(filter(None, [query.get("state", "")])),
        kind=query.get("kind", ""),
        level1=query.get("topic", ""),
        organ=query.get("organ", ""),
        organ_names=organs.names(),
        numbers=True,
    )
    limit, offset = _number(query.get("limit", "50"), "limit", MOST), _number(query.get("offset", "0"), "offset", 10**9)
    async with request.app[keys.DATABASE].read() as uow:
        found = await uow.cases.search(wanted, sight, limit, offset)
        total = await uow.cases.count(wanted, sight)
    return web.json_response({"cases": [case_to_json(case) for case in found], "total": total})


async def get_case(request: web.Request) -> web.Response:
    """One case. One that is not there and one that is not yours look the same."""
    sight = _sight(request)
    async with request.app[keys.DATABASE].read() as uow:
        case = await uow.cases.get(request.match_info["case_no"], sight)
    return web.json_response(case_to_json(case))


def case_to_json(case: Case) -> dict[str, Any]:
    """The stable form of a case (design §7)."""
    return {
        "case_no": case.case_no,
        "kind": case.kind.value,
        "topic": {"code": case.topic.code, "level1": case.topic.level1, "level2": case.topic.level2},
        "urgency": int(case.urgency),
        "place": case.place,
        "title": case.title,
        "text": case.text,
        "phones": list(case.phones),
        "people": case.people,
        "anonymous": case.anonymous,
        "state": case.state.value,
        "organ": case.organ,
        "channel": case.channel,
        "filed_at": case.filed_at.isoformat(),
        "updated_at": case.updated_at.isoformat(),
    }


def _sight(request: web.Request) -> Sight:
    settings = request.app[keys.SETTINGS]
    given = request.headers.get("Authorization", "")
    for token, sight in (
        (settings.discipline_token, Sight(everything_else=True, accusations=True)),
        (settings.api_token, Sight(everything_else=True)),
    ):
        if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return sight
    raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})


def _number(raw: str, name: str, most: int) -> int:
    if not raw.isascii() or not raw.isdigit() or int(raw) > most:
        raise BadInput(f"{name}: wanted a whole number from 0 to {most}", name)
    return int(raw)
