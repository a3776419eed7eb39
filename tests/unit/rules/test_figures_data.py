"""The figures' file: complete, dated, and a mistake in it is named."""

from __future__ import annotations

import copy
from datetime import date

import pytest

from bot.domain.errors import BadInput
from bot.rules import figures as rules
from bot.rules import rules_file
from bot.rules.figures import all_figures, figures, read_figures


def file():
    return copy.deepcopy(rules_file("figures.yml"))


def entry(code, found):
    return next(one for one in found["figures"] if one["code"] == code)


def test_every_figure_says_where_it_is_from_and_none_is_claimed_to_be_checked():
    assert all(one.source and one.shown and not one.checked for one in all_figures())
    assert figures(date(2026, 11, 29)).low_stars == 2


def test_a_new_version_is_in_force_from_its_day_on():
    found = file()
    found["figures"].append({**entry("bounced_often", found), "since": date(2027, 1, 1), "value": 3})
    versions = read_figures(found)
    assert rules._in_force(versions, date(2026, 12, 31)).bounced_often == 2
    assert rules._in_force(versions, date(2027, 1, 1)).bounced_often == 3


@pytest.mark.parametrize(
    ("code", "change", "said"),
    [
        ("low_stars", {"value": 7}, "low_stars: value is 7; wanted a whole number from 1 to 4"),
        ("low_stars", {"value": "两"}, "low_stars: value is '两'"),
        ("soon_days", {"value": True}, "soon_days: value is True"),
        ("sample_days", {"since": "明年"}, "sample_days: since is '明年'; wanted a day"),
        ("sample_days", {"scope": "village"}, "sample_days: wanted scope"),
        ("sample_days", {"code": "sample_weeks"}, "no figure is called 'sample_weeks'"),
        ("sample_days", {"sorce": "x"}, "sample_days: unknown keys sorce"),
        ("extension_by", {"value": ["mayor"]}, "wanted a list of some of head, in_charge, supervisor"),
        ("extension_by", {"value": []}, "wanted a list of some of head"),
        ("extension_by", {"value": 1}, "wanted a list of some of head"),
        ("remind_until", {"value": 9}, "remind_until: wanted an hour after remind_from"),
    ],
)
def test_a_mistake_is_named(code, change, said):
    found = file()
    entry(code, found).update(change)
    with pytest.raises(BadInput, match=said):
        read_figures(found)


def test_a_figure_left_out_or_given_twice_is_named():
    found = file()
    found["figures"].append(entry("low_stars", found))
    with pytest.raises(BadInput, match="low_stars stand there twice"):
        read_figures(found)
    with pytest.raises(BadInput, match="low_stars missing"):
        read_figures({"figures": [one for one in file()["figures"] if one["code"] != "low_stars"]})
