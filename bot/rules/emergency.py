"""Which numbers to give when life or safety is in danger. Whether there is danger is not judged here."""

from __future__ import annotations

from bot.rules import rules_file


def emergency_text(said: str) -> str:
    """The first line for a critical message: the right numbers and what to do until help comes."""
    rules = rules_file("emergency.yml")
    chosen = [line for line in rules["lines"] if any(word in said for word in line["words"])][: rules["at_most"]]
    if not chosen:
        chosen = [line for line in rules["lines"] if line["number"] in rules["default"]]
    lines = "、".join(f"{line['number']}（{line['say']}）" for line in chosen)
    advice = [rules["texts"]["one"].format(lines=lines)]
    advice += [rules["texts"][kind] for kind in ("gas", "life") if any(word in said for word in rules[f"{kind}_words"])]
    return "".join(advice)


def wants_company(said: str) -> bool:
    """Whether somebody speaks of ending their life: a person has to talk with them, now."""
    return any(word in said for word in rules_file("emergency.yml")["life_words"])
