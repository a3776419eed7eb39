"""What the web application holds, by typed key. `bot.bootstrap` fills it."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bot.domain.clock import Clock
from bot.settings import Settings
from bot.storage.unit_of_work import Database
from bot.workers.mailbox import Mailbox
from connectors.base import Channel

SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
MAILBOX = web.AppKey("mailbox", Mailbox)
CLOCK = web.AppKey("clock", Clock)
CHANNELS: web.AppKey[Mapping[str, Channel]] = web.AppKey("channels", Mapping)
SECRET = web.AppKey("secret", bytes)
