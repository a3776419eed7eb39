"""How facts are written on the screen: masked, in Chinese, in local time. Every word of the console's own is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.domain.case import Case
from bot.domain.conversation import Mode
from bot.domain.lifecycle import MOVE_NAMES, PAST, STATE_NAMES, CaseState, Stage
from bot.domain.masking import hidden_in, mask_address, mask_name, mask_phone, mask_text
from bot.domain.people import Role
from bot.domain.reading import CaseKind, Topic
from bot.domain.working_days import LOCAL
from bot.rules import organs, own_file
from bot.rules.registration import registration_rules
from bot.understanding.taxonomy import taxonomy

STATIC = Path(__file__).parents[1] / "static"
URGENCIES = ((4, "特急"), (3, "紧急"), (2, "一般"), (1, "低"))
URGENT = "urgent"
URGENCY_CHOICES = ((URGENT, "特急和紧急"), *((str(value), name) for value, name in URGENCIES))
STATE_GROUPS = {
    "open": "待办",
    "waiting": "等着派单",
    "with_organ": "等着签收和受理",
    "unaccepted": "还没受理",
    "at_work": "正在办理",
    "to_approve": "等着我审核",
}
STAGES = {"first": "初次信访", "higher": "复查复核"}
DUE = {"overdue": "已超期", "soon": "快到期", "pressing": "到期和超期"}
ORDERS = {"due": "先到期的在前", "urgent": "紧急的在前，再按到期"}
BOUNCED = "多次退回"
OFFICER = {"mine": "我的", "none": "无承办人"}
OWED = "还缺协办意见"
OWED_BY_US = "等着本单位协办意见"
MINE = {Role.LEADER: "我的包案", Role.CASE_OFFICER: "本单位主办", Role.REVIEWER: "本机关复查复核"}
KINDS = {
    CaseKind.CLAIM: "申诉求决",
    CaseKind.ACCUSATION: "检举控告",
    CaseKind.SUGGESTION: "建议意见",
    CaseKind.ENQUIRY: "咨询",
    CaseKind.PRAISE: "表扬",
}
UNSENT, NOBODY_HEARS = "未交办", "没有复查机关"
UNSORTED = "未分类"
MODES = {Mode.BOT: "助手在答", Mode.WAITING: "等待人工", Mode.STAFF: "人工接待中"}
CHANNELS = {"web": "网页", "wechat": "微信", "terminal": "终端", **registration_rules().ways}
EVENTS = {
    **{f"case.{PAST[move]}": name for move, name in MOVE_NAMES.items()},
    "case.filed": "群众提交",
    "case.noted": "内部备注",
    "case.corrected": "更正",
    "case.proposal_mended": "登记时改了机器的判断",
    "receipt.shown": "打开登记回执",
    "case.hurried": "群众催办",
    "case.opened_by_code": "群众凭查询码在别处打开",
    "case.way_decided": "分路",
    "case.repeat_linked": "认定重复信访",
    "case.visit_booked": "预约接访",
    "case.field_visit_planned": "安排带案下访",
    "case.field_visit_called_off": "下访取消",
    "case.field_visited": "下访记录",
    "case.visit_came": "接访",
    "case.visit_absent": "预约接访，没有来",
    "case.reminded": "催办",
    "case.supervised": "督办",
    "case.escalated": "到期提醒",
    "case.officer_left": "承办人离开，改为无承办人",
    "task.ended": "任务完成",
    "case.telling_owed": "待告知群众",
    "case.told": "已告知群众",
    "phone.revealed": "查看隐去的内容",
    "document.made": "出具文书",
    "conversation.taken_over": "接管会话",
    "conversation.given_back": "交还会话",
}
TAKEN_DOWN = "代为录入"
ROUTE_RULES = {
    "district": "属地办理",
    "citywide": "全市统一办理",
    "word": "提到的事归",
    "topic": "分类归",
    "nobody": "没有对应的部门",
    "accusation": "检举控告",
}
FIELDS = {"kind": "类别", "topic": "分类", "urgency": "紧急程度", "place": "地点", "title": "标题"}
SENDING = {"pending": "待发送", "offered": "发送中", "sending": "发送中", "refused": "未送达：渠道拒收"}
MESSAGE_KINDS = {
    "image": "［图片］",
    "voice": "［语音］",
    "video": "［视频］",
    "location": "［位置］",
    "link": "［链接］",
    "event": "［关注或点菜单］",
    "unknown": "［其他消息］",
}
# Why somebody opens the whole reply under review, as it stands in the history and the audit.
READS_REPLY = {CaseState.DRAFTED: "审核答复", CaseState.APPROVED: "送达答复"}
NOTICES = {
    "unit": "单位已保存，马上在各处生效。",
    "template": "模板已保存，马上在各处生效。",
    **{move.value: f"“{name}”已记录。" for move, name in MOVE_NAMES.items()},
    "draft": "草稿已提交，等另一位同事审核。",
    "approve": "审核通过，答复已送达。",
    "answer": "答复已发给群众。",
    "take_on": "已由您承办。",
    "hand_to": "已分办。",
    "ask_opinion": "已请协办单位提意见。",
    "give_opinion": "协办意见已提交，主办单位看得到。",
    "way": "分路已保存。",
    "registered": "已登记，时限从收到那天算起。",
    "dropped": "草稿已删除。",
    "repeat": "已保存。",
    "reception": "已保存。",
    "field_visit": "已保存。",
    "task": "任务已完成。",
    "sample": "已抽取，回访任务在下面。",
    "hurry": "已通知承办单位。",
    "told": "已记录告知情况。",
    "note": "备注已保存。",
    "correct": "更正已保存。",
    "take": "已接管，助手不再回答。",
    "give": "已交还给助手。",
    "say": "已发送。",
    "saved": "已存为常用筛选。",
    "filters": "常用筛选已更新。",
    "password": "密码已修改，其他设备已退出登录。",
    "security": "已保存。",
    "staff": "已保存。",
    "out": "已退出。",
}
ERRORS = {
    400: "提交的内容不完整或不正确，请返回修改。",
    401: "登录已失效，请重新登录。",
    403: "没有权限，或页面已过期。请返回刷新后再试。",
    404: "没有找到，或者不在您的权限范围内。",
    405: "不能这样打开这个页面。",
    409: "按现在的状态不能这样办理，请刷新后再看。",
    413: "提交的内容太大。",
    500: "系统出错，没有保存。请稍后再试。",
    503: "系统正忙，没有保存。请稍后再试。",
}
STALE = "这件诉求刚刚有了变化（同事保存，或者群众补充）。您写的内容还在下面，请核对后再提交。"
OTHER_WINDOW = "这张登记表在另一个窗口改过，或者已经登记。请刷新后再填（这里的内容没有保存）。"
CHANGED_MEANWHILE = "刚刚有了变化，没有改动。请打开看过再办。"
BULK_DEEDS = {
    "assign": "交办",
    "transfer": "转送",
    "acknowledge": "签收",
    "accept": "受理",
    "process": "开始办理",
    "conclude": "办结",
    "archive": "归档",
    "note": "加内部备注",
    "take_on": "我来办",
    "hand_to": "分办",
}
# Of these the citizen hears.
TOLD_DEEDS = ("assign", "transfer", "accept", "conclude")
TELL_BY_HAND = "没有网上渠道，请{means}告知群众"
UNREACHABLE = "没有网上渠道，也没有留电话和地址"
# What fits a repeat, by the state of its first case; articles of the Regulations from general knowledge, unchecked.
REPEAT_IN_PROCESS = "首次还在办理：两件一起办、一起答复，不用重复派单。"
_ANSWERED_BEFORE = "首次已经答复：对答复不满意、还在期限内的，请告诉群众可以申请复查（第三十五条）。"
_FINAL_BEFORE = (
    "首次已经终结：还是同一事实和理由的，可以“提请不再受理”，由第二个人决定（第三十六条）。有新的情况，照常办理。"
)
REPEAT_HINTS = {
    CaseState.DELIVERED: _ANSWERED_BEFORE,
    CaseState.CONCLUDED: _ANSWERED_BEFORE,
    CaseState.FINALISED: _FINAL_BEFORE,
    CaseState.BARRED: _FINAL_BEFORE,
}
OUTCOMES = {"done": "已办", "refused": "不能这样办", "changed": "有新变化，未办", "left": "未办"}
TOO_MANY_FILTERS = "常用筛选最多 30 个，请先删去不用的。"
WRONG_CREDENTIALS = "用户名或密码不对。"
EXPIRED_LOGIN = "登录页已过期，请再试一次。"
TOO_MANY_TRIES = "错误次数太多，请 15 分钟后再试。"
BAD_INPUT = {
    "organ_superior": "请选择层级和上一级单位（在用的）。",
    "organ_town": "苏木镇、街道的上一级要选旗区。",
    "organ_name": "请填写名称（60 字以内）和简称（20 字以内）。",
    "organ_taken": "已经有单位叫这个名称或者简称。",
    "organ_topics": "分类要写一级分类的名称，或者二级分类的编号，用顿号分开。",
    "organ_words": "最多写 50 个词，每个 20 字以内。",
    "template_name": "请填写模板名称，最多 40 字。",
    "template_lanes": "程序要照名称写，用顿号分开；不写就是全部。",
    "template": "模板有误：只能写 {title}、{place}、{organ}、{district}、{case_no}，"
    "要填的空写成【填：填什么】，【】里不写别的；内容最多 5000 字，理由和途径最多 1000 字。",
    "text": "请填写内容，最多 5000 字。",
    "gaps": "还有空没有填：请把【填：……】都换成实际内容，再提交。",
    "title": "请填写标题，最多 60 字。",
    "letter": "请填写诉求内容，最多 10000 字。",
    "how": "请选择怎么来的：来电、来信、传真还是来访。",
    "received_on": "收到的日子不能在今天以后，也不能早过一年。",
    "phone": "电话不完整，请核对；没有就空着。",
    "people": "涉及人数要 1 到 100000；不清楚就空着。",
    "petitioner_name": "姓名最多 32 字。",
    "address": "地址最多 200 字。",
    "representative": "代表人每行一位：姓名 电话。请核对姓名和号码。",
    "representatives": f"代表人最多 {registration_rules().most_representatives} 位（{registration_rules().article}）。",
    "key": "页面已过期，请重新打开登记页。",
    "place": "地点最多 200 字。",
    "organ": "请从名单里选择单位；承办人必须有所在单位。",
    "officer": "请选择承办人。",
    "on": "请填写日期。",
    "kind": "请选择类别。",
    "picked": "请先选中诉求，一次最多 200 件。",
    "deed": "请选择要办的事。",
    "filter": "请起个名字，最多 20 字。",
    "filter_taken": "已经有同名的筛选，请换个名字。",
    "filter_empty": "现在没有筛选条件，不用保存。",
    "urgency": "请选择紧急程度。",
    "topic": "请从名单里选择分类。",
    "version": "页面已过期，请刷新后再试。",
    "password": "新密码要 10 位以上。",
    "again": "两次填写的新密码不一样。",
    "present": "现在的密码不对。",
    "username": "用户名要 2 到 32 位，只用字母、数字和 _ . -",
    "taken": "这个用户名已经有了。",
    "name": "请填写姓名，最多 32 字。",
    "role": "请选择角色。",
    "reason": "请写明理由，最多 100 字。",
    "reveal_reason": "请写明查看的理由（4 到 100 字，不要写电话和证件号码）。",
    "masked": "里面有隐去的内容（***），不能这样保存。请先“显示”，或者把它去掉。",
    "visit_on": "下访的日子要在今天或者以后。",
    "visit_place": "请填写谁下访（40 字以内）和地点（100 字以内）。",
    "visit_cases": "请填写诉求编号，不要重复；一次最多带几件，写在“时限规则”里。",
    "visit_case_unknown": "有一个编号查不到，或者不归您看。",
    "visit_case_settled": "有一件已经办完，不用带去。",
    "visit_early": "还没到下访那天，到时候再记。",
    "visit_over": "下访的日子已经过了，不能取消。",
    "visit_noted": "这一件已经记过了，或者没有安排带去。",
    "reception_on": "接访日要在今天以后。",
    "reception_starts": "请填写几点开始，例如 09:00。",
    "reception_minutes": "每人 10 到 120 分钟。",
    "reception_slots": "接 1 到 60 位，并且当天结束。",
    "reception_place": "请填写谁接访（40 字以内）和地点（100 字以内）。",
    "reception_day_off": "这一天是休息日；确实要接访，请勾选“休息日也接”。",
    "reception_early": "还没到接访那天，到时候再记。",
    "reception_noted": "这次接访已经有人记过了。",
    "reception_outcome": "请选择来了还是没来。",
    "note": "请写明谈了什么、怎么定的。",
    "repeat": "只能认定为同一人更早的一件的重复。",
    "discipline_organ": "纪检人员要选纪委监委；市纪委监委的可以不选单位。",
    "code": "验证码不对或者已经用过，请用最新的一个。",
    "second_factor_there": "二次验证已经开着，要换手机请先关闭。",
    "self": "不能停用自己，请让另一位管理员来操作。",
    "own_role": "不能修改自己的角色，请让另一位管理员来操作。",
}


def origin(*names: str) -> str:
    """Where rules files are read from: the city's folder, the program, or some here and some there."""
    own = [name for name in names if own_file(name)]
    supplied = [f"bot/rules/{name}" for name in names if name not in own]
    places = (("本市文件夹里的", own), ("程序自带的", supplied))
    return "，以及".join(f"{place} {' 和 '.join(files)}" for place, files in places if files)


