"""The filing form's logic, with a reader that finds what each test says it finds."""

from __future__ import annotations

import pytest

from bot.domain.reading import CaseKind, Reading, Reason, Slots, Topic, Urgency, reading_to_json
from bot.flow.draft import (
    Draft,
    Heard,
    Known,
    Question,
    advance,
    ask,
    ask_same,
    begin,
    may_be_added,
    next_matter,
    speaks_of_danger,
)


def reading(text: str = "", **changes) -> Reading:
    """A plain claim about water supply; a test changes only what matters to it."""
    slots = changes.pop("slots", Slots())
    base = {
        "kind": CaseKind.CLAIM,
        "kind_scores": {"claim": 0.9, "enquiry": 0.1},
        "topic": Topic("0101", "城乡建设", "自来水供应"),
        "topic_scores": {"城乡建设": 0.9},
        "urgency": Urgency.NORMAL,
        "urgency_scores": {"2": 0.9},
        "title": text[:25] or "小区停水",
        "abstain": False,
    }
    return Reading(slots=slots, **{**base, **changes})


def heard(text: str, act: str = "matter", sure: float = 0.9, **changes) -> Heard:
    return Heard(text, act, sure, reading(text, **changes))


def read(text: str) -> Reading:
    return reading(text)


def words_of(step) -> str:
    return "\n".join(reply.text for reply in step.replies)


def test_a_matter_without_a_place_is_asked_where():
    step = begin(heard("小区停水三天了"), read)
    assert step.ask is Question.PLACE and step.draft.words == ("小区停水三天了",)


def test_a_wish_without_a_matter_is_asked_what():
    step = begin(heard("我要投诉", "start_filing", 1.0, no_matter=True, abstain=True), read)
    assert step.ask is Question.MATTER and step.draft.words == ()


def test_facts_in_the_first_message_are_not_asked_again():
    facts = Slots(place="东胜区金辉小区", phones=("13804771234",))
    step = begin(Heard("停水", "matter", 0.9, reading(slots=facts)), lambda text: reading(slots=facts))
    assert step.ask is Question.CONFIRMATION
    assert "东胜区金辉小区" in words_of(step) and "13804771234" in words_of(step)


def test_a_story_that_sounded_like_a_place_is_a_story():
    facts = Slots(place="乌审旗嘎鲁图镇东街", phones=("13700000000",))
    story = "乌审旗嘎鲁图镇东街路灯全坏了，晚上黑咕隆咚的，电话13700000000。"
    step = begin(Heard(story, "inform/place", 0.6, reading(slots=facts)), lambda text: reading(slots=facts))
    assert step.draft.words == (story,) and step.ask is Question.CONFIRMATION


def test_a_bare_place_is_kept_and_the_matter_is_asked():
    facts = Slots(place="乌审旗嘎鲁图镇东街")
    step = begin(Heard("乌审旗嘎鲁图镇东街", "inform/place", 0.9, reading(slots=facts)), read)
    assert step.ask is Question.MATTER and step.draft.place == "乌审旗嘎鲁图镇东街"


def test_danger_is_not_delayed_by_asking_for_a_phone():
    critical = reading(urgency=Urgency.CRITICAL, slots=Slots(place="树林召镇"))
    step = begin(Heard("家里煤气漏了", "matter", 0.9, critical), lambda text: critical)
    assert step.ask is Question.CONFIRMATION


@pytest.mark.parametrize("kind", [CaseKind.SUGGESTION, CaseKind.ENQUIRY, CaseKind.PRAISE])
def test_other_kinds_are_not_asked_for_a_place(kind):
    other = reading(kind=kind, kind_scores={kind.value: 0.9})
    assert begin(Heard("公园多装座椅", "matter", 0.9, other), lambda text: other).ask is not Question.PLACE


def test_an_unclear_kind_is_asked_once():
    unclear = reading(unsure=True, kind_scores={"claim": 0.4, "suggestion": 0.35, "enquiry": 0.25})
    step = begin(Heard("路灯的事", "matter", 0.9, unclear), lambda text: unclear)
    assert step.ask is Question.KIND and len(step.replies[-1].buttons) == 3
    after = advance(step.draft, Question.KIND, heard("是提个建议", "choose_kind"), lambda text: unclear)
    assert after is not None and after.draft.kind == "suggestion" and after.ask is not Question.KIND


