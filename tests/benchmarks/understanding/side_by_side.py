"""Ours against Rasa's own Chinese pipelines and words + linear SVM, on the same splits: one table.

Every figure of a row comes from two fresh processes, one that trains and one that reads, all in one session; times
are of the processor, so that other work on the machine does not count. Rasa's pipelines are what its documentation
names for Chinese: jieba, CountVectorsFeaturizer, then DIETClassifier (with the epochs of Rasa's own
default_config.yml) or LogisticRegressionClassifier. They only name a class; ours reads kind, topic, urgency, facts
and title in the same milliseconds, from one model.

python -m tests.benchmarks.understanding.side_by_side [--contenders ours,svm,…] [--splits letters,kind,topic] [--epochs N]
    [--rows N: that many of the learnt rows only, the same ones for everybody: DIET's epochs on all take hours]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pickle
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.understanding.rows import KINDS, NO_MATTER, Row, read_messages
from bot.understanding.training import full_text, macro_f1
from tests.benchmarks.understanding import data

Reader = Callable[[str], str]
# Rasa 3.6.21, engine/recipes/config_files/default_config.yml. (The bare component's default is 300.)
EPOCHS = 100
# The fold of the letters that is judged, and the writers of our own sentences whose messages are: a third of them.
FOLD = 0
WRITERS_LEFT_OUT = ("w2", "w5", "w8", "w11")
WARM_UP = 20


@dataclass(frozen=True)
class Split:
    """What is learnt, what is judged, and by which label."""

    label: str
    learnt: list[Row]
    judged: list[Row]

    def answer(self, row: Row) -> str:
        """The true class."""
        return str(row.kind if self.label == "kind" else row.label)

    def examples(self) -> tuple[list[str], list[str]]:
        """Texts and classes for those who learn one label: rows without a matter teach them nothing."""
        rows = [row for row in self.learnt if row.kind != NO_MATTER]
        return [full_text(row) for row in rows], [self.answer(row) for row in rows]

    def of(self, number: int | None) -> Split:
        """The same split with only so many learnt rows, drawn with a fixed seed."""
        if number is None or number >= len(self.learnt):
            return self
        return Split(self.label, random.Random(0).sample(self.learnt, number), self.judged)


def letters() -> Split:
    """Real letters: the topic of one fold, learnt from the three others."""
    rows = data.visible()
    cases = [Row(row["detail"], row["subject"], label=row["label"]) for row in rows]
    learnt = [case for case, row in zip(cases, rows, strict=True) if row["fold"] != FOLD]
    return Split("topic", learnt, [case for case, row in zip(cases, rows, strict=True) if row["fold"] == FOLD])


def own(label: str) -> Split:
    """Our own sentences: whole writers are judged."""
    rows = read_messages(data.MESSAGES)
    learnt = [row for row in rows if row.writer not in WRITERS_LEFT_OUT]
    judged = [row for row in rows if row.writer in WRITERS_LEFT_OUT and row.kind != NO_MATTER]
    return Split(label, learnt, judged)


SPLITS: dict[str, Callable[[], Split]] = {
    "letters": letters,
    "kind": lambda: own("kind"),
    "topic": lambda: own("topic"),
}


class Ours:
    """The product's own training and reading."""

    def train(self, split: Split, directory: Path) -> None:
        """A city's history where the split is one, else the whole of it from scratch."""
        from bot.understanding import store
        from bot.understanding.meaning import sentence_vectors
        from bot.understanding.training import train_history_model, train_model

        meaning = sentence_vectors()
        if split.learnt[0].kind is None:
            lent = read_messages(data.MESSAGES)
            base = store.load(_current())
            model, _ = train_history_model(split.learnt, lent, base, meaning, _say)
        else:
            model = train_model(split.learnt, meaning, _say)
        store.save(model, directory / "model")

    def reader(self, split: Split, directory: Path) -> Reader:
        """Everything is read; one answer of it is looked at."""
        from bot.understanding.understander import Understander

        understander = Understander.load(directory / "model")
        if split.label == "kind":
            return lambda text: understander.read(text).kind.value
        seen = {split.answer(row) for row in split.learnt}

        def topic(text: str) -> str:
            scores = understander.read(text).topic_scores
            return max(seen & set(scores), key=lambda name: scores[name])

        return topic


