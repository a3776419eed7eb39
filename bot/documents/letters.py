"""A case, its history and its clocks → a document filled in, ready to be set as DOCX or PDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.documents.forms import Form, forms, names_in, wording
from bot.domain.case import Case, CaseEvent
from bot.domain.deadlines import Deadline
from bot.domain.errors import NotFound, WrongState
from bot.domain.lifecycle import MOVE_NAMES, PAST, CaseState
from bot.domain.reading import CaseKind
from bot.domain.working_days import local_date
from bot.rules import organs
from bot.rules.deadlines import days_in_force

LONGEST_NAME = 40
# The clock whose end a name stands for.
_CLOCKS = {
    "supplement_by": "supplement",
    "conclude_by": "conclude",
    "suggestion_by": "suggestion_answer",
    "review_by": "review",
    "re_review_by": "re_review",
}
# The time limit whose days a name stands for, as the rules of the day have it.
_DAYS = {
    "notice_days": "acceptance_notice",
    "conclude_days": "conclude",
    "review_request_days": "review_request",
    "review_days": "review",
    "re_review_request_days": "re_review_request",
    "re_review_days": "re_review",
}
# Lines that give a case to an organ, and those that take it away.
_GIVEN = ("case.assigned", "case.transferred", "case.designated")
_TAKEN = ("case.sent_back", "case.recalled")
# Control signs and halves of characters: no file can hold them.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

Clocks = Callable[[Sequence[CaseEvent]], Iterable[Deadline]]


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
    known = _of_this_kind(history)
    found = [(form, _basis(form, case, known)) for form in forms() if case.lane in form.lanes]
    return tuple((form, basis[1]) for form, basis in found if basis is not None)


def letter(
    code: str,
    case: Case,
    history: Sequence[CaseEvent],
    clocks: Clocks,
    masked: Callable[[str], str],
    name: str = "",
    today: date | None = None,
) -> Letter:
    """Fill one in. `clocks` tells the time limits of a history; `masked` hides numbers; `name` is kept nowhere.

    Raises `NotFound` for a document that such a case never has, `WrongState` where it does not make it true yet.
    """
    form = next((form for form in forms() if form.code == code and case.lane in form.lanes), None)
    if form is None:
        raise NotFound(f"case {case.case_no} never brings forth {code!r}")
    known = _of_this_kind(history)
    basis = _basis(form, case, known)
    if basis is None:
        raise WrongState(f"还不能出具《{form.name}》：这件诉求还没有“{_steps_of(form)}”")
    event, draft = basis
    addressee = " ".join(writable(name).split())[:LONGEST_NAME] or wording("addressee")
    # The words are those of the day: what came later, an extension or another organ, does not change them.
    until = [line for line in known if line.id <= event.id]
    deadlines = tuple(clocks([line for line in history if line.id <= event.id]))
    decides = str(case.course.get("hears") or _organ_then(case, known, event))
    facts = facts_of(case, until, decides, deadlines, masked)
    facts = {"name": addressee, **{key: writable(value) for key, value in facts.items()}}
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


def writable(text: str) -> str:
    """Without the signs that neither file can hold."""
    return _UNWRITABLE.sub("", text)


def _steps_of(form: Form) -> str:
    names = {past: MOVE_NAMES[move] for move, past in PAST.items()}
    return "、".join(names[event] for event in form.events)


def _of_this_kind(history: Sequence[CaseEvent]) -> Sequence[CaseEvent]:
    """What came before a case was corrected from or into an accusation brings forth nothing."""
    crossed = [number for number, line in enumerate(history) if line.type == "case.corrected" and _crosses(line)]
    return history[crossed[-1] + 1 :] if crossed else history


def _crosses(line: CaseEvent) -> bool:
    return CaseKind.ACCUSATION.value in line.data.get("changes", {}).get("kind", ())


def _basis(form: Form, case: Case, history: Sequence[CaseEvent]) -> tuple[CaseEvent, bool] | None:
    """The newest line that makes a document true, and whether it is only a draft.

    A draft counts while it waits for its second person: one that was refused is none, and one that is newer than the
    last document of the same kind (a case reopened) is the one that is meant.
    """
    waits = case.state is CaseState.DRAFTED
    for line in reversed(history):
        if line.type.removeprefix("case.") in form.events:
            return line, False
        if form.draft and waits and line.type == f"case.{form.draft}":
            return line, True
    return None


def facts_of(
    case: Case,
    until: Sequence[CaseEvent],
    decides: str,
    deadlines: Sequence[Deadline],
    masked: Callable[[str], str],
) -> dict[str, str]:
    """What the paragraphs may name, as of the last line of `until`; "" for what this case does not have.

    `decides` is the code of the organ that had the case then, "" while none had it.
    """
    event = until[-1]
    told: Mapping[str, object] = event.data
    return {
        "case_no": case.case_no,
        "title": masked(case.title),
        "filed_on": chinese(local_date(case.filed_at)),
        "on": chinese(local_date(event.at)),
        "organ": formal(str(told.get("organ") or decides or wording("office"))),
        # 落款: the petition office signs while no organ has the case, and where it passes a case on.
        "by": formal(wording("office") if told.get("organ") or not decides else decides),
        "superior": _superior(decides),
        "text": masked(str(told.get("text", ""))),
        "reason": masked(str(told.get("reason", ""))),
        "route": masked(str(told.get("route", ""))),
        "days": str(told.get("days", "")),
        "reply": masked(_reply(until)),
        "served": _served(case, event),
        **{name: _until(code, deadlines) for name, code in _CLOCKS.items()},
        **{name: days_in_force(code, local_date(event.at)) for name, code in _DAYS.items()},
    }


def formal(code: str) -> str:
    """An organ's full name: 鄂尔多斯市住房和城乡建设局, where the console says 市住房和城乡建设局."""
    name = organs.name_of(code)
    return wording("city") + name if name.startswith("市") else name


def _organ_then(case: Case, history: Sequence[CaseEvent], event: CaseEvent) -> str:
    """Who had the case when this happened, "" for nobody; the present organ where no line of the history tells."""
    moved = [line for line in history if line.type in (*_GIVEN, *_TAKEN)]
    if not moved:
        return case.organ or ""
    before = [line for line in moved if line.id <= event.id]
    return str(before[-1].data.get("organ", "")) if before and before[-1].type in _GIVEN else ""


def _superior(decides: str) -> str:
    """Where a review of this is asked for: one level above whoever decided."""
    superior = organs.superior_of(decides)
    return formal(superior.code) if superior else wording("unknown_organ")


def _reply(until: Sequence[CaseEvent]) -> str:
    """The words of the reply: those of the event itself, else of the draft before it."""
    said = [line for line in until if line.type in ("case.drafted", "case.replied") and line.data.get("text")]
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
