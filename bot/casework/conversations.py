"""接管与交还: a person takes a live conversation over, speaks in it, and gives it back to the bot."""

from __future__ import annotations

from bot.casework.work import Work, words
from bot.domain.commands import GiveBack, SayToCitizen, TakeOver
from bot.domain.conversation import Author, Conversation, Mode, Reply
from bot.domain.errors import RuleViolation
from bot.rules import texts


async def take_over(command: TakeOver, work: Work) -> None:
    """接管. Somebody else's conversation can be taken over too: shifts end."""
    work.must_talk()
    conversation = await work.uow.conversations.get(command.conversation_id)
    await work.uow.conversations.lead(conversation, Mode.STAFF, work.staff.id)
    told = texts.reply("utter_staff_took_over", author=Author.SYSTEM, name=work.staff.name)
    await work.tell(conversation.id, told)


async def say_to_citizen(command: SayToCitizen, work: Work) -> None:
    """A person's own words."""
    said = words(command.text)
    conversation = await _led_by(work, command.conversation_id)
    await work.tell(conversation.id, Reply(said, author=Author.STAFF))


async def give_back(command: GiveBack, work: Work) -> None:
    """交还."""
    conversation = await _led_by(work, command.conversation_id)
    await work.uow.conversations.lead(conversation, Mode.BOT, None)
    await work.tell(conversation.id, texts.reply("utter_staff_gave_back", author=Author.SYSTEM))


async def _led_by(work: Work, conversation_id: str) -> Conversation:
    work.must_talk()
    conversation = await work.uow.conversations.get(conversation_id)
    if conversation.mode is not Mode.STAFF or conversation.staff_id != work.staff.id:
        raise RuleViolation("请先接管这个会话。")
    return conversation
