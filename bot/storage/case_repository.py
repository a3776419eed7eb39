"""Petitions, cases and their history. Everything that shows cases goes through one sight condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Executable,
    Select,
    TextClause,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain import lifecycle
from bot.domain.case import Case, CaseEvent, NewCase, Petition, veiled
from bot.domain.errors import NotFound, StaleVersion
from bot.domain.lifecycle import CaseState, Lane, Stage
from bot.domain.messages import Media
from bot.domain.people import Sight
from bot.domain.petitioner import petitioner_from_json, petitioner_to_json
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.domain.working_days import LOCAL
from bot.storage.audit import Audit
from bot.storage.dialect import insert_ignoring, key_of, next_number
from bot.storage.search import Searched, Sought, few_saying, note_words, said_in, sought
from bot.storage.tables import (
    WITH_MEDIA,
    attachments,
    case_events,
    case_guests,
    case_organs,
    cases,
    inbox,
    petitions,
    staff,
)

OPEN_STATES = tuple(state.value for state in lifecycle.OPEN_STATES)
EVERY_STATE = tuple(state.value for state in CaseState)
REVIEW_STAGES = (Stage.REVIEW.value, Stage.RE_REVIEW.value)
# Every review has the case it is about; the index of these is a small one.
_HIGHER = cases.alias("reviews")
REVIEWS = select(_HIGHER.c.id).where(_HIGHER.c.parent_id > 0)
_ABOUT = select(_HIGHER.c.parent_id).where(_HIGHER.c.parent_id > 0)
_LED = cases.alias("led")
PRESSING = int(Urgency.CRITICAL)
_BY_DUE = (cases.c.due_on.is_(None), cases.c.due_on)
ORDERS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "": (cases.c.urgency.desc(), cases.c.id.desc()),
    "due": (*_BY_DUE, cases.c.urgency.desc(), cases.c.id.desc()),
    "urgent": (cases.c.urgency.desc(), *_BY_DUE, cases.c.id.desc()),
}
# Of a name: one character stands in every text.
SHORTEST_NAME = 2
# So many of the cases that changed last are looked through for news.
LATELY = 200
MOST_PHONES = 5


@dataclass(frozen=True)
class Hands:
    """Whose cases: those of a leader (包案), of a 承办人, those an organ leads, reviews an organ hears. Empty fields do
    not filter.

    `leader` and `officer` are ids of staff, the others are codes of organs.
    """

    leader: int = 0
    officer: int = 0
    leads: str = ""
    hears: str = ""


@dataclass(frozen=True)
class Approver:
    """A second person: approves replies in some lanes, and none that they drafted themselves."""

    person: str
    lanes: frozenset[Lane]


@dataclass(frozen=True)
class CaseFilter:
    """What a list of cases shows. Empty fields do not filter. `organ_names`: what organs are called, as (code, name).

    `stage`: "first" or "higher" (复查、复核); `due_from`, `due_until`: first and last day on which something is owed;
    `bounced`: sent back so often at least; `unheld`: without a 承办人; `owed`: an assisting organ owes its opinion,
    `owed_by` the one with this code; `order`: a key of `ORDERS`. `numbers`: whoever looks may see phones, and
    finds a case by a full one.
    """

    words: str = ""
    states: tuple[str, ...] = ()
    kind: str = ""
    level1: str = ""
    organ: str = ""
    urgencies: tuple[int, ...] = ()
    unassigned: bool = False
    stage: str = ""
    due_from: date | None = None
    due_until: date | None = None
    bounced: int = 0
    unheld: bool = False
    owed: bool = False
    owed_by: str = ""
    hands: Hands = Hands()
    approver: Approver | None = None
    order: str = ""
    organ_names: tuple[tuple[str, str], ...] = ()
    numbers: bool = False

    def takes(self, group: Group) -> bool:
        """Whether a state and urgency stand in this list."""
        return (not self.states or group.state in self.states) and (
            not self.urgencies or group.urgency in self.urgencies
        )

    @property
    def of_groups(self) -> bool:
        """Whether it asks for nothing that the figures of groups do not know."""
        names = ("states", "urgencies", "unassigned", "order", "organ_names", "numbers")
        return self == CaseFilter(**{name: getattr(self, name) for name in names})


@dataclass(frozen=True)
class Group:
    """How many visible cases of one state and urgency there are, and how many of them, reviews apart, no organ has."""

    state: str
    urgency: int
    number: int
    unassigned: int


@dataclass(frozen=True)
class Tally:
    """How many visible cases there are, for every figure beside the list."""

    groups: tuple[Group, ...]

    @property
    def by_state(self) -> dict[str, int]:
        """In each state."""
        found: Counter[str] = Counter()
        for group in self.groups:
            found[group.state] += group.number
        return dict(found)

    @property
    def open(self) -> int:
        """Not at their end."""
        return sum(group.number for group in self._open)

    @property
    def unassigned(self) -> int:
        """Open ones that no organ has."""
        return sum(group.unassigned for group in self._open)

    @property
    def pressing(self) -> int:
        """Open ones that cannot wait."""
        return sum(group.number for group in self._open if group.urgency == PRESSING)

    @property
    def _open(self) -> list[Group]:
        return [group for group in self.groups if group.state in OPEN_STATES]

    def count(self, wanted: CaseFilter) -> int | None:
        """How many a filter lists, where these figures can tell; None where the cases themselves have to be counted."""
        if not wanted.of_groups:
            return None
        return sum(
            group.unassigned if wanted.unassigned else group.number for group in self.groups if wanted.takes(group)
        )


@dataclass(frozen=True)
class Unfetched:
    """A message whose media still lies with its channel."""

    inbox_id: int
    conversation_id: str
    channel: str
    media: Media


def visible(sight: Sight, *, found: bool = False) -> ColumnElement[bool]:
    """The one condition (design §6) that every list, count, search, export and single look goes through.

    `found`: few cases are named by another condition; without statistics SQLite would go through those of the organ.
    """
    organ = func.coalesce(cases.c.organ, "") if found else cases.c.organ
    permitted: list[ColumnElement[bool]] = []
    not_accusation = cases.c.kind != CaseKind.ACCUSATION.value
    if sight.everything_else:
        permitted.append(not_accusation)
    led = [organ == sight.organ] if sight.organ else []
    few = _few_of(sight)
    besides = [cases.c.id.in_(union_all(*few))] if few else []
    if led or besides:
        permitted.append(and_(not_accusation, or_(*led, *besides)))
    if sight.suggestions:
        permitted.append(cases.c.kind == CaseKind.SUGGESTION.value)
    if sight.accusations_of:
        permitted.append(and_(_accuses(sight), organ == sight.accusations_of))
    if sight.accusations:
        permitted.append(_accuses(sight))
    return or_(*permitted) if permitted else false()


def _accuses(sight: Sight) -> ColumnElement[bool]:
    """Accusations, without those that name whoever looks."""
    return and_(cases.c.kind == CaseKind.ACCUSATION.value, ~about_viewer(sight))


def about_viewer(sight: Sight) -> ColumnElement[bool]:
    """Cases whose words name whoever looks."""
    if len(sight.not_about) < SHORTEST_NAME:
        return false()
    return cases.c.text.contains(sight.not_about, autoescape=True)


def _few_of(sight: Sight) -> list[Select[Any]]:
    """What somebody sees besides the cases of their organ: ids, each list out of a small index of its own, so that the
    condition itself asks nothing of a case that the indexes of lists do not know."""
    found: list[Select[Any]] = []
    if sight.organ:  # 协办: the organ works on the case beside the one that leads it
        found.append(select(case_organs.c.case_id).where(case_organs.c.organ == sight.organ))
    if sight.reviews:  # 复查、复核: the cases one level up, and those they are about
        found += [REVIEWS, _ABOUT]
    if sight.hears:
        found.append(select(_HIGHER.c.id).where(_HIGHER.c.parent_id > 0, _HIGHER.c.hears == sight.hears))
    if sight.below:
        found += _below(sight.below)
    if sight.leads is not None:
        found.append(select(_LED.c.id).where(_LED.c.leader_id == sight.leads))
    return found


def _below(organ: str) -> list[Select[Any]]:
    """The cases that reviews are about which an organ hears: of a re-review the review, and the first case below."""
    heard = (_HIGHER.c.parent_id > 0, _HIGHER.c.hears == organ)
    middle = cases.alias("middle")
    first = select(middle.c.parent_id).where(middle.c.parent_id > 0, middle.c.id == _HIGHER.c.parent_id, *heard)
    return [select(_HIGHER.c.parent_id).where(*heard), first]


_HISTORY = text(
    "SELECT id, case_id, at, actor, type, data, public FROM case_events WHERE case_id = :case_id ORDER BY id"
).columns(
    case_events.c.id,
    case_events.c.case_id,
    *(case_events.c[name] for name in ("at", "actor", "type", "data", "public")),
)


class CaseRepository:
    """Rows of `petitions`, `cases` and `case_events`."""

    def __init__(self, connection: AsyncConnection, audit: Audit) -> None:
        self._connection, self._audit = connection, audit
        self._read: dict[int, Case] = {}  # cases as this transaction last saw them

    async def file(self, new: NewCase, at: datetime) -> Case:
        """Write petition and case down with the next number of the day: 20261123-00012; filed on the day they came."""
        day = at.astimezone(LOCAL).strftime("%Y%m%d")
        number = f"{day}-{await next_number(self._connection, f'case:{day}'):05d}"
        petition_id = new.petition_id or await self._insert_petition(new, number, at)
        case_id = await self._insert_case(new, number, petition_id, at)
        await self.note(case_id, new.filed_by, "case.filed", {"channel": new.channel, "clock": []}, at, public=True)
        return await self._searched(case_id)

    async def _insert_petition(self, new: NewCase, number: str, at: datetime) -> int:
        result = await self._connection.execute(
            petitions.insert().values(
                petition_no=number,
                query_code_issue=1,
                conversation_id=new.conversation_id,
                inbox_id=new.inbox_id,
                channel=new.channel,
                text=new.received or new.text,
                filed_at=new.received_at or at,
            )
        )
        return key_of(result)

    async def _insert_case(self, new: NewCase, number: str, petition_id: int, at: datetime) -> int:
        result = await self._connection.execute(
            cases.insert().values(
                case_no=number,
                petition_id=petition_id,
                conversation_id=new.conversation_id,
                channel=new.channel,
                state=CaseState.FILED.value,
                stage=new.stage.value,
                parent_id=new.parent_id,
                understood=new.understood,
                version=1,
                filed_at=new.received_at or at,
                updated_at=at,
                text=new.text,
                petitioner=petitioner_to_json(new.petitioner),
                **_described(new),
            )
        )
        return key_of(result)

    async def get(self, case_no: str, sight: Sight) -> Case:
        """By number. Raises `NotFound`, the same for one that is not there and one that is not yours."""
        found = await self._seen(_seen_by(sight), sight, {"case_no": case_no})
        if not found:
            raise NotFound("no such case")
        return found[0]

    async def of_citizen(self, conversation_id: str, limit: int = 5) -> list[Case]:
        """The citizen's own cases in this conversation, newest first."""
        return await self._many(
            select(cases).where(cases.c.conversation_id == conversation_id).order_by(cases.c.id.desc()).limit(limit)
        )

    async def open_to(self, conversation_id: str, since: datetime, limit: int = 5) -> list[Case]:
        """The same, and those whose number and query code were told there since then."""
        told = select(case_guests.c.case_id).where(
            case_guests.c.conversation_id == conversation_id, case_guests.c.at >= since
        )
        # One list of ids: PostgreSQL reads every case where either of two conditions will do.
        own = select(cases.c.id).where(cases.c.conversation_id == conversation_id)
        reached = cases.c.id.in_(union_all(own, told))
        return await self._many(select(cases).where(reached).order_by(cases.c.id.desc()).limit(limit))

    async def open_for(self, case: Case, conversation_id: str, at: datetime) -> bool:
        """Number and query code were told there; tells whether for the first time."""
        row = {"conversation_id": conversation_id, "case_id": case.id, "at": at}
        if await insert_ignoring(self._connection, case_guests, row):
            return True
        own = (case_guests.c.conversation_id == conversation_id, case_guests.c.case_id == case.id)
        await self._connection.execute(update(case_guests).where(*own).values(at=at))
        return False

    async def of_conversation(self, conversation_id: str, sight: Sight) -> list[Case]:
        """The visible cases that came from one conversation, newest first."""
        wanted = select(cases).where(cases.c.conversation_id == conversation_id, visible(sight, found=True))
        return await self._seen(wanted.order_by(cases.c.id.desc()).limit(50), sight)

    async def of_phones(self, phones: Sequence[str], sight: Sight, limit: int = 20) -> list[Case]:
        """The visible cases that name one of these phones, newest first, found in the index of the search."""
        found: dict[int, Case] = {}
        for phone in phones[:MOST_PHONES]:
            said = await self._saying(sought(phone, numbers=True))
            wanted = select(cases).where(visible(sight), said).order_by(cases.c.id.desc()).limit(limit)
            found |= {case.id: case for case in await self._seen(wanted, sight) if phone in case.phones}
        return sorted(found.values(), key=lambda case: -case.id)[:limit]

    async def linked(self, case: Case, sight: Sight) -> list[Case]:
        """The visible cases that this one reviews or is reviewed by."""
        kin = [cases.c.parent_id == case.id]
        if case.parent_id is not None:
            kin.append(cases.c.id == case.parent_id)
        return await self._seen(
            select(cases).where(or_(*kin), visible(sight, found=True)).order_by(cases.c.id).limit(20), sight
        )

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
        """In the filter's order. The page is found in an index alone; only its cases are then read whole."""
        order = _order(wanted)
        page = select(cases.c.id).where(visible(sight), *await self._wanted(wanted)).order_by(*order)
        found = cases.c.id.in_(page.limit(limit).offset(offset).scalar_subquery())
        return await self._seen(select(cases).where(found).order_by(*order), sight)

    async def by_numbers(self, numbers: Sequence[str], sight: Sight) -> dict[str, Case]:
        """Cases by number, as far as they may be seen."""
        found = await self._seen(select(cases).where(cases.c.case_no.in_(numbers), visible(sight, found=True)), sight)
        return {case.case_no: case for case in found}

    async def search_and_count(
        self, wanted: CaseFilter, sight: Sight, limit: int, offset: int = 0
    ) -> tuple[list[Case], int]:
        """`search` and `count` in one; PostgreSQL looks the words up once, SQLite is quicker in two steps."""
        if self._connection.dialect.name == "sqlite":
            found = await self.search(wanted, sight, limit, offset)
            last = len(found) < limit and (found or not offset)
            return found, offset + len(found) if last else await self.count(wanted, sight)
        page = select(cases.c.id, func.count().over()).where(visible(sight), *await self._wanted(wanted))
        page = page.order_by(*_order(wanted)).limit(limit).offset(offset)
        rows = (await self._connection.execute(page)).all()
        if not rows:
            return [], await self.count(wanted, sight) if offset else 0
        return await self.these([row[0] for row in rows], sight), int(rows[0][1])

    async def ids(self, wanted: CaseFilter, sight: Sight) -> list[int]:
        """All that `search` would list, in its order."""
        found = select(cases.c.id).where(visible(sight), *await self._wanted(wanted)).order_by(*_order(wanted))
        return list((await self._connection.execute(found)).scalars())

    async def these(self, ids: Sequence[int], sight: Sight) -> list[Case]:
        """Cases by id, in the given order, as far as they may be seen."""
        wanted = select(cases).where(cases.c.id.in_(ids), visible(sight, found=True))
        found = {case.id: case for case in await self._seen(wanted, sight)}
        return [found[one] for one in ids if one in found]

    async def count(self, wanted: CaseFilter, sight: Sight) -> int:
        """How many `search` would list in all."""
        result = await self._connection.execute(
            select(func.count()).select_from(cases).where(visible(sight), *await self._wanted(wanted))
        )
        return int(result.scalar_one())

    async def _wanted(self, wanted: CaseFilter) -> Sequence[ColumnElement[bool]]:
        """The filter with its words: each a piece of text, or the beginning of a case number."""
        said = sought(wanted.words, wanted.organ_names, numbers=wanted.numbers)
        if said.hopeless:
            return [false()]
        numbers = [and_(cases.c.case_no >= first, cases.c.case_no < beyond) for first, beyond in said.case_numbers]
        words = [await self._saying(said)] if said.words else []
        return [*_conditions(wanted), *numbers, *words]

    async def _saying(self, said: Sought) -> ColumnElement[bool]:
        """A few cases are named; of many, those are taken that the list's index passes by."""
        few = await few_saying(self._connection, said)
        return said_in(cases.c.id, said) if few is None else cases.c.id.in_(few)

    async def count_by_state(self, sight: Sight) -> dict[str, int]:
        """How many of the visible cases stand in each state."""
        return (await self.tally(sight)).by_state

    async def tally(self, sight: Sight) -> Tally:
        """The figures beside the list, in one pass over an index; each agrees with what `search` lists for it."""
        groups = (cases.c.state, cases.c.urgency)
        counted = select(*groups, func.count(), func.count(cases.c.organ)).where(visible(sight)).group_by(*groups)
        rows = (await self._connection.execute(counted)).all()
        # Reviews are heard by an organ and never sent to one: the few there are, found by another index, are taken off.
        unsent = (await self._connection.execute(counted.where(cases.c.id.in_(REVIEWS)))).all()
        reviews = {(state, urgency): int(all - sent) for state, urgency, all, sent in unsent}
        return Tally(
            tuple(
                Group(state, urgency, int(all), int(all - sent) - reviews.get((state, urgency), 0))
                for state, urgency, all, sent in rows
            )
        )

    async def newest(self, sight: Sight) -> tuple[int, datetime | None]:
        """The highest visible id and the last change, of what changed lately: cheap to ask again and again.

        Of all cases it would not be: for an organ that has few, every case is gone through backwards.
        """
        changed = select(cases.c.id).order_by(cases.c.updated_at.desc()).limit(LATELY)
        lately = (await self._connection.execute(changed)).scalars().all()
        wanted = select(func.max(cases.c.id), func.max(cases.c.updated_at))
        row = (await self._connection.execute(wanted.where(cases.c.id.in_(lately), visible(sight, found=True)))).one()
        return row[0] or 0, row[1]

    async def change(self, case: Case, at: datetime) -> Case:
        """Save an edited case. Raises `StaleVersion` if somebody saved since it was read."""
        changed = {
            "state": case.state.value,
            "organ": case.organ,
            "way": case.way,
            "leader_id": case.leader_id,
            "bounced": case.bounced,
            "stars": case.stars,
            "due_on": case.due_on,
            "course": dict(case.course),
            "hears": case.course.get("hears"),
            "repeat_of": case.repeat_of,
            "officer_id": case.officer_id,
            "version": case.version + 1,
            "updated_at": at,
            **_described(case),
        }
        keys = {"of_id": case.id, "of_version": case.version, "is_over": case.state in lifecycle.CLOSED_STATES}
        result = await self._connection.execute(_changing(tuple(changed)), {**changed, **keys})
        if result.rowcount != 1:
            raise StaleVersion(f"case {case.case_no} was changed meanwhile")
        saved = replace(case, version=case.version + 1, updated_at=at)
        before = self._read.get(case.id)
        if before is None or before.version != case.version or _searched_of(before) != _searched_of(saved):
            await self._keep_searched(saved)
        self._read[case.id] = saved
        return saved

    async def owe(self, case_id: int, due_on: date | None) -> None:
        """Note the next day on which something is owed: derived, so nobody who edits the case is disturbed."""
        await self._connection.execute(update(cases).where(cases.c.id == case_id).values(due_on=due_on))

    async def set_assisting(self, case: Case, organs: Sequence[str], owed: Mapping[str, date] | None = None) -> None:
        """Who works on the case beside its lead, and until when each of them owes an opinion."""
        await self._connection.execute(case_organs.delete().where(case_organs.c.case_id == case.id))
        for organ in organs:
            row = {"case_id": case.id, "organ": organ, "owed_on": (owed or {}).get(organ)}
            await self._connection.execute(case_organs.insert().values(row))

    async def owed_on(self, ids: Sequence[int], organ: str) -> dict[int, date]:
        """By case, the first day on which an assisting organ owes its opinion: this one, or any."""
        owed = (case_organs.c.case_id.in_(ids), *_owing(organ))
        first = select(case_organs.c.case_id, func.min(case_organs.c.owed_on)).where(*owed)
        rows = await self._connection.execute(first.group_by(case_organs.c.case_id))
        return {row[0]: row[1] for row in rows}

    async def let_go(self, officer_id: int, at: datetime) -> list[int]:
        """Nobody works any more on what this member of staff worked on; tells which of it is still open."""
        theirs, nobody = cases.c.officer_id == officer_id, {"officer_id": None, "version": cases.c.version + 1}
        still_open = update(cases).where(theirs, cases.c.state.in_(OPEN_STATES)).values(**nobody, updated_at=at)
        found = (await self._connection.execute(still_open.returning(cases.c.id))).scalars()
        await self._connection.execute(update(cases).where(theirs).values(**nobody))
        return sorted(found)

    async def by_id(self, case_id: int) -> Case:
        """For the program itself, which may see everything. Raises `NotFound`."""
        return await self._one(cases.c.id == case_id)

    async def add_words(self, case: Case, addition: str, at: datetime) -> None:
        """Append what the citizen added after filing; the petition itself stays as it was received."""
        await self._connection.execute(
            update(cases)
            .where(cases.c.id == case.id)
            .values(text=cases.c.text + "\n" + addition, version=cases.c.version + 1, updated_at=at)
        )
        await self._leave_whom_it_names(case, at)
        await self._searched(case.id)

    async def _leave_whom_it_names(self, case: Case, at: datetime) -> None:
        """Art. 30: whoever an accusation turns out to name does not see it any more, and does not work on it."""
        named = select(staff.c.id).where(staff.c.id == cases.c.officer_id, cases.c.text.contains(staff.c.name))
        theirs = and_(cases.c.id == case.id, cases.c.kind == CaseKind.ACCUSATION.value, named.exists())
        if (await self._connection.execute(update(cases).where(theirs).values(officer_id=None))).rowcount:
            await self.note(case.id, "system", "case.officer_left", {"officer": case.officer_id}, at)

    async def _searched(self, case_id: int) -> Case:
        """The case as it is now, with what is searched kept up with it."""
        case = await self._one(cases.c.id == case_id)
        await self._keep_searched(case)
        return case

    async def _keep_searched(self, case: Case) -> None:
        await note_words(self._connection, case.id, _searched_of(case))

    async def note(
        self, case_id: int, actor: str, type: str, data: dict[str, Any], at: datetime, *, public: bool = False
    ) -> None:
        """Add a line to a case's history, and to the audit."""
        known = self._read.get(case_id)
        self._audit.of_case(case_id, known.case_no if known else "", actor, type, data, at)
        await self._connection.execute(
            case_events.insert(),
            {"case_id": case_id, "at": at, "actor": actor, "type": type, "data": data, "public": public},
        )

    async def history(self, case: Case) -> list[CaseEvent]:
        """A case's lines, oldest first."""
        rows = await self._connection.execute(_HISTORY, {"case_id": case.id})
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
                WITH_MEDIA,
                func.coalesce(inbox.c.channel, "").in_(channels),  # else SQLite goes through all of a channel
                attachments.c.id.is_(None),
            )
            .order_by(inbox.c.received_at, inbox.c.id)
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

    async def _seen(self, statement: Executable, sight: Sight, given: Mapping[str, Any] | None = None) -> list[Case]:
        """Cases as somebody may see them."""
        found = await self._many(statement, given)
        return [veiled(case) for case in found] if sight.veiled else found

    async def _many(self, statement: Executable, given: Mapping[str, Any] | None = None) -> list[Case]:
        found = [as_case(row) for row in (await self._connection.execute(statement, given)).mappings()]
        self._read.update((case.id, case) for case in found)
        return found


