"""今天与看板: what waits for somebody today, and how far organs are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.casework import handle
from bot.casework.officers import actors_of
from bot.casework.supervision import may_end, may_tell
from bot.domain.case import Case
from bot.domain.commands import DrawSample, EndTask
from bot.domain.lifecycle import Actor
from bot.domain.masking import hidden_in, mask_text
from bot.domain.people import Staff, sight_of
from bot.domain.permission import OPINION, TELL
from bot.domain.working_days import DAY, start_of
from bot.procedure.consequences import (
    APPROVAL,
    CALL_BACK,
    DANGER,
    FEEDBACK,
    HURRIED,
    REMIND,
    REPORT,
    SAMPLE,
    SUPERVISE,
)
from bot.rules import organs
from bot.rules.deadlines import clock_rules, unchecked, work_calendar
from bot.rules.figures import all_figures, figures
from bot.storage.board_repository import DueSpell
from bot.storage.unit_of_work import UnitOfWork
from bot.web import keys
from bot.web.console import words
from bot.web.console.deeds import work_of
from bot.web.console.duties import Duty, duties_of
from bot.web.console.forms import day_of, number_of
from bot.web.console.listing import filter_of, lines_of, soon_from
from bot.web.console.pages import FORM, ME, back_to, render, today_of

SHOWN = 8
TASKS = {
    CALL_BACK: "低分回访",
    SAMPLE: "抽查回访",
    REMIND: "催办",
    SUPERVISE: "督办",
    REPORT: "上报",
    HURRIED: "群众催办",
    APPROVAL: "待审批",
    FEEDBACK: "反馈结果",
    DANGER: "特急处置",
    OPINION: "协办意见",
    TELL: "告知群众",
}
DESK = "信访部门"


async def day(request: web.Request) -> web.StreamResponse:
    """My day: what waits for somebody in this role, list by list, and tasks."""
    me, today = request[ME].staff, today_of(request)
    sight = sight_of(me)
    async with request.app[keys.DATABASE].read(at_one_moment=True) as uow:
        lists = [await _list(one, me, today, uow) for one in duties_of(me)]
        tasks = await uow.clocks.open_tasks(sight, first=DANGER)
        waiting = await uow.clocks.count_tasks(sight)
        names = await uow.staff.names(row["officer_id"] for row in tasks if row["officer_id"])
        about = await uow.cases.by_numbers([row["case_no"] for row in tasks], sight)
    actors = actors_of(me)
    shown = [_task(row, about[row["case_no"]], today, names) for row in tasks]
    for row, task in zip(tasks, shown, strict=True):
        theirs = row["kind"] != TELL or may_tell(me, about[row["case_no"]])
        task["ends"] = theirs and may_end(row["kind"], actors)
    return render(request, "day.html", {"lists": lists, "tasks": shown, "waiting": waiting, "today": today})


async def _list(duty: Duty, me: Staff, today: date, uow: UnitOfWork) -> dict[str, Any]:
    """The first lines of a list with the number of all; its address shows the same cases."""
    wanted = filter_of(dict(parse_qsl(duty.query)), me, today)
    found, total = await uow.cases.search_and_count(wanted, sight_of(me), SHOWN)
    return {"duty": duty, "lines": await lines_of(found, wanted, today, uow), "total": total}


async def end_task(request: web.Request) -> web.StreamResponse:
    """A task is done."""
    command = EndTask(int(request.match_info["task_id"]), request[FORM].get("note", ""))
    async with request.app[keys.DATABASE].write() as uow:
        await handle(command, work_of(request, uow))
    return back_to("/console/day", "task")


async def board(request: web.Request) -> web.StreamResponse:
    """月结月清, 年内清零, and a line an organ."""
    sight, today = sight_of(request[ME].staff), today_of(request)
    month, tomorrow = today.replace(day=1), start_of(today + DAY)
    spells = {
        "本月": (start_of(month), tomorrow),
        "上月": (start_of(_month_before(month)), start_of(month)),
        "今年": (start_of(today.replace(month=1, day=1)), tomorrow),
    }
    limits, spell = figures(today), DueSpell(today, soon_from(today), start_of(month))
    async with request.app[keys.DATABASE].read() as uow:
        found = await uow.boards.clearances(sight, tuple(spells.values()), today)
        lines = await uow.boards.organs(sight, spell, limits.bounced_often)
        drawn = await uow.clocks.samples()
    draws = bool({Actor.SUPERVISOR, Actor.DISCIPLINARY} & set(actors_of(request[ME].staff)))
    facts = {
        "spells": list(zip(spells, found, strict=True)),
        "lines": lines,
        "organ_name": organs.name_of,
        "limits": limits,
        "today": today,
        "month": month,
    }
    return render(request, "board.html", {**facts, "samples": drawn, "draws": draws})


async def draw(request: web.Request) -> web.StreamResponse:
    """抽查回访: draw a sample. Raises `BadInput` naming the field."""
    form = request[FORM]
    command = DrawSample(day_of(form, "since"), day_of(form, "until"), number_of(form, "size"), form.get("seed", ""))
    async with request.app[keys.DATABASE].write() as uow:
        await handle(command, work_of(request, uow))
    return back_to("/console/day", "sample")


async def rules(request: web.Request) -> web.StreamResponse:
    """时限 and the calendar as they are in force, with their sources, for anybody on the staff to read."""
    year = today_of(request).year
    calendar = work_calendar()
    known = [(one, calendar.years.get(one)) for one in (year, year + 1)]
    facts = {"rules": clock_rules(), "unchecked": set(unchecked()), "calendar": known, "figures": all_figures()}
    return render(request, "rules.html", facts)


def _month_before(month: date) -> date:
    return (month - DAY).replace(day=1)


def _task(row: Any, case: Case, today: date, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": TASKS.get(row["kind"], row["kind"]),
        "case_no": row["case_no"],
        "title": words.case_line(case)["heading"],
        "reason": mask_text(row["reason"], hidden_in(case)),
        "organ": organs.name_of(row["organ"]) or (DESK if row["kind"] == TELL else ""),
        "officer": names.get(row["officer_id"] or 0, ""),
        "due": words.due_words(row["due_on"], today),
    }
