"""内部备注, and looks at what is masked: lines of the history that the citizen is never told."""

from __future__ import annotations

import re

from bot.casework.work import Work, written
from bot.domain.case import Case
from bot.domain.commands import AddNote
from bot.domain.errors import BadInput
from bot.domain.numbers import DIGIT
from bot.domain.people import NO_SIGHT, Sight

SHORTEST_REASON = 4
LONGEST_REASON = 100
# The reason stands in the audit, where nobody's number belongs.
_NUMBER = re.compile(f"{DIGIT}{{5,}}")


async def add_note(command: AddNote, work: Work) -> Case:
    """A note among staff."""
    said = written(command.text)
    case = await work.case(command.case_no)
    await work.note(case, "case.noted", {"text": said})
    return case


def may_reveal(sight: Sight) -> bool:
    """Whoever sees a case may ask for its phones, and finds it by a full number they know."""
    return sight != NO_SIGHT


async def reveal_phones(case_no: str, reason: str, work: Work) -> Case:
    """Show the citizen's phones to somebody; that they looked, and why, stays in the history and in the audit."""
    why = written(reason, "reason", LONGEST_REASON)
    if len(why) < SHORTEST_REASON or _NUMBER.search(why):
        raise BadInput(
            f"reason: wanted {SHORTEST_REASON} characters or more, without anybody's number", "reveal_reason"
        )
    case = await work.case(case_no)
    await work.note(case, "phone.revealed", {"reason": why, "text": why})
    return case
