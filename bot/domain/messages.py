"""Messages as every channel hands them over: what came in, what goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class MessageKind(str, Enum):
    """What sort of thing a citizen sent."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    EVENT = "event"
    UNKNOWN = "unknown"


class ChannelEvent(str, Enum):
    """What happened on a channel other than somebody saying something."""

    FOLLOWED = "followed"
    UNFOLLOWED = "unfollowed"
    MENU_CLICKED = "menu_clicked"
    SCANNED = "scanned"
    LOCATED = "located"
    OTHER = "other"


@dataclass(frozen=True)
class Media:
    """A picture, voice or film. `media_id` is the channel's own handle, `url` an address to fetch it from."""

    media_id: str
    url: str = ""
    format: str = ""


@dataclass(frozen=True)
class GeoPoint:
    """Latitude and longitude in degrees (WeChat sends GCJ-02); `label` is the platform's name for the spot."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True)
class Address:
    """Whom a channel talks to: `account` is ours (e.g. gh_…), `peer` is theirs (e.g. an openid)."""

    channel: str
    account: str
    peer: str


@dataclass(frozen=True)
class InboundMessage:
    """来信消息: one message from a citizen. `message_id` is unique within (channel, account)."""

    address: Address
    message_id: str
    kind: MessageKind
    text: str = ""
    media: Media | None = None
    location: GeoPoint | None = None
    event: ChannelEvent | None = None
    event_key: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Button:
    """A choice offered to the citizen; sending back `payload` (or the title) takes it."""

    title: str
    payload: str


@dataclass(frozen=True)
class OutboundMessage:
    """发出消息: one message to a citizen. `id` is the outbox row, stable over retries."""

    id: int
    address: Address
    text: str
    buttons: tuple[Button, ...] = field(default=())
