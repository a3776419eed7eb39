"""Text → the numbers in it, each with the least and the most that it may stand for: 两万三, 3-5万, 三百来, 10w."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.facts.bounds import bounds_of

_DIGIT = "[零〇一二两三四五六七八九几数]"
# Two digits side by side are a span: 七八户. 五一 and 八一 are none.
_PAIR = "(?:一两|一二|两三|二三|三四|三五|四五|五六|六七|七八|八九)"
_ONE = f"(?:{_PAIR}|{_DIGIT})"
_ABOUT = "[多余来]"
_SMALL = (
    rf"(?:{_ONE}千零?(?:{_ONE}百零?)?(?:{_DIGIT}?十{_ONE}?|{_ONE})?"
    rf"|{_ONE}百零?(?:{_DIGIT}?十{_ONE}?|{_ONE})?"
    rf"|{_ONE}?十{_ONE}?|{_PAIR}|{_DIGIT})"
)
# 万把, 百八十, 上百: a unit alone counts only in these.
_UNIT_ALONE = r"(?:上[百千万]{1,3}|[百千万]把|万八千|千(?:儿)?八百|百(?:儿)?八十|百十)"
_HAN = rf"(?:[好大](?=几)|(?<![老大])小(?=[一二两三四五六七八九]?[一二两三四五六七八九]?[十百千万]))?(?:{_UNIT_ALONE}{_ABOUT}?|{_SMALL}{_ABOUT}?(?:[万亿]{_ABOUT}?(?:零?{_SMALL}{_ABOUT}?)?)?)"
_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_ARABIC = (
    rf"{_DIGITS}(?:\s?[-—~～至到、]\s?{_DIGITS}(?=\s?[万千百wWkK元块]))?{_ABOUT}?"
    rf"(?:\s?(?:[万千百亿]{{1,3}}|[wW](?![a-zA-Z])|[kK](?![a-zA-Z\d])){_ABOUT}?(?:(?<=[万千百])(?:{_SMALL}|\d千|\d(?!\d)))?)?"
)
# What may stand in a pattern for a number.
NUMBER = rf"(?:{_ARABIC}|{_HAN})"
_NUMBER = re.compile(rf"(?<![A-Za-z\d.])(?:{_ARABIC})|{_HAN}")
_PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬俩仨", "一二三四五六七八九十百千万两三")
_NOT_COUNTED = re.compile(r"(?:第|百分之|[初周])$|(?:星期|礼拜|大年)$")


@dataclass(frozen=True)
class Number:
    """Characters start…end that say how many."""

    start: int
    end: int
    said: str
    least: float
    most: float

    def what_follows(self, text: str) -> int:
        """Where that begins which is counted: a blank after a Chinese number is a pause."""
        after = self.end
        while self.said[-1:].isdecimal() and text[after : after + 1] == " ":
            after += 1
        return after


def plain(text: str) -> str:
    """The same text with banker's numerals written as everyday ones; each character keeps its place."""
    return text.translate(_PLAIN)


def find_numbers(text: str) -> tuple[Number, ...]:
    """Cardinal numbers from left to right; ordinals, percentages and week days are none."""
    found = []
    for match in _NUMBER.finditer(plain(text)):
        value = (
            None if _NOT_COUNTED.search(text[max(0, match.start() - 3) : match.start()]) else bounds_of(match.group())
        )
        if value is not None:
            found.append(Number(match.start(), match.end(), match.group(), *value))
    return tuple(found)
