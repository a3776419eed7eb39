"""The same matter: topic and place come before words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.domain.reading import CaseKind, Topic
from bot.domain.repeats import (
    is_another_matter,
    is_same_matter,
    likeness,
    may_be_one_place,
    may_go_on,
    seems_another_matter,
)
from tests.unit.documents.test_documents import case

HOUSING = Topic("0102", "城乡建设")
TOLD = "金辉小区3号楼暖气一直不热，家里只有十二度，老人受不了。"
AGAIN = "我家还是没暖气，金辉小区3号楼，十二度都不到，老人受不了"


@pytest.mark.parametrize(
    ("topic", "place", "text", "same"),
    [
        (HOUSING, "金辉小区3号楼", AGAIN, True),
        (HOUSING, "", AGAIN, True),
        (HOUSING, "东胜区金辉小区3号楼", AGAIN, True),
        (HOUSING, "金辉小区5号楼", AGAIN, False),
        (HOUSING, "银河小区3号楼", AGAIN.replace("金辉", "银河"), False),
        (Topic("1503", "劳动和社会保障"), "金辉小区3号楼", AGAIN, False),
        (HOUSING, "金辉小区3号楼", "路灯坏了没人修", False),
    ],
)
def test_same_topic_same_place_words_alike(topic, place, text, same):
    assert is_same_matter(topic, place, text, case(place="金辉小区3号楼", text=TOLD)) is same


def test_likeness_is_between_nothing_and_all_and_places_may_be_missing():
    assert likeness(TOLD, TOLD) == 1.0 and likeness(TOLD, "") == 0.0 and likeness("停水", "修路") == 0.0
    assert may_be_one_place("", "东胜区") and not may_be_one_place("东胜区", "康巴什区")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("东胜区铁西金辉小区", "金辉小区", True),
        ("东胜区金辉小区", "东胜区银河小区", False),
        ("伊金霍洛旗阿勒腾席热镇文明街", "文明街", True),
        ("乌审旗图克镇", "乌审旗嘎鲁图镇", False),
        ("东胜区", "东胜区金辉小区", True),
        ("2单元301", "东胜区金辉小区5号楼", True),
        ("金辉小区5号楼2单元301室", "东胜区金辉小区5号楼", True),
        ("金辉小区3号楼2单元", "东胜区金辉小区5号楼", False),
        ("金辉小区5号楼2单元", "金辉小区5号楼1单元", False),
    ],
)
def test_places_agree_by_their_spot(one, other, same):
    assert may_be_one_place(one, other) is same


def reading(kind=CaseKind.CLAIM, topic=HOUSING, place="金辉小区3号楼", score=0.9):
    """What somebody said afterwards."""
    return SimpleNamespace(
        kind=kind, kind_scores={kind.value: score}, topic=topic, abstain=False, unsure=False,
        slots=SimpleNamespace(place=place),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "another"),
    [
        (reading(), False),
        (reading(CaseKind.ACCUSATION), True),
        (reading(CaseKind.ACCUSATION, score=0.4), False),
        (reading(topic=Topic("1201", "政法"), place="康巴什区鄂尔多斯大街"), True),
        (reading(topic=Topic("1201", "政法"), place=""), False),
        (reading(place="康巴什区鄂尔多斯大街"), False),
    ],
)
def test_an_accusation_and_another_matter_elsewhere_are_no_addition(said, another):
    assert is_another_matter(said, case(place="东胜区金辉小区3号楼", text=TOLD)) is another


ROADS = Topic("0602", "交通运输", "建设管理")
LIGHTS = Topic("0105", "城乡建设", "城市建设和市政管理")
ROAD_STORY = "小滩子村进村的路坑坑洼洼，车都没法走"


@pytest.mark.parametrize(
    ("said", "topic", "another"),
    [
        ("对了，还有村里的路灯也不亮", LIGHTS, True),
        ("还有楼道的灯也坏了", ROADS, True),
        ("还有，这条路邻村的人也在走", ROADS, False),
        ("一下雨全是水", ROADS, False),
        ("进村的路坑坑洼洼，还是没法走", LIGHTS, False),
        ("3号楼", LIGHTS, False),
    ],
)
def test_what_sounds_like_an_addition_may_be_another_matter(said, topic, another):
    road = case(place="大路镇小滩子村", text=ROAD_STORY, topic=ROADS)
    assert seems_another_matter(reading(topic=topic, place=""), said, road) is another
    assert not seems_another_matter(SimpleNamespace(abstain=False, unsure=True), said, road), "nobody knows"


@pytest.mark.parametrize(
    ("said", "topic", "place", "detail"),
    [
        ("灯杆上写着017", LIGHTS, "", True),
        ("小区门口的路灯昨天亮了一会儿又灭了", LIGHTS, "", True),
        ("楼上漏水漏了半个月，天花板都泡坏了", LIGHTS, "", False),
        ("灯杆上写着017", LIGHTS, "康巴什区", False),
        ("老板欠我工资", ROADS, "", False),
    ],
)
def test_a_few_words_right_after_a_filing_may_be_a_detail_of_it(said, topic, place, detail):
    lamp = case(place="金辉小区", text="金辉小区门口的路灯坏了十来天了", topic=LIGHTS)
    assert may_go_on(reading(topic=topic, place=place), said, lamp) is detail
