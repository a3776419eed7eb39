"""A number as it was said → the least and the most that it may stand for: 三千多 = 3000…4000, 两三百 = 200…300."""

from __future__ import annotations

import re

Bounds = tuple[float, float]

_VALUES = dict(zip("零〇一二两三四五六七八九俩仨", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3), strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = (("亿", 100_000_000), ("万", 10_000))
_LETTERS = str.maketrans("wWkK", "万万千千")
_FROM_TO = re.compile(r"(?P<least>[\d,.]+)\s?[-—~～至到、]\s?(?P<most>[\d,.]+)(?P<unit>.*)")
_PAIR = re.compile(r"(一两|一二|两三|二三|三四|三五|四五|五六|六七|七八|八九)")
_UNIT_AND_LESS = re.compile(r"[百千万](?:儿)?八[十百千]")
_ABOUT = re.compile(r"[多余来把]")
_SOME = re.compile(r"[几数]")
_FEW, _MANY = "二", "九"


def bounds_of(said: str) -> Bounds | None:
    """Least and most; None where it is no number."""
    said = said.replace(",", "").replace(" ", "").translate(_LETTERS)
    if said[:1] in {"好", "大", "小"}:
        ends = bounds_of(said[1:])
        return (ends[0] * 2.5, ends[1]) if ends and said[0] == "大" else ends
    if span := _FROM_TO.fullmatch(said):
        return _both(span["least"] + span["unit"], span["most"] + span["unit"])
    if _UNIT_AND_LESS.fullmatch(said):
        return _both(said[-2:], f"一{said[0]}")
    if said.startswith("上"):
        least = han_number(f"一{said[1:]}")
        return None if least is None else (least, least * 10)
    if said.startswith("百十"):
        return 100.0, 200.0
    if about := _ABOUT.search(said):
        return _more_than(said[: about.start()], said[about.end() :], about.group())
    return _both(*_ends(said))


def _ends(said: str) -> tuple[str, str]:
    """What is said read as little and as much: 几十, 十几, 一万五六."""
    if _SOME.search(said):
        few = "" if re.search(r"十[几数]", said) else _FEW
        return _SOME.sub(few, said), _SOME.sub(_MANY, said)
    if (pair := _PAIR.search(said)) and not re.fullmatch(r"[零〇一二三四五六七八九]{3,}", said):
        return tuple(said[: pair.start()] + digit + said[pair.end() :] for digit in pair.group())  # type: ignore[return-value]
    return said, said


def _both(least: str, most: str) -> Bounds | None:
    low, high = han_number(least), han_number(most)
    return None if low is None or high is None or low > high else (low, high)


def _more_than(before: str, after: str, about: str) -> Bounds | None:
    """三千多, 30多万, 万把: from what was said up to one more of its last unit."""
    factor = 1.0 if not after else han_number(f"一{after}")
    ends = _both(*_ends(f"一{before}" if before in {"百", "千", "万", "百十"} else before))
    if factor is None or ends is None:
        return None
    low, high = ends
    return low * factor, (high + (low if about == "把" else _last_unit(high))) * factor


def _last_unit(value: float) -> float:
    unit = 1.0
    while value >= unit * 10 and value % (unit * 10) == 0:
        unit *= 10
    return unit


def han_number(word: str) -> float | None:
    """两百三 = 230, 十二万八 = 128000, 1.2万 = 12000; None where it is no number."""
    for big, factor in _BIG:
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
    if len(right) == 1 and (right in _VALUES or right.isdecimal()):
        return (_VALUES[right] if right in _VALUES else int(right)) * above / 10
    return han_number(right.lstrip("零"))


def _small(word: str) -> float | None:
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)([千百十])([\d一二三四五六七八九]?)", word):
        unit = _UNITS[match[2]]
        tail = _tail(match[3], unit) if match[3] else 0.0
        return float(match[1]) * unit + (tail or 0.0)
    if not word or any(c not in _VALUES and c not in _UNITS for c in word):
        return None
    if all(c in _VALUES for c in word):
        return float("".join(str(_VALUES[c]) for c in word))
    return _summed(word)


def _summed(word: str) -> float:
    """三千二百零五: digits times their units; a last digit counts in the unit below, unless 零 stands between."""
    total, digit, last = 0.0, 0, 1
    for character in word:
        if character in _VALUES:
            digit = _VALUES[character]
        else:
            last = _UNITS[character]
            total, digit = total + (digit or 1) * last, 0
    below = last // 10 if last > 10 and word[-1] in _VALUES and "零" not in word and "〇" not in word else 1
    return total + digit * below
