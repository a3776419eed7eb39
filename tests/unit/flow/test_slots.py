"""Which slot a citizen's words name."""

from __future__ import annotations

import pytest

from bot.flow.reception import named_time


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("预约接访：12月5日 9:00", (12, 5, 9, 0)),
        ("12月5号上午9点", (12, 5, 9, 0)),
        ("12月5日下午2点半", (12, 5, 14, 30)),
        ("约12月5日下午14点20分", (12, 5, 14, 20)),
        ("十二月五号再说", None),
        ("12月5日", None),
    ],
)
def test_a_day_and_an_hour_are_read(said, time):
    assert named_time(said) == time
