"""One door, any text: a reading comes out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.reading import CaseKind, Urgency
from bot.understanding.judging import Scores
from bot.understanding.understander import Understander, _enough_for_nothing


def test_a_complaint_is_read(understander: Understander) -> None:
    reading = understander.read("达旗树林召镇锦绣苑小区停水三天了，物业不管，我电话13947712233")
    assert reading.kind is CaseKind.CLAIM
    assert reading.topic.level1 == "城乡建设" and reading.topic.code.startswith("01")
    assert reading.urgency is Urgency.URGENT
    assert reading.slots.phones == ("13947712233",)
    assert not reading.no_matter


def test_scores_are_shares_of_one(understander: Understander) -> None:
    reading = understander.read("老板欠我们工资不给")
    for scores in (reading.kind_scores, reading.topic_scores, reading.urgency_scores):
        assert sum(scores.values()) == pytest.approx(1, abs=1e-3)
    assert len(reading.topic_scores) == 15


def test_danger_is_never_abstained_from(understander: Understander) -> None:
    reading = understander.read("家里有煤气味头晕")
    assert reading.urgency is Urgency.CRITICAL and not reading.abstain
    assert any("燃气" in reason.note for reason in reading.reasons)


def test_the_safety_layer_never_lowers(understander: Understander) -> None:
    for text in ("小区停水三天了", "老板欠工资饭都吃不上", "学校乱收费", "建议多装路灯"):
        reading = understander.read(text)
        alarms = understander.safety.alarms(text)
        assert not alarms or reading.urgency >= alarms[0].level


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "asdf qwer", "\ud800", "<br>", "\x00\x01", "。。。", "12345"])
def test_nothing_to_read_is_abstained_from(understander: Understander, text: str) -> None:
    reading = understander.read(text)
    assert reading.abstain and reading.no_matter and reading.title == ""


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Манай айл 东胜区天骄小区 усгүй байна", "cyrillic"),
        ("ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ 达拉特旗白泥井镇白泥井村", "mongolian"),
        ("hello, I am a foreign teacher in 鄂尔多斯市第一中学", "latin"),
    ],
)
def test_a_foreign_sentence_around_a_chinese_place_goes_to_a_person(
    understander: Understander, text: str, script: str
) -> None:
    reading = understander.read(text)
    assert (reading.script, reading.no_matter, reading.title) == (script, False, "外文来信")


def test_a_few_foreign_words_in_an_advertisement_are_no_letter(understander: Understander) -> None:
    assert understander.read("加VX abc hello 领红包").script == "simplified"


def test_mongolian_goes_to_a_person(understander: Understander) -> None:
    reading = understander.read("ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ ᠪᠢᠴᠢᠭ")
    assert reading.script == "mongolian" and reading.abstain and not reading.no_matter


@pytest.mark.parametrize(
    "text",
    [
        "어디에 신고하나요",
        "水漏れがひどいので修理してください",
        "Сайн байна уу",
        "أين أشتكي من فضلك",
        "where can I complain",
    ],
)
def test_a_foreign_message_goes_to_a_person(understander: Understander, text: str) -> None:
    reading = understander.read(text)
    assert reading.abstain and not reading.no_matter
    assert "人工" in reading.reasons[0].note


@pytest.mark.parametrize("text", ["https://example.org/a/b", "a@b.example", "no1 x2y z3z", "の"])
def test_an_address_of_the_web_is_nobodys_message(understander: Understander, text: str) -> None:
    assert understander.read(text).no_matter


def test_an_ornament_does_not_make_chinese_japanese(understander: Understander) -> None:
    assert understander.read("我の小区停水三天了没人管").script == "simplified"


def test_a_number_beside_a_few_words_does_not_make_them_nothing(understander: Understander) -> None:
    for text in ("小区停水三天了 13947712233", "老板欠薪，电话13947712233"):
        assert not understander.read(text).no_matter


def test_what_has_a_plain_topic_or_is_long_is_not_easily_nothing(understander: Understander) -> None:
    topic = understander._judges["topic"]
    plain = Scores(topic, np.eye(len(topic.classes), dtype=np.float32)[0])
    vague = Scores(topic, np.full(len(topic.classes), 1 / len(topic.classes), dtype=np.float32))
    asked = [
        _enough_for_nothing("狗叫", vague),
        _enough_for_nothing("狗叫", plain),
        _enough_for_nothing("狗叫" * 100, vague),
    ]
    assert asked == sorted(asked) and len(set(asked)) == 3


def test_a_very_long_text_is_read(understander: Understander) -> None:
    assert len(understander.read("停水" * 50_000).title) <= 25


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(alphabet=st.characters(codec=None)),
        st.text(alphabet="停水工资电话一三九0123456789村镇路，。！<>&;\ud800号楼"),
    )
)
def test_no_text_raises(understander: Understander, text: str) -> None:
    reading = understander.read(text)
    assert len(reading.title) <= 25
    assert 1 <= reading.urgency <= 4


def test_the_same_text_gives_the_same_reading(understander: Understander, model: Path) -> None:
    text = "村口那条路坑坑洼洼没人补"
    assert understander.read(text) == Understander.load(model).read(text)


def test_reasons_stand_in_the_text(understander: Understander) -> None:
    text = "出租车不打表，从火车站到家要我八十"
    for reason in understander.read(text).reasons:
        assert all(word in text for word in reason.words)


def test_the_judge_that_decided_gives_the_reasons(understander: Understander) -> None:
    danger = understander.read("家里有煤气味，老人头晕恶心坐不起来")
    assert danger.urgency is Urgency.CRITICAL
    assert any(reason.about == "urgency" and reason.words and not reason.note for reason in danger.reasons)
    enquiry = understander.read("请问办居住证要带什么材料")
    assert enquiry.urgency is Urgency.LOW
    assert any(reason.about == "urgency" and "没有看出" in reason.note for reason in enquiry.reasons)


def test_reasons_are_words_and_not_the_place(understander: Understander) -> None:
    reading = understander.read("东胜区金辉小区3号楼电梯坏了半个月，物业不修")
    told = [word for reason in reading.reasons for word in reason.words]
    assert told and all(len(word) > 1 and word not in (reading.slots.place or "") for word in told)


def test_nothing_has_one_reason_alone(understander: Understander) -> None:
    assert [reason.about for reason in understander.read("😀").reasons] == ["abstain"]


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no model"):
        Understander.load(tmp_path)
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(BadInput):
        Understander.load(tmp_path)