def due_words(due_on: date | None, today: date) -> tuple[str, str] | None:
    """How long is left, and how it looks."""
    if due_on is None:
        return None
    left = (due_on - today).days
    if left < 0:
        return f"超期 {-left} 天", "overdue"
    return ("今天到期", "soon") if left == 0 else (f"还有 {left} 天", "soon" if left <= 3 else "")


def local_time(at: datetime | None) -> str:
    """`11-23 09:05`, with the year when it is not this one's."""
    if at is None:
        return ""
    local = at.astimezone(LOCAL)
    this_year = local.year == datetime.now(LOCAL).year
    return local.strftime("%m-%d %H:%M" if this_year else "%Y-%m-%d %H:%M")


def case_line(case: Case) -> dict[str, Any]:
    """A case as a line of the list."""
    hidden = hidden_in(case)
    title = mask_text(case.title or case.text[:25], hidden)
    topic = " · ".join(filter(None, (case.topic.level1, case.topic.level2)))
    return {
        "case_no": case.case_no,
        "version": case.version,
        "title": title,
        # Whoever reads cases as work alone tells them apart by what they are about.
        "heading": f"{KINDS[case.kind]} · {topic or UNSORTED}" if case.is_veiled else title,
        "veiled": case.is_veiled,
        "kind": KINDS[case.kind],
        "topic": topic,
        "urgency": int(case.urgency),
        "urgency_name": dict(URGENCIES)[int(case.urgency)],
        "place": mask_text(case.place, hidden),
        "state": case.state.value,
        "state_name": STATE_NAMES[case.state],
        "organ": organs.short_name_of(case.held_by),
        "no_organ": NOBODY_HEARS if case.stage is not Stage.FIRST else UNSENT,
        "channel": CHANNELS.get(case.channel, case.channel),
        "filed_at": local_time(case.filed_at),
        "people": case.people,
    }


