"""Which of several cases is meant: what the list shows, and what an answer to it names."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone

import pytest

from bot.domain.case import Case
from bot.domain.commands import Deed
from bot.domain.lifecycle import CaseState
from bot.domain.messages import Address, Button, OutboundMessage
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.flow import choice, gate
from bot.flow.choice import Choosing, Named, listed, meant, named, put
from bot.flow.turn import TALK_LASTS, kept, remembered
from connectors.wechat.replies import render

NOW = datetime(2026, 11, 29, 2, tzinfo=timezone.utc)
TOLD = (
    ("金辉小区门口的路灯坏了十来天", "东胜区天骄路金辉小区"),
    ("神华康城小区垃圾没人清运", "康巴什区神华康城"),
    ("西园小区自来水发黄有味", "树林召镇西园小区"),
    ("拖欠我儿子三个月工资", "伊旗工地"),
    ("友谊街公交车半天不来一趟", "薛家湾镇友谊街"),
    ("第二小学门口没有斑马线", "嘎鲁图镇"),
    ("金辉小区楼道堆满杂物", "东胜区天骄路金辉小区"),
)


def case(number: int, kind: CaseKind = CaseKind.CLAIM) -> Case:
    title, place = TOLD[number - 1]
    return Case(
        number, f"20261129-{number:05d}", number, "c", kind, Topic("04", "", ""), Urgency.NORMAL, place, title, title,
        (), None, False, CaseState.REGISTERED, None, {}, 1, NOW, NOW,
    )  # fmt: skip


def cases(count: int) -> list[Case]:
    return [case(number) for number in range(count, 0, -1)]


def asked(count: int, deed: Deed = Deed.HURRY, **more) -> Choosing:
    return Choosing(deed, tuple(listed(one, deed) for one in cases(count)), **more)


def answer(said: str, choosing: Choosing, offered: tuple[Button, ...] | None = None, **memory) -> Named | None:
    shown = put(choosing).buttons if offered is None else offered
    slots = {"choosing": choosing.to_slot(), **memory.pop("slots", {})}
    return named(gate.chosen(said, shown) or said, {"slots": slots, **memory}, shown)


def number_of(found: Named | None) -> int:
    assert found is not None and found.case_no
    return int(found.case_no[-5:])


def test_five_cases_are_five_buttons_with_title_and_number():
    shown = put(asked(5)).buttons
    assert len(shown) == 5
    assert (
        shown[4].title == "金辉小区门口的路灯坏了十来天 20261129-00001" and shown[4].payload == "催办：20261129-00001"
    )


def test_a_long_title_is_cut_and_does_without_its_district():
    long = dataclasses.replace(case(1), title="康巴什区神华康城小区的垃圾一个星期没人清运了")
    assert listed(long, Deed.HURRY).label == "神华康城小区的垃圾一个星期… 20261129-00001"


def test_of_seven_four_are_shown_and_the_rest_by_more():
    first = asked(7)
    shown = put(first).buttons
    assert len(shown) == 5 and shown[4].title == "更多（还有 3 件）"
    more = answer("更多", first)
    assert more is not None and more.first == 4 and answer("5", first) == more
    second = Choosing(first.deed, first.cases, more.first)
    assert [button.payload[-1] for button in put(second).buttons] == ["3", "2", "1", "多"]
    again = answer("更多", second)
    assert again is not None and again.first == 0


def test_progress_shows_where_each_stands():
    assert put(asked(2, Deed.PROGRESS)).buttons[0].title.endswith("20261129-00002 已登记")


def test_an_accusation_shows_number_and_day_and_is_not_named_by_its_words():
    secret = listed(case(3, CaseKind.ACCUSATION), Deed.PROGRESS)
    assert secret.label == "20261129-00003（11月29日）" and secret.words == ""
    assert choice.by_words("自来水发黄", [secret]) == []


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("2", 6), ("２", 6), ("第二个", 6), ("二", 6), ("第2件", 6), ("就第二个吧", 6), ("第六个", 2), ("七", 1),
        ("路灯", 1), ("路灯那个", 1), ("金辉小区路灯的事", 1), ("就是垃圾那件", 2), ("工资的", 4), ("友谊街", 5),
        ("20261129-00003", 3), ("20261129 00003那个", 3), ("00003", 3), ("尾号003", 3), ("最新的", 7), ("最早那个", 1),
    ],
)  # fmt: skip
def test_an_answer_names_a_case_by_place_number_or_words(said, number):
    found = answer(said, asked(7))
    assert number_of(found) == number and found is not None and found.text == "催办"


@pytest.mark.parametrize(
    "said",
    [
        "谢谢",
        "要收费吗",
        "转人工",
        "取消",
        "好的",
        "我家楼上漏水漏了半个月没人管",
        "我要投诉金辉小区物业",
        "金辉小区3号楼停水了",
        "99",
        "0",
    ],
)
def test_what_names_no_case_goes_on_to_the_dialogue(said):
    assert answer(said, asked(7)) is None


@pytest.mark.parametrize(
    ("said", "deed", "number"),
    [
        ("把工资那个撤了", Deed.WITHDRAW, 4),
        ("撤回第二个", Deed.WITHDRAW, 6),
        ("路灯那个怎么样了", Deed.PROGRESS, 1),
        ("催一下第三个", Deed.HURRY, 5),
    ],
)
def test_an_answer_with_another_deed_is_not_taken_for_the_one_that_was_asked(said, deed, number):
    found = answer(said, asked(7))
    assert found is not None and found.deed is deed and number_of(found) == number


@pytest.mark.parametrize("said", ["撤回", "公交车那个补充一下，司机说没油了", "催一下"])
def test_a_deed_alone_or_words_to_add_are_for_the_dialogue(said):
    assert answer(said, asked(7, Deed.PROGRESS)) is None


@pytest.mark.parametrize("said", ["别的件", "换一件", "换别的件"])
def test_another_one_is_asked_for_in_words(said):
    shown = (Button("换别的件", "催办：别的件"),)
    assert answer(said, asked(3, Deed.PROGRESS, fresh=False), shown) == Named(Deed.HURRY, "催办", others=True)


def test_the_head_of_a_supplement_may_name_its_case():
    said = choice.naming_clause("公交车那个补充一下，司机说没油了")
    assert meant(cases(7), said, None, "20261129-00001") == case(5)
    assert choice.naming_clause("他们晚上也施工") == ""


def test_words_that_fit_two_cases_leave_these_two():
    found = answer("金辉小区那个", asked(7))
    assert found is not None and found.only == ("20261129-00007", "20261129-00001")
    assert [one.case_no[-1] for one in meant(cases(7), "催办", found, "")] == ["7", "1"]


def test_a_number_is_the_list_that_was_seen_last():
    """A notice with a button of its own came in between: WeChat numbers that one."""
    notice = (Button("评价", "评价：20261129-00005"),)
    first, second = answer("1", asked(3), notice), answer("2", asked(3), notice)
    assert first is not None and first.deed is Deed.RATE and number_of(first) == 5
    assert second is not None and second.deed is Deed.HURRY and number_of(second) == 2


def test_a_number_in_answer_to_something_else_is_no_case():
    stale = asked(3, fresh=False)
    skip = (Button("跳过", "跳过"),)
    assert answer("2", stale, skip) is None and answer("路灯", stale, skip) is None
    assert answer("第三个呢", stale, skip) is None


def test_after_a_case_was_shown_the_list_still_answers():
    stale = asked(3, Deed.PROGRESS, fresh=False)
    shown = (Button("换别的件", "查进度：别的件"),)
    assert number_of(answer("2", stale, shown)) == 2 and number_of(answer("垃圾呢", stale, shown)) == 2


@pytest.mark.parametrize(
    ("said", "deed", "text"),
    [
        ("评价：20261129-00001", Deed.RATE, "评价"),
        ("我要评价20261129-00001", Deed.RATE, "评价"),
        ("撤回20261129-00001", Deed.WITHDRAW, "撤回"),
        ("20261129-00001催一下", Deed.HURRY, "催办"),
        ("申请复查 20261129-00001：没有修好", Deed.REVIEW, "申请复查 ：没有修好"),
        ("补充20261129-00001，杆号是017", Deed.SUPPLEMENT, "补充，杆号是017"),
    ],
)
def test_a_number_beside_a_word_names_deed_and_case_without_any_list(said, deed, text):
    found = named(said, {}, ())
    assert found == Named(deed, text, "20261129-00001")


@pytest.mark.parametrize("said", ["20261129-00001", "查一下20261129-00001", "20261129-00001 1234 5678 9012 3456"])
def test_a_bare_number_is_for_progress_which_may_want_its_code(said):
    assert named(said, {}, ()) is None


def test_the_only_case_is_meant_and_of_several_the_one_that_is_talked_about():
    assert meant(cases(1), "催一下", None, "") == case(1)
    assert meant(cases(3), "催一下", None, "20261129-00002") == case(2)
    assert meant(cases(3), "催一下", None, "") == cases(3)


def test_another_that_is_named_comes_before_the_one_that_is_talked_about():
    assert meant(cases(3), "催一下路灯那个", None, "20261129-00002") == case(1)
    assert meant(cases(3), "催办", Named(Deed.HURRY, "催办", "20261129-00003"), "20261129-00002") == case(3)
    assert meant(cases(3), "催办", Named(Deed.HURRY, "催办", others=True), "20261129-00002") == cases(3)


def test_an_unknown_number_is_never_taken_for_another_case():
    somebody_elses = Named(Deed.WITHDRAW, "撤回", "20261129-09999")
    assert meant(cases(1), "撤回", somebody_elses, "20261129-00001") == cases(1)
    assert "20261129-09999" in put(asked(1), unknown="20261129-09999").text


def test_wechat_numbers_the_cases_and_the_number_comes_back():
    reply = put(asked(7, Deed.WITHDRAW))
    shown = render(OutboundMessage(1, Address("wechat", "a", "p"), reply.text, reply.buttons))
    assert (
        "回复数字选择" in shown and "2. 第二小学门口没有斑马线 20261129-00006" in shown and len(shown.encode()) < 2048
    )
    assert number_of(answer("2", asked(7, Deed.WITHDRAW))) == 6


@pytest.mark.parametrize("said", ["我要补充", "补充一点", "我想补充一下。", "补充材料", "有点情况要补充"])
def test_a_supplement_without_words_is_asked_for_them(said):
    assert choice.is_bare_supplement(said)


def test_a_supplement_with_words_has_them():
    assert not choice.is_bare_supplement("补充一点，他们晚上也施工")


def test_a_list_is_an_open_question_for_one_turn_and_forgets_the_words_that_waited():
    memory = {"slots": {"choosing": asked(2, words="晚上也吵", inbox_id=7, turn=7).to_slot(), "named": "x"}}
    after = kept(memory, 7, NOW)
    assert "named" not in after["slots"] and Choosing.from_slot(after["slots"]["choosing"]).words == "晚上也吵"
    later = Choosing.from_slot(kept(after, 8, NOW)["slots"]["choosing"])
    assert later is not None and not later.fresh and later.words == ""


def test_words_are_awaited_for_one_turn():
    memory = {"slots": {"supplementing": {"case_no": "20261129-00001", "turn": 7}}}
    assert "supplementing" in kept(memory, 7, NOW)["slots"] and "supplementing" not in kept(memory, 8, NOW)["slots"]


def test_after_a_long_silence_no_case_is_talked_about():
    memory = kept({"slots": {"subject": "20261129-00001", "draft": "kept"}}, 1, NOW)
    assert remembered(memory, None, NOW + TALK_LASTS)["slots"]["subject"] == "20261129-00001"
    later = remembered(memory, None, NOW + TALK_LASTS + timedelta(minutes=1))["slots"]
    assert "subject" not in later and later["draft"] == "kept"


@pytest.mark.parametrize("question", ["supplementing", "reviewing"])
def test_words_that_were_asked_for_name_no_case_of_the_list(question):
    slots = {"choosing": asked(7, Deed.REVIEW).to_slot()}
    others = (Button("换别的件", "申请复查：别的件"),)
    assert named("第二个", {"slots": slots}, others) is not None
    waits = {"slots": {**slots, question: {"case_no": "20261129-00001", "turn": 7}}}
    assert named("第二个", waits, others) is None
    assert named("换别的件", waits, others) is not None, "the button is no reason"
