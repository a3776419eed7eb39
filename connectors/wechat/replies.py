"""OutboundMessage → text that fits WeChat → passive reply in XML or JSON (被动回复用户消息)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.messages import OutboundMessage
from connectors.wechat import crypto
from connectors.wechat.payloads import clean

# Peers cap a text at 2048 UTF-8 bytes; longer ones fail on the live platform only (wechatpy, CowAgent).
TEXT_LIMIT = 2048
# The one place for words that citizens read on this channel.
CHOICES_HEADING = "回复数字选择："

_BREAKS = (re.compile(r"\n+"), re.compile(r"[。！？；…!?;]+[”’」』）)]*|\.(?=\s)"), re.compile(r"[，、：,\s]"))


@dataclass(frozen=True)
class Envelope:
    """How a delivery came, hence how its answer must look. `cipher` is the key that opened it, if any."""

    account: str
    peer: str
    nonce: str = ""
    as_json: bool = False
    cipher: crypto.MessageCipher | None = field(default=None, repr=False)


def render(message: OutboundMessage) -> str:
    """Text with its buttons as a numbered list: plain WeChat text has no buttons."""
    lines = [f"{number}. {button.title}" for number, button in enumerate(message.buttons, 1)]
    choices = "\n".join([CHOICES_HEADING, *lines]) if lines else ""
    return clean("\n".join(part for part in (message.text.strip(), choices) if part))


def join(replies: Sequence[OutboundMessage]) -> str:
    """Several replies of one turn as one text, a blank line between them."""
    return "\n\n".join(text for text in map(render, replies) if text)


def cut(text: str, limit: int = TEXT_LIMIT) -> str:
    """The longest beginning of at most `limit` UTF-8 bytes that ends on a character."""
    return text.encode()[:limit].decode(errors="ignore")


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """Pieces of at most `limit` bytes, parted at a line's end, else a sentence's, else a pause's, else anywhere."""
    pieces, rest = [], text.strip()
    while rest:
        head = cut(rest, limit)
        if len(head) < len(rest):
            head = head[: _best_break(head)]
        pieces.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return pieces


def _best_break(head: str) -> int:
    """Where to part; a break in the first third would waste one of the five messages that a citizen may get."""
    for pattern in _BREAKS:
        ends = [found.end() for found in pattern.finditer(head) if found.end() > len(head) // 3]
        if ends:
            return ends[-1]
    return len(head)


def passive_body(text: str, envelope: Envelope, now: int) -> bytes:
    """The reply as the platform reads it, still unencrypted."""
    fields: dict[str, str | int] = {
        "ToUserName": envelope.peer,
        "FromUserName": envelope.account,
        "CreateTime": now,
        "MsgType": "text",
        "Content": text,
    }
    return _write(fields, envelope.as_json)


def sealed_body(plain: bytes, envelope: Envelope, token: str, now: int) -> bytes:
    """The encrypted reply around `plain`; its signature covers our time and the delivery's nonce."""
    assert envelope.cipher is not None
    encrypt = envelope.cipher.encrypt(plain)
    signed = crypto.signature(token, str(now), envelope.nonce, encrypt)
    fields: dict[str, str | int] = {
        "Encrypt": encrypt,
        "MsgSignature": signed,
        "TimeStamp": now,
        "Nonce": envelope.nonce,
    }
    return _write(fields, envelope.as_json)


def _write(fields: dict[str, str | int], as_json: bool) -> bytes:
    if as_json:
        return json.dumps(fields, ensure_ascii=False).encode()
    inner = "".join(f"<{name}>{_xml_value(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode()


def _xml_value(value: str | int) -> str:
    """Numbers bare, words in CDATA; the end mark of CDATA inside words is parted over two sections."""
    if isinstance(value, int):
        return str(value)
    return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
