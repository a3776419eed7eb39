"""Who may see it."""

from __future__ import annotations

from bot.domain.people import NO_SIGHT, Role, Sight, Staff, sight_of


def staff(role: Role, organ: str | None = None, active: bool = True) -> Staff:
    return Staff(1, "a", "甲", role, organ, active)


def test_accusations_are_for_the_disciplinary_role_alone():
    assert [role for role in Role if sight_of(staff(role)).accusations] == [Role.DISCIPLINARY]
    assert [role for role in Role if sight_of(staff(role, "x")).accusations] == []
    assert [role for role in Role if sight_of(staff(role, "x")).accusations_of] == [Role.DISCIPLINARY]


def test_an_officer_without_an_organ_and_whoever_left_see_nothing():
    assert sight_of(staff(Role.CASE_OFFICER)) == NO_SIGHT
    assert sight_of(staff(Role.ADMINISTRATOR, active=False)) == NO_SIGHT


def test_sight_that_nobody_filled_in_shows_nothing():
    assert Sight() == NO_SIGHT


def test_an_auditor_sees_the_audit_and_nothing_of_the_people():
    assert sight_of(staff(Role.AUDITOR, "x")) == Sight(everything_else=True, audit=True, veiled=True)


def test_every_role_has_a_sight_and_a_name():
    from bot.domain.people import ROLE_NAMES

    assert set(ROLE_NAMES) == set(Role)
    assert [role for role in Role if sight_of(staff(role, "x")) == NO_SIGHT] == []


def test_whoever_left_sees_nothing_in_any_role():
    assert {sight_of(staff(role, "x", active=False)) for role in Role} == {NO_SIGHT}
