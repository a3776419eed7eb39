"""Let Rasa be imported without TensorFlow, for a worker whose pipeline has no neural component.

Rasa 3.6 imports TensorFlow at start even where no component needs it: 250 MB and five seconds. `config.yml` names
none that does, so a worker puts inert names in its place. Calling one says so at once; nothing is quietly
skipped. Training and Rasa's own commands keep the real library. See docs/decisions/0003-worker-without-tensorflow.md.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

ABSENT = ("tensorflow", "keras")


class _InertMeta(type):
    """Names inside an inert name are inert too; `issubclass` and annotations keep working."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _inert(f"{cls.__qualname__}.{name}")


def _inert(qualified_name: str) -> type:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(
            f"{qualified_name} was called in a worker that runs without TensorFlow: "
            "config.yml names a neural component; set MINSHENG_TENSORFLOW=1"
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
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] not in ABSENT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = _InertModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: every name is made when it is asked for."""


def install() -> None:
    """From here on `import tensorflow` gives inert names. Does nothing where the real one is already loaded."""
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())
