"""The graph components of `config.yml`: thin doors from Rasa to `acts` and `understander`. The only module with Rasa."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.domain.reading import Reading, reading_to_json
from bot.understanding.acts import MATTER, Acts
from bot.understanding.rows import NO_MATTER, read_messages
from bot.understanding.understander import Understander

READING = "reading"
NOT_UNDERSTOOD = "nlu_fallback"
GIBBERISH = "small_talk/gibberish"
ANSWERS = ("affirm", "deny", "skip", "done", "anonymous", "inform", "correct", "supplement")
SHORTEST_CLEAR_MATTER = 6
MATTERS_FOR_ACTS = 1200
SHORTEST_HAZY_MATTER = 15
_readers: dict[Path, Callable[[str], Reading]] = {}
_here: list[Path] = []


def model_directory() -> Path:
    """Where `python -m bot train` put the understander that belongs to this Rasa model."""
    if _here:
        return _here[-1]
    models = Path(os.environ.get("MINSHENG_HOME") or "data") / "models"
    return models / (models / "current").read_text(encoding="utf-8").strip() / "understanding"


def use_model_directory(directory: Path) -> None:
    """Say which understander this process works with."""
    _here.append(directory)


def settle(act: str, sure: float, length: int, reading: Reading) -> str:
    """The act after a second look: a clear matter is a matter whatever else it sounded like, nothing is nothing."""
    if (sure >= 0.999 and act != GIBBERISH) or act.split("/")[0] in ANSWERS:
        return act
    if act == MATTER:
        hazy = (reading.abstain or reading.unsure) and sure < 0.6 and length < SHORTEST_HAZY_MATTER
        return NOT_UNDERSTOOD if (reading.no_matter or hazy) and reading.urgency < 4 else act
    act = NOT_UNDERSTOOD if act == GIBBERISH else act
    unclear = act == NOT_UNDERSTOOD or (act.startswith("small_talk/") and sure < 0.7)
    sure_of_it = not (reading.no_matter or reading.abstain or reading.unsure)
    clear_matter = sure_of_it and length >= SHORTEST_CLEAR_MATTER
    in_danger = reading.urgency == 4 and not reading.no_matter
    return MATTER if (unclear and clear_matter) or in_danger else act


def reader_at(directory: Path) -> Callable[[str], Reading]:
    """One reader a process, shared with the actions. Answers repeat, and a form reads its first message twice."""
    if directory not in _readers:
        _readers[directory] = lru_cache(maxsize=1024)(Understander.load(directory).read)
    return _readers[directory]


class MatterImporter(TrainingDataImporter):  # type: ignore[misc]
    """Adds the messages of `nlu_data/messages` to Rasa's training data, as examples of the intent `matter`."""

    def __init__(self, config_file: Any = None, domain_path: Any = None, training_data_paths: Any = None, **_: Any):
        self._folder = Path(_.get("messages", "nlu_data/messages"))

    def get_nlu_data(self, language: str | None = "zh") -> TrainingData:
        """One example a message; those without a matter teach small talk elsewhere."""
        rows = [row for row in read_messages(self._folder) if row.kind != NO_MATTER]
        return TrainingData([Message(data={TEXT: row.text, INTENT: MATTER}) for row in rows])

    def get_domain(self) -> Any:
        """Adds nothing."""
        from rasa.shared.core.domain import Domain

        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> Any:
        """Adds nothing."""
        from rasa.shared.core.training_data.structures import StoryGraph

        return StoryGraph([])

    def get_conversation_tests(self) -> Any:
        """Adds nothing."""
        return self.get_stories()

    def get_config(self) -> dict[str, Any]:
        """Adds nothing."""
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        """None of its own."""
        return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class Words(JiebaTokenizer):  # type: ignore[misc]
    """jieba, without the blank tokens that Rasa's own leaves in. Long letters are cut by the readers themselves."""

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Words with their places."""
        return [token for token in super().tokenize(message, attribute) if token.text.strip()]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActClassifier(GraphComponent):  # type: ignore[misc]
    """Sets the intent, and for the two families `faq` and `small_talk` which text answers it."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, acts: Acts | None) -> None:
        self._config, self._storage, self._resource, self._acts = config, storage, resource, acts

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: below this confidence the citizen is asked what they meant."""
        return {"threshold": 0.3}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActClassifier:
        """Before training."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ActClassifier:
        """After training."""
        with model_storage.read_from(resource) as directory:
            return cls(config, model_storage, resource, Acts.load(directory / "acts"))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from Rasa's examples."""
        examples = _thinned([(one.get(TEXT), _full_intent(one)) for one in training_data.intent_examples])
        with self._storage.write_to(self._resource) as directory:
            Acts.train(examples, directory / "acts")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Name what each message does."""
        assert self._acts is not None, "process before load"
        for message in messages:
            act = self._acts.judge(message.get(TEXT) or "")
            known = act.sure >= self._config["threshold"]
            name = act.name if known else NOT_UNDERSTOOD
            family = name.split("/")[0]
            message.set(INTENT, {"name": family, "confidence": act.sure}, add_to_output=True)
            message.set("act", name, add_to_output=True)
            message.set("intent_ranking", _ranking(act.scores), add_to_output=True)
            if "/" in name:
                message.set("response_selector", _selected(family, name), add_to_output=True)
        return messages


def _thinned(examples: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """All acts, and matters evenly chosen: that something is a matter is learnt from far fewer than its topic."""
    matters = [example for example in examples if example[1] == MATTER]
    step = max(1, len(matters) // MATTERS_FOR_ACTS)
    return [example for example in examples if example[1] != MATTER] + matters[::step]


def _full_intent(example: Message) -> str:
    return str(example.get("intent_response_key") or example.get(INTENT))


def _ranking(scores: Any) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": score} for name, score in scores.items()]


def _selected(family: str, name: str) -> dict[str, Any]:
    """What Rasa's own response selector would have written: action `utter_faq` then says `utter_faq/…`."""
    response = {"responses": [{}], "confidence": 1.0, "intent_response_key": name, "utter_action": f"utter_{name}"}
    return {"all_retrieval_intents": [family], family: {"response": response, "ranking": []}}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MatterReader(GraphComponent):  # type: ignore[misc]
    """Puts the whole reading beside the intent. The model lies beside Rasa's (`understanding/` in the model folder)."""

    def __init__(self, read: Callable[[str], Reading]) -> None:
        self._read = read

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`directory`: the understander's model, trained first by `python -m bot train`."""
        return {"directory": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MatterReader:
        """Take the shared reader."""
        return cls(reader_at(Path(config.get("directory") or model_directory())))

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message."""
        for message in messages:
            reading = self._read(message.get(TEXT) or "")
            message.set(READING, reading_to_json(reading), add_to_output=True)
            self._settle(message, reading)
        return messages

    def _settle(self, message: Message, reading: Reading) -> None:
        """Where act and reading disagree, the one that has seen more decides."""
        act, sure = str(message.get("act")), float(message.get(INTENT)["confidence"])
        settled = settle(act, sure, len(message.get(TEXT) or ""), reading)
        if settled != act:
            message.set(INTENT, {"name": settled, "confidence": sure}, add_to_output=True)
            message.set("act", settled, add_to_output=True)
