"""Neighbouring spans → one address: levels join, house numbers are taken along."""

from __future__ import annotations

import re

from bot.understanding.facts.place.span import Span

_UNITS = re.compile(
    r"(?:[A-Za-z]?\d{1,4}|[A-Za-z]|[一二三四五六七八九十百]{1,4}|[甲乙丙丁东西南北])"
    r"(?:号楼|号院|号店|栋楼|幢|栋|座|号|期|区|单元|室|楼(?![上下道梯顶里])|层|户(?![人居业住都全没老牧农])|组|社|队|公里(?:处|加\d+米)?|米处|路(?!公交|车)|街)"
    r"|(?<=单元)\d{3,4}室?|(?<=号楼)\d{3,4}室?|K\d+\+\d+"
)
# From here on a place is beside, before or behind what was named.
_BESIDE = re.compile(
    r"(?:[东西南北正侧后前大]{1,2}门口?(?![槛卫])|[东西南北]口|[东西南北]侧|[东西南北][边面头]|地下(?:停车场|车库)|地库|大?门口|门前|斜?对面|斜?对过|旁边|附近|后面|前面|后身|后院|楼下|大厅"
    r"|出入口|出口|入口|(?:十字|丁字)?路口|交叉口|交汇处|交界处|路段|段(?![时落])"
    r"|[往向][东西南北]+(?:边|走)?(?:大?约|大概|差不多)?[\d.一二两三四五六七八九十百几多]+(?:公里|里地?|米)(?:处|左右|的地方)?)+"
)
_ROAD = re.compile(r"(?:路|街|大道|巷|线|道|高速|公路|路段|街道|镇)$")
_MEET = r"的?(?:(?:十字|丁字|三岔)?路口|交叉口|交叉路口|交汇处?|交界处?|拐角|口)"
_ROADS_MEET = re.compile(_MEET)
_MEETING = re.compile(rf".{{1,9}}?(?:路|街|大道|巷|线|道|高速|公路|路段|街道|镇){_MEET}")
REACH = 6
_WITH, _TO = frozenset({"与", "和", "跟", "、", "及"}), frozenset({"到", "至"})
_ABOUT_THERE = frozenset({"附近", "旁边", "前面", "后面"})


def chains(text: str, spans: list[Span]) -> list[Span]:
    """Neighbouring spans become one address; house numbers, and what lies beside, are taken along."""
    addresses: list[Span] = []
    for span in spans:
        span = _with_units(text, span)
        joined = bool(addresses) and span.start <= addresses[-1].end + _gap(text, addresses[-1].end, span.start)
        if joined:
            span = _one(addresses.pop(), span)
        if joined or not span.joins:
            addresses.append(span)
    return [_with_side(text, span) for span in _with_second_ends(text, addresses)]


def _one(first: Span, then: Span) -> Span:
    end, level = max(first.end, then.end), max(first.level, then.level) + 1
    return Span(first.start, end, level, first.known or then.known)


def _gap(text: str, end: int, start: int) -> int:
    """A blank or a comma between two levels of an address is no break; 的 neither."""
    between = text[end:start]
    return len(between) if between in {"", " ", "的", "-", "—"} else -1 if start > end else 0


def _with_second_ends(text: str, addresses: list[Span]) -> list[Span]:
    """天骄路与鄂尔多斯大街交叉口 and 树林召到包头 are one place each."""
    whole: list[Span] = []
    for span in addresses:
        between = text[whole[-1].end : span.start] if whole else ""
        if (between in _WITH and _roads_meet(text, whole[-1], span)) or between in _TO:
            span = _one(whole.pop(), span)
        whole.append(span)
    return whole


def _roads_meet(text: str, first: Span, then: Span) -> bool:
    return bool(_ROAD.search(text[first.start : first.end]) and _MEETING.match(text, then.start, then.end + REACH))


def _with_units(text: str, span: Span) -> Span:
    end = span.end
    while unit := _UNITS.match(text, end):
        end = unit.end()
    return Span(span.start, end, span.level + (end > span.end), span.known)


def _with_side(text: str, span: Span) -> Span:
    """人民医院东门对面, 天骄路与鄂尔多斯大街交叉口: a known name alone is not narrowed by 附近."""
    side = _ROADS_MEET.match(text, span.end) if _ROAD.search(text[span.start : span.end]) else None
    side = side or _BESIDE.match(text, span.end)
    if side is None or (side.group() in _ABOUT_THERE and span.level < 4):
        return span
    return Span(span.start, side.end(), span.level + 1, span.known)
