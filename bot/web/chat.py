"""The citizen page and its API (design §7)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from bot.domain import query_code
from bot.domain.conversation import InboxItem, OutboxItem, OutboxState
from bot.domain.errors import BadInput, NotFound
from bot.domain.messages import Address, Button, InboundMessage, Media, MessageKind
from bot.rules import texts
from bot.web import keys
from bot.web.intake import Intake
from bot.web.media import MediaStore

WAIT_SECONDS = 8.0
LONGEST_TEXT = 20_000
LONGEST_BODY = 256 * 1024
UNIQUE_ID = 16
CHANNEL = "web"
INTAKE = web.AppKey("intake", Intake)
MEDIA = web.AppKey("media", MediaStore)
VERSION = web.AppKey("version", str)
_ID = re.compile(r"[\w.:-]{1,128}")
_QUERY_CODE = re.compile(r"(?:\d{4} ){3}\d{4}")


def setup(app: web.Application) -> None:
    """Register the page and its API."""
    app.router.add_get("/", page)
    app.router.add_post("/chat/messages", post_message)
    app.router.add_get("/chat/messages", list_messages)
    app.router.add_post("/chat/media", post_media)
    app.router.add_get("/chat/media/{inbox_id:[0-9]+}", get_media)


@aiohttp_jinja2.template("chat.html")
async def page(request: web.Request) -> dict[str, Any]:
    """The page greets by itself: looking at it starts no conversation."""
    greeting = texts.reply("utter_greeting")
    starters = [_button(button) for button in greeting.buttons]
    return {"greeting": greeting.text, "starters": starters, "version": request.app[VERSION]}


async def post_message(request: web.Request) -> web.Response:
    """One message in, the bot's replies out. The same id again gives the same answer."""
    body = await read_json(request)
    text = _text(body)
    message_id = _message_id(body.get("id"))
    conversation, known = _conversation(body, message_id, request.app[keys.SECRET])
    message = InboundMessage(_address(conversation), f"{conversation}/{message_id}", MessageKind.TEXT, text)
    return await _answer(request, message, conversation, known)


async def _answer(request: web.Request, message: InboundMessage, conversation: str, known: bool) -> web.Response:
    intake = request.app[INTAKE]
    async with intake.taken(message, known=known) as place:
        item = place.item
        if not await place.answered(WAIT_SECONDS):
            await intake.acknowledge_late(item, OutboxState.SENT)
    replies = await intake.answers(item)
    return web.json_response(
        {
            "conversation": conversation,
            "replies": [_reply(one) for one in replies],
            "case": _case(replies, request.app[keys.SECRET]),
            "id": f"i{item.id}",
        }
    )


async def list_messages(request: web.Request) -> web.Response:
    """The conversation from a cursor on; late answers and staff's words come this way."""
    database = request.app[keys.DATABASE]
    inbox_after, outbox_after = _cursor(request.query.get("after", ""))
    async with database.read() as uow:
        conversation = await uow.conversations.find(_address(_known_id(request)))
        said = await uow.inbox.of_conversation(conversation.id, inbox_after)
        told = await uow.outbox.of_conversation(conversation.id, outbox_after)
    messages = sorted(
        [*_said(said, conversation.address.peer), *_told(told, request.app[keys.SECRET])], key=lambda one: one["at"]
    )
    cursor = f"{max([inbox_after, *(i.id for i in said)])}.{max([outbox_after, *(o.id for o in told)])}"
    return web.json_response({"messages": messages, "mode": conversation.mode.value, "cursor": cursor})


async def post_media(request: web.Request) -> web.Response:
    """A photo: kept as it is, answered like a message."""
    message_id = _message_id(request.query.get("id"))
    known = bool(request.query.get("conversation"))
    conversation = _known_id(request) if known else _new_conversation(message_id, request.app[keys.SECRET])
    picture = await request.app[MEDIA].read_upload(request)
    message = InboundMessage(
        _address(conversation),
        f"{conversation}/{message_id}",
        MessageKind.IMAGE,
        media=Media(picture.sha256, format=picture.content_type),
    )
    return await _answer(request, message, conversation, known)


