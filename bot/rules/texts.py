"""话术: every sentence a citizen can be sent, by name, from `texts.yml`."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from bot.domain.case import Case
from bot.domain.clock import SystemClock
from bot.domain.conversation import Author, Reply
from bot.domain.errors import BadInput
from bot.domain.messages import Button
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.rules import RULES, check_keys, own_file, read_yaml, reading, rules_file
from bot.rules.deadlines import clock_rules, days_in_force, extension_in_force

FILE = "texts.yml"
_STANDING = {"days_of_": days_in_force, "extension_of_": extension_in_force}
"""What any sentence may name besides what it is told, by its beginning; a clock's code follows."""


@lru_cache(maxsize=1)
def responses() -> dict[str, dict[str, Any]]:
    """All texts. The file is a Rasa domain file too: name → one variant with `text` and `buttons`.

    Raises `BadInput` for a city's file that lacks a sentence, or asks in one for what is not told there.
    """
    found = _read(rules_file(FILE))
    if own_file(FILE):
        _check_own(found, _read(read_yaml(RULES / FILE, FILE)))
    return found


def _read(file: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    check_keys(FILE, file, ("responses",))
    with reading(FILE, "responses"):
        variants = {str(name): found[0] for name, found in file["responses"].items()}
    for name, entry in variants.items():
        check_keys(FILE, entry, ("text",), called=name)
        with reading(FILE, name):
            [Button(button["title"], button["payload"]) for button in entry.get("buttons", ())]
            _names_in(str(entry["text"]))
    return variants


def _check_own(own: Mapping[str, Any], built_in: Mapping[str, Any]) -> None:
    missing = sorted(set(built_in) - set(own))
    if missing:
        raise BadInput(f"{FILE}: {', '.join(missing[:5])} missing ({len(missing)} in all)", FILE)
    for name, entry in own.items():
        known = _names_in(str(built_in[name]["text"])) if name in built_in else set()
        days = {f"{prefix}{rule.code}" for prefix in _STANDING for rule in clock_rules()}
        unknown = sorted(_names_in(str(entry["text"])) - known - days)
        if unknown:
            told = ", ".join(sorted(known)) or "nothing"
            raise BadInput(f"{FILE}: {name}: nobody tells {', '.join(unknown)} here; told is {told}", FILE)


def _names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def text(name: str, /, **facts: object) -> str:
    """A sentence with its facts filled in. An unknown name or a missing fact is a mistake in the program.

    `{days_of_<clock>}` and `{extension_of_<clock>}` are the days of a time limit as it is in force today.
    """
    said = str(responses()[name]["text"])
    return said.format(**_standing(said, local_date(SystemClock().now())), **facts).strip()


def of_case(case: Case) -> str:
    """A case in a sentence. Others read on the same phone: an accusation is its number alone (art. 30)."""
    if case.kind is CaseKind.ACCUSATION:
        return text("utter_choice_case_untitled", case_no=case.case_no)
    return text("utter_choice_case", case_no=case.case_no, title=case.title)


def _standing(said: str, today: date) -> dict[str, str]:
    if not any(prefix in said for prefix in _STANDING):
        return {}
    named = [(prefix, name) for name in _names_in(said) for prefix in _STANDING if name.startswith(prefix)]
    return {name: _STANDING[prefix](name.removeprefix(prefix), today) for prefix, name in named}


def reply(name: str, /, *, author: Author = Author.BOT, case_no: str | None = None, **facts: object) -> Reply:
    """A sentence with the buttons that belong to it."""
    known = facts if case_no is None else {**facts, "case_no": case_no}
    filled = tuple(Button(one.title, one.payload.format(**known)) for one in buttons(name))
    return Reply(text(name, **known), filled, author, case_no)


def buttons(name: str) -> tuple[Button, ...]:
    """The choices below a sentence; `reply` fills in what their payloads name."""
    return tuple(Button(button["title"], button["payload"]) for button in responses()[name].get("buttons", ()))
