"""A database of an older version keeps its cases and gets its clocks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from alembic import command
from sqlalchemy import select, text

from bot.domain.clock import SystemClock
from bot.domain.lifecycle import CaseState
from bot.storage.engine import make_engine
from bot.storage.schema import alembic_config, is_current, is_there, sync_engine, upgrade
from bot.storage.tables import case_events, case_organs, cases, proposals
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


def test_proposals_that_the_histories_tell_of_are_rows_now_the_first_decision_of_a_case(database_url):
    told = [
        (1, "case.assigned", {"rule": "topic.a", "proposed": "zhujian", "organ": "zhujian"}),
        (1, "case.assigned", {"rule": "topic.a", "proposed": "zhujian", "organ": "jiaoyu"}),
        (1, "case.way_decided", {"proposed": "lead", "way": "ordinary"}),
        (2, "case.assigned", {"organ": "zhujian"}),
        (2, "case.noted", {"proposed": "nothing", "organ": "zhujian"}),
    ]
    engine = sync_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0009")
    with engine.begin() as connection:
        for number in (1, 2):
            row = {"id": number, "no": f"c{number}", "at": NOW, "state": "registered", "anonymous": False}
            connection.execute(text(PETITION), row)
            connection.execute(text(CASE), row)
        for case_id, type, data in told:
            row = {"case_id": case_id, "at": NOW, "actor": "staff:1", "type": type, "data": data, "public": False}
            connection.execute(case_events.insert(), row)
    upgrade(database_url)
    with engine.begin() as connection:
        rows = connection.execute(select(proposals).order_by(proposals.c.about)).all()
    engine.dispose()
    assert [(row.case_id, row.about, row.rule, row.proposed, row.chosen, row.followed) for row in rows] == [
        (1, "organ", "topic.a", "zhujian", "zhujian", True),
        (1, "way", "lead", "lead", "ordinary", False),
    ]


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


def test_cases_of_before_have_nobody_and_assisting_organs_owe_nothing(database_url):
    engine = sync_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0014")
    with engine.begin() as connection:
        row = {"id": 1, "no": "c1", "at": NOW, "state": "assigned", "anonymous": False}
        connection.execute(text(PETITION), row)
        connection.execute(text(CASE), row)
        connection.execute(text("INSERT INTO case_organs (organ, case_id) VALUES ('gongan', 1)"))
    upgrade(database_url)
    with engine.begin() as connection:
        assert connection.execute(select(cases.c.officer_id)).all() == [(None,)]
        assert connection.execute(select(case_organs.c.organ, case_organs.c.owed_on)).all() == [("gongan", None)]
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0014")
        command.upgrade(alembic_config(connection), "head")
    engine.dispose()


def test_when_a_case_ended_is_read_out_of_its_history(database_url):
    ended, later = NOW - timedelta(days=9), NOW - timedelta(days=1)
    engine = sync_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0017")
    with engine.begin() as connection:
        for number, state in ((1, "concluded"), (2, "in_process"), (3, "archived")):
            row = {"id": number, "no": f"c{number}", "at": later, "state": state, "anonymous": False}
            connection.execute(text(PETITION), row)
            connection.execute(text(CASE), row)
        for number in (1, 2):
            event = {"id": number, "at": ended, "type": "case.concluded", "public": False}
            connection.execute(text(EVENT), event)
    upgrade(database_url)
    with engine.begin() as connection:
        found = connection.execute(select(cases.c.ended_at).order_by(cases.c.id)).scalars().all()
    engine.dispose()
    assert found == [ended, None, later]
