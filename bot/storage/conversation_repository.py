"""Conversations: found by address, guarded by a version."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, false, func, literal_column, or_, select, true, union, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import Case
from bot.domain.conversation import Conversation, Mode
from bot.domain.errors import NotFound, StaleVersion
from bot.domain.messages import Address, Button
from bot.domain.people import Sight
from bot.domain.reading import CaseKind
from bot.storage.case_repository import SHORTEST_NAME, about_viewer
from bot.storage.dialect import insert_ignoring
from bot.storage.tables import attachments, cases, conversations, inbox, outbox

_BY_ID = select(conversations).where(conversations.c.id == bindparam("id"))
_BY_ADDRESS = select(conversations).where(
    conversations.c.channel == bindparam("channel"),
    conversations.c.account == bindparam("account"),
    conversations.c.peer == bindparam("peer"),
)
_TOUCH = update(conversations).where(conversations.c.id == bindparam("conversation_id"))
_CHANGE = update(conversations).where(
    conversations.c.id == bindparam("conversation_id"), conversations.c.version == bindparam("seen_version")
)


@dataclass(frozen=True)
class TalkLine:
    """One line of a talk as staff read it. `author` is citizen, bot, staff or system; `key` is unique in the talk."""

    key: str
    at: datetime
    author: str
    text: str
    kind: str = "text"
    label: str = ""
    picture: int | None = None
    state: str = ""
    error: str = ""
    staff_id: int | None = None
    case_no: str | None = None


@dataclass(frozen=True)
class Overview:
    """A conversation in the list: who leads it, what was said last, how many cases came of it."""

    conversation: Conversation
    last_words: str
    cases: int


_SEALED = select(inbox.c.conversation_id).where(inbox.c.sealed)


def _names_viewer(sight: Sight) -> ColumnElement[bool]:
    """Sealed words that name whoever looks."""
    if len(sight.not_about) < SHORTEST_NAME:
        return false()
    return inbox.c.text.contains(sight.not_about, autoescape=True)


def may_be_read(sight: Sight) -> ColumnElement[bool]:
    """The one condition on talks (design §6): one that holds an accusation is for the disciplinary role alone.

    That role also reads the talk in which one was told and not filed yet: somebody has to go on with it.
    """
    # Written out, not bound: the database has to know that its index of accusations will do.
    accused = select(cases.c.conversation_id).where(
        cases.c.kind == literal_column(f"'{CaseKind.ACCUSATION.value}'"), cases.c.conversation_id.is_not(None)
    )
    permitted: list[ColumnElement[bool]] = []
    if sight.conversations:
        permitted.append(~accused.where(cases.c.conversation_id == conversations.c.id).exists())
    if sight.accusations:
        about_me = union(accused.where(about_viewer(sight)), _SEALED.where(_names_viewer(sight)))
        told = union(accused, _SEALED)
        permitted.append(and_(conversations.c.id.in_(told), ~conversations.c.id.in_(about_me)))
    return or_(*permitted) if permitted else false()


def _unsealed(sight: Sight) -> ColumnElement[bool]:
    """What tells an accusation is sealed from its first word on, whether it is filed in the end or not."""
    return true() if sight.accusations or sight.accusations_of else inbox.c.sealed.is_(False)


def _answers_unsealed(sight: Sight, conversation_id: str) -> ColumnElement[bool]:
    """What the bot said to it names it too."""
    if sight.accusations or sight.accusations_of:
        return true()
    sealed = select(inbox.c.id).where(inbox.c.conversation_id == conversation_id, inbox.c.sealed)
    return or_(outbox.c.turn.is_(None), outbox.c.turn.not_in(sealed))


class ConversationRepository:
    """Rows of `conversations`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, conversation_id: str) -> Conversation:
        """By id. Raises `NotFound`."""
        return await self._one(_BY_ID, {"id": conversation_id})

    async def find(self, address: Address) -> Conversation:
        """By address. Raises `NotFound`."""
        return await self._one(_BY_ADDRESS, asdict(address))

    async def find_or_start(self, address: Address, at: datetime) -> Conversation:
        """By address; the first message of a citizen starts one."""
        try:
            return await self.find(address)
        except NotFound:
            await self._insert(address, at)
            return await self.find(address)

    async def _insert(self, address: Address, at: datetime) -> None:
        row = {
            "id": secrets.token_hex(16),
            "channel": address.channel,
            "account": address.account,
            "peer": address.peer,
            "mode": Mode.BOT.value,
            "dialogue": {},
            "offered": [],
            "version": 1,
            "created_at": at,
        }
        await insert_ignoring(self._connection, conversations, row)

    async def touch(self, conversation_id: str, at: datetime) -> None:
        """Note that the citizen spoke."""
        await self._connection.execute(_TOUCH, {"conversation_id": conversation_id, "last_inbound_at": at})

    async def remember(
        self, conversation: Conversation, dialogue: Mapping[str, Any], offered: tuple[Button, ...], mode: Mode
    ) -> None:
        """Keep the bot's memory after a turn. Raises `StaleVersion` when another worker was quicker."""
        await self._change(
            conversation,
            {
                "dialogue": dict(dialogue),
                "offered": _offered(offered),
                "mode": mode.value,
            },
        )

    async def offer(self, conversation_id: str, buttons: tuple[Button, ...]) -> None:
        """Note the choices that stand below a message of nobody's turn. A turn that runs has the last word."""
        values = {"conversation_id": conversation_id, "offered": _offered(buttons)}
        await self._connection.execute(_TOUCH, values)

    async def lead(self, conversation: Conversation, mode: Mode, staff_id: int | None) -> None:
        """Change who answers. Raises `StaleVersion`."""
        await self._change(conversation, {"mode": mode.value, "staff_id": staff_id})

    async def _change(self, conversation: Conversation, values: dict[str, Any]) -> None:
        guard = {"conversation_id": conversation.id, "seen_version": conversation.version}
        result = await self._connection.execute(_CHANGE, {**guard, "version": conversation.version + 1, **values})
        if result.rowcount != 1:
            raise StaleVersion(f"conversation {conversation.id} was changed meanwhile")

    async def seen(self, conversation_id: str, sight: Sight) -> Conversation:
        """By id, for staff. Raises `NotFound`, the same for one that is not there and one that is not theirs."""
        return await self._one(_BY_ID.where(may_be_read(sight)), {"id": conversation_id})

    async def may_read(self, conversation_id: str, sight: Sight) -> bool:
        """Whether a talk may be read as a whole."""
        found = await self._connection.execute(
            select(conversations.c.id).where(conversations.c.id == conversation_id, may_be_read(sight))
        )
        return found.first() is not None

    async def overview(self, sight: Sight, limit: int = 100) -> list[Overview]:
        """Those with a person first, longest waiting on top; then the others, last spoken first."""
        heard = conversations.c.last_inbound_at
        waiting = await self._listed(sight, Mode.WAITING, heard, limit)
        led = await self._listed(sight, Mode.STAFF, heard, limit - len(waiting))
        return [*waiting, *led, *await self._listed(sight, Mode.BOT, heard.desc(), limit)]

    async def _listed(self, sight: Sight, mode: Mode, order: Any, limit: int) -> list[Overview]:
        """In the order of the index on mode and last word: no more talks are looked at than are shown."""
        heard = conversations.c.last_inbound_at.is_not(None) if mode is Mode.BOT else true()
        last = (
            select(inbox.c.text)
            .where(inbox.c.conversation_id == conversations.c.id, inbox.c.text != "", _unsealed(sight))
            .order_by(inbox.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        filed = select(func.count()).where(cases.c.conversation_id == conversations.c.id).scalar_subquery()
        rows = await self._connection.execute(
            select(conversations, last.label("last_words"), filed.label("filed"))
            .where(conversations.c.mode == mode.value, may_be_read(sight), heard)
            .order_by(order)
            .limit(limit)
        )
        return [Overview(_conversation(row), row["last_words"] or "", row["filed"]) for row in rows.mappings()]

    async def count_waiting(self, sight: Sight) -> int:
        """How many citizens wait for a person, of those that may be read."""
        result = await self._connection.execute(
            select(func.count())
            .select_from(conversations)
            .where(conversations.c.mode == Mode.WAITING.value, may_be_read(sight))
        )
        return int(result.scalar_one())

    async def holds_sealed(self, conversation_id: str) -> bool:
        """Whether words of this talk are kept from everybody but the disciplinary role."""
        wanted = select(inbox.c.id).where(inbox.c.conversation_id == conversation_id, inbox.c.sealed).limit(1)
        return (await self._connection.execute(wanted)).first() is not None

    async def talk(self, conversation_id: str, sight: Sight, after: int = 0, limit: int = 200) -> list[TalkLine]:
        """The newest lines of a talk, in order; `after` an inbox id and what answered it."""
        said_here = and_(inbox.c.conversation_id == conversation_id, inbox.c.id > after)
        said = await self._said(and_(said_here, _unsealed(sight)), limit)
        answers = or_(outbox.c.turn.is_(None), outbox.c.turn > after)
        told_here = and_(outbox.c.conversation_id == conversation_id, answers)
        told = await self._told(and_(told_here, _answers_unsealed(sight, conversation_id)), limit)
        lines = sorted([*said, *told], key=lambda line: line.at)[-limit:]
        start = said[0].at if said and after else None
        return [line for line in lines if start is None or line.at >= start]

    async def talk_of_case(
        self, case: Case, sight: Sight, span: tuple[int, int], supplements: Sequence[int], limit: int = 500
    ) -> list[TalkLine]:
        """What was said about one case and nothing else of the talk: its telling, its supplements, what staff wrote."""
        if case.conversation_id is None:
            return []
        told_in = and_(inbox.c.id > span[0], inbox.c.id <= span[1])
        said_here = and_(inbox.c.conversation_id == case.conversation_id, or_(told_in, inbox.c.turn.in_(supplements)))
        said = await self._said(and_(said_here, _unsealed(sight)), limit)
        answers = or_(
            and_(outbox.c.turn > span[0], outbox.c.turn <= span[1]),
            outbox.c.turn.in_(supplements),
            outbox.c.case_no == case.case_no,
        )
        told_here = and_(outbox.c.conversation_id == case.conversation_id, answers)
        told = await self._told(and_(told_here, _answers_unsealed(sight, case.conversation_id)), limit)
        return sorted([*said, *told], key=lambda line: line.at)

    async def _said(self, which: ColumnElement[bool], limit: int) -> list[TalkLine]:
        rows = await self._connection.execute(
            select(inbox, attachments.c.content_type)
            .outerjoin(attachments, attachments.c.inbox_id == inbox.c.id)
            .where(which)
            .order_by(inbox.c.id.desc())
            .limit(limit)
        )
        return [_said_line(row) for row in rows.mappings()][::-1]

    async def _told(self, which: ColumnElement[bool], limit: int) -> list[TalkLine]:
        rows = await self._connection.execute(select(outbox).where(which).order_by(outbox.c.id.desc()).limit(limit))
        return [_told_line(row) for row in rows.mappings()][::-1]

    async def _one(self, statement: Any, wanted: Mapping[str, Any]) -> Conversation:
        row = (await self._connection.execute(statement, wanted)).mappings().first()
        if row is None:
            raise NotFound("no such conversation")
        return _conversation(row)


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(
        id=row["id"],
        address=Address(row["channel"], row["account"], row["peer"]),
        mode=Mode(row["mode"]),
        staff_id=row["staff_id"],
        dialogue=row["dialogue"],
        offered=tuple(Button(**button) for button in row["offered"]),
        version=row["version"],
        created_at=row["created_at"],
        last_inbound_at=row["last_inbound_at"],
    )


def _said_line(row: RowMapping) -> TalkLine:
    extra = row["extra"]
    media, location = extra.get("media"), extra.get("location")
    content_type = row["content_type"] or (media[2] if media and row["channel"] == "web" else "")
    event = extra.get("event", [""])[0]
    return TalkLine(
        key=f"i{row['id']}",
        at=row["received_at"],
        author="citizen",
        text=row["text"],
        kind=row["kind"],
        label=event or (location[2] if location else ""),
        picture=row["id"] if content_type.startswith("image/") else None,
        state="" if row["done"] else "open",
    )


def _told_line(row: RowMapping) -> TalkLine:
    return TalkLine(
        key=f"o{row['id']}",
        at=row["created_at"],
        author=row["author"],
        text=row["text"],
        state=row["state"],
        error=row["error"] or "",
        staff_id=row["staff_id"],
        case_no=row["case_no"],
    )


def _offered(buttons: Sequence[Button]) -> list[dict[str, str]]:
    return [{"title": button.title, "payload": button.payload} for button in buttons]
