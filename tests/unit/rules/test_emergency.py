"""Who is in danger of ending their life, and who tells of somebody else."""

from __future__ import annotations

import pytest

from bot.rules.emergency import emergency_text, wants_company


@pytest.mark.parametrize(
    "said", ["我不想活了", "他们逼得我想死", "活着没意思，药都买好了，喝药算了", "他走了以后我就想跳楼"]
)
def test_who_does_not_want_to_live_gets_company(said: str) -> None:
    assert wants_company(said)
    assert "别一个人扛着" in emergency_text(said)


@pytest.mark.parametrize("said", ["有人要跳楼！在东胜区万达广场", "邻居家女的喝药了快来人", "那个男的站在桥上说要自杀"])
def test_who_sees_somebody_else_goes_on_to_tell_where(said: str) -> None:
    assert not wants_company(said)
    assert "别一个人扛着" not in emergency_text(said)
