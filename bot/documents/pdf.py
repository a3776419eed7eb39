"""Letter → PDF of the same layout, with its font inside: it looks the same everywhere and its words can be searched."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.documents.forms import wording
from bot.documents.letters import Letter
from bot.domain.errors import IntakeError

if TYPE_CHECKING:
    from fpdf import FPDF

FONT, FONT_PACKAGE, FONT_FILE = "song", "pylopdf_fonts_zh_cn", "NotoSerifSC-Regular.otf"
TITLE_POINTS, BODY_POINTS, EDGE_POINTS, LINE_MM = 22, 16, 14, 9.9  # 28 points
# So many lines of the text at least stand on the page of the signature.
WITH_ENDING = 2
UNKNOWN = "〓"
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37, 35, 28, 26
LABEL_MM, ROW_MM = 45, 14
# 避头尾: these do not begin a line; the character before goes with them.
_NEVER_FIRST = "，。；：？！、）》】”’〕…"
_NEVER_LAST = "（《【“‘〔"
_PIECES = re.compile(r"[0-9A-Za-z.,\-]{1,24}[%℃]?|[\s\S]")


class NoFont(IntakeError):
    """The package that holds the font is not installed."""


def as_pdf(letter: Letter) -> bytes:
    """The document as a file's bytes. Raises `NoFont`. Takes up to a second: not for an event loop's own thread."""
    page = _new_page(letter)
    for title in (letter.organ, letter.name):
        page.set_font(FONT, size=TITLE_POINTS)
        page.multi_cell(0, 1.3 * LINE_MM, title, align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_font(FONT, size=BODY_POINTS)
    _line(page, letter.number, "C")
    page.ln(LINE_MM)
    if letter.table:
        _table(page, letter)
    else:
        _body(page, letter)
    page.ln(LINE_MM)
    _ending(page, letter)
    return bytes(page.output())


def _new_page(letter: Letter) -> FPDF:
    page = _sheet(wording("draft_mark") if letter.draft else "")
    page.set_margins(LEFT_MM, TOP_MM, RIGHT_MM)
    page.set_auto_page_break(auto=True, margin=BOTTOM_MM)
    page.set_title(letter.name)
    page.set_lang("zh-CN")
    page.add_font(FONT, fname=_font())
    page.add_page()
    page.set_font(FONT, size=BODY_POINTS)
    return page


def _sheet(mark: str) -> FPDF:
    """Paper with its number below, the odd ones to the right, and with a draft's mark above on every page."""
    from fpdf import FPDF

    class Sheet(FPDF):
        def header(self) -> None:
            self._edge(TOP_MM - 15, mark, "C")
            self.set_y(TOP_MM)

        def footer(self) -> None:
            number = f"— {self.page_no()} —"
            self._edge(
                297 - BOTTOM_MM + 7,
                f"{number}　" if self.page_no() % 2 else f"　{number}",
                "RL"[1 - self.page_no() % 2],
            )

        def _edge(self, y: float, text: str, align: str) -> None:
            self.set_y(y)
            self.set_font(FONT, size=EDGE_POINTS)
            self.cell(0, LINE_MM, text, align=align)

    return Sheet(format="A4")


@lru_cache(maxsize=1)
def _font() -> Path:
    found = importlib.util.find_spec(FONT_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise NoFont(f"no Chinese font for PDF: wanted the package {FONT_PACKAGE}")
    return Path(found.submodule_search_locations[0]) / FONT_FILE


def _body(page: FPDF, letter: Letter) -> None:
    """Broken by ourselves: Chinese breaks anywhere, but not before a comma. The end never signs an empty page."""
    salutation = wording("salutation").format(name=letter.addressee)
    texts = [salutation, *("　　" + paragraph for paragraph in letter.paragraphs)]
    lines = [line for text in texts for line in broken(_known(page, text), page.epw, page.get_string_width)]
    for number, line in enumerate(lines):
        if number == max(1, len(lines) - WITH_ENDING):
            _keep_together(page, len(lines) - number + 3)
        _line(page, line)


def _line(page: FPDF, text: str, align: str = "L") -> None:
    page.cell(0, LINE_MM, text, align=align, new_x="LMARGIN", new_y="NEXT")


def _keep_together(page: FPDF, lines: int) -> None:
    if page.get_y() + lines * LINE_MM > page.h - BOTTOM_MM:
        page.add_page()


def _known(page: FPDF, text: str) -> str:
    """〓 stands for what the font does not have (emoji, Mongolian script), so that whoever reads it over sees it."""
    cmap = getattr(page.current_font, "cmap", {})
    return "".join(sign if ord(sign) in cmap else UNKNOWN for sign in text)


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Lines of at most `width`; no closing sign begins one, no opening sign ends one, a number stays whole."""
    lines, line, used = [], "", 0.0
    for piece in _PIECES.findall(text):
        size = measure(piece)
        if line and used + size > width and piece not in _NEVER_FIRST:
            kept = line.rstrip(_NEVER_LAST) or line
            lines.append(kept)
            line = line[len(kept) :]
            used = measure(line) if line else 0.0
        line, used = line + piece, used + size
    return [*lines, line]


def _table(page: FPDF, letter: Letter) -> None:
    page.set_font(FONT, size=BODY_POINTS - 3)
    for label, value in letter.table:
        rows = broken(_known(page, value), page.epw - LABEL_MM - 4, page.get_string_width)
        height = max(ROW_MM, len(rows) * 8.0)
        x, y = page.get_x(), page.get_y()
        page.cell(LABEL_MM, height, label, border=1, align="C")
        page.cell(page.epw - LABEL_MM, height, "", border=1)
        for number, row in enumerate(rows):
            page.set_xy(x + LABEL_MM + 2, y + (height - len(rows) * 8.0) / 2 + number * 8.0)
            page.cell(page.epw - LABEL_MM - 4, 8.0, row)
        page.set_xy(x, y + height)


def _ending(page: FPDF, letter: Letter) -> None:
    """Name and date stay together, two characters from the right."""
    _keep_together(page, 2)
    page.set_font(FONT, size=BODY_POINTS)
    for text in (f"{letter.organ}{wording('signed')}", letter.date):
        page.cell(page.epw - 11, LINE_MM, text, align="R", new_x="LMARGIN", new_y="NEXT")
