"""Names we know: provinces, cities and counties of China, and all of Ordos down to its villages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from bot.rules import reading
from bot.understanding.facts.place.words import EVERYDAY
from bot.understanding.lookups import json_lookup


@lru_cache(maxsize=1)
def known_names() -> tuple[re.Pattern[str], dict[str, int]]:
    """All names of the gazetteers, with their levels."""
    with reading("lookups/ordos.json or china.json", "names"):
        levels = _levels(json_lookup("ordos.json"), json_lookup("china.json"))
    longest_first = sorted(levels, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, longest_first))), levels


def _levels(ordos: dict[str, Any], china: dict[str, Any]) -> dict[str, int]:
    levels: dict[str, int] = {}
    for level, names in ((2, china["counties"]), (1, china["cities"]), (1, china["provinces"])):
        levels.update({name: level for name in names if len(name) > 2})
        levels.update({_short(name): level for name in names if level == 1 and _short(name) not in EVERYDAY})
    for name in (ordos["city"]["name"], *ordos["city"]["short"]):
        levels[name] = 1
    levels.update({name: 4 for name in ordos["landmarks"].split() if len(name) > 2})
    for area in ordos["areas"]:
        levels.update(dict.fromkeys((area["name"], *area["short"]), 2))
        for town in area["towns"]:
            levels.update(dict.fromkeys(_town_names(town), 3))
            levels.update({name: 4 for name in town["villages"] if len(name) > 2})
    return levels


def _short(name: str) -> str:
    return re.sub(r"(?:壮族|回族|维吾尔)?自治区$|省$|市$|地区$|盟$", "", name)


def _town_names(town: dict[str, object]) -> list[str]:
    name = str(town["name"])
    short = re.sub(r"(?:镇|苏木|乡|街道)$", "", name)
    extra = town.get("short", [])
    assert isinstance(extra, list)
    return [name, *([short] if len(short) >= 3 and not name.endswith("街道") else []), *extra]
