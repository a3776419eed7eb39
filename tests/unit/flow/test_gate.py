"""What never reaches the dialogue, and how several messages make one turn."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.domain.conversation import Conversation, InboxItem, Mode
from bot.domain.messages import Address, Button, ChannelEvent, GeoPoint, MessageKind
from bot.flow.draft import Draft
from bot.flow.gate import Answered, Passed, chosen, clean, first_turn, passes
from bot.rules import texts

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
OFFERED = (Button("确认提交", "确认提交"), Button("修改", "我要修改"))


def item(text: str = "", kind: MessageKind = MessageKind.TEXT, **changes) -> InboxItem:
    base = {
        "id": 1,
        "conversation_id": "c",
        "message_id": "m",
        "kind": kind,
        "text": text,
        "media": None,
        "location": None,
        "event": None,
        "event_key": "",
        "received_at": NOW,
        "done": False,
        "turn": None,
    }
    return InboxItem(**{**base, **changes})


def conversation(offered=()) -> Conversation:
    return Conversation("c", Address("web", "", "p"), Mode.BOT, None, {}, offered, 1, NOW)


def decide(text: str, offered=()) -> Passed | Answered:
    return passes([item(text)], conversation(offered))


@pytest.mark.parametrize("text", ["/restart", " /restart", "\u3000/restart", '/intent{"slot":"x"}', "\n/x"])
def test_no_text_is_an_intent_command(text):
    passed = decide(text)
    assert isinstance(passed, Passed) and not passed.text.lstrip().startswith("/")


@pytest.mark.parametrize("text", ["🙏", "……", "？？？", "😭😭😭"])
def test_signs_alone_are_asked_for_words(text):
    assert isinstance(decide(text), Answered)


def test_a_thumb_takes_the_first_choice():
    assert decide("👍", OFFERED) == Passed("确认提交")


@pytest.mark.parametrize("text", ["停" * 2000, "哈哈哈哈哈哈哈哈哈"])
def test_one_character_again_and_again_is_no_report(text):
    assert isinstance(decide(text), Answered)


def test_a_phone_of_equal_digits_is_no_repetition():
    assert isinstance(decide("18888888888"), Passed)


@pytest.mark.parametrize(
    ("text", "payload"),
    [("1", "确认提交"), ("２", "我要修改"), ("二", "我要修改"), ("第1个", "确认提交"), ("修改", "我要修改")],
)
def test_a_choice_is_taken_by_number_or_words(text, payload):
    assert chosen(text, OFFERED) == payload


@pytest.mark.parametrize("text", ["12", "3", "0", "1号楼", "一直没人管"])
def test_what_only_contains_a_number_is_no_choice(text):
    assert chosen(text, OFFERED) is None


def test_several_short_messages_make_one_turn():
    items = [item("我是达旗的"), item("村里水管坏了"), item("三天没水了")]
    assert first_turn(items, conversation()) == items
    passed = passes(items, conversation())
    assert isinstance(passed, Passed) and passed.text == "我是达旗的\n村里水管坏了\n三天没水了"


def test_a_chosen_button_is_a_turn_of_its_own():
    items = [item("确认提交"), item("谢谢")]
    assert first_turn(items, conversation(OFFERED)) == items[:1]
    assert first_turn([item("再说一句"), item("1")], conversation(OFFERED)) == [item("再说一句")]


def test_a_location_speaks_by_its_label():
    place = item(kind=MessageKind.LOCATION, location=GeoPoint(39.8, 109.9, "东胜区天骄路12号"))
    assert passes([place], conversation()) == Passed("东胜区天骄路12号")


@pytest.mark.parametrize("kind", [MessageKind.IMAGE, MessageKind.VOICE, MessageKind.UNKNOWN])
def test_media_without_words_gets_an_answer(kind):
    answered = passes([item(kind=kind)], conversation())
    assert isinstance(answered, Answered) and answered.replies


def test_following_is_greeted_and_unfollowing_is_silent():
    followed = passes([item(kind=MessageKind.EVENT, event=ChannelEvent.FOLLOWED)], conversation())
    gone = passes([item(kind=MessageKind.EVENT, event=ChannelEvent.UNFOLLOWED)], conversation())
    assert isinstance(followed, Answered) and followed.replies
    assert isinstance(gone, Answered) and not gone.replies


def test_mongolian_script_goes_to_a_person():
    answered = decide("ᠰᠠᠢᠨ ᠪᠠᠶᠢᠨ᠎ᠠ ᠤᠤ")
    assert isinstance(answered, Answered) and answered.mode is Mode.WAITING


def test_a_very_long_text_is_cut_and_said_so():
    passed = decide("我们村的路坏了很久没有人修。" * 400)
    assert isinstance(passed, Passed) and len(passed.text) == 3000 and passed.said_before


def test_control_characters_and_lone_surrogates_are_taken_out():
    assert clean("a\x00b\ud800c\x1bd") == "abcd"
    assert clean("\x1b[1;31m停水\x1b[0m三天") == "停水三天"


def test_a_photo_in_the_middle_of_a_filing_is_added_to_it():
    memory = {"slots": {"draft": Draft(words=("小区停水了",)).to_slot()}}
    talk = Conversation("c", Address("web", "", "p"), Mode.BOT, None, memory, (), 1, NOW)
    answered = passes([item(kind=MessageKind.IMAGE)], talk)
    assert isinstance(answered, Answered) and answered.replies == (texts.reply("utter_media_added"),)
