"""Figures as dated data: `figures.yml` and a day → the `Figures` in force on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.figures import APPROVERS, Figures
from bot.rules import check_keys, entries

FILE = "figures.yml"
_WANTED = ("code", "name", "since", "value", "unit", "source", "scope", "checked")
_SCOPES = ("national", "city")
# Outside of these a figure is a slip of the pen: stars go from one to five, a day has 24 hours.
_SANE = {"low_stars": (1, 4), "soon_days": (0, 60), "remind_from": (0, 23), "remind_until": (1, 24)}
_ANY = (1, 1000)


@dataclass(frozen=True)
class Figure:
    """One version of a figure."""

    code: str
    name: str
    since: date
    value: int | tuple[str, ...]
    unit: str
    source: str
    checked: bool

    @property
    def shown(self) -> str:
        """The value as staff read it."""
        if isinstance(self.value, int):
            return f"{self.value} {self.unit}"
        return "、".join(APPROVERS[one] for one in self.value)


def figures(on: date) -> Figures:
    """The figures in force on a day. Raises `BadInput` for a rules file with a mistake."""
    return _in_force(all_figures(), on)


@lru_cache(maxsize=1)
def all_figures() -> tuple[Figure, ...]:
    """Every version of every figure, as the file has them. Raises `BadInput` naming the entry."""
    return read_figures({"figures": entries(FILE, "figures")})


def read_figures(file: Mapping[str, Any]) -> tuple[Figure, ...]:
    """A rules file as figures. Raises `BadInput` naming the entry and what is wanted."""
    check_keys(FILE, file, ("figures",))
    found = tuple(_figure(entry) for entry in file["figures"])
    versions = [(one.code, one.since) for one in found]
    twice = sorted({code for code, since in versions if versions.count((code, since)) > 1})
    if twice:
        raise BadInput(f"{FILE}: {', '.join(twice)} stand there twice with the same `since`", FILE)
    missing = sorted(_codes() - {one.code for one in found})
    if missing:
        raise BadInput(f"{FILE}: {', '.join(missing)} missing", FILE)
    for day in sorted({one.since for one in found}):
        now = _in_force(found, day)
        if now.remind_from >= now.remind_until:
            raise BadInput(f"{FILE}: remind_until: wanted an hour after remind_from ({now.remind_from})", FILE)
    return found


@lru_cache(maxsize=64)
def _in_force(versions: tuple[Figure, ...], on: date) -> Figures:
    """The last version that began by then; before the first one the first."""
    ordered = sorted(versions, key=lambda one: one.since, reverse=True)
    first: dict[str, Any] = {one.code: one.value for one in ordered}
    begun: dict[str, Any] = {one.code: one.value for one in reversed(ordered) if one.since <= on}
    return Figures(**{**first, **begun})


def _codes() -> set[str]:
    return {one.name for one in fields(Figures)}


def _figure(entry: Mapping[str, Any]) -> Figure:
    check_keys(FILE, entry, _WANTED)
    code, value, since = str(entry["code"]), entry["value"], entry["since"]
    unknown = sorted(set(entry) - set(_WANTED))
    if unknown:
        raise BadInput(f"{FILE}: {code}: unknown keys {', '.join(unknown)}", FILE)
    if code not in _codes():
        raise BadInput(f"{FILE}: no figure is called {code!r}; known are {', '.join(sorted(_codes()))}", FILE)
    if type(since) is not date:
        raise BadInput(f"{FILE}: {code}: since is {since!r}; wanted a day as 2026-01-31", FILE)
    if entry["scope"] not in _SCOPES or type(entry["checked"]) is not bool:
        raise BadInput(f"{FILE}: {code}: wanted scope {' or '.join(_SCOPES)}, and checked true or false", FILE)
    return Figure(
        code, str(entry["name"]), since, _value(code, value), str(entry["unit"]), str(entry["source"]), entry["checked"]
    )


def _value(code: str, value: Any) -> int | tuple[str, ...]:
    if code == "extension_by":
        if not isinstance(value, list) or not value or not set(map(str, value)) <= set(APPROVERS):
            raise BadInput(f"{FILE}: {code}: value is {value!r}; wanted a list of some of {', '.join(APPROVERS)}", FILE)
        return tuple(value)
    low, high = _SANE.get(code, _ANY)
    if type(value) is not int or not low <= value <= high:
        raise BadInput(f"{FILE}: {code}: value is {value!r}; wanted a whole number from {low} to {high}", FILE)
    return value
