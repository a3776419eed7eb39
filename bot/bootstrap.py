"""The only file that knows every concrete class: settings → a running edge, worker or talk."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.casework import kept_rules
from bot.domain.clock import Clock, SystemClock
from bot.domain.errors import BadInput
from bot.domain.messages import Address
from bot.flow.turn import Timing, Turns
from bot.rules import use_city
from bot.settings import Settings
from bot.storage.engine import make_engine
from bot.storage.unit_of_work import Database
from bot.workers.background import in_background
from bot.workers.mailbox import Mailbox, connect
from connectors.base import Channel
from connectors.registry import configured_channels

logger = logging.getLogger(__name__)

WEB_JOIN_SECONDS = 0.35
SECRET_BYTES = 32


def check_rules() -> None:
    """Read every rules file. Raises `BadInput` naming file, entry and what is wanted: nothing starts on a mistake."""
    from bot.casework.templates import templates
    from bot.casework.ways import way_rules
    from bot.documents.forms import forms
    from bot.rules import deadlines, emergency, figures, organs, texts

    for load in (
        texts.responses,
        emergency.emergency_rules,
        figures.all_figures,
        deadlines.clock_rules,
        deadlines.work_calendar,
        organs.all_organs,
        way_rules,
        templates,
        forms,
    ):
        load()
    _check_topics()


def _check_topics() -> None:
    """A topic that nobody knows would route nothing, quietly."""
    from bot.casework.templates import templates
    from bot.casework.ways import way_rules
    from bot.rules.organs import all_organs
    from bot.understanding.taxonomy import taxonomy

    known = {*taxonomy().level1, *taxonomy().level1.values(), *taxonomy().level2.values()}
    for file, found in (("organs.yml", all_organs()), ("ways.yml", way_rules()), ("templates.yml", templates())):
        for entry in found:
            strangers = sorted(set(entry.topics) - known)
            if strangers:
                raise BadInput(f"{file}: {entry.code}: topics: the taxonomy knows no {', '.join(strangers)}", file)


def check_lookups() -> None:
    """Read the lists that understanding goes by. Raises `BadInput` naming file and line or what is missing."""
    from bot.understanding.facts.place.gazetteer import known_names
    from bot.understanding.urgency import safety_layer

    known_names()
    safety_layer()


def open_database(settings: Settings, on_the_spot: bool = False) -> Database:
    """The database of these settings. With each transaction the rules that staff changed are taken over."""
    return Database(make_engine(settings.database_url, on_the_spot), kept_rules.refresh)


def open_mailbox(settings: Settings) -> Mailbox:
    """The mailbox on the given Redis, or on the embedded one that `serve` starts."""
    return Mailbox(connect(settings.redis_url or f"unix://{settings.valkey_socket}"))


def read_secret(home: Path) -> bytes:
    """The key behind query codes; made at the first start, readable by the owner alone."""
    path = home / "secret.key"
    home.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise BadInput(f"{path} is damaged: {len(secret)} bytes, wanted {SECRET_BYTES}; put the backup back")
    return secret


def timing_of(channels: dict[str, Channel]) -> dict[str, Timing]:
    """How each channel is answered. The web page fetches its answers, nothing is pushed to it."""
    found = {name: Timing(channel.features.answer_within, pushed=True) for name, channel in channels.items()}
    return {"web": Timing(0.0, pushed=False), "terminal": Timing(0.0, pushed=False), **found}


def make_turns(
    settings: Settings, database: Database, dialogue: Any, clock: Clock, channels: dict[str, Channel]
) -> Turns:
    """Turns on the given dialogue; each channel's timing says how its answers go out."""
    return Turns(database, dialogue, clock, read_secret(settings.home), timing_of(channels))


@asynccontextmanager
async def running_edge(settings: Settings) -> AsyncIterator[web.Application]:
    """The edge's application with its background work. Rasa is not imported here."""
    from bot.web import chat, keys
    from bot.web.app import make_app
    from bot.web.intake import Intake
    from bot.web.media import MediaStore
    from bot.web.waiting import WaitingRoom
    from bot.workers.clock import Sweeper
    from bot.workers.deadline_clock import DeadlineClock
    from bot.workers.media_fetcher import MediaFetcher
    from bot.workers.sender import Sender
    from bot.workers.visit_reminder import VisitReminder

    check_rules()
    clock = SystemClock()
    database, mailbox = open_database(settings), open_mailbox(settings)
    channels = configured_channels(settings.channels)
    room, media = WaitingRoom(database, mailbox), MediaStore(settings.media_dir)
    app = make_app()
    app[keys.SETTINGS], app[keys.DATABASE], app[keys.MAILBOX] = settings, database, mailbox
    app[keys.CLOCK], app[keys.CHANNELS] = clock, channels
    app[chat.INTAKE] = Intake(database, mailbox, room, clock)
    app[chat.MEDIA], app[keys.SECRET] = media, read_secret(settings.home)
    _add_console(app)
    pushed = {name: timing.pushed for name, timing in timing_of(channels).items()}
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_close, database, mailbox, channels)
        await stack.enter_async_context(
            in_background(
                room.listen(),
                Sender(database, channels, clock).run(),
                Sweeper(database, mailbox, clock, pushed).run(),
                DeadlineClock(database, clock).run(),
                VisitReminder(database, clock).run(),
                MediaFetcher(database, channels, media, clock).run(),
            )
        )
        yield app


def _add_console(app: web.Application) -> None:
    from bot.web import console

    console.setup(app)


