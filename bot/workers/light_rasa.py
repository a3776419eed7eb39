"""Let Rasa be imported without what this product never calls.

Rasa 3.6 imports TensorFlow, scikit-learn and the libraries of ten channels at start, whether or not a model needs
them: 350 MB and seven seconds. `config.yml` names no neural component and our channels are our own, so a worker puts
inert names in their place. Calling one says so at once; nothing is quietly skipped. Training keeps scikit-learn, and
Rasa's own commands keep everything. See docs/decisions/0003-a-light-rasa.md.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

NEURAL = frozenset({"tensorflow", "keras"})
LEARNING = frozenset({"sklearn", "scipy", "matplotlib"})
CHANNELS = frozenset(
    (
        *("aio_pika", "aiogram", "aiormq", "apscheduler", "boto3", "botocore", "fbmessenger", "google", "kafka"),
        *("mattermostwrapper", "pamqp", "prompt_toolkit", "pymongo", "questionary", "rocketchat_API", "sanic"),
        *("sanic_routing", "slack_sdk", "socketio", "twilio", "webexteamssdk", "websockets"),
    )
)
FOR_TRAINING = NEURAL
FOR_TALKING = NEURAL | LEARNING | CHANNELS


class _InertMeta(type):
    """Names inside an inert name are inert too; `issubclass` and annotations keep working."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _inert(f"{cls.__qualname__}.{name}")


def _inert(qualified_name: str) -> type:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(
            f"{qualified_name} was called in a process that runs without it: config.yml names a component that needs"
            " more of Rasa; set MINSHENG_TENSORFLOW=1"
        )

    return _InertMeta(qualified_name.rsplit(".", 1)[-1], (), {"__init__": refuse, "__qualname__": qualified_name})


class _InertModule(ModuleType):
    """A module whose every name is inert."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "function":  # @tf.function is the only decorator that runs at import time
            return _keep
        return _inert(f"{self.__name__}.{name}")


def _keep(*args: Any, **kwargs: Any) -> Any:
    return args[0] if args and callable(args[0]) else _keep


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, absent: frozenset[str]) -> None:
        self._absent = absent

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] not in self._absent:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = _InertModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: every name is made when it is asked for."""


def install(absent: frozenset[str]) -> None:
    """From here on importing one of these gives inert names. What is already loaded stays what it is."""
    sys.meta_path.insert(0, _Finder(absent - set(sys.modules)))
