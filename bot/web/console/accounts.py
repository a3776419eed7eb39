"""工作人员: who may sign in. For the administrator."""

from __future__ import annotations

import logging
import re
from typing import Any

from aiohttp import web

from bot.casework.officers import let_go
from bot.domain.errors import BadInput, NotFound
from bot.domain.people import ROLE_NAMES, Role, Staff
from bot.rules import organs
from bot.storage.unit_of_work import UnitOfWork
from bot.web import auth, keys
from bot.web.console.listing import choices
from bot.web.console.pages import FORM, ME, back_to, problem, render

logger = logging.getLogger(__name__)

LONGEST_NAME = 32
_USERNAME = re.compile(r"[A-Za-z0-9_.-]{2,32}")
Told = tuple[str, str]


async def show(request: web.Request) -> web.StreamResponse:
    """Everybody, and the form for one more; with `?change=<id>` the form of that member instead."""
    raw = request.query.get("change", "")
    return await _page(request, changing=int(raw) if re.fullmatch(r"[0-9]{1,18}", raw) else 0)


async def _page(
    request: web.Request, told: Told | None = None, trouble: str = "", status: int = 200, changing: int = 0
) -> web.Response:
    async with request.app[keys.DATABASE].read() as uow:
        staff, protected = await uow.staff.all(), await uow.sessions.protected()
    facts: dict[str, Any] = {
        "changing": next((one for one in staff if one.id == changing), None),
        "staff": staff,
        "protected": protected,
        "roles": [(role.value, name) for role, name in ROLE_NAMES.items()],
        "role_names": ROLE_NAMES,
        "organ_name": organs.name_of,
        "told": told,
        "problem": trouble,
        "typed": request.get(FORM, {}) if trouble else {},
    }
    return render(request, "staff.html", {**choices(), **facts}, status)


async def add(request: web.Request) -> web.StreamResponse:
    """One more, with a random password that is shown once."""
    password = auth.random_password()
    try:
        username, name, role, organ = _new(request[FORM])
        hashed = await auth.hash_password(password)
        async with auth.administering(request.app[keys.DATABASE], request[ME].staff) as uow:
            await _not_taken(username, uow)
            new = await uow.staff.add(username, name, hashed, role, organ, request.app[keys.CLOCK].now())
            _note(request, uow, "staff.added", new, role=role.value, organ=organ)
    except BadInput as error:
        return await _page(request, trouble=problem(error), status=400)
    logger.info("staff added", extra={"staff": new.id, "by": request[ME].staff.id, "role": role.value})
    return await _page(request, (username, password))


def _new(form: dict[str, str]) -> tuple[str, str, Role, str | None]:
    username = form.get("username", "").strip()
    if not _USERNAME.fullmatch(username):
        raise BadInput("username: wanted 2 to 32 letters, digits or _.-", "username")
    return username.lower(), *_person(form)


def _person(form: dict[str, str]) -> tuple[str, Role, str | None]:
    """What can be changed of a member: name, role, organ. Raises `BadInput`."""
    name, organ = (form.get(field, "").strip() for field in ("name", "organ"))
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput(f"name: wanted 1 to {LONGEST_NAME} characters", "name")
    role = _role(form)
    if (organ or role is Role.CASE_OFFICER) and not organs.is_active(organ):
        raise BadInput("organ: a case officer works for an organ of organs.yml", "organ")
    if role is Role.DISCIPLINARY:
        organ = _of_discipline(organ)
    return name, role, organ or None


def _of_discipline(organ: str) -> str:
    """The city's disciplinary organ sees every accusation and needs no organ; a district's sees what it was given."""
    known = organs.find(organ) if organ else organs.disciplinary()[0]
    if known is None or not known.accusations:
        raise BadInput("organ: the disciplinary role belongs to a disciplinary organ", "discipline_organ")
    return "" if known.level == "city" else known.code


def _role(form: dict[str, str]) -> Role:
    try:
        return Role(form.get("role", ""))
    except ValueError:
        raise BadInput("role: wanted one of the roles", "role") from None


def _note(request: web.Request, uow: UnitOfWork, action: str, member: Staff, **details: object) -> None:
    uow.audit.append(request[ME].staff.actor, action, member.actor, request.app[keys.CLOCK].now(), **details)


