"""Digits however they are written (Arabic, full width, Chinese), and the numbers of people that masks hide."""

from __future__ import annotations

import re
from functools import lru_cache

DIGITS = {digit: digit for digit in "0123456789"}
DIGITS |= dict(zip("零〇一二三四五六七八九", "00123456789", strict=True))
DIGITS |= dict(zip("０１２３４５６７８９", "0123456789", strict=True))
DIGITS |= dict(zip("幺两壹贰叁肆伍陆柒捌玖", "12123456789", strict=True))

_BY_DIGIT = {digit: "".join(sign for sign, means in DIGITS.items() if means == digit) for digit in "0123456789"}
DIGIT = "[" + "".join(DIGITS) + "]"
_PAUSE = r"[ \-－—、，,.·]{0,2}"
_GAP = r"[ \-－—]{0,2}"
_FIRST = f"[{_BY_DIGIT['1']}][{''.join(_BY_DIGIT[digit] for digit in '3456789')}]{DIGIT}"

# A mobile number in groups of three, four and four; the groups are what a mask keeps and hides.
MOBILE = re.compile(f"(?<!{DIGIT})({_FIRST}){_GAP}({DIGIT}{{4}}){_GAP}({DIGIT}{{4}})(?!{DIGIT})")
# An identity number: six digits of a place, eight of a birthday, four more.
IDENTITY = re.compile(
    f"(?<!{DIGIT})({DIGIT}(?:{_GAP}{DIGIT}){{5}}){_GAP}{DIGIT}(?:{_GAP}{DIGIT}){{7}}{_GAP}"
    f"({DIGIT}(?:{_GAP}{DIGIT}){{2}}{_GAP}(?:{DIGIT}|[XxＸｘ×叉]))(?!{DIGIT})"
)


@lru_cache(maxsize=1024)
def as_written(number: str) -> re.Pattern[str]:
    """A number in every spelling of its digits, with pauses between them."""
    signs = (f"[{_BY_DIGIT[sign]}]" if sign in _BY_DIGIT else re.escape(sign) for sign in number)
    return re.compile(_PAUSE.join(signs))


def plain_digits(written: str) -> str:
    """ASCII digits of a number, X for the last check character, without what stands between."""
    return "".join("X" if sign in "XxＸｘ×叉" else DIGITS.get(sign, "") for sign in written)
