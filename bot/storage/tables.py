"""Every table, as SQLAlchemy Core. Times are UTC; ids are integers but for conversations."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time on every database; SQLite itself forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are always a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        known: datetime = value
        return known if known.tzinfo else known.replace(tzinfo=timezone.utc)


conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("peer", String(128), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("staff_id", Id),
    Column("dialogue", JSON, nullable=False),
    Column("offered", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_inbound_at", UtcDateTime),
    UniqueConstraint("channel", "account", "peer"),
    Index(None, "mode", "last_inbound_at"),
)

# Written out wherever it is asked for: with parameters SQLite does not find the index.
WITH_MEDIA = text("kind IN ('image', 'voice', 'video')")

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("message_id", String(256), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("extra", JSON, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("done_at", UtcDateTime),
    Column("turn", Id),
    Column("attempts", Integer, nullable=False),
    Column("sealed", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("channel", "account", "message_id"),
    Index(None, "conversation_id", "id"),
    Index(None, "done", "received_at"),
    # Few: messages with media, which somebody has to fetch; the talks in which an accusation was told.
    Index("ix_inbox_media", "received_at", "id", sqlite_where=WITH_MEDIA, postgresql_where=WITH_MEDIA),
    Index("ix_inbox_sealed", "conversation_id", sqlite_where=text("sealed = 1"), postgresql_where=text("sealed")),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("turn", Id, ForeignKey("inbox.id")),
    Column("position", Integer, nullable=False),
    Column("author", String(16), nullable=False),
    Column("staff_id", Id),
    Column("text", Text, nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("case_no", String(32)),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("offered_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("error", String(256)),
    UniqueConstraint("turn", "position"),
    Index(None, "conversation_id", "id"),
    Index(None, "state", "not_before"),
    sqlite_autoincrement=True,
)

_ACCUSES = text("kind = 'accusation'")
_REPEATS = text("repeat_of IS NOT NULL")
_HELD = text("officer_id IS NOT NULL")
_HEARD = text("hears IS NOT NULL")
_OWED = text("owed_on IS NOT NULL")

_COUNTED = ("topic_level1", "due_on", "bounced", "officer_id")

petitions = Table(
    "petitions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("petition_no", String(32), nullable=False, unique=True),
    Column("query_code_issue", Integer, nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id")),
    Column("inbox_id", Id, ForeignKey("inbox.id")),
    Column("channel", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
    Index(None, "conversation_id"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_no", String(32), nullable=False, unique=True),
    Column("petition_id", Id, ForeignKey("petitions.id"), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id")),
    Column("channel", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("topic_code", String(16), nullable=False),
    Column("topic_level1", String(64), nullable=False),
    Column("topic_level2", String(64), nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("place", String(256), nullable=False),
    Column("title", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("phones", JSON, nullable=False),
    Column("people", Integer),
    Column("anonymous", Boolean, nullable=False),
    Column("state", String(24), nullable=False),
    Column("organ", String(64)),
    Column("understood", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("stage", String(16), nullable=False, server_default="first"),
    Column("parent_id", Id, ForeignKey("cases.id")),
    Column("way", String(16), nullable=False, server_default=""),
    Column("leader_id", Id),
    Column("bounced", Integer, nullable=False, server_default="0"),
    Column("stars", Integer),
    Column("due_on", Date),
    Column("course", JSON, nullable=False, server_default="{}"),
    # Of a review, which organ hears it: what `course` says, where it can be searched.
    Column("hears", String(64)),
    Column("repeat_of", String(32)),
    Column("officer_id", Id),
    Column("petitioner", JSON, nullable=False, server_default="{}"),
    # When it left the open states; nothing while it is open.
    Column("ended_at", UtcDateTime),
    Index(None, "due_on"),
    Index(None, "leader_id"),
    Index(None, "parent_id"),
    Index("ix_cases_heard", "hears", "parent_id", "id", sqlite_where=_HEARD, postgresql_where=_HEARD),
    # Lists are read in order, and counted, out of an index alone: those of all, of a state, of an organ.
    Index("ix_cases_list", "urgency", "id", "state", "kind", "organ", "topic_level1"),
    # The last three are for what the day's lists and the boards count.
    Index("ix_cases_list_of_state", "state", "urgency", "id", "kind", "organ", *_COUNTED),
    Index("ix_cases_list_of_organ", "organ", "urgency", "id", "state", "kind", *_COUNTED),
    Index("ix_cases_list_of_officer", "officer_id", "state", "due_on", sqlite_where=_HELD, postgresql_where=_HELD),
    Index(None, "conversation_id"),
    Index("ix_cases_accusations", "conversation_id", sqlite_where=_ACCUSES, postgresql_where=_ACCUSES),
    Index(None, "updated_at"),
    # Boards: what came in and what ended during a spell is counted out of an index alone, state by state;
    # with the id, by which is known who sees a case besides those of its organ.
    Index("ix_cases_spell", "state", "filed_at", "kind", "organ", "due_on", "repeat_of", "id"),
    Index("ix_cases_ended", "state", "ended_at", "kind", "organ", "stars", "id"),
    Index("ix_cases_repeats", "repeat_of", sqlite_where=_REPEATS, postgresql_where=_REPEATS),
)

# Beside it stand, out of SQLAlchemy's sight: on SQLite the FTS5 table `case_search`, on PostgreSQL the column `tokens`.
case_words = Table(
    "case_words",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("words", Text, nullable=False),
)

case_events = Table(
    "case_events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("type", String(48), nullable=False),
    Column("data", JSON, nullable=False),
    Column("public", Boolean, nullable=False),
    Index(None, "case_id", "id"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("about", String(8), primary_key=True),
    Column("rule", String(128), nullable=False),
    Column("proposed", String(64), nullable=False),
    Column("chosen", String(64), nullable=False),
    Column("followed", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_proposals_spell", "about", "at", "case_id", "rule", "proposed", "chosen", "followed"),
)
"""What a rule proposed for a case and what the first person who decided chose: once a case."""

case_guests = Table(
    "case_guests",
    metadata,
    Column("conversation_id", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "case_id"),
)
"""Other conversations in which a case's number and query code were told: its petitioner on another phone or page."""

