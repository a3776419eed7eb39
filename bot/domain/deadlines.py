"""时限: a case's events, a calendar and the rules go in; every clock comes out, with its due day and its reasons.

Nothing is stored and nothing is asked of the present: the same history always gives the same deadlines, so a clock
can be rebuilt at any time and no remark, edit or reading of a case can move it. Days are days in the city:
the day of the event itself is not counted (Civil Code, art. 201), and a clock ends with its last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import Enum
from itertools import groupby

from bot.domain.working_days import DAY, LOCAL, WorkCalendar, local_date


class EventType(str, Enum):
    """What can happen to a case. Events of one instant count in this order, whatever order they are handed over in."""

    REGISTERED = "registered"
    SUPPLEMENT_ASKED = "supplement_asked"
    SUPPLEMENTED = "supplemented"
    SUPPLEMENT_LAPSED = "supplement_lapsed"
    OBJECTED = "objected"
    SENT_BACK = "sent_back"
    TRANSFERRED = "transferred"
    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    DIVERTED = "diverted"
    PUT_AT_ONCE = "put_at_once"
    TAKEN_OFF_AT_ONCE = "taken_off_at_once"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PROCESSED = "processed"
    INVESTIGATED = "investigated"
    MEDIATED = "mediated"
    HEARING_OPENED = "hearing_opened"
    HEARING_CLOSED = "hearing_closed"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_APPROVED = "extension_approved"
    EXTENSION_REFUSED = "extension_refused"
    OPINION_DROPPED = "opinion_dropped"
    OPINION_ASKED = "opinion_asked"
    OPINION_GIVEN = "opinion_given"
    STUDIED = "studied"
    ADOPTED = "adopted"
    DRAFTED = "drafted"
    APPROVED = "approved"
    REFUSED = "refused"
    DELIVERED = "delivered"
    CONCLUDED = "concluded"
    RATED = "rated"
    RATED_LOW = "rated_low"
    FOLLOWED_UP = "followed_up"
    REOPENED = "reopened"
    REVIEW_REQUESTED = "review_requested"
    REVIEW_RECEIVED = "review_received"
    REVIEW_DELIVERED = "review_delivered"
    RE_REVIEW_REQUESTED = "re_review_requested"
    RE_REVIEW_RECEIVED = "re_review_received"
    RE_REVIEW_DELIVERED = "re_review_delivered"
    FINALISED = "finalised"
    BARRED = "barred"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    COMMENTED = "commented"


_RANK = {kind: rank for rank, kind in enumerate(EventType)}


class Unit(str, Enum):
    """How days are counted."""

    CALENDAR = "calendar_days"
    WORKING = "working_days"


class Standing(str, Enum):
    """Where a clock stands, whatever the time is now."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    ENDED = "ended"


STANDING_NAMES = {
    Standing.RUNNING: "计时中",
    Standing.PAUSED: "已暂停",
    Standing.MET: "已完成",
    Standing.ENDED: "已终止",
}


@dataclass(frozen=True)
class ClockEvent:
    """One thing that happened. `organ` is whom it concerns, `facts` what rules ask about.

    `days`: of an extension, or until the day that an assisting organ was asked for.
    """

    at: datetime
    type: EventType
    organ: str = ""
    days: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PauseRule:
    """While this lasts, days are not counted; `why` is shown to staff."""

    begins: EventType
    ends: frozenset[EventType]
    why: str


@dataclass(frozen=True)
class Extension:
    """延期: how far and how often a clock may be extended."""

    at_most: int
    times: int


@dataclass(frozen=True)
class StepRule:
    """A level of warning: `days` after the due day, or before it when negative."""

    level: str
    name: str
    days: int


@dataclass(frozen=True)
class ClockRule:
    """One version of a time limit, in force from `since`. `when` names facts that the starting event must carry.

    `beside`: owed by an assisting organ until the day it was asked for (`ClockEvent.days`), and no time limit of the
    case; `ended_for_all`: events that end a clock of each organ, whatever organ they are about.
    """

    code: str
    name: str
    since: date
    days: int
    unit: Unit
    article: str
    source: str
    starts: frozenset[EventType]
    met_by: frozenset[EventType]
    ended_by: frozenset[EventType]
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pauses: tuple[PauseRule, ...] = ()
    extension: Extension | None = None
    steps: tuple[StepRule, ...] = ()
    per_organ: bool = False
    right: bool = False
    beside: bool = False
    ended_for_all: frozenset[EventType] = frozenset()
    rolls_forward: bool = False
    late_after: time | None = None
    remark: str = ""

    @property
    def basis(self) -> str:
        """Where it stands, as pages tell it: the regulation with its article, the remark behind them."""
        return f"{self.source}{self.article}{f'（{self.remark}）' if self.remark else ''}"


