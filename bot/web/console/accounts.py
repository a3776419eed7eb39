"""工作人员: who may sign in. For the administrator."""

from __future__ import annotations

import re
import secrets

from aiohttp import web

from bot.domain.errors import BadInput
from bot.domain.people import ROLE_NAMES, Role
from bot.rules import organs
from bot.web import auth, keys
from bot.web.console.access import FORM, ME, back_to, render

_USERNAME = re.compile(r"[A-Za-z0-9_.-]{2,32}")


async def show(request: web.Request) -> web.StreamResponse:
    """Everybody, and the form for one more."""
    return await _page(request, None)


async def _page(request: web.Request, told: tuple[str, str] | None) -> web.Response:
    async with request.app[keys.DATABASE].read() as uow:
        staff = await uow.staff.all()
    facts = {
        "staff": staff,
        "roles": [(role.value, name) for role, name in ROLE_NAMES.items()],
        "role_names": ROLE_NAMES,
        "organs": organs.all_organs(),
        "organ_names": {organ.code: organ.name for organ in organs.all_organs()},
        "told": told,
    }
    return render(request, "staff.html", facts)


async def add(request: web.Request) -> web.StreamResponse:
    """One more, with a random password that is shown once."""
    form, password = request[FORM], secrets.token_urlsafe(12)
    username, name = form.get("username", "").strip(), form.get("name", "").strip()[:32]
    role, organ = _role(form), form.get("organ", "") or None
    if not _USERNAME.fullmatch(username) or not name:
        raise BadInput("用户名为 2 至 32 位字母、数字或 _.-，姓名不能为空。", "username")
    if role is Role.CASE_OFFICER and not (organ and organs.exists(organ)):
        raise BadInput("承办人必须选择所在单位。", "organ")
    hashed = await auth.hash_password(password)
    async with request.app[keys.DATABASE].write() as uow:
        if any(member.username == username for member in await uow.staff.all()):
            raise BadInput("这个用户名已经有了。", "username")
        await uow.staff.add(username, name, hashed, role, organ, request.app[keys.CLOCK].now())
    return await _page(request, (username, password))


def _role(form: dict[str, str]) -> Role:
    try:
        return Role(form.get("role", ""))
    except ValueError:
        raise BadInput("请选择角色。", "role") from None


async def act(request: web.Request) -> web.StreamResponse:
    """A new password, or in and out."""
    staff_id = int(request.match_info["staff_id"])
    if request.match_info["deed"] == "switch":
        return await _switch(request, staff_id)
    password = secrets.token_urlsafe(12)
    hashed = await auth.hash_password(password)
    async with request.app[keys.DATABASE].write() as uow:
        member = await uow.staff.get(staff_id)
        await uow.staff.set_password(staff_id, hashed)
    return await _page(request, (member.username, password))


async def _switch(request: web.Request, staff_id: int) -> web.Response:
    if staff_id == request[ME].staff.id:
        raise BadInput("不能停用自己。", "staff_id")
    async with request.app[keys.DATABASE].write() as uow:
        member = await uow.staff.get(staff_id)
        await uow.staff.set_active(staff_id, not member.active)
    return back_to("/console/staff", "staff")
