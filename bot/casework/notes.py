"""内部备注, and looks at what is masked: lines of the history that the citizen is never told."""

from __future__ import annotations

from bot.casework.work import Work, written
from bot.domain.case import Case
from bot.domain.commands import AddNote
from bot.domain.people import NO_SIGHT, Sight


async def add_note(command: AddNote, work: Work) -> Case:
    """A note among staff."""
    said = written(command.text)
    case = await work.case(command.case_no)
    await work.note(case, "case.noted", {"text": said})
    return case


def may_reveal(sight: Sight) -> bool:
    """Whoever sees a case may ask for its phones, and finds it by a full number they know."""
    return sight != NO_SIGHT


async def reveal_phones(case_no: str, work: Work) -> Case:
    """Show the citizen's phones to somebody; that they looked stays in the history."""
    case = await work.case(case_no)
    await work.note(case, "phone.revealed", {})
    return case
