"""The models of this installation: which there are, which one is in use, and the way back.

data/models/
    current, previous      names of models: the one in use, the one before it
    2026-11-27-1/          rasa.tar.gz, understanding/, card.json; a city's own also history.jsonl and report/
Only what stands here as a model is ever removed; other folders are somebody's own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.domain.errors import BadInput

RASA_MODEL = "rasa.tar.gz"
UNDERSTANDING = "understanding"
HISTORY = "history.jsonl"
REPORT = "report"
_CARD = "card.json"
# Models of older versions have no card; their name is the fingerprint of the data that they were made from.
_WITHOUT_CARD = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Card:
    """What is known of a model. `source`: fingerprint of code and data; `history` and `corrected`: a city's own rows.

    A refused model keeps its card and its report, and nothing that could be put to use.
    """

    name: str
    made_at: str
    source: str
    history: int = 0
    corrected: int = 0
    refused: bool = False
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """Whether a city taught it anything."""
        return bool(self.history or self.corrected)


def current_model(models: Path) -> Path | None:
    """The folder of the model in use, None where there is none."""
    return _pointed_at(models, "current")


def current_card(models: Path) -> Card | None:
    """What is known of the model in use."""
    folder = current_model(models)
    return read_card(folder) if folder else None


def _pointed_at(models: Path, pointer: str) -> Path | None:
    if not (models / pointer).is_file():
        return None
    folder = models / (models / pointer).read_text(encoding="utf-8").strip()
    return folder if (folder / RASA_MODEL).is_file() else None


def read_card(folder: Path) -> Card | None:
    """The card of a folder, None where it holds no model of ours."""
    if (folder / _CARD).is_file():
        try:
            return Card(**json.loads((folder / _CARD).read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise BadInput(
                f"{folder / _CARD} is damaged ({error}); put the backup back, or remove the folder"
            ) from None
    if _WITHOUT_CARD.fullmatch(folder.name) and (folder / RASA_MODEL).is_file():
        made_at = datetime.fromtimestamp(folder.stat().st_mtime, timezone.utc).isoformat(timespec="seconds")
        return Card(folder.name, made_at, folder.name, figures=figures_of(folder))
    return None


def figures_of(folder: Path) -> dict[str, float]:
    """Macro-F1 on unseen sentences, as the model in a folder knows it of itself."""
    from bot.understanding import store

    try:
        about: dict[str, Any] = store.load(folder / UNDERSTANDING).about
    except BadInput:
        return {}
    return dict(about.get("unseen_macro_f1", {}))


def write_card(folder: Path, card: Card) -> None:
    """Put the card into a folder."""
    (folder / _CARD).write_text(json.dumps(asdict(card), ensure_ascii=False, indent=1), encoding="utf-8")


def all_cards(models: Path) -> list[Card]:
    """Every model, the newest first."""
    folders = [one for one in models.iterdir() if one.is_dir()] if models.is_dir() else []
    cards = [card for card in map(read_card, folders) if card and not card.name.startswith(".")]
    return sorted(cards, key=lambda card: (card.made_at, card.name), reverse=True)


def fresh_name(models: Path) -> str:
    """Today's date and the next number of the day; the newest model always stands here, so no name comes twice."""
    today = f"{datetime.now(timezone.utc):%Y-%m-%d}-"
    numbers = [folder.name.removeprefix(today) for folder in models.glob(f"{today}*")]
    return f"{today}{1 + max((int(number) for number in numbers if number.isdigit()), default=0)}"


def plain_model(models: Path, source: str) -> Path | None:
    """The newest model of this code and data that no city has taught."""
    found = [card.name for card in all_cards(models) if card.source == source and not card.is_own]
    return models / found[0] if found else None


def take(models: Path, name: str) -> None:
    """Put a model to use; the one before it stays for the way back."""
    former = current_model(models)
    if former is not None and former.name != name:
        _point(models, "previous", former.name)
    _point(models, "current", name)


def _point(models: Path, pointer: str, name: str) -> None:
    """All at once: there is never half a name."""
    fresh = models / f".{pointer}"
    fresh.write_text(name, encoding="utf-8")
    os.replace(fresh, models / pointer)


def roll_back(models: Path, name: str | None, source: str) -> Card:
    """Put a former model to use: the named one, else the one before. It stays in use until code or data change again.

    Raises `BadInput` where there is none, or where it cannot be read by this version.
    """
    folder = _pointed_at(models, "previous") if name is None else models / name
    names = ", ".join(card.name for card in all_cards(models) if not card.refused)
    if folder is None:
        raise BadInput(f"there is no model before this one; there are: {names or 'none'}", "rollback")
    card = read_card(folder) if folder.parent == models and folder.is_dir() else None
    if card is None:
        raise BadInput(f"no model {name!r}; there are: {names or 'none'}", "rollback")
    if card.refused:
        raise BadInput(f"{card.name} was refused and not kept; there are: {names}", "rollback")
    from bot.understanding import store

    store.load(folder / UNDERSTANDING)
    take(models, card.name)
    _point(models, "held", source)
    return card


def is_held(models: Path, source: str) -> bool:
    """Whether somebody chose the model in use, knowing this code and data."""
    held = models / "held"
    return held.is_file() and held.read_text(encoding="utf-8").strip() == source


def let_go(models: Path) -> None:
    """A new model was taken: nothing is held any more."""
    (models / "held").unlink(missing_ok=True)


def tidy(models: Path, source: str) -> None:
    """Keep the model in use, the one before, the newest a city taught, the plain one, and the last refusal's report."""
    kept = {folder.name for folder in (current_model(models), _pointed_at(models, "previous")) if folder}
    cards = all_cards(models)
    kept |= {card.name for card in [card for card in cards if card.is_own and not card.refused][:1]}
    kept |= {card.name for card in [card for card in cards if card.source == source and not card.is_own][:1]}
    kept |= {card.name for card in [card for card in cards if card.refused][:1]}
    for card in cards:
        if card.name not in kept:
            shutil.rmtree(models / card.name, ignore_errors=True)