@dataclass(frozen=True)
class Pause:
    """A spell that does not count; `until` is None while it lasts."""

    begun_at: datetime
    until: datetime | None
    why: str


@dataclass(frozen=True)
class Step:
    """A level that begins with day `on` unless the clock is stopped before."""

    level: str
    name: str
    on: date


@dataclass(frozen=True)
class Deadline:
    """One clock. `due_on` is None while it is paused (then `days_left` remain); `assumed_years` had no calendar."""

    code: str
    name: str
    basis: str
    since: date
    organ: str
    unit: Unit
    started_at: datetime
    started_by: EventType
    standing: Standing
    due_on: date | None
    days_left: int
    stopped_at: datetime | None
    stopped_by: EventType | None
    extended_by: int
    pauses: tuple[Pause, ...]
    steps: tuple[Step, ...]
    assumed_years: tuple[int, ...]
    notes: tuple[str, ...]
    right: bool = False
    beside: bool = False

    @property
    def of_case(self) -> bool:
        """Whether it is a duty of the case: neither a right nor what an assisting organ owes."""
        return not (self.right or self.beside)

    @property
    def assumed(self) -> bool:
        """Whether some day was counted by weekends alone, for want of a calendar."""
        return bool(self.assumed_years)

    @property
    def due_at(self) -> datetime | None:
        """The last moment: the end of the day it is due on."""
        return None if self.due_on is None else end_of(self.due_on)

    @property
    def late(self) -> bool:
        """Whether it was stopped only after its time."""
        return self.stopped_at is not None and self.due_at is not None and self.stopped_at > self.due_at

    def usable(self, now: datetime) -> bool:
        """Whether what it gives time for may still be done in time."""
        if self.standing is Standing.PAUSED:
            return True
        return self.standing is Standing.RUNNING and not self.over(now)

    def overdue(self, now: datetime) -> bool:
        """超期: still running after its last day. A right that was not used is over, not overdue."""
        return not self.right and self.over(now)

    def over(self, now: datetime) -> bool:
        """Whether its last day has passed while it ran."""
        return self.standing is Standing.RUNNING and self.due_at is not None and now > self.due_at

    def level(self, now: datetime) -> Step | None:
        """The last step that has begun, or None while there is time."""
        today = local_date(now)
        return next((step for step in reversed(self.steps) if step.on <= today), None)


@dataclass
class _Run:
    """A clock while its events are read."""

    rule: ClockRule
    start: ClockEvent
    stop: ClockEvent | None = None
    extensions: list[ClockEvent] = field(default_factory=list)


@dataclass(frozen=True)
class _Spell:
    """Days from `first` that do not count, up to but without `until` (for ever if None)."""

    first: date
    until: date | None


@dataclass(frozen=True)
class _Count:
    """The end of counting: the day, or how many days are left; and the years that had to be assumed."""

    on: date | None
    left: int
    assumed: frozenset[int]


def end_of(day: date) -> datetime:
    """The last second of a day in the city."""
    return datetime.combine(day, time(23, 59, 59), LOCAL)


def due(events: Iterable[ClockEvent], calendar: WorkCalendar, rules: Sequence[ClockRule]) -> tuple[Deadline, ...]:
    """Every clock that these events started, in the order of their start. Events may come in any order."""
    ordered = sorted(events, key=_order)
    heard = {event.type for event in ordered}
    begun = {rule.code for rule in rules if not rule.starts.isdisjoint(heard)}
    asked = sorted((rule for rule in rules if rule.code in begun), key=lambda rule: (rule.code, rule.since))
    by_code = groupby(asked, key=lambda rule: rule.code)
    found = [_deadline(run, ordered, calendar) for _, versions in by_code for run in _runs(tuple(versions), ordered)]
    return tuple(sorted(found, key=lambda one: (one.started_at, one.code, one.organ)))


