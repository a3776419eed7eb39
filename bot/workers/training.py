"""Train everything the worker needs, once for the present data: the understander, then Rasa's dialogue model."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.domain.errors import BadInput

Say = Callable[[str], None]
ROOT = Path(__file__).resolve().parents[2]
RASA_MODEL = "rasa.tar.gz"
UNDERSTANDING = "understanding"
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


def current_model(models: Path) -> Path | None:
    """The folder of the model in use, None where there is none."""
    pointer = models / "current"
    if not pointer.is_file():
        return None
    folder = models / pointer.read_text(encoding="utf-8").strip()
    return folder if (folder / RASA_MODEL).is_file() else None


def is_trained(models: Path) -> bool:
    """Whether there is a model for the present data."""
    current = current_model(models)
    return current is not None and current.name == fingerprint()


def train(models: Path, say: Say) -> Path:
    """Train into a fresh folder and make it the current one at the very end. An interruption leaves the old one."""
    name = fingerprint()
    folder, unfinished = models / name, models / f".{name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    _train_understander(unfinished / UNDERSTANDING, say)
    _train_rasa(unfinished, say)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    make_current(models, name)
    _remove_old(models, keep=name)
    return folder


def make_current(models: Path, name: str) -> None:
    """Point at a model, all at once."""
    fresh = models / ".current"
    fresh.write_text(name, encoding="utf-8")
    os.replace(fresh, models / "current")


def _train_understander(directory: Path, say: Say) -> None:
    from bot.understanding.rows import read_messages
    from bot.understanding.understander import Understander

    rows = read_messages(ROOT / "nlu_data" / "messages")
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


def _remove_old(models: Path, keep: str) -> None:
    for folder in models.iterdir():
        if folder.is_dir() and folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)


def understanding_model(models: Path, say: Say) -> Path:
    """The understander in use; trained alone when there is none yet. Rasa is not needed for it."""
    current = current_model(models)
    if current is not None:
        return current / UNDERSTANDING
    alone = models / "understanding-alone"
    if not (alone / fingerprint()).is_dir():
        _train_understander(alone / fingerprint(), say)
    return alone / fingerprint()