async def _close(database: Database, mailbox: Mailbox, channels: dict[str, Channel]) -> None:
    for channel in channels.values():
        await channel.close()
    await mailbox.close()
    await database.close()


@asynccontextmanager
async def running_dialogue(settings: Settings) -> AsyncIterator[Any]:
    """A warm Rasa dialogue in its own thread. Raises `BadInput` when nothing has been trained."""
    if not settings.tensorflow:
        from bot.workers import light_rasa

        light_rasa.install(light_rasa.FOR_TALKING)
    from bot.log import silence_rasa
    from bot.understanding.rasa_components import reader_at, use_model_directory
    from bot.workers.models import RASA_MODEL, UNDERSTANDING, current_model
    from bot.workers.rasa_dialogue import RasaDialogue

    silence_rasa()
    model = current_model(settings.model_dir)
    if model is None:
        raise BadInput(f"no trained model in {settings.model_dir}; run: python -m bot train")
    use_model_directory(model / UNDERSTANDING)
    dialogue = RasaDialogue(model / RASA_MODEL, reader_at(model / UNDERSTANDING))
    await dialogue.start()
    try:
        yield dialogue
    finally:
        await dialogue.stop()


async def run_worker(settings: Settings, name: str, stop: asyncio.Event) -> None:
    """One worker until `stop` is set; begun turns are finished."""
    from bot.workers.form_reader import FormReader
    from bot.workers.worker import Worker

    check_rules()
    check_lookups()
    clock = SystemClock()
    database, mailbox = open_database(settings, on_the_spot=True), open_mailbox(settings)
    channels = configured_channels(settings.channels)
    joins = {"web": WEB_JOIN_SECONDS, **{name: channel.features.join_within for name, channel in channels.items()}}
    try:
        async with running_dialogue(settings) as dialogue:
            turns = make_turns(settings, database, dialogue, clock, channels)
            worker = Worker(name, mailbox, turns, clock, joins)
            async with in_background(FormReader(database, mailbox, dialogue.read).run()):
                running = asyncio.create_task(worker.run())
                logger.info("worker is ready", extra={"worker": name})
                await asyncio.wait([running, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
                worker.stop()
                await running
    finally:
        await _close(database, mailbox, channels)


async def count_staff(settings: Settings) -> int:
    """How many staff there are."""
    async with _opened(settings) as database, database.read() as uow:
        return await uow.staff.count()


async def renew_password(settings: Settings, username: str, *, whole: bool = False) -> str:
    """A new password of a staff member, or of the first administrator; `whole`: without their second factor."""
    from bot.web import auth

    async with _opened(settings) as database:
        return await auth.renew_password(database, username, SystemClock(), whole=whole)


async def check_audit(settings: Settings, anchor: Path | None) -> tuple[bool, str]:
    """Whether the chain of the audit holds, and what there is to say about it."""
    from bot.storage import audit_files

    async with _opened(settings) as database:
        return await audit_files.check(database, anchor, SystemClock().now())


async def export_corrections(settings: Settings, path: Path, *, accusations: bool) -> int:
    """Write the cases that staff corrected; how many there were."""
    from bot.storage import corrections

    async with _opened(settings) as database:
        return await corrections.export(database, path, accusations=accusations)


async def corrected_rows(settings: Settings) -> list[dict[str, Any]]:
    """The cases that staff corrected, as rows of a history; none where there is no database yet.

    Accusations are among them: left out, only the corrections towards the other kinds would be learnt. A model holds
    no words, and its report none of these.
    """
    from bot.storage import corrections
    from bot.storage.schema import is_there

    if not is_there(settings.database_url):
        return []
    async with _opened(settings) as database:
        return [corrections.as_row(case) async for case in corrections.corrected(database, accusations=True)]


async def export_audit(settings: Settings, path: Path) -> int:
    """Write the audit out; how many rows there were."""
    from bot.storage import audit_files

    async with _opened(settings) as database:
        return await audit_files.export(database, path)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    """The database, for one command. Raises `BadInput` where none has been made yet."""
    from bot.storage.schema import is_there

    if not is_there(settings.database_url):
        raise BadInput("there is no database yet; start 民声 once, or run: python -m bot migrate", "database")
    database = Database(make_engine(settings.database_url))
    try:
        yield database
    finally:
        await database.close()


def worker_name(number: int) -> str:
    """Unique among machines."""
    return f"{socket.gethostname()}-{number}-{os.getpid()}"


@lru_cache(maxsize=1)
def _standalone() -> tuple[Settings, Database, Any]:
    from bot.settings import read_settings
    from bot.understanding.rasa_components import model_directory, reader_at

    settings = read_settings()
    use_city(settings.city)
    return settings, open_database(settings), reader_at(model_directory())


def standalone_context(sender_id: str) -> Any:
    """For actions under `rasa run actions`: every command is a transaction of its own, and Rasa's sender a citizen."""
    from bot.flow.citizen_commands import Turn, handle
    from bot.flow.dialogue_context import DialogueContext

    settings, database, read = _standalone()
    secret, address = read_secret(settings.home), Address("rasa", "", sender_id)

    async def execute(command: Any) -> Any:
        async with database.write() as uow:
            now = SystemClock().now()
            conversation = await uow.conversations.find_or_start(address, now)
            turn = Turn(uow, now, secret, address.channel, None)
            return await handle(replace(command, conversation_id=conversation.id), turn)

    return DialogueContext(sender_id, None, execute, read)
