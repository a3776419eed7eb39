"""A database full of cases as a city has them: made up from parts, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from bot.domain.audit import GENESIS, Entry, seal
from bot.domain.reading import CaseKind
from bot.rules import organs
from bot.storage import tables
from bot.storage.schema import sync_engine
from bot.storage.search import Searched, fill_words
from bot.understanding.taxonomy import taxonomy

BATCH = 2000
NOW = datetime(2026, 11, 26, 4, 0, tzinfo=timezone.utc)
A_DAY = 400
CLOSED = ("concluded", "withdrawn")
REPEATED = 0.05
FOLLOWED = 0.8
# Two of three cases that an organ has are worked on by one of so many people.
OFFICERS = 500
# Ids of leaders: one open case in a hundred is led by one of them.
LEADERS = range(5, 15)
# One case in so many assists, is a review of the one before it, is waited for by a task.
ASSISTED, REVIEWED, TASKED = 30, 100, 15


def _list(words: str) -> list[str]:
    return words.split()


STATES = {"registered": 8, "assigned": 6, "in_process": 9, "delivered": 6, "concluded": 69, "withdrawn": 2}
URGENCIES = {4: 2, 3: 13, 2: 60, 1: 25}
KINDS = {"claim": 72, "enquiry": 14, "suggestion": 7, "praise": 4, "accusation": 3}
CHANNELS = {"web": 45, "wechat": 55}
WHAT = _list(
    "停水 停电 暖气不热 电梯停运 路灯不亮 井盖丢失 污水外溢 垃圾没人清运 煤气味很大 楼顶漏雨 工地夜间施工 "
    "拖欠工资 占道经营 物业乱收费 充电桩损坏 公交改线 学位不够 医保报销慢 草场围栏被推 征地款没到账 "
    "房产证办不下来 噪声扰民 树枝压线 快递丢件 健身器材损坏 停车位被占 道路坑洼 门禁失灵 消防通道堵塞 "
    "公厕太脏 农机补贴没发 低保停发 水压太小 油烟呛人 流浪狗伤人"
)
SINCE = _list("已经三天了 半个多月了 从去年冬天开始 上周五起 两个月没人管 昨天晚上开始 今年一开春就这样 反映过好几次")
WHO = _list("小区物业 社区居委会 施工单位 供热公司 供电所 自来水公司 村委会 开发商 包工头 学校 医院窗口 城管中队")
ANSWERED = _list("说在等配件 说不归他们管 电话一直没人接 答应修却不来 让我们自己想办法 说没有经费 只来看过一回")
ASKS = _list("请尽快派人处理 希望给个准信 请问该找哪个部门 老人和孩子实在受不了 麻烦核实一下 请依法查处 请回个电话")
NAMES = _list("和谐 团结 民生 富兴 锦绣 阳光 天骄 万家 兴盛 安居 绿景 康泰 新城 华府 金辉 祥和 瑞景 博雅 怡园 紫荆")
KINDS_OF_HOME = _list("小区 家园 花园 苑 嘉园 佳苑 公寓 新村")


def pick(dice: random.Random, weighted: dict[Any, int]) -> Any:
    return dice.choices(list(weighted), list(weighted.values()))[0]


def towns() -> list[str]:
    """Districts with their towns, out of the product's own list."""
    return [f"{organ.places[0]}" for organ in organs.all_organs() if organ.level == "district" and organ.places]


