"""Text → a point on the map, as «latitude,longitude» in degrees: written out, or in the link of a map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

# Mainland China; no number is within both, so that the order need not be told.
_LATITUDES, _LONGITUDES = (18.0, 54.0), (73.0, 135.5)
# A metre.
_DECIMALS = 5
# So many decimals nobody gives a price or a temperature with.
_FINE = 3
_LABEL = 12

_AXIS = r"(?:北纬|纬度|东经|经度|\blat(?:itude)?\b|\b(?:lng|lon(?:gitude)?)\b|(?<![A-Za-z])[NE](?![A-Za-z]))"
_VALUE = (
    r"(?P<degrees{0}>\d{{1,3}}(?:\.\d{{1,15}})?)(?![\d.])\s?(?:[度°º]\s?(?:(?P<minutes{0}>\d{{1,2}}(?:\.\d{{1,8}})?)\s?[分′'’]\s?"
    r"(?:(?P<seconds{0}>\d{{1,2}}(?:\.\d{{1,8}})?)\s?(?:秒|″|\"|”|''|′′|’’)?)?)?)?"
)
_POINT = rf"(?P<before{{0}}>(?:{_AXIS}\s?[:：=]?\s?){{{{0,2}}}}){_VALUE}\s?(?P<after{{0}}>[NE](?![A-Za-z]|\s?\d))?"
_PAIR = re.compile(
    r"(?<![\d.])" + _POINT.format(1) + r"[\s,，、;；/|&和]{0,3}" + _POINT.format(2) + r"(?![\d.]*\d)", re.IGNORECASE
)
_MAYBE = re.compile(r"\d{2,3}(?:\.\d|[度°º])")
_CUE = re.compile(
    r"(?:坐标|定位|位置|经纬度?|gps|geo|coord|location|position|center|ll|q|@|point)\s?[:：=是为]?\s?[(（]?$",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|geo:)[^\s\u4e00-\u9fff，。；]+", re.IGNORECASE)
_QUERY_LATITUDE = re.compile(r"[?&;#](?:\w*lat(?:itude)?|\w*pointy|y)=(\d{2}\.\d+)", re.IGNORECASE)
_QUERY_LONGITUDE = re.compile(r"[?&;#](?:\w*(?:lng|lon|longitude)|\w*pointx|x)=(\d{2,3}\.\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Point:
    """Where it is said, and what: «39.82,109.99»."""

    start: int
    end: int
    said: str


def find_point(text: str) -> Point | None:
    """The first point within China; numbers out of its range are none."""
    if not _MAYBE.search(text):
        return None
    for link in _LINK.finditer(text):
        said = _of_link(unquote(link.group(), errors="replace"))
        if said:
            return Point(link.start(), link.end(), said)
    for match in _PAIR.finditer(text):
        before = _CUE.search(text, max(0, match.start() - _LABEL), match.start())
        said = _of_pair(match, cued=bool(before))
        if said:
            return Point(before.start() if before else match.start(), match.end(), said)
    return None


def _of_link(link: str) -> str:
    latitude, longitude = _QUERY_LATITUDE.search(link), _QUERY_LONGITUDE.search(link)
    if latitude and longitude:
        return _point(float(latitude[1]), float(longitude[1]))
    pairs = (_of_pair(match, cued=True) for match in _PAIR.finditer(link))
    return next(filter(None, pairs), "")


def _of_pair(match: re.Match[str], *, cued: bool) -> str:
    fine = all(len(match[f"degrees{at}"].partition(".")[2]) >= _FINE or match[f"minutes{at}"] for at in (1, 2))
    axes = [_axis(match[f"before{at}"] + (match[f"after{at}"] or "")) for at in (1, 2)]
    if not (fine or any(axes) or cued) or (axes[0] and axes[0] == axes[1]):
        return ""
    first, second = (_degrees(match, at) for at in (1, 2))
    turned = axes[0] == "E" or axes[1] == "N" if any(axes) else first > second
    return _point(second, first) if turned else _point(first, second)


def _axis(said: str) -> str:
    said = said.lower()
    if any(word in said for word in ("纬", "lat")) or said.strip(" :：=") == "n":
        return "N"
    return "E" if any(word in said for word in ("经", "lng", "lon")) or said.strip(" :：=") == "e" else ""


def _degrees(match: re.Match[str], at: int) -> float:
    parts = (match[f"{name}{at}"] or 0 for name in ("degrees", "minutes", "seconds"))
    degrees, minutes, seconds = map(float, parts)
    return degrees + minutes / 60 + seconds / 3600 if minutes < 60 and seconds < 60 else 0.0


def _point(latitude: float, longitude: float) -> str:
    within = _LATITUDES[0] <= latitude <= _LATITUDES[1] and _LONGITUDES[0] <= longitude <= _LONGITUDES[1]
    return f"{_short(latitude)},{_short(longitude)}" if within else ""


def _short(degrees: float) -> str:
    return f"{degrees:.{_DECIMALS}f}".rstrip("0").rstrip(".")


def words_of(place: str | None, text: str) -> str:
    """How a place stands in a text: a point is written otherwise there than among the facts."""
    if place and is_point(place):
        point = find_point(text)
        return text[point.start : point.end] if point else ""
    return place or ""


def is_point(place: str) -> bool:
    """Whether a place is a point and no name."""
    return bool(re.fullmatch(r"\d{2}(?:\.\d{1,5})?,\d{2,3}(?:\.\d{1,5})?", place))
