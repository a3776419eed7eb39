"""Text and its numbers → dates, days, hours and spans of time, as they were said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.understanding.facts.numerals import Number, plain


def _any(words: str) -> str:
    """One of some words, the longest first."""
    return "(?:" + "|".join(sorted(words.split(), key=len, reverse=True)) + ")"


_TO_31 = r"(?:[12]\d|3[01]|0?[1-9]|(?:二|三)?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九])"
_TO_12 = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_HOUR = r"(?:四五|五六|六七|七八|八九|九十|十一二|两三|二三|三四|[12]\d|0?\d|二?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_PAIR = "(?:一二|一两|两三|二三|三四|四五|五六|六七|七八|八九)"
_PARTS = _any(
    "凌晨 清早 清晨 大清早 一大早 一早 早起 早上 早晨 上午 晌午 中午 正午 下午 后晌 前晌 头晌 傍晚 黄昏 晚上 晚间 夜里 夜间 深夜 黑夜 黑里"
    " 半夜 大半夜 半夜三更 三更半夜 前半夜 后半夜 上半夜 下半夜 白天 大白天 天不亮 天没亮 天擦黑"
)
_EDGE = "(?:前后|以前|之前|以后|之后|以来|左右|前|后|那会儿?|那天|那阵子?|时候|期间|假期)"

_YEAR = (
    r"(?:(?:19|20)\d\d年?(?=[年底初春夏秋冬上下]|\s?\d{1,2}月)年?|\d{4}年|[一二][零〇一二三四五六七八九]{3}年|\d\d年(?![了多半来])"
    r"|[零〇六七八九][零〇一二三四五六七八九]年|[一二][零〇一二三四五六七八九]年)(?![级龄])"
)
_NEAR_YEAR = r"(?:大*前|大后|后|去|今|明|上|本|当|旧|来|头)年(?![级龄轻纪代个])"
_YEAR_PART = r"(?:年?底|年?初|年末|年中|年关|[上下]半年|[春夏秋冬][天季]?|前季)"
_DAY = rf"(?:(?:{_TO_31}[日号](?:[晚早](?![上晨]))?|初[一二三四五六七八九十])(?:{_EDGE})?)"
_MONTH_PART = "(?:月?底|月?初(?![一二三四五六七八九十])|月?末|中旬|上旬|下旬|份)"
_MONTH = rf"(?:(?!一月(?:给|才|就|挣|开|发|收|交|扣|只|光|要|工资|[一二三四五六七八九两几\d]))(?:农历|阴历|阳历|公历)?(?:{_PAIR}|{_TO_12})月(?!租|薪|饼|嫂|子|票|付)(?:份)?(?:{_DAY}|{_MONTH_PART})?(?:{_EDGE})?)"
_LUNAR = (
    rf"(?:(?:农历|阴历|闰[一二三四五六七八九十])?(?:(?:腊|正|冬|寒)月|(?<=历){_TO_12}月)(?:初?{_TO_31}|里|根|底)?(?:{_EDGE})?"
    rf"|(?:农历|阴历){_TO_12}月初?{_TO_31}?|五月端午|大年(?:三十|初[一二三四五六七八])|[正五八]月十五|七月十五|十月一(?![日号\d]))"
)
_NEAR_MONTH = rf"(?:(?:[上下]+|这|本|当)个?月(?:{_DAY}|底|初(?![一二三四五六七八九十])|末|中旬|上旬|下旬|份)?)"
_NEAR_DAY = (
    r"(?:(?:大*前|昨|今|明|大?后|当)(?:天|日|儿个|儿|个儿|个(?=晚|早|夜|黑|后|上|下|中|[，。\s]))|(?:昨|今|明|当|前)(?:晚|早|夜(?!班))(?:上|晨|里)?|次日|头天|[当隔]天"
    r"|(?:每|天)天(?=[凌清早上晌中下后傍晚夜半黑深]))"
)
_WEEK = (
    r"(?:(?:[上下]+|这|本|每)个?(?:星期|礼拜|周)(?:[一二三四五六日天末])?(?![岁年边围])|(?:星期|礼拜)[一二三四五六日天]"
    r"|(?<![一二两三四五六七八九十每\d几个整])周[一二三四五六日末](?![一二三次回趟个中围岁年边]))"
)
_A_LITTLE = "一点(?:[不没都也办儿点用效事小钱水心脸道人声作好响]|$)"
_CLOCK = (
    rf"(?:{_HOUR}(?:点|时)(?:{_TO_31}|[1-5]\d|[二三四五]十[一二三四五六七八九]?)分|{_HOUR}点(?:[二三四五]?十[一二三四五六七八九]?(?![个元块多万分])分?|钟|整|半|多钟?|左右|来钟|过|[一三]刻|[0-5]\d)|\d{{1,2}}[:：][0-5]\d(?:[:：]\d\d)?"
    rf"|(?:(?<=[晨早上午晌晚夜间黑天明前后到至-])|(?<=夜里))(?!{_A_LITTLE}){_HOUR}[点时](?!整改|建议|意见)|(?:[四五六七八九]|五六|六七|七八|八九|1?\d|十[一二]?)点(?=[关开上下就才还到送接去来的排，,。\s]|$))"
)
_FEASTS = (
    "(?:"
    + _any("国庆 中秋 清明 端午 重阳 春节 元旦 除夕 元宵 腊八 小年 圣诞")
    + r"节?(?!路|街|大街|小区|社区)|(?<![零一二三四五六七八九十百千万])五一(?!路|街|工程|奖|广场|大街|大道|小区|劳模|村|九|[一二三四五六七八九])(?:节|劳动节)?|(?<![第二三])十一(?=前|后|假|放假|期间|长假|那几?天|黄金周|节)|(?:六一|八一|三八|七一)(?=前|后|节|儿童节|那天|期间)节?)"
)
_SEASONS = _any(
    "春天 夏天 秋天 冬天 春上 春季 夏季 秋季 冬季 冬里 入春 入夏 入秋 入冬 入伏 开春 立春 立夏 立秋 立冬 夏至 冬至 惊蛰 谷雨 霜降 头伏 二伏 三伏 三伏天 伏天 三九天 三九 数九天 暑假 寒假"
    " 农忙 秋收 采暖期 供暖季 供暖期 雨季 汛期 过年 年前 年后 年底 年初 年末 年根 年根底 年中 年关 月底 月初 月末 周末 上半年 下半年 头半年 后半年 前半年"
)
_ATOM = (
    rf"(?:(?:{_YEAR}|{_NEAR_YEAR})(?:\s?{_YEAR_PART})?|{_LUNAR}|{_MONTH}|{_NEAR_MONTH}|{_NEAR_DAY}|{_WEEK}|{_FEASTS}(?:{_EDGE})?|{_SEASONS}(?:{_EDGE})?"
    rf"|{_CLOCK}|{_PARTS}|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|(?<![路街巷段第病证编道\d]){_TO_31}[日号](?=[那发交开停来去早晚上下前后到又就还以的，,。\s]|$)(?!院|店|门|线))"
)
# Atoms beside each other are one time, two with 到 between them are one span.
_DATE = re.compile(
    rf"(?=[\d零〇一二两三四五六七八九十廿大前昨今明后去上下这本当每天星礼周腊正冬寒闰农阴阳公春夏秋入开立惊谷霜头伏数暑过年月国中清端重除元圣小凌早晌傍晚夜深黑半白黄旧来次隔供采雨汛])"
    rf"(?<![\d.第]){_ATOM}(?:的?\s?(?!{_NEAR_YEAR}|{_NEAR_DAY}|白天|黑夜){_ATOM})*(?:\s?(?:到|至|-|—|~)\s?(?:第二天|次日)?{_ATOM}(?:\s?{_ATOM})*)?"
)
_RECENT = re.compile(
    r"(?:(?:(?<![提之以婚礼休来到])前|这|近|那|头|过|最近|上|下|后(?=[几两]天))(?:[几两些三半一]|十?[二三四五六七八九十]|\d{1,2})(?:天|日|年|个?多?月|周|个?星期|个?礼拜|个?小时|个?学期|个?钟头)(?:里|内|间)?(?!级)"
    r"|(?:前|这)(?:一?段时间|一?阵子?|一?阵儿)|[上下这本]个?(?:学期|季度)|第(?:[一二三四五六七八九十]+|\d+)(?:天|年|个年头|个月|周)(?=[了还没就，,。\s]|$)|[这那](?:会儿|阵阵)|刚才|刚刚|近期|最近|近来|往年|早年|当时|现在|目前|一天到晚)"
)
_UNIT = re.compile(
    r"(?:(?:个)?(?P<half>半|多|来)?(?:个)?(?:(?P<year>年)(?![级龄轻纪代检审费票薪份货味])(?:头|半|多)?|月(?![租薪饼嫂票份])|星期|礼拜|周(?![岁年边围一二三四五六日])|学期|季度"
    r"|小时|钟头|钟点|年头|冬天|夏天|冬季|春秋|昼夜|晚上|晌午)|天(?![然花])|日(?!元|期)|宿|分钟|夜)(?:半|多|来)?(?:零(?P<rest>[\d一二两三四五六七八九十]+)(?:个多?月|天))?(?:里|内|之内|前|以前|之前|后|以后|之后|以来|左右|以上)?"
)
_PART_OF_ONE = re.compile(
    r"(?<![一二两三四五六七八九十前后上下])(?:大半|小半|多半|整半|半)(?:年|个?多?月|个?多?(?:星期|礼拜|周)|个?(?:小时|钟头)|天)(?!级)(?:多)?|个把(?:月|星期|小时|礼拜)|一整[天年月夜周]|大半[天年夜]"
)
# 一年六千, 一天三趟: what something comes to in that time.
_RATE = re.compile(
    r"[^，,。\s]{0,3}?(?:[\d一二两三四五六七八九十几]|好几|多少)|下来|到头|比一|到晚|天$|四季|一[天年]|给|发|收费|才"
)
_FIGURE_OF_SPEECH = re.compile(r"三天两头|三年五载|一天到晚|一年四季|百年大计|万年|千年|十年树木")
_SPOKEN = 1


def find_times(text: str, numbers: Sequence[Number]) -> tuple[str, ...]:
    """Each time once, in the order in which they stand."""
    taken: list[tuple[int, int]] = []
    for start, end in sorted(_found(plain(text), numbers), key=lambda span: (span[0], -span[1])):
        if not taken or start >= taken[-1][1]:
            taken.append((start, end))
    return tuple(dict.fromkeys(text[start:end].strip() for start, end in taken))


def _found(text: str, numbers: Sequence[Number]) -> Iterator[tuple[int, int]]:
    for pattern in (_DATE, _RECENT, _PART_OF_ONE):
        yield from (match.span() for match in pattern.finditer(text) if len(match.group()) > _SPOKEN)
    figures = [match.span() for match in _FIGURE_OF_SPEECH.finditer(text)]
    for number in numbers:
        end = _end_of_span(text, number)
        if end and not any(start <= number.start < stop for start, stop in figures):
            yield number.start, end


def _end_of_span(text: str, number: Number) -> int:
    """Where a span of time that begins with a number ends; 0 if it counts something else."""
    unit = _UNIT.match(text, number.end)
    if unit is None or number.least > 999:
        return 0
    if number.said == "一" and unit.end() - unit.start() <= 2 and _RATE.match(text, unit.end()):
        return 0
    return unit.end()
