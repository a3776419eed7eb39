"""How a petition can come besides the chat, and how many may speak for a joint visit (registration.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.domain.errors import BadInput
from bot.rules import check_keys, rules_file

_FILE = "registration.yml"
VISIT = "visit"


@dataclass(frozen=True)
class RegistrationRules:
    """`ways` by code, with what staff call them; `article` is where the number of representatives stands."""

    ways: Mapping[str, str]
    most_representatives: int
    article: str
    checked: bool


@lru_cache(maxsize=1)
def registration_rules() -> RegistrationRules:
    """The rules as they stand. Raises `BadInput` for a mistake in the file."""
    return read_rules(rules_file(_FILE))


def read_rules(rules: Mapping[str, Any]) -> RegistrationRules:
    """The file's content, checked. Raises `BadInput` saying what is wrong and what is wanted."""
    check_keys(_FILE, rules, ("ways", "representatives", "source", "checked"))
    for way in rules["ways"]:
        check_keys(_FILE, way, ("code", "name"))
    spoken = rules["representatives"]
    check_keys(_FILE, spoken, ("at_most", "article"))
    if type(spoken["at_most"]) is not int or spoken["at_most"] < 1:
        raise BadInput(f"{_FILE}: at_most: wanted a whole number from 1, there stands {spoken['at_most']!r}", _FILE)
    ways = {str(way["code"]): str(way["name"]) for way in rules["ways"]}
    if VISIT not in ways:
        raise BadInput(f"{_FILE}: ways: wanted one with code {VISIT!r}", _FILE)
    article = f"{rules['source']}{spoken['article']}"
    return RegistrationRules(ways, spoken["at_most"], article, bool(rules["checked"]))
