"""登记: what came by telephone, letter, fax or visit, understood while the clerk types, filed by the one door."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web
from redis.exceptions import RedisError

from bot.casework import handle
from bot.casework.registration import LONGEST_ADDRESS, LONGEST_LETTER, LONGEST_NAME
from bot.domain import query_code
from bot.domain.case import Case
from bot.domain.commands import RegisterPetition
from bot.domain.errors import BadInput, IntakeError, NotFound, RuleViolation, StaleVersion
from bot.domain.lifecycle import OPEN_STATES
from bot.domain.masking import mask_text
from bot.domain.people import Sight, sight_of
from bot.domain.petitioner import Petitioner, Representative
from bot.domain.reading import Reading, reading_from_json
from bot.domain.repeats import is_same_matter
from bot.domain.working_days import local_date
from bot.procedure import deadlines_of, next_date
from bot.rules.emergency import emergency_text
from bot.rules.registration import registration_rules
from bot.storage.registration_repository import Registration
from bot.storage.unit_of_work import UnitOfWork
from bot.understanding.facts.phones import find_phones
from bot.web import keys
from bot.web.console import words
from bot.web.console.deeds import work_of
from bot.web.console.forms import day_of, kind_of, number_of, topic_of, unmasked, urgency_of
from bot.web.console.pages import FORM, ME, back_to, part, problem, render, today_of

HERE = "/console/register"
READ_WITHIN_SECONDS = 4.0
LOOK_EVERY_SECONDS = 0.1
# So long whoever registered may print the receipt with the query code, which is never shown to staff again.
RECEIPT_FOR = timedelta(hours=24)
LONGEST_FIELD = 500
SHOWN_CASES = 5
_TOLD = ("text", "way", "received_on", "name", "phone", "address", "anonymous", "people", "representatives")
_JUDGED = ("kind", "topic", "urgency", "place", "title")
# `own` names what the clerk set by hand: no later proposal goes over it.
FIELDS = (*_TOLD, *_JUDGED, "own")
_LONGEST = {"text": LONGEST_LETTER, "representatives": 20 * (LONGEST_NAME + 24), "address": LONGEST_ADDRESS}
_KEY = re.compile(r"[0-9a-f]{32}")
Form = dict[str, str]


async def show(request: web.Request) -> web.StreamResponse:
    """The form that an address names, empty where nothing was saved; without a name the last begun or a new one."""
    me, wanted = request[ME].staff, request.query.get("key", "")
    async with request.app[keys.DATABASE].read() as uow:
        if not wanted:
            begun = [] if "new" in request.query else await uow.registrations.open_of(me.id)
            raise web.HTTPSeeOther(f"{HERE}?key={begun[0].key if begun else secrets.token_hex(16)}")
        try:
            one = await uow.registrations.get(_key(wanted), me.id)
        except NotFound:  # also somebody else's, which cannot be saved under this name
            return await _page(request, wanted, {}, 0)
    if one.case_id is not None:
        raise web.HTTPSeeOther(f"{HERE}/receipt?key={one.key}")
    return await _page(request, one.key, dict(one.form), one.version, reading=one.reading_of(one.form.get("text", "")))


async def keep(request: web.Request) -> web.StreamResponse:
    """Save the form as it stands. 409 when another window saved it, or it was filed."""
    key, form, known = _sent(request)
    try:
        version = await _kept(request, key, form, known)
    except StaleVersion:
        return web.json_response({"problem": words.OTHER_WINDOW}, status=409)
    return web.json_response({"version": version, "at": words.local_time(request.app[keys.CLOCK].now())})


async def understand(request: web.Request) -> web.StreamResponse:
    """Save it and have its text read by a worker; the proposal, with what is known of the same petitioner."""
    key, form, known = _sent(request)
    script = "X-Part" in request.headers
    try:
        version = await _kept(request, key, form, known)
    except StaleVersion:
        if script:
            return web.json_response({"problem": words.OTHER_WINDOW}, status=409)
        return await _page(request, key, form, known, trouble=words.OTHER_WINDOW, status=409)
    reading = await _reading(request, key, form["text"])
    if script:
        return part(request, "proposal.html", {"version": version, **await _proposed(request, form, reading)})
    filled = {**form, **{name: form[name] or value for name, value in _values(reading).items()}}
    return await _page(request, key, filled, version, reading=reading)


async def submit(request: web.Request) -> web.StreamResponse:
    """File it, once: sent again, the same form gives the same receipt."""
    me, (key, form, _) = request[ME].staff, _sent(request)
    try:
        async with request.app[keys.DATABASE].write() as uow:
            held = await uow.registrations.claim(key, me.id, request.app[keys.CLOCK].now())
            if held.case_id is None:
                case = await handle(_command(form, held.reading_of(form["text"])), work_of(request, uow))
                await uow.registrations.filed(key, me.id, case.id)
    except (BadInput, RuleViolation) as error:
        return await _refused(request, key, form, error)
    await request.app[keys.MAILBOX].tell_changed("cases")
    return back_to(f"{HERE}/receipt?key={key}", "registered")


async def drop(request: web.Request) -> web.StreamResponse:
    """Throw a form away that is not to be filed."""
    async with request.app[keys.DATABASE].write() as uow:
        await uow.registrations.drop(_key(request[FORM].get("key", "")), request[ME].staff.id)
    return back_to(HERE, "dropped")


async def receipt(request: web.Request) -> web.StreamResponse:
    """回执 to read out or to print: number, query code, what comes next. For whoever registered, for a day."""
    me, now = request[ME].staff, request.app[keys.CLOCK].now()
    async with request.app[keys.DATABASE].write() as uow:
        held = await uow.registrations.get(_key(request.query.get("key", "")), me.id)
        if held.case_id is None or now - held.saved_at > RECEIPT_FOR:
            raise NotFound("no such receipt")
        case = await uow.cases.by_id(held.case_id)
        _, petition, issue = await uow.cases.by_number(case.case_no)
        upcoming = next_date(await deadlines_of(case, uow))
        uow.audit.append(me.actor, "receipt.shown", case.case_no, now)
        seen = await _sees(case, sight_of(me), uow)
    code = query_code.query_code(request.app[keys.SECRET], petition.petition_no, issue)
    facts = {
        "case_no": case.case_no,
        "code": query_code.spaced(code),
        "received_on": local_date(case.filed_at),
        "way": words.CHANNELS[case.channel],
        # An accusation's receipt tells nobody what it is about, and whoever took it down sees it no more.
        "title": words.case_line(case)["title"] if seen else "",
        "upcoming": upcoming,
        "address": request.app[keys.SETTINGS].public_url,
        "today": today_of(request),
    }
    return render(request, "receipt.html", facts)


async def _sees(case: Case, sight: Sight, uow: UnitOfWork) -> bool:
    return bool(await uow.cases.by_numbers([case.case_no], sight))


def _key(raw: str) -> str:
    if not _KEY.fullmatch(raw):
        raise BadInput("key: wanted what the page was opened with", "key")
    return raw


def _sent(request: web.Request) -> tuple[str, Form, int]:
    """Which form, what stands in it, and the version it grew from. Raises `BadInput`."""
    form: Form = request[FORM]
    return _key(form.get("key", "")), _typed(form), number_of(form, "known")


def _typed(form: Form) -> Form:
    """The known fields, none longer than anything that can be filed."""
    typed = {name: form.get(name, "").replace("\x00", "").replace("\r\n", "\n") for name in FIELDS}
    for name, value in typed.items():
        if len(value) > _LONGEST.get(name, LONGEST_FIELD):
            raise BadInput(f"{name}: too long", {"text": "letter", "name": "petitioner_name"}.get(name, name))
    return typed


async def _kept(request: web.Request, key: str, form: Form, known: int) -> int:
    now = request.app[keys.CLOCK].now()
    async with request.app[keys.DATABASE].write() as uow:
        return await uow.registrations.keep(key, request[ME].staff.id, form, known, now)


async def _reading(request: web.Request, key: str, text: str) -> Mapping[str, Any]:
    """How a worker reads the text; empty where none does in time."""
    staff_id, loop = request[ME].staff.id, asyncio.get_running_loop()
    until, asked = loop.time() + READ_WITHIN_SECONDS, not text.strip()
    while loop.time() < until and text.strip():
        async with request.app[keys.DATABASE].read() as uow:
            found = (await uow.registrations.get(key, staff_id)).reading_of(text)
        if found:
            return found
        if not asked and not await _ask(request, key):
            break
        asked = True
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    return {}


async def _ask(request: web.Request, key: str) -> bool:
    """Whether there is anybody to ask."""
    mailbox = request.app[keys.MAILBOX]
    try:
        if not await mailbox.workers_alive():
            return False
        await mailbox.ask_reading(key)
    except (RedisError, OSError):
        return False
    return True


async def _refused(request: web.Request, key: str, form: Form, error: IntakeError) -> web.Response:
    async with request.app[keys.DATABASE].read() as uow:
        known = [one for one in await uow.registrations.open_of(request[ME].staff.id) if one.key == key]
    held = known[0] if known else None
    status = 400 if isinstance(error, BadInput) else 409
    reading = held.reading_of(form["text"]) if held else {}
    return await _page(
        request, key, form, held.version if held else 0, reading=reading, trouble=problem(error), status=status
    )


async def _page(
    request: web.Request,
    key: str,
    form: Form,
    version: int,
    *,
    reading: Mapping[str, Any] | None = None,
    trouble: str = "",
    status: int = 200,
) -> web.Response:
    me, rules = request[ME].staff, registration_rules()
    async with request.app[keys.DATABASE].read() as uow:
        begun = [one for one in await uow.registrations.open_of(me.id) if one.key != key]
    typed = {**dict.fromkeys(FIELDS, ""), "received_on": today_of(request).isoformat(), "way": "phone", **form}
    facts = {
        "key": key,
        "version": version,
        "typed": typed,
        "ways": tuple(rules.ways.items()),
        "most_representatives": rules.most_representatives,
        "article": rules.article,
        "checked": rules.checked,
        "today": today_of(request).isoformat(),
        "kinds": [(kind.value, name) for kind, name in words.KINDS.items()],
        "urgencies": words.URGENCIES,
        "topic_choices": words.topic_choices(),
        "longest": LONGEST_LETTER,
        "begun": [_begun(one) for one in begun],
        "problem": trouble,
        **await _proposed(request, typed, reading or {}),
    }
    return render(request, "register.html", facts, status)


def _begun(one: Registration) -> dict[str, str]:
    said = mask_text(str(one.form.get("title") or one.form.get("text", "")))[:25]
    return {"key": one.key, "title": said or "（还没写内容）", "at": words.local_time(one.saved_at)}


async def _proposed(request: web.Request, form: Form, reading: Mapping[str, Any]) -> dict[str, Any]:
    """What is proposed, why, and the petitioner's open cases."""
    read = reading_from_json(reading) if reading else None
    known = await _open_cases(request, form, read)
    return {
        "reading": words.understood(reading),
        "proposed": words.proposed(reading) if reading else [],
        "values": _values(reading),
        "read": bool(reading),
        "nothing": bool(reading) and bool(reading.get("abstain") or reading.get("no_matter")),
        "asked": bool(form.get("text", "").strip()),
        "danger": emergency_text(form["text"]) if _in_danger(form, read) else "",
        "same_petitioner": known[:SHOWN_CASES],
        "more_cases": len(known) - SHOWN_CASES,
    }