def petitioner_of(case: Case, *, revealed: bool) -> dict[str, Any]:
    """Who brings a case, as far as it is shown, and whether there is something to ask for with a reason."""
    who = case.petitioner
    name, address, phone = (_as_it_is,) * 3 if revealed else (mask_name, mask_address, mask_phone)
    shown = {
        "phones": [phone(one) for one in case.phones],
        "petitioner": name(who.name),
        "lives": address(who.address),
        "representatives": [" ".join(filter(None, (name(one.name), phone(one.phone)))) for one in who.representatives],
    }
    hidden = hidden_in(case)
    texts = (case.title, case.place, case.text)
    hides = any(shown.values()) or any(mask_text(text, hidden) != text for text in texts)
    return {**shown, "hides": hides}


def _as_it_is(text: str) -> str:
    return text


def noted_on(case: Case, note: str) -> dict[str, str]:
    """A case as a plan or a day carries it, with what was noted there."""
    title = case_line(case)["heading"]
    return {"case_no": case.case_no, "title": title, "note": mask_text(note, hidden_in(case))}


def due_line(case: Case, today: date, names: Mapping[int, str], owed_on: date | None = None) -> dict[str, Any]:
    """A case as a line of the list, with how long is left and who works on it; `names` of staff by id.

    `owed_on`: the day until which an opinion is owed, which is then what is told.
    """
    owed = due_words(owed_on, today)
    due = (f"意见{owed[0]}", owed[1]) if owed else due_words(case.due_on, today)
    return {**case_line(case), "due": due, "officer": names.get(case.officer_id or 0, "")}