def next_step(deadlines: Iterable[Deadline]) -> date | None:
    """The first day on which any running clock reaches a level: what a scan over all cases sorts by."""
    return min((step.on for one in deadlines for step in one.steps), default=None)


def _order(event: ClockEvent) -> tuple[datetime, int, str, int, list[tuple[str, str]]]:
    return event.at, _RANK[event.type], event.organ, event.days, sorted(event.facts.items())


def _runs(versions: tuple[ClockRule, ...], events: Sequence[ClockEvent]) -> list[_Run]:
    """Each start of a clock. A second start while it runs changes nothing: no clock is reset."""
    runs: list[_Run] = []
    for event in events:
        open_runs = [run for run in runs if run.stop is None]
        for run in open_runs:
            _read(run, event)
        rule = _in_force(versions, event)
        if rule is not None and not any(run.stop is None and _same(run, rule, event) for run in runs):
            runs.append(_Run(replace(rule, days=event.days) if rule.beside else rule, event))
    return runs


def _read(run: _Run, event: ClockEvent) -> None:
    """What an event does to a running clock: stop it, extend it, or nothing."""
    if event.type in run.rule.ended_for_all:
        run.stop = event
    elif run.rule.per_organ and event.organ and event.organ != run.start.organ:
        return
    elif event.type in run.rule.met_by or event.type in run.rule.ended_by:
        run.stop = event
    elif event.type is EventType.EXTENSION_APPROVED and run.rule.extension is not None:
        run.extensions.append(event)


def _in_force(versions: tuple[ClockRule, ...], event: ClockEvent) -> ClockRule | None:
    """The version of the day on which the clock starts, if this event starts it."""
    if not any(event.type in one.starts for one in versions):
        return None
    day = local_date(event.at)
    rule = next((one for one in reversed(versions) if one.since <= day), None)
    if rule is None or event.type not in rule.starts:
        return None
    fits = all(event.facts.get(fact) in wanted for fact, wanted in rule.when.items())
    return rule if fits else None


def _same(run: _Run, rule: ClockRule, event: ClockEvent) -> bool:
    return not rule.per_organ or run.start.organ == event.organ


def _deadline(run: _Run, events: Sequence[ClockEvent], calendar: WorkCalendar) -> Deadline:
    rule, start, stop = run.rule, run.start, run.stop
    pauses = tuple(_pauses(run, events))
    spells = [_spell(pause, run) for pause in pauses]
    count, extended_by, notes = _extended(run, spells, calendar)
    standing = _standing(run, count)
    return Deadline(
        code=rule.code,
        name=rule.name,
        basis=rule.basis,
        since=rule.since,
        organ=start.organ if rule.per_organ else "",
        unit=rule.unit,
        started_at=start.at,
        started_by=start.type,
        standing=standing,
        due_on=count.on,
        days_left=count.left,
        stopped_at=stop.at if stop else None,
        stopped_by=stop.type if stop else None,
        extended_by=extended_by,
        pauses=pauses,
        steps=_steps(rule, count, calendar) if standing is Standing.RUNNING else (),
        assumed_years=tuple(sorted(count.assumed)),
        right=rule.right,
        beside=rule.beside,
        notes=(*notes, *(f"{year} 年尚无放假安排，按双休日推算" for year in sorted(count.assumed))),
    )


def _standing(run: _Run, count: _Count) -> Standing:
    if run.stop is not None:
        return Standing.MET if run.stop.type in run.rule.met_by else Standing.ENDED
    return Standing.PAUSED if count.on is None else Standing.RUNNING


def _pauses(run: _Run, events: Sequence[ClockEvent]) -> Iterator[Pause]:
    """The spells of this clock: those that begin before it stops and end after it starts."""
    for rule in run.rule.pauses:
        for pause in _spells_of(rule, events):
            begun_in_time = run.stop is None or pause.begun_at <= run.stop.at
            if begun_in_time and (pause.until is None or pause.until >= run.start.at):
                yield _cut(pause, run.stop)


def _spells_of(rule: PauseRule, events: Sequence[ClockEvent]) -> Iterator[Pause]:
    """What the events say of one reason to pause. The first answer resumes, however often was asked."""
    begun: datetime | None = None
    for event in events:
        if begun is None and event.type is rule.begins:
            begun = event.at
        elif begun is not None and event.type in rule.ends:
            yield Pause(begun, event.at, rule.why)
            begun = None
    if begun is not None:
        yield Pause(begun, None, rule.why)


