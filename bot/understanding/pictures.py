"""A report's pictures as SVG, drawn by matplotlib: confusions, whether confidence can be believed, when to ask back.

Labels stay text in the SVG, so that whoever opens it sees Chinese in a font of their own machine; none is needed here.
matplotlib comes with Rasa; it is imported where a picture is drawn and nowhere else.
"""

from __future__ import annotations

import io
import logging
import warnings
from typing import Any

import numpy as np

from bot.understanding.report import IN_USE, Report

_BLUE, _GREY, _RED = "#1f4e79", "#999999", "#b22222"
_STYLE = {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 11, "svg.hashsalt": "minsheng"}
_INCHES_A_CLASS, _INCHES_A_CHARACTER, _INCHES_OF_KEY = 0.55, 0.16, 1.3


def confusion_picture(report: Report) -> str:
    """True classes down, judged classes across; colour: share of the true class, number: messages."""
    names = [name for name, used in zip(report.classes, _used(report), strict=True) if used]
    table = report.confusion()[np.ix_(_used(report), _used(report))]
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    inner = len(names) * _INCHES_A_CLASS
    name = _INCHES_A_CHARACTER * max(map(len, names))
    before, after = max(_INCHES_OF_KEY, name + 0.3), max(0.3, 0.8 * name)
    side = inner + before + after

    def draw(figure: Any) -> None:
        axes = figure.add_axes((before / side, after / side, inner / side, inner / side))
        axes.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="equal")
        axes.set_yticks(range(len(names)), names)
        axes.xaxis.tick_top()
        axes.set_xticks(range(len(names)), names, rotation=40, ha="left", rotation_mode="anchor")
        axes.tick_params(length=0)
        for row, column in np.argwhere(table > 0):
            ink = "white" if share[row, column] > 0.5 else "black"
            axes.text(column, row, str(table[row, column]), ha="center", va="center", color=ink, fontsize=9)
        figure.text(0.02, 0.98, "行：实际类别\n列：判断类别\n数字：件数", va="top", color="#555555")

    return _svg(draw, (side, side))


def reliability_picture(report: Report) -> str:
    """Mean confidence against the share that was right; on the diagonal, confidence means what it says."""
    found = report.reliability()
    most = max(count for _, _, count in found)

    def draw(figure: Any) -> None:
        axes = _axes(figure, "平均把握", "实际正确的比例")
        axes.plot([0, 1], [0, 1], "--", color=_GREY, linewidth=1, label="完全可信")
        points = np.array([(mean, right) for mean, right, _ in found])
        axes.plot(points[:, 0], points[:, 1], color=_BLUE, linewidth=1.5)
        sizes = [30 + 270 * count / most for _, _, count in found]
        axes.scatter(
            points[:, 0], points[:, 1], s=sizes, color=_BLUE, zorder=3, clip_on=False, label="本模型（点越大件数越多）"
        )
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, 1.02)
        _name(axes)

    return _svg(draw, (5.6, 5.9))


def abstain_picture(report: Report) -> str:
    """What share is judged at once above a threshold of confidence, and how much of that is right."""
    curve = np.array(report.abstain_curve())

    def draw(figure: Any) -> None:
        axes = _axes(figure, "把握门槛（低于它就多问一句）", "比例")
        axes.plot(curve[:, 0], curve[:, 1], "o--", color=_GREY, label="直接判断的比例")
        axes.plot(curve[:, 0], curve[:, 2], "o-", color=_BLUE, label="其中判断正确的比例")
        used = IN_USE[report.about]
        axes.axvline(used, color=_RED, linestyle=":", linewidth=1.5, label=f"在用的门槛 {used:.2f}")
        axes.set_xlim(-0.02, 0.95)
        axes.set_ylim(min(0.5, float(curve[:, 1:].min()) - 0.05), 1.02)
        _name(axes)

    return _svg(draw, (6.4, 5.4))


# What a picture is called → how it is drawn.
DRAWN = {"confusion": confusion_picture, "reliability": reliability_picture, "abstain": abstain_picture}


def _used(report: Report) -> Any:
    """Classes that are true or judged of at least one message."""
    table = report.confusion()
    return (table.sum(axis=0) + table.sum(axis=1)) > 0


def _axes(figure: Any, across: str, up: str) -> Any:
    axes = figure.add_axes((0.14, 0.11, 0.82, 0.72))
    axes.set_xlabel(across)
    axes.set_ylabel(up, rotation_mode="anchor")
    axes.grid(color="#eeeeee")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return axes


def _name(axes: Any) -> None:
    """What the lines are, above them: wherever the lines run, nothing lies on them. One below the other, for the widths
    of Chinese characters are not known here.
    """
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.01), frameon=False, borderaxespad=0)


def _svg(draw: Any, inches: tuple[float, float]) -> str:
    """Run a drawing on an empty figure. matplotlib's own font need not know Chinese: the text is not drawn by it."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        with rc_context(_STYLE):
            figure, target = Figure(figsize=inches, facecolor="white"), io.StringIO()
            draw(figure)
            figure.savefig(target, format="svg", metadata={"Date": None})
    # matplotlib quotes the name, and a quoted name is no generic one.
    return target.getvalue().replace("'sans-serif'", "sans-serif")
