"""话术: every text that the code names is there, fits and leaks nothing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.rules import texts
from bot.rules.deadlines import days_in_force
from bot.rules.emergency import emergency_text

ROOT = Path(__file__).resolve().parents[2]


def named_texts() -> set[str]:
    names: set[str] = set()
    for folder in ("bot", "actions"):
        for path in (ROOT / folder).rglob("*.py"):
            names |= set(re.findall(r'"(utter_[a-z_/]+[a-z])"', path.read_text(encoding="utf-8")))
    return names


def test_every_named_text_exists():
    assert named_texts() - set(texts.responses()) - {"utter_faq", "utter_small_talk", "utter_action"} == set()


def test_every_text_fits_into_one_wechat_message():
    assert all(len(entry["text"].encode()) < 1500 for entry in texts.responses().values())


def test_no_button_is_an_intent_command():
    payloads = [button.payload for name in texts.responses() for button in texts.buttons(name)]
    assert payloads and not any(payload.startswith("/") for payload in payloads)


def test_numbers_follow_the_danger():
    assert "119" in emergency_text("楼道着火了，里面有人").split("。")[0]
    assert "120" in emergency_text("我爸昏过去了，叫不醒")
    gas = emergency_text("厨房一股煤气味")
    assert "119" in gas and "开窗" in gas
    assert "12356" in emergency_text("我不想活了")
    assert all(number in emergency_text("救救我") for number in ("110", "119", "120"))


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("utter_faq/duration", ("acceptance_notice", "conclude")),
        ("utter_faq/review", ("review_request", "re_review_request")),
        ("utter_rated_low", ("call_back",)),
        ("utter_none_to_review", ("review_request",)),
    ],
)
def test_days_that_are_told_in_general_are_those_of_the_rules(name, codes):
    said = texts.text(name, case_no="", next="") if "{case_no}" in texts.responses()[name]["text"] else texts.text(name)
    today = date.today()
    for code in codes:
        assert re.search(rf"(?<!\d){days_in_force(code, today)} 个?(?:工作)?日", said), (name, code)
    assert not re.search(r"\d+ 个?(?:工作)?日", texts.responses()[name]["text"]), "a figure that no city can change"
