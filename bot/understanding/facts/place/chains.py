"""Neighbouring spans → one address: levels join, house numbers are taken along."""

from __future__ import annotations

import re

from bot.understanding.facts.place.span import Span

_UNITS = re.compile(
    r"(?:[A-Za-z]?\d{1,4}|[A-Za-z]|[一二三四五六七八九十百]{1,4}|[甲乙丙丁东西南北])"
    r"(?:号楼|号院|号店|栋楼|幢|栋|座|号|期|区|单元|室|楼|层|户|组|社|队|公里|米处|路|街)"
)


def chains(text: str, spans: list[Span]) -> list[Span]:
    """Neighbouring spans become one address; house numbers are taken along."""
    joined_up: list[Span] = []
    for span in spans:
        span = _with_units(text, span)
        joined = bool(joined_up) and span.start <= joined_up[-1].end + _gap(text, joined_up[-1].end, span.start)
        if joined:
            last = joined_up.pop()
            span = Span(last.start, max(last.end, span.end), max(last.level, span.level) + 1, last.known or span.known)
        if joined or not span.joins:
            joined_up.append(span)
    return joined_up


def _gap(text: str, end: int, start: int) -> int:
    """A blank or a comma between two levels of an address is no break; 的 neither."""
    between = text[end:start]
    return len(between) if between in {"", " ", "的", "-", "—"} else -1 if start > end else 0


def _with_units(text: str, span: Span) -> Span:
    end = span.end
    while unit := _UNITS.match(text, end):
        end = unit.end()
    return Span(span.start, end, span.level + (end > span.end), span.known)
