"""Which numbers to give when life or safety is in danger. Whether there is danger is not judged here."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from bot.domain.errors import BadInput
from bot.rules import check_keys, entries, rules_file

FILE = "emergency.yml"
_ADVICE = ("gas", "life")
_WORDS = {kind: f"{kind}_words" for kind in _ADVICE}


@lru_cache(maxsize=1)
def emergency_rules() -> Any:
    """The file, checked. Raises `BadInput`: a number that is missing here is missing when it is needed."""
    rules = rules_file(FILE)
    check_keys(FILE, rules, ("lines", "default", "at_most", "texts", "life_of_others", *_WORDS.values()))
    for line in entries(FILE, "lines"):
        check_keys(FILE, line, ("number", "say", "words"), called="number")
        if type(line["number"]) is not str or not isinstance(line["words"], list) or not all(line["words"]):
            raise BadInput(f"{FILE}: {line['number']}: wanted the number in quotes, and a list of words", FILE)
    strangers = set(rules["default"]) - {line["number"] for line in rules["lines"]}
    if strangers or not rules["default"]:
        raise BadInput(f"{FILE}: default: wanted numbers of `lines`; there stands {rules['default']!r}", FILE)
    if type(rules["at_most"]) is not int or rules["at_most"] < 1:
        raise BadInput(f"{FILE}: at_most: wanted a whole number from 1; there stands {rules['at_most']!r}", FILE)
    check_keys(FILE, rules["texts"], ("one", *_ADVICE))
    if "{lines}" not in rules["texts"]["one"]:
        raise BadInput(f"{FILE}: texts: one: wanted {{lines}}, where the numbers are to stand", FILE)
    try:
        re.compile(rules["life_of_others"])
    except (re.error, TypeError) as error:
        raise BadInput(f"{FILE}: life_of_others: wanted a regular expression ({error})", FILE) from error
    return rules


def emergency_text(said: str) -> str:
    """The first line for a critical message: the right numbers and what to do until help comes."""
    rules = emergency_rules()
    chosen = [line for line in rules["lines"] if any(word in said for word in line["words"])][: rules["at_most"]]
    if not chosen:
        chosen = [line for line in rules["lines"] if line["number"] in rules["default"]]
    lines = "、".join(f"{line['number']}（{line['say']}）" for line in chosen)
    advice = [rules["texts"]["one"].format(lines=lines)]
    advice += [rules["texts"][kind] for kind in _ADVICE if _speaks(said, kind)]
    return "".join(advice)


def wants_company(said: str) -> bool:
    """Whether somebody speaks of ending their own life: a person has to talk with them, now."""
    return _speaks(said, "life")


def _speaks(said: str, kind: str) -> bool:
    """Whether the words of one kind of advice stand there; those about the life of somebody else do not count."""
    rules = emergency_rules()
    said = re.sub(rules["life_of_others"], "", said) if kind == "life" else said
    return any(word in said for word in rules[_WORDS[kind]])
