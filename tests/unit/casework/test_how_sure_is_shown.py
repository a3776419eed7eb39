"""The case page says where the bot was not sure of what it understood."""

from __future__ import annotations

import pytest

from bot.web.console import words


@pytest.mark.parametrize(
    ("reading", "marked"),
    [
        ({"abstain": False, "unsure": False}, False),
        ({"abstain": False, "unsure": True}, True),
        ({"abstain": True, "unsure": False}, True),
        ({"abstain": False}, False),  # read before `unsure` was written down
    ],
)
async def test_whoever_opens_a_case_is_told_that_it_was_read_with_doubt(desk, reading, marked):
    case = await desk.file(understood={"kind_scores": {"claim": 0.5}, **reading})
    assert words.understood(case.understood)["unsure"] is marked