class Crowd:
    """Rows of every table a console page reads, numbered from one."""

    def __init__(self, seed: int = 1) -> None:
        self.dice, self.sealed = random.Random(seed), GENESIS
        self.paths = [path.split("/") for path in taxonomy().level2]
        self.places = towns()
        weights = [1 / rank for rank in range(1, len(organs.all_organs()) + 1)]
        shuffled = self.dice.sample([one.code for one in organs.all_organs()], len(weights))
        self.organs = dict(zip(shuffled, [max(1, round(100 * weight)) for weight in weights]))

    def home(self) -> str:
        dice = self.dice
        return f"{dice.choice(NAMES)}{dice.choice(NAMES)}{dice.choice(KINDS_OF_HOME)}{dice.randrange(1, 40)}号楼"

    def letter(self, place: str, what: str) -> str:
        """80 to 400 characters; a few rare ones, as names bring them."""
        dice = self.dice
        parts = [f"你好，我是{place}的居民，我们这里{what}，{dice.choice(SINCE)}。"]
        for _ in range(dice.randrange(1, 6)):
            rare = "".join(chr(dice.randrange(0x4E00, 0x9FA0)) for _ in range(2))
            parts.append(
                f"找过{dice.choice(WHO)}的{rare}，{dice.choice(ANSWERED)}，{dice.choice(WHAT)}也{dice.choice(SINCE)}。"
            )
        return "".join(parts) + dice.choice(ASKS) + "。"

    def case(self, number: int, last: int) -> dict[str, Any]:
        """One row of `cases`."""
        dice = self.dice
        at = NOW - timedelta(minutes=(last - number) * 1440 / A_DAY)
        state, kind, (level1, level2) = pick(dice, STATES), pick(dice, KINDS), dice.choice(self.paths)
        place, what = f"{dice.choice(self.places)}{self.home()}", dice.choice(WHAT)
        organ = None if state == "registered" else pick(dice, self.organs)
        if kind == CaseKind.ACCUSATION.value and organ:
            organ = organs.disciplinary()[0].code
        return {
            "id": number,
            "case_no": f"{at:%Y%m%d}-{number % 100_000:05d}",
            "petition_id": number,
            "conversation_id": f"{number:032x}",
            "channel": pick(dice, CHANNELS),
            "kind": kind,
            "topic_code": "",
            "topic_level1": level1,
            "topic_level2": level2,
            "urgency": pick(dice, URGENCIES),
            "place": place,
            "title": f"{place[-10:]}{what}",
            "text": self.letter(place, what),
            "phones": [f"1{dice.randrange(30, 100)}{dice.randrange(10**8):08d}"],
            "people": None,
            "anonymous": False,
            "state": state,
            "organ": organ,
            "understood": {"topic_scores": {level1: 0.83, "民政": 0.02}, "kind_scores": {kind: 0.9}, "reasons": []},
            "version": 1,
            "filed_at": at,
            "updated_at": at + timedelta(hours=dice.randrange(1, 100)),
            "due_on": (at + timedelta(days=60)).date() if state not in CLOSED else None,
            "ended_at": at + timedelta(days=30) if state in CLOSED else None,
            "stars": dice.randrange(1, 6) if state == "concluded" and number % 2 else None,
            "bounced": 2 if number % 150 == 0 else 0,
            "leader_id": LEADERS[number // 100 % len(LEADERS)] if number % 100 == 7 else None,
            **self._stage(number, kind, organ),
            "officer_id": number % OFFICERS + 1 if organ and number % 3 else None,
            "repeat_of": f"{at:%Y%m%d}-{(number - 1) % 100_000:05d}" if dice.random() < REPEATED else None,
        }

    def _stage(self, number: int, kind: str, organ: str | None) -> dict[str, Any]:
        """A review is of the case before it, and heard by the organ that has it."""
        if number % REVIEWED or kind != CaseKind.CLAIM.value:
            return {"stage": "first", "parent_id": None, "course": {}, "hears": None}
        return {
            "stage": "review",
            "parent_id": number - 1,
            "course": {"hears": organ or "shizhengfu"},
            "hears": organ or "shizhengfu",
        }

    def proposal(self, case: dict[str, Any]) -> dict[str, Any]:
        """What was proposed for a case that a person sent to an organ: eight in ten follow."""
        organ = case["organ"]
        proposed = organ if self.dice.random() < FOLLOWED else pick(self.dice, self.organs)
        told = {"rule": f"district.topic.{proposed}", "proposed": proposed, "chosen": organ}
        return {"case_id": case["id"], "about": "organ", "at": case["filed_at"], "followed": proposed == organ, **told}


def around(case: dict[str, Any], crowd: Crowd) -> Iterator[tuple[Table, dict[str, Any]]]:
    """The talk and the history that a case brings along."""
    number, at, said = case["id"], case["filed_at"], case["text"]
    talk = case["conversation_id"]
    mode = "waiting" if number % 20_000 == 7 else "bot"
    yield (
        tables.conversations,
        {
            "id": talk,
            "channel": case["channel"],
            "account": "",
            "peer": f"p{number}",
            "mode": mode,
            "dialogue": {},
            "offered": [],
        }
        | {"version": 1, "created_at": at, "last_inbound_at": at},
    )
    yield (
        tables.inbox,
        {
            "id": number,
            "channel": case["channel"],
            "account": "",
            "message_id": f"m{number}",
            "conversation_id": talk,
            "kind": "text",
        }
        | {"text": said, "extra": {}, "received_at": at, "done": True, "done_at": at, "turn": number, "attempts": 1},
    )
    yield (
        tables.outbox,
        {
            "id": number,
            "conversation_id": talk,
            "turn": number,
            "position": 0,
            "author": "bot",
            "text": "已收到。",
            "buttons": [],
        }
        | {
            "case_no": case["case_no"],
            "state": "sent",
            "created_at": at,
            "not_before": at,
            "attempts": 1,
            "sent_at": at,
        },
    )
    yield (
        tables.petitions,
        {
            "id": number,
            "petition_no": case["case_no"],
            "query_code_issue": 1,
            "conversation_id": talk,
            "inbox_id": number,
        }
        | {"channel": case["channel"], "text": said, "filed_at": at},
    )
    yield tables.cases, case
    yield (
        tables.case_events,
        {"id": 3 * number, "case_id": number, "at": at, "actor": "petitioner", "type": "case.filed", "public": True}
        | {"data": {"channel": case["channel"]}},
    )
    yield (
        tables.case_events,
        {"id": 3 * number + 1, "case_id": number, "at": at, "actor": "staff:1", "type": "case.noted", "public": False}
        | {"data": {"text": "已电话核实"}},
    )
    if case["organ"]:
        yield (
            tables.case_events,
            {"id": 3 * number + 2, "case_id": number, "at": at, "actor": "staff:1", "type": "case.assigned"}
            | {"public": True, "data": {"organ": case["organ"]}},
        )
        yield tables.proposals, crowd.proposal(case)
    yield from _owed(case, crowd)


def _owed(case: dict[str, Any], crowd: Crowd) -> Iterator[tuple[Table, dict[str, Any]]]:
    """Its clocks, an assisting organ, a task."""
    number, at, still_open = case["id"], case["filed_at"], case["state"] not in CLOSED
    due = (at + timedelta(days=60)).date()
    clock = {"case_id": number, "organ": "", "started_at": at, "due_on": due, "is_right": False}
    met = {"standing": "met", "stopped_at": at + timedelta(days=1), "next_level": None, "next_on": None}
    coming = {"next_level": "soon", "next_on": due - timedelta(days=5)} if due > NOW.date() else {}
    running = {**met, "standing": "running", "stopped_at": None, **coming}
    yield tables.case_clocks, {**clock, "code": "accept", **met}
    yield tables.case_clocks, {**clock, "code": "conclude", **(running if still_open else met)}
    if case["organ"] and number % ASSISTED == 1:
        owed_on = due if still_open and number % 2 else None
        yield tables.case_organs, {"case_id": number, "organ": pick(crowd.dice, crowd.organs), "owed_on": owed_on}
    if number % TASKED == 2:
        done_at = None if still_open else at + timedelta(days=40)
        kind = crowd.dice.choice(("remind", "supervise", "hurried", "approval"))
        about = {"organ": case["organ"] or "", "reason": "三十天没有进展", "due_on": due, "created_at": at}
        yield tables.tasks, {"kind": kind, "case_id": number, "done_at": done_at, "note": "", **about}


def fill(url: str, number: int, seed: int = 1) -> None:
    """`number` cases into an empty, migrated database."""
    engine, crowd = sync_engine(url), Crowd(seed)
    for first in range(1, number + 1, BATCH):
        batch = [crowd.case(one, number) for one in range(first, min(first + BATCH, number + 1))]
        with engine.begin() as connection:
            _write(connection, batch, crowd)
    _settle(engine)
    engine.dispose()


def _write(connection: Connection, batch: list[dict[str, Any]], crowd: Crowd) -> None:
    rows: dict[Table, list[dict[str, Any]]] = {}
    for case in batch:
        for table, row in around(case, crowd):
            rows.setdefault(table, []).append(row)
    for table, some in rows.items():
        connection.execute(insert(table), some)
    wanted = [
        (case["id"], Searched(case["title"], case["text"], case["place"], case["organ"], case["phones"]))
        for case in batch
    ]
    fill_words(connection, wanted)
    connection.execute(insert(tables.audit), [_audited(case, crowd) for case in batch])


def _audited(case: dict[str, Any], crowd: Crowd) -> dict[str, Any]:
    """One deed of each case, in the chain."""
    number = case["id"]
    entry = Entry(case["filed_at"], f"staff:{number % OFFICERS + 1}", "case.noted", case["case_no"], {})
    sealed = seal(entry, number, crowd.sealed)
    crowd.sealed = sealed.hash
    told = {"at": entry.at, "actor": entry.actor, "action": entry.action, "subject": entry.subject, "details": {}}
    return {"id": number, **told, "previous_hash": sealed.previous_hash, "hash": sealed.hash}


def _settle(engine: Any) -> None:
    """What a running database has done by itself when so many cases have come one by one; ids given by hand counted."""
    if engine.dialect.name == "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("inbox", "outbox", "petitions", "cases", "case_events"):
            highest = f"(SELECT max(id) FROM {table})"
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {highest})"))
        connection.execute(text("VACUUM ANALYZE"))
