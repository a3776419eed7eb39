"""Clean text, and the way back to the citizen's own characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.normalise import LONGEST, clean


def test_full_width_markup_and_controls_go() -> None:
    assert clean("<b>电话</b>１３９\u200b４\x07７").text.split() == ["电话", "13947"]


def test_traditional_becomes_simplified_and_the_original_can_be_quoted() -> None:
    cleaned = clean("達拉特旗樹林召鎮")
    assert cleaned.text == "达拉特旗树林召镇"
    assert cleaned.script == "traditional"
    assert cleaned.said(4, 8) == "樹林召鎮"


def test_scripts_are_recognised() -> None:
    assert clean("ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ").script == "mongolian"
    assert clean("Манай байшинд ус алга").script == "cyrillic"
    assert clean("no water here").script == "latin"
    assert clean("😀😀！！").script == "none"
    assert clean("家里的 WiFi 坏了").script == "simplified"


@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_every_clean_character_has_an_origin(raw: str) -> None:
    cleaned = clean(raw)
    assert len(cleaned.text) == len(cleaned.origin)
    assert all(0 <= at < len(raw) for at in cleaned.origin)


@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_what_is_quoted_can_be_kept_everywhere(raw: str) -> None:
    cleaned = clean(raw)
    said = cleaned.said(0, len(cleaned.text))
    assert "\x00" not in said and said.encode("utf-8").decode("utf-8") == said


def test_colours_of_a_terminal_go_whole() -> None:
    cleaned = clean("\x1b[31m天骄\x1b[0m小区\x9b1m停水\x1b]0;title\x07了，[31m宽的路")
    assert cleaned.text == "天骄小区停水了，[31m宽的路"
    assert cleaned.said(0, 4) == "天骄小区"


def test_a_book_is_cut() -> None:
    assert len(clean("水" * 100_000).text) == LONGEST


def test_what_is_broken_stays_broken() -> None:
    assert clean("玉米全打坏了").text == "玉米全打坏了"


def test_japanese_is_not_taken_for_traditional_chinese() -> None:
    assert clean("日本語で書いています。水が止まりました").script == "other"
