"""The documents of documents.yml: what each is called, what makes it true, what it says."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.lifecycle import PAST, Lane
from bot.rules import check_keys, entries, reading, rules_file

FILE = "documents.yml"
# What a paragraph may name; `letters.facts_of` fills each.
FACTS = frozenset(
    {
        "name", "case_no", "title", "filed_on", "on", "text", "reason", "route", "days", "reply", "organ", "superior",
        "served", "supplement_by", "conclude_by", "suggestion_by", "review_by", "re_review_by",
        "notice_days", "conclude_days", "review_request_days", "review_days", "re_review_request_days",
        "re_review_days",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One kind of document. `events` make it true, the newest counts; `draft` allows it as a draft before them."""

    code: str
    name: str
    number: str
    lanes: frozenset[Lane]
    events: tuple[str, ...]
    draft: str = ""
    body: tuple[str, ...] = ()
    table: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1)
def forms() -> tuple[Form, ...]:
    """Every document, in the order of the file. Raises `BadInput` for a mistake in it."""
    found = tuple(_form(entry) for entry in entries(FILE, "documents"))
    codes = [form.code for form in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BadInput(f"{FILE}: {', '.join(twice)} stand there twice", FILE)
    return found


def wording(name: str) -> str:
    """A sentence that all documents share."""
    return str(rules_file(FILE)[name])


def _form(entry: Mapping[str, Any]) -> Form:
    check_keys(FILE, entry, ("code", "name", "number", "event", "lanes"))
    with reading(FILE, entry["code"]):
        return _read(entry)


def _read(entry: Mapping[str, Any]) -> Form:
    code = str(entry["code"])
    events = entry["event"] if isinstance(entry["event"], list) else [entry["event"]]
    unknown = {*events, *filter(None, [entry.get("draft")])} - set(PAST.values())
    if unknown:
        raise BadInput(f"{FILE}: {code}: no such event: {', '.join(sorted(unknown))}", FILE)
    body = tuple(map(str, entry.get("body", ())))
    table = tuple((str(label), str(value)) for label, value in entry.get("table", ()))
    _check_names(code, [*body, *(value for _, value in table)])
    lanes = frozenset(Lane(lane) for lane in entry["lanes"])
    return Form(
        code, str(entry["name"]), str(entry["number"]), lanes, tuple(events), entry.get("draft", ""), body, table
    )


def _check_names(code: str, texts: list[str]) -> None:
    unknown = {name for text in texts for name in names_in(text)} - FACTS
    if unknown:
        raise BadInput(f"{FILE}: {code}: nothing is called {', '.join(sorted(unknown))}", FILE)


def names_in(text: str) -> list[str]:
    """The {names} in a text."""
    return [name for _, name, _, _ in string.Formatter().parse(text) if name]
