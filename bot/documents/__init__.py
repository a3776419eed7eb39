"""文书: a case and its history → the notices and written replies they make true, as DOCX and PDF."""

from bot.documents.docx import as_docx
from bot.documents.letters import Letter, available, letter
from bot.documents.pdf import as_pdf

__all__ = ["Letter", "as_docx", "as_pdf", "available", "letter"]