def draft(**changes) -> Draft:
    base = begin(heard("小区停水三天了"), read).draft
    return Draft(**{**base.__dict__, **changes})


def test_a_bare_place_is_taken_as_it_stands():
    step = advance(draft(), Question.PLACE, heard("就在东胜区铁西小区。", "inform/place"), read)
    assert step is not None and step.draft.place == "东胜区铁西小区" and step.ask is Question.CONTACT


@pytest.mark.parametrize("act", ["skip", "deny", "anonymous"])
def test_a_place_can_be_skipped_and_is_not_asked_again(act):
    step = advance(draft(), Question.PLACE, heard("不方便说", act), read)
    assert step is not None and step.draft.place == "" and step.ask is Question.CONTACT


def test_more_of_the_story_instead_of_a_place_is_added():
    story = "物业说是管子冻裂了，可是修了两天也没有修好，老人孩子都没水喝，只能去外面一桶一桶提回来用，实在受不了"
    step = advance(draft(), Question.PLACE, heard(story), read)
    assert step is not None and story in step.draft.words and step.ask is Question.PLACE


def test_a_phone_with_a_digit_missing_is_asked_again_once():
    once = draft(place="x", asked=("contact",))
    first = advance(once, Question.CONTACT, heard("1380477123", "inform/phone"), read)
    assert first is not None and first.ask is Question.CONTACT and "好像不对" in words_of(first)
    second = advance(first.draft, Question.CONTACT, heard("1380477123", "inform/phone"), read)
    assert second is not None and second.ask is Question.CONFIRMATION


def test_anonymity_is_kept():
    step = advance(draft(place="x"), Question.CONTACT, heard("我要匿名", "anonymous"), read)
    assert step is not None and step.draft.anonymous and "匿名" in words_of(step)


def test_yes_confirms():
    step = advance(draft(place="x"), Question.CONFIRMATION, heard("对，提交吧", "affirm"), read)
    assert step is not None and step.ask is None


def test_yes_with_a_change_does_not_confirm():
    step = advance(
        draft(place="东胜区3号楼", phone="1"), Question.CONFIRMATION, heard("对，不过是5号楼", "affirm"), read
    )
    assert step is not None and step.ask is Question.CONFIRMATION and step.draft.place == "东胜区5号楼"


@pytest.mark.parametrize(
    ("said", "found", "place"),
    [
        ("不对，是5号楼", None, "东胜区金辉小区5号楼"),
        ("不是东胜是康巴什", "康巴什", "康巴什金辉小区3号楼"),
        ("地址写错了，应该是东胜区铁西小区8号楼", "东胜区铁西小区8号楼", "东胜区铁西小区8号楼"),
    ],
)
def test_a_correction_changes_what_it_names(said, found, place):
    wrong = draft(place="东胜区金辉小区3号楼")
    step = advance(wrong, Question.CONFIRMATION, heard(said, "correct", slots=Slots(place=found)), read)
    assert step is not None and step.draft.place == place


def test_the_place_can_be_corrected_while_the_phone_is_asked_for():
    said = heard("地点改成康巴什区神华康城", "correct", slots=Slots(place="康巴什区神华康城"))
    step = advance(draft(place="东胜区天骄小区"), Question.CONTACT, said, read)
    assert step is not None and step.draft.place == "康巴什区神华康城" and step.ask is Question.CONTACT
    assert "地点改成" not in step.draft.text


def test_a_new_phone_replaces_the_old_one():
    changed = heard("电话改成13900001111", "correct", slots=Slots(phones=("13900001111",)))
    step = advance(draft(place="x", phone="13800000000"), Question.CONFIRMATION, changed, read)
    assert step is not None and step.draft.phone == "13900001111"


def test_wanting_a_change_without_saying_which_is_asked():
    step = advance(draft(place="x"), Question.CONFIRMATION, heard("我要修改", "correct"), read)
    assert step is not None and "哪里要改" in words_of(step) and step.ask is Question.CONFIRMATION


@pytest.mark.parametrize("act", ["faq/cost", "ask_human", "ask_progress", "cancel"])
def test_a_question_in_between_is_left_to_other_rules(act):
    assert advance(draft(), Question.PLACE, heard("要收费吗", act, 0.9), read) is None


