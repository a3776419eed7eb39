"""Scores on unseen rows → a report people can read: table, confusion picture, calibration, errors worth reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.understanding.classifiers import Floats

MOST_ERRORS = 40
PICTURES = ("confusion.svg", "reliability.svg", "abstain.svg")


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
    report: Report | None, problems: Sequence[str], directory: Path, verdict: Verdict | None = None
) -> Path:
    """report.md with its pictures in a directory, all for the owner's eyes: errors are shown in people's words."""
    directory.mkdir(parents=True, exist_ok=True)
    if report is not None:
        write_pictures(report, directory)
    target = directory / "report.md"
    target.touch(0o600)
    target.write_text(as_markdown(report, problems, verdict), encoding="utf-8")
    return target


def write_pictures(report: Report, directory: Path) -> None:
    """The pictures that a report links to."""
    from bot.understanding import pictures

    drawn = (pictures.confusion_picture, pictures.reliability_picture, pictures.abstain_picture)
    for name, draw in zip(PICTURES, drawn, strict=True):
        (directory / name).write_text(draw(report), encoding="utf-8")


def as_markdown(report: Report | None, problems: Sequence[str] = (), verdict: Verdict | None = None) -> str:
    """The whole report; pictures are linked beside it."""
    parts = ["# 模型报告"]
    if verdict is not None:
        parts.append(verdict.as_markdown())
    if report is not None:
        parts += _figures(report)
    if problems:
        parts.append("\n".join(["## 没有用上的行", "", *(f"- {problem}" for problem in problems)]))
    return "\n\n".join(parts) + "\n"


def _figures(report: Report) -> list[str]:
    confusion, reliability, abstain = PICTURES
    parts = ["## 主题判断：在未参加训练的来信上", report.table(), f"![混淆矩阵]({confusion})"]
    rows = [f"| {mean:.2f} | {right:.2f} | {count} |" for mean, right, count in report.reliability()]
    parts += ["## 把握可信吗", "\n".join(["| 平均把握 | 实际正确 | 件数 |", "|---|---|---|", *rows])]
    rows = [f"| {at:.1f} | {kept:.2f} | {right:.3f} |" for at, kept, right in report.abstain_curve()]
    parts += [f"![把握与实际]({reliability})", "## 把握低时多问一句"]
    parts += ["\n".join(["| 门槛 | 直接判断 | 其中正确 |", "|---|---|---|", *rows]), f"![门槛]({abstain})"]
    rows = [f"- {truth} → {judged}（{sure:.2f}）：{_short(text)}" for truth, judged, sure, text in report.errors()]
    return [*parts, "\n".join(["## 值得一读的错误", "", *rows])]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat[:80] + ("…" if len(flat) > 80 else "")
