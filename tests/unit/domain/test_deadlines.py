"""时限: what moves a clock, what does not, and why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.deadlines import (
    ClockEvent,
    ClockRule,
    EventType,
    Extension,
    PauseRule,
    Standing,
    StepRule,
    Unit,
    due,
    next_step,
)
from bot.domain.working_days import CalendarYear, WorkCalendar

CITY = ZoneInfo("Asia/Shanghai")
E = EventType
WAITING = PauseRule(E.SUPPLEMENT_ASKED, frozenset({E.SUPPLEMENTED}), "等待信访人补充材料")
# 2026: 1-7 October off, 10 October made up; 2027 unknown.
CALENDAR = WorkCalendar(
    {2026: CalendarYear(frozenset(date(2026, 10, day) for day in range(1, 8)), frozenset({date(2026, 10, 10)}), "测试")}
)


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=CITY)


def event(kind: EventType, day: str, hour: int = 10, **more) -> ClockEvent:
    return ClockEvent(at(day, hour), kind, **more)


def rule(**changes) -> ClockRule:
    usual = {
        "code": "conclude",
        "name": "办结",
        "since": date(2022, 5, 1),
        "days": 60,
        "unit": Unit.CALENDAR,
        "article": "第三十四条",
        "source": "测试",
        "starts": frozenset({E.ACCEPTED}),
        "met_by": frozenset({E.CONCLUDED}),
        "ended_by": frozenset({E.WITHDRAWN}),
        "pauses": (WAITING,),
        "extension": Extension(30, 1),
        "steps": (StepRule("due_soon", "预警", -3), StepRule("remind", "催办", 1)),
    }
    return ClockRule(**{**usual, **changes})


def only(*events: ClockEvent, **changes):
    (deadline,) = due(events, CALENDAR, [rule(**changes)])
    return deadline


def test_the_day_of_the_event_is_not_counted_and_the_last_day_ends_at_midnight():
    deadline = only(event(E.ACCEPTED, "2026-03-01"))
    assert deadline.due_on == date(2026, 4, 30)
    assert deadline.due_at == at("2026-04-30", 23, 59).replace(second=59)
    assert not deadline.overdue(at("2026-04-30", 23, 59)) and deadline.overdue(at("2026-05-01", 0))


def test_days_are_days_in_the_city():
    late_evening = ClockEvent(datetime.fromisoformat("2026-03-01T17:00:00+00:00"), E.ACCEPTED)
    assert only(late_evening).due_on == date(2026, 5, 1)  # it is 2 March in Ordos


def test_working_days_know_holidays_and_make_up_days():
    working = {"unit": Unit.WORKING, "days": 5}
    assert only(event(E.ACCEPTED, "2026-09-30"), **working).due_on == date(2026, 10, 13)  # 8, 9, 10 (Sat), 12, 13


def test_a_year_without_a_calendar_is_said_aloud():
    deadline = only(event(E.ACCEPTED, "2026-12-31"), unit=Unit.WORKING, days=1)
    assert deadline.due_on == date(2027, 1, 1) and deadline.assumed and deadline.assumed_years == (2027,)
    assert "2027 年尚无放假安排，按双休日推算" in deadline.notes
    assert not only(event(E.ACCEPTED, "2026-12-31")).assumed  # calendar days ask no calendar


def test_waiting_for_the_citizen_stops_the_clock_and_says_why():
    asked, answered = event(E.SUPPLEMENT_ASKED, "2026-03-11"), event(E.SUPPLEMENTED, "2026-03-18")
    waiting = only(event(E.ACCEPTED, "2026-03-01"), asked)
    assert (waiting.standing, waiting.due_on, waiting.days_left) == (Standing.PAUSED, None, 51)
    assert waiting.steps == () and not waiting.overdue(at("2030-01-01"))
    resumed = only(event(E.ACCEPTED, "2026-03-01"), asked, answered)
    assert resumed.due_on == date(2026, 5, 7)
    assert [(pause.begun_at, pause.until, pause.why) for pause in resumed.pauses] == [
        (asked.at, answered.at, WAITING.why)
    ]


def test_a_pause_after_the_last_day_forgives_nothing():
    deadline = only(event(E.ACCEPTED, "2026-03-01"), event(E.SUPPLEMENT_ASKED, "2026-05-01"))
    assert deadline.standing is Standing.RUNNING and deadline.due_on == date(2026, 4, 30)


def test_a_pause_on_the_last_day_still_counts():
    deadline = only(event(E.ACCEPTED, "2026-03-01"), event(E.SUPPLEMENT_ASKED, "2026-04-30"))
    assert deadline.standing is Standing.PAUSED and deadline.days_left == 1


def test_an_extension_counts_once_in_time_and_no_further_than_allowed():
    begun = event(E.ACCEPTED, "2026-03-01")
    assert only(begun, event(E.EXTENSION_APPROVED, "2026-04-30", days=30)).due_on == date(2026, 5, 30)
    too_far = only(begun, event(E.EXTENSION_APPROVED, "2026-04-20", days=90))
    assert (too_far.due_on, too_far.extended_by) == (date(2026, 5, 30), 30)
    twice = only(
        begun, event(E.EXTENSION_APPROVED, "2026-04-20", days=10), event(E.EXTENSION_APPROVED, "2026-04-21", days=10)
    )
    assert twice.due_on == date(2026, 5, 10) and "延期次数已满，再次延期不计" in twice.notes
    late = only(begun, event(E.EXTENSION_APPROVED, "2026-05-01", days=30))
    assert late.due_on == date(2026, 4, 30) and "延期批准时已经超期，不顺延" in late.notes


def test_asking_for_an_extension_moves_nothing():
    assert only(event(E.ACCEPTED, "2026-03-01"), event(E.EXTENSION_ASKED, "2026-04-20", days=30)).due_on == date(
        2026, 4, 30
    )


def test_a_clock_that_runs_is_not_reset():
    assert only(event(E.ACCEPTED, "2026-03-01"), event(E.ACCEPTED, "2026-04-01")).due_on == date(2026, 4, 30)


def test_met_in_time_met_late_and_given_up():
    begun = event(E.ACCEPTED, "2026-03-01")
    in_time = only(begun, event(E.CONCLUDED, "2026-04-30", 23))
    assert in_time.standing is Standing.MET and not in_time.late and in_time.steps == ()
    assert only(begun, event(E.CONCLUDED, "2026-05-01", 0)).late
    assert only(begun, event(E.WITHDRAWN, "2026-03-02")).standing is Standing.ENDED


def test_each_organ_has_its_own_clock():
    objection = {"per_organ": True, "starts": frozenset({E.TRANSFERRED}), "met_by": frozenset({E.SENT_BACK})}
    first, second = due(
        [
            event(E.TRANSFERRED, "2026-03-02", organ="住建"),
            event(E.SENT_BACK, "2026-03-04", organ="住建"),
            event(E.TRANSFERRED, "2026-03-04", organ="城管"),
        ],
        CALENDAR,
        [rule(**objection, unit=Unit.WORKING, days=5)],
    )
    assert (first.organ, first.standing) == ("住建", Standing.MET)
    assert (second.organ, second.standing, second.due_on) == ("城管", Standing.RUNNING, date(2026, 3, 11))


def test_a_clock_keeps_the_version_it_started_under():
    versions = [rule(), rule(since=date(2026, 4, 1), days=30)]
    (old,) = due([event(E.ACCEPTED, "2026-03-31")], CALENDAR, versions)
    (new,) = due([event(E.ACCEPTED, "2026-04-01")], CALENDAR, versions)
    assert (old.due_on, old.since) == (date(2026, 5, 30), date(2022, 5, 1))
    assert (new.due_on, new.since) == (date(2026, 5, 1), date(2026, 4, 1))
    assert due([event(E.ACCEPTED, "2022-04-30")], CALENDAR, versions) == ()


def test_facts_choose_the_rule():
    hotline = rule(when={"source": frozenset({"hotline"})})
    assert due([event(E.ACCEPTED, "2026-03-01")], CALENDAR, [hotline]) == ()
    assert len(due([event(E.ACCEPTED, "2026-03-01", facts={"source": "hotline"})], CALENDAR, [hotline])) == 1


def test_the_citizens_last_day_is_never_a_holiday():
    assert only(event(E.ACCEPTED, "2026-09-03"), days=30, rolls_forward=True).due_on == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        ("2026-03-02", 10, "2026-03-02"),
        ("2026-03-02", 16, "2026-03-03"),
        ("2026-10-03", 9, "2026-10-08"),
        ("2026-10-09", 17, "2026-10-10"),
    ],
)
def test_a_same_day_clock_ends_today_if_the_office_is_open(day, hour, expected):
    same_day = {"days": 0, "unit": Unit.WORKING, "late_after": at("2026-01-01", 16).time()}
    assert only(event(E.ACCEPTED, day, hour), **same_day).due_on == date.fromisoformat(expected)


def test_levels_come_in_turn():
    deadline = only(event(E.ACCEPTED, "2026-03-01"))
    levels = {
        day: (deadline.level(at(day)) or StepRule("", "", 0)).level
        for day in ("2026-04-26", "2026-04-27", "2026-05-01")
    }
    assert list(levels.values()) == ["", "due_soon", "remind"]
    assert next_step([deadline]) == date(2026, 4, 27)


# —— properties ——

DAYS = st.integers(0, 700)
MOMENTS = st.builds(
    lambda day, minute: at("2025-06-01", 0) + timedelta(days=day, minutes=minute), DAYS, st.integers(0, 1439)
)
RULES = st.builds(
    lambda unit, days, roll: rule(unit=unit, days=days, rolls_forward=roll),
    st.sampled_from(Unit),
    st.integers(0, 60),
    st.booleans(),
)
HISTORIES = st.lists(
    st.builds(
        ClockEvent,
        MOMENTS,
        st.sampled_from(EventType),
        st.sampled_from(("", "住建", "城管")),
        st.integers(0, 40),
    ),
    max_size=12,
)
FAR = date.max


def day_due(events, clock):
    deadlines = due(events, CALENDAR, [clock])
    return deadlines[0].due_on or FAR


@settings(max_examples=150, deadline=None)
@given(RULES, MOMENTS, st.lists(MOMENTS, min_size=2, max_size=6, unique=True))
def test_an_added_pause_never_makes_a_clock_earlier(clock, start, moments):
    begun, spells = ClockEvent(start, E.ACCEPTED), sorted(moments)[: len(moments) // 2 * 2]
    pairs = [
        [ClockEvent(a, E.SUPPLEMENT_ASKED), ClockEvent(b, E.SUPPLEMENTED)] for a, b in zip(spells[::2], spells[1::2])
    ]
    for skipped in range(len(pairs)):
        fewer = [one for number, pair in enumerate(pairs) if number != skipped for one in pair]
        everything = [one for pair in pairs for one in pair]
        assert day_due([begun, *everything], clock) >= day_due([begun, *fewer], clock)


@settings(max_examples=150, deadline=None)
@given(
    HISTORIES,
    st.lists(st.builds(ClockEvent, MOMENTS, st.just(E.COMMENTED), st.just("住建"), DAYS), min_size=1, max_size=4),
)
def test_a_comment_changes_nothing(history, comments):
    rules = [rule(), rule(code="objection", per_organ=True, starts=frozenset({E.TRANSFERRED}))]
    assert due([*history, *comments], CALENDAR, rules) == due(history, CALENDAR, rules)


@settings(max_examples=150, deadline=None)
@given(HISTORIES, st.randoms(use_true_random=False), st.booleans())
def test_the_order_in_which_events_are_handed_over_does_not_matter(history, random, at_once):
    events = [ClockEvent(at("2026-03-01"), one.type, one.organ, one.days) for one in history] if at_once else history
    shuffled = list(events)
    random.shuffle(shuffled)
    assert due(shuffled, CALENDAR, [rule(), rule(code="b", per_organ=True)]) == due(
        events, CALENDAR, [rule(), rule(code="b", per_organ=True)]
    )


@settings(max_examples=200, deadline=None)
@given(RULES, MOMENTS, MOMENTS, st.lists(MOMENTS, max_size=6, unique=True))
def test_who_starts_later_is_not_due_earlier(clock, one, other, moments):
    spells = sorted(moments)[: len(moments) // 2 * 2]
    kinds = (E.SUPPLEMENT_ASKED, E.SUPPLEMENTED)
    pauses = [ClockEvent(moment, kinds[number % 2]) for number, moment in enumerate(spells)]
    first, second = sorted((one, other))
    assert day_due([ClockEvent(first, E.ACCEPTED), *pauses], clock) <= day_due(
        [ClockEvent(second, E.ACCEPTED), *pauses], clock
    )


@settings(max_examples=100, deadline=None)
@given(RULES, MOMENTS, MOMENTS)
def test_a_pause_that_ends_at_once_is_no_pause(clock, start, moment):
    begun = ClockEvent(start, E.ACCEPTED)
    paused = [begun, ClockEvent(moment, E.SUPPLEMENT_ASKED), ClockEvent(moment, E.SUPPLEMENTED)]
    assert day_due(paused, clock) == day_due([begun], clock)


@settings(max_examples=100, deadline=None)
@given(MOMENTS, MOMENTS, st.integers(0, 40))
def test_an_extension_never_makes_a_clock_earlier_and_adds_at_most_thirty_days(start, approved, days):
    begun = ClockEvent(start, E.ACCEPTED)
    plain, longer = (
        day_due([begun], rule()),
        day_due([begun, ClockEvent(approved, E.EXTENSION_APPROVED, days=days)], rule()),
    )
    assert timedelta(0) <= longer - plain <= timedelta(days=30)


@settings(max_examples=100, deadline=None)
@given(HISTORIES)
def test_every_history_has_an_answer(history):
    for one in due(history, CALENDAR, [rule(), rule(code="working", unit=Unit.WORKING)]):
        assert (one.due_on is None) == (one.standing is Standing.PAUSED)
        assert one.due_on is None or one.due_on >= one.started_at.astimezone(CITY).date()