def test_going_back_asks_the_question_before():
    step = advance(draft(place="x"), Question.CONTACT, heard("上一步", "go_back"), read)
    assert step is not None and step.ask is Question.PLACE and step.draft.place == ""


def test_a_draft_survives_its_slot():
    kept = draft(place="x", phone="13800000000", anonymous=True)
    assert Draft.from_slot(kept.to_slot()) == kept


def test_the_same_words_twice_are_kept_once():
    step = advance(draft(), Question.CONFIRMATION, heard("小区停水三天了"), read)
    assert step is not None and step.draft.words == ("小区停水三天了",)


def test_a_place_said_where_a_phone_was_asked_is_kept_and_the_phone_asked_again():
    step = advance(
        Draft(words=("建议公交延长到十点",), asked=("contact",)), Question.CONTACT, heard("康巴什", "deny"), read
    )
    assert step.draft.place == "康巴什" and "contact" not in step.draft.skipped


def test_skipping_at_the_confirmation_shows_it_again_and_adds_nothing():
    draft = Draft(words=("小区停水三天了",), place="东胜区", skipped=("contact",), reading=reading_to_json(reading()))
    step = advance(draft, Question.CONFIRMATION, heard("跳过", "skip"), read)
    assert step.ask is Question.CONFIRMATION and step.draft.words == draft.words


def test_what_a_complaint_is_about_stays_with_it():
    step = begin(heard("投诉快递", "start_filing", 0.95), read)
    assert step.ask is Question.MATTER and step.draft.words == ("投诉快递",)
    assert begin(heard("我要投诉", "start_filing", 0.95), read).draft.words == ()


def test_a_duration_is_no_place():
    draft = Draft(words=("小区停水了",), asked=("place",), reading=reading_to_json(reading()))
    step = advance(draft, Question.PLACE, heard("三天了", slots=Slots(times=("三天",))), read)
    assert step.draft.place == "" and step.draft.words == ("小区停水了", "三天了") and step.ask is Question.PLACE


def test_a_yes_in_traditional_script_confirms():
    draft = Draft(words=("小区停水三天了",), place="东胜区", skipped=("contact",), reading=reading_to_json(reading()))
    assert advance(draft, Question.CONFIRMATION, heard("確認提交", "affirm"), read).ask is None


WATER, BUS = "小区停水三天了没人管", "另外三路公交车总是晚点半小时"


def two(text: str) -> Reading:
    """Reads two matters in the whole, one in each part; the bus is the more urgent one."""
    matters = (WATER, BUS) if WATER in text and BUS in text else ()
    return reading(text, matters=matters, urgency=Urgency.URGENT if text == BUS else Urgency.NORMAL)


def told_two(phone: str = "13804771234") -> Draft:
    whole = f"{WATER}，{BUS}"
    slots = Slots(phones=(phone,) if phone else ())
    step = begin(Heard(whole, "matter", 0.9, reading(matters=(WATER, BUS), slots=slots)), two)
    assert step.ask is Question.MATTERS and WATER in words_of(step) and BUS in words_of(step)
    return step.draft


def test_two_matters_apart_are_two_drafts_the_urgent_one_first():
    step = advance(told_two(), Question.MATTERS, heard("分两件登记", "choose_kind"), two)
    assert step is not None and step.draft.words == (BUS,) and step.draft.waiting == (WATER,)
    assert step.draft.whole == f"{WATER}，{BUS}" and step.ask is Question.PLACE
    second = next_matter(Draft.from_slot(step.draft.to_slot()), two)
    assert second.words == (WATER,) and second.waiting == () and second.phone == "13804771234"
    assert second.whole == step.draft.whole


@pytest.mark.parametrize("said", ["合成一件", "一起吧", "不用分"])
def test_two_matters_together_are_one_draft_and_not_asked_about_again(said):
    step = advance(told_two(), Question.MATTERS, heard(said, "choose_kind"), two)
    assert step is not None and step.draft.waiting == () and step.draft.whole == ""
    assert BUS in step.draft.text and WATER in step.draft.text and step.ask is Question.PLACE


