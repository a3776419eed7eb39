"""Codes prove ownership and notice typing errors."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.query_code import is_well_formed, matches, query_code

SECRET = b"0" * 32


def test_a_code_has_sixteen_digits_and_is_always_the_same():
    code = query_code(SECRET, "20261123-00001", 1)
    assert len(code) == 16 and code.isdigit() and code == query_code(SECRET, "20261123-00001", 1)


def test_number_issue_and_secret_change_it():
    codes = {
        query_code(SECRET, "20261123-00001", 1),
        query_code(SECRET, "20261123-00002", 1),
        query_code(SECRET, "20261123-00001", 2),
        query_code(b"1" * 32, "20261123-00001", 1),
    }
    assert len(codes) == 4


@given(st.integers(0, 10**6), st.integers(0, 15), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(number, place, change):
    code = query_code(SECRET, str(number), 1)
    wrong = code[:place] + str((int(code[place]) + change) % 10) + code[place + 1 :]
    assert is_well_formed(code) and not is_well_formed(wrong)


def test_only_the_right_code_matches():
    assert matches(SECRET, "a", 1, query_code(SECRET, "a", 1))
    assert not matches(SECRET, "a", 1, query_code(SECRET, "b", 1))
    assert not matches(SECRET, "a", 1, "１２３")