case_organs = Table(
    "case_organs",
    metadata,
    Column("organ", String(64), primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("owed_on", Date),
    Index(None, "case_id"),
    Index("ix_case_organs_owed", "organ", "case_id", sqlite_where=_OWED, postgresql_where=_OWED),
)
"""Assisting organs (协办单位): they see the case besides the one that leads it, and owe an opinion until `owed_on`."""

case_clocks = Table(
    "case_clocks",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("code", String(32), primary_key=True),
    Column("organ", String(64), primary_key=True),
    Column("started_at", UtcDateTime, primary_key=True),
    Column("standing", String(16), nullable=False),
    Column("due_on", Date),
    Column("stopped_at", UtcDateTime),
    Column("is_right", Boolean, nullable=False),
    Column("next_level", String(16)),
    Column("next_on", Date),
    Index(None, "next_on", "case_id"),
)
"""What `bot.domain.deadlines.due` says of each case, so that a scan can go by the next date. Rebuilt, never edited."""

escalations = Table(
    "escalations",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("code", String(32), nullable=False),
    Column("organ", String(64), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("level", String(16), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "code", "organ", "started_at", "level", "due_on"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", String(24), nullable=False),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("organ", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("due_on", Date),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("done_by", Id),
    Column("note", Text, nullable=False, server_default=""),
    Column("sample_id", Id),
    Index(None, "done_at", "due_on"),
    Index(None, "case_id"),
    sqlite_autoincrement=True,
)

samples = Table(
    "samples",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("seed", String(64), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("size", Integer, nullable=False),
    Column("population", Integer, nullable=False),
    Column("drawn_by", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("inbox_id", Id, ForeignKey("inbox.id"), nullable=False, unique=True),
    Column("case_id", Id, ForeignKey("cases.id")),
    Column("sha256", String(64), nullable=False),
    Column("content_type", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "conversation_id"),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("username", String(64), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("password_hash", String(256), nullable=False),
    Column("role", String(32), nullable=False),
    Column("organ", String(64)),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
    Column("agent", String(64), nullable=False),
    Column("network", String(64), nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Index(None, "staff_id"),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("secret", String(256), nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("last_step", Id, nullable=False),
    Column("recovery", JSON, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("box", String(32), primary_key=True),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    Index(None, "saved_at"),
)

registrations = Table(
    "registrations",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("form", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("read_text", Text, nullable=False, server_default=""),
    Column("reading", JSON, nullable=False, server_default="{}"),
    Column("case_id", Id, ForeignKey("cases.id")),
    Column("saved_at", UtcDateTime, nullable=False),
    Index(None, "staff_id", "saved_at"),
    Index(None, "saved_at"),
)
"""登记 by staff: the form as typed, how a worker read its text, and the case that it became; emptied once filed."""

reception_days = Table(
    "reception_days",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("on", Date, nullable=False),
    Column("starts", Time, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("place", String(128), nullable=False),
    Column("leader", String(64), nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Index(None, "on"),
)

reception_bookings = Table(
    "reception_bookings",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("day_id", Id, ForeignKey("reception_days.id"), nullable=False),
    Column("slot", Integer, nullable=False),
    Column("released", Id, nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversations.id"), nullable=False),
    Column("case_no", String(32), nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("reminded_at", UtcDateTime),
    UniqueConstraint("day_id", "slot", "released"),
    Index(None, "conversation_id"),
)

field_visits = Table(
    "field_visits",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("on", Date, nullable=False),
    Column("place", String(128), nullable=False),
    Column("leader", String(64), nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Index(None, "on"),
)

field_visit_cases = Table(
    "field_visit_cases",
    metadata,
    Column("visit_id", Id, ForeignKey("field_visits.id"), primary_key=True, autoincrement=False),
    Column("case_no", String(32), primary_key=True),
    Column("note", Text, nullable=False),
)

organ_changes = Table(
    "organ_changes",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("short", String(32), nullable=False),
    Column("added", Boolean, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("level", String(16), nullable=False),
    Column("superior", String(64), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("words", JSON, nullable=False),
    Column("places", JSON, nullable=False),
)

template_changes = Table(
    "template_changes",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("move", String(32), nullable=False),
    Column("field", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("lanes", JSON, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("retired", Boolean, nullable=False),
)

rules_stamps = Table(
    "rules_stamps",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("stamp", String(32), nullable=False),
)
"""One row, `rules`: another stamp after each change of the two tables above."""

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("name", String(32), nullable=False),
    Column("query", Text, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("staff_id", "name"),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Integer, nullable=False),
)

# Append-only: triggers refuse changes, deletions, and every row that is not the next one (migration 0002).
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("details", JSON, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "subject", "id"),
    Index(None, "actor", "id"),
)

# One row: how many rows `audit` has and the last one's hash. A trigger of `audit` moves it, nobody else can.
audit_head = Table(
    "audit_head",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("count", Id, nullable=False),
    Column("hash", String(64), nullable=False),
)
