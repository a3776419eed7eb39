"""领导包案: what each leader has taken charge of, with its state, next clock and last progress."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web

from bot.domain.people import Staff, sight_of
from bot.rules.deadlines import clock_rules
from bot.storage.board_repository import LeaderLine, LedCase
from bot.web import keys
from bot.web.console import words
from bot.web.console.pages import ME, render, today_of


async def show(request: web.Request) -> web.StreamResponse:
    """Every leader with cases that the viewer may see."""
    sight, today = sight_of(request[ME].staff), today_of(request)
    async with request.app[keys.DATABASE].read() as uow:
        staff = {one.id: one for one in await uow.staff.all()}
        lines = await uow.boards.leaders(sight, today)
        led = [(line, await uow.boards.led(line.leader, sight)) for line in lines]
    clocks = {rule.code: rule.name for rule in clock_rules()}
    groups = [_group(line, staff.get(line.leader), [_line(one, clocks, today) for one in found]) for line, found in led]
    return render(request, "led.html", {"groups": groups, "today": today})


def _group(line: LeaderLine, leader: Staff | None, found: list[dict[str, Any]]) -> dict[str, Any]:
    """One leader; an account that is shut out or gone needs somebody else in charge."""
    return {
        "name": leader.name if leader else f"{line.leader} 号",
        "gone": leader is None or not leader.active,
        "figures": line,
        "cases": found,
    }


def _line(one: LedCase, clocks: dict[str, str], today: date) -> dict[str, Any]:
    return {
        **words.case_line(one.case),
        "due": words.due_words(one.case.due_on, today),
        "clock": clocks.get(one.clock, one.clock),
        "step": words.EVENTS.get(one.step, one.step),
        "stepped_at": words.local_time(one.stepped_at),
    }
