"""Train everything the worker needs, once for the present data: the understander, then Rasa's dialogue model."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import BadInput
from bot.workers.models import (
    HISTORY,
    RASA_MODEL,
    REPORT,
    UNDERSTANDING,
    Card,
    current_card,
    current_model,
    figures_of,
    fresh_name,
    is_held,
    let_go,
    plain_model,
    read_card,
    take,
    tidy,
    write_card,
)

if TYPE_CHECKING:
    from bot.understanding.lessons import Lessons
    from bot.understanding.report import Verdict

Say = Callable[[str], None]
ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "nlu_data" / "messages"
_ALONE = "understanding-alone"
_INPUTS = ("config.yml", "nlu_data", "bot/understanding", "bot/rules/texts.yml", "requirements.lock")
_ENDINGS = (".yml", ".jsonl", ".json", ".py", ".txt", ".tsv", ".csv", ".lock")


def fingerprint(root: Path = ROOT) -> str:
    """Changes whenever anything changes that a model is made from."""
    digest = hashlib.sha256()
    for path in _inputs(root):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _inputs(root: Path) -> Iterator[Path]:
    for name in _INPUTS:
        path = root / name
        found = [path] if path.is_file() else sorted(path.rglob("*"))
        yield from (file for file in found if file.is_file() and file.suffix in _ENDINGS)


def is_trained(models: Path) -> bool:
    """Whether there is a model for the present code and data, or one that was chosen by hand since they changed."""
    card, source = current_card(models), fingerprint()
    return card is not None and (card.source == source or is_held(models, source))


@dataclass(frozen=True)
class Outcome:
    """The new model, how it stood beside the one in use if they were compared, and the folder of its report."""

    card: Card
    verdict: Verdict | None = None
    report: Path | None = None


def train(models: Path, lessons: Lessons, say: Say, messages: Path = MESSAGES) -> Outcome:
    """Train beside the model in use and put the new one to use at the very end. An interruption leaves the old one.

    What a city teaches takes over only if nothing became worse; else the model in use stays, or, where code or data
    of the project changed, the project's own takes its place.
    """
    with _alone(models):
        source = fingerprint()
        plain = models / _train_plain(models, source, say).name if not lessons else _plain(models, source, say)
        outcome = Outcome(_card_of(plain))
        if lessons:
            outcome = _train_city(models, source, plain, lessons, say, messages)
        former = current_card(models)
        if not outcome.card.refused:
            take(models, outcome.card.name)
        elif former is None or former.source != source:
            take(models, plain.name)
        let_go(models)
        shutil.rmtree(models / _ALONE, ignore_errors=True)
        tidy(models, source)
        return outcome


@contextlib.contextmanager
def _alone(models: Path) -> Iterator[None]:
    """One training at a time. Raises `BadInput` where another is at work."""
    models.mkdir(parents=True, exist_ok=True)
    with open(models / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadInput(f"another training is at work in {models}; wait until it has ended", "train") from None
        yield


def _plain(models: Path, source: str, say: Say) -> Path:
    """The project's own model for the present code and data, trained if there is none."""
    return plain_model(models, source) or models / _train_plain(models, source, say).name


def _train_plain(models: Path, source: str, say: Say) -> Card:
    unfinished = _unfinished(models)
    _train_understander(unfinished / UNDERSTANDING, say)
    _train_rasa(unfinished, say)
    return _finish(unfinished, Card(fresh_name(models), _now(), source, figures=figures_of(unfinished)))


def _train_city(models: Path, source: str, plain: Path, lessons: Lessons, say: Say, messages: Path) -> Outcome:
    """A city's model: its own understanding, and the dialogue of the plain one, which no city changes."""
    from bot.understanding.lessons import train_city, write_history

    in_use = current_model(models)
    former = in_use if in_use is not None and _card_of(in_use).source == source else plain
    unfinished = _unfinished(models)
    verdict = train_city(lessons, plain / UNDERSTANDING, former / UNDERSTANDING, unfinished, say, messages)
    card = Card(
        fresh_name(models), _now(), source, len(lessons.history.rows), len(lessons.corrected), not verdict.taken
    )
    card = replace(card, figures={one.about: round(one.new, 4) for one in verdict.comparisons})
    if verdict.taken:
        shutil.copy2(plain / RASA_MODEL, unfinished / RASA_MODEL)
        write_history(lessons.history.rows, unfinished / HISTORY)
    else:
        shutil.rmtree(unfinished / UNDERSTANDING)
    _finish(unfinished, card)
    return Outcome(card, verdict, models / card.name / REPORT)


def kept_history(models: Path) -> Path | None:
    """The past cases that the model in use has learnt; the next training learns them again."""
    current = current_model(models)
    file = current / HISTORY if current else None
    return file if file is not None and file.is_file() and file.stat().st_size > 1 else None


def _unfinished(models: Path) -> Path:
    folder = models / ".unfinished"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _finish(unfinished: Path, card: Card) -> Card:
    write_card(unfinished, card)
    unfinished.rename(unfinished.parent / card.name)
    return card


def _card_of(folder: Path) -> Card:
    card = read_card(folder)
    assert card is not None, folder
    return card


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _train_understander(directory: Path, say: Say) -> None:
    from bot.understanding.rows import read_messages
    from bot.understanding.understander import Understander

    rows = read_messages(MESSAGES)
    Understander.train(rows, directory, say)


def _train_rasa(folder: Path, say: Say) -> None:
    say("training the dialogue")
    from bot.log import silence_rasa

    silence_rasa()
    from rasa.model_training import train as rasa_train

    from bot.understanding.rasa_components import use_model_directory

    use_model_directory(folder / UNDERSTANDING)
    os.chdir(ROOT)  # config.yml names its data by paths from here
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # Rasa prints; progress is ours
        result = rasa_train(
            domain="nlu_data/domain",
            config="config.yml",
            training_files=["nlu_data/nlu", "nlu_data/rules"],
            output=str(folder),
            fixed_model_name="rasa",
            force_training=True,
        )
    if result.code != 0 or not (folder / RASA_MODEL).is_file():
        raise BadInput("Rasa could not train the dialogue; its own words are above")


def understanding_model(models: Path, say: Say) -> Path:
    """The understander in use; trained alone when there is none yet. Rasa is not needed for it."""
    current = current_model(models)
    if current is not None:
        return current / UNDERSTANDING
    alone = models / _ALONE
    if not (alone / fingerprint()).is_dir():
        _train_understander(alone / fingerprint(), say)
    return alone / fingerprint()
