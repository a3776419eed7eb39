"""Names of which a part is an everyday word are names all the same."""

from __future__ import annotations

import pytest

from bot.understanding.facts import find_facts
from bot.understanding.features import cut
from bot.understanding.normalise import clean


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("鑫通大厦电梯坏了", "鑫通大厦"),
        ("宏大花园没有热水", "宏大花园"),
        ("市中心医院停车太难", "市中心医院"),
        ("罕台那边路坏了", "罕台"),
        ("老小区没人管", None),
        ("我们村里都不通公路", None),
    ],
)
def test_an_everyday_word_in_a_name(said, place):
    text = clean(said)
    assert find_facts(text, cut(text.text)).place == place
