"""Where the word lists and labelled messages live, read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.errors import BadInput
from bot.rules import LOOKUPS, own_file, read_yaml

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
MESSAGES = NLU_DATA / "messages"


@cache
def json_lookup(name: str) -> Any:
    """A word list, the city's before that of nlu_data/lookups. Raises `BadInput` naming the line."""
    path = own_file(f"{LOOKUPS}/{name}") or NLU_DATA / LOOKUPS / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadInput(f"{LOOKUPS}/{name}: {where}: {error.msg}", name) from error


@cache
def yaml_lookup(folder: str, name: str) -> Any:
    """A YAML file of nlu_data; of its lookups the city's first. Raises `BadInput` naming the line."""
    own = own_file(f"{LOOKUPS}/{name}") if folder == LOOKUPS else None
    return read_yaml(own or NLU_DATA / folder / name, f"{folder}/{name}")
