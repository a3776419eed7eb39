"""Facts, two matters and titles, against labels made by hand.

Letters: 120 visible ones; labels/facts.jsonl holds their ids and where in subject and detail a fact stands, no words.
Own: 60 messages in labels/matters.jsonl, written for measuring and never trained on: 30 with two matters, 30 that tell
one in a long way, with their facts. Titles are made from the detail alone and compared with the subject that the
citizen wrote; no title was labelled.

python -m tests.benchmarks.understanding.facts [--model DIR]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jieba

from bot.domain.reading import Reading
from bot.settings import read_settings
from bot.understanding.rows import silent
from bot.understanding.title import LONGEST
from bot.understanding.understander import Understander
from bot.workers.training import understanding_model
from tests.benchmarks.understanding import data

LABELS = Path(__file__).parent / "labels"
TITLES, SHORTEST_DETAIL = 800, 30
# Said in every second message and telling nothing; neither labelled nor counted.
NOW = ("现在", "目前", "当时", "今天")
Pair = tuple[dict[str, Any], str, Reading]


def main() -> None:
    """Three tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path)
    model = parser.parse_args().model or understanding_model(read_settings().model_dir, silent)
    understander = Understander.load(model)
    own = [(row, row["text"], understander.read(row["text"])) for row in _labels("matters.jsonl")]
    show_facts("own", own)
    show_matters(own)
    letters = {row["id"]: row for row in data.visible()}
    labelled = [(row, data.text_of(letters[row["id"]])) for row in _labels("facts.jsonl")]
    show_facts("letters", [(row, text, understander.read(text)) for row, text in labelled])
    show_titles(list(letters.values()), understander)


def _labels(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (LABELS / name).read_text(encoding="utf-8").splitlines()]


def show_facts(name: str, pairs: list[Pair]) -> None:
    """Precision, recall and F1 of each fact; a span is found if it shares more than half of its characters."""
    print(
        f"\n{name}: {len(pairs)} messages\n| fact | meant | found | precision | recall | F1 |\n|---|---|---|---|---|---|"
    )
    places = [(_words([row["place"]], text), [reading.slots.place or ""]) for row, text, reading in pairs]
    _line("place, two characters in common", places, _touches)
    _line("place, more than half in common", places, shares)
    for fact in ("amounts", "times"):
        given = [[one for one in getattr(reading.slots, fact) if one not in NOW] for _, _, reading in pairs]
        meant = [_words(row[fact], text) for row, text, _ in pairs]
        _line(fact, zip(meant, given, strict=True), shares)
    _line("people", [(_number(row["people"]), _number(r.slots.people)) for row, _, r in pairs], str.__eq__)
    for fact in ("phones", "ids"):
        _line(fact, [(row.get(fact, []), getattr(reading.slots, fact)) for row, _, reading in pairs], str.__eq__)


def _words(spans: Sequence[Sequence[int] | None], text: str) -> list[str]:
    return list(dict.fromkeys(text[span[0] : span[1]] for span in spans if span))


def _number(people: int | None) -> list[str]:
    return [str(people)] if people else []


def _line(fact: str, pairs: Iterable[tuple[Sequence[str], Sequence[str]]], same: Any) -> None:
    meant = found = kept = hits = 0
    for wanted, given in pairs:
        given = [one for one in given if one]
        meant, found = meant + len(wanted), found + len(given)
        hits += sum(any(same(one, other) for other in given) for one in wanted)
        kept += sum(any(same(one, other) for one in wanted) for other in given)
    if not meant:
        print(f"| {fact} | 0 | {found} | | | |")
        return
    precision, recall = kept / max(1, found), hits / max(1, meant)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"| {fact} | {meant} | {found} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")


def _touches(one: str, other: str) -> bool:
    return any(one[at : at + 2] in other for at in range(len(one) - 1))


def shares(one: str, other: str) -> bool:
    """More than half of the longer one in common, in order."""
    return _in_order(one, other) > 0.5 * max(len(one), len(other))


def _in_order(one: str, other: str) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for a in one:
        before = 0
        for at, b in enumerate(other, 1):
            row[at], before = (before + 1 if a == b else max(row[at], row[at - 1])), row[at]
    return row[-1]


def show_matters(pairs: list[Pair]) -> None:
    """How often two matters are seen, cut at the right place, named rightly; and seen where there is one."""
    two = [(row, text, reading) for row, text, reading in pairs if len(row["topics"]) == 2]
    one = [reading for row, _, reading in pairs if len(row["topics"]) == 1]
    seen = [(row, text, reading) for row, text, reading in two if len(reading.matters) == 2]
    cut = [1 for row, text, reading in seen if abs(text.find(reading.matters[1]) - row["second"]) <= 4]
    print(f"\ntwo matters: seen {len(seen)} of {len(two)}, cut at the right place {len(cut)}")
    print(f"one matter, told long: taken for two {sum(len(reading.matters) > 1 for reading in one)} of {len(one)}")


def show_titles(letters: list[dict[str, Any]], understander: Understander) -> None:
    """Titles of details, beside the citizens' own subjects."""
    told = [row for row in letters if len(row["detail"].strip()) >= SHORTEST_DETAIL]
    chosen = random.Random(0).sample(told, TITLES)
    titles = [(row, understander.read(row["detail"]).title) for row in chosen]
    whole = sum(_ends_with_a_word(title, row["detail"]) for row, title in titles)
    print(f"\ntitles of {len(titles)} letters without their subject")
    print(f"at most {LONGEST} characters {sum(len(title) <= LONGEST for _, title in titles)}")
    print(f"none at all {sum(not title for _, title in titles)}; last word whole {whole}")
    likeness = [rouge_l(title, row["subject"].strip()) for row, title in titles]
    first = [rouge_l(row["detail"].strip()[:LONGEST], row["subject"].strip()) for row, _ in titles]
    print(f"ROUGE-L (characters, F1) with the subject {sum(likeness) / len(likeness):.3f}; ", end="")
    print(f"the first {LONGEST} characters of the detail have {sum(first) / len(first):.3f}")


def _ends_with_a_word(title: str, text: str) -> bool:
    """Whether the end of a title is the end of a word of jieba's in the text; where it was not taken over, it is."""
    tail = next((title[at:] for at in range(len(title)) if title[at:] in text), "")
    if len(tail) < 2:
        return True
    ends = {end for _, _, end in jieba.tokenize(text)}
    at = text.find(tail)
    while at >= 0:
        if at + len(tail) in ends:
            return True
        at = text.find(tail, at + 1)
    return False


def rouge_l(one: str, other: str) -> float:
    """F1 of the longest common subsequence of characters (Lin 2004)."""
    return 2 * _in_order(one, other) / max(1, len(one) + len(other))


if __name__ == "__main__":
    main()
