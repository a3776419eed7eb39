"""下访、带案走访: somebody in charge goes to a place, and takes the cases along that are to be settled there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.domain.errors import BadInput
from bot.domain.reception import check_who_and_where


@dataclass(frozen=True)
class FieldVisit:
    """`leader` is who goes, in words."""

    id: int
    on: date
    place: str
    leader: str
    cancelled: bool = False


@dataclass(frozen=True)
class CarriedCase:
    """A case that is taken along; `note` is what came of it, "" until somebody wrote it down."""

    visit_id: int
    case_no: str
    note: str = ""


def check_visit(on: date, place: str, leader: str, case_nos: tuple[str, ...], today: date, most: int) -> None:
    """Raises `BadInput` naming what is wrong with a visit that somebody plans; `most` cases are taken along."""
    if on < today:
        raise BadInput("on: wanted today or later", "visit_on")
    check_who_and_where(leader, place, "visit_place")
    if not 0 < len(case_nos) <= most or len(set(case_nos)) != len(case_nos):
        raise BadInput(f"cases: wanted 1 to {most} numbers, each once", "visit_cases")
