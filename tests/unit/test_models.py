"""The store of models: what is kept, what goes, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import BadInput
from bot.workers import models
from bot.workers.models import Card

SOURCE = "0123456789abcdef"


def put(folder: Path, number: int, **given: object) -> Card:
    """A model as training leaves it; a refused one without anything that could be used."""
    name = models.fresh_name(folder)
    card = Card(name, f"2026-11-01T00:00:{number:02d}+00:00", **{"source": SOURCE, **given})
    (folder / name).mkdir(parents=True)
    models.write_card(folder / name, card)
    if not card.refused:
        (folder / name / models.RASA_MODEL).write_bytes(b"x")
        models.take(folder, name)
    models.tidy(folder, SOURCE)
    return card


def names(folder: Path) -> set[str]:
    return {card.name for card in models.all_cards(folder)}


def test_an_ordinary_training_never_removes_a_citys_model(tmp_path):
    own = put(tmp_path, 1, history=500)
    plain = [put(tmp_path, number).name for number in range(2, 6)]
    assert names(tmp_path) == {own.name, *plain[-2:]} and len({own.name, *plain}) == 5


def test_the_plain_model_and_the_last_refusal_stay_beside_a_citys_own(tmp_path):
    plain = put(tmp_path, 1).name
    own = [put(tmp_path, number, corrected=number).name for number in range(2, 5)]
    refused = [put(tmp_path, number, corrected=9, refused=True).name for number in range(5, 8)]
    assert names(tmp_path) == {plain, *own[-2:], refused[-1]}
    assert models.current_card(tmp_path).name == own[-1]


def test_what_is_no_model_of_ours_is_left_alone_and_one_without_a_card_is_known(tmp_path):
    (tmp_path / "history").mkdir()
    (tmp_path / SOURCE).mkdir()
    (tmp_path / SOURCE / models.RASA_MODEL).write_bytes(b"x")
    models.take(tmp_path, SOURCE)
    assert models.current_card(tmp_path).source == SOURCE
    for number in range(1, 4):
        put(tmp_path, number, source="another", corrected=1)
    assert (tmp_path / "history").is_dir()


@pytest.mark.parametrize("name", [None, "nothing", "..", "../elsewhere", ""])
def test_a_way_back_to_nothing_is_refused(tmp_path, name):
    only = put(tmp_path, 1)
    with pytest.raises(BadInput, match="there are: " + only.name if name is None else "no model|there are"):
        models.roll_back(tmp_path, name, SOURCE)
    assert models.current_card(tmp_path) == only


def test_a_damaged_card_is_named(tmp_path):
    only = put(tmp_path, 1)
    (tmp_path / only.name / "card.json").write_text("{")
    with pytest.raises(BadInput, match=r"card\.json is damaged"):
        models.current_card(tmp_path)