def test_two_matters_together_are_an_accusation_where_one_of_them_is():
    def one_accuses(text: str) -> Reading:
        return reading(text, kind=CaseKind.ACCUSATION) if text == BUS else two(text)

    step = advance(told_two(), Question.MATTERS, heard("合成一件", "choose_kind"), one_accuses)
    assert step is not None and step.draft.case_kind is CaseKind.ACCUSATION
    again = advance(told_two(), Question.MATTERS, heard("合成一件", "choose_kind"), two)
    assert again is not None and again.draft.case_kind is CaseKind.CLAIM


def test_a_phone_that_was_refused_is_not_asked_for_with_the_second_matter():
    apart = advance(told_two(phone=""), Question.MATTERS, heard("分开", "choose_kind"), two)
    assert apart is not None
    skipped = Draft(**{**vars(apart.draft), "skipped": ("contact", "place")})
    second = next_matter(skipped, two)
    assert "contact" in second.skipped and "place" not in second.skipped


UNCLEAR = {"topic_scores": {"城乡建设": 0.3, "交通运输": 0.25, "环境保护": 0.2, "民政": 0.05}, "unsure": True}


def unclear(text: str) -> Reading:
    return reading(text, slots=Slots(place="东胜区"), **UNCLEAR)


def asked_for_topic():
    step = begin(Heard("门口那个又来了", "matter", 0.9, unclear("")), unclear)
    assert step.ask is Question.TOPIC
    return step


def test_an_unclear_topic_is_asked_once_with_the_likely_ones():
    step = asked_for_topic()
    assert [button.title for button in step.replies[-1].buttons] == [
        "房子、物业、水电暖",
        "修路、出行、快递",
        "污染、噪声、环境",
        "都不是",
    ]
    later = advance(step.draft, Question.TOPIC, heard("说不清", "matter"), unclear)
    assert later.ask is Question.CONTACT


@pytest.mark.parametrize("answer", ["是修路、出行、快递这方面的事", "2", "第二个", "快递"])
def test_a_chosen_topic_stands_and_says_who_chose_it(answer):
    step = advance(asked_for_topic().draft, Question.TOPIC, heard(answer, "choose_kind"), unclear)
    assert step.ask is Question.CONTACT and step.draft.words == ("门口那个又来了",)
    understood = step.draft.understood
    assert (understood.topic.level1, understood.topic.code) == ("交通运输", "06")
    assert understood.reasons[-1].note == "本人选择的"


def test_more_words_instead_of_a_choice_are_kept():
    story = "快递车天天停在我家楼道口，老人进出都不方便"
    step = advance(asked_for_topic().draft, Question.TOPIC, heard(story), unclear)
    assert step.draft.topic == "" and step.draft.words[-1] == story


def test_danger_is_not_delayed_by_asking_for_a_topic():
    urgent = reading(urgency=Urgency.URGENT, slots=Slots(place="东胜区"), **UNCLEAR)
    assert begin(Heard("门口那个又来了", "matter", 0.9, urgent), lambda text: urgent).ask is not Question.TOPIC


ALL_TOLD = Slots(place="东胜区", phones=("13804771234",))


def everything(text: str) -> Reading:
    return reading(text, slots=ALL_TOLD)


def asked_whether_the_same():
    step = begin(Heard("小区停水三天了", "matter", 0.9, everything("")), everything)
    assert step.ask is Question.CONFIRMATION and may_be_added(step.draft)
    return ask_same(
        step, Known("20261123-00001", "“小区停水”（编号 20261123-00001）", "最迟 12 月 8 日告诉您是否受理。")
    )


def test_an_open_case_about_the_same_matter_is_named_with_its_next_date():
    step = asked_whether_the_same()
    assert step.ask is Question.SAME
    assert "20261123-00001" in words_of(step) and "12 月 8 日" in words_of(step) and "请您核对" not in words_of(step)


def test_the_citizen_decides_to_add_or_to_file_anew_and_is_asked_once():
    asked = asked_whether_the_same().draft
    added = advance(asked, Question.SAME, heard("补充到原来那件", "choose_kind"), everything)
    assert added.ask is None and added.draft.adds and added.draft.same == "20261123-00001"
    anew = advance(asked, Question.SAME, heard("另外登记一件", "choose_kind"), everything)
    assert anew.ask is Question.CONFIRMATION and not anew.draft.adds and not may_be_added(anew.draft)


def test_danger_is_not_held_up_by_comparing():
    critical = reading(urgency=Urgency.CRITICAL, slots=ALL_TOLD)
    assert not may_be_added(begin(Heard("煤气漏了", "matter", 0.9, critical), lambda text: critical).draft)


