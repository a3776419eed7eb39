"""Petitions, cases and their history. Everything that shows cases goes through one sight condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, Select, and_, false, func, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import Case, CaseEvent, NewCase, Petition
from bot.domain.errors import NotFound, StaleVersion
from bot.domain.lifecycle import CaseState
from bot.domain.messages import Media
from bot.domain.people import Sight
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.storage.dialect import next_number
from bot.storage.tables import attachments, case_events, cases, inbox, petitions

LOCAL = ZoneInfo("Asia/Shanghai")
OPEN_STATES = tuple(state.value for state in CaseState if state not in (CaseState.CONCLUDED, CaseState.WITHDRAWN))
PRESSING = int(Urgency.CRITICAL)


@dataclass(frozen=True)
class CaseFilter:
    """What a list of cases shows. Empty fields do not filter."""

    words: str = ""
    state: str = ""
    kind: str = ""
    level1: str = ""
    organ: str = ""
    urgency: int = 0
    unassigned: bool = False
    open_only: bool = False


@dataclass(frozen=True)
class Tally:
    """How many visible cases there are: by state, and among the open ones those that press."""

    by_state: dict[str, int]
    open: int
    unassigned: int
    pressing: int


@dataclass(frozen=True)
class Unfetched:
    """A message whose media still lies with its channel."""

    inbox_id: int
    conversation_id: str
    channel: str
    media: Media


def visible(sight: Sight) -> ColumnElement[bool]:
    """The one condition (design §6) that every list, count, search, export and single look goes through."""
    permitted: list[ColumnElement[bool]] = []
    not_accusation = cases.c.kind != CaseKind.ACCUSATION.value
    if sight.everything_else:
        permitted.append(not_accusation)
    if sight.organ:
        permitted.append(and_(not_accusation, cases.c.organ == sight.organ))
    if sight.accusations:
        permitted.append(cases.c.kind == CaseKind.ACCUSATION.value)
    return or_(*permitted) if permitted else false()


class CaseRepository:
    """Rows of `petitions`, `cases` and `case_events`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def file(self, new: NewCase, at: datetime) -> Case:
        """Write petition and case down with the next number of the day: 20261123-00012."""
        day = at.astimezone(LOCAL).strftime("%Y%m%d")
        number = f"{day}-{await next_number(self._connection, f'case:{day}'):05d}"
        petition_id = await self._insert_petition(new, number, at)
        case_id = await self._insert_case(new, number, petition_id, at)
        await self.note(case_id, "petitioner", "case.filed", {"channel": new.channel}, at, public=True)
        return await self._one(cases.c.id == case_id)

    async def _insert_petition(self, new: NewCase, number: str, at: datetime) -> int:
        result = await self._connection.execute(
            petitions.insert().values(
                petition_no=number,
                query_code_issue=1,
                conversation_id=new.conversation_id,
                inbox_id=new.inbox_id,
                channel=new.channel,
                text=new.received or new.text,
                filed_at=at,
            )
        )
        return _key(result)

    async def _insert_case(self, new: NewCase, number: str, petition_id: int, at: datetime) -> int:
        result = await self._connection.execute(
            cases.insert().values(
                case_no=number,
                petition_id=petition_id,
                conversation_id=new.conversation_id,
                channel=new.channel,
                state=CaseState.REGISTERED.value,
                understood=new.understood,
                version=1,
                filed_at=at,
                updated_at=at,
                text=new.text,
                **_described(new),
            )
        )
        return _key(result)

    async def get(self, case_no: str, sight: Sight) -> Case:
        """By number. Raises `NotFound`, the same for one that is not there and one that is not yours."""
        return await self._one(and_(cases.c.case_no == case_no, visible(sight)))

    async def of_citizen(self, conversation_id: str, limit: int = 5) -> list[Case]:
        """The citizen's own cases in this conversation, newest first."""
        return await self._many(
            select(cases).where(cases.c.conversation_id == conversation_id).order_by(cases.c.id.desc()).limit(limit)
        )

    async def of_conversation(self, conversation_id: str, sight: Sight) -> list[Case]:
        """The visible cases that came from one conversation, newest first."""
        wanted = select(cases).where(cases.c.conversation_id == conversation_id, visible(sight))
        return await self._many(wanted.order_by(cases.c.id.desc()).limit(50))

    async def span(self, case: Case) -> tuple[int, int]:
        """Which inbox items told this case: from after the petition before it up to its own filing, as (after, to)."""
        own = select(petitions.c.inbox_id).where(petitions.c.id == case.petition_id)
        to = (await self._connection.execute(own)).scalar_one() or 0
        before = select(func.max(petitions.c.inbox_id)).where(
            petitions.c.conversation_id == case.conversation_id, petitions.c.inbox_id < to
        )
        return (await self._connection.execute(before)).scalar_one() or 0, to

    async def by_number(self, case_no: str) -> tuple[Case, Petition, int]:
        """For somebody who may also know the query code: case, petition, issue of the code. Raises `NotFound`."""
        case = await self._one(cases.c.case_no == case_no)
        row = (
            (await self._connection.execute(select(petitions).where(petitions.c.id == case.petition_id)))
            .mappings()
            .one()
        )
        return case, _petition(row), row["query_code_issue"]

    async def search(self, wanted: CaseFilter, sight: Sight, limit: int = 50, offset: int = 0) -> list[Case]:
        """Most urgent and newest first."""
        return await self._many(
            select(cases)
            .where(visible(sight), *_conditions(wanted))
            .order_by(cases.c.urgency.desc(), cases.c.id.desc())
            .limit(limit)
            .offset(offset)
        )

    async def count(self, wanted: CaseFilter, sight: Sight) -> int:
        """How many `search` would list in all."""
        result = await self._connection.execute(
            select(func.count()).select_from(cases).where(visible(sight), *_conditions(wanted))
        )
        return int(result.scalar_one())

    async def count_by_state(self, sight: Sight) -> dict[str, int]:
        """How many of the visible cases stand in each state."""
        rows = await self._connection.execute(
            select(cases.c.state, func.count()).where(visible(sight)).group_by(cases.c.state)
        )
        return {state: int(number) for state, number in rows}

    async def tally(self, sight: Sight) -> Tally:
        """The figures beside the list, in one pass; each agrees with what `search` lists for it."""
        kinds = (cases.c.state, cases.c.organ.is_(None).label("unassigned"), cases.c.urgency)
        rows = (
            await self._connection.execute(select(*kinds, func.count()).where(visible(sight)).group_by(*kinds))
        ).all()
        by_state: Counter[str] = Counter()
        for state, _, _, number in rows:
            by_state[state] += number
        still_open = [row for row in rows if row[0] in OPEN_STATES]
        return Tally(
            dict(by_state),
            open=sum(row[3] for row in still_open),
            unassigned=sum(row[3] for row in still_open if row[1]),
            pressing=sum(row[3] for row in still_open if row[2] == PRESSING),
        )

    async def newest(self, sight: Sight) -> tuple[int, datetime | None]:
        """The highest visible id and the last change: cheap to ask again and again."""
        row = (
            await self._connection.execute(
                select(func.max(cases.c.id), func.max(cases.c.updated_at)).where(visible(sight))
            )
        ).one()
        return row[0] or 0, row[1]

    async def change(self, case: Case, at: datetime) -> Case:
        """Save an edited case. Raises `StaleVersion` if somebody saved since it was read."""
        result = await self._connection.execute(
            update(cases)
            .where(cases.c.id == case.id, cases.c.version == case.version)
            .values(
                state=case.state.value,
                organ=case.organ,
                version=case.version + 1,
                updated_at=at,
                **_described(case),
            )
        )
        if result.rowcount != 1:
            raise StaleVersion(f"case {case.case_no} was changed meanwhile")
        return await self._one(cases.c.id == case.id)

    async def add_words(self, case: Case, addition: str, at: datetime) -> None:
        """Append what the citizen added after filing; the petition itself stays as it was received."""
        await self._connection.execute(
            update(cases)
            .where(cases.c.id == case.id)
            .values(text=cases.c.text + "\n" + addition, version=cases.c.version + 1, updated_at=at)
        )

    async def note(
        self, case_id: int, actor: str, type: str, data: dict[str, Any], at: datetime, *, public: bool = False
    ) -> None:
        """Add a line to a case's history."""
        await self._connection.execute(
            case_events.insert().values(case_id=case_id, at=at, actor=actor, type=type, data=data, public=public)
        )

    async def history(self, case: Case) -> list[CaseEvent]:
        """A case's lines, oldest first."""
        rows = await self._connection.execute(
            select(case_events).where(case_events.c.case_id == case.id).order_by(case_events.c.id)
        )
        return [CaseEvent(**dict(row)) for row in rows.mappings()]

    async def attach(
        self, conversation_id: str, inbox_id: int, sha256: str, content_type: str, size: int, at: datetime
    ) -> None:
        """Note a picture that was kept."""
        await self._connection.execute(
            attachments.insert().values(
                conversation_id=conversation_id,
                inbox_id=inbox_id,
                sha256=sha256,
                content_type=content_type,
                size=size,
                created_at=at,
            )
        )

    async def unfetched(self, since: datetime, channels: Sequence[str], limit: int = 20) -> list[Unfetched]:
        """Messages with media that no attachment has been kept for yet."""
        rows = await self._connection.execute(
            select(inbox.c.id, inbox.c.conversation_id, inbox.c.channel, inbox.c.extra)
            .outerjoin(attachments, attachments.c.inbox_id == inbox.c.id)
            .where(
                inbox.c.received_at >= since,
                inbox.c.kind.in_(["image", "voice", "video"]),
                inbox.c.channel.in_(channels),
                attachments.c.id.is_(None),
            )
            .order_by(inbox.c.id)
            .limit(limit)
        )
        return [Unfetched(row[0], row[1], row[2], Media(*row[3]["media"])) for row in rows if "media" in row[3]]

    async def attachments_of(self, conversation_id: str) -> dict[int, RowMapping]:
        """Kept pictures of a conversation by inbox id."""
        rows = await self._connection.execute(
            select(attachments).where(attachments.c.conversation_id == conversation_id)
        )
        return {row["inbox_id"]: row for row in rows.mappings()}

    async def _one(self, condition: Any) -> Case:
        found = await self._many(select(cases).where(condition))
        if not found:
            raise NotFound("no such case")
        return found[0]

    async def _many(self, statement: Select[Any]) -> list[Case]:
        return [_case(row) for row in (await self._connection.execute(statement)).mappings()]


