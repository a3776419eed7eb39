"""今天与看板: what waits for somebody today, and how far organs are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from aiohttp import web

from bot.casework import handle
from bot.casework.moves import actors_of
from bot.casework.supervision import may_end
from bot.casework.templates import templates
from bot.domain.case import Case
from bot.domain.commands import DrawSample, EndTask
from bot.domain.lifecycle import LANE_NAMES, MOVE_NAMES, Actor, Stage
from bot.domain.people import Sight, Staff, sight_of
from bot.domain.working_days import DAY, local_date, start_of
from bot.rules import organs
from bot.rules.deadlines import clock_rules, unchecked, work_calendar
from bot.storage.board_repository import BoardRepository
from bot.web import keys
from bot.web.console import words
from bot.web.console.deeds import work_of
from bot.web.console.forms import day_of, number_of
from bot.web.console.pages import FORM, ME, back_to, render

SOON = timedelta(days=3)
SHOWN = 8
TASKS = {
    "danger": "特急处置",
    "approval": "待审批",
    "call_back": "低分回访",
    "sample": "抽查回访",
    "hurried": "群众催办",
    "remind": "催办",
    "supervise": "督办",
    "report": "上报",
    "feedback": "反馈结果",
}
FIRST, HIGHER = (Stage.FIRST,), (Stage.REVIEW, Stage.RE_REVIEW)
_DESK = {Actor.INTAKE_CLERK, Actor.SUPERVISOR, Actor.DISCIPLINARY}
_APPROVERS = {Actor.CASE_OFFICER, Actor.REVIEWER, Actor.SUPERVISOR, Actor.LEADER, Actor.DISCIPLINARY}
# Title, what it holds, the cases and how many there are, the filter of the list that shows all of them.
DayList = tuple[str, str, list[Case], int, str]


async def day(request: web.Request) -> web.StreamResponse:
    """My day: what this role does next, what is due, to approve, bounced, tasks; each list by what presses most."""
    me, today = request[ME].staff, _today(request)
    sight = sight_of(me)
    async with request.app[keys.DATABASE].read() as uow:
        lists = [*await _own_work(me, sight, uow.boards), *await _common(me, sight, today, uow.boards)]
        tasks = await uow.clocks.open_tasks(sight)
        waiting = await uow.clocks.count_tasks(sight)
    shown = [
        (title, about, [_line(one, today) for one in found], total, all_) for title, about, found, total, all_ in lists
    ]
    lines = sorted((_task(row, today, me) for row in tasks), key=lambda line: line["order"])
    return render(request, "day.html", {"lists": shown, "tasks": lines, "waiting": waiting, "today": today})


async def _own_work(me: Staff, sight: Sight, boards: BoardRepository) -> list[DayList]:
    """What nobody but this role begins."""
    actors, lists = set(actors_of(me)), []
    if Actor.LEADER in actors:
        lists.append(("我的包案", "由您包案、还没办结的", *await boards.led_by(me.id, sight), ""))
    if actors & _DESK or sight.veiled:
        lists.append(("特急和紧急", "还没有单位受理的", *await boards.pressing(sight), ""))
        lists.append(("等着派单", "新登记、退回、有异议的", *await boards.waiting(sight, FIRST), ""))
    if Actor.REVIEWER in actors:
        lists.append(("等着受理", "申请复查、复核的", *await boards.waiting(sight, HIGHER), ""))
        lists.append(("正在办理", "已经受理的复查、复核", *await boards.in_work(sight, HIGHER), ""))
    if Actor.CASE_OFFICER in actors:
        lists.append(("等着签收和受理", "派给本单位的", *await boards.to_sign(sight), ""))
        lists.append(("正在办理", "已经受理、还没答复的", *await boards.in_work(sight, FIRST), "state=in_process"))
    return lists


async def _common(me: Staff, sight: Sight, today: date, boards: BoardRepository) -> list[DayList]:
    lists = [("到期和超期", "三天内到期、已经超期的", *await boards.due(sight, today + SOON), "due=soon")]
    if set(actors_of(me)) & _APPROVERS:
        found, total = await boards.to_approve(sight, me.actor)
        lists.append(("等着审核", "同事起草、需要第二个人审核的答复", found, total, "state=drafted"))
    return [*lists, ("多次退回", "退回两次以上、还没办结的", *await boards.bounced(sight), "")]


async def end_task(request: web.Request) -> web.StreamResponse:
    """A task is done."""
    command = EndTask(int(request.match_info["task_id"]), request[FORM].get("note", ""))
    async with request.app[keys.DATABASE].write() as uow:
        await handle(command, work_of(request, uow))
    return back_to("/console/day", "task")


async def board(request: web.Request) -> web.StreamResponse:
    """月结月清, 年内清零, and a line an organ."""
    sight, today = sight_of(request[ME].staff), _today(request)
    month, tomorrow = today.replace(day=1), start_of(today + DAY)
    spells = {
        "本月": (start_of(month), tomorrow),
        "上月": (start_of(_month_before(month)), start_of(month)),
        "今年": (start_of(today.replace(month=1, day=1)), tomorrow),
    }
    async with request.app[keys.DATABASE].read() as uow:
        found = await uow.boards.clearances(sight, tuple(spells.values()), today)
        lines = await uow.boards.organs(sight, today, today + SOON, start_of(month))
        drawn = await uow.clocks.samples()
    draws = bool({Actor.SUPERVISOR, Actor.DISCIPLINARY} & set(actors_of(request[ME].staff)))
    facts = {
        "spells": list(zip(spells, found, strict=True)),
        "lines": lines,
        "organ_name": organs.name_of,
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
    year = _today(request).year
    calendar = work_calendar()
    known = [(one, calendar.years.get(one)) for one in (year, year + 1)]
    return render(request, "rules.html", {"rules": clock_rules(), "unchecked": set(unchecked()), "calendar": known})


async def show_templates(request: web.Request) -> web.StreamResponse:
    """回复模板, as they stand in the rules, for anybody on the staff to read."""
    names = {"move_names": MOVE_NAMES, "lane_names": LANE_NAMES, "topic_names": words.topic_names()}
    facts = {"templates": templates(), **names}
    return render(request, "templates.html", facts)


def _today(request: web.Request) -> date:
    return local_date(request.app[keys.CLOCK].now())


def _month_before(month: date) -> date:
    return (month - DAY).replace(day=1)


def _line(case: Any, today: date) -> dict[str, Any]:
    return {**words.case_line(case), "due": words.due_words(case.due_on, today)}


def _task(row: Any, today: date, me: Staff) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": TASKS.get(row["kind"], row["kind"]),
        "order": list(TASKS).index(row["kind"]) > 0,  # danger first, else as they are due
        "case_no": row["case_no"],
        "title": row["title"],
        "reason": row["reason"],
        "organ": organs.name_of(row["organ"]) if row["organ"] else "",
        "due": words.due_words(row["due_on"], today),
        "may_end": may_end(row["kind"], actors_of(me)),
    }
