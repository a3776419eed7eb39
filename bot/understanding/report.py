"""Scores on unseen rows → a report people can read: table, confusion picture, calibration, errors worth reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.understanding.classifiers import Floats

MOST_ERRORS = 40
_CELL = 46


@dataclass(frozen=True)
class Report:
    """Classes, and for each row its true class, its scores and its text."""

    classes: tuple[str, ...]
    truth: NDArray[np.int64]
    scores: Floats
    texts: Sequence[str]

    @property
    def guessed(self) -> NDArray[np.int64]:
        """The likeliest class of each row."""
        return np.asarray(self.scores.argmax(axis=1))

    @property
    def confidence(self) -> Floats:
        """The probability of the likeliest class."""
        return np.asarray(self.scores.max(axis=1))

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
        tenth = np.minimum((self.confidence * 10).astype(int), 9)
        right = self.guessed == self.truth
        kept = [tenth == n for n in range(10) if (tenth == n).any()]
        return [(float(self.confidence[k].mean()), float(right[k].mean()), int(k.sum())) for k in kept]

    def abstain_curve(self) -> list[tuple[float, float, float]]:
        """For thresholds: the share of rows judged at all, and how many of those are right."""
        right = self.guessed == self.truth
        curve = []
        for threshold in (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
            kept = self.confidence >= threshold
            if kept.any():
                curve.append((threshold, float(kept.mean()), float(right[kept].mean())))
        return curve

    def errors(self) -> list[tuple[str, str, float, str]]:
        """True, judged, confidence, text: the surest errors first, for they teach most about labels and model."""
        wrong = np.flatnonzero(self.guessed != self.truth)
        order = wrong[np.argsort(-self.confidence[wrong], kind="stable")][:MOST_ERRORS]
        return [
            (self.classes[self.truth[n]], self.classes[self.guessed[n]], float(self.confidence[n]), self.texts[n])
            for n in order
        ]


def write_report(report: Report, problems: Sequence[str], directory: Path) -> Path:
    """report.md and confusion.svg in a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "confusion.svg").write_text(confusion_picture(report), encoding="utf-8")
    target = directory / "report.md"
    target.write_text(as_markdown(report, problems), encoding="utf-8")
    return target


def as_markdown(report: Report, problems: Sequence[str] = ()) -> str:
    """The whole report."""
    parts = ["# 主题判断：在未参加训练的来信上", report.table(), "![混淆矩阵](confusion.svg)"]
    rows = [f"| {mean:.2f} | {right:.2f} | {count} |" for mean, right, count in report.reliability()]
    parts.append("\n".join(["## 把握可信吗", "| 平均把握 | 实际正确 | 件数 |", "|---|---|---|", *rows]))
    rows = [f"| {at:.1f} | {kept:.2f} | {right:.3f} |" for at, kept, right in report.abstain_curve()]
    parts.append("\n".join(["## 把握低时多问一句", "| 门槛 | 直接判断 | 其中正确 |", "|---|---|---|", *rows]))
    rows = [f"- {truth} → {judged}（{sure:.2f}）：{_short(text)}" for truth, judged, sure, text in report.errors()]
    parts.append("\n".join(["## 值得一读的错误", *rows]))
    if problems:
        parts.append("\n".join(["## 没有用上的行", *(f"- {problem}" for problem in problems)]))
    return "\n\n".join(parts) + "\n"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat[:80] + ("…" if len(flat) > 80 else "")


def confusion_picture(report: Report) -> str:
    """The confusion matrix as SVG: true classes down, judged classes across."""
    table = report.confusion()
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    size = len(report.classes) * _CELL
    cells = [
        _cell(row, column, int(table[row, column]), float(share[row, column]))
        for row in range(len(report.classes))
        for column in range(len(report.classes))
    ]
    names = [
        f'<text x="145" y="{170 + n * _CELL}" text-anchor="end">{escape(name)}</text>'
        f'<text transform="translate({178 + n * _CELL},135) rotate(-45)">{escape(name)}</text>'
        for n, name in enumerate(report.classes)
    ]
    box = f'width="{size + 260}" height="{size + 170}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="13">'
    return head + '<rect width="100%" height="100%" fill="white"/>' + "".join(cells + names) + "</svg>\n"


def _cell(row: int, column: int, count: int, share: float) -> str:
    x, y = 150 + column * _CELL, 145 + row * _CELL
    ink = "white" if share > 0.5 else "black"
    label = f'<text x="{x + _CELL / 2}" y="{y + 27}" text-anchor="middle" fill="{ink}">{count}</text>' if count else ""
    return (
        f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="rgb(31,78,121)" fill-opacity="{share:.3f}" '
        f'stroke="#ddd"/>{label}'
    )
