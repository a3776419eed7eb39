"""Titles as a clerk would write them."""

from __future__ import annotations

import pytest

from bot.understanding.title import LONGEST, make_title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("您好，我想反映一下，我们小区停水三天了，没人管", "小区停水三天，没人管"),
        ("喂那个就是暖气不热", "暖气不热"),
        ("水管坏了", "水管坏了"),
    ],
)
def test_greetings_are_left_out(text: str, title: str) -> None:
    assert make_title(text) == title


def test_the_place_stands_before_the_matter() -> None:
    assert make_title("路灯坏了一个星期没人修", place="东胜区天骄路") == "东胜区天骄路路灯坏了一个星期没人修"


def test_a_subject_is_kept() -> None:
    assert make_title("很长的正文", subject="关于停水的投诉") == "关于停水的投诉"


def test_never_longer_than_a_line() -> None:
    assert len(make_title("停" * 200, place="某" * 40)) <= LONGEST


def test_what_leads_over_to_a_second_matter_is_no_part_of_its_title():
    assert make_title("另外我想反映一下村里的幼儿园乱收费") == "村里的幼儿园乱收费"
    assert make_title("还有一件事，楼道的灯坏了半个月") == "楼道的灯坏了半个月"
    assert "三户没通水" in make_title("还有三户没通水，管道也没接")


def test_whose_house_it_is_does_not_stand_in_a_title():
    assert make_title("我家楼下的路灯坏了半个月没人修") == "楼下的路灯坏了半个月没人修"
    assert make_title("我家被污水淹了两次了") == "我家被污水淹了两次"
