"""Words → organs and companies that are named, and what the citizen asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.facts.everyday import is_common, is_everyday
from bot.understanding.facts.organ_words import BEGIN_NONE, BUREAUS, CARRY, KINDS, LOCAL, NAMES_BEFORE, NOT_ALONE
from bot.understanding.facts.place.gazetteer import known_names
from bot.understanding.facts.place.words import GENERIC, STOPS
from bot.understanding.features import Words

_OFFICES = re.compile("|".join(sorted(BUREAUS | LOCAL, key=len, reverse=True)))
_PARTS = re.compile(r"(?:执行局|立案庭|刑警队|刑警大队|经侦大队|治安大队|交警大队|[一二三四]?中队|监察室|信访办)(?!长)")
_AREA = re.compile(r"(?:省|市|区|县|旗|盟|镇|乡|街道|苏木|村|嘎查|社区|新区|园区|开发区|人民)$")
_ENDS_AREA = "市区县旗镇乡"
# 旗医院, 镇中学: of these there is one.
_ONE_EACH = frozenset(["医院", "中学", "小学", "卫生院", "幼儿园"])
# 学院街, 医院巷.
_STREET = frozenset("街路巷")
_FAR, _LONGEST_KNOWN, _LONGEST_LOCAL = 10, 8, 4

# Companies, schools and the like need a name of their own.
_COMPANY = re.compile(
    r"(?:有限责任公司|有限公司|集团公司|分公司|公司|集团|合作社|工程队|煤矿|煤业|化工厂|水泥厂|砖厂|电厂|培训学校|培训机构|培训中心|驾校|卫生服务中心|卫生院|卫生室|医院|门诊|诊所|"
    r"职业技术学院|学院|大学(?!生)|学校|中学|小学|幼儿园|[一二三四五六七八九十]中|[一二三四五六七八九十]小|银行|信用社|信用联社|农商行|物业|超市|商场|酒店|宾馆|大酒店|饭店|养老院|敬老院|加油站|客运站|火车站)$"
)
_OWN_NAME = re.compile(
    r"(?:中国|内蒙古?)?(?:中铁|中建|中交|中冶|中煤|中核)[一二三四五六七八九十]{1,3}局|信用联社|信用社(?!会)|国家电网|中国(?:移动|联通|电信|石油|石化|邮政|人寿|平安|铁塔)|神华集团"
    r"|(?:建设|农业|工商|交通|邮政储蓄|民生|招商|光大|浦发)银行"
    r"|(?<![\u4e00-\u9fff])(?:人民医院|中心医院|中医院|蒙医院|妇幼保健院)"
)
# Of 二小 there is one in every town: its area is wanted.
_BY_NUMBER = re.compile(r"[一二三四五六七八九十][中小]")
_NO_OWN = GENERIC | KINDS
_HAN = re.compile(r"[\u4e00-\u9fffA-Za-z·]+")
# 到了, 那家, 两趟, 三千.
_NO_NAME = re.compile(
    r".+[了着过在到给的个]|.+月份|[第一二两三四五六七八九十百几]+[天年月日]|[哪这那几某每原另].*|[一二两三四五六七八九十百千万几多]+[趟次家所座批回顿]?"
)
_REQUEST = re.compile(
    r"(?:希望|恳请|请求|要求|请|建议|盼望|盼|诉求[是为：:]|强烈要求|能不能|能否|可不可以|可否|想让|麻烦|求)(?P<ask>[^。！？!?\n；;]{4,60})"
)


@dataclass(frozen=True)
class Named:
    """What is named, and where."""

    start: int
    end: int
    name: str


def find_organisations(text: str, words: Words) -> tuple[Named, ...]:
    """Organs with their areas, and companies with their names, in the order of the text; longer ones first."""
    found = [*_organs(text, words), *_companies(text, words)]
    found += [Named(m.start(), m.end(), m.group()) for m in _OWN_NAME.finditer(text)]
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Named] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _organs(text: str, words: Words) -> list[Named]:
    found = []
    for match in _OFFICES.finditer(text):
        at = word_at(words, match.start())
        if runs_across(words, at, match.start(), match.end()):
            continue
        start = _area_start(text, words, at, match)
        parts = _PARTS.match(text, match.end())
        end = parts.end() if parts else match.end()
        if match.group() not in NOT_ALONE or start < match.start():
            found.append(Named(start, end, text[start:end]))
    return found


def word_at(words: Words, position: int) -> int:
    """The number of the word that covers a position, or of the next one."""
    low, high = 0, len(words.starts)
    while low < high:
        middle = (low + high) // 2
        if words.starts[middle] + len(words.words[middle]) <= position:
            low = middle + 1
        else:
            high = middle
    return low


def runs_across(words: Words, at: int, start: int, end: int) -> bool:
    """县城|管道 and 办法|院里: words of their own run over an edge of what looks like a name."""
    first = words.starts[at]
    if first < start and first + len(words.words[at]) < end:
        return True
    last = word_at(words, end - 1)
    over = words.starts[last] + len(words.words[last]) > end and words.starts[last] > start
    return over and words.words[last] not in _TITLES_OVER


# 教育局|局长, but also 教育|局长: the office ends within.
_TITLES_OVER = frozenset(["局长", "所长", "院长", "队长", "委员"])


def _area_start(text: str, words: Words, at: int, office: re.Match[str]) -> int:
    """Where the area before an office begins: 达旗, 白泥井镇; a local one has a name alone as well: 白泥井派出所."""
    end = office.start()
    known = known_before(text, end + (text[end] in _ENDS_AREA))
    if known < end:
        return known
    first, own = _name_start(text, words, at, "")
    while first < end:
        area = "" if text[first] in _ENDS_AREA else text[first:end]
        if _is_area(area) or (own and office.group() in LOCAL and len(area) <= _LONGEST_LOCAL):
            return known_before(text, first)
        first += len(words.words[word_at(words, first)])
    return end


def known_before(text: str, end: int) -> int:
    """Where the names of the gazetteer begin that stand one behind the other before a position; the position if none."""
    _, levels = known_names()
    while True:
        lengths = (length for length in range(min(_LONGEST_KNOWN, end), 1, -1) if text[end - length : end] in levels)
        length = next(lengths, 0)
        if not length:
            return end
        end -= length


def _is_area(said: str) -> bool:
    return said in _ENDS_AREA or (bool(_AREA.search(said)) and not is_common(said)) or said in {"社区", "街道"}


def _companies(text: str, words: Words) -> list[Named]:
    found = []
    for at, word in enumerate(words.words):
        match = _COMPANY.search(word)
        if match is None:
            continue
        start, own = _name_start(text, words, at, match.group())
        end = words.starts[at] + len(word)
        if own and text[end : end + 1] not in _STREET:
            found.append(Named(start, end, text[start:end]))
    return found


def _name_start(text: str, words: Words, at: int, ending: str) -> tuple[int, bool]:
    """Where the name before a word begins, and whether it is one: an area, or words that are not everybody's."""
    names = NAMES_BEFORE.get(ending[-1:], frozenset[str]())
    begin = least = words.starts[at]
    own, run = False, 0
    while least - begin < _FAR:
        known = known_before(text, begin + (begin < least and text[begin] in _ENDS_AREA))
        if known < begin:
            return known, True
        at = word_at(words, begin) - 1
        if at < 0 or words.starts[at] + len(words.words[at]) != begin or not _may_name(words.words[at], names):
            break
        word, begin = words.words[at], words.starts[at]
        common = word in _NO_OWN or is_common(word)
        run = 0 if common else run + len(word)
        own = (
            own
            or word in names
            or run > 1
            or (begin + len(word) == least and word in _ENDS_AREA and ending in _ONE_EACH)
        )
    return _without_start(text, words, begin, least, names), own and not _BY_NUMBER.fullmatch(ending)


def _may_name(word: str, names: frozenset[str]) -> bool:
    if word in names or word in CARRY or word in _ENDS_AREA:
        return True
    stops = word in STOPS or is_everyday(word) or _NO_NAME.fullmatch(word)
    return bool(_HAN.fullmatch(word)) and not stops


def _without_start(text: str, words: Words, begin: int, end: int, names: frozenset[str]) -> int:
    """Common words are no beginning: 老婆|恒信物业."""
    at = word_at(words, begin)
    while begin < end and words.words[at] not in names:
        word = words.words[at]
        if word in _ENDS_AREA or not (word in BEGIN_NONE or word in _NO_OWN or is_common(word)):
            break
        begin, at = begin + len(word), at + 1
    return begin


def find_request(text: str) -> str | None:
    """What is asked for: the last clause that begins with 希望, 请, 要求 …"""
    asked = [match.group().strip() for match in _REQUEST.finditer(text)]
    return asked[-1] if asked else None
