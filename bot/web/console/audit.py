"""审计: who did what and when, without anybody's words. For the auditor and the administrator."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.domain.audit import Entry, Sealed
from bot.domain.people import ROLE_NAMES
from bot.rules import organs
from bot.web import keys
from bot.web.console import words
from bot.web.console.day import TASKS
from bot.web.console.pages import render
from bot.web.console.proposals import rule_name, way_rule_name
from bot.web.console.timeline import Names, names_of_staff

PAGE = 50
LONGEST = 64
NEWEST = 10**18
ACTIONS = {
    "staff.signed_in": "登录",
    "staff.signed_out": "退出",
    "staff.sign_in_failed": "登录失败",
    "staff.password_changed": "修改密码",
    "staff.password_reset": "重置密码",
    "staff.password_renewed": "用命令行重置密码",
    "staff.added": "添加人员",
    "staff.changed": "修改人员",
    "organ.added": "增加单位",
    "organ.renamed": "单位改名",
    "organ.retired": "停用单位",
    "organ.restored": "启用单位",
    "template.added": "增加模板",
    "template.changed": "修改模板",
    "template.retired": "停用模板",
    "template.restored": "启用模板",
    "cases.exported": "导出诉求",
    "staff.shut_out": "停用人员",
    "staff.let_in": "启用人员",
    "command.take_over": "接管会话",
    "command.give_back": "交还会话",
    "command.say_to_citizen": "在会话里发言",
    "command.correct_case": "更正（没有变化）",
    "command.draw_sample": "抽取回访",
    "staff.second_factor_on": "开启二次验证",
    "staff.second_factor_off": "关闭二次验证",
    "staff.second_factor_reset": "取消二次验证",
    "staff.second_factor_failed": "二次验证失败",
    "staff.sessions_ended": "退出其他设备",
    "reception.opened": "安排接访日",
    "reception.cancelled": "取消接访日",
    "reception.noted": "接访记录",
    "field_visit.planned": "安排下访",
    "field_visit.cancelled": "取消下访",
    "field_visit.noted": "下访记录",
}
THINGS = {"reception": "接访", "field_visit": "下访", "template": "模板"}
ACTORS = {
    "petitioner": "群众",
    "system": "系统",
    "command_line": "命令行",
    "nobody": "未登录",
    "staff:unknown": "未知用户",
}


FIELDS = {
    "text": "内容",
    "reason": "理由",
    "clock": "时限",
    "name": "姓名",
    "role": "角色",
    "organ": "单位",
    "route": "途径",
    "leader": "包案领导",
    "answers": "评价",
    "link": "关联",
    "outcome": "结论",
    "inbox_id": "消息",
}
DETAILS = {
    "also": "另记",
    "changed": "改了",
    "channel": "渠道",
    "organ": "单位",
    "from": "原",
    "to": "到",
    "reason": "理由",
    "role": "角色",
    "role_from": "原角色",
    "role_to": "新角色",
    "organ_from": "原单位",
    "organ_to": "新单位",
    "stars": "星级",
    "days": "天数",
    "officer": "承办人",
    "on": "日期",
    "way": "分路",
    "proposed": "建议",
    "rule": "规则",
    "hit": "照建议",
    "count": "件数",
    "method": "方式",
    "document": "文书",
    "task": "任务",
    "level": "级别",
    "due_on": "到期日",
    "inbox_id": "消息",
}
_ROLES = ("role", "role_from", "role_to")
_ROLE_NAMES = {role.value: name for role, name in ROLE_NAMES.items()}
_ORGANS = ("organ", "organ_from", "organ_to", "from", "to", "proposed")


async def show(request: web.Request) -> web.StreamResponse:
    """One page of the audit, newest first."""
    asked = {name: request.query.get(name, "").strip()[:LONGEST] for name in ("actor", "subject")}
    async with request.app[keys.DATABASE].read() as uow:
        found = await uow.audit.listed(_before(request), asked["actor"], asked["subject"], PAGE + 1)
        names = await names_of_staff(uow)
    shown = found[:PAGE]
    facts = {
        "rows": [_line(one, names) for one in shown],
        "asked": asked,
        "staff": sorted(names.items()),
        "older": _older(asked, shown[-1].id) if len(found) > PAGE else "",
    }
    return render(request, "audit.html", facts)


def _before(request: web.Request) -> int:
    raw = request.query.get("before", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 18 else NEWEST


def _older(asked: dict[str, str], before: int) -> str:
    given = {name: value for name, value in asked.items() if value}
    return "/console/audit?" + urlencode({**given, "before": before})


def _line(sealed: Sealed, names: Names) -> dict[str, Any]:
    entry = sealed.entry
    return {
        # Not the number: a gap in them would tell that something was done to an accusation.
        "at": words.local_time(entry.at),
        "actor": _name(entry.actor, names),
        "action": _action(entry),
        "subject": _name(entry.subject, names),
        "details": [
            (DETAILS.get(name, name), _detail(name, value, names)) for name, value in sorted(entry.details.items())
        ],
        "hash": sealed.hash,
    }


def _action(entry: Entry) -> str:
    """What was filed at the desk was entered by whoever stands there, as the case page says."""
    if entry.action == "case.filed" and entry.actor.startswith("staff:"):
        return words.TAKEN_DOWN
    return words.EVENTS.get(entry.action) or ACTIONS.get(entry.action, entry.action)


def _name(actor: str, names: Names) -> str:
    kind, _, number = actor.partition(":")
    if kind == "staff" and number.isdigit():
        return names.get(int(number), actor)
    if kind == "organ":
        return organs.name_of(number)
    return f"{THINGS[kind]} {number}" if kind in THINGS else ACTORS.get(actor, actor)


def _detail(name: str, value: Any, names: Names) -> str:
    if value is None or isinstance(value, bool):
        return {None: "无", True: "是", False: "否"}[value]
    if name == "rule":
        return rule_name(str(value)) if "." in str(value) else way_rule_name(str(value))
    if name == "task":
        return TASKS.get(str(value), str(value))
    if name == "officer":
        return names.get(value, str(value))
    if name in _ROLES:
        return _ROLE_NAMES.get(str(value), str(value))
    return organs.name_of(value) if name in _ORGANS and isinstance(value, str) else _told(value)


def _told(value: Any) -> str:
    """Codes as they are stored, fields and channels by their names."""
    if isinstance(value, list):
        return "、".join(_told(one) for one in value)
    return {**words.CHANNELS, **words.FIELDS, **FIELDS}.get(str(value), str(value))
