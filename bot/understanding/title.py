"""Text and facts → a title of at most 25 characters, as a clerk would write it: place, matter."""

from __future__ import annotations

import re

LONGEST = 25

_GREETING = re.compile(
    r"^(?:[\s,，。！!：:、~～]|尊敬的?[^，,。：:！!\n]{0,14}|敬爱的[^，,。：:！!\n]{0,14}|各位领导|"
    r"[张王李赵刘陈杨周吴胡]?(?:书记|市长|旗长|区长|镇长|局长|领导|主任|县长)(?:们)?(?=[，,：: 您你好])|"
    r"另外|此外|对了|再有一?个?就是|再就是|还有(?:就是|一件事?|一个事|个事儿?)|顺便(?:反映|说|问)一?下?|"
    r"您好|你好|大家好|领导好|领导们?|"
    r"在吗|在不在|hello|hi|请问一下|请问|我想问一下|我想咨询一下|我想问问|想问一下|想问问|想咨询一下|咨询一下|问一下|麻烦问一下|我要投诉|我要举报|我要反映|我想反映一下|我反映个?(?:事儿?|情况|问题)|反映个?(?:事儿?|情况|问题)|"
    r"向您反映|跟您反映|我是[^，,。]{2,14}(?:居民|业主|村民|牧民|农民|市民|群众|家长|学生|司机)|那个|就是说|就是|喂|哎|唉|嗯|呃|这个|打扰一下|打扰了|打扰|麻烦您?|师傅|同志|老师|小编|客服|"
    r"家人们|谁懂啊|求助|急急?急?|哎呀|我的天|天哪|跟你们?说个事|跟你说|说个事|有个事)+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^，,。！？!?\n；;：:…~～\s]+(?:\s(?=[A-Za-z0-9])[^，,。！？!?\n；;：:…~～\s]+)*")
_FILLER = re.compile(r"(?:[啊呀呢吧嘛哦噢哈啦嘞哎唉嗯呃]+|了吗|(?<=[^坏断漏丢塌堵死倒裂破停没好])了|的)$")
_OPENING = re.compile(
    r"^(?:[我咱俺]们?家里?(?=楼|门|小区|院|村|附近|旁|对面|隔壁|后|前|这|那)|[我咱俺]们?(?!家)|你们|但是|可是|而且|所以|因为|然后|就是|现在|都|这个|那个|说是|说|就|也|又|还|希望|请)+(?=[\u4e00-\u9fff]{4})"
)
_MATTER = re.compile(
    r"不|没|未|拖欠|欠|坏|漏|停|断|堵|臭|吵|噪|乱|占|拆|污染|投诉|举报|反映|咨询|建议|希望|要求|申请|办理|补偿|赔偿|工资|退|涨|收费|多收|骗|假|毒|打|塌|裂|掉|"
    r"危险|隐患|怎么|如何|多少|什么时候|能不能|感谢|表扬|谢谢|太|差|难|慢|贵|少|缺|破|烂|脏|黑|丢|偷|赌|贪|受贿|吃拿卡要|违|私自|强|被"
)
_PROPER_NAME = re.compile(
    r"我叫[\u4e00-\u9fff·]{2,6}|本人[\u4e00-\u9fff]{2,3}(?=[，,])|身份证号?码?[:：]?\s?[\dXx*]{6,}|1[3-9]\d[\d\s*-]{8,}"
)


def make_title(text: str, *, subject: str = "", place: str | None = None, topic: str = "") -> str:
    """The citizen's own subject if there is one; else the clause that carries the matter, with the place before it."""
    if subject.strip():
        return _fit(_bare(subject))
    clauses = _clauses(text)
    if not clauses:
        return topic[:LONGEST]
    best = _grow(clauses, _best(clauses))
    if place and place not in best and len(place) <= 12 and not _shares(place, best):
        best = place + best
    return _fit(best)


def _clauses(text: str) -> list[str]:
    body = _PROPER_NAME.sub("", text[:800])
    found = []
    for match in _CLAUSE.finditer(body):
        clause = _bare(match.group())
        if len(clause) >= 3:
            found.append(clause)
    return found or [clause for clause in [_bare(body)] if clause]


def _bare(clause: str) -> str:
    clause = _GREETING.sub("", clause.strip())
    return _FILLER.sub("", _OPENING.sub("", clause)).strip(" ，,。:：!！?？\"'“”")


def _best(clauses: list[str]) -> int:
    def worth(at: int) -> float:
        clause = clauses[at]
        signs = len(set(_MATTER.findall(clause)))
        return min(signs, 3) + min(len(clause), 14) / 10 - at * 0.35 - (2 if len(clause) > 30 else 0)

    return max(range(min(len(clauses), 8)), key=worth)


def _grow(clauses: list[str], at: int) -> str:
    """Join the next clause where the best one is too short to say anything."""
    title = clauses[at]
    while len(title) < 8 and at + 1 < len(clauses) and len(title) + len(clauses[at + 1]) < LONGEST:
        at += 1
        title = f"{title}，{clauses[at]}"
    return title


def _shares(place: str, clause: str) -> bool:
    """Half of the place already stands in the clause."""
    return any(place[at : at + 3] in clause for at in range(max(1, len(place) - 2)))


def _fit(title: str) -> str:
    title = " ".join(title.split())
    if len(title) <= LONGEST:
        return title
    cut = title[:LONGEST]
    comma = max(cut.rfind("，"), cut.rfind(","), cut.rfind("、"), cut.rfind("。"), cut.rfind(" "))
    return cut[:comma] if comma >= 10 else cut
