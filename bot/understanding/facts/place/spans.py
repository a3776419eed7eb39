"""Text and its words → all spans that may name a place: known names, numbered roads, names by their endings."""

from __future__ import annotations

import re

from bot.understanding.facts.place.gazetteer import known_names
from bot.understanding.facts.place.span import Span
from bot.understanding.facts.place.suffixes import ESTATES, LANDMARKS, suffixes
from bot.understanding.facts.place.words import COMMON, GENERIC, IN_NAMES, NATURAL, NO_NAMES, STOPS
from bot.understanding.features import Words

_CODED = re.compile(r"(?<![A-Za-z])[A-Z]\d{0,2}(?:市|区|县|镇|乡)")
_NUMBERED_ROAD = re.compile(
    r"(?<![A-Za-z\d])(?:[GSX]\d{2,4}(?![\d元克])(?:国道|省道|高速|线)?|\d{3}(?:国道|省道|县道)|[一二三四五六七八九零幺]{3}国道|[东西南北内外一二三四]环路)"
)
LONGEST_AFTER_NAME = 6
# 停在, 放到, 借给, 并入: a verb that leads to a place begins none.
_DEEDS = frozenset(["上", "下", "修", "走", "出", "进", "扫", "铺", "挖", "堵"])
_LEADS_THERE = "在到给为入了着过"
# 路灯 and 街道 are no roads.
_NO_ROAD = re.compile(r"[灯面牙标障基况政肩沿边牌程过费]")
_PART = re.compile(r"[A-Z][区座]|[东西南北]区|\d{1,3}(?:号楼|栋|幢|号院)|[一二三四五六七八九十]+(?:号楼|栋|期)|\d期")
# Lines of buses: 205路, K22路.
_LINE = re.compile(r"[A-Za-z]?\d+")
_BUS = re.compile(r"路(?:公交|车)")
# Utilities serve a place, they are none.
_SERVES = re.compile(r"(?:供水|自来水|热力|供热|燃气|天然气|公交|供电|电力|物业|保险|科技|网络|通信|劳务|建筑)$")
_HERE = re.compile(
    r"(?:[东西南北正后前]门|[东西南北]口|大?门口|门前|斜?对面|斜?对过|旁边|后面|前面|楼下|[一二三四五六1-6]楼)"
)
_COUNTED = re.compile(
    r"(?:[\d.]+|[一二两三四五六七八九十百几多好半]+)(?:个|家|条|座|所|片|块|台|件|公|本|年|天|层|栋|户|次|趟|里|万|千|元|分|小时)|.*(?:怎么|为什么|什么)"
)
# What ends the name of an area: another word that runs over it is none.
_ENDS_AREA = "市区县旗镇乡木"
_NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9·]+$")


def possible_spans(text: str, words: Words) -> list[Span]:
    """Spans in no order; `joins` marks those that need a known name beside them."""
    known, levels = known_names()
    spans = [
        Span(_with_ordinal(text, m.start()), m.end(), levels[m.group()], True)
        for m in known.finditer(text)
        if _whole(text, m)
    ]
    spans += [Span(m.start(), m.end(), 2, True) for m in _CODED.finditer(text)]
    taken = {at for span in spans for at in range(span.start, span.end)}
    spans += [Span(m.start(), m.end(), 4, True) for m in _NUMBERED_ROAD.finditer(text) if m.start() not in taken]
    pattern, suffix_levels, strong = suffixes()
    words = _with_whole_endings(_apart(words, {s.end for s in spans if text[s.end - 1] in _ENDS_AREA}), pattern)
    for at, word in enumerate(words.words):
        match = pattern.search(word)
        end = words.starts[at] + len(word)
        if match is None or end - 1 in taken or _is_no_road(text, match.group(), end):
            continue
        joins = match.group() not in strong and not _stands_alone(text, match.group(), end)
        span = _named(words, at, match.start(), suffix_levels[match.group()], joins, taken)
        if span is not None:
            spans.append(span)
            taken.update(() if span.joins else range(span.start, span.end))
    return spans


def _apart(words: Words, ends: set[int]) -> Words:
    """The same words, cut where an area ends within one: 白泥井|镇海|勒素村."""
    ends = ends.difference(words.starts)
    if not ends:
        return words
    said: list[str] = []
    starts: list[int] = []
    for word, start in zip(words.words, words.starts, strict=True):
        inside = next((at for at in range(start + 1, start + len(word)) if at in ends), start)
        parts = [(word[: inside - start], start), (word[inside - start :], inside)]
        for part, at in parts:
            if part:
                said.append(part)
                starts.append(at)
    return Words(tuple(said), tuple(starts))


def _stands_alone(text: str, ending: str, end: int) -> bool:
    """万家惠超市门口, 吉祥苑B区: a weak ending with what shows that a place is meant."""
    return bool((ending in LANDMARKS and _HERE.match(text, end)) or (ending in ESTATES and _PART.match(text, end)))


