"""Files of labelled messages → rows; what is wrong is named with its line, never swallowed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.domain.errors import BadInput

# Told how a long work gets on.
Progress = Callable[[str], None]
KINDS = ("claim", "accusation", "suggestion", "enquiry", "praise")
NO_MATTER = "none"
# Kinds whose matter may press; the others are low by their nature.
PRESSING = ("claim", "accusation")
# The two answers of the judge of danger.
CRITICAL, CALM = "critical", "calm"
# Who lends rows: the taxonomy to every training, the project's sentences to a city's own history.
TAUGHT, LENT = "taxonomy", "project"
_CHINESE_KINDS = {
    "申诉求决": "claim",
    "投诉": "claim",
    "求助": "claim",
    "检举控告": "accusation",
    "举报": "accusation",
    "建议意见": "suggestion",
    "建议": "suggestion",
    "咨询": "enquiry",
    "表扬": "praise",
    "感谢": "praise",
    "无诉求": NO_MATTER,
    "无": NO_MATTER,
}
_CHINESE_URGENCIES = {"特急": 4, "紧急": 3, "一般": 2, "低": 1}
# Column names as they stand in the exports of petition offices and hotlines.
_COLUMNS = {
    "text": ("text", "content", "内容", "诉求内容", "正文", "来信内容"),
    "subject": ("subject", "title", "标题", "主题", "留言主题"),
    "detail": ("detail", "body", "详情", "留言详情", "描述"),
    "label": ("label", "topic", "一级分类", "一级标签", "分类", "类别"),
    "level2": ("level2", "二级分类", "二级标签"),
    "kind": ("kind", "诉求类别", "类型"),
    "urgency": ("urgency", "紧急程度"),
    "id": ("id", "case_no", "编号", "信访编号", "工单编号"),
    "writer": ("writer", "fold", "group"),
}
# What a row may carry that is judged.
LABELS = {"label": "label (the topic)", "kind": "kind", "urgency": "urgency"}
_TABLES = {".csv", ".tsv"}
_DELIMITER = re.compile("[,;\t]")
# How .xlsx and .xls begin.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
HALF_A_CHARACTER = re.compile(r"[\ud800-\udfff]")
LONGEST_FIELD = 10_000_000
# So much of a strange heading is shown: it may be somebody's words.
MOST_NAMES, LONGEST_NAME = 12, 20


def silent(_: str) -> None:
    """Progress nobody looks at."""


@dataclass(frozen=True)
class Row:
    """One labelled message. None: not known. `writer` groups rows that must not be split apart in validation.

    Rows that are `lent_by` somebody (TAUGHT, LENT) teach, but nothing is measured or calibrated on them.
    """

    text: str
    subject: str = ""
    kind: str | None = None
    label: str | None = None
    level2: str | None = None
    urgency: int | None = None
    writer: str = ""
    id: str = ""
    lent_by: str = ""


@dataclass
class History:
    """Rows that can be used with the lines they stand on, and what was wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def shown(about: str, value: object) -> str:
    """How a kind or an urgency is called in Chinese; a topic is called as it is."""
    names: dict[str, Mapping[str, object]] = {"kind": _CHINESE_KINDS, "urgency": _CHINESE_URGENCIES}
    return next((name for name, known in names.get(about, {}).items() if str(known) == str(value)), str(value))


def read_messages(folder: Path) -> list[Row]:
    """The project's own sentences: every *.jsonl of a folder, all rows right. A file is one hand, its personas are not."""
    history = History()
    for file in sorted(folder.glob("*.jsonl")):
        part = read_history(file, wanted=())
        history.rows += [replace(row, writer=file.stem) for row in part.rows]
        history.problems += [f"{file.name}: {problem}" for problem in part.problems]
    if history.problems:
        raise BadInput("; ".join(history.problems[:20]), field="messages")
    if not history.rows:
        raise BadInput(f"no labelled messages (*.jsonl) in {folder}", field="messages")
    return history.rows


def read_history(file: Path, *, wanted: Sequence[str] = ("label",)) -> History:
    """A city's own cases, JSON lines or CSV; of the labels `wanted` (LABELS) each row carries at least one.

    A file that cannot be read at all is a BadInput.
    """
    content = _content(file)
    records = list(_csv_records(file, content) if file.suffix.lower() in _TABLES else _json_records(file, content))
    _check_columns(file, [record for _, record in records if not isinstance(record, str)], wanted)
    return _rows(records, wanted)