async def _not_taken(username: str, uow: UnitOfWork) -> None:
    try:
        await uow.staff.by_username(username)
    except NotFound:
        return
    raise BadInput("username: there is one already", "taken")


async def act(request: web.Request) -> web.StreamResponse:
    """A new password, a lost second factor, in and out, or another name, role or organ."""
    staff_id = int(request.match_info["staff_id"])
    if request.match_info["deed"] == "change":
        return await _change(request, staff_id)
    if request.match_info["deed"] == "switch":
        return await _switch(request, staff_id)
    if request.match_info["deed"] == "unlock":
        return await _drop_second_factor(request, staff_id)
    password = auth.random_password()
    hashed = await auth.hash_password(password)
    async with auth.administering(request.app[keys.DATABASE], request[ME].staff) as uow:
        member = await uow.staff.get(staff_id)
        await uow.staff.set_password(staff_id, hashed)
        await uow.sessions.end(staff_id)
        _note(request, uow, "staff.password_reset", member)
    logger.info("password reset", extra={"staff": staff_id, "by": request[ME].staff.id})
    return await _page(request, (member.username, password))


async def _drop_second_factor(request: web.Request, staff_id: int) -> web.Response:
    """For a lost phone: the password alone lets in again, until a new one is switched on."""
    async with auth.administering(request.app[keys.DATABASE], request[ME].staff) as uow:
        member = await uow.staff.get(staff_id)
        await uow.sessions.drop_second_factor(staff_id)
        await uow.sessions.end(staff_id)
        _note(request, uow, "staff.second_factor_reset", member)
    logger.info("second factor reset", extra={"staff": staff_id, "by": request[ME].staff.id})
    return back_to("/console/staff", "staff")


async def _switch(request: web.Request, staff_id: int) -> web.Response:
    """Nobody shuts themselves out: one administrator always stays."""
    if staff_id == request[ME].staff.id:
        return await _page(request, trouble=problem(BadInput("staff: not oneself", "self")), status=400)
    async with auth.administering(request.app[keys.DATABASE], request[ME].staff) as uow:
        member = await uow.staff.get(staff_id)
        await uow.staff.set_active(staff_id, not member.active)
        await let_go(member, request[ME].staff, request.app[keys.CLOCK].now(), uow)
        await uow.sessions.end(staff_id)
        _note(request, uow, "staff.shut_out" if member.active else "staff.let_in", member)
    logger.info("staff switched", extra={"staff": staff_id, "by": request[ME].staff.id, "active": not member.active})
    return back_to("/console/staff", "staff")


async def _change(request: web.Request, staff_id: int) -> web.Response:
    """Another name, role or organ. Who has another role or organ sees other cases, signs in anew, and leaves theirs."""
    try:
        async with auth.administering(request.app[keys.DATABASE], request[ME].staff) as uow:
            member = await uow.staff.get(staff_id)
            name, role, organ = _person(request[FORM])
            if role is not member.role and staff_id == request[ME].staff.id:
                raise BadInput("role: not one's own", "own_role")
            changed = _changed(member, name, role, organ)
            if changed:
                await uow.staff.change(staff_id, name, role, organ)
                _note(request, uow, "staff.changed", member, **changed)
            if (role, organ) != (member.role, member.organ or None):
                await uow.sessions.end(staff_id)
                await let_go(member, request[ME].staff, request.app[keys.CLOCK].now(), uow)
    except BadInput as error:
        return await _page(request, trouble=problem(error), status=400, changing=staff_id)
    logger.info("staff changed", extra={"staff": staff_id, "by": request[ME].staff.id, "role": role.value})
    return back_to("/console/staff", "staff")


def _changed(member: Staff, name: str, role: Role, organ: str | None) -> dict[str, object]:
    """For the audit: which fields, and the codes before and after; of a name only that it is another one."""
    fields = {
        "name": (member.name, name),
        "role": (member.role.value, role.value),
        "organ": (member.organ or "", organ or ""),
    }
    moved = {field: pair for field, pair in fields.items() if pair[0] != pair[1]}
    codes: dict[str, object] = {}
    for field, (before, after) in moved.items():
        if field != "name":
            codes |= {f"{field}_from": before, f"{field}_to": after}
    return {"changes": moved, **codes} if moved else {}
