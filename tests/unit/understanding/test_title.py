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


@pytest.mark.parametrize(
    ("text", "place", "title"),
    [
        ("我们家跟邻村的地界让人挖了", None, "我们家跟邻村的地界让人挖了"),
        ("老师一周填表二十几张", None, "老师一周填表二十几张"),
        ("老师您好，学校食堂的饭是馊的", None, "学校食堂的饭是馊的"),
        ("领导上班打牌没人管", None, "领导上班打牌没人管"),
        ("关于物业乱收费的举报", "东胜区", "关于东胜区物业乱收费的举报"),
        ("去年六月雷击把家里电视全打坏了", None, "雷击把家里电视全打坏了"),
        ("希望工程的钱没有到学校", None, "希望工程的钱没有到学校"),
        ("本人家住平安小区，楼道的灯坏了半年没人修", None, "楼道的灯坏了半年没人修"),
        ('系统说我"未婚，民政说已婚', None, "系统说我未婚，民政说已婚"),
        ("今晚八点金帝会所三楼有聚赌", None, "金帝会所三楼有聚赌"),
        ("关于某镇小学食堂管理问题的反映（共三页，另附照片）", None, "关于某镇小学食堂管理问题的反映"),
        ("新房子甲醛超标，环保局给测吗", None, "新房子甲醛超标，环保局给测吗"),
    ],
)
def test_a_title_begins_and_ends_as_a_clerk_would(text: str, place: str | None, title: str) -> None:
    assert make_title(text, place=place) == title


def test_a_long_clause_is_cut_where_something_is_said() -> None:
    title = make_title("同学掉那个废矿坑里了坑可深了他说腿断了下面有水叫我快找大人来")
    assert title == "同学掉那个废矿坑里了坑可深了他说腿断"
    assert make_title("市场所的所长让自己小姨子在农贸市场一人占六个摊位不让别人摆").endswith("摊位")


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
