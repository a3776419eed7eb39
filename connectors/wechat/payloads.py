"""Body of a delivery (XML or JSON) → flat fields → InboundMessage (接收普通消息, 接收事件推送)."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.domain.errors import BadInput
from bot.domain.messages import (
    Address,
    ChannelEvent,
    GeoPoint,
    InboundMessage,
    Media,
    MessageKind,
)

Fields = dict[str, str]

# What the platform itself puts in place of a sticker or another message that it cannot pass on.
UNSUPPORTED_PREFIX = "【收到不支持的消息类型"
_ID_LIMIT = 128
_BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def is_json(body: bytes) -> bool:
    """The account's 数据格式 may be XML or JSON; no header tells, the first character does."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read_fields(body: bytes) -> Fields:
    """Flatten a body: `{"MsgType": "text", …}`, nested ones as `"SendLocationInfo.Label"`. Raises `BadInput`."""
    return _read_json(body) if is_json(body) else _read_xml(body)


def clean(text: str) -> str:
    """Drop what neither XML nor a database takes: control characters and halves of surrogate pairs."""
    return _BAD_CHARACTERS.sub("", text.encode("utf-8", "replace").decode())


def read_message(fields: Fields, channel: str) -> InboundMessage:
    """One delivery's fields as a message; kinds we do not know become `UNKNOWN`, never an error."""
    base = InboundMessage(
        address=Address(channel, account=_required(fields, "ToUserName"), peer=_required(fields, "FromUserName")),
        message_id=_message_id(fields),
        kind=MessageKind.UNKNOWN,
        sent_at=_sent_at(fields.get("CreateTime", "")),
    )
    reader = _READERS.get(_required(fields, "MsgType").lower())
    return reader(base, fields) if reader else base


def _read_xml(body: bytes) -> Fields:
    try:
        # A DTD is how XML bombs and file theft begin; the platform never sends one.
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadInput("the body is not the XML that the platform sends", field="body") from None
    if root.tag != "xml":
        raise BadInput("the body must be <xml>…</xml> or a JSON object", field="body")
    return _flat_xml(root)


def _flat_xml(root: Element) -> Fields:
    fields = {child.tag: clean(child.text or "") for child in root}
    nested = ((f"{child.tag}.{inner.tag}", clean(inner.text or "")) for child in root for inner in child)
    return {**fields, **dict(nested)}


def _read_json(body: bytes) -> Fields:
    try:
        # Numbers stay as written: MsgId has 64 bits.
        data = json.loads(body, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise BadInput("the body is not the JSON that the platform sends", field="body") from None
    return _flat_json(data)


def _flat_json(data: dict[str, Any]) -> Fields:
    fields: Fields = {}
    for name, value in data.items():
        if isinstance(value, dict):
            fields.update({f"{name}.{inner}": _plain(part) for inner, part in value.items()})
        else:
            fields[name] = _plain(value)
    return fields


def _plain(value: Any) -> str:
    """A scalar as text; lists and deeper objects carry nothing that we use."""
    return clean(value) if isinstance(value, str) else ""


def _required(fields: Fields, name: str) -> str:
    value = fields.get(name, "").strip()
    if not value:
        raise BadInput(f"{name} is missing", field=name)
    return value


def _sent_at(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def _message_id(fields: Fields) -> str:
    """排重: messages by MsgId, events by sender and second. Always at most 128 characters."""
    if fields.get("MsgType", "").lower() == "event":
        # The event's name and key besides: following and scanning may share a second.
        parts = [fields.get(name, "") for name in ("FromUserName", "CreateTime", "Event", "EventKey")]
        return _bounded("-".join(part for part in parts if part))
    return _bounded(fields.get("MsgId", "").strip() or _fingerprint(fields))


def _bounded(identifier: str) -> str:
    """A VIEW event's key is a whole web address; an id has to fit into an index."""
    return identifier if len(identifier) <= _ID_LIMIT else hashlib.sha256(identifier.encode()).hexdigest()


def _fingerprint(fields: Fields) -> str:
    """For a message without MsgId: repeats carry the same fields, hence the same digest."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _text(base: InboundMessage, fields: Fields) -> InboundMessage:
    content = fields.get("Content", "")
    if content.strip().startswith(UNSUPPORTED_PREFIX):
        return base
    # A click on a 客服 menu message arrives as text and names the entry in bizmsgmenuid.
    return replace(base, kind=MessageKind.TEXT, text=content, event_key=fields.get("bizmsgmenuid", ""))


def _image(base: InboundMessage, fields: Fields) -> InboundMessage:
    media = Media(fields.get("MediaId", ""), url=fields.get("PicUrl", ""))
    return replace(base, kind=MessageKind.IMAGE, media=media)


def _voice(base: InboundMessage, fields: Fields) -> InboundMessage:
    media = Media(fields.get("MediaId", ""), format=fields.get("Format", ""))
    # Recognition is optional and may be empty: the platform's speech recognition was taken back.
    return replace(base, kind=MessageKind.VOICE, media=media, text=fields.get("Recognition", "").strip())


def _video(base: InboundMessage, fields: Fields) -> InboundMessage:
    return replace(base, kind=MessageKind.VIDEO, media=Media(fields.get("MediaId", ""), format="mp4"))


def _location(base: InboundMessage, fields: Fields) -> InboundMessage:
    point = _point(fields.get("Location_X", ""), fields.get("Location_Y", ""), fields.get("Label", ""))
    return replace(base, kind=MessageKind.LOCATION, location=point)


def _link(base: InboundMessage, fields: Fields) -> InboundMessage:
    parts = (fields.get(name, "").strip() for name in ("Title", "Description", "Url"))
    return replace(base, kind=MessageKind.LINK, text="\n".join(part for part in parts if part))


def _event(base: InboundMessage, fields: Fields) -> InboundMessage:
    # Compare in small letters: the platform writes SCAN, CLICK, subscribe, TEMPLATESENDJOBFINISH.
    name, key = fields.get("Event", "").strip().lower(), fields.get("EventKey", "")
    base = replace(base, kind=MessageKind.EVENT, event=_EVENTS.get(name, ChannelEvent.OTHER))
    if base.event is ChannelEvent.OTHER:
        return replace(base, event_key=f"{name}:{key}" if key else name)
    if base.event is ChannelEvent.LOCATED:
        return replace(base, location=_point(fields.get("Latitude", ""), fields.get("Longitude", "")))
    scanned = fields.get("ScanCodeInfo.ScanResult", "")
    return replace(base, event_key=key.removeprefix("qrscene_"), text=scanned)


def _point(latitude: str, longitude: str, label: str = "") -> GeoPoint | None:
    """A place on earth, or nothing where the numbers are none."""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        return None
    on_earth = math.isfinite(north) and math.isfinite(east) and abs(north) <= 90 and abs(east) <= 180
    return GeoPoint(north, east, label) if on_earth else None


_READERS: dict[str, Callable[[InboundMessage, Fields], InboundMessage]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
    "event": _event,
}

# VIEW only says that a menu's web page was opened: nothing to answer, so it stays OTHER.
_EVENTS = {
    "subscribe": ChannelEvent.FOLLOWED,
    "unsubscribe": ChannelEvent.UNFOLLOWED,
    "scan": ChannelEvent.SCANNED,
    "location": ChannelEvent.LOCATED,
    "click": ChannelEvent.MENU_CLICKED,
    "scancode_push": ChannelEvent.MENU_CLICKED,
    "scancode_waitmsg": ChannelEvent.MENU_CLICKED,
}