async def get_media(request: web.Request) -> web.StreamResponse:
    """A citizen's own photo."""
    async with request.app[keys.DATABASE].read() as uow:
        conversation = await uow.conversations.find(_address(_known_id(request)))
        item = await uow.inbox.get(int(request.match_info["inbox_id"]))
    if item.conversation_id != conversation.id or item.media is None:
        raise NotFound("no such picture")
    return request.app[MEDIA].response(item.media.media_id, item.media.format)


async def read_json(request: web.Request) -> dict[str, Any]:
    """The body as an object. Raises `BadInput`, or 413 for a body over the limit."""
    raw = await request.content.read(LONGEST_BODY + 1)
    while len(raw) <= LONGEST_BODY and not request.content.at_eof():
        raw += await request.content.read(LONGEST_BODY + 1 - len(raw))
    if len(raw) > LONGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(max_size=LONGEST_BODY, actual_size=len(raw))
    try:
        body = json.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, ValueError):
        raise BadInput("the body is not JSON in UTF-8", "body") from None
    if not isinstance(body, dict):
        raise BadInput("the body must be a JSON object", "body")
    return body


def _text(body: dict[str, Any]) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BadInput("text: wanted a string that is not empty", "text")
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"text: {len(text)} characters; at most {LONGEST_TEXT} are taken", "text")
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _conversation(body: dict[str, Any], message_id: str, secret: bytes) -> tuple[str, bool]:
    given = body.get("conversation")
    if given is None:
        return _new_conversation(message_id, secret), False
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise BadInput("conversation: wanted null or the id that was given before", "conversation")
    return given, True


def _new_conversation(message_id: str, secret: bytes) -> str:
    """A first message that is sent again must find its conversation: so a unique id decides it. Short ones are not."""
    if len(message_id) < UNIQUE_ID:
        return secrets.token_urlsafe(18)
    digest = hmac.new(secret, b"conversation/" + message_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _message_id(given: Any) -> str:
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise BadInput("id: wanted 1 to 128 letters, digits or -_.: that name this message", "id")
    return given


def _known_id(request: web.Request) -> str:
    given = request.query.get("conversation", "")
    if not _ID.fullmatch(given):
        raise BadInput("conversation: wanted the id that was given before", "conversation")
    return given


def _cursor(raw: str) -> tuple[int, int]:
    if not raw:
        return 0, 0
    found = re.fullmatch(r"(\d{1,15})\.(\d{1,15})", raw)
    if not found:
        raise BadInput("after: wanted a cursor that was given before", "after")
    return int(found[1]), int(found[2])


def _address(conversation: str) -> Address:
    return Address(CHANNEL, "", conversation)


def _button(button: Button) -> dict[str, str]:
    return {"title": button.title, "payload": button.payload}


def _reply(one: OutboxItem) -> dict[str, Any]:
    buttons = [_button(button) for button in one.buttons]
    return {"id": f"o{one.id}", "text": one.text, "buttons": buttons, "author": one.author.value}


def _case(replies: list[OutboxItem], secret: bytes) -> dict[str, str] | None:
    """Number and query code when this answer filed a case."""
    for one in replies:
        if one.case_no and _QUERY_CODE.search(one.text):
            return {"case_no": one.case_no, "query_code": query_code.query_code(secret, one.case_no, 1)}
    return None


def _said(items: list[InboxItem], peer: str) -> Iterator[dict[str, Any]]:
    for item in items:
        picture = f"/chat/media/{item.id}?conversation={peer}" if item.kind is MessageKind.IMAGE else None
        yield {
            "id": f"i{item.id}",
            "from": "citizen",
            "text": item.text,
            "buttons": [],
            "at": item.received_at.isoformat(),
            "image": picture,
        }


def _told(items: list[OutboxItem], secret: bytes) -> Iterator[dict[str, Any]]:
    for item in items:
        yield {
            "id": f"o{item.id}",
            "from": item.author.value,
            "text": item.text,
            "buttons": [_button(button) for button in item.buttons],
            "at": item.created_at.isoformat(),
            "image": None,
            "case": _case([item], secret),
        }
