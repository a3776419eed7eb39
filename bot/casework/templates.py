"""回复模板: a case and the steps open on it → texts to start from, filled in as far as the case tells."""

from __future__ import annotations

import logging
import re
import string
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from bot.domain.case import Case
from bot.domain.errors import BadInput
from bot.domain.lifecycle import Lane, Move
from bot.domain.own_rules import TemplateChange
from bot.rules import check_keys, entries, organs, reading

FILE = "templates.yml"
logger = logging.getLogger(__name__)

LONGEST_TEXT, LONGEST_REASON = 5000, 1000
FIELDS = ("text", "reason", "route")
FACTS = frozenset({"title", "place", "organ", "district", "case_no"})
# What staff have to fill in themselves; `written` (bot/casework/work.py) lets nothing out that holds one.
GAP = re.compile(r"【填[:：]([^】]*)】")


@dataclass(frozen=True)
class Template:
    """A text to start from. No `lanes` or `topics` means all of them."""

    code: str
    name: str
    move: Move
    field: str
    text: str
    lanes: frozenset[Lane] = frozenset()
    topics: frozenset[str] = frozenset()
    retired: bool = False

    def fits(self, case: Case) -> bool:
        """Whether it is made for cases like this one."""
        own = {case.topic.level1, case.topic.code, case.topic.level2}
        return (not self.lanes or case.lane in self.lanes) and (not self.topics or bool(self.topics & own))


@dataclass
class _Current:
    own: tuple[Template, ...] = ()


_current = _Current()


def templates() -> tuple[Template, ...]:
    """Every template in the order of the file, those that staff added behind; also those that are retired."""
    own = {one.code: one for one in _current.own}
    found = {one.code: own.get(one.code, one) for one in templates_of_file()}
    return (*found.values(), *(one for one in _current.own if one.code not in found))


def find(code: str) -> Template | None:
    """A template by its code."""
    return next((one for one in templates() if one.code == code), None)


def amend(changes: Iterable[TemplateChange]) -> None:
    """From now on the templates of the file with these changes. One that is wrong by now is left out and logged."""
    found = []
    for change in changes:
        try:
            found.append(as_template(change))
        except BadInput as error:
            logger.error("a template does not fit the rules", extra={"template": change.code, "why": str(error)})
    _current.own = tuple(found)


def as_template(change: TemplateChange) -> Template:
    """What staff wrote, judged like an entry of the file. Raises `BadInput`."""
    entry = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(change).items()}
    return replace(_template(entry), retired=change.retired)


def as_change(template: Template) -> TemplateChange:
    """The other way round."""
    lanes = tuple(sorted(lane.value for lane in template.lanes))
    move, topics = template.move.value, tuple(sorted(template.topics))
    return TemplateChange(
        template.code, template.name, move, template.field, template.text, lanes, topics, template.retired
    )


@lru_cache(maxsize=1)
def templates_of_file() -> tuple[Template, ...]:
    """Every template of the rules. Raises `BadInput` for a mistake in the file."""
    found = tuple(_template(entry) for entry in entries(FILE, "templates"))
    codes = [one.code for one in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BadInput(f"{FILE}: {', '.join(twice)} stand there twice", FILE)
    return found


def _template(entry: Mapping[str, Any]) -> Template:
    check_keys(FILE, entry, ("code", "name", "move", "field", "text"))
    with reading(FILE, entry["code"]):
        return _read(entry)


def _read(entry: Mapping[str, Any]) -> Template:
    code, text = str(entry["code"]), str(entry["text"])
    unknown = {name for _, name, _, _ in string.Formatter().parse(text) if name} - FACTS
    if unknown or entry["field"] not in FIELDS:
        raise BadInput(f"{FILE}: {code}: unknown names {sorted(unknown)} or field {entry['field']!r}", FILE)
    if text.count("【") != len(gaps_in(text)) or any("【" in gap for gap in gaps_in(text)):
        raise BadInput(f"{FILE}: {code}: a gap is written 【填：what to fill in】; nothing else stands in 【】", FILE)
    if not 0 < len(text) <= (LONGEST_TEXT if entry["field"] == "text" else LONGEST_REASON):
        raise BadInput(f"{FILE}: {code}: {len(text)} characters; wanted 1 to {LONGEST_TEXT} ({LONGEST_REASON})", FILE)
    return Template(
        code,
        str(entry["name"]),
        Move(entry["move"]),
        str(entry["field"]),
        text,
        frozenset(Lane(lane) for lane in entry.get("lanes", ())),
        frozenset(map(str, entry.get("topics", ()))),
    )


def templates_for(case: Case, moves: Collection[Move]) -> tuple[Template, ...]:
    """Those for the steps that are open now; made for the topic first."""
    fitting = [one for one in templates() if not one.retired and one.move in moves and one.fits(case)]
    return tuple(sorted(fitting, key=lambda one: not one.topics))


def filled(template: Template, case: Case, masked: Callable[[str], str]) -> str:
    """The text with what the case tells; what it does not tell is left as a gap to be filled."""
    facts = {
        "case_no": case.case_no,
        "title": masked(case.title),
        "place": masked(case.place) or "【填：地点】",
        "organ": organs.name_of(case.organ) or "【填：承办单位】",
        "district": _district(case) or "当地",
    }
    return template.text.format(**facts)


def _district(case: Case) -> str:
    """The 旗区 of the place: its name before 人民政府."""
    proposal = organs.propose(case.kind, case.topic, case.place)
    named: Iterable[str] = (one.name for one in (proposal.organ, proposal.also) if one and one.level == "district")
    return next((name.removesuffix("人民政府") for name in named), "")


def gaps_in(text: str) -> list[str]:
    """What is still to be filled in."""
    return GAP.findall(text)
