"""Joining, numbering, cutting and splitting."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies

from bot.domain.messages import Address, Button, OutboundMessage
from connectors.wechat.replies import (
    TEXT_LIMIT,
    Envelope,
    cut,
    join,
    passive_body,
    render,
    split,
)

ADDRESS = Address("wechat", "gh_1", "oA")
# Letters of 1, 2, 3 and 4 bytes, and all that a text may be parted at.
TEXTS = strategies.text(strategies.sampled_from("aé路😀。，！\n \t.?;"), max_size=400)


def outbound(text: str, *titles: str) -> OutboundMessage:
    return OutboundMessage(1, ADDRESS, text, tuple(Button(title, f"/{title}") for title in titles))


def test_buttons_become_a_numbered_list() -> None:
    assert render(outbound("请选择：", "登记", "查进度")) == "请选择：\n回复数字选择：\n1. 登记\n2. 查进度"


def test_replies_are_joined_with_a_blank_line() -> None:
    assert join([outbound("甲"), outbound("  "), outbound("乙", "好")]) == "甲\n\n乙\n回复数字选择：\n1. 好"


@settings(deadline=None)
@given(TEXTS, strategies.integers(4, 100))
def test_a_cut_is_the_longest_beginning_that_fits(text: str, limit: int) -> None:
    head = cut(text, limit)
    assert text.startswith(head) and len(head.encode()) <= limit
    if head != text:
        assert len((head + text[len(head)]).encode()) > limit


@settings(deadline=None)
@given(TEXTS, strategies.integers(4, 100))
def test_pieces_fit_and_lose_nothing_but_blanks(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < len(piece.encode()) <= limit and piece == piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("甲甲甲\n乙乙。丙丙", ["甲甲甲", "乙乙。丙丙"]),
        ("甲甲甲。乙乙，丙丙", ["甲甲甲。", "乙乙，丙丙"]),
        ("甲甲甲，乙乙丙丙", ["甲甲甲，", "乙乙丙丙"]),
        ("甲甲甲甲乙乙丙丙", ["甲甲甲甲乙乙", "丙丙"]),
        ("甲\n乙乙乙乙。丙丙", ["甲\n乙乙乙乙。", "丙丙"]),
        ("甲“好！”乙乙乙", ["甲“好！”", "乙乙乙"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_lines_come_before_sentences_before_pauses(text: str, pieces: list[str]) -> None:
    assert split(text, 20) == pieces


def test_exactly_the_limit_is_one_piece() -> None:
    assert split("a" * TEXT_LIMIT) == ["a" * TEXT_LIMIT]
    assert [len(piece) for piece in split("a" * (TEXT_LIMIT + 1))] == [TEXT_LIMIT, 1]


@settings(deadline=None)
@given(strategies.text(strategies.characters(codec="utf-8")))
def test_any_text_survives_as_xml(text: str) -> None:
    said = render(outbound(text))
    root = ElementTree.fromstring(passive_body(said, Envelope("gh_1", "oA"), 1))
    # An XML reader turns line ends into \n.
    assert (root.findtext("Content") or "") == said.replace("\r\n", "\n").replace("\r", "\n")
