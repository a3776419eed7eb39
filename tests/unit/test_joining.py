"""How long the worker waits for the rest of a sentence."""

from __future__ import annotations

from datetime import timedelta

from bot.workers.worker import seconds_to_wait
from tests.unit.flow.test_gate import NOW, item


def test_a_fragment_waits_for_its_successor():
    assert seconds_to_wait([item("我是达旗的")], [], 1.2, NOW) == 1.2


def test_whole_sentences_choices_and_numbers_wait_for_nothing():
    for text in ("水管坏了三天了。", "确认提交", "13804771234", "是"):
        assert seconds_to_wait([item(text)], ["确认提交"], 1.2, NOW) <= 0


def test_waiting_ends_after_three_windows():
    early = item("一", received_at=NOW - timedelta(seconds=3.5))
    assert 0 < seconds_to_wait([early, item("我们村的")], [], 1.2, NOW) < 0.2
