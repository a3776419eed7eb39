"""A letter's subject line, second levels among sisters, and danger judged by itself."""

from __future__ import annotations

import numpy as np
import pytest

from bot.domain.reading import Slots, Urgency
from bot.understanding.danger import danger_of, is_only_facts, least_without_sign, likeliest, with_danger
from bot.understanding.features import headline_of
from bot.understanding.rows import Row
from bot.understanding.training import _among_sisters, _families, critical_labels
from bot.understanding.urgency import Alarm, safety_layer

BODY = "我们院子里的水管从上个月起就漏，物业来看过两次，都说要等配件，到今天也没有人来修。"
SIGN = Alarm(Urgency.CRITICAL, "着火", "起火")


def test_the_first_line_of_a_letter_is_its_subject() -> None:
    assert headline_of(f"院里水管漏水一个月\n{BODY}") == "院里水管漏水一个月"


@pytest.mark.parametrize("text", ["水管漏了", f"尊敬的领导：\n{BODY}", f"水\n{BODY}", "水管漏了没人修\n快来", BODY])
def test_chat_and_greetings_have_no_subject(text: str) -> None:
    assert headline_of(text) == ""


def test_only_second_levels_have_families() -> None:
    names = ("教育/学校", "教育/文物", "环境/噪声")
    assert [list(family) for family in _families("level2", names)] == [[0, 1], [2]]
    assert [list(family) for family in _families("topic", names)] == [[0, 1, 2]]


def test_a_second_level_is_compared_with_its_sisters_alone() -> None:
    margins = np.array([[0.1, 0.2, 5.0]], dtype=np.float32)
    judged = _among_sisters(margins, np.array([0]), [np.array([0, 1]), np.array([2])])
    assert judged.argmax() == 1


def test_rows_without_urgency_say_nothing_of_danger() -> None:
    rows = [Row("着火了", urgency=4), Row("谢谢", urgency=1), Row("不知道")]
    assert critical_labels(rows) == ["critical", "calm", None]


def test_a_sign_multiplies_the_odds_and_does_not_decide() -> None:
    assert danger_of(0.001, {}, (SIGN,)) < 0.02
    assert danger_of(0.1, {}, (SIGN,)) == pytest.approx(0.571, abs=0.01)
    assert danger_of(0.1, {}, ()) == pytest.approx(0.1)


def test_a_few_words_without_a_sign_need_more() -> None:
    assert likeliest({"1": 0.2, "2": 0.5, "3": 0.1, "4": 0.2}, least=0.3) is Urgency.NORMAL
    assert likeliest({"1": 0.2, "2": 0.4, "3": 0.1, "4": 0.3}, least=0.3) is Urgency.CRITICAL


def test_what_has_been_broken_for_weeks_is_likely_no_danger_of_this_minute() -> None:
    assert danger_of(0.4, {}, (), lasts=True) < 0.1 < danger_of(0.4, {}, (SIGN,), lasts=True)


@pytest.mark.parametrize(
    ("text", "lasts"),
    [
        ("电梯坏了半个月，老人下不了楼", True),
        ("路灯不亮两个多月了", True),
        ("电梯坏了半个月，现在里面困着人", False),
        ("老伴走了两年了，我也想走", False),
        ("电梯坏了，里面有人", False),
    ],
)
def test_what_goes_on_for_weeks_is_known(text: str, lasts: bool) -> None:
    assert safety_layer().lasts(text) is lasts


def test_the_less_is_said_the_likelier_a_danger_must_be() -> None:
    asked = [least_without_sign(text) for text in (BODY, "楼道里黑得看不见路", "太慢了")]
    assert asked == sorted(asked) and len(set(asked)) == 3


def test_who_praises_tells_of_a_danger_that_is_over() -> None:
    assert danger_of(0.5, {"praise": 1.0}, ()) < 0.15 < 0.4 < danger_of(0.5, {"praise": 0.1}, ())


def test_the_other_levels_share_what_danger_leaves() -> None:
    values = with_danger({"1": 0.2, "2": 0.6, "3": 0.1, "4": 0.1}, 0.1)
    assert sum(values.values()) == pytest.approx(1.0)
    assert likeliest(values) is Urgency.NORMAL
    assert likeliest(with_danger(values, 0.4)) is Urgency.CRITICAL


@pytest.mark.parametrize(
    ("text", "place", "phones", "only"),
    [
        ("东胜区天骄路金辉小区3号楼", "东胜区天骄路金辉小区3号楼", (), True),
        ("在东胜区天骄路金辉小区，我电话13804771234", "东胜区天骄路金辉小区", ("13804771234",), True),
        ("在金辉小区，我的手机号码是13804771234", "金辉小区", ("13804771234",), True),
        ("在金辉小区着火，电话13804771234", "金辉小区", ("13804771234",), False),
        ("在东胜区天骄路金辉小区 13804771234", "东胜区天骄路金辉小区", ("13804771234",), True),
        ("金辉小区3号楼着火", "金辉小区3号楼", (), False),
        ("金辉小区3号楼救命", "金辉小区3号楼", (), False),
        ("金辉小区3号楼有人落水", "金辉小区3号楼", (), False),
        ("救命", None, (), False),
    ],
)
def test_a_place_and_phones_alone_tell_of_nothing(text, place, phones, only) -> None:
    assert is_only_facts(text, Slots(place=place, phones=phones)) is only


@pytest.mark.parametrize(
    "text", ["坐标：东经109.99 北纬39.82", "39.82000,109.99000", "https://uri.amap.com/marker?position=109.99,39.82"]
)
def test_a_point_alone_is_only_a_fact(text: str) -> None:
    assert is_only_facts(text, Slots(place="39.82,109.99"))
    assert not is_only_facts(f"{text} 着火了", Slots(place="39.82,109.99"))


@pytest.mark.parametrize(
    "address", ["东胜区天骄路金辉小区3号楼", "达旗树林召镇惠民小区2号楼", "康巴什区神华康城5号楼3单元"]
)
def test_an_address_alone_is_no_danger_and_a_danger_at_it_still_is(understander, address) -> None:
    assert understander.read(address).urgency < Urgency.URGENT
    assert understander.read(f"{address}着火").urgency >= Urgency.URGENT
