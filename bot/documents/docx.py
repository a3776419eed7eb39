"""Letter → DOCX in the usual official layout (GB/T 9704-2012): A4, 37 mm above, 28 mm left, 16 pt, 28 lines a page."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.documents.forms import wording
from bot.documents.letters import Letter

if TYPE_CHECKING:
    from docx.document import Document

TITLE_FONT, BODY_FONT, LATIN_FONT = "方正小标宋简体", "仿宋_GB2312", "Times New Roman"
TITLE_POINTS, BODY_POINTS, EDGE_POINTS, LINE_POINTS = 22, 16, 14, 28
COLUMNS_MM = (48, 108)
MARGINS_MM = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}


def as_docx(letter: Letter) -> bytes:
    """The document as a file's bytes. Word and WPS put their own font where one of the usual ones is missing."""
    from docx import Document as new_document

    document = new_document()
    _page(document, letter)
    _line(document, letter.organ, "center", TITLE_FONT, TITLE_POINTS)
    _line(document, letter.name, "center", TITLE_FONT, TITLE_POINTS)
    _line(document, letter.number, "center")
    _line(document, "")
    if letter.table:
        _table(document, letter)
    else:
        _line(document, wording("salutation").format(name=letter.addressee))
        for paragraph in letter.paragraphs:
            _line(document, paragraph, indent=True)
    _line(document, "")
    _line(document, f"{letter.organ}{wording('signed')}", "right")
    _keep_ending(document)
    _line(document, letter.date, "right")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _page(document: Document, letter: Letter) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side, width in MARGINS_MM.items():
        setattr(section, side, Mm(width))
    section.footer_distance = Mm(MARGINS_MM["bottom_margin"] - 14)
    # Without it, programs put Chinese signs where Taiwan puts them.
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    facts = document.core_properties
    facts.title, facts.author, facts.comments = letter.name, "", ""
    facts.created = facts.modified = datetime(letter.on.year, letter.on.month, letter.on.day)
    if letter.draft:
        _set(section.header.paragraphs[0], wording("draft_mark"), "center", BODY_FONT, EDGE_POINTS, indent=False)
    _number_pages(section.footer.paragraphs[0])


def _number_pages(paragraph: Any) -> None:
    """— 1 —: the number itself is a field that the reader's program counts."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    _set(paragraph, "— ", "center", BODY_FONT, EDGE_POINTS, indent=False)
    size = f'<w:rPr><w:sz w:val="{2 * EDGE_POINTS}"/></w:rPr>'
    field = f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r>{size}<w:t>1</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(field))
    _set(paragraph, " —", "center", BODY_FONT, EDGE_POINTS, indent=False)


def _keep_ending(document: Document) -> None:
    """The signature stands on a page with some of the text: the last paragraph, the gap, the organ and the date."""
    for paragraph in document.paragraphs[-3:]:
        paragraph.paragraph_format.keep_with_next = True


def _line(
    document: Document, text: str, align: str = "left", font: str = BODY_FONT, points: int = BODY_POINTS,
    indent: bool = False,
) -> None:  # fmt: skip
    _set(document.add_paragraph(), text, align, font, points, indent)


def _set(paragraph: Any, text: str, align: str, font: str, points: int, indent: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.oxml.ns import qn
    from docx.shared import Pt

    shape = paragraph.paragraph_format
    shape.alignment = {
        "left": WD_ALIGN_PARAGRAPH.JUSTIFY, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT,
    }[align]  # fmt: skip
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(LINE_POINTS, 1.5 * points))
    shape.first_line_indent = Pt(2 * points) if indent else None
    shape.right_indent = Pt(2 * points) if align == "right" else None
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(points), LATIN_FONT
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _table(document: Document, letter: Letter) -> None:
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.shared import Mm

    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, COLUMNS_MM, strict=True):
        column.width = Mm(width)
    for label, value in letter.table:
        row = table.add_row()
        row.height = Mm(14)
        for cell, text, width in zip(row.cells, (label, value), COLUMNS_MM, strict=True):
            cell.width = Mm(width)
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            _set(cell.paragraphs[0], text, "left", BODY_FONT, BODY_POINTS - 3, indent=False)
