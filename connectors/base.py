"""What a channel is: it verifies, parses, answers at once where the platform allows it, and sends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.domain.messages import InboundMessage, Media, OutboundMessage


@dataclass(frozen=True)
class ChannelFeatures:
    """What a channel can show and how it is timed.

    `text_limit` is in UTF-8 bytes a message. `answer_within` is how many seconds after a delivery a passive
    reply may still go out on the same connection (0: the channel knows no passive replies); `repeats` says
    that the platform delivers again when no answer comes. `can_push` tells whether `send` works at all.
    """

    buttons: bool = False
    text_limit: int = 2048
    answer_within: float = 0.0
    repeats: bool = False
    can_push: bool = True
    join_within: float = 0.0


@dataclass(frozen=True)
class Delivery:
    """One request of the platform, verified and parsed. `envelope` is the channel's own note on how to answer it."""

    messages: tuple[InboundMessage, ...]
    envelope: Any = field(default=None, repr=False)


class Channel(ABC):
    """One way in and out. Raises `Forbidden` (403) for a bad signature, `BadInput` (400) for an unreadable body."""

    name: str
    features: ChannelFeatures

    @abstractmethod
    async def challenge(self, request: web.Request) -> web.Response:
        """Answer the platform's check of our address (GET)."""

    @abstractmethod
    async def parse(self, request: web.Request) -> Delivery:
        """Verify, decrypt and read one delivery (POST)."""

    @abstractmethod
    def acknowledge(self, delivery: Delivery) -> web.Response:
        """Say «got it» without a reply, so that the platform does not deliver again."""

    @abstractmethod
    def answer(self, delivery: Delivery, replies: Sequence[OutboundMessage]) -> web.Response:
        """Reply on the same connection. Only the replies for which `fits_answer` holds are passed."""

    @abstractmethod
    def fits_answer(self, replies: Sequence[OutboundMessage]) -> bool:
        """Whether these replies can go out together as one passive answer."""

    @abstractmethod
    async def send(self, message: OutboundMessage) -> None:
        """Push a message. Raises `ChannelUnavailable` (try again) or `ChannelRejected` (never)."""

    async def fetch(self, media: Media) -> tuple[bytes, str]:
        """Download a picture or voice: its bytes and its content type. Raises like `send`."""
        raise NotImplementedError(f"{self.name} carries no media")

    async def close(self) -> None:
        """Give back connections."""
