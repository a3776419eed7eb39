"""Text → phone numbers as ASCII digits, however they were written: blanks, dashes, full width, Chinese digits."""

from __future__ import annotations

import re

from bot.domain.numbers import DIGITS

_DIGIT = DIGITS | {"O": "0", "o": "0"}
_ONE = f"[{''.join(_DIGIT)}]"
_BETWEEN = r"[ \-—–_.．·,，、~]{0,2}"
_CHAIN = re.compile(
    rf"(?:(?:\+|00)?\s?[8八][6六]{_BETWEEN})?(?:[(（]\s?)?{_ONE}(?:[ \-—–_.．·,，、~()（）]{{0,3}}{_ONE}){{6,}}"
)
_AREA = r"0(?:10|2\d|[3-9]\d{2})"
_FORMS = (
    re.compile(r"1[3-9]\d{9}"),
    re.compile(rf"{_AREA}[2-9]\d{{6,7}}"),
    re.compile(r"[48]00\d{7}"),
    re.compile(r"[2-8]\d{6,7}"),
)
_CUE = re.compile(
    r"(?:电话|手机|座机|号码|联系方式|联系|拨打|致电|打|微信|V信|加我|回电|tel|TEL|Tel|☎|📞|📱)[^\d]{0,8}$"
)
MOBILE_DIGITS = 11
_COUNTRY = re.compile(r"^(?:\+|00)?86")


def find_phones(text: str) -> tuple[str, ...]:
    """Mobile numbers, landlines with area code, 400 numbers; bare landlines only after a word like 电话."""
    found: list[str] = []
    for match in _CHAIN.finditer(text):
        if match.start() and text[match.start() - 1] in "0123456789":
            continue
        for number in _numbers(match.group(), text[max(0, match.start() - 14) : match.start()]):
            if number not in found:
                found.append(number)
    return tuple(found)


def _numbers(chain: str, before: str) -> list[str]:
    digits = "".join(_DIGIT.get(c, "") for c in chain)
    digits = _COUNTRY.sub("", digits) if len(digits) in {13, 15} and digits.lstrip("0").startswith("86") else digits
    for form in _FORMS[:3]:
        if form.fullmatch(digits):
            return [digits]
    if _FORMS[3].fullmatch(digits) and _CUE.search(before) and "年" not in chain:
        return [digits]
    return _several(chain)


def _several(chain: str) -> list[str]:
    """Two numbers written one after the other."""
    parts = ["".join(_DIGIT.get(c, "") for c in part) for part in re.split(r"[,，、 ()（）]+|[-—–]{2,}", chain)]
    whole = [part for part in parts if any(form.fullmatch(part) for form in _FORMS[:3])]
    if whole:
        return whole
    joined = "".join(parts)
    if len(joined) == 22 and all(_FORMS[0].fullmatch(half) for half in (joined[:11], joined[11:])):
        return [joined[:11], joined[11:]]
    return _mobile_inside(parts)


def _mobile_inside(parts: list[str]) -> list[str]:
    """A mobile number in groups (139 4771 2233) beside other digits."""
    for first in range(len(parts)):
        joined = ""
        for part in parts[first : first + MOBILE_DIGITS]:
            joined += part
            if len(joined) >= MOBILE_DIGITS:
                break
        if _FORMS[0].fullmatch(joined):
            return [joined]
    return []
