"""Raw message → clean text: no controls, no markup, half width, simplified; each character knows its origin."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import opencc

# Longer letters carry nothing more for a judgement; the whole text is kept elsewhere as it was received.
LONGEST = 6000
FEW_KANA = 2

_MARKUP = re.compile(
    r"<(script|style)\b[^<>]{0,200}>.{0,2000}?</\1\s*>"
    r"|<!--.{0,2000}?-->"
    r"|</?[a-zA-Z][a-zA-Z0-9]{0,15}(?:\s[^<>]{0,400})?/?>",
    re.IGNORECASE | re.DOTALL,
)
_NO_LETTERS = re.compile(r"[\W\d_]+")
_SIGNS = re.compile(r"[\s，,。.!！?？、~～…]+")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
# What colours a terminal (ECMA-48, 5.4 and 5.6): without the control alone, «[31m» would be left of it.
_ESCAPE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)")
# No database and no file takes them, and nobody can read them.
_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_MAY_BE_MARKUP = re.compile(r"[<&\x1b\x9b]")
# OpenCC reads it in 打坏 as an old form of 坯.
_BROKEN = "坏"
_KEPT_CONTROLS = {"\n", "\t"}
_DROPPED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}


@dataclass(frozen=True)
class CleanText:
    """`text` is what the models read; `origin[i]` is where its character i stands in `raw`."""

    raw: str
    text: str
    origin: tuple[int, ...]
    script: str

    def said(self, start: int, end: int) -> str:
        """The citizen's own characters behind text[start:end], without controls and halves of characters."""
        if start >= end:
            return ""
        return _NO_CHARACTER.sub("", without_escapes(self.raw[self.origin[start] : self.origin[end - 1] + 1]))


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def clean(raw: str) -> CleanText:
    """Clean a message. Never raises; text beyond LONGEST characters is left out."""
    raw = raw if len(raw) <= LONGEST else raw[:LONGEST]
    characters: list[str] = []
    origin: list[int] = []
    for at, character in _without_markup(raw):
        for plain in _plain(character):
            characters.append(plain)
            origin.append(at)
    text = "".join(characters)
    script = script_of(text)
    simplified = simplify(text)
    traditional = script == "simplified" and _is_traditional(text, simplified)
    return CleanText(raw, simplified, tuple(origin), "traditional" if traditional else script)


def without_escapes(text: str) -> str:
    """Without the sequences that colour a terminal."""
    return _ESCAPE.sub("", text)


def _without_markup(raw: str) -> list[tuple[int, str]]:
    """Characters with their places; tags become a space, entities their character, a terminal's colours nothing."""
    if not _MAY_BE_MARKUP.search(raw):
        return list(enumerate(raw))
    pairs: list[tuple[int, str]] = []
    at = 0
    while at < len(raw):
        tag = _MARKUP.match(raw, at) if raw[at] == "<" else None
        entity = _ENTITY.match(raw, at) if raw[at] == "&" else None
        escape = _ESCAPE.match(raw, at) if raw[at] in "\x1b\x9b" else None
        if tag:
            pairs.append((at, " "))
            at = tag.end()
        elif entity:
            pairs.append((at, html.unescape(entity.group())[:1]))
            at = entity.end()
        elif escape:
            at = escape.end()
        else:
            pairs.append((at, raw[at]))
            at += 1
    return pairs


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    """One character in half width and common form; empty for what has no meaning."""
    if character in _KEPT_CONTROLS:
        return character
    if character == "\r" or character in "\u2028\u2029":
        return "\n"
    category = unicodedata.category(character)
    if category in _DROPPED_CATEGORIES or category == "Mn":
        return ""
    if category == "Zs":
        return " "
    if "\uff01" <= character <= "\uff5e" and character not in "，！？；：（）":
        return chr(ord(character) - 0xFEE0)
    if "\u3400" <= character <= "\u9fff":
        return character
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and character not in "，！？；：（）" else character


def letters_beside(text: str, parts: Iterable[str] = ()) -> str:
    """The letters of a text that stand in none of these parts of it."""
    for part in parts:
        text = text.replace(part, " ")
    return _NO_LETTERS.sub("", text)


def without_signs(text: str) -> str:
    """The same text without blanks and the signs between sentences."""
    return _SIGNS.sub("", text)


def simplify(text: str) -> str:
    """Traditional → simplified, character by character so that places stay."""
    converted = str(_converter().convert(text)) if text else ""
    if len(converted) != len(text):
        converted = "".join((str(_converter().convert(c)) or c)[0] for c in text)
    if _BROKEN not in text:
        return converted
    return "".join(_BROKEN if said == _BROKEN else plain for said, plain in zip(text, converted, strict=True))


def _is_traditional(text: str, simplified: str) -> bool:
    changed = sum(a != b for a, b in zip(text, simplified, strict=False))
    return changed >= 2 and changed * 12 >= sum(1 for c in text if is_chinese(c))


def is_chinese(character: str) -> bool:
    """True for a Han character."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


def script_of(text: str) -> str:
    """simplified (any Han), mongolian, cyrillic, latin, other (Japanese among them), or none where no letters are."""
    counts = {"simplified": 0, "mongolian": 0, "cyrillic": 0, "latin": 0, "other": 0}
    if _is_japanese(text):
        return "other"
    for character in text:
        name = _script_of_character(character)
        if name:
            counts[name] += 1
    if counts["mongolian"] > counts["simplified"]:
        return "mongolian"
    if counts["simplified"] and counts["simplified"] * 4 >= counts["latin"] + counts["cyrillic"] + counts["other"]:
        return "simplified"
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else "none"


def _is_japanese(text: str) -> bool:
    """Several kana for every three Han: «の» alone is an ornament in Chinese."""
    kana = sum("\u3041" <= character <= "\u30fa" for character in text)
    return kana > FEW_KANA and kana * 3 >= sum(map(is_chinese, text))


@lru_cache(maxsize=8192)
def _script_of_character(character: str) -> str:
    if is_chinese(character):
        return "simplified"
    if "\u1800" <= character <= "\u18af" or "\U00011660" <= character <= "\U0001167f":
        return "mongolian"
    if "\u0400" <= character <= "\u052f":
        return "cyrillic"
    if character.isascii() and character.isalpha():
        return "latin"
    return "other" if unicodedata.category(character).startswith("L") else ""
