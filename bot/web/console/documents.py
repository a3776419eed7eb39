"""文书 of a case as files: only what the case makes true; who made which stands in its history and in the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.casework import Work
from bot.casework.notes import reveal_phones
from bot.documents import Letter, as_docx, as_pdf, available, letter
from bot.domain.case import Case, CaseEvent
from bot.domain.errors import WrongRole
from bot.domain.masking import hidden_in, mask_text
from bot.domain.people import Staff, acting, sight_of
from bot.domain.working_days import local_date
from bot.procedure import deadlines_in
from bot.web import keys
from bot.web.app import SECURITY_HEADERS
from bot.web.console.pages import FORM, ME

FORMATS: dict[str, tuple[str, Callable[[Letter], bytes]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", as_docx),
    "pdf": ("application/pdf", as_pdf),
}


def documents_of(case: Case, history: Sequence[CaseEvent], staff: Staff) -> list[dict[str, Any]]:
    """What the case page offers."""
    if not writes(staff, case):
        return []
    return [{"code": form.code, "name": form.name, "draft": draft} for form, draft in available(case, history)]


def writes(staff: Staff, case: Case) -> bool:
    """Whether somebody makes documents of a case: the desks do, and the organ that leads it or hears its review.

    An assisting organ sees the case, but what the citizen is told in writing comes from the lead alone.
    """
    return staff.organ is None or staff.organ in (case.organ, case.course.get("hears"))


async def make(request: web.Request) -> web.StreamResponse:
    """One document as a file. The name typed for it is written into the file and kept nowhere.

    Numbers are masked, unless a reason is given: then it is a look at them as any other, and written down as one.
    """
    staff, now = request[ME].staff, request.app[keys.CLOCK].now()
    code, ending = request.match_info["document"], request.match_info["format"]
    async with request.app[keys.DATABASE].write() as uow:
        work = Work(uow, staff, acting(sight_of(staff)), now)
        reason = request[FORM].get("reason", "").strip()
        case = await work.case(request.match_info["case_no"])
        if not writes(staff, case):
            raise WrongRole("文书由主办单位出具，协办单位不出具")
        if reason:
            await reveal_phones(case.case_no, reason, work)
        history, hidden = await uow.cases.history(case), hidden_in(case)
        made = letter(
            code,
            case,
            history,
            deadlines_in,
            lambda said: mask_text(said, hidden, revealed=bool(reason)),
            request[FORM].get("name", ""),
            local_date(now),
        )
        await work.note(case, "document.made", {"document": code, "method": ending, "text": made.name})
    content_type, write = FORMATS[ending]
    # Setting a page takes up to a second: other people's pages do not wait for it.
    body = await asyncio.get_running_loop().run_in_executor(None, write, made)
    return web.Response(body=body, headers=_headers(f"{made.file_name}.{ending}", content_type, code))


def _headers(name: str, content_type: str, code: str) -> dict[str, str]:
    plain = f"{code}.{name.rpartition('.')[2]}"
    return {
        "Content-Type": content_type,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
        **SECURITY_HEADERS,
    }
