"""What staff correct in the console is learnt, judged beside the model in use, and can be taken back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import pytest_asyncio

from bot import bootstrap
from bot.domain.case import Case
from bot.domain.commands import CorrectCase
from bot.domain.errors import BadInput
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.settings import Settings, read_settings
from bot.storage.schema import upgrade
from bot.understanding.commands import read_own_history
from bot.understanding.lessons import ONE_CORRECTION_IN, Lessons, is_kept_back
from bot.understanding.rows import History, Row, read_messages, rows_of, silent
from bot.understanding.understander import Understander
from bot.workers import models, training
from tests.unit.casework.conftest import CLERK, Desk

MESSAGES = Path(__file__).parents[1] / "unit" / "understanding"
HERDERS, PUPILS = Topic("0101", "农村农业", ""), Topic("0601", "教育文体", "")
# A city's own habit, which no sentence of the project teaches: here herds are a matter of the environment.
HABIT = Topic("0401", "环境保护", "")
WRONG = Topic("0102", "城乡建设", "")


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("small") / "model"
    Understander.train(read_messages(MESSAGES), directory)
    return directory


@pytest.fixture
def settings(tmp_path: Path, small_model: Path) -> Settings:
    """A home with a plain model of today's code: a small one, and a stand-in for Rasa's, which no city changes."""
    settings = read_settings({"MINSHENG_HOME": str(tmp_path / "home")})
    upgrade(settings.database_url)
    folder = settings.model_dir / "plain"
    shutil.copytree(small_model, folder / models.UNDERSTANDING)
    (folder / models.RASA_MODEL).write_bytes(b"dialogue")
    models.write_card(folder, models.Card("plain", "2026-11-01T00:00:00+00:00", training.fingerprint()))
    models.take(settings.model_dir, "plain")
    return settings


@pytest_asyncio.fixture
async def desk(settings: Settings):
    database = bootstrap.open_database(settings)
    yield Desk(database)
    await database.close()


async def corrected(desk: Desk, text: str, topic: Topic) -> Case:
    case = await desk.file(text=text, topic=WRONG, urgency=Urgency.NORMAL, kind=CaseKind.CLAIM)
    return await desk.do(CorrectCase(case.case_no, case.version, topic=topic), CLERK)


async def train(settings: Settings, history: History | None = None) -> training.Outcome:
    rows = rows_of(await bootstrap.corrected_rows(settings))
    return training.train(settings.model_dir, Lessons(history or History(), rows), silent, MESSAGES)


def in_use(settings: Settings) -> str:
    folder = models.current_model(settings.model_dir)
    assert folder is not None
    return folder.name


def topic_of(settings: Settings, text: str) -> str:
    return Understander.load(settings.model_dir / in_use(settings) / models.UNDERSTANDING).read(text).topic.level1


async def test_corrections_are_learnt_and_the_way_back_is_open(settings, desk):
    for n in range(40):
        await corrected(desk, f"邻家的羊群第{n}回翻过网围栏啃了我家草场", HABIT)
    unseen = "邻家的羊群又翻过网围栏啃了我家草场"
    outcome = await train(settings)
    assert outcome.verdict.taken, outcome.verdict.table()
    assert in_use(settings) == outcome.card.name and outcome.card.corrected == 40
    kept = outcome.verdict.comparisons[0]
    assert 0 < kept.count < 40 and kept.new > kept.former
    assert topic_of(settings, unseen) == "环境保护"
    report = (outcome.report / "report.md").read_text(encoding="utf-8")
    assert f"{kept.former:.4f}" in report and f"{kept.new:.4f}" in report and "羊群" not in report
    assert training.is_trained(settings.model_dir)
    assert models.roll_back(settings.model_dir, None, training.fingerprint()).name == "plain" == in_use(settings)
    assert models.roll_back(settings.model_dir, outcome.card.name, training.fingerprint()).name == in_use(settings)
    with pytest.raises(BadInput, match=outcome.card.name):
        models.roll_back(settings.model_dir, "nothing", training.fingerprint())


async def test_a_model_that_is_worse_on_what_was_kept_back_is_refused_with_a_report(settings, desk):
    for n in range(40):
        case = await desk.file(text=f"邻家的羊群第{n}回翻过网围栏啃了我家草场", topic=WRONG)
        topic = HERDERS if is_kept_back(Row("", id=case.case_no), ONE_CORRECTION_IN) else PUPILS
        await desk.do(CorrectCase(case.case_no, case.version, topic=topic), CLERK)
    rows = rows_of(await bootstrap.corrected_rows(settings))
    right = [Row(row.text + "，求解决", label="农村农业", kind="claim", id=f"h{n}") for n, row in enumerate(rows)]
    other = [Row(f"学校第{n}次乱收费，孩子的课本钱收了两遍", label="教育文体", id=f"p{n}") for n in range(40)]
    first = training.train(settings.model_dir, Lessons(History([*right, *other])), silent, MESSAGES)
    assert first.verdict.taken, first.verdict.table()
    second = await train(settings)
    assert second.card.refused and in_use(settings) == first.card.name
    assert "没有启用" in (second.report / "report.md").read_text(encoding="utf-8")
    assert not (settings.model_dir / second.card.name / models.UNDERSTANDING).exists()
    with pytest.raises(BadInput, match="refused"):
        models.roll_back(settings.model_dir, second.card.name, training.fingerprint())


async def test_a_citys_history_is_kept_for_the_next_training_beside_corrections(settings, desk, tmp_path):
    lines = [
        {"id": f"{label}{n}", "text": text.format(n), "label": label}
        for label, text in (("农村农业", "第{}组的水渠塌了浇不上地"), ("教育文体", "第{}小学门口没有人管接送秩序"))
        for n in range(40)
    ]
    file = tmp_path / "history.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    first = await train(settings, read_own_history(file))
    assert first.card.history == 80
    assert first.verdict.taken, first.verdict.table()
    assert (first.report / "topic-reliability.svg").exists() and (first.report / "topic-confusion.svg").exists()
    for n in range(20):
        await corrected(desk, f"邻家的羊群第{n}回翻过网围栏啃了我家草场", HERDERS)
    second = await train(settings, read_own_history(training.kept_history(settings.model_dir)))
    assert (second.card.history, second.card.corrected) == (80, 20)
    assert second.verdict.taken, second.verdict.table()
    assert "羊群" not in (second.report / "report.md").read_text(encoding="utf-8")
    assert [one.about for one in second.verdict.comparisons][:2] == ["更正过的诉求（留出）", "往年件（留出）"]
    assert topic_of(settings, "第九组水渠塌了") == "农村农业"


async def test_without_a_database_there_is_nothing_to_learn(tmp_path):
    settings = read_settings({"MINSHENG_HOME": str(tmp_path / "empty")})
    assert await bootstrap.corrected_rows(settings) == [] and not Lessons()
    with pytest.raises(BadInput, match="there is no database yet"):
        await bootstrap.export_corrections(settings, tmp_path / "corrections.jsonl", accusations=False)
    assert not (tmp_path / "empty").exists() and not list(tmp_path.glob("corrections*"))
