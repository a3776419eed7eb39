"""Files of labelled messages → rows; what is wrong is named with its line, never swallowed."""

from __future__ import annotations

import csv
import hashlib
import json
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
# The writer of rows that come from the taxonomy: they teach, but nothing is measured or calibrated on them.
TAUGHT = "taxonomy"
# Rows of the project that are lent to a city's own history.
LENT = "project"
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
    "writer": ("writer", "fold", "group", "经办人"),
}


def silent(_: str) -> None:
    """Progress nobody looks at."""


@dataclass(frozen=True)
class Row:
    """One labelled message. None: not known. `writer` groups rows that must not be split apart in validation."""

    text: str
    subject: str = ""
    kind: str | None = None
    label: str | None = None
    level2: str | None = None
    urgency: int | None = None
    writer: str = ""


@dataclass
class History:
    """Rows that can be used, and what was wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_messages(folder: Path) -> list[Row]:
    """The project's own sentences: every *.jsonl of a folder, all rows right. A file is one hand, its personas are not."""
    history = History()
    for file in sorted(folder.glob("*.jsonl")):
        part = read_history(file, needs_label=False)
        history.rows += [replace(row, writer=file.stem) for row in part.rows]
        history.problems += [f"{file.name}: {problem}" for problem in part.problems]
    if history.problems:
        raise BadInput("; ".join(history.problems[:20]), field="messages")
    if not history.rows:
        raise BadInput(f"no labelled messages (*.jsonl) in {folder}", field="messages")
    return history.rows


def read_history(file: Path, *, needs_label: bool = True) -> History:
    """A city's own cases, JSON lines or CSV. A file that cannot be read at all is a BadInput."""
    try:
        content = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        content = _other_encoding(file)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror or error}", field="history") from error
    records = _csv_records(content) if file.suffix.lower() in {".csv", ".tsv"} else _json_records(content)
    return _rows(records, needs_label)


def _other_encoding(file: Path) -> str:
    try:
        return file.read_text(encoding="gb18030")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: neither UTF-8 nor GB 18030 (byte {error.start})", field="history") from error


def _json_records(content: str) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"not JSON ({error})"
            continue
        yield number, record if isinstance(record, dict) else "not a JSON object"


def _csv_records(content: str) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    first = content.split("\n", 1)[0]
    reader = csv.DictReader(content.splitlines(keepends=True), delimiter="\t" if "\t" in first else ",")
    try:
        for record in reader:
            extra = None in record or any(value is None for value in record.values())
            yield reader.line_num, "columns do not match the heading" if extra else dict(record)
    except csv.Error as error:
        yield reader.line_num, f"not CSV ({error})"


def _rows(records: Iterable[tuple[int, Mapping[str, object] | str]], needs_label: bool) -> History:
    history = History()
    columns: dict[str, str] | None = None
    for number, record in records:
        if isinstance(record, str):
            history.problems.append(f"line {number}: {record}")
            continue
        columns = _columns(record)
        row = _row(record, columns, needs_label)
        if isinstance(row, Row):
            history.rows.append(row)
        else:
            history.problems.append(f"line {number}: {row}")
    return history


def _columns(record: Mapping[str, object]) -> dict[str, str]:
    """Which of our fields stands under which of their names."""
    names = {str(name).strip().lower(): str(name) for name in record}
    return {
        ours: names[theirs]
        for ours, candidates in _COLUMNS.items()
        for theirs in reversed(candidates)
        if theirs in names
    }


def _row(record: Mapping[str, object], columns: dict[str, str], needs_label: bool) -> Row | str:
    values = {ours: record[theirs] for ours, theirs in columns.items()}
    wrong = [name for name in ("text", "subject", "detail", "label", "level2") if not _is_text(values.get(name))]
    if wrong:
        return f"{wrong[0]} is not text"
    text, subject = _words_of(values)
    if not text.strip() and not subject.strip():
        return "no text (wanted: `text`, or `subject` and `detail`)"
    label = str(values.get("label") or "").strip() or None
    if needs_label and label is None:
        return "no label (wanted: `label`, the topic)"
    kind = _kind(values.get("kind"))
    urgency = _urgency(values.get("urgency"))
    if kind == "?" or urgency == 0:
        name = "kind" if kind == "?" else "urgency"
        return f"{name} {values[name]!r} is unknown"
    level2 = str(values.get("level2") or "").strip() or None
    return Row(text, subject, kind, label, level2, urgency, str(values.get("writer") or ""))


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


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
