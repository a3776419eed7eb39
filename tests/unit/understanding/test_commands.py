"""Batch use and a city's own history, good and bad."""

from __future__ import annotations

import io
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest

from bot.domain.errors import BadInput
from bot.understanding import commands
from bot.understanding.lessons import ONE_PAST_CASE_IN, is_kept_back
from bot.understanding.report import write_report
from bot.understanding.reporting import BROUGHT, UNSEEN, unseen
from bot.understanding.rows import Row, read_history, silent
from bot.understanding.training import Documents, _folds, full_text, learn
from bot.understanding.understander import TRUST_KIND, TRUST_TOPIC

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


def test_halves_of_characters_and_broken_bytes_are_read_and_answered(model: Path) -> None:
    place = r"我在东胜区伊\ud800煤路天骄\udc00小区3号楼，停水三天了"
    lines = [
        f'{{"id": "a", "text": "{place}"}}',
        r'{"id": "\ud83d", "text": "停水"}',
        b'{"id": "\xff", "text": "\xe5\x81\x9c\xe6\xb0\xb4\xe4"}'.decode("utf-8", "surrogateescape"),
    ]
    written = io.BytesIO()
    out = io.TextIOWrapper(written, encoding="utf-8")
    assert commands.understand(lines, out, model) == 3
    out.flush()
    answers = [json.loads(line) for line in written.getvalue().decode("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "\ud83d", "\udcff"]
    assert answers[0]["slots"]["place"] == "东胜区伊煤路天骄小区3号楼"


def test_a_byte_order_mark_is_no_fault(model: Path) -> None:
    out = io.StringIO()
    assert commands.understand(['\ufeff{"id": 1, "text": "停水三天了"}'], out, model) == 1


def test_lines_of_another_encoding_are_refused_not_answered_as_empty(model: Path) -> None:
    line = '{"id": 1, "text": "小区停水三天了"}'.encode("gbk").decode("utf-8", "surrogateescape")
    with pytest.raises(BadInput, match="line 2: GBK; wanted UTF-8"):
        commands.understand(['{"id": 0, "text": "停水"}', line], io.StringIO(), model)
    halves = '{"id": 1, "text": "\ud800\udc00\ud800"}'.encode("utf-8", "surrogatepass").decode(
        "utf-8", "surrogateescape"
    )
    assert commands.understand([halves], io.StringIO(), model) == 1


@pytest.mark.parametrize(
    "line",
    [
        '{"id": NaN, "text": "x"}',
        "{",
        "[]",
        '{"text": "x"}',
        '{"id": 1}',
        '{"id": 1, "text": 5}',
        '{"id": [], "text": "x"}',
    ],
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
    assert (tmp_path / "own" / "report.md").exists() and (tmp_path / "own" / "topic-confusion.svg").exists()
    reports, problems = commands.evaluate(file, tmp_path / "own")
    assert [report.about for report in reports] == ["topic"] and reports[0].macro_f1 > 0.9 and not problems


def test_the_former_model_can_be_put_back(model: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "history.jsonl", history_lines())
    commands.train_history(file, tmp_path / "own", model)
    first = (tmp_path / "own" / "model.json").read_text()
    write(file, history_lines(20))
    assert commands.train_history(file, tmp_path / "own", model).taken
    assert (tmp_path / "own" / "model.json").read_text() != first
    commands.roll_back(tmp_path / "own")
    assert (tmp_path / "own" / "model.json").read_text() == first
    with pytest.raises(BadInput, match="no former model is kept here"):
        commands.roll_back(tmp_path / "own")


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


def test_halves_of_characters_do_not_cost_a_history_its_report(model: Path, tmp_path: Path) -> None:
    half = r'{"id": "1\ud83d", "subject": "水管\ud83d", "detail": "停水了水管坏了\ude00", "label": "水\ud800"}'
    wrong = r'{"text": "停水", "label": "水", "kind": "zz\ud83d"}'
    file = write(tmp_path / "h.jsonl", [half, wrong, *history_lines()])
    row = read_history(file).rows[0]
    assert (row.id, row.subject, row.text, row.label) == ("1", "水管", "停水了水管坏了", "水")
    outcome = commands.train_history(file, tmp_path / "own", model)
    assert "line 2: kind" in (outcome.directory / "report.md").read_text("utf-8")


def test_a_clerk_is_no_writer(tmp_path: Path) -> None:
    file = write(tmp_path / "h.csv", ["内容,一级分类,经办人", "停水三天了,城乡建设,王科员"])
    assert read_history(file).rows == [Row("停水三天了", label="城乡建设")]


@pytest.mark.parametrize("column", ["writer", "fold", "group"])
@pytest.mark.parametrize("who", ["one alone", "one a label", "names of the program's own"])
def test_writers_that_leave_nothing_to_learn_from_part_no_rows(
    model: Path, tmp_path: Path, column: str, who: str
) -> None:
    records = [json.loads(line) for line in history_lines()]
    names = {"水": "taxonomy", "路": "project", "钱": "taxonomy"}
    called = {"one alone": "王", "one a label": "{label}", "names of the program's own": "{name}"}[who]
    lines = [json.dumps({**r, column: called.format(label=r["label"], name=names[r["label"]])}) for r in records]
    outcome = commands.train_history(write(tmp_path / "h.jsonl", lines), tmp_path / "own", model)
    without = commands.train_history(write(tmp_path / "w.jsonl", history_lines()), tmp_path / "without", model)
    assert outcome.reports[0].macro_f1 == without.reports[0].macro_f1 > 0.9


def test_rows_of_one_writer_are_judged_by_machines_that_never_saw_that_writer() -> None:
    rows = [Row(f"{n}", label="水" if n % 2 else "路", writer=f"w{n // 8}") for n in range(40)]
    folds = _folds(rows, np.arange(40), np.arange(40) % 2)
    assert sorted(at for _, judged in folds for at in judged) == list(range(40))
    for learnt, judged in folds:
        assert not {rows[at].writer for at in learnt} & {rows[at].writer for at in judged}


def test_a_class_that_one_writer_alone_told_of_is_learnt_in_every_fold() -> None:
    truth = np.arange(40) // 8
    rows = [Row(f"{n}", label=f"{truth[n]}", writer=f"w{truth[n]}") for n in range(40)]
    folds = _folds(rows, np.arange(40), truth)
    assert len(folds) == 4 and all(set(truth[learnt]) == set(truth) for learnt, _ in folds)


def test_csv_with_chinese_headings_is_read(tmp_path: Path) -> None:
    file = write(tmp_path / "h.csv", ["留言主题,留言详情,一级标签", '停水,"三天了，没人管",城乡建设'])
    rows = read_history(file).rows
    assert rows[0].subject == "停水" and rows[0].text == "三天了，没人管" and rows[0].label == "城乡建设"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "no rows"),
        (['{"words": "x"}'], "columns are words; wanted also: text"),
        (["{", "[]"], "no row can be used: line 1"),
        (["", "[{}]"], "JSON lines"),
        (['{"text": "停水", "label": "水"}'] * 10, "at least 20"),
        (['{"text": "停水", "label": "水"}'] * 40, "two labels"),
    ],
)
def test_a_history_that_teaches_nothing_is_refused(model: Path, tmp_path: Path, lines: list[str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        commands.train_history(write(tmp_path / "h.jsonl", lines), tmp_path / "own", model)
    assert not (tmp_path / "own").exists()


def test_labels_that_the_model_does_not_know_are_named_with_their_line(model: Path, tmp_path: Path) -> None:
    lines = ['{"text": "x", "label": "政法"}', '{"text": "x", "label": "不存在"}']
    with pytest.raises(BadInput, match="不存在.*1 of 2 rows, the first on line 2.*it knows .*政法"):
        commands.evaluate(write(tmp_path / "h.jsonl", lines), model)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_tables_of_every_office_are_read(tmp_path: Path, delimiter: str, encoding: str) -> None:
    table = [
        "编号|留言详情|一级分类|紧急程度",
        "7|三天了，没人管|城乡建设|紧急",
        '8|"第一行\n第二行"|交通运输|',
        "9|少一列",
    ]
    file = tmp_path / "h.csv"
    file.write_bytes("\r\n".join(table).replace("|", delimiter).encode(encoding))
    history = read_history(file)
    assert [(row.id, row.text, row.label, row.urgency) for row in history.rows] == [
        ("7", "三天了，没人管", "城乡建设", 3),
        ("8", "第一行\n第二行", "交通运输", None),
    ]
    assert history.lines == [2, 3] and history.problems == ["line 5: columns do not match the heading"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("h.csv", "内容|一级分类\n停水|水".encode(), "one column alone"),
        ("h.csv", "正文,部门\n停水,水".encode(), "columns are 正文、部门; wanted also: label"),
        ("h.xlsx", b"PK\x03\x04rest", "Excel"),
        ("h.csv", b"\xff\xff\xff", "not text"),
        ("h.csv", '内容,一级分类\n"停水,水'.encode(), "line 2: .*is a quotation mark open"),
        ("h.csv", b"", "no rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    model: Path, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=says) as refused:
        commands.train_history(tmp_path / name, tmp_path / "own", model)
    assert "\n" not in str(refused.value) and not (tmp_path / "own").exists()


def test_a_stray_quotation_mark_costs_its_own_row_and_no_other(tmp_path: Path) -> None:
    table = [
        "内容,分类",
        '"开着的引号,水',
        "停电了,电",
        '"他说"停水"了",水',
        '"两行\n的话",路',
        '没有"结尾,水',
        '"又是,路',
    ]
    history = read_history(write(tmp_path / "h.csv", table))
    assert [(line, row.text) for line, row in zip(history.lines, history.rows, strict=True)] == [
        (3, "停电了"),
        (4, '他说停水"了"'),
        (5, "两行\n的话"),
        (7, '没有"结尾'),
    ]
    assert history.problems == [
        f"line {line}: columns do not match the heading: is a quotation mark open?" for line in (2, 8)
    ]


def test_a_table_by_another_name_is_told_how_to_be_called(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"name of a table ends in \.csv or \.tsv"):
        read_history(write(tmp_path / "h.txt", ["内容,分类", "停水了,水"]))


def test_a_label_on_one_row_is_said_aloud(model: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "h.jsonl", [*history_lines(), '{"text": "别的事", "label": "孤单"}'])
    outcome = commands.train_history(file, tmp_path / "own", model)
    assert [problem for problem in outcome.problems if "line 46" in problem and "孤单" in problem]
    assert "孤单" not in outcome.reports[0].classes and "孤单" in (tmp_path / "own" / "report.md").read_text("utf-8")


def mixed(lines: list[str], share: float) -> list[str]:
    """So many labels of the rows that are learnt put at random; those kept back stay right."""
    chance = random.Random(0)
    records = [json.loads(line) for line in lines]
    for record in records:
        row = Row(record["detail"], record["subject"])
        if not is_kept_back(row, ONE_PAST_CASE_IN) and chance.random() < share:
            record["label"] = chance.choice(list(TOPICS))
    return [json.dumps(record, ensure_ascii=False) for record in records]


def test_a_worse_model_is_refused_and_leaves_a_report(model: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "h.jsonl", history_lines())
    commands.train_history(file, tmp_path / "own", model)
    first = (tmp_path / "own" / "model.json").read_text()
    outcome = commands.train_history(write(file, mixed(history_lines(), 1.0)), tmp_path / "own", model)
    assert not outcome.taken and (tmp_path / "own" / "model.json").read_text() == first
    assert "没有启用" in (outcome.directory / "report.md").read_text("utf-8")
    assert (outcome.directory / "topic-abstain.svg").exists()


def test_a_larger_history_is_not_worse_because_its_rows_are_harder(model: Path, tmp_path: Path) -> None:
    first = commands.train_history(write(tmp_path / "few.jsonl", history_lines()), tmp_path / "own", model)
    assert first.verdict is None
    more = write(tmp_path / "more.jsonl", mixed(history_lines(39), 0.2))
    second = commands.train_history(more, tmp_path / "own", model)
    assert second.reports[0].macro_f1 < first.reports[0].macro_f1 - 0.05
    assert second.verdict is not None and second.taken
    (compared,) = second.verdict.comparisons
    kept = [row for row in read_history(more).rows if is_kept_back(row, ONE_PAST_CASE_IN)]
    assert compared.count == len(kept) > 0 and compared.new == compared.former == 1.0
    assert not {full_text(row) for row in kept} & set(second.reports[0].texts)


def test_a_history_too_small_beside_what_is_kept_back_says_so(model: Path, tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"停水修路第{n}天", "label": "水路"[n % 2]}, ensure_ascii=False) for n in range(20)]
    with pytest.raises(BadInput, match=r"beside [1-9] rows kept back to judge by: 1\d labelled rows; at least 20"):
        commands.train_history(write(tmp_path / "h.jsonl", lines), tmp_path / "own", model)


def test_evaluate_shows_rows_left_out_and_draws_what_it_links_to(model: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "h.jsonl", ['{"text": "停水三天了", "label": "城乡建设"}', '{"text": "", "label": "政法"}'])
    reports, problems = commands.evaluate(file, model)
    assert problems == ["line 2: no text (wanted: `text`, or `subject` and `detail`)"]
    written = write_report(reports, problems, tmp_path / "out")
    for picture in re.findall(r"\]\((.+?\.svg)\)", written.read_text("utf-8")):
        assert "城乡建设" in (written.parent / picture).read_text("utf-8") or picture != "topic-confusion.svg"


JUDGED = [
    '{"text": "停水三天了没人管", "label": "城乡建设", "kind": "申诉求决", "urgency": "一般"}',
    '{"text": "建议在公园里多放几张长椅", "kind": "建议", "urgency": 1}',
    '{"text": "谢谢", "kind": "无"}',
    '{"text": "煤气漏了屋里都是味快来人", "urgency": "特急"}',
    '{"text": "什么标签也没有"}',
]


def test_each_label_of_a_file_is_judged_in_a_section_with_its_pictures(model: Path, tmp_path: Path) -> None:
    reports, problems = commands.evaluate(write(tmp_path / "h.jsonl", JUDGED), model)
    assert [(report.about, len(report.truth)) for report in reports] == [("topic", 1), ("kind", 3), ("urgency", 3)]
    assert problems == ["line 5: no label (wanted: label (the topic) or kind or urgency)"]
    kinds, urgencies = reports[1], reports[2]
    assert kinds.accuracy == 1.0 and kinds.classes[kinds.truth[2]] == "无诉求" and np.isnan(kinds.confidence[2])
    assert sum(count for _, _, count in kinds.reliability()) == 2
    assert urgencies.classes[urgencies.guessed[2]] == "特急"
    text = write_report(reports, problems, tmp_path / "out").read_text("utf-8")
    assert re.findall("^## (.+)$", text, re.MULTILINE) == ["主题", "类别", "紧急程度", "没有用上的行"]
    linked = re.findall(r"\]\((.+?\.svg)\)", text)
    assert sorted(linked) == sorted(path.name for path in (tmp_path / "out").glob("*.svg"))
    assert {"kind-confusion.svg", "kind-abstain.svg", "urgency-reliability.svg"} < set(linked)
    assert "建议意见" in (tmp_path / "out" / "kind-confusion.svg").read_text("utf-8")


def test_pictures_show_the_thresholds_in_use_and_nothing_lies_on_their_curves(model: Path, tmp_path: Path) -> None:
    reports, problems = commands.evaluate(write(tmp_path / "h.jsonl", JUDGED), model)
    text = write_report(reports, problems, tmp_path / "out").read_text("utf-8")
    for about, used in (("topic", TRUST_TOPIC), ("kind", TRUST_KIND)):
        assert f"在用的门槛 {used:.2f}" in (tmp_path / "out" / f"{about}-abstain.svg").read_text("utf-8")
        assert f"| {used:.2f}（在用） |" in text
        for name, legend in (("abstain", "其中判断正确的比例"), ("reliability", "本模型（点越大件数越多）")):
            picture = (tmp_path / "out" / f"{about}-{name}.svg").read_text("utf-8")
            assert height_of(picture, legend) < height_of(picture, "1.0", "end")


def height_of(picture: str, words: str, anchor: str = "start") -> float:
    """How far below the top of a picture words stand."""
    found = re.search(
        rf'<text style="[^"]*text-anchor: {anchor}" x="[^"]*" y="([^"]*)"[^>]*>{re.escape(words)}<', picture
    )
    assert found, words
    return float(found.group(1))


def test_where_no_confidence_is_told_none_is_shown(model: Path, tmp_path: Path) -> None:
    reports, problems = commands.evaluate(write(tmp_path / "h.jsonl", ['{"text": "谢谢", "kind": "无"}']), model)
    text = write_report(reports, problems, tmp_path / "out").read_text("utf-8")
    assert "把握" not in text and [path.name for path in (tmp_path / "out").glob("*.svg")] == ["kind-confusion.svg"]


def test_what_a_former_report_drew_does_not_stay(model: Path, tmp_path: Path) -> None:
    reports, problems = commands.evaluate(write(tmp_path / "h.jsonl", JUDGED), model)
    write_report(reports, problems, tmp_path / "out")
    write_report(reports[:1], problems, tmp_path / "out")
    assert {path.name.partition("-")[0] for path in (tmp_path / "out").glob("*.svg")} == {"topic"}


def test_kinds_of_a_history_are_reported_whether_they_are_learnt_or_too_few(model: Path, tmp_path: Path) -> None:
    kinds = {"水": "claim", "路": "suggestion", "钱": "claim"}
    few = [json.dumps({**r, "kind": kinds[r["label"]], "urgency": 2}) for r in map(json.loads, history_lines())]
    outcome = commands.train_history(write(tmp_path / "few.jsonl", few), tmp_path / "few", model)
    assert [one.about for one in outcome.reports] == ["topic", "kind", "urgency"]
    assert len({len(one.truth) for one in outcome.reports}) == 1
    assert outcome.reports[1].note == BROUGHT
    many = [json.dumps({**r, "kind": kinds[r["label"]]}) for r in map(json.loads, history_lines(190))]
    outcome = commands.train_history(write(tmp_path / "many.jsonl", many), tmp_path / "many", model)
    assert [one.about for one in outcome.reports] == ["topic", "kind"]
    assert outcome.reports[1].note == UNSEEN and outcome.reports[1].classes == ("申诉求决", "建议意见")
    assert outcome.reports[1].accuracy > 0.9


def test_a_report_shows_none_of_what_was_learnt_beside_the_history() -> None:
    past = [Row(f"停水了第{n}天", label="水") for n in range(10)] + [Row(f"修路第{n}天", label="路") for n in range(10)]
    corrected = [Row(f"停水了又修路{n}", label="路") for n in range(10)]
    rows = [*past, *corrected]
    trained = {"topic": learn("topic", Documents.prepare(rows, None, silent), [row.label for row in rows], silent)}
    assert sorted(unseen(trained, past)[0].texts) == sorted(row.text for row in past)


def test_rows_without_words_teach_no_topic(model: Path, tmp_path: Path) -> None:
    lines = [json.dumps({"text": text, "label": label}) for text in ("😀", "？？！", "666") for label in TOPICS]
    with pytest.raises(BadInput, match="no row can be used: line 1: no words, only signs or digits"):
        commands.train_history(write(tmp_path / "h.jsonl", lines * 7), tmp_path / "own", model)
    assert read_history(write(tmp_path / "k.jsonl", ['{"text": "😀", "kind": "无"}']), wanted=("kind",)).rows


def test_the_same_words_under_two_labels_are_named_and_left_out(tmp_path: Path) -> None:
    said = [*history_lines(), '{"subject": "见", "text": "附件", "label": "水"}', '{"text": "见 附件", "label": "路"}']
    found = commands.read_own_history(write(tmp_path / "h.jsonl", said))
    assert len(found.rows) == 45 and found.problems == [
        "line 46: label '水', but '路' on line 47 for the same words",
        "line 47: label '路', but '水' on line 46 for the same words",
    ]
    contrary = [json.dumps({"text": "停水了没人管", "label": label}) for label in TOPICS] * 40
    with pytest.raises(BadInput, match="no row can be used: line 1: label '水', but '路' on line 2"):
        commands.read_own_history(write(tmp_path / "h.jsonl", contrary))


def test_a_missing_file_is_named(model: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nothing\.jsonl"):
        commands.train_history(tmp_path / "nothing.jsonl", tmp_path / "own", model)


def test_evaluate_names_unknown_labels(model: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="不存在的主题"):
        commands.evaluate(write(tmp_path / "h.jsonl", ['{"text": "x", "label": "不存在的主题"}']), model)