def _in_danger(form: Form, read: Reading | None) -> bool:
    return form.get("urgency") == "4" or (read is not None and read.urgency >= 4)


def _values(reading: Mapping[str, Any]) -> Form:
    """The proposal as values of the form's fields; "" where nothing is proposed."""
    read = reading_from_json(reading) if reading else None
    if read is None or read.abstain or read.no_matter:
        return dict.fromkeys(_JUDGED, "")
    return {
        "kind": read.kind.value,
        "topic": words.topic_path(read.topic),
        "urgency": str(int(read.urgency)),
        "place": read.slots.place or "",
        "title": read.title,
    }


async def _open_cases(request: web.Request, form: Form, read: Reading | None) -> list[dict[str, Any]]:
    """Open cases that name the same phone, as far as the clerk sees them; those about the same matter first."""
    phones = tuple(dict.fromkeys((*find_phones("电话" + form.get("phone", "")), *find_phones(form.get("text", "")))))
    if not phones or form.get("anonymous"):
        return []
    async with request.app[keys.DATABASE].read() as uow:
        found = await uow.cases.of_phones(phones, sight_of(request[ME].staff))
        names = await uow.staff.names(case.officer_id for case in found if case.officer_id)
    lines = [
        {**words.due_line(case, today_of(request), names), "same": _is_same(case, form, read)}
        for case in found
        if case.state in OPEN_STATES
    ]
    return sorted(lines, key=lambda line: not line["same"])


