"""Text → signs of danger, from a file that staff can read: they raise the urgency and say why, never lower it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.reading import Urgency
from bot.understanding.lookups import yaml_lookup

_SENTENCE = re.compile(r"[^。！？!?\n；;…]+")
_CLAUSE = re.compile(r"[^，,、。！？!?\n；;…]+")


@dataclass(frozen=True)
class Danger:
    """A kind of danger and the words that speak of it."""

    name: str
    level: Urgency
    why: str
    signs: re.Pattern[str]
    unless: re.Pattern[str] | None


@dataclass(frozen=True)
class Alarm:
    """A danger that was found, with the citizen's words."""

    level: Urgency
    words: str
    why: str


class SafetyLayer:
    """The dangers and guards of danger.yml, compiled."""

    def __init__(self, rules: dict[str, object]) -> None:
        guards, dangers = rules["guards"], rules["dangers"]
        assert isinstance(guards, dict) and isinstance(dangers, list)
        self.manner = re.compile(guards["manner"])
        self.guards = re.compile("|".join(str(guards[name]) for name in ("past", "imagined", "denied", "asked")))
        self.dangers = [_danger(danger) for danger in dangers]

    def alarms(self, text: str) -> tuple[Alarm, ...]:
        """Dangers of the present in the text, gravest first."""
        found: dict[str, Alarm] = {}
        for sentence in _SENTENCE.finditer(self.manner.sub(lambda match: "〇" * len(match.group()), text)):
            for danger in self.dangers:
                alarm = self._alarm(danger, sentence.group())
                if alarm and danger.name not in found:
                    found[danger.name] = alarm
        return tuple(sorted(found.values(), key=lambda alarm: -alarm.level))

    def _alarm(self, danger: Danger, sentence: str) -> Alarm | None:
        match = danger.signs.search(sentence)
        if match is None or self._is_guarded(sentence, match):
            return None
        if danger.unless and danger.unless.search(sentence):
            return None
        return Alarm(danger.level, match.group().strip(), danger.why)

    def _is_guarded(self, sentence: str, match: re.Match[str]) -> bool:
        """A guard counts in the clause of the words themselves and in the clause before."""
        clauses = list(_CLAUSE.finditer(sentence))
        here = [n for n, clause in enumerate(clauses) if clause.start() < match.end() and clause.end() > match.start()]
        if not here:
            return False
        near = clauses[max(0, here[0] - 1) : here[-1] + 2]
        return any(self.guards.search(clause.group()) for clause in near)


def _danger(entry: dict[str, object]) -> Danger:
    unless = entry.get("unless")
    return Danger(
        str(entry["name"]),
        Urgency(int(str(entry["level"]))),
        str(entry["why"]),
        re.compile(str(entry["any"])),
        re.compile(str(unless)) if unless else None,
    )


@lru_cache(maxsize=1)
def safety_layer() -> SafetyLayer:
    """The layer of nlu_data/lookups/danger.yml."""
    return SafetyLayer(yaml_lookup("lookups", "danger.yml"))
