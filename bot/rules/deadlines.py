"""时限 and calendars as data: `deadlines.yml` and `calendars/` → rules and a calendar for `bot.domain.deadlines`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.domain.deadlines import ClockRule, EventType, Extension, PauseRule, StepRule, Unit
from bot.domain.errors import BadInput
from bot.domain.working_days import CalendarYear, WorkCalendar
from bot.rules import CALENDARS, RULES, check_keys, entries, own_file, read_yaml, reading, rules_file

FILE = "deadlines.yml"
WANTED = frozenset(
    ("code", "name", "since", "days", "unit", "source", "scope", "checked", "starts", "met_by", "steps"),
)
OPTIONAL = frozenset(
    (
        "article", "ended_by", "ended_for_all", "when", "pauses", "extension", "per_organ", "rolls_forward",
        "late_after", "right", "beside", "remark",
    ),
)  # fmt: skip
SCOPES = ("national", "city")


@lru_cache(maxsize=1)
def clock_rules() -> tuple[ClockRule, ...]:
    """Every version of every time limit. Raises `BadInput` for a rules file with a mistake."""
    return read_rules(rules_file(FILE))


@lru_cache(maxsize=1)
def work_calendar() -> WorkCalendar:
    """The calendar of this installation."""
    own = own_file(CALENDARS)
    return read_calendar(RULES / CALENDARS, *([own] if own else []))


def days_in_force(code: str, day: date) -> str:
    """The days of a time limit in the version of a day, as documents name them; "" where there was none yet."""
    rule = _in_force(code, day)
    return str(rule.days) if rule else ""


def extension_in_force(code: str, day: date) -> str:
    """The days by which a time limit may be extended, likewise."""
    rule = _in_force(code, day)
    return str(rule.extension.at_most) if rule and rule.extension else ""


def _in_force(code: str, day: date) -> ClockRule | None:
    versions = [rule for rule in clock_rules() if rule.code == code and rule.since <= day]
    return max(versions, key=lambda rule: rule.since, default=None)


def unchecked() -> tuple[str, ...]:
    """Codes of the rules that nobody has yet compared with the official text: the console says so."""
    return tuple(entry["code"] for entry in entries(FILE, "clocks") if not entry["checked"])


def read_rules(file: Mapping[str, Any]) -> tuple[ClockRule, ...]:
    """A rules file as rules. Raises `BadInput` naming the entry."""
    check_keys(FILE, file, ("ended_by_all", "levels", "steps", "pauses", "clocks"))
    with reading(FILE, "clocks"):
        rules = tuple(_rule(entry, file) for entry in file["clocks"])
    versions = [(rule.code, rule.since) for rule in rules]
    twice = {code for code, since in versions if versions.count((code, since)) > 1}
    if twice:
        raise BadInput(f"{FILE}: {sorted(twice)} stand there twice with the same `since`", FILE)
    return rules


def _rule(entry: Mapping[str, Any], file: Mapping[str, Any]) -> ClockRule:
    check_keys(FILE, entry, ("code",))
    code = str(entry["code"])
    wrong = (set(entry) - WANTED - OPTIONAL) | (WANTED - set(entry))
    if wrong or entry["scope"] not in SCOPES or not isinstance(entry["days"], int) or entry["days"] < 0:
        raise BadInput(f"{FILE}: {code}: unknown, missing or wrong {sorted(wrong) or 'scope or days'}", FILE)
    with reading(FILE, code):
        return _made(entry, file)


def _made(entry: Mapping[str, Any], file: Mapping[str, Any]) -> ClockRule:
    return ClockRule(
        code=entry["code"],
        name=entry["name"],
        since=_date(entry["since"]),
        days=entry["days"],
        unit=Unit(entry["unit"]),
        article=entry.get("article", ""),
        source=entry["source"],
        remark=entry.get("remark", ""),
        starts=_events(entry["starts"]),
        met_by=_events(entry["met_by"]),
        ended_by=_events([*entry.get("ended_by", ()), *file["ended_by_all"]]),
        when={fact: frozenset(map(str, wanted)) for fact, wanted in entry.get("when", {}).items()},
        pauses=tuple(_pause(file["pauses"][name]) for name in entry.get("pauses", ())),
        extension=Extension(**entry["extension"]) if "extension" in entry else None,
        steps=tuple(StepRule(one["level"], file["levels"][one["level"]], one["days"]) for one in _steps(entry, file)),
        per_organ=entry.get("per_organ", False),
        right=entry.get("right", False),
        beside=entry.get("beside", False),
        ended_for_all=_events(entry.get("ended_for_all", ())),
        rolls_forward=entry.get("rolls_forward", False),
        late_after=time.fromisoformat(entry["late_after"]) if "late_after" in entry else None,
    )


def _steps(entry: Mapping[str, Any], file: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    steps: Iterable[Mapping[str, Any]] = file["steps"][entry["steps"]]
    return steps


def _pause(entry: Mapping[str, Any]) -> PauseRule:
    return PauseRule(next(iter(_events([entry["begins"]]))), _events(entry["ends"]), entry["why"])


def _events(names: Iterable[str]) -> frozenset[EventType]:
    events = frozenset(EventType(name) for name in names)
    if EventType.COMMENTED in events:
        raise ValueError("a comment never moves a clock")
    return events


def _date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def read_calendar(*folders: Path) -> WorkCalendar:
    """The package's years, changed by the files of one folder after the other. Raises `BadInput` naming the file."""
    years = dict(_package_years())
    for path in (path for folder in folders for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].yml"))):
        year, complete, own = _own_year(path)
        if complete or year in years:
            years[year] = own if complete else _merged(years[year], own)
    return WorkCalendar(years)


@lru_cache(maxsize=1)
def _package_years() -> Mapping[int, CalendarYear]:
    """The State Council's notices as `chinesecalendar` carries them, 调休 included."""
    import chinese_calendar

    off, on = set(chinese_calendar.holidays), set(chinese_calendar.workdays)
    source = "国务院办公厅节假日安排（chinesecalendar）"
    return {
        year: CalendarYear(
            frozenset(day for day in off if day.year == year), frozenset(day for day in on if day.year == year), source
        )
        for year in {day.year for day in off}
    }


def _own_year(path: Path) -> tuple[int, bool, CalendarYear]:
    name = f"{CALENDARS}/{path.name}"
    entry = read_yaml(path, name)
    check_keys(name, entry, ("year", "source"))
    with reading(name, path.stem):
        year = int(entry["year"])
        days = [frozenset(map(_date, entry.get(name) or ())) for name in ("holidays", "workdays")]
        own = CalendarYear(days[0], days[1], str(entry["source"]))
    if path.stem != str(year) or days[0] & days[1] or any(day.year != year for day in days[0] | days[1]):
        raise BadInput(f"{name}: days of {year} only, none both off and at work", path.name)
    return year, bool(entry.get("complete")), own


def _merged(known: CalendarYear, own: CalendarYear) -> CalendarYear:
    holidays = (known.holidays | own.holidays) - own.workdays
    return CalendarYear(holidays, (known.workdays | own.workdays) - own.holidays, f"{known.source}；{own.source}")
