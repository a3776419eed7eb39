"""Text → signs of danger, from a file that staff can read: they raise the urgency and say why, never lower it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.reading import Urgency
from bot.rules import reading
from bot.understanding.lookups import yaml_lookup

# Who writes more than this sits at a desk.
LETTER = 200
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
        self.manner, self.habit, self.now, self._lasts = (
            re.compile(guards[name]) for name in ("manner", "habit", "now", "lasts")
        )
        self.guards = re.compile("|".join(str(guards[name]) for name in ("past", "imagined", "denied", "asked")))
        self.dangers = [_danger(danger) for danger in dangers]

    def alarms(self, text: str) -> tuple[Alarm, ...]:
        """Dangers of the present in the text, gravest first."""
        found: dict[str, Alarm] = {}
        is_letter = len(text) > LETTER
        for sentence in _SENTENCE.finditer(self.manner.sub(lambda match: "〇" * len(match.group()), text)):
            for danger in self.dangers:
                alarm = self._alarm(danger, sentence.group(), is_letter)
                if alarm and danger.name not in found:
                    found[danger.name] = alarm
        return tuple(sorted(found.values(), key=lambda alarm: -alarm.level))

    def lasts(self, text: str) -> bool:
        """Whether a trouble has gone on for weeks, and nothing is said of this minute."""
        return bool(self._lasts.search(text)) and not self.now.search(text)

    def _alarm(self, danger: Danger, sentence: str, is_letter: bool) -> Alarm | None:
        match = danger.signs.search(sentence)
        if match is None or (danger.unless and danger.unless.search(sentence)):
            return None
        near = _near(sentence, match)
        if self.guards.search(near):
            return None
        level = int(danger.level) - self._distance(near, is_letter)
        return Alarm(Urgency(level), match.group().strip(), danger.why) if level > Urgency.NORMAL else None

    def _distance(self, near: str, is_letter: bool) -> int:
        """One level less for what has been so for long, and for a sign deep in a letter, unless it says `now`."""
        if self.now.search(near):
            return 0
        return 1 if is_letter or self.habit.search(near) else 0


def _near(sentence: str, match: re.Match[str]) -> str:
    """The clauses of the words themselves, the one before and the one after: there a guard counts."""
    clauses = list(_CLAUSE.finditer(sentence))
    here = [n for n, clause in enumerate(clauses) if clause.start() < match.end() and clause.end() > match.start()]
    if not here:
        return sentence
    return "，".join(clause.group() for clause in clauses[max(0, here[0] - 1) : here[-1] + 2])


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
    with reading("lookups/danger.yml", "guards and dangers"):
        return SafetyLayer(yaml_lookup("lookups", "danger.yml"))
