"""WeChat Official Account (公众号): verify, read, answer at once, push later."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from aiohttp import web

from bot.domain.errors import BadInput, ChannelRejected, Forbidden
from bot.domain.messages import Media, OutboundMessage
from connectors.base import Channel, ChannelFeatures, Delivery
from connectors.wechat import crypto, payloads, replies
from connectors.wechat.client import WechatClient
from connectors.wechat.replies import Envelope
from connectors.wechat.settings import WechatSettings

logger = logging.getLogger(__name__)


class WechatChannel(Channel):
    """One Official Account."""

    name = "wechat"

    def __init__(
        self,
        settings: WechatSettings,
        client: WechatClient | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._client = client or WechatClient(settings)
        self._clock = clock
        self._keys = crypto.KeyRing((settings.aes_key, settings.previous_aes_key), settings.app_id)
        self._pieces_sent: dict[int, int] = {}
        # 被动回复: cut off after 5 s and delivered again; half a second is left for the way back.
        self.features = ChannelFeatures(
            text_limit=replies.TEXT_LIMIT,
            answer_within=4.5,
            repeats=True,
            can_push=bool(settings.app_secret),
            join_within=1.2,
        )

    async def challenge(self, request: web.Request) -> web.Response:
        """接入指南: echo `echostr` as it is, in every mode."""
        self._check_plain_signature(request)
        if "echostr" not in request.query:
            raise BadInput("echostr is missing", field="echostr")
        return web.Response(text=request.query["echostr"])

    async def parse(self, request: web.Request) -> Delivery:
        """The URL says whether the delivery is encrypted; in AES mode only the decrypted fields are believed."""
        encrypted = self._is_encrypted(request)
        if not encrypted:
            self._check_plain_signature(request)
        body = await self._read(request)
        fields, cipher = self._open(request, body) if encrypted else (payloads.read_fields(body), None)
        message = payloads.read_message(fields, self.name)
        nonce, as_json = request.query.get("nonce", ""), payloads.is_json(body)
        envelope = Envelope(message.address.account, message.address.peer, nonce, as_json, cipher)
        return Delivery((message,), envelope)

    def acknowledge(self, delivery: Delivery) -> web.Response:
        """`success`, never encrypted: no reply, no repeat, no error shown to the citizen."""
        return web.Response(text="success")

    def answer(self, delivery: Delivery, replies_: Sequence[OutboundMessage]) -> web.Response:
        """One text with all replies, encrypted if the delivery was."""
        text = replies.cut(replies.join(replies_))
        if not text.strip():
            return self.acknowledge(delivery)
        envelope: Envelope = delivery.envelope
        now = int(self._clock())
        body = replies.passive_body(text, envelope, now)
        if envelope.cipher:
            body = replies.sealed_body(body, envelope, self._settings.token, now)
        kind = "application/json" if envelope.as_json else "application/xml"
        return web.Response(body=body, content_type=kind, charset="utf-8")

    def fits_answer(self, replies_: Sequence[OutboundMessage]) -> bool:
        """Whether the joined text has at most 2048 bytes."""
        return len(replies.join(replies_).encode()) <= replies.TEXT_LIMIT

    async def send(self, message: OutboundMessage) -> None:
        """Push by customer-service messages; a second try goes on behind the pieces that already went out."""
        pieces = replies.split(replies.render(message))
        if not self.features.can_push or not pieces:
            raise ChannelRejected("nothing to send" if not pieces else "WECHAT_APP_SECRET is not set", "not_sent")
        try:
            await self._push(message, pieces)
        except ChannelRejected:
            self._pieces_sent.pop(message.id, None)
            raise

    async def fetch(self, media: Media) -> tuple[bytes, str]:
        """Temporary media live for three days: fetch at once."""
        if not self.features.can_push or not media.media_id:
            raise ChannelRejected("no media id, or WECHAT_APP_SECRET is not set", "no_media")
        return await self._client.media(media.media_id)

    async def close(self) -> None:
        await self._client.close()

    async def _push(self, message: OutboundMessage, pieces: list[str]) -> None:
        """Send what is still missing; the count stays where a try breaks off."""
        for piece in pieces[self._pieces_sent.get(message.id, 0) :]:
            await self._client.send_text(message.address.peer, piece)
            self._pieces_sent[message.id] = self._pieces_sent.get(message.id, 0) + 1
        self._pieces_sent.pop(message.id, None)

    async def _read(self, request: web.Request) -> bytes:
        """The body, at most `max_body` bytes of it (413 above)."""
        try:
            # A copy, so that this limit holds here whatever the application allows elsewhere.
            return await request.clone(client_max_size=self._settings.max_body).read()
        except web.RequestPayloadError:
            raise BadInput("the body is cut short or not compressed as it says", field="body") from None

    def _is_encrypted(self, request: web.Request) -> bool:
        """消息加解密说明: encrypt_type is absent or `raw` for plain text, `aes` for ciphertext."""
        by_url = request.query.get("encrypt_type", "aes" if "msg_signature" in request.query else "raw")
        if by_url == "aes" and self._keys:
            return True
        if self._settings.mode == "safe":
            # Downgrade guard: a plain signature does not cover the body, so it could be replayed with another one.
            raise Forbidden("the account is in safe mode; this delivery is not encrypted")
        if by_url == "aes":
            logger.warning("wechat delivers encrypted messages, but WECHAT_AES_KEY is not set")
        return False

    def _check_plain_signature(self, request: web.Request) -> None:
        query = request.query
        parts = self._settings.token, query.get("timestamp", ""), query.get("nonce", "")
        if not crypto.is_signed(query.get("signature", ""), *parts):
            raise Forbidden("signature does not match")

    def _open(self, request: web.Request, body: bytes) -> tuple[payloads.Fields, crypto.MessageCipher]:
        """Verify `msg_signature` (not `signature`, which does not cover the ciphertext), then decrypt."""
        query, encrypt = request.query, payloads.read_fields(body).get("Encrypt", "")
        parts = self._settings.token, query.get("timestamp", ""), query.get("nonce", ""), encrypt
        if not crypto.is_signed(query.get("msg_signature", ""), *parts):
            raise Forbidden("msg_signature does not match")
        plain, cipher = self._keys.open(encrypt)
        return payloads.read_fields(plain), cipher
