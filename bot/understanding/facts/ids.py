"""Text → citizen identity numbers (居民身份证号) whose check digit is right."""

from __future__ import annotations

import re
from datetime import date

from bot.domain.numbers import DIGIT, plain_digits

# GB 11643-1999: weights and check characters.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_BETWEEN = r"[ \-—、，,.·]{0,3}"
_NUMBER = re.compile(rf"(?<![0-9A-Za-z]){DIGIT}(?:{_BETWEEN}{DIGIT}){{16}}{_BETWEEN}(?:{DIGIT}|[Xx×叉])(?![0-9A-Za-z])")


def find_ids(text: str) -> tuple[str, ...]:
    """Valid 18-digit numbers as ASCII digits, X in upper case: written with blanks or in Chinese digits as well."""
    found = [plain_digits(match.group()) for match in _NUMBER.finditer(text)]
    return tuple(dict.fromkeys(number for number in found if is_valid(number)))


def is_valid(number: str) -> bool:
    """True if the birthday exists and the check digit fits."""
    if not re.fullmatch(r"[1-8]\d{16}[\dX]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return _CHECKS[sum(w * int(d) for w, d in zip(_WEIGHTS, number, strict=False)) % 11] == number[17]
