"""What a message does in the light of what was asked or done just before it."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.domain.reading import Slots, Urgency
from bot.flow import corrections, review
from bot.flow.answering import act_in_talk, rates_in_words
from bot.flow.rating import Rating, score_in_words
from bot.flow.turn import kept
from tests.unit.flow.test_draft import heard

NOW = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)
WITHDRAWING = {"withdrawing": {"case_no": "20261129-00001", "turn": 7}}
REVIEWING = {"reviewing": {"case_no": "20261129-00001", "turn": 7}}
FILED = {"latest": "20261129-00001"}


def bare(text: str, act: str, sure: float = 0.9):
    """Words in which no matter is told."""
    return heard(text, act, sure, abstain=True, no_matter=True)


@pytest.mark.parametrize(
    ("said", "act", "sure"),
    [
        ("是", "affirm", 1.0),
        ("是的", "affirm", 1.0),
        ("对", "affirm", 1.0),
        ("确定", "affirm", 0.98),
        ("撤吧", "withdraw", 0.71),
        ("撤", "cancel", 1.0),
        ("对，撤了吧", "withdraw", 0.9),
        ("不用办了，撤吧", "withdraw", 0.9),
    ],
)
def test_yes_takes_the_case_back(said, act, sure):
    assert act_in_talk(bare(said, act, sure), WITHDRAWING, False) == "confirm_withdrawal"
    assert act_in_talk(bare(said, act, sure), {}, False) == act, "nobody asked"


@pytest.mark.parametrize(
    ("said", "act", "sure"),
    [
        ("不", "deny", 1.0),
        ("不撤了", "withdraw", 1.0),
        ("算了先不撤", "cancel", 1.0),
        ("算了", "cancel", 1.0),
        ("先别撤吧", "withdraw", 0.9),
        ("先留着吧", "skip", 0.49),
        ("再想想", "nlu_fallback", 0.2),
    ],
)
def test_no_keeps_it(said, act, sure):
    assert act_in_talk(bare(said, act, sure), WITHDRAWING, False) == "keep_case"


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("我家门口的垃圾堆成山了没人清", "matter"),
        ("谢谢", "small_talk/thank"),
        ("撤回", "withdraw"),
        ("把噪声那件撤了吧", "withdraw"),
        ("多久能办完", "faq/duration"),
    ],
)
def test_what_is_no_yes_and_no_no_is_heard_for_what_it_is(said, act):
    """«撤回» sent twice is no yes either: what is taken back is gone."""
    assert act_in_talk(heard(said, act), WITHDRAWING, False) == act


def test_whether_to_withdraw_is_asked_for_one_turn():
    memory = {"slots": {**WITHDRAWING}}
    assert "withdrawing" in kept(memory, 7, NOW)["slots"]
    assert "withdrawing" not in kept(memory, 8, NOW, aside=True)["slots"]


@pytest.mark.parametrize(
    ("said", "act", "sure"),
    [
        ("你们根本没来看", "small_talk/chitchat", 0.36),
        ("补偿算少了", "matter", 0.61),
        ("答复是假的", "faq/review", 0.97),
        ("没人来过", "skip", 0.29),
        ("不是，是他们算错了", "correct", 1.0),
        ("催了好几次都没人来", "hurry", 0.9),
        ("路灯修了两天又灭了，你们的人来拍了个照就走了，晚上老人摔了一跤，这样的答复我坚决不同意", "matter", 1.0),
    ],
)
def test_a_plain_answer_is_the_reason_of_the_review(said, act, sure):
    assert act_in_talk(heard(said, act, sure), REVIEWING, False) == "request_review"
    assert review.reason_in(said) == said


@pytest.mark.parametrize("said", ["是的", "我要申请复查", "不知道", "说不清", "你说啥", "等一下，我想想"])
def test_what_names_no_reason_is_none(said):
    assert review.reason_in(said) == "" and not review.gives_up(said)


@pytest.mark.parametrize("said", ["不申请了", "算了", "算了不复查了", "不用了", "没有", "先不申请了"])
def test_who_gives_up_asks_for_no_review(said):
    assert act_in_talk(bare(said, "deny", 0.37), REVIEWING, False) == "keep_case"


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("谢谢", "small_talk/thank"),
        ("要钱吗", "faq/cost"),
        ("几天之内可以申请复查", "faq/review"),
        ("转人工", "ask_human"),
        ("另外登记一件", "choose_kind"),
    ],
)
def test_another_wish_is_no_reason(said, act):
    assert act_in_talk(bare(said, act, 1.0), REVIEWING, False) == act


def test_the_question_for_the_reason_outlives_an_aside_and_nothing_else():
    memory = {"slots": {**REVIEWING}}
    assert "reviewing" in kept(memory, 8, NOW, aside=True)["slots"]
    assert "reviewing" not in kept(memory, 8, NOW)["slots"]


@pytest.mark.parametrize(
    "said", ["另外登记一件", "我还要反映一件事", "再报一个", "另外还有一件事", "还有个事", "我又有个事想反映"]
)
def test_another_filing_is_begun_and_never_an_addition(said):
    assert act_in_talk(bare(said, "supplement"), FILED, False) == "start_filing"


@pytest.mark.parametrize("said", ["我家还是停水", "今天还是没水", "又停水了", "对了，路灯也不亮"])
def test_right_after_a_filing_it_goes_on(said):
    assert act_in_talk(heard(said, "matter", 0.5), FILED, False) == "supplement"
    assert act_in_talk(heard(said, "matter", 0.5), {}, False) == "matter", "nothing was filed"
    assert act_in_talk(heard(said, "matter", 0.5), FILED, True) == "matter", "the form is open"


def test_danger_is_no_addition():
    assert act_in_talk(heard("又漏煤气了", "matter", urgency=Urgency.CRITICAL), FILED, False) == "matter"


def test_facts_that_come_late_go_to_what_was_filed_and_a_story_does_not():
    phone = heard("13804771234", "inform/phone", 1.0, slots=Slots(phones=("13804771234",)))
    assert act_in_talk(phone, FILED, False) == "supplement"
    assert act_in_talk(heard("我家门前的路全烂了", "inform/place", 0.5), FILED, False) == "inform/place"


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("挺快的", 4),
        ("很好", 5),
        ("不满意", 2),
        ("很不满意", 1),
        ("一般", 3),
        ("差不多", 3),
        ("没解决", 2),
        ("不错", 4),
    ],
)
def test_a_rating_is_heard_in_words(said, score):
    assert score_in_words(said) == score


@pytest.mark.parametrize(
    "said", ["谢谢", "好的谢谢", "不评了", "算了", "查进度", "不知道", "我家的路灯到现在也没有修好"]
)
def test_other_words_rate_nothing(said):
    assert score_in_words(said) == 0


def test_words_rate_only_right_after_the_question():
    slots = {"rating": Rating("20261129-00001", "编号 20261129-00001 的件", turn=7).to_slot()}
    asked = kept({"slots": slots}, 7, NOW)["slots"]
    assert rates_in_words("很好", asked) and act_in_talk(bare("很好", "affirm"), asked, False) == "rate"
    later = kept({"slots": asked}, 8, NOW)["slots"]
    assert act_in_talk(bare("很好", "affirm"), later, False) == "affirm"
    assert Rating.from_slot(later["rating"]).answered("态度5分").scores == {"态度": 5}, "a button is always an answer"


def test_words_that_were_asked_for_are_no_misunderstanding():
    waits = {"supplementing": {"case_no": "20261129-00001", "turn": 7}}
    assert act_in_talk(bare("雪是腊月下的", "nlu_fallback", 0.2), waits, False) == "matter"
    assert act_in_talk(bare("算了", "cancel", 1.0), waits, False) == "cancel"


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("跟刚才一个地方", "place"),
        ("电话还是那个", "contact"),
        ("就用刚才那个电话", "contact"),
        ("还是刚才那个", "either"),
    ],
)
def test_as_before_is_heard(said, what):
    assert corrections.as_before(said) == what


@pytest.mark.parametrize("said", ["刚才我说错了", "还是那个问题", "还是不亮"])
def test_other_words_are_not_as_before(said):
    assert not corrections.as_before(said)