def _is_no_road(text: str, ending: str, end: int) -> bool:
    return ending[-1] in "路街" and bool(_NO_ROAD.match(text, end) or _BUS.match(text, end - 1))


def _with_whole_endings(words: Words, pattern: re.Pattern[str]) -> Words:
    """The same words with endings whole that were cut in two: 嘎/查."""
    joined: list[str] = []
    starts: list[int] = []
    for word, start in zip(words.words, words.starts, strict=False):
        if joined and len(word) == 1 and len(joined[-1]) == 1 and starts[-1] + 1 == start:
            both = pattern.fullmatch(joined[-1] + word)
            if both is not None:
                joined[-1] += word
                continue
        joined.append(word)
        starts.append(start)
    return Words(tuple(joined), tuple(starts))


def _with_ordinal(text: str, start: int) -> int:
    """第二人民医院."""
    return start - 2 if re.match(r"第[一二三四五六七八九]", text[max(0, start - 2) : start]) else start


def _whole(text: str, match: re.Match[str]) -> bool:
    """前旗, 上湾 and the like are names only where no other word runs through them."""
    after = text[match.end() : match.end() + 1]
    return not (len(match.group()) == 2 and after in {"人", "话", "族", "语"} and match.group() not in {"东胜"})


def _named(words: Words, at: int, inside: int, level: int, joins: bool, taken: set[int]) -> Span | None:
    """Walk left from a suffix over the words of the name."""
    word, end = words.words[at], words.starts[at] + len(words.words[at])
    start, first = words.starts[at], at
    while first > 0 and end - start < 9 and _continues(words, first - 1, start, taken):
        first -= 1
        start = words.starts[first]
    first = _back_to_a_name(words, first, end, taken)
    first = _with_odd_character(words, first, at, joins or len(word) - inside < 2)
    start = words.starts[first]
    name = "".join(words.words[first:at]) + word[:inside]
    if word in NO_NAMES or (name in _DEEDS):
        return None
    if start - 1 in taken:
        serves = word[inside:] in {"公司", "集团"} and _SERVES.search(name)
        return None if serves else Span(start, end, level, joins=joins)
    if joins or len(name) < 2 or _LINE.fullmatch(name) or name in GENERIC or name in STOPS or _COUNTED.match(name):
        return None
    said = words.words[first:at]
    if _says_nothing(said) or (not said and word in COMMON):
        return None
    return Span(start, end, level)


def _says_nothing(said: tuple[str, ...]) -> bool:
    """老旧小区 and 普通住宅小区 name none; 海·亮·广场 does."""
    return any(part in GENERIC and (len(said) == 1 or part not in IN_NAMES | NATURAL) for part in said)


def _back_to_a_name(words: Words, first: int, end: int, taken: set[int]) -> int:
    """Over single characters that are everyday words, where a name we know stands before them: 东胜区·满·都·海巷."""
    at = first
    while at > 0 and end - words.starts[at] < LONGEST_AFTER_NAME and words.starts[at] - 1 not in taken:
        at -= 1
        if len(words.words[at]) > 1 or not (
            words.words[at] in IN_NAMES or _continues(words, at, words.starts[at + 1], taken)
        ):
            return first
    return at if at > 0 and words.starts[at] - 1 in taken else first


def _with_odd_character(words: Words, first: int, at: int, joins: bool) -> int:
    """A name of two single characters, one of which is a word of its own: 鑫·通·大厦, 天·佐·小区."""
    if joins or sum(len(word) for word in words.words[first:at]) > 1:
        return first
    begins = first - 1
    if first == at:  # the odd one stands before the ending: then a rare one has to stand before it
        begins = first - 2
    said = words.words[max(0, begins) : at]
    together = words.starts[at] - words.starts[begins] == 2 if begins >= 0 else False
    odd, rare = (said[1], said[0]) if first == at and len(said) == 2 else (said[0] if said else "", "")
    may_be_name = rare not in STOPS and bool(_NAME.match(rare))
    if odd == "里" and len(rare) == 2:  # 幸福里小区, but not 村子里小区
        fits = may_be_name and rare not in GENERIC and rare[-1] not in "村镇城院家楼校厂区子"
        return begins if fits and words.starts[at] - words.starts[begins] == 3 else first
    fits = odd in IN_NAMES and (first < at or (may_be_name and len(rare) == 1))
    return begins if together and fits else first


def _continues(words: Words, at: int, start: int, taken: set[int]) -> bool:
    word = words.words[at]
    adjacent = words.starts[at] + len(word) == start
    leads_there = len(word) > 1 and word[-1] in _LEADS_THERE
    return (
        adjacent and word not in STOPS and not leads_there and bool(_NAME.match(word)) and words.starts[at] not in taken
    )
