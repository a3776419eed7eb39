"""导出: the list, all its pages, as a CSV file that Excel opens: same filters, same sight, same number of lines."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from aiohttp import web

from bot.domain.case import Case
from bot.domain.masking import hidden_in, mask_text
from bot.domain.people import sight_of
from bot.domain.working_days import LOCAL
from bot.rules import organs
from bot.web import keys
from bot.web.app import SECURITY_HEADERS
from bot.web.console import words
from bot.web.console.listing import asked_for, filter_of
from bot.web.console.pages import ME, today_of

logger = logging.getLogger(__name__)

BATCH = 200
HEAD = (
    "编号",
    "标题",
    "类别",
    "一级分类",
    "二级分类",
    "紧急程度",
    "地点",
    "状态",
    "承办单位",
    "承办人",
    "渠道",
    "收到时间",
    "最近变化",
    "到期日",
    "诉求内容",
)
# Excel takes these for the beginning of a formula, their full-width forms too.
FORMULA = tuple("=+-@\t\r＝＋－＠")


async def download(request: web.Request) -> web.StreamResponse:
    """Which cases it holds is settled at one moment; then they are read and sent bit by bit, in short looks."""
    me, now, database = request[ME].staff, request.app[keys.CLOCK].now(), request.app[keys.DATABASE]
    sight, wanted = sight_of(me), filter_of(asked_for(request), me, today_of(request))
    async with database.write() as uow:
        ids = await uow.cases.ids(wanted, sight)
        uow.audit.append(me.actor, "cases.exported", me.actor, now, count=len(ids))
    logger.info("cases exported", extra={"staff": me.id, "number": len(ids)})
    response = web.StreamResponse(headers=_headers(request))
    await response.prepare(request)
    await response.write("\ufeff".encode() + _lines([HEAD]))
    for first in range(0, len(ids), BATCH):
        async with database.read() as uow:
            cases = await uow.cases.these(ids[first : first + BATCH], sight)
            names = await uow.staff.names(case.officer_id for case in cases if case.officer_id)
        await response.write(_lines(_cells(case, names) for case in cases))
    await response.write_eof()
    return response


def _headers(request: web.Request) -> dict[str, str]:
    today = request.app[keys.CLOCK].now().astimezone(LOCAL)
    name = quote(f"诉求-{today:%Y%m%d-%H%M}.csv")
    return {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f"attachment; filename=\"cases.csv\"; filename*=UTF-8''{name}",
        "Cache-Control": "no-store",
        **SECURITY_HEADERS,
    }


def _cells(case: Case, names: Mapping[int, str]) -> Iterator[str]:
    line = words.case_line(case)
    yield case.case_no
    yield line["title"]
    yield line["kind"]
    yield from (case.topic.level1, case.topic.level2)
    yield line["urgency_name"]
    yield line["place"]
    yield line["state_name"]
    yield organs.name_of(case.held_by)
    yield names.get(case.officer_id or 0, "")
    yield line["channel"]
    yield from (f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}" for at in (case.filed_at, case.updated_at))
    yield f"{case.due_on:%Y-%m-%d}" if case.due_on else ""
    yield mask_text(case.text, hidden_in(case))


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue().encode()


def _harmless(cell: str) -> str:
    """A citizen's words stay words in a spreadsheet."""
    return "'" + cell if cell.lstrip(" \u3000\n").startswith(FORMULA) or cell.startswith("\n") else cell