def _cut(pause: Pause, stop: ClockEvent | None) -> Pause:
    if stop is None or (pause.until is not None and pause.until <= stop.at):
        return pause
    return replace(pause, until=stop.at)


def _spell(pause: Pause, run: _Run) -> _Spell:
    """A pause in whole days: as many as lie between its first and last day, none when both are the same."""
    start = _start_day(run)
    first = max(local_date(pause.begun_at), start)
    counted_from = _first_counted(run)
    moved = max(first, counted_from)
    if pause.until is None:
        return _Spell(moved, None)
    length = max(local_date(pause.until) - first, DAY * 0)
    return _Spell(moved, moved + length)


def _start_day(run: _Run) -> date:
    """The day of the start; the next one when it came after the office's last hour for the day."""
    at = run.start.at.astimezone(LOCAL)
    late = run.rule.late_after is not None and at.time() >= run.rule.late_after
    return at.date() + DAY if late else at.date()


def _first_counted(run: _Run) -> date:
    """A same-day clock counts its own day; all others begin on the morrow."""
    return _start_day(run) + DAY * (run.rule.days > 0)


def _extended(run: _Run, spells: Sequence[_Spell], calendar: WorkCalendar) -> tuple[_Count, int, tuple[str, ...]]:
    """Art. 34: an extension counts if it was approved in time, so often and so far as the rule allows."""
    added, used, notes = 0, 0, []
    count = _count(run, spells, calendar, 0)
    for event in run.extensions:
        assert run.rule.extension is not None
        if used == run.rule.extension.times:
            notes.append("延期次数已满，再次延期不计")
        elif count.on is not None and event.at > end_of(count.on):
            notes.append("延期批准时已经超期，不顺延")
        else:
            used += 1
            added += max(0, min(event.days, run.rule.extension.at_most))
            count = _count(run, spells, calendar, added)
    return count, added, tuple(notes)


def _count(run: _Run, spells: Sequence[_Spell], calendar: WorkCalendar, extra: int) -> _Count:
    """Walk from day to day until all are counted; where nothing interrupts calendar days, in one step."""
    day, left = _first_counted(run), max(run.rule.days + extra, 1)
    assumed: set[int] = set()
    if run.rule.unit is Unit.CALENDAR and not spells:
        return _rolled(run.rule, day + DAY * (left - 1), calendar, frozenset(assumed))
    while True:
        spell = next((one for one in spells if one.first <= day and (one.until is None or day < one.until)), None)
        if spell is not None and spell.until is None:
            return _Count(None, left, frozenset(assumed))
        if spell is not None and spell.until is not None:
            day = spell.until
            continue
        if run.rule.unit is Unit.WORKING and not calendar.is_known(day):
            assumed.add(day.year)
        left -= run.rule.unit is Unit.CALENDAR or calendar.is_working(day)
        if left == 0:
            return _rolled(run.rule, day, calendar, frozenset(assumed))
        day += DAY


def _rolled(rule: ClockRule, day: date, calendar: WorkCalendar, assumed: frozenset[int]) -> _Count:
    """Civil Code, art. 203: a last day on a holiday is moved to the day after the holiday, where the rule says so."""
    if not rule.rolls_forward:
        return _Count(day, 0, assumed)
    moved = calendar.next_working(day)
    guessed = {one.year for one in (day, moved) if not calendar.is_known(one)}
    return _Count(moved, 0, assumed | guessed)


def _steps(rule: ClockRule, count: _Count, calendar: WorkCalendar) -> tuple[Step, ...]:
    assert count.on is not None
    steps = [Step(one.level, one.name, _shifted(count.on, one.days, rule.unit, calendar)) for one in rule.steps]
    return tuple(sorted(steps, key=lambda step: step.on))


def _shifted(day: date, days: int, unit: Unit, calendar: WorkCalendar) -> date:
    """So many days away, in the unit of the clock."""
    if unit is Unit.CALENDAR:
        return day + DAY * days
    step, left = (DAY if days > 0 else -DAY), abs(days)
    while left:
        day += step
        left -= calendar.is_working(day)
    return day
