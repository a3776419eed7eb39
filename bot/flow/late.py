"""No bot in time → «your words are kept under number …», once for each message, behind whatever answers it later."""

from __future__ import annotations

from datetime import datetime

from bot.domain.conversation import Author, InboxItem, OutboxState, Reply
from bot.domain.ports import UnitOfWork
from bot.rules import texts

# Above every position that a turn's own replies reach; the outbox keeps (turn, position) unique.
LATE_POSITION = 90


def late_reply(item: InboxItem) -> Reply:
    """The acknowledgement and the number under which the words are kept."""
    return texts.reply("utter_bot_away", author=Author.SYSTEM, number=item.id)


async def acknowledge_late(item: InboxItem, uow: UnitOfWork, at: datetime, state: OutboxState) -> None:
    """Write it down; a second call writes nothing."""
    await uow.outbox.add(
        item.conversation_id, [late_reply(item)], at, turn=item.id, first_position=LATE_POSITION, state=state
    )
