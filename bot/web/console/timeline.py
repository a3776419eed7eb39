"""A case's history and a conversation's transcript, ready to be shown."""

from __future__ import annotations

import re
from typing import Any

from bot.domain.case import Case, CaseEvent
from bot.domain.conversation import OutboxState
from bot.domain.errors import NotFound
from bot.domain.messages import MessageKind
from bot.rules import organs
from bot.storage.unit_of_work import UnitOfWork
from bot.web.console import words

_QUERY_CODE = re.compile(r"(?:\d{4} ){3}\d{4}")
STATES = {OutboxState.PENDING: "待发送", OutboxState.SENDING: "发送中", OutboxState.REFUSED: "未送达：渠道拒收"}


async def timeline_of(case: Case, uow: UnitOfWork) -> list[dict[str, Any]]:
    """The lines of a case's history, newest first."""
    names = {member.actor: member.name for member in await uow.staff.all()}
    lines = [_line(event, names) for event in await uow.cases.history(case)]
    return list(reversed(lines))


def _line(event: CaseEvent, names: dict[str, str]) -> dict[str, Any]:
    actor = "群众" if event.actor == "petitioner" else names.get(event.actor, event.actor)
    return {
        "at": words.local_time(event.at),
        "actor": actor,
        "name": words.EVENTS.get(event.type, event.type),
        "detail": _detail(event),
        "public": event.public,
    }


def _detail(event: CaseEvent) -> str:
    if event.type == "case.assigned":
        return organs.name_of(event.data.get("to"))
    if event.type == "case.corrected":
        return "；".join(f"{words.FIELDS[name]}：{old} → {new}" for name, (old, new) in event.data.items())
    return str(event.data.get("text", ""))


async def transcript_of(
    conversation_id: str | None, uow: UnitOfWork, *, revealed: bool = False
) -> list[dict[str, Any]]:
    """What was said and told, in order. Query codes are the citizen's alone; phones are shown when revealed."""
    if conversation_id is None:
        return []
    said = await uow.inbox.of_conversation(conversation_id)
    told = await uow.outbox.of_conversation(conversation_id)
    lines: list[dict[str, Any]] = [
        {
            "from": "citizen",
            "text": item.text or _kind_name(item.kind),
            "at": item.received_at,
            "media": item.id if item.kind is MessageKind.IMAGE else None,
            "state": "",
        }
        for item in said
    ]
    lines += [
        {
            "from": item.author.value,
            "text": _QUERY_CODE.sub("**** **** **** ****", item.text),
            "at": item.created_at,
            "media": None,
            "state": STATES.get(item.state, ""),
        }
        for item in told
    ]
    lines.sort(key=lambda line: line["at"])
    shown = str if revealed else words.mask_phones_in
    return [{**line, "text": shown(line["text"]), "at": words.local_time(line["at"])} for line in lines]


def _kind_name(kind: MessageKind) -> str:
    names = {
        MessageKind.IMAGE: "［图片］",
        MessageKind.VOICE: "［语音］",
        MessageKind.VIDEO: "［视频］",
        MessageKind.LOCATION: "［位置］",
        MessageKind.LINK: "［链接］",
        MessageKind.EVENT: "［关注或菜单］",
    }
    return names.get(kind, "［其他消息］")


async def picture_of(inbox_id: int, uow: UnitOfWork) -> tuple[str, str]:
    """Digest and type of a kept picture. Raises `NotFound`."""
    item = await uow.inbox.get(inbox_id)
    kept = (await uow.cases.attachments_of(item.conversation_id)).get(inbox_id)
    if kept is not None and kept["size"]:
        return str(kept["sha256"]), str(kept["content_type"])
    if item.media is None:
        raise NotFound("no such picture")
    return item.media.media_id, item.media.format
