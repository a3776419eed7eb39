"""办理: work begins, the citizen is answered, the case is concluded or reopened; notes stay inside."""

from __future__ import annotations

from bot.casework.work import Work, words
from bot.domain.case import Case
from bot.domain.commands import AddNote, ConcludeCase, ProcessCase, ReopenCase, ReplyToCitizen
from bot.domain.conversation import Author
from bot.domain.lifecycle import Move
from bot.rules import texts


async def process_case(command: ProcessCase, work: Work) -> Case:
    """Work has begun."""
    case = await work.case(command.case_no, command.version)
    return await work.move(case, Move.PROCESS, "case.processing", {}, public=True)


async def reply_to_citizen(command: ReplyToCitizen, work: Work) -> Case:
    """答复: into the history and into the citizen's chat."""
    said = words(command.text)
    case = await work.case(command.case_no, command.version)
    saved = await work.move(case, Move.REPLY, "case.replied", {"text": said}, public=True)
    await _tell(case, work, "utter_case_replied", Author.STAFF, reply=said)
    return saved


async def conclude_case(command: ConcludeCase, work: Work) -> Case:
    """办结."""
    case = await work.case(command.case_no, command.version)
    saved = await work.move(case, Move.CONCLUDE, "case.concluded", {}, public=True)
    await _tell(case, work, "utter_case_concluded", Author.SYSTEM)
    return saved


async def reopen_case(command: ReopenCase, work: Work) -> Case:
    """重新办理."""
    case = await work.case(command.case_no, command.version)
    saved = await work.move(case, Move.REOPEN, "case.reopened", {}, public=True)
    await _tell(case, work, "utter_case_reopened", Author.SYSTEM)
    return saved


async def add_note(command: AddNote, work: Work) -> None:
    """内部备注: for staff alone."""
    case = await work.case(command.case_no)
    await work.note(case, "case.noted", {"text": words(command.text)})


async def _tell(case: Case, work: Work, text: str, author: Author, **facts: object) -> None:
    reply = texts.reply(text, author=author, case_no=case.case_no, title=case.title, **facts)
    await work.tell(case.conversation_id, reply)