def understood(reading: Mapping[str, Any], mask: Callable[[str], str] = str) -> dict[str, Any]:
    """What the bot understood, with how sure it was and the words that carried it, as far as they are shown."""
    if not reading:
        return {}
    kinds = {kind.value: name for kind, name in KINDS.items()}
    urgencies = {str(value): name for value, name in URGENCIES}
    return {
        "bars": [
            (FIELDS["kind"], _best(reading.get("kind_scores"), kinds)),
            (FIELDS["topic"], _best(reading.get("topic_scores"), {})),
            (FIELDS["urgency"], _best(reading.get("urgency_scores"), urgencies)),
        ],
        "reasons": [
            (
                FIELDS.get(reason["about"], reason["about"]),
                [mask(word) for word in reason["words"]],
                reason.get("note", ""),
            )
            for reason in reading.get("reasons", ())
            if reason.get("words") or reason.get("note")
        ],
        "unsure": bool(reading.get("unsure") or reading.get("abstain")),
        "key_field": reading.get("key_field"),
    }


def proposed(reading: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Kind, topic and urgency as they are proposed, with how sure each is; danger is proposed long before that."""
    chosen = (
        ("kind", KINDS[CaseKind(reading["kind"])], reading["kind"]),
        (
            "topic",
            " · ".join(filter(None, (reading["topic"]["level1"], reading["topic"]["level2"]))),
            reading["topic"]["level1"],
        ),
        ("urgency", dict(URGENCIES)[reading["urgency"]], str(reading["urgency"])),
    )
    return [(FIELDS[name], shown, _percent(reading[f"{name}_scores"], value)) for name, shown, value in chosen]


def _percent(scores: Mapping[str, float], value: str) -> int:
    return round(100 * {str(name): score for name, score in scores.items()}.get(value, 0.0))


def _best(scores: dict[str, float] | None, names: dict[str, str]) -> list[tuple[str, int]]:
    best = sorted((scores or {}).items(), key=lambda pair: -pair[1])[:3]
    return [(names.get(str(name), str(name)), round(score * 100)) for name, score in best if score >= 0.01]


def asset_version() -> str:
    """Changes with the style and the script, so that no browser keeps old ones after an update."""
    return format(max(int((STATIC / name).stat().st_mtime) for name in ("console.css", "console.js")), "x")


@lru_cache(maxsize=1)
def topic_choices() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """First-level topic → (path, second-level name) pairs, for the select box."""
    grouped: dict[str, list[tuple[str, str]]] = {name: [] for name in taxonomy().level1}
    for path in taxonomy().level2:
        level1, _, level2 = path.partition("/")
        grouped[level1].append((path, level2))
    return tuple((name, tuple(choices)) for name, choices in grouped.items())


@lru_cache(maxsize=1)
def topic_names() -> dict[str, str]:
    """Code of a second level → how it is called."""
    return {code: path.replace("/", " · ") for path, code in taxonomy().level2.items()}


OrganGroup = tuple[str, tuple[organs.Organ, ...]]


def organ_groups() -> tuple[OrganGroup, ...]:
    """Organs that matters are sent to, as they stand in a list to choose from: districts, departments, towns."""
    return _groups_of(organs.edition())


@lru_cache(maxsize=1)
def _groups_of(edition: int) -> tuple[OrganGroup, ...]:
    known = organs.active_organs()
    districts = tuple(one for one in known if one.level == "district" and not one.accusations)
    departments = tuple(one for one in known if one.level == "city")
    towns = ((f"{one.short}的苏木镇、街道", organs.towns_of(one.code)) for one in districts)
    return (("旗区", districts), ("市直部门", departments), *towns)


def discipline_group() -> OrganGroup:
    """The disciplinary organs of the districts."""
    return ("旗区纪委监委", tuple(one for one in organs.disciplinary() if one.level == "district"))


def topic_path(topic: Topic) -> str:
    """How a topic is named in a form."""
    return f"{topic.level1}/{topic.level2}" if topic.level2 else topic.level1


def topic_by_path(path: str) -> Topic | None:
    """The other way round, for topics of the taxonomy."""
    level1, _, level2 = path.partition("/")
    topic = taxonomy().topic(level1, level2)
    known = path in taxonomy().level2 or path in taxonomy().level1
    return topic if known else None