def in_danger(text: str, sure: float, *reasons: Reason) -> Reading:
    return reading(text, urgency=Urgency.CRITICAL, urgency_scores={"2": 1 - sure, "4": sure}, reasons=reasons)


@pytest.mark.parametrize(
    ("text", "sure", "asked", "danger"),
    [
        ("房子在东门口两边", 0.48, "place", False),
        ("房子在东门口两边", 0.48, None, True),
        ("老人叫不应了", 0.9, "place", True),
        ("楼道里全是烟，我们几个在六楼下不去了", 0.3, "place", True),
        ("窗户外头有人", 0.3, "matter", True),
    ],
)
def test_a_bare_answer_is_a_danger_only_if_that_is_likely(text, sure, asked, danger):
    assert speaks_of_danger(text, in_danger(text, sure), asked) is danger


def test_place_and_phone_make_no_answer_longer():
    facts = Slots(place="东胜区天骄小区3号楼", phones=("13911112222",))
    text = "我叫张三，住东胜区天骄小区3号楼，电话13911112222"
    scores = {"2": 0.6, "4": 0.4}
    told = reading(text, urgency=Urgency.CRITICAL, urgency_scores=scores, slots=facts)
    assert not speaks_of_danger(text, told, "place")
    assert speaks_of_danger(text, told, None)


def test_a_sign_of_danger_counts_in_the_barest_answer():
    sign = Reason("urgency", ("着火",), "正在着火或冒烟")
    assert speaks_of_danger("着火了", in_danger("着火了", 0.3, sign), "place")


@pytest.mark.parametrize("said", ["房子在东门口两边", "就在我们这儿", "我家", "村里", "3号楼2单元", "学校旁边"])
def test_a_place_without_any_name_is_kept_and_its_name_asked_once(said):
    asked = begin(heard("房子漏雨"), read).draft
    step = advance(asked, Question.PLACE, heard(said, "inform/place"), read)
    assert step.ask is Question.PLACE and step.draft.place and "名字" in words_of(step)
    named = advance(step.draft, Question.PLACE, heard("王家沟村", "inform/place"), read)
    assert named.ask is Question.CONTACT and named.draft.place.startswith("王家沟村")
    vague = advance(step.draft, Question.PLACE, heard("就是那儿么", "inform/place"), read)
    assert vague.ask is Question.CONTACT and step.draft.place in vague.draft.place, "whatever comes is taken"
    skipped = advance(step.draft, Question.PLACE, heard("说不上来", "skip"), read)
    assert skipped.ask is Question.CONTACT and skipped.draft.place == step.draft.place


@pytest.mark.parametrize(
    "said",
    ["王家沟", "蒲公英家园", "金辉", "109国道边上", "一中门口", "前进村", "西园", "老张家门口", "铁西三完小北门对面"],
)
def test_a_place_with_a_name_is_asked_once(said):
    step = advance(begin(heard("房子漏雨"), read).draft, Question.PLACE, heard(said, "inform/place"), read)
    assert step.ask is Question.CONTACT and step.draft.place == said


def test_where_life_is_in_danger_the_name_is_not_asked_for():
    critical = reading("煤气漏了", urgency=Urgency.CRITICAL)
    asked = begin(Heard("煤气漏了", "matter", 0.9, critical), lambda text: critical).draft
    step = advance(asked, Question.PLACE, heard("我家", "inform/place"), lambda text: critical)
    assert step.ask is Question.CONFIRMATION


@pytest.mark.parametrize(
    ("said", "act", "told"),
    [
        ("谢谢", "small_talk/thank", "不客气"),
        ("等一下，我再想想", "start_filing", "不着急"),
        ("我找找电话", "ask_human", "不着急"),
        ("你说啥", "faq/ability", "联系电话"),
        ("小区停水三天了", "matter", "联系电话"),
        ("我还要反映一件事", "start_filing", "先把这件登记好"),
    ],
)
def test_what_is_no_answer_changes_nothing_and_the_question_is_put_again(said, act, told):
    """Thanks, «等一下», «你说啥», the same message twice, and a word of another matter."""
    asked = ask(draft(place="东胜区"), Question.CONTACT).draft
    step = advance(asked, Question.CONTACT, heard(said, act, no_matter=True), read)
    assert step.draft == asked and step.ask is Question.CONTACT and told in words_of(step)
    assert "联系电话" in step.replies[-1].text


