"""Fields of a message → signed (and sealed) request; answer of the webhook → what the citizen sees."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.errors import BadInput
from connectors.wechat import crypto, payloads

# A nested element of an event, such as SendLocationInfo.
Value = str | int | float | Mapping[str, "Value"]
Message = Mapping[str, Value]

TEXT_LIMIT = 2048


class BadReply(Exception):
    """The webhook answered something that the platform would show to the citizen as a fault."""


@dataclass(frozen=True)
class SignedRequest:
    """One delivery: query of the URL and body."""

    query: dict[str, str]
    body: bytes
    content_type: str


@dataclass(frozen=True)
class Account:
    """An Official Account as the platform knows it. `mode` is plain, compatible or safe; `data_format` xml or json."""

    token: str = field(default="minsheng", repr=False)
    app_id: str = "wx0123456789abcdef"
    app_secret: str = field(default="0123456789abcdef0123456789abcdef", repr=False)
    aes_key: str = field(default="", repr=False)
    mode: str = "plain"
    data_format: str = "xml"
    name: str = "gh_0123456789ab"

    def challenge(self, echostr: str, now: float) -> dict[str, str]:
        """接入指南: the query of the GET; `echostr` is plain in every mode."""
        return {**self._signed(now), "echostr": echostr}

    def request(self, message: Message, openid: str, now: float) -> SignedRequest:
        """One delivery as the account's mode asks for it."""
        query = {**self._signed(now), "openid": openid}
        plain = self._write(message)
        if self.mode == "plain":
            return SignedRequest(query, plain, self._content_type)
        encrypt = self._cipher().encrypt(plain, secrets.token_bytes(16))
        query["encrypt_type"] = "aes"
        query["msg_signature"] = crypto.signature(self.token, query["timestamp"], query["nonce"], encrypt)
        # Compatible: the plain fields and the ciphertext; safe: the ciphertext only.
        outer = message if self.mode == "compatible" else {"ToUserName": self.name}
        return SignedRequest(query, self._write({**outer, "Encrypt": encrypt}), self._content_type)

    def read_reply(self, body: bytes, nonce: str) -> dict[str, str]:
        """Fields of a passive reply, `{}` for `success` or an empty body. Raises `BadReply`."""
        if body in (b"", b"success"):
            return {}
        try:
            fields = payloads.read_fields(body)
            fields = self._unseal(fields, nonce) if "Encrypt" in fields else self._accept_plain(fields)
        except BadInput as error:
            raise BadReply(str(error)) from None
        missing = [name for name in ("ToUserName", "FromUserName", "CreateTime", "MsgType") if not fields.get(name)]
        if missing:
            raise BadReply(f"the reply lacks {missing[0]}")
        if fields["MsgType"] == "text" and not 0 < len(fields.get("Content", "").encode()) <= TEXT_LIMIT:
            raise BadReply("a text has 1 to 2048 bytes")
        return fields

    def _unseal(self, fields: dict[str, str], nonce: str) -> dict[str, str]:
        parts = fields.get("TimeStamp", ""), fields.get("Nonce", ""), fields["Encrypt"]
        if self.mode == "plain" or parts[1] != nonce:
            raise BadReply("an encrypted reply to a plain delivery" if self.mode == "plain" else "another nonce")
        if not crypto.is_signed(fields.get("MsgSignature", ""), self.token, *parts):
            raise BadReply("MsgSignature does not match")
        return payloads.read_fields(self._cipher().decrypt(fields["Encrypt"]))

    def _accept_plain(self, fields: dict[str, str]) -> dict[str, str]:
        if self.mode == "safe":
            raise BadReply("in safe mode a reply must be encrypted")
        return fields

    @property
    def _content_type(self) -> str:
        return "application/json" if self.data_format == "json" else "text/xml"

    def _cipher(self) -> crypto.MessageCipher:
        return crypto.MessageCipher(self.aes_key, self.app_id)

    def _signed(self, now: float) -> dict[str, str]:
        timestamp, nonce = str(int(now)), str(secrets.randbelow(10**10))
        return {
            "signature": crypto.signature(self.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
        }

    def _write(self, message: Message) -> bytes:
        if self.data_format == "json":
            return json.dumps(message, ensure_ascii=False).encode()
        return f"<xml>{_xml(message)}</xml>".encode()


def _xml(message: Message) -> str:
    return "\n".join(f"<{name}>{_xml_value(value)}</{name}>" for name, value in message.items())


def _xml_value(value: Value) -> str:
    """Numbers bare, words in CDATA, nested elements as they are."""
    if isinstance(value, Mapping):
        return _xml(value)
    if isinstance(value, (int, float)):
        return str(value)
    return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
