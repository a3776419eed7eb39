"""A trained model ↔ a directory: numbers in one npz, the rest in one JSON; nothing that could run code."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import BadInput
from bot.understanding.classifiers import Calibration, Floats, Judge
from bot.understanding.features import BLOCKS, Vocabulary

VERSION = 1
_NUMBERS, _DESCRIPTION = "model.npz", "model.json"


@dataclass(frozen=True)
class Bench:
    """Judges that share one vocabulary, because they learnt from the same rows."""

    vocabulary: Vocabulary
    judges: dict[str, Judge]


@dataclass(frozen=True)
class Model:
    """All benches of an understander, and where they come from."""

    benches: tuple[Bench, ...]
    fingerprint: str
    about: dict[str, Any] = field(default_factory=dict)


def save(model: Model, directory: Path) -> None:
    """Write the whole model beside the old one, then put it in its place: there is never half a model."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        numbers: dict[str, NDArray[Any]] = {}
        benches = [_describe(bench, f"b{n}", numbers) for n, bench in enumerate(model.benches)]
        np.savez(fresh / _NUMBERS, **numbers)
        description = {"version": VERSION, "fingerprint": model.fingerprint, "about": model.about, "benches": benches}
        (fresh / _DESCRIPTION).write_text(json.dumps(description, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.chmod(0o755)
        _put_in_place(fresh, directory)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _put_in_place(fresh: Path, directory: Path) -> None:
    """Files of a former model are replaced one by one; other files in the directory stay."""
    if not directory.exists():
        os.replace(fresh, directory)
        return
    for name in (_NUMBERS, _DESCRIPTION):
        os.replace(fresh / name, directory / name)


def _describe(bench: Bench, prefix: str, numbers: dict[str, NDArray[Any]]) -> dict[str, Any]:
    numbers[f"{prefix}.keys"] = bench.vocabulary.keys
    numbers[f"{prefix}.idf"] = bench.vocabulary.idf
    judges = []
    for judge in bench.judges.values():
        for part, value in _arrays(judge).items():
            wide = value.ndim == 2
            numbers[f"{prefix}.{judge.name}.{part}"] = value.astype(np.float16) if wide else value
        judges.append({"name": judge.name, "classes": list(judge.classes)})
    return {"blocks": [list(block) for block in BLOCKS], "judges": judges}


def _arrays(judge: Judge) -> dict[str, NDArray[Any]]:
    arrays = {"weights": judge.weights, "bias": judge.bias}
    arrays |= {"fast_scales": judge.fast.scales, "fast_bias": judge.fast.bias}
    if judge.both is not None and judge.meaning_weights is not None and judge.meaning_bias is not None:
        arrays |= {"meaning_weights": judge.meaning_weights, "meaning_bias": judge.meaning_bias}
        arrays |= {"both_scales": judge.both.scales, "both_bias": judge.both.bias}
    return arrays


def load(directory: Path) -> Model:
    """Read a model back; anything that is not one is a BadInput."""
    try:
        description = json.loads((directory / _DESCRIPTION).read_text(encoding="utf-8"))
        with np.load(directory / _NUMBERS, allow_pickle=False) as numbers:
            if description["version"] != VERSION:
                raise BadInput(f"{directory}: model version {description['version']}; train it again", field="model")
            benches = tuple(_bench(entry, f"b{n}", numbers) for n, entry in enumerate(description["benches"]))
        return Model(benches, str(description["fingerprint"]), dict(description["about"]))
    except FileNotFoundError as error:
        raise BadInput(f"no model in {directory} ({error.filename} is missing)", field="model") from error
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise BadInput(f"{directory}: not a model of this program ({error})", field="model") from error


def _bench(entry: dict[str, Any], prefix: str, numbers: Any) -> Bench:
    vocabulary = Vocabulary(numbers[f"{prefix}.keys"], numbers[f"{prefix}.idf"])
    judges = {judge["name"]: _judge(judge, prefix, numbers) for judge in entry["judges"]}
    return Bench(vocabulary, judges)


def _judge(entry: dict[str, Any], prefix: str, numbers: Any) -> Judge:
    name = f"{prefix}.{entry['name']}"

    def read(part: str) -> Floats:
        return np.asarray(numbers[f"{name}.{part}"], dtype=np.float32)

    fast = Calibration(read("fast_scales"), read("fast_bias"))
    # Weights stay in half precision: only the rows of a message are widened.
    weights = np.asarray(numbers[f"{name}.weights"])
    base = (str(entry["name"]), tuple(entry["classes"]), weights, read("bias"), fast)
    if f"{name}.meaning_weights" not in numbers:
        return Judge(*base)
    both = Calibration(read("both_scales"), read("both_bias"))
    return Judge(*base, read("meaning_weights"), read("meaning_bias"), both)
