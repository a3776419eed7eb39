"""工作日: which days count, from calendars handed in. A year without one is assumed by weekends, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class CalendarYear:
    """A published year: days off (放假) and make-up working days (调休上班); all others go by the weekday."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    source: str


@dataclass(frozen=True)
class WorkCalendar:
    """The years that are known."""

    years: Mapping[int, CalendarYear] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether offices are open. In a year that is not known: from Monday to Friday."""
        year = self.years.get(day.year)
        if year is not None and day in year.workdays:
            return True
        return day.weekday() < SATURDAY and not (year is not None and day in year.holidays)

    def is_known(self, day: date) -> bool:
        """Whether the day's year has a published calendar."""
        return day.year in self.years

    def next_working(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it."""
        while not self.is_working(day):
            day += DAY
        return day


def start_of(day: date) -> datetime:
    """The first moment of a day in the city."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL)


def local_date(at: datetime) -> date:
    """The day on which something happened, in the city."""
    return at.astimezone(LOCAL).date()
