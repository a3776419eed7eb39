"""Facts as people write them."""

from __future__ import annotations

import pytest

from bot.domain.reading import Slots
from bot.understanding.facts import find_facts
from bot.understanding.facts.bounds import han_number
from bot.understanding.facts.ids import is_valid
from bot.understanding.features import cut
from bot.understanding.normalise import clean


def facts(text: str) -> Slots:
    cleaned = clean(text)
    return find_facts(cleaned, cut(cleaned.text))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我们东胜区罕台镇撖家塔村到现在没水", "东胜区罕台镇撖家塔村"),
        ("达旗树林召镇平原大街锦绣苑小区3号楼2单元电梯坏了", "达旗树林召镇平原大街锦绣苑小区3号楼2单元"),
        ("達旗樹林召鎮的路燈壞了", "達旗樹林召鎮"),
        ("我家住乌审旗嘎鲁图镇斯布扣嘎查，草场让矿上占了", "乌审旗嘎鲁图镇斯布扣嘎查"),
        ("幸福花园小区物业不管事", "幸福花园小区"),
        ("G109这段路坑太多", "G109"),
        ("2号楼的电梯又停了", "2号楼"),
        ("位置发给你 39.6086, 109.7816 就在这个沟里", "39.6086, 109.7816"),
        ("我们小区物业不管事", None),
        ("村里三年没公开过账", None),
        ("工资什么时候发", None),
    ],
)
def test_the_place_stands_as_it_was_written(text: str, place: str | None) -> None:
    assert facts(text).place == place


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("打我电话13947712233", ("13947712233",)),
        ("139 4771 2233 找老王", ("13947712233",)),
        ("电话：１３９４７７１２２３３", ("13947712233",)),
        ("一三九四七七一二二三三", ("13947712233",)),
        ("幺三九四七七幺二二三三", ("13947712233",)),
        ("+86 139-4771-2233", ("13947712233",)),
        ("0477-8581234", ("04778581234",)),
        ("座机8581234", ("8581234",)),
        ("13947712233、13847712234 都行", ("13947712233", "13847712234")),
        ("订单号 20230411223344556677", ()),
        ("欠我123456789元", ()),
        ("2021年3月到2023年5月", ()),
    ],
)
def test_phones_become_plain_digits(text: str, phones: tuple[str, ...]) -> None:
    assert facts(text).phones == phones


def test_an_identity_number_needs_its_check_digit() -> None:
    good = "11010519491231002X"
    assert is_valid(good)
    assert facts(f"身份证{good}").ids == (good,)
    assert facts("身份证110105194912310021").ids == ()


def test_an_identity_number_is_not_a_phone() -> None:
    assert facts("我的身份证 11010519491231002X").phones == ()


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("两百三", 230),
        ("十二万八", 128000),
        ("1.2万", 12000),
        ("三千零五", 3005),
        ("二〇二三", 2023),
        ("一百零八", 108),
        ("俩", 2),
        ("多", None),
    ],
)
def test_chinese_numbers(word: str, value: float | None) -> None:
    assert han_number(word) == value


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("我们小区两百多户都没暖气", 200),
        ("欠我们二十三个工人的工资", 23),
        ("全村三百口人吃一口井", 300),
        ("我一个人", None),
        ("每户收五百", None),
    ],
)
def test_how_many_are_concerned(text: str, people: int | None) -> None:
    assert facts(text).people == people


def test_amounts_and_times_stand_as_said() -> None:
    slots = facts("上个月底交了1.2万元，大前天又要三万多块，从2019年3月到现在没给")
    assert slots.amounts == ("1.2万元", "三万多块")
    assert "上个月底" in slots.times and "大前天" in slots.times and "2019年3月" in slots.times


def test_officials_are_named_only_with_a_surname() -> None:
    assert facts("镇上的王书记收了人家两万").officials == ("王书记",)
    assert facts("书记在不在").officials == ()


def test_what_is_asked_for() -> None:
    assert facts("路坏了两年。希望尽快修一修。").request == "希望尽快修一修"
