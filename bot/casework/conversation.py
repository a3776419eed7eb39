"""接管与交还: a person takes a live conversation over, speaks in it, and gives it back to the bot."""

from __future__ import annotations

import logging

from bot.casework.work import Work, written
from bot.domain.commands import GiveBack, SayToCitizen, TakeOver
from bot.domain.conversation import Author, Conversation, Mode, Reply
from bot.domain.errors import RuleViolation
from bot.rules import texts

logger = logging.getLogger(__name__)


async def take_over(command: TakeOver, work: Work) -> Conversation:
    """接管. A colleague's conversation can be taken over too: shifts end."""
    conversation = await work.conversation(command.conversation_id)
    if _leads(work, conversation):
        return conversation
    await work.uow.conversations.lead(conversation, Mode.STAFF, work.staff.id)
    await _note(work, conversation, "conversation.taken_over")
    name = work.staff.name
    await work.say(conversation.id, texts.reply("utter_staff_took_over", author=Author.SYSTEM, name=name))
    return conversation


async def say_to_citizen(command: SayToCitizen, work: Work) -> Conversation:
    """A person's own words. Raises `BadInput`, `NotFound`, and `RuleViolation` for one who does not lead."""
    said = written(command.text)
    conversation = await _led(work, command.conversation_id)
    await work.say(conversation.id, Reply(said, author=Author.STAFF))
    return conversation


async def give_back(command: GiveBack, work: Work) -> Conversation:
    """交还: the bot goes on where it stopped."""
    conversation = await _led(work, command.conversation_id)
    await work.uow.conversations.lead(conversation, Mode.BOT, None)
    await _note(work, conversation, "conversation.given_back")
    await work.say(conversation.id, texts.reply("utter_staff_gave_back", author=Author.SYSTEM))
    return conversation


async def _note(work: Work, conversation: Conversation, event: str) -> None:
    """Who led the talk stands in the history of the cases that came of it, and by id in the log."""
    logger.info(event, extra={"conversation": conversation.id, "staff": work.staff.id})
    for case in await work.uow.cases.of_citizen(conversation.id):
        await work.note(case, event, {})


async def _led(work: Work, conversation_id: str) -> Conversation:
    conversation = await work.conversation(conversation_id)
    if not _leads(work, conversation):
        raise RuleViolation("only who has taken a conversation over speaks in it")
    return conversation


def _leads(work: Work, conversation: Conversation) -> bool:
    return conversation.mode is Mode.STAFF and conversation.staff_id == work.staff.id
