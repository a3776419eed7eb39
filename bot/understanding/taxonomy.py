"""The government's topics with stable codes, read from nlu_data/topics/taxonomy.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bot.domain.reading import Topic
from bot.understanding.key_fields import KeyField, read_key_fields
from bot.understanding.lookups import yaml_lookup
from bot.understanding.rows import TAUGHT, Row


@dataclass(frozen=True)
class Taxonomy:
    """Codes and definitions of first-level topics and of `level1/level2`, and the key fields."""

    level1: dict[str, str]
    level2: dict[str, str]
    key_fields: tuple[KeyField, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)

    def topic(self, level1: str, level2: str = "") -> Topic:
        """A topic with its code; names outside the taxonomy (a city's own) have no code."""
        code = self.level2.get(f"{level1}/{level2}") or self.level1.get(level1, "")
        return Topic(code, level1, level2)

    def key_field(self, text: str, topic: Topic) -> str | None:
        """The key field of a message: the first one a sign of which it shows."""
        return next((one.name for one in self.key_fields if one.is_told(text, topic.code)), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The first-level names, in the order of the file."""
        return tuple(self.level1)


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """The taxonomy of this installation."""
    everything = yaml_lookup("topics", "taxonomy.yml")
    level1: dict[str, str] = {}
    level2: dict[str, str] = {}
    definitions: dict[str, str] = {}
    for entry in everything["topics"]:
        name = str(entry["name"])
        level1[name], definitions[name] = str(entry["code"]), str(entry["definition"])
        for sub in entry["level2"]:
            path = f"{name}/{sub['name']}"
            level2[path], definitions[path] = str(sub["code"]), str(sub["definition"])
    key_fields = read_key_fields(everything["key_fields"], everything["key_field_parts"])
    return Taxonomy(level1, level2, key_fields, definitions)


def taxonomy_rows() -> list[Row]:
    """What the taxonomy itself teaches: its examples, and the words people use for each second-level topic."""
    rows: list[Row] = []
    for entry in yaml_lookup("topics", "taxonomy.yml")["topics"]:
        name = str(entry["name"])
        examples = [(text, name) for text in entry["good"]]
        examples += [(pair["text"], pair["topic"]) for pair in entry["confusable"]]
        rows += [Row(str(text), label=label, lent_by=TAUGHT) for text, label in examples]
        for sub in entry["level2"]:
            said = (*sub["good"], *sub["words"])
            rows += [Row(str(text), label=name, level2=sub["name"], lent_by=TAUGHT) for text in said]
    rows += _rows_of_key_fields()
    for entry in yaml_lookup("topics", "kinds.yml")["kinds"]:
        rows += [Row(str(phrase), kind=str(entry["name"]), lent_by=TAUGHT) for phrase in entry["phrases"]]
    return rows


def _rows_of_key_fields() -> list[Row]:
    """The examples of key fields, each a claim under the topic that its field usually stands under."""
    paths = {code: path.split("/") for path, code in taxonomy().level2.items()}
    rows = []
    for entry in yaml_lookup("topics", "taxonomy.yml")["key_fields"]:
        level1, level2 = paths[entry["topic"]]
        rows += [Row(str(text), kind="claim", label=level1, level2=level2, lent_by=TAUGHT) for text in entry["good"]]
    return rows