@lru_cache(maxsize=256)
def _seen_by(sight: Sight) -> Select[Any]:
    """One case by number, for a sight: built once, because building costs more than running."""
    return select(cases).where(cases.c.case_no == bindparam("case_no"), visible(sight, found=True))


@lru_cache(maxsize=4)
def _changing(columns: tuple[str, ...]) -> TextClause:
    """An update of these columns, if the version is still the one that was read; and of when the case ended."""
    ended = "ended_at = CASE WHEN :is_over THEN COALESCE(ended_at, :updated_at) END"
    given = ", ".join([*(f"{name} = :{name}" for name in columns), ended])
    statement = text(f"UPDATE cases SET {given} WHERE id = :of_id AND version = :of_version")
    known = (bindparam(name, type_=cases.c[name].type) for name in columns)
    return statement.bindparams(*known, bindparam("is_over", type_=Boolean()))


def _conditions(wanted: CaseFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, values in (
        (cases.c.state, _states(wanted)),
        (cases.c.kind, (wanted.kind,)),
        (cases.c.topic_level1, (wanted.level1,)),
        (cases.c.organ, (wanted.organ,)),
        (cases.c.urgency, wanted.urgencies),
    ):
        if any(values):
            found.append(column == values[0] if len(values) == 1 else column.in_(values))
    if wanted.unassigned:
        found += [cases.c.organ.is_(None), cases.c.id.not_in(REVIEWS)]
    if wanted.bounced:
        found.append(cases.c.bounced >= wanted.bounced)
    if wanted.unheld:
        found.append(cases.c.officer_id.is_(None))
    if wanted.owed:
        found.append(_owed_by(wanted.owed_by))
    if wanted.stage:
        found.append(cases.c.id.in_(REVIEWS) if wanted.stage == "higher" else cases.c.id.not_in(REVIEWS))
    return [*found, *_owed(wanted), *_in_hands(wanted.hands), *_approvable(wanted.approver)]


def _owed_by(organ: str) -> ColumnElement[bool]:
    """协办意见 that one organ owes, or any."""
    return cases.c.id.in_(select(case_organs.c.case_id).where(*_owing(organ)))


def _owing(organ: str) -> Sequence[ColumnElement[bool]]:
    return [case_organs.c.owed_on.is_not(None), *([case_organs.c.organ == organ] if organ else [])]


def _order(wanted: CaseFilter) -> Sequence[ColumnElement[Any]]:
    """By the day that the list tells: where opinions are owed, that of the first of them."""
    if not (wanted.owed and wanted.order == "due"):
        return ORDERS[wanted.order]
    of_case = (case_organs.c.case_id == cases.c.id, *_owing(wanted.owed_by))
    first = select(func.min(case_organs.c.owed_on)).where(*of_case).correlate(cases).scalar_subquery()
    return (first, *ORDERS["due"])


def _states(wanted: CaseFilter) -> tuple[str, ...]:
    """Named one by one where days are looked at, so that each state's part of an index is gone through alone."""
    by_day = wanted.due_from or wanted.due_until or wanted.order
    return wanted.states or (EVERY_STATE if by_day else ())


def _owed(wanted: CaseFilter) -> Sequence[ColumnElement[bool]]:
    first = [cases.c.due_on >= wanted.due_from] if wanted.due_from else []
    last = [cases.c.due_on <= wanted.due_until] if wanted.due_until else []
    return [*first, *last]


def _in_hands(hands: Hands) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if hands.leader:
        found.append(cases.c.leader_id == hands.leader)
    if hands.officer:
        found.append(cases.c.officer_id == hands.officer)
    if hands.leads:
        found.append(cases.c.organ == hands.leads)
    if hands.hears:
        found.append(or_(cases.c.hears.is_(None), cases.c.hears.in_(("", hands.hears))))
    return found


def _approvable(approver: Approver | None) -> Sequence[ColumnElement[bool]]:
    """Replies that a second person can approve; the state is asked for by the filter."""
    if approver is None:
        return []
    kinds = [kind.value for kind in CaseKind if lifecycle.lane_of(kind, Stage.FIRST) in approver.lanes]
    first = and_(cases.c.stage == Stage.FIRST.value, cases.c.kind.in_(kinds))
    higher = cases.c.stage.in_([stage for stage in REVIEW_STAGES if Lane(stage) in approver.lanes])
    drafted_by = cases.c.course[("prepared", lifecycle.Move.DRAFT.value)].as_string()
    return [or_(first, higher), drafted_by != approver.person]


def _searched_of(case: Case) -> Searched:
    return Searched(case.title, case.text, case.place, case.organ, case.phones)


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


def as_case(row: RowMapping) -> Case:
    """A row of `cases`."""
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
        stage=Stage(row["stage"]),
        parent_id=row["parent_id"],
        way=row["way"],
        leader_id=row["leader_id"],
        bounced=row["bounced"],
        stars=row["stars"],
        due_on=row["due_on"],
        course=row["course"],
        repeat_of=row["repeat_of"],
        officer_id=row["officer_id"],
        petitioner=petitioner_from_json(row["petitioner"]),
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
