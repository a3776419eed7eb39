"""Scores on unseen rows → a report people can read: table, confusion picture, calibration, errors worth reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.understanding.classifiers import Floats
from bot.understanding.understander import TRUST_KIND, TRUST_TOPIC

MOST_ERRORS = 40
# What is judged, and how it is called in reports.
CALLED = {"topic": "主题", "kind": "类别", "urgency": "紧急程度"}
# Below these the bot is not sure enough: it asks, and staff are told to check.
IN_USE = {"topic": TRUST_TOPIC, "kind": TRUST_KIND}
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
PICTURES = ("confusion", "reliability", "abstain")


@dataclass(frozen=True)
class Report:
    """One label (`about`, of CALLED): for each row its true class, the judged one, how surely (NaN: not told), its text.

    `note` says on what it was judged.
    """

    about: str
    classes: tuple[str, ...]
    truth: NDArray[np.int64]
    guessed: NDArray[np.int64]
    confidence: Floats
    texts: Sequence[str]
    note: str = ""

    @classmethod
    def of_scores(
        cls,
        about: str,
        classes: Sequence[str],
        truth: NDArray[np.int64],
        scores: Floats,
        texts: Sequence[str],
        note: str = "",
    ) -> Report:
        """Where the likeliest class is the judged one; `scores` hold a row a message, a column a class."""
        return cls(about, tuple(classes), truth, scores.argmax(axis=1), scores.max(axis=1), texts, note)

    @property
    def pictures(self) -> dict[str, str]:
        """What is drawn (PICTURES) → the name of its file: confidence where it is told, thresholds where they are used."""
        told = not np.isnan(self.confidence).all()
        drawn = PICTURES if told and self.about in IN_USE else PICTURES[: 1 + told]
        return {picture: f"{self.about}-{picture}.svg" for picture in drawn}

    @property
    def _sure(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Confidence and whether it was right, of the rows where confidence is told."""
        told = ~np.isnan(self.confidence)
        return self.confidence[told], (self.guessed == self.truth)[told]

    @property
    def accuracy(self) -> float:
        """Share of rows judged right."""
        return float((self.guessed == self.truth).mean())

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that occur."""
        return float(np.mean([f1 for _, _, f1, count in self._figures() if count]))

    def confusion(self) -> NDArray[np.int64]:
        """Rows: true; columns: judged."""
        width = len(self.classes)
        return np.bincount(self.truth * width + self.guessed, minlength=width * width).reshape(width, width)

    def _figures(self) -> list[tuple[float, float, float, int]]:
        table = self.confusion()
        figures = []
        for n in range(len(self.classes)):
            hits, judged, count = int(table[n, n]), int(table[:, n].sum()), int(table[n].sum())
            figures.append((hits / max(1, judged), hits / max(1, count), 2 * hits / max(1, judged + count), count))
        return figures

    def table(self) -> str:
        """Precision, recall, F1 and count of each class."""
        lines = ["| 类别 | 准确率 | 召回率 | F1 | 件数 |", "|---|---|---|---|---|"]
        for name, (precision, recall, f1, count) in zip(self.classes, self._figures(), strict=False):
            if count:
                lines.append(f"| {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {count} |")
        lines.append(f"| 合计 | 正确 {self.accuracy:.3f} | | 宏平均 {self.macro_f1:.3f} | {len(self.truth)} |")
        return "\n".join(lines)

    def reliability(self) -> list[tuple[float, float, int]]:
        """For tenths of confidence: mean confidence, share right, count."""
        confidence, right = self._sure
        tenth = np.minimum((confidence * 10).astype(int), 9)
        kept = [tenth == n for n in range(10) if (tenth == n).any()]
        return [(float(confidence[k].mean()), float(right[k].mean()), int(k.sum())) for k in kept]

    def abstain_curve(self) -> list[tuple[float, float, float]]:
        """For thresholds, that in use among them: the share of rows judged at all, and how many of those are right."""
        confidence, right = self._sure
        curve = []
        for threshold in sorted({*THRESHOLDS, IN_USE.get(self.about, 0.0)}):
            kept = confidence >= threshold
            if kept.any():
                curve.append((threshold, float(kept.mean()), float(right[kept].mean())))
        return curve

    def errors(self) -> list[tuple[str, str, float, str]]:
        """True, judged, confidence, text: the surest errors first, for they teach most about labels and model."""
        wrong = np.flatnonzero(self.guessed != self.truth)
        surely = np.nan_to_num(self.confidence[wrong], nan=1.0)
        order = wrong[np.argsort(-surely, kind="stable")][:MOST_ERRORS]
        return [
            (self.classes[self.truth[n]], self.classes[self.guessed[n]], float(self.confidence[n]), self.texts[n])
            for n in order
        ]


@dataclass(frozen=True)
class Comparison:
    """One figure of the model in use and of the new one, on so many rows that neither had learnt."""

    about: str
    count: int
    former: float
    new: float
    by_chance: float = 0.0

    @property
    def is_worse(self) -> bool:
        """Whether the new one lost more than may be by chance."""
        return self.new < self.former - self.by_chance - 1e-9


@dataclass(frozen=True)
class Verdict:
    """Whether a new model takes over, and why."""

    comparisons: tuple[Comparison, ...]

    @property
    def taken(self) -> bool:
        """It takes over if nothing became worse."""
        return not any(one.is_worse for one in self.comparisons)

    def table(self) -> str:
        """Both figures of every part."""
        lines = ["| 部分 | 件数 | 在用模型 | 新模型 | |", "|---|---|---|---|---|"]
        for one in self.comparisons:
            mark = "变差" if one.is_worse else "不差"
            lines.append(f"| {one.about} | {one.count} | {one.former:.4f} | {one.new:.4f} | {mark} |")
        return "\n".join(lines)

    def as_markdown(self) -> str:
        """The verdict of a report."""
        said = "新模型不比在用模型差，已启用。" if self.taken else "新模型有变差的部分，没有启用；在用模型不变。"
        return f"## 新旧模型比较\n\n{said}\n\n{self.table()}"


def write_report(
    reports: Sequence[Report], problems: Sequence[str], directory: Path, verdict: Verdict | None = None
) -> Path:
    """report.md with its pictures in a directory, all for the owner's eyes: errors are shown in people's words."""
    directory.mkdir(parents=True, exist_ok=True)
    write_pictures(reports, directory)
    target = directory / "report.md"
    target.touch(0o600)
    target.write_text(as_markdown(reports, problems, verdict), encoding="utf-8")
    return target


def write_pictures(reports: Sequence[Report], directory: Path) -> None:
    """The pictures that a report links to; those of a former report go."""
    from bot.understanding.pictures import DRAWN

    for former in (directory / f"{about}-{picture}.svg" for about in CALLED for picture in PICTURES):
        former.unlink(missing_ok=True)
    for report in reports:
        for picture, name in report.pictures.items():
            (directory / name).write_text(DRAWN[picture](report), encoding="utf-8")


def as_markdown(reports: Sequence[Report], problems: Sequence[str] = (), verdict: Verdict | None = None) -> str:
    """The whole report, a section a label; pictures are linked beside it."""
    parts = ["# 模型报告"]
    if verdict is not None:
        parts.append(verdict.as_markdown())
    parts += [part for report in reports for part in _section(report)]
    if problems:
        parts.append("\n".join(["## 没有用上的行", "", *(f"- {problem}" for problem in problems)]))
    return "\n\n".join(parts) + "\n"


def _section(report: Report) -> list[str]:
    parts = [f"## {CALLED[report.about]}", report.note, report.table(), _linked(report, "confusion", "混淆矩阵")]
    if "reliability" in report.pictures:
        parts += ["### 把握可信吗", *_reliability(report)]
    if "abstain" in report.pictures:
        parts += ["### 把握低时多问一句", *_abstaining(report)]
    parts += ["### 值得一读的错误", "\n".join(map(_error, report.errors())) or "没有错误。"]
    return [part for part in parts if part]


def _reliability(report: Report) -> list[str]:
    rows = [f"| {mean:.2f} | {right:.2f} | {count} |" for mean, right, count in report.reliability()]
    table = "\n".join(["| 平均把握 | 实际正确 | 件数 |", "|---|---|---|", *rows])
    return [table, _linked(report, "reliability", "把握与实际")]


def _abstaining(report: Report) -> list[str]:
    used = IN_USE[report.about]
    rows = [
        f"| {at:.2f}{'（在用）' if at == used else ''} | {kept:.2f} | {right:.3f} |"
        for at, kept, right in report.abstain_curve()
    ]
    table = "\n".join(["| 门槛 | 直接判断 | 其中正确 |", "|---|---|---|", *rows])
    return [table, _linked(report, "abstain", "门槛")]


def _linked(report: Report, picture: str, called: str) -> str:
    return f"![{CALLED[report.about]}：{called}]({report.pictures[picture]})"


def _error(error: tuple[str, str, float, str]) -> str:
    truth, judged, sure, text = error
    surely = "" if np.isnan(sure) else f"（{sure:.2f}）"
    return f"- {truth} → {judged}{surely}：{_short(text)}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat[:80] + ("…" if len(flat) > 80 else "")
