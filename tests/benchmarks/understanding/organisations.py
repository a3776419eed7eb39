"""Organs, companies and officials in 180 messages marked by hand: 60 the grammar was worked out on, 120 were kept back.

Half of either set names one or more; the other half tempts: 墙那边就是幼儿园, 小区长期停水. An organ of the state is
named by its office alone (住建局, 派出所), a company, a school or a hospital by a name before it. An official is a title
with a name (王书记, 局长王某) or with an office right before it (嘎查书记); a title alone is nobody.

python -m tests.benchmarks.understanding.organisations [--misses]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.understanding.facts import shares
from tests.benchmarks.understanding.spoken import facts_of, show_line

LABELS = Path(__file__).parent / "labels"
FACTS = ("organisations", "officials")


def main() -> None:
    """Both sets; the misses of the development set alone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--misses", action="store_true")
    misses = parser.parse_args().misses
    for name in ("organisations_development.jsonl", "organisations.jsonl"):
        rows = [json.loads(line) for line in (LABELS / name).read_text(encoding="utf-8").splitlines()]
        show(name, rows, misses=misses and "development" in name)


def show(name: str, rows: Sequence[dict[str, Any]], *, misses: bool) -> None:
    """Precision, recall, F1 of either fact, exactly and with more than half in common."""
    print(
        f"\n{name}: {len(rows)} messages\n| fact | meant | found | precision | recall | F1 |\n|---|---|---|---|---|---|"
    )
    read = [(row, facts_of(row["text"])) for row in rows]
    for fact in FACTS:
        pairs = [(row[fact], list(getattr(slots, fact))) for row, slots in read]
        show_line(fact, pairs, shares)
        show_line(f"{fact}, exactly", pairs, str.__eq__)
    for row, slots in read if misses else []:
        for fact in FACTS:
            if sorted(row[fact]) != sorted(getattr(slots, fact)):
                print(f"    {fact}: {row[fact]} ≠ {list(getattr(slots, fact))}  «{row['text']}»")


if __name__ == "__main__":
    main()
