"""A talk in the terminal: the same inbox, turns and outbox as every channel, with the bot in this process."""

from __future__ import annotations

import asyncio
import secrets
import sys

from bot.domain.conversation import InboxItem, OutboxItem
from bot.domain.messages import Address, InboundMessage, MessageKind
from bot.flow.receive import receive
from bot.settings import Settings
from bot.storage.unit_of_work import Database

PROMPT = "您 > "


async def run(settings: Settings) -> None:
    """Until the end of input or «exit»."""
    from bot import bootstrap
    from bot.domain.clock import SystemClock
    from bot.storage.schema import upgrade

    await asyncio.to_thread(upgrade, settings.database_url)
    clock, database = SystemClock(), bootstrap.open_database(settings)
    address = Address("terminal", "", secrets.token_hex(8))
    try:
        async with bootstrap.running_dialogue(settings) as dialogue:
            turns = bootstrap.make_turns(settings, database, dialogue, clock, {})
            while (line := await asyncio.to_thread(_read_line)) not in (None, "exit"):
                if not line.strip():
                    continue
                message = InboundMessage(address, secrets.token_hex(8), MessageKind.TEXT, line)
                item, _ = await receive(message, database, clock)
                await turns.take(*await turns.waiting(item.conversation_id))
                _show(await _answers(database, item))
    finally:
        await database.close()


def _read_line() -> str | None:
    if sys.stdin.isatty():
        print(PROMPT, end="", flush=True)
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


async def _answers(database: Database, item: InboxItem) -> list[OutboxItem]:
    async with database.read() as uow:
        return list(await uow.outbox.of_turn(item.id))


def _show(answers: list[OutboxItem]) -> None:
    for one in answers:
        print(f"民声 > {one.text}")
        for number, button in enumerate(one.buttons, start=1):
            print(f"        {number}. {button.title}")
