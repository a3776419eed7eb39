"""Text → how many people are affected, sums of money, and times."""

from __future__ import annotations

import re

_HAN = "零〇一二两三四五六七八九十百千万亿俩仨"
_NUMBER = rf"(?:\d+(?:\.\d+)?(?:[多余几来])?[万千百亿]?|[{_HAN}][{_HAN}几]*)"
_VALUES = dict(zip("零〇一二两三四五六七八九俩仨", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3), strict=False))
_UNITS = {"十": 10, "百": 100, "千": 1000}
_FAMILY = 3

_PEOPLE = re.compile(
    rf"(?P<number>{_NUMBER})(?P<more>[多余来几]|好几)?(?P<big>[万千百]?)\s?(?:个|名|位|户|口|家)?"
    r"(?P<unit>工人|农民工|业主|居民|村民|牧民|农民|住户|人家|家庭|学生|孩子|娃娃|娃|老人|职工|员工|司机|师傅|乘客|商户|租户|家长|老师|教师|"
    r"工友|弟兄|受害人|投资人|群众|游客|老乡|乡亲|战友|同事|人次|人|口人|口|户|家商户|家住户)"
)
_PLAIN_COUNT = re.compile(rf"(?P<number>{_NUMBER})(?P<more>[多余来几])?(?P<big>[万千]?)\s?(?:户|口人|名|位)")
_HOUSEHOLDS = re.compile(r"户|住户|人家|家庭")
# Counts of something else: one man's deed, a share, an age, a price for each.
_NOT_AFFECTED = re.compile(r"(?:每|平均|人均|最多|至少需|需要|招|招聘|罚|限|满|超过?|第|不到)$")

_MONEY = re.compile(
    rf"(?:人民币|￥|¥)?\s?(?P<number>\d[\d,]*(?:\.\d+)?|[{_HAN}几][{_HAN}几]*)\s?(?P<more>[多余来几])?\s?"
    r"(?P<big>[万亿千百]?)(?P<more2>[多余来几])?\s?(?P<tail>[一二两三四五六七八九几]?[千百]?)(?:元钱|块钱|元整|元|块|圆|RMB|人民币)(?:[一二三四五六七八九]毛?|\d毛)?"
)
_MONEY_BARE = re.compile(
    rf"(?<=[款费钱资金价偿贷债欠了花交付罚给扣是约共])\s?(?:\d+(?:\.\d+)?|[{_HAN}几]+)(?:多|余|来|几)?万(?:多|余|来|[{_HAN}]+)?(?![{_HAN}平亩人户头只公斤吨块元\d])"
)

_TIME = re.compile(
    r"(?:\d{4}|[一二零〇]{1}[一二三四五六七八九零〇]{3}|\d{2})年(?:\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?(?:\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?)?(?:底|初|年底|年初|上半年|下半年|[春夏秋冬]天?)?"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\s\d{1,2}[:：]\d{2})?"
    r"|(?:大前|大后|前|后|去|今|明|上|本|当)年(?:\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?(?:\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?)?(?:底|初|春天|夏天|秋天|冬天|[春夏秋冬]|年底|上半年|下半年)?"
    r"|(?:大前|大后|前|昨|今|明|后|当)(?:天|儿个?|日|晚|早|夜里?)(?:凌晨|清早|一早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|后晌|前晌)?(?:(?:\d{1,2}|[一二两三四五六七八九十]{1,3})(?:点|时)(?:半|多|左右|钟|(?:\d{1,2}|[一二三四五]?十?[一二三四五六七八九]?)分)?)?"
    r"|(?:上|下|这|本)(?:个|一个)?(?:月|星期|礼拜|周|学期|季度)(?:[一二三四五六日天]|底|初|中旬|末)?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?"
    r"|(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]|底|初|中旬|上旬|下旬)?(?:上午|下午|晚上|早上|中午|凌晨)?"
    r"|(?:腊|正|冬|闰[一二三四五六七八九十])月(?:初?[一二三四五六七八九十廿]{1,3})?|大年(?:三十|初[一二三四五六七八])|除夕|年前|年后|年底|年初|过年(?:那会儿?|前|后)?|开春|入冬|立冬|秋天|夏天|冬天|春天|国庆节?|春节|中秋节?|五一|十一|清明节?|端午节?"
    r"|(?:凌晨|清早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|后晌|前晌)(?:\d{1,2}|[一二两三四五六七八九十]{1,3})(?:点|时)(?:半|多|左右|钟|\d{1,2}分)?(?:(?:到|至|-)(?:凌晨|早上|第二天)?(?:\d{1,2}|[一二两三四五六七八九十]{1,3})点(?:半|多)?)?"
    r"|(?:每天|天天)?(?:半夜|夜里|晚上|凌晨|早上|中午|后半夜)"
    r"|(?:都|已经?|快|整整|足足|将近|近|大约|大概)?(?:\d+|[一二两三四五六七八九十百半几俩仨]+|好几|好些)(?:来|多|几)?(?:个)?(?:多)?(?:年|月|星期|礼拜|周|天|小时|钟头|分钟|宿)(?:半|多|来)?(?:了|前|以前|之前|以上|以来|左右)"
    r"|(?:从|自)?(?:刚才|刚刚|这阵阵|这几天|这两天|前几天|前两天|前段时间|前一阵子?|近期|最近|近来|去年以来|现在|这会儿|往年|当时)"
)
_TRIMMED = re.compile(r"^(?:都|已经?|快|从|自)|了$")


