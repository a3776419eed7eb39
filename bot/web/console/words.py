"""How facts are written on the screen: masked, in Chinese, in local time."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.case import Case
from bot.domain.conversation import Mode
from bot.domain.lifecycle import STATE_NAMES
from bot.domain.reading import Topic
from bot.flow.draft import KIND_NAMES
from bot.rules import organs
from bot.understanding.taxonomy import taxonomy

LOCAL = ZoneInfo("Asia/Shanghai")
URGENCIES = ((4, "特急"), (3, "紧急"), (2, "一般"), (1, "低"))
MODES = {Mode.BOT: "助手在答", Mode.WAITING: "等待人工", Mode.STAFF: "人工接待中"}
CHANNELS = {"web": "网页", "wechat": "微信", "terminal": "终端"}
EVENTS = {
    "case.filed": "群众提交",
    "case.assigned": "交办",
    "case.processing": "开始办理",
    "case.replied": "答复群众",
    "case.concluded": "办结",
    "case.reopened": "重新办理",
    "case.noted": "内部备注",
    "case.corrected": "更正",
    "case.supplemented": "群众补充",
    "case.hurried": "群众催办",
    "case.withdrawn": "群众撤回",
    "phone.revealed": "查看电话",
}
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
FIELDS = {"kind": "类别", "topic": "分类", "urgency": "紧急程度", "place": "地点", "title": "标题"}


def local_time(at: datetime | None) -> str:
    """`11-23 09:05`, with the year when it is not this one's."""
    if at is None:
        return ""
    local = at.astimezone(LOCAL)
    this_year = local.year == datetime.now(LOCAL).year
    return local.strftime("%m-%d %H:%M" if this_year else "%Y-%m-%d %H:%M")


def mask_phone(phone: str) -> str:
    """138****1234."""
    return phone[:3] + "*" * max(0, len(phone) - 7) + phone[-4:] if len(phone) >= 8 else "*" * len(phone)


def mask_phones_in(text: str) -> str:
    """Mobile numbers inside a text, masked."""
    return _MOBILE.sub(lambda found: mask_phone(found[0]), text)


def case_line(case: Case) -> dict[str, Any]:
    """A case as a line of the list."""
    return {
        "case_no": case.case_no,
        "title": case.title or case.text[:25],
        "kind": KIND_NAMES[case.kind],
        "topic": " · ".join(filter(None, (case.topic.level1, case.topic.level2))),
        "urgency": int(case.urgency),
        "urgency_name": dict(URGENCIES)[int(case.urgency)],
        "place": case.place,
        "state": case.state.value,
        "state_name": STATE_NAMES[case.state],
        "organ": organs.name_of(case.organ),
        "channel": CHANNELS.get(case.channel, case.channel),
        "filed_at": local_time(case.filed_at),
        "updated_at": local_time(case.updated_at),
        "people": case.people,
    }


def understood(case: Case) -> dict[str, Any]:
    """What the bot understood, with how sure it was and the words that carried it."""
    reading = case.understood
    if not reading:
        return {}
    kinds = {kind.value: name for kind, name in KIND_NAMES.items()}
    urgencies = {str(value): name for value, name in URGENCIES}
    return {
        "bars": [
            ("类别", _best(reading.get("kind_scores", {}), kinds)),
            ("分类", _best(reading.get("topic_scores", {}), {})),
            ("紧急", _best(reading.get("urgency_scores", {}), urgencies)),
        ],
        "reasons": [
            (FIELDS.get(reason["about"], reason["about"]), "、".join(reason["words"]), reason.get("note", ""))
            for reason in reading.get("reasons", [])
        ],
        "slots": reading.get("slots", {}),
    }


def _best(scores: dict[str, float], names: dict[str, str]) -> list[tuple[str, int]]:
    best = sorted(scores.items(), key=lambda pair: -pair[1])[:3]
    return [(names.get(name, name), round(score * 100)) for name, score in best]


@lru_cache(maxsize=1)
def topic_choices() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """First-level topic → (code, second-level name) pairs, for the select box."""
    topics = taxonomy()
    grouped: dict[str, list[tuple[str, str]]] = {name: [] for name in topics.level1}
    for path, code in topics.level2.items():
        level1, _, level2 = path.partition("/")
        grouped[level1].append((code, level2))
    return tuple((name, tuple(choices)) for name, choices in grouped.items())


def topic_by_code(code: str) -> Topic | None:
    """The topic of a code of the taxonomy."""
    for level1, choices in topic_choices():
        if taxonomy().level1[level1] == code:
            return Topic(code, level1)
        for known, level2 in choices:
            if known == code:
                return Topic(code, level1, level2)
    return None
