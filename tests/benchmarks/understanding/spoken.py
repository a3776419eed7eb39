"""Facts in 292 spoken sentences marked by hand: half were looked at while the grammar was written, half were kept back.

{a两万三=23000} is an amount with its value (3000~4000 for a span), {t去年腊月} a time, {p七星嘎查} a place,
{2} where the second matter begins, and @200 at the end the number of people.

python -m tests.benchmarks.understanding.spoken [--misses] [--model DIR]
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.reading import Slots
from bot.settings import read_settings
from bot.understanding.facts import find_facts
from bot.understanding.facts.place.coordinates import find_point
from bot.understanding.features import cut
from bot.understanding.normalise import clean
from bot.understanding.rows import silent
from bot.understanding.understander import Understander
from bot.workers.training import understanding_model
from tests.benchmarks.understanding.facts import shares

LABELS = Path(__file__).parent / "labels"
_MARK = re.compile(r"\{(?P<sort>[atp])(?P<said>[^}=]+)(?:=(?P<value>[\d.~]+))?\}|\{2\}")
_PEOPLE = re.compile(r"\s*@(\d+)$")
NOW = ("现在", "目前", "当时", "今天", "最近")


@dataclass
class Sentence:
    """A sentence without its marks, and what they said."""

    text: str
    people: int | None = None
    second: int | None = None
    place: str | None = None
    amounts: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)


def read(line: str) -> Sentence:
    """One marked line."""
    people = _PEOPLE.search(line)
    line = _PEOPLE.sub("", line)
    sentence = Sentence("", int(people[1]) if people else None)
    at = 0
    for mark in _MARK.finditer(line):
        sentence.text += line[at : mark.start()]
        at = mark.end()
        if mark["sort"] is None:
            sentence.second = len(sentence.text)
            continue
        sentence.text += mark["said"]
        if mark["sort"] == "a":
            sentence.amounts.append(mark["said"])
            sentence.values.append(mark["value"].replace("~", "-"))
        elif mark["sort"] == "t":
            sentence.times.append(mark["said"])
        else:
            sentence.place = sentence.place or mark["said"]
    sentence.text += line[at:]
    return sentence


def sentences(name: str) -> list[Sentence]:
    """A file of marked lines."""
    return [read(line) for line in (LABELS / name).read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Both halves; the misses of the first alone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--model", type=Path)
    given = parser.parse_args()
    understander = Understander.load(given.model or understanding_model(read_settings().model_dir, silent))
    for name in ("spoken_dev.txt", "spoken_kept_back.txt"):
        show(name, sentences(name), understander, misses=given.misses and "dev" in name)


def show(name: str, told: Sequence[Sentence], understander: Understander, *, misses: bool) -> None:
    """Precision, recall, F1 of each fact (more than half in common; exact), values, people, matters."""
    print(
        f"\n{name}: {len(told)} sentences\n| fact | meant | found | precision | recall | F1 |\n|---|---|---|---|---|---|"
    )
    found = [(one, facts_of(one.text)) for one in told]
    columns: dict[str, Callable[[Sentence, Slots], tuple[list[str], list[str]]]] = {
        "place": lambda one, slots: (_list(_as_fact(one.place)), _list(slots.place)),
        "amounts": lambda one, slots: (one.amounts, list(slots.amounts)),
        "yuan": lambda one, slots: (list(dict.fromkeys(one.values)), list(slots.yuan)),
        "times": lambda one, slots: (one.times, [time for time in slots.times if time not in NOW]),
        "people": lambda one, slots: (_list(one.people), _list(slots.people)),
    }
    for fact, column in columns.items():
        pairs = [(one, *column(one, slots)) for one, slots in found]
        for how, same in (("", shares), (", exactly", str.__eq__)):
            if fact in {"yuan", "people"} and not how:
                continue
            show_line(fact + how, [(meant, given) for _, meant, given in pairs], same)
        if misses:
            for one, meant, given in pairs:
                if sorted(meant) != sorted(given):
                    print(f"    {fact}: {meant} ≠ {given}  «{one.text}»")
    show_matters(told, understander, misses=misses)


def facts_of(text: str) -> Slots:
    """The facts of a text, without any model."""
    cleaned = clean(text)
    return find_facts(cleaned, cut(cleaned.text))


def show_matters(told: Sequence[Sentence], understander: Understander, *, misses: bool) -> None:
    """How often two matters are seen, and where there is one."""
    read_all = [(one, understander.read(one.text).matters) for one in told]
    two = [(one, matters) for one, matters in read_all if one.second is not None]
    seen = [(one, matters) for one, matters in two if len(matters) == 2]
    at_place = sum(abs(one.text.find(matters[1]) - (one.second or 0)) <= 8 for one, matters in seen)
    more = [one for one, matters in read_all if one.second is None and len(matters) > 1]
    print(f"two matters: seen {len(seen)} of {len(two)}, cut at the right place {at_place}; ", end="")
    print(f"one taken for two: {len(more)} of {len(told) - len(two)}")
    if misses:
        print(*(f"    two: «{one.text}»" for one, matters in two if len(matters) < 2), sep="\n")
        print(*(f"    one: «{one.text}»" for one in more), sep="\n")


def _as_fact(place: str | None) -> str | None:
    """A point as it stands among the facts, latitude first; marked it is as it was said."""
    point = find_point(place or "")
    return point.said if point else place


def _list(value: object) -> list[str]:
    return [] if value is None else [str(value)]


def show_line(fact: str, pairs: Sequence[tuple[list[str], list[str]]], same: Callable[[str, str], bool]) -> None:
    """One line of the table."""
    meant, given = sum(len(one) for one, _ in pairs), sum(len(other) for _, other in pairs)
    hits = sum(any(same(one, other) for other in found) for wanted, found in pairs for one in wanted)
    kept = sum(any(same(one, other) for one in wanted) for wanted, found in pairs for other in found)
    precision, recall = kept / max(1, given), hits / max(1, meant)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"| {fact} | {meant} | {given} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")


if __name__ == "__main__":
    main()