def han_number(word: str) -> float | None:
    """两百三 = 230, 十二万八 = 128000, 1.2万 = 12000; None where it is no number."""
    word = word.replace(",", "").replace("俩", "两").replace("仨", "三")
    for big, factor in (("亿", 100_000_000), ("万", 10_000)):
        if big in word:
            left, _, right = word.partition(big)
            head = han_number(left) if left else None
            tail = _tail(right, factor) if right else 0.0
            return None if head is None or tail is None else head * factor + tail
    if re.fullmatch(r"\d+(?:\.\d+)?", word):
        return float(word)
    return _small(word)


def _tail(right: str, above: int) -> float | None:
    """The 八 of 十二万八 stands for thousands."""
    if len(right) == 1 and right in _VALUES:
        return _VALUES[right] * above / 10
    return han_number(right)


def _small(word: str) -> float | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([千百十])", word)
    if match:
        return float(match.group(1)) * _UNITS[match.group(2)]
    if not word or any(c not in _VALUES and c not in _UNITS for c in word):
        return None
    if all(c in _VALUES for c in word):
        return float("".join(str(_VALUES[c]) for c in word))
    total, digit, last = 0.0, 0, 1
    for character in word:
        if character in _VALUES:
            digit = _VALUES[character]
        else:
            last = _UNITS[character]
            total, digit = total + (digit or 1) * last, 0
    return total + digit * (
        last // 10 if last > 10 and word[-1] in _VALUES and "零" not in word and "〇" not in word else 1
    )


def find_people(text: str) -> int | None:
    """The largest number of people or households that the text says are concerned."""
    counts = [count for pattern in (_PEOPLE, _PLAIN_COUNT) for count in map(_count, pattern.finditer(text)) if count]
    return max(counts) if counts else None


def _count(match: re.Match[str]) -> int | None:
    before = match.string[max(0, match.start() - 4) : match.start()]
    word = re.sub(r"[多余来几]", "", match.group("number"))
    if _NOT_AFFECTED.search(before) or not word:
        return None
    value = han_number(word + (match.group("big") or ""))
    if value is None or not 2 <= value <= 3_000_000:
        return None
    return int(value)


def find_amounts(text: str) -> tuple[str, ...]:
    """Sums of money as they were said."""
    found = [(m.start(), m.group().strip()) for pattern in (_MONEY, _MONEY_BARE) for m in pattern.finditer(text)]
    return tuple(dict.fromkeys(said for _, said in sorted(found)))


def find_times(text: str) -> tuple[str, ...]:
    """Dates, days and spans of time as they were said."""
    found = (_TRIMMED.sub("", match.group()).strip() for match in _TIME.finditer(text))
    return tuple(dict.fromkeys(said for said in found if len(said) > 1))
