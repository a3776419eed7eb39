"""What a judge calls telling."""

from __future__ import annotations

import numpy as np

from bot.understanding.training import LISTENING

#            only inside, only outside, both alike
INSIDE = np.array([8.0, 0.0, 8.0])
TOTAL = np.array([8.0, 8.0, 16.0])


def test_for_a_topic_only_what_stands_inside_is_telling() -> None:
    inside, outside, both = LISTENING["topic"].telling(INSIDE, TOTAL)
    assert inside > both > outside
    assert outside == 1.0


def test_for_a_kind_what_is_missing_tells_as_well() -> None:
    inside, outside, both = LISTENING["kind"].telling(INSIDE, TOTAL)
    assert min(inside, outside) > both
