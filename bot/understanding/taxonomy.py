"""The government's topics with stable codes, read from nlu_data/topics/taxonomy.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.domain.reading import Topic
from bot.understanding.lookups import yaml_lookup
from bot.understanding.rows import TAUGHT, Row


@dataclass(frozen=True)
class KeyField:
    """A field the city works on with a leader in charge (重点领域): its topics and the words that tell it."""

    name: str
    codes: tuple[str, ...]
    words: re.Pattern[str]


@dataclass(frozen=True)
class Taxonomy:
    """Codes of first-level topics and of `level1/level2`, and the key fields."""

    level1: dict[str, str]
    level2: dict[str, str]
    key_fields: tuple[KeyField, ...] = ()

    def topic(self, level1: str, level2: str = "") -> Topic:
        """A topic with its code; names outside the taxonomy (a city's own) have no code."""
        code = self.level2.get(f"{level1}/{level2}") or self.level1.get(level1, "")
        return Topic(code, level1, level2)

    def key_field(self, text: str, topic: Topic) -> str | None:
        """The key field of a message: its words must stand there, and its first-level topic must fit."""
        for entry in self.key_fields:
            if topic.code[:2] in {code[:2] for code in entry.codes} and entry.words.search(text):
                return entry.name
        return None

    @property
    def names(self) -> tuple[str, ...]:
        """The first-level names, in the order of the file."""
        return tuple(self.level1)


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """The taxonomy of this installation."""
    everything = yaml_lookup("topics", "taxonomy.yml")
    entries = everything["topics"]
    level1 = {str(entry["name"]): str(entry["code"]) for entry in entries}
    level2 = {f"{entry['name']}/{sub['name']}": str(sub["code"]) for entry in entries for sub in entry["level2"]}
    return Taxonomy(level1, level2, tuple(_key_field(entry) for entry in everything["key_fields"]))


def _key_field(entry: dict[str, Any]) -> KeyField:
    return KeyField(str(entry["name"]), tuple(map(str, entry["topics"])), re.compile(str(entry["words"])))


def taxonomy_rows() -> list[Row]:
    """What the taxonomy itself teaches: its examples, and the words people use for each second-level topic."""
    rows: list[Row] = []
    for entry in yaml_lookup("topics", "taxonomy.yml")["topics"]:
        name = str(entry["name"])
        examples = [(text, name) for text in entry["good"]]
        examples += [(pair["text"], pair["topic"]) for pair in entry["confusable"]]
        rows += [Row(str(text), label=label, lent_by=TAUGHT) for text, label in examples]
        for sub in entry["level2"]:
            rows += [Row(str(word), label=name, level2=sub["name"], lent_by=TAUGHT) for word in sub["words"]]
    for entry in yaml_lookup("topics", "kinds.yml")["kinds"]:
        rows += [Row(str(phrase), kind=str(entry["name"]), lent_by=TAUGHT) for phrase in entry["phrases"]]
    return rows
