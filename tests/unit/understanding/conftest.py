"""A small model, trained once a session on the sentences beside this file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.rows import read_messages
from bot.understanding.understander import Understander

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("understanding") / "model"
    Understander.train(read_messages(HERE), directory)
    return directory


@pytest.fixture(scope="session")
def understander(model: Path) -> Understander:
    return Understander.load(model)