def test_the_same_message_twice_is_no_place():
    asked = begin(heard("草场被占了，一分钱没给"), read).draft
    assert advance(asked, Question.PLACE, heard("草场被占了，一分钱没给"), read).draft.place == ""


@pytest.mark.parametrize("said", ["好的谢谢", "谢谢，提交吧", "行，那就谢谢了"])
def test_a_yes_among_thanks_is_a_yes(said):
    told = draft(place="东胜区", phone="13804771234")
    step = advance(told, Question.CONFIRMATION, heard(said, "small_talk/thank", 1.0, no_matter=True), read)
    assert step.ask is None


def test_an_unclear_story_that_sounded_like_a_fact_is_kept_while_the_matter_is_asked():
    unclear = reading(unsure=True, slots=Slots(place="杭锦旗锡尼镇", phones=("13804771234",)))
    story = "我家门前的路烂了，杭锦旗锡尼镇，电话13804771234"
    step = begin(Heard(story, "inform/place", 0.49, unclear), lambda text: unclear)
    assert step.ask is Question.MATTER and step.draft.words == (story,)


def test_yes_to_add_or_new_is_asked_once_more():
    asked = asked_whether_the_same().draft
    again = advance(asked, Question.SAME, heard("是的", "affirm"), everything)
    assert again.ask is Question.SAME and not again.draft.adds
    anew = advance(again.draft, Question.SAME, heard("是的", "affirm"), everything)
    assert anew.ask is Question.CONFIRMATION and not anew.draft.adds


def test_what_is_wrong_is_no_place_and_is_kept():
    asked = begin(heard("低保停了"), read).draft
    step = advance(asked, Question.PLACE, heard("村里不给开证明"), read)
    assert step.draft.place == "" and "村里不给开证明" in step.draft.words and step.ask is Question.PLACE


def test_a_short_word_of_the_trouble_is_kept_where_a_phone_was_asked_for():
    asked = ask(draft(place="杭锦旗"), Question.CONTACT).draft
    step = advance(asked, Question.CONTACT, heard("一直没人管"), read)
    assert "一直没人管" in step.draft.words and step.ask is Question.CONTACT


def test_a_town_told_late_is_added_to_its_district():
    asked = ask(draft(place="准格尔旗"), Question.CONTACT).draft
    town = heard("薛家湾镇", "inform/place", 1.0, slots=Slots(place="薛家湾镇"))
    step = advance(asked, Question.CONTACT, town, read)
    assert step.draft.place == "准格尔旗薛家湾镇" and step.ask is Question.CONTACT


def test_a_district_told_late_is_put_before_the_road():
    asked = ask(draft(place="建设路"), Question.CONTACT).draft
    area = heard("东胜区天骄街道", "inform/place", 1.0, slots=Slots(place="东胜区天骄街道"))
    step = advance(asked, Question.CONTACT, area, read)
    assert step.draft.place == "东胜区天骄街道建设路" and step.ask is Question.CONTACT


def test_nothing_to_change_puts_the_confirmation_again():
    told = draft(place="东胜区", phone="13804771234")
    step = advance(told, Question.CONFIRMATION, heard("没有", "deny", 1.0, abstain=True), read)
    assert step.ask is Question.CONFIRMATION and step.draft == told and "请您核对" in words_of(step)


def test_i_am_from_there_is_the_place():
    step = advance(begin(heard("低保停了"), read).draft, Question.PLACE, heard("我是王家沟的", "inform/place"), read)
    assert step.draft.place == "王家沟"


def test_a_detail_told_instead_of_add_or_new_is_kept_and_asked_once_more():
    asked = asked_whether_the_same().draft
    again = advance(asked, Question.SAME, heard("一共三十来户", "inform/people"), everything)
    assert again.ask is Question.SAME and "一共三十来户" in again.draft.words
    added = advance(again.draft, Question.SAME, heard("补充到原来那件", "choose_kind"), everything)
    assert added.draft.adds and "一共三十来户" in added.draft.text
    anew = advance(again.draft, Question.SAME, heard("急死人了"), everything)
    assert anew.ask is Question.CONFIRMATION and not anew.draft.adds
