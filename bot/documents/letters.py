"""A case, its history and its clocks → a document filled in, ready to be set as DOCX or PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.documents.forms import Form, forms, names_in, wording
from bot.domain.case import Case, CaseEvent
from bot.domain.deadlines import Deadline
from bot.domain.errors import NotFound
from bot.domain.working_days import local_date
from bot.rules import organs

LONGEST_NAME = 40
# The clock whose end a name stands for.
_CLOCKS = {
    "supplement_by": "supplement",
    "conclude_by": "conclude",
    "suggestion_by": "suggestion_answer",
    "review_by": "review",
    "re_review_by": "re_review",
}


@dataclass(frozen=True)
class Letter:
    """A document: who writes what to whom. `paragraphs` hold no line breaks; `table` rows are label and value."""

    code: str
    name: str
    number: str
    organ: str
    addressee: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, str], ...]
    on: date
    draft: bool

    @property
    def date(self) -> str:
        """成文日期, as it stands below."""
        return chinese(self.on)

    @property
    def file_name(self) -> str:
        """Without its ending."""
        return f"{self.name}-{self.number}{'-草稿' if self.draft else ''}"


def chinese(day: date) -> str:
    """2026年11月27日."""
    return f"{day.year}年{day.month}月{day.day}日"


def available(case: Case, history: Sequence[CaseEvent]) -> tuple[tuple[Form, bool], ...]:
    """The documents that a case makes true now, and whether each is only a draft. Accusations bring forth none."""
    found = [(form, _basis(form, history)) for form in forms() if case.lane in form.lanes]
    return tuple((form, basis[1]) for form, basis in found if basis is not None)


def letter(
    code: str,
    case: Case,
    history: Sequence[CaseEvent],
    deadlines: Iterable[Deadline],
    masked: Callable[[str], str],
    name: str = "",
    today: date | None = None,
) -> Letter:
    """Fill one in. `masked` hides numbers in a citizen's words; `name` is written into it and kept nowhere.

    Raises `NotFound` where the case does not make the document true.
    """
    form = next((form for form, _ in available(case, history) if form.code == code), None)
    basis = _basis(form, history) if form else None
    if form is None or basis is None:
        raise NotFound(f"case {case.case_no} does not bring forth {code!r}")
    event, draft = basis
    addressee = " ".join(name.split())[:LONGEST_NAME] or wording("addressee")
    facts = {"name": addressee, **facts_of(case, event, history, tuple(deadlines), masked)}
    on = (today or local_date(event.at)) if draft else local_date(event.at)
    return Letter(
        code=form.code,
        name=form.name,
        number=f"{form.number}〔{on.year}〕{case.case_no}号",
        organ=facts["by"],
        addressee=addressee,
        paragraphs=tuple(_paragraphs(form.body, facts)),
        table=tuple((label, value.format(**facts)) for label, value in form.table),
        on=on,
        draft=draft,
    )


def _basis(form: Form, history: Sequence[CaseEvent]) -> tuple[CaseEvent, bool] | None:
    """The newest line that makes a document true, and whether it is only a draft.

    A draft that is newer than the last document of the same kind (a case reopened) is the one that is meant.
    """
    for line in reversed(history):
        if line.type.removeprefix("case.") in form.events:
            return line, False
        if form.draft and line.type == f"case.{form.draft}":
            return line, True
    return None


def facts_of(
    case: Case,
    event: CaseEvent,
    history: Sequence[CaseEvent],
    deadlines: Sequence[Deadline],
    masked: Callable[[str], str],
) -> dict[str, str]:
    """What the paragraphs may name; "" for what this case does not have."""
    told: Mapping[str, object] = event.data
    organ = organs.name_of(str(told.get("organ") or case.organ or wording("office")))
    return {
        "case_no": case.case_no,
        "title": masked(case.title),
        "filed_on": chinese(local_date(case.filed_at)),
        "on": chinese(local_date(event.at)),
        "organ": organ,
        "by": _writer(case, event),
        "superior": _superior(case),
        "text": masked(str(told.get("text", ""))),
        "reason": masked(str(told.get("reason", ""))),
        "route": masked(str(told.get("route", ""))),
        "days": str(told.get("days", "")),
        "reply": masked(_reply(history, event)),
        "served": _served(case, event),
        **{name: _until(code, deadlines) for name, code in _CLOCKS.items()},
    }


def _writer(case: Case, event: CaseEvent) -> str:
    """Who signs: the organ that has the case; the petition office while none has, and where a case is passed on."""
    passed_on = bool(event.data.get("organ"))
    if case.course.get("hears"):
        return organs.name_of(str(case.course["hears"]))
    return organs.name_of(wording("office") if passed_on or not case.organ else case.organ)


def _superior(case: Case) -> str:
    """Where a review of this is asked for: one level above whoever decided."""
    superior = organs.superior_of(str(case.course.get("hears") or case.organ or ""))
    return superior.name if superior else wording("unknown_organ")


def _reply(history: Sequence[CaseEvent], event: CaseEvent) -> str:
    """The words of the reply: those of the event itself, else of the draft before it."""
    before = [line for line in history if line.id <= event.id and line.data.get("text")]
    said = [line for line in before if line.type in ("case.drafted", "case.replied")]
    return str(said[-1].data["text"]) if said else ""


def _served(case: Case, event: CaseEvent) -> str:
    """Which document a receipt is for."""
    kind = event.type.removeprefix("case.")
    named = [form.name for form in forms() if case.lane in form.lanes and kind in form.events and form.body]
    return f"《{named[0]}》" if named else ""


def _until(code: str, deadlines: Sequence[Deadline]) -> str:
    ends = [one.due_on for one in deadlines if one.code == code and one.due_on]
    return chinese(ends[-1]) if ends else ""


def _paragraphs(body: Sequence[str], facts: Mapping[str, str]) -> Iterable[str]:
    """Each line of what staff wrote becomes a paragraph of its own; a paragraph with an empty name is left out."""
    for text in body:
        if all(facts[name] for name in names_in(text)):
            yield from (line.strip() for line in text.format(**facts).splitlines() if line.strip())
