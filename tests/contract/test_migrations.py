"""A database of an older version keeps its cases and gets its clocks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from alembic import command
from sqlalchemy import select, text

from bot.domain.clock import SystemClock
from bot.domain.lifecycle import CaseState
from bot.storage.engine import make_engine
from bot.storage.schema import alembic_config, is_current, is_there, sync_engine, upgrade
from bot.storage.tables import cases
from bot.storage.unit_of_work import Database
from bot.workers.deadline_clock import DeadlineClock

NOW = datetime.now(timezone.utc) - timedelta(days=3)
PETITION = "INSERT INTO petitions (id, petition_no, query_code_issue, channel, text, filed_at) VALUES (:id, :no, 1, 'web', '停水', :at)"
CASE = (
    "INSERT INTO cases (id, case_no, petition_id, channel, kind, topic_code, topic_level1, topic_level2, urgency, place, title, text,"
    " phones, anonymous, state, understood, version, filed_at, updated_at) VALUES (:id, :no, :id, 'web', 'claim', '', '', '', 2,"
    " '东胜区', '停水', '停水三天', '[]', :anonymous, :state, '{}', 3, :at, :at)"
)
EVENT = "INSERT INTO case_events (case_id, at, actor, type, data, public) VALUES (:id, :at, 'petitioner', :type, '{}', :public)"


def test_a_repeat_that_the_course_remembered_is_a_column_now(database_url):
    engine = sync_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0008")
    with engine.begin() as connection:
        for number in (1, 2, 3):
            row = {"id": number, "no": f"c{number}", "at": NOW, "state": "registered", "anonymous": False}
            connection.execute(text(PETITION), row)
            connection.execute(text(CASE), row)
        connection.execute(
            text("UPDATE cases SET course = :course WHERE id = 2"), {"course": '{"reply": "好", "repeat_of": "c1"}'}
        )
    upgrade(database_url)
    with engine.begin() as connection:
        rows = connection.execute(select(cases.c.repeat_of, cases.c.course).order_by(cases.c.id)).all()
    engine.dispose()
    assert [(row.repeat_of, row.course) for row in rows] == [(None, {}), ("c1", {"reply": "好"}), (None, {})]


def an_old_database(url: str) -> None:
    engine = sync_engine(url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
    with engine.begin() as connection:
        for number, (state, types) in enumerate(
            {"registered": ["case.filed"], "replied": ["case.filed", "case.assigned", "case.replied"]}.items(), 1
        ):
            row = {"id": number, "no": f"c{number}", "at": NOW, "state": state, "anonymous": False, "public": True}
            connection.execute(text(PETITION), row)
            connection.execute(text(CASE), row)
            for type in types:
                connection.execute(text(EVENT), {**row, "type": type})
    engine.dispose()


async def test_cases_of_the_first_version_are_moved_and_found_and_their_clocks_are_wound(database_url):
    an_old_database(database_url)
    upgrade(database_url)
    assert is_current(database_url)
    database = Database(make_engine(database_url.replace("postgresql://", "postgresql+asyncpg://")))
    assert await DeadlineClock(database, SystemClock()).wind() == 2
    async with database.read() as uow:
        assert [(await uow.cases.by_id(n)).state for n in (1, 2)] == [CaseState.REGISTERED, CaseState.DELIVERED]
        assert (await uow.cases.by_id(1)).due_on is not None, "boards go by it"
        first, second = [{row["code"] for row in await uow.clocks.of_case(n)} for n in (1, 2)]
    assert first == {"transfer"} and {"transfer", "acceptance_notice", "review_request"} <= second
    await database.close()


def test_training_asks_first_whether_there_is_a_database(database_url):
    assert not is_there(database_url)
    upgrade(database_url)
    assert is_there(database_url)
