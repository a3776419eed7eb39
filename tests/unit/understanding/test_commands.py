"""Batch use and a city's own history, good and bad."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from bot.domain.errors import BadInput
from bot.understanding import commands
from bot.understanding.rows import read_history

TOPICS = {"水": "停水了水管坏了没水喝", "路": "路面坑洼修路公路难走", "钱": "工资不发欠薪讨要工钱"}


def history_lines(each: int = 15) -> list[str]:
    return [
        json.dumps({"subject": f"第{n}件", "detail": text[n % 5 :] + text, "label": label}, ensure_ascii=False)
        for label, text in TOPICS.items()
        for n in range(each)
    ]


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_each_line_gets_an_answer(model: Path) -> None:
    out = io.StringIO()
    count = commands.understand(['{"id": "a", "text": "停水三天了"}', "", '{"id": 2, "text": ""}'], out, model)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert count == 2 and [answer["id"] for answer in answers] == ["a", 2]
    assert set(answers[0]) >= {
        "kind",
        "kind_scores",
        "topic",
        "topic_scores",
        "urgency",
        "urgency_scores",
        "slots",
        "title",
        "abstain",
    }
    assert len(answers[0]["topic_scores"]) == 15


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": "x"}', '{"id": 1}', '{"id": 1, "text": 5}', '{"id": [], "text": "x"}']
)
def test_a_bad_line_is_named_and_nothing_is_written(model: Path, line: str) -> None:
    out = io.StringIO()
    with pytest.raises(BadInput, match="line 2"):
        commands.understand(['{"id": 1, "text": "停水"}', line], out, model)
    assert out.getvalue() == ""


def test_own_labels_are_learnt(model: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "history.jsonl", history_lines())
    outcome = commands.train_history(file, tmp_path / "own", model)
    assert outcome.taken and not outcome.problems
    out = io.StringIO()
    commands.understand(['{"id": 1, "text": "路面坑洼难走"}'], out, tmp_path / "own")
    answer = json.loads(out.getvalue())
    assert set(answer["topic_scores"]) == set(TOPICS) and answer["topic"]["level1"] == "路"
    assert (tmp_path / "own" / "report.md").exists() and (tmp_path / "own" / "confusion.svg").exists()
    assert commands.evaluate(file, tmp_path / "own").macro_f1 > 0.9


def test_the_former_model_can_be_put_back(model: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "history.jsonl", history_lines())
    commands.train_history(file, tmp_path / "own", model)
    first = (tmp_path / "own" / "model.json").read_text()
    write(file, history_lines(20))
    assert commands.train_history(file, tmp_path / "own", model).taken
    assert (tmp_path / "own" / "model.json").read_text() != first
    commands.roll_back(tmp_path / "own")
    assert (tmp_path / "own" / "model.json").read_text() == first


def test_bad_rows_are_listed_with_their_lines(tmp_path: Path) -> None:
    lines = [
        '{"text": "停水", "label": "水"}',
        "nonsense",
        '{"text": "", "label": "水"}',
        '{"text": "x"}',
        '{"text": "x", "label": "水", "kind": "zzz"}',
    ]
    history = read_history(write(tmp_path / "h.jsonl", lines))
    assert len(history.rows) == 1
    assert [problem.split(":")[0] for problem in history.problems] == ["line 2", "line 3", "line 4", "line 5"]


def test_csv_with_chinese_headings_is_read(tmp_path: Path) -> None:
    file = write(tmp_path / "h.csv", ["留言主题,留言详情,一级标签", '停水,"三天了，没人管",城乡建设'])
    rows = read_history(file).rows
    assert rows[0].subject == "停水" and rows[0].text == "三天了，没人管" and rows[0].label == "城乡建设"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "no rows"),
        (['{"words": "x"}'], "line 1"),
        (['{"text": "停水", "label": "水"}'] * 10, "at least 20"),
        (['{"text": "停水", "label": "水"}'] * 40, "two labels"),
    ],
)
def test_a_history_that_teaches_nothing_is_refused(model: Path, tmp_path: Path, lines: list[str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        commands.train_history(write(tmp_path / "h.jsonl", lines), tmp_path / "own", model)
    assert not (tmp_path / "own").exists()


def test_a_missing_file_is_named(model: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nothing\.jsonl"):
        commands.train_history(tmp_path / "nothing.jsonl", tmp_path / "own", model)


def test_evaluate_names_unknown_labels(model: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="不存在的主题"):
        commands.evaluate(write(tmp_path / "h.jsonl", ['{"text": "x", "label": "不存在的主题"}']), model)