def _key(result: CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    assert key is not None, "an insert of one row has a key"
    return int(key[0])


def _conditions(wanted: CaseFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (cases.c.state, wanted.state),
        (cases.c.kind, wanted.kind),
        (cases.c.topic_level1, wanted.level1),
        (cases.c.organ, wanted.organ),
        (cases.c.urgency, wanted.urgency),
    ):
        if value:
            found.append(column == value)
    if wanted.unassigned:
        found.append(cases.c.organ.is_(None))
    if wanted.open_only:
        found.append(cases.c.state.in_(OPEN_STATES))
    for word in wanted.words.split()[:5]:
        found.append(_contains(word))
    return found


def _contains(word: str) -> ColumnElement[bool]:
    columns = (cases.c.case_no, cases.c.title, cases.c.text, cases.c.place)
    return or_(*(column.contains(word, autoescape=True) for column in columns))


def _described(case: NewCase | Case) -> dict[str, Any]:
    """The columns that say what a case is about."""
    return {
        "kind": case.kind.value,
        "topic_code": case.topic.code,
        "topic_level1": case.topic.level1,
        "topic_level2": case.topic.level2,
        "urgency": int(case.urgency),
        "place": case.place,
        "title": case.title,
        "phones": list(case.phones),
        "people": case.people,
        "anonymous": case.anonymous,
    }


def _case(row: RowMapping) -> Case:
    return Case(
        id=row["id"],
        case_no=row["case_no"],
        petition_id=row["petition_id"],
        conversation_id=row["conversation_id"],
        kind=CaseKind(row["kind"]),
        topic=Topic(row["topic_code"], row["topic_level1"], row["topic_level2"]),
        urgency=Urgency(row["urgency"]),
        place=row["place"],
        title=row["title"],
        text=row["text"],
        phones=tuple(row["phones"]),
        people=row["people"],
        anonymous=row["anonymous"],
        state=CaseState(row["state"]),
        organ=row["organ"],
        understood=row["understood"],
        version=row["version"],
        filed_at=row["filed_at"],
        updated_at=row["updated_at"],
        channel=row["channel"],
    )


def _petition(row: RowMapping) -> Petition:
    return Petition(
        id=row["id"],
        petition_no=row["petition_no"],
        conversation_id=row["conversation_id"],
        text=row["text"],
        channel=row["channel"],
        filed_at=row["filed_at"],
    )
