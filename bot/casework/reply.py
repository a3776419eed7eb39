"""答复: words on a case, into its history and into the citizen's chat."""

from __future__ import annotations

from bot.casework.work import Work, written
from bot.domain.case import Case
from bot.domain.commands import ReplyToCitizen
from bot.domain.conversation import Author
from bot.domain.lifecycle import Move


async def reply_to_citizen(command: ReplyToCitizen, work: Work) -> Case:
    """Answer a case. Raises `BadInput` without words, `NotFound`, `StaleVersion`, `IllegalMove`."""
    said = written(command.text)
    case = await work.case(command.case_no, command.version)
    saved = await work.move(case, Move.REPLY, "case.replied", {"text": said})
    await work.tell(case, "utter_case_replied", Author.STAFF, reply=said)
    return saved
