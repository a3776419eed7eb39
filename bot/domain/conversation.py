"""A talk with one citizen: its messages in, its messages out, and who leads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.domain.messages import Address, Button, ChannelEvent, GeoPoint, Media, MessageKind


class Mode(str, Enum):
    """Who answers in a conversation."""

    BOT = "bot"
    WAITING = "waiting"
    STAFF = "staff"


@dataclass(frozen=True)
class Conversation:
    """会话. `dialogue` is the bot's compact memory; `offered` the buttons shown last; `version` guards it."""

    id: str
    address: Address
    mode: Mode
    staff_id: int | None
    dialogue: dict[str, Any]
    offered: tuple[Button, ...]
    version: int
    created_at: datetime
    last_inbound_at: datetime | None = None


@dataclass(frozen=True)
class InboxItem:
    """A message as it was received, never edited. `turn` is the last item of the turn that took it."""

    id: int
    conversation_id: str
    message_id: str
    kind: MessageKind
    text: str
    media: Media | None
    location: GeoPoint | None
    event: ChannelEvent | None
    event_key: str
    received_at: datetime
    done: bool
    turn: int | None
    attempts: int = 0


class Author(str, Enum):
    """Who speaks to the citizen."""

    BOT = "bot"
    STAFF = "staff"
    SYSTEM = "system"


class OutboxState(str, Enum):
    """Where an outgoing message stands."""

    PENDING = "pending"
    OFFERED = "offered"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True)
class OutboxItem:
    """A message on its way out. `turn` is the inbox item it answers (none for staff and notices)."""

    id: int
    conversation_id: str
    turn: int | None
    position: int
    author: Author
    text: str
    buttons: tuple[Button, ...]
    case_no: str | None
    state: OutboxState
    created_at: datetime
    attempts: int = 0
    offered_at: datetime | None = None


@dataclass(frozen=True)
class Reply:
    """回复: what the bot, staff or the system says, before it has a row."""

    text: str
    buttons: tuple[Button, ...] = field(default=())
    author: Author = Author.BOT
    case_no: str | None = None
