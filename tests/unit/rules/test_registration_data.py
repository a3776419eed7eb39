"""registration.yml: what it says now, and that a mistake in it is told."""

from __future__ import annotations

import copy

import pytest

from bot.domain.errors import BadInput
from bot.rules import rules_file
from bot.rules.registration import read_rules, registration_rules


def test_four_ways_and_five_representatives():
    rules = registration_rules()
    assert list(rules.ways.values()) == ["来电", "来信", "传真", "来访"]
    assert rules.most_representatives == 5 and "第二十条" in rules.article and not rules.checked


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"representatives": {"at_most": 0, "article": "x"}}, "at_most"),
        ({"representatives": {"at_most": "五", "article": "x"}}, "at_most"),
        ({"representatives": {"at_most": 5}}, "article"),
        ({"ways": [{"code": "phone"}]}, "name"),
        ({"ways": [{"code": "phone", "name": "来电"}]}, "visit"),
    ],
)
def test_a_mistake_is_told(change, said):
    with pytest.raises(BadInput, match=said):
        read_rules({**copy.deepcopy(rules_file("registration.yml")), **change})


def test_a_file_without_its_source_is_refused():
    rules = {name: value for name, value in rules_file("registration.yml").items() if name != "source"}
    with pytest.raises(BadInput, match="source"):
        read_rules(rules)
