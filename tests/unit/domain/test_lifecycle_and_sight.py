"""What a case may do, and who may see it."""

from __future__ import annotations

import pytest

from bot.domain.errors import IllegalMove
from bot.domain.lifecycle import CaseState, Move, next_state, permitted_moves
from bot.domain.people import NO_SIGHT, Role, Sight, Staff, sight_of


def test_a_withdrawn_case_moves_no_more():
    assert permitted_moves(CaseState.WITHDRAWN) == ()
    with pytest.raises(IllegalMove):
        next_state("20261123-00001", CaseState.WITHDRAWN, Move.REPLY)


def test_only_what_was_replied_is_concluded():
    assert next_state("x", CaseState.REPLIED, Move.CONCLUDE) is CaseState.CONCLUDED
    with pytest.raises(IllegalMove):
        next_state("x", CaseState.REGISTERED, Move.CONCLUDE)


def staff(role: Role, organ: str | None = None, active: bool = True) -> Staff:
    return Staff(1, "a", "甲", role, organ, active)


def test_accusations_are_for_the_disciplinary_role_alone():
    seeing = [role for role in Role if sight_of(staff(role, "x")).accusations]
    assert seeing == [Role.DISCIPLINARY]


def test_an_officer_without_an_organ_and_whoever_left_see_nothing():
    assert sight_of(staff(Role.CASE_OFFICER)) == NO_SIGHT
    assert sight_of(staff(Role.ADMINISTRATOR, active=False)) == NO_SIGHT


def test_sight_that_nobody_filled_in_shows_nothing():
    assert Sight() == NO_SIGHT