def rows_of(records: Iterable[Mapping[str, object]]) -> list[Row]:
    """Rows of what the program itself wrote down; what has no words (a picture alone) teaches nothing and is left out."""
    return _rows(enumerate(records, 1), wanted=()).rows


def _content(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror or error}", field="history") from error
    if raw.startswith(_WORKBOOKS):
        raise BadInput(f"{file}: an Excel workbook; save it as CSV (UTF-8) and give that file", field="history")
    utf16 = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ()
    for encoding in (*utf16, "utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.removeprefix("\ufeff")
    raise BadInput(f"{file}: not text in UTF-8, UTF-16 or GB 18030 (GBK)", field="history")


def _json_records(file: Path, content: str) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    if content.lstrip().startswith("["):
        raise BadInput(f"{file}: wanted JSON lines, one object a line, not one list of all", field="history")
    heading = content.partition("\n")[0].strip()
    if (
        heading
        and not heading.startswith(("{", '"'))
        and not file.suffix.lower().startswith(".json")
        and _DELIMITER.search(heading)
    ):
        raise BadInput(f"{file}: no JSON lines; the name of a table ends in .csv or .tsv", field="history")
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"not JSON ({error})"
            continue
        yield number, record if isinstance(record, dict) else "not a JSON object"


def _csv_records(file: Path, content: str) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    heading = content.partition("\n")[0]
    delimiter = max(",\t;", key=heading.count)
    if heading.strip() and delimiter not in heading:
        wanted = "commas, semicolons or tabs between columns"
        raise BadInput(f"{file}: one column alone, {_shown([heading.strip()])}; wanted {wanted}", field="history")
    csv.field_size_limit(LONGEST_FIELD)
    names: list[str] = []
    for number, fields, quoted in _fields(list(io.StringIO(content, newline="")), delimiter):
        if not names:
            names = fields
        elif len(fields) == len(names):
            yield number, dict(zip(names, fields, strict=True))
        else:
            yield number, f"columns do not match the heading{': is a quotation mark open?' if quoted else ''}"


def _fields(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    """First line of each record, its fields, and whether its quotation marks are at fault.

    Where they are, the record is that line alone and reading goes on with the next: no row is taken into another.
    """
    at = 0
    while at < len(lines):
        reader = csv.reader((lines[n] for n in range(at, len(lines))), delimiter=delimiter, strict=True)
        done = 0
        try:
            for fields in reader:
                if fields:
                    yield at + done + 1, fields, False
                done = reader.line_num
            return
        except csv.Error:
            at += done + 1
            yield at, _fields_of_one(lines[at - 1], delimiter), True


def _fields_of_one(line: str, delimiter: str) -> list[str]:
    """As well as they can be told; none of a line that is too long."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _check_columns(file: Path, records: Sequence[Mapping[str, object]], labels: Sequence[str]) -> None:
    """Say at once that a column is missing everywhere, rather than once a line."""
    seen = list(dict.fromkeys(str(name).strip() for record in records for name in record))
    found = set(_columns(dict.fromkeys(seen)))
    wanted = []
    if not found & {"text", "subject", "detail"}:
        wanted.append(f"text (may be called {'、'.join(_COLUMNS['text'])}), or subject and detail")
    if labels and not found & set(labels):
        wanted.append(
            " or ".join(f"{LABELS[name]}, which may be called {'、'.join(_COLUMNS[name])}" for name in labels)
        )
    if records and wanted:
        raise BadInput(f"{file}: the columns are {_shown(seen)}; wanted also: {'; '.join(wanted)}", field="history")


def _shown(names: Iterable[str]) -> str:
    shown = [name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…" for name in names]
    return "、".join(shown[:MOST_NAMES]) + ("…" if len(shown) > MOST_NAMES else "")


def _rows(records: Iterable[tuple[int, Mapping[str, object] | str]], wanted: Sequence[str]) -> History:
    history = History()
    for number, record in records:
        row = record if isinstance(record, str) else _row(record, _columns(record), wanted)
        if isinstance(row, Row):
            history.rows.append(row)
            history.lines.append(number)
        else:
            history.problems.append(f"line {number}: {row}")
    return history


def without_contradictions(history: History) -> History:
    """The same words under two labels teach nothing: all such rows become problems, with their lines and labels."""
    labels: dict[str, dict[str | None, int]] = {}
    for row, line in zip(history.rows, history.lines, strict=True):
        labels.setdefault(_same(row), {}).setdefault(row.label, line)
    kept = History(problems=list(history.problems))
    for row, line in zip(history.rows, history.lines, strict=True):
        others = [(label, at) for label, at in labels[_same(row)].items() if label != row.label]
        if not others:
            kept.rows.append(row)
            kept.lines.append(line)
            continue
        label, at = others[0]
        kept.problems.append(f"line {line}: label {row.label!r}, but {label!r} on line {at} for the same words")
    return kept


def _same(row: Row) -> str:
    """What two rows with the same words have in common."""
    return " ".join(f"{row.subject} {row.text}".split())


def without_lonely_labels(history: History) -> History:
    """A label that stands on one row alone can't be learnt: such rows become problems, with their line and label."""
    counts = Counter(row.label for row in history.rows)
    kept = History(problems=list(history.problems))
    for row, line in zip(history.rows, history.lines, strict=True):
        if counts[row.label] > 1:
            kept.rows.append(row)
            kept.lines.append(line)
        else:
            kept.problems.append(f"line {line}: label {row.label!r} stands on this row alone; two are wanted")
    return kept


def _columns(record: Mapping[str, object]) -> dict[str, str]:
    """Which of our fields stands under which of their names."""
    names = {str(name).strip().lower(): str(name) for name in record}
    return {
        ours: names[theirs]
        for ours, candidates in _COLUMNS.items()
        for theirs in reversed(candidates)
        if theirs in names
    }


def _row(record: Mapping[str, object], columns: dict[str, str], wanted: Sequence[str]) -> Row | str:
    values = {ours: record[theirs] for ours, theirs in columns.items()}
    wrong = [name for name in ("text", "subject", "detail", "label", "level2") if not _is_text(values.get(name))]
    if wrong:
        return f"{wrong[0]} is not text"
    values = {name: _whole(value) for name, value in values.items()}
    text, subject = _words_of(values)
    if not text.strip() and not subject.strip():
        return "no text (wanted: `text`, or `subject` and `detail`)"
    label = str(values.get("label") or "").strip() or None
    if label and not any(map(str.isalpha, f"{subject}{text}")):
        return "no words, only signs or digits: nothing tells of a topic"
    kind = _kind(values.get("kind"))
    urgency = _urgency(values.get("urgency"))
    if kind == "?" or urgency == 0:
        name = "kind" if kind == "?" else "urgency"
        known = (*KINDS, *_CHINESE_KINDS) if name == "kind" else ("1", "2", "3", "4", *_CHINESE_URGENCIES)
        return f"{name} {str(values[name])[:LONGEST_NAME]!r} is unknown; known are {'、'.join(known)}"
    level2 = str(values.get("level2") or "").strip() or None
    writer, number = (str(values.get(name) or "") for name in ("writer", "id"))
    row = Row(text, subject, kind, label, level2, urgency, writer, number)
    if wanted and all(getattr(row, name) is None for name in wanted):
        return f"no label (wanted: {' or '.join(LABELS[name] for name in wanted)})"
    return row


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _whole(value: object) -> object:
    """Without halves of characters, as other programs leave them where they cut an emoji: no file takes them."""
    return HALF_A_CHARACTER.sub("", value) if isinstance(value, str) else value


def _words_of(values: Mapping[str, object]) -> tuple[str, str]:
    if values.get("text"):
        return str(values["text"]), str(values.get("subject") or "")
    return str(values.get("detail") or ""), str(values.get("subject") or "")


def _kind(value: object) -> str | None:
    if value is None or value == "":
        return None
    name = _CHINESE_KINDS.get(str(value).strip(), str(value).strip())
    return name if name in KINDS or name == NO_MATTER else "?"


def _urgency(value: object) -> int | None:
    if value is None or value == "":
        return None
    name = str(value).strip()
    if name in _CHINESE_URGENCIES:
        return _CHINESE_URGENCIES[name]
    return int(name) if name in {"1", "2", "3", "4"} else 0


def fingerprint(rows: Sequence[Row]) -> str:
    """Says which data a model was trained on."""
    digest = hashlib.sha256()
    for row in rows:
        line = [row.text, row.subject, row.kind, row.label, row.level2, row.urgency]
        digest.update(json.dumps(line, ensure_ascii=True).encode())
    return digest.hexdigest()[:16]
