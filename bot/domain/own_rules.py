"""What staff change of the rules in the console: organs and reply templates, over those of the rules files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OrganChange:
    """An organ that was `added`, or another name of one that the rules have; `retired`: nothing is sent to it any more.

    Of one that was not added only the names and `retired` count.
    """

    code: str
    name: str
    short: str
    added: bool = False
    retired: bool = False
    level: str = "city"
    superior: str = ""
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class TemplateChange:
    """A reply template that staff wrote, in the place of the one with this code if the rules have one."""

    code: str
    name: str
    move: str
    field: str
    text: str
    lanes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    retired: bool = False
