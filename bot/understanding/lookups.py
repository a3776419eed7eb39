"""Where the word lists and labelled messages live, read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
MESSAGES = NLU_DATA / "messages"


@cache
def json_lookup(name: str) -> Any:
    """A word list of nlu_data/lookups."""
    return json.loads((NLU_DATA / "lookups" / name).read_text(encoding="utf-8"))


@cache
def yaml_lookup(folder: str, name: str) -> Any:
    """A YAML file of nlu_data."""
    return yaml.load((NLU_DATA / folder / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