def _is_same(case: Case, form: Form, read: Reading | None) -> bool:
    topic = words.topic_by_path(form["topic"]) if form.get("topic") else read.topic if read else None
    place = form.get("place") or (read.slots.place if read else "") or ""
    return topic is not None and is_same_matter(topic, place, form.get("text", ""), case)


def _command(form: Form, reading: Mapping[str, Any]) -> RegisterPetition:
    return RegisterPetition(
        way=form["way"],
        received_on=day_of(form, "received_on"),
        text=form["text"],
        kind=kind_of(form["kind"]),
        topic=topic_of(form["topic"]),
        urgency=urgency_of(form["urgency"]),
        place=unmasked(form, "place") or "",
        title=unmasked(form, "title") or "",
        phone=form["phone"],
        petitioner=_petitioner(form),
        people=number_of(form, "people") or None,
        anonymous=form["anonymous"] == "1",
        understood=dict(reading),
    )


def _petitioner(form: Form) -> Petitioner:
    """Copied from a page that hides them, names would be stars."""
    name, address = (unmasked(form, field) or "" for field in ("name", "address"))
    return Petitioner(name, address, _representatives(unmasked(form, "representatives") or ""))


def _representatives(raw: str) -> tuple[Representative, ...]:
    """A line each: 姓名 电话."""
    lines = (line.split(maxsplit=1) for line in raw.replace("，", " ").replace(",", " ").splitlines() if line.strip())
    return tuple(Representative(name, "".join(phone)) for name, *phone in lines)