class WordsAndSvm:
    """TF-IDF of jieba's words, then a linear support vector machine: what most published work starts from."""

    def train(self, split: Split, directory: Path) -> None:
        """scikit-learn with its defaults."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        texts, classes = split.examples()
        words = TfidfVectorizer(tokenizer=_jieba, token_pattern=None, lowercase=False)
        model = make_pipeline(words, LinearSVC(random_state=0)).fit(texts, classes)
        (directory / "model.pickle").write_bytes(pickle.dumps(model))

    def reader(self, split: Split, directory: Path) -> Reader:
        """One message at a time, as in a chat."""
        model = pickle.loads((directory / "model.pickle").read_bytes())
        return lambda text: str(model.predict([text])[0])


class Rasa:
    """One of Rasa's own pipelines, trained and asked through Rasa's own doors."""

    def __init__(self, classifier: dict[str, Any]) -> None:
        self.classifier = classifier

    def train(self, split: Split, directory: Path) -> None:
        """`rasa train nlu`."""
        _quiet()
        from rasa.model_training import train_nlu

        texts, classes = split.examples()
        examples = [{"text": text, "intent": name, "entities": []} for text, name in zip(texts, classes, strict=True)]
        pipeline = [{"name": "JiebaTokenizer"}, {"name": "CountVectorsFeaturizer"}, self.classifier]
        config = {"recipe": "default.v1", "language": "zh", "pipeline": pipeline}
        (directory / "config.yml").write_text(json.dumps(config), encoding="utf-8")
        nlu = {"rasa_nlu_data": {"common_examples": examples}}
        (directory / "nlu.json").write_text(json.dumps(nlu, ensure_ascii=False), encoding="utf-8")
        files = (str(directory / "config.yml"), str(directory / "nlu.json"), str(directory))
        if train_nlu(*files, fixed_model_name="rasa") is None:
            raise RuntimeError("Rasa trained nothing")

    def reader(self, split: Split, directory: Path) -> Reader:
        """`Agent.parse_message`, as a channel of Rasa calls it."""
        _quiet()
        from rasa.core.agent import Agent

        agent = Agent.load(str(directory / "rasa.tar.gz"))
        loop = asyncio.new_event_loop()
        return lambda text: str(loop.run_until_complete(agent.parse_message(text))["intent"]["name"])


CONTENDERS: dict[str, Callable[[int], Any]] = {
    "ours": lambda epochs: Ours(),
    "svm": lambda epochs: WordsAndSvm(),
    "rasa-logistic": lambda epochs: Rasa({"name": "LogisticRegressionClassifier"}),
    "rasa-diet": lambda epochs: Rasa(
        {
            "name": "DIETClassifier",
            "epochs": epochs,
            "constrain_similarities": True,
            "entity_recognition": False,
            "random_seed": 0,
        }
    ),
}
NAMES = {
    "ours": "Minsheng",
    "svm": "words TF-IDF + linear SVM",
    "rasa-logistic": "Rasa: jieba + CountVectors + LogisticRegression",
    "rasa-diet": "Rasa: jieba + CountVectors + DIET",
}


def _jieba(text: str) -> list[str]:
    import jieba

    return [word for word in jieba.lcut(text) if word.strip()]


def _quiet() -> None:
    from bot.log import silence_rasa

    silence_rasa()


def _current() -> Path:
    from bot.settings import read_settings
    from bot.workers.training import understanding_model

    return understanding_model(read_settings().model_dir, _say)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def train(contender: Any, split: Split, directory: Path) -> dict[str, float]:
    """Seconds of training, and the most memory it took; in this process."""
    began = time.process_time()
    contender.train(split, directory)
    return {"train_seconds": time.process_time() - began, "train_megabytes": _most_memory()}


def read(contender: Any, split: Split, directory: Path) -> dict[str, float]:
    """Figures over every judged message, read one by one in this process."""
    answer = contender.reader(split, directory)
    texts = [full_text(row) for row in split.judged]
    for text in texts[:WARM_UP]:
        answer(text)
    given, times = [], []
    for text in texts:
        began = time.process_time()
        given.append(answer(text))
        times.append((time.process_time() - began) * 1000)
    wanted = [split.answer(row) for row in split.judged]
    classes = sorted({*wanted, *given, *KINDS}) if split.label == "kind" else sorted({*wanted, *given})
    truth, guessed = (np.array([classes.index(name) for name in names]) for names in (wanted, given))
    return {
        "macro_f1": macro_f1(truth, guessed),
        "accuracy": float((truth == guessed).mean()),
        "p50": float(np.percentile(times, 50)),
        "p99": float(np.percentile(times, 99)),
        "megabytes": _most_memory(),
        "judged": float(len(texts)),
        "learnt": float(len(split.learnt)),
    }


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_fresh_process(step: str, contender: str, split: str, asked: argparse.Namespace, to: Path) -> dict[str, float]:
    """Run one step of one row by itself; its last printed line is the figures."""
    command = [sys.executable, "-m", __spec__.name, "--step", step, "--directory", str(to)]
    command += ["--contenders", contender, "--splits", split, "--epochs", str(asked.epochs)]
    command += ["--rows", str(asked.rows)] if asked.rows else []
    said = {"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "INFO"}
    environment = {**os.environ, **said, "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1" if step == "read" else "2"}
    ran = subprocess.run(command, cwd=data.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def row_of(contender: str, split: str, asked: argparse.Namespace) -> str:
    """Train, read, one line of the table."""
    called = f"{NAMES[contender]}, {asked.epochs} epochs" if contender == "rasa-diet" else NAMES[contender]
    with tempfile.TemporaryDirectory() as name:
        try:
            found = in_fresh_process("train", contender, split, asked, Path(name))
            found |= in_fresh_process("read", contender, split, asked, Path(name))
        except subprocess.CalledProcessError as error:  # DIET on long letters: the system takes its memory back
            return f"| {split} | {called} | ended with status {error.returncode} | | | | |"
    return (
        f"| {split} ({found['learnt']:.0f} learnt, {found['judged']:.0f} judged) | {called} "
        f"| {found['macro_f1']:.3f} | {found['accuracy']:.3f} | {found['p50']:.1f}, {found['p99']:.1f} "
        f"| {found['megabytes']:.0f} | {found['train_seconds']:.0f} s, {found['train_megabytes']:.0f} MB |"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--contenders", default=",".join(CONTENDERS))
    parser.add_argument("--splits", default=",".join(SPLITS))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--step", choices=("train", "read"))
    parser.add_argument("--directory", type=Path)
    return parser.parse_args()


def main() -> None:
    """The table, a line as soon as it is known."""
    asked = _arguments()
    if asked.step:
        step = train if asked.step == "train" else read
        contender = CONTENDERS[asked.contenders](asked.epochs)
        print("\n" + json.dumps(step(contender, SPLITS[asked.splits]().of(asked.rows), asked.directory)), flush=True)
        return
    data.visible()
    print("| split | who | macro-F1 | accuracy | ms a message: p50, p99 | memory, reading (MB) | training |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for contender in asked.contenders.split(","):
        for split in asked.splits.split(","):
            print(row_of(contender, split, asked), flush=True)


if __name__ == "__main__":
    main()
