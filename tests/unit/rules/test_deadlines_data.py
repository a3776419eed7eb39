"""The rules file and the calendars: complete, sound, and right on every day of two years."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.deadlines import ClockEvent, ClockRule, EventType, Unit, due
from bot.domain.errors import BadInput
from bot.rules import rules_file, texts
from bot.rules.deadlines import clock_rules, read_calendar, read_rules, unchecked, work_calendar

CITY = ZoneInfo("Asia/Shanghai")
E = EventType


def days(month: int, first: int, last: int, year: int) -> set[date]:
    return {date(year, month, day) for day in range(first, last + 1)}


# 国务院办公厅关于 2025 年部分节假日安排的通知 (2024-11-12), written down by hand.
OFF_2025 = (
    days(1, 1, 1, 2025)
    | days(1, 28, 31, 2025)
    | days(2, 1, 4, 2025)
    | days(4, 4, 6, 2025)
    | days(5, 1, 5, 2025)
    | days(5, 31, 31, 2025)
    | days(6, 1, 2, 2025)
    | days(10, 1, 8, 2025)
)
ON_2025 = {date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11)}
# 国务院办公厅关于 2026 年部分节假日安排的通知 (2025-11-04), https://politics.gmw.cn/2025-11/04/content_38391083.htm
OFF_2026 = (
    days(1, 1, 3, 2026)
    | days(2, 15, 23, 2026)
    | days(4, 4, 6, 2026)
    | days(5, 1, 5, 2026)
    | days(6, 19, 21, 2026)
    | days(9, 25, 27, 2026)
    | days(10, 1, 7, 2026)
)
ON_2026 = {
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
}


def open_days() -> list[date]:
    """Every day on which offices are open, 2025 to 2026; early 2027 by weekends alone."""
    first = date(2025, 1, 1)
    every = [first + timedelta(days=number) for number in range(365 + 365 + 60)]
    off, on = OFF_2025 | OFF_2026, ON_2025 | ON_2026
    return [day for day in every if day in on or (day.strftime("%a") not in ("Sat", "Sun") and day not in off)]


OPEN = open_days()


def working_rule(length: int) -> ClockRule:
    return ClockRule(
        f"d{length:02}",
        "",
        date(2022, 5, 1),
        length,
        Unit.WORKING,
        "",
        "",
        frozenset({E.REGISTERED}),
        frozenset(),
        frozenset(),
    )


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("utter_faq/duration", {"acceptance_notice": "{} 日内告诉您是否受理", "conclude": "受理后 {} 日内办结"}),
        (
            "utter_faq/review",
            {"review_request": "收到答复之日起 {} 日内", "re_review_request": "{} 日内可以再申请复核"},
        ),
        ("utter_none_to_review", {"review_request": "书面答复之日起 {} 日内可以申请"}),
    ],
)
def test_what_the_chat_says_of_time_limits_is_what_the_rules_say(name, codes):
    days = {rule.code: rule.days for rule in clock_rules()}
    for code, said in codes.items():
        assert said.format(days[code]) in texts.text(name), (name, code)


def test_the_hand_written_lists_have_the_right_length():
    assert (len(OFF_2025), len(OFF_2026)) == (28, 33)
    assert sum(day.year == 2025 for day in OPEN) == 248 and sum(day.year == 2026 for day in OPEN) == 248


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_a_year_and_one_five_ten_fifteen_working_days_later(year):
    rules = [working_rule(length) for length in (1, 5, 10, 15)]
    start = date(year, 1, 1)
    while start.year == year:
        later = [day for day in OPEN if day > start]
        found = due(
            [ClockEvent(datetime(start.year, start.month, start.day, 9, tzinfo=CITY), E.REGISTERED)],
            work_calendar(),
            rules,
        )
        assert [one.due_on for one in found] == [later[0], later[4], later[9], later[14]], start
        assert [one.assumed for one in found] == [later[number].year == 2027 for number in (0, 4, 9, 14)], start
        start += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "one", "five", "ten"),
    [
        # Worked out on paper from the 2026 notice.
        ("2026-01-01", "2026-01-04", "2026-01-08", "2026-01-15"),  # Sunday the 4th is made up
        ("2026-02-13", "2026-02-14", "2026-02-27", "2026-03-05"),  # Spring Festival; Saturdays 14 and 28 made up
        ("2026-04-30", "2026-05-06", "2026-05-11", "2026-05-18"),  # Labour Day; Saturday the 9th made up
        ("2026-09-18", "2026-09-20", "2026-09-24", "2026-10-09"),  # Mid-autumn and National Day
        ("2026-09-30", "2026-10-08", "2026-10-13", "2026-10-20"),
    ],
)
def test_known_days(start, one, five, ten):
    begun = ClockEvent(datetime.fromisoformat(start).replace(hour=9, tzinfo=CITY), E.REGISTERED)
    found = due([begun], work_calendar(), [working_rule(length) for length in (1, 5, 10)])
    assert [str(deadline.due_on) for deadline in found] == [one, five, ten]


def test_the_statutory_figures():
    figures = {
        rule.code: (rule.days, rule.unit.value, rule.article) for rule in clock_rules() if rule.article.startswith("第")
    }
    assert figures == {
        "transfer": (15, "calendar_days", "第二十二条"),
        "acceptance_notice": (15, "calendar_days", "第二十三条"),
        "objection": (5, "working_days", "第二十三条"),
        "conclude": (60, "calendar_days", "第三十四条"),
        "review_request": (30, "calendar_days", "第三十五条"),
        "review": (30, "calendar_days", "第三十五条"),
        "re_review_request": (30, "calendar_days", "第三十六条"),
        "re_review": (30, "calendar_days", "第三十六条"),
        "critical": (0, "calendar_days", "第二十五条"),
        "urgent": (1, "calendar_days", "第二十五条"),
        "suggestion_answer": (60, "calendar_days", "第二十九条"),
    }
    conclude = next(rule for rule in clock_rules() if rule.code == "conclude")
    assert conclude.extension is not None and (conclude.extension.at_most, conclude.extension.times) == (30, 1)


def test_a_remark_stands_behind_the_article_and_never_between_it_and_the_regulation():
    told = {rule.code: rule.basis for rule in clock_rules()}
    assert told["critical"] == "《信访工作条例》第二十五条（未定时限，当日为本市做法）"
    assert told["suggestion_answer"] == "《信访工作条例》第二十九条（未定期限，天数为本市做法）"
    assert told["conclude"] == "《信访工作条例》第三十四条"
    for code, basis in told.items():
        assert "）第" not in basis and ("第" not in basis or "》第" in basis), (code, basis)


def test_the_citys_figures():
    found = {rule.code: (rule.days, rule.unit.value) for rule in clock_rules()}
    assert [found[code] for code in ("hotline_sign", "hotline_answer_simple", "hotline_answer_hard", "same_day")] == [
        (length, "working_days") for length in (1, 5, 10, 0)
    ]


def test_nobody_has_checked_the_figures_yet_and_the_program_knows_it():
    assert set(unchecked()) == {rule.code for rule in clock_rules()}


def test_a_remark_stands_in_no_rule():
    with pytest.raises(BadInput, match="transfer: a comment never moves a clock"):
        read_rules(changed(ended_by=["commented"]))


@pytest.mark.parametrize(
    "change",
    [{"unit": "weeks"}, {"days": -1}, {"dayz": 3}, {"pauses": ["holiday"]}, {"starts": ["born"]}, {"scope": "world"}],
)
def test_a_mistake_in_the_file_is_named(change):
    with pytest.raises(BadInput, match="transfer"):
        read_rules(changed(**change))


def test_one_version_a_day():
    file = rules_file("deadlines.yml")
    with pytest.raises(BadInput, match="twice"):
        read_rules({**file, "clocks": [*file["clocks"], file["clocks"][0]]})


def changed(**change):
    file = rules_file("deadlines.yml")
    return {**file, "clocks": [{**file["clocks"][0], **change}]}


def test_a_citys_file_changes_single_days(tmp_path):
    (tmp_path / "2026.yml").write_text(
        "year: 2026\nsource: 本市通知\nholidays: [2026-08-03]\nworkdays: [2026-08-08]\n", "utf-8"
    )
    calendar = read_calendar(tmp_path)
    assert not calendar.is_working(date(2026, 8, 3)) and calendar.is_working(date(2026, 8, 8))
    assert not calendar.is_working(date(2026, 10, 1)) and "本市通知" in calendar.years[2026].source


def test_a_new_year_is_known_only_when_its_file_is_whole(tmp_path):
    path = tmp_path / "2031.yml"
    path.write_text("year: 2031\nsource: 试\nholidays: [2031-01-01]\n", "utf-8")
    assert not read_calendar(tmp_path).is_known(date(2031, 1, 1))
    path.write_text("year: 2031\nsource: 试\nholidays: [2031-01-01]\ncomplete: true\n", "utf-8")
    assert read_calendar(tmp_path).is_known(date(2031, 1, 1)) and not read_calendar(tmp_path).is_working(
        date(2031, 1, 1)
    )


@pytest.mark.parametrize(
    "text",
    ["year: 2030", "year: 2026\nsource: x\nholidays: [2027-01-01]", "year: 2026\nsource: x\nholidays: [soon]", "[]"],
)
def test_a_mistake_in_a_calendar_is_named(tmp_path, text):
    (tmp_path / "2026.yml").write_text(text, "utf-8")
    with pytest.raises(BadInput, match="2026"):
        read_calendar(tmp_path)
