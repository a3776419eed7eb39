"""The government's topics with stable codes, read from nlu_data/topics/taxonomy.yml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.domain.reading import Topic
from bot.understanding.key_fields import KeyField, read_key_fields
from bot.understanding.lookups import yaml_lookup
from bot.understanding.rows import TAUGHT, Row


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
        """The key field of a message: the first one a sign of which it shows."""
        return next((field.name for field in self.key_fields if field.is_told(text, topic.code)), None)

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
    return Taxonomy(level1, level2, read_key_fields(everything["key_fields"], everything["key_field_parts"]))


def taxonomy_rows() -> list[Row]:
    """What the taxonomy itself teaches: its examples, and the words people use for each second-level topic."""
    rows: list[Row] = []
    for entry in yaml_lookup("topics", "taxonomy.yml")["topics"]:
        name = str(entry["name"])
        examples = [(text, name) for text in entry["good"]]
        examples += [(pair["text"], pair["topic"]) for pair in entry["confusable"]]
        rows += [Row(str(text), label=label, writer=TAUGHT) for text, label in examples]
        for sub in entry["level2"]:
            rows += [Row(str(word), label=name, level2=sub["name"], writer=TAUGHT) for word in sub["words"]]
    for entry in yaml_lookup("topics", "kinds.yml")["kinds"]:
        rows += [Row(str(phrase), kind=str(entry["name"]), writer=TAUGHT) for phrase in entry["phrases"]]
    return rows
