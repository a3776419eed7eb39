"""Text and facts → a title of at most 25 characters, as a clerk would write it: place, matter."""

from __future__ import annotations

import re

from bot.understanding.features import cut

LONGEST, SHORTEST_CUT = 25, 10
# No title ends on these.
_LEADS_ON = re.compile(
    r"[的和与在是把被给让向对从到就都也又还很这那我他她叫说有不没]|[这那]个|一个|因为|所以|但是|而且|如果|没有|我们|他们|能不|不让"
)

_GREETING = re.compile(
    r"^(?:[\s,，。！!：:、~～]|尊敬的?[^，,。：:！!\n]{0,14}|敬爱的[^，,。：:！!\n]{0,14}|各位领导|"
    r"[张王李赵刘陈杨周吴胡]?(?:书记|市长|旗长|区长|镇长|局长|领导|主任|县长)(?:们)?(?=[，,：: 您你好])|"
    r"另外|此外|对了|再有一?个?就是|再就是|还有(?:就是|一件事?|一个事|个事儿?)|顺便(?:反映|说|问)一?下?|"
    r"您好|你好|大家好|领导好|(?:领导们?|师傅|同志们?|老师|小编|客服|编辑)(?=[，,。！!：:、 您你好请我]|$)|"
    r"在吗|在不在|hello|hi|请问一下|请问|我想问一下|我想咨询一下|我想问问|想问一下|想问问|想咨询一下|咨询一下|问一下|麻烦问一下|我要投诉|我要举报|我要反映|我想反映一下|我反映个?(?:事儿?|情况|问题)|反映个?(?:事儿?|情况|问题)|"
    r"向您反映|跟您反映|我是[^，,。]{2,14}(?:居民|业主|村民|牧民|农民|市民|群众|家长|学生|司机)|那个|就是说|就是|喂|哎|唉|嗯|呃|这个|打扰一下|打扰了|打扰|麻烦您?|"
    r"家人们|谁懂啊|求助|急急?急?|哎呀|我的天|天哪|跟你们?说个事|跟你说|说个事|有个事)+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^，,。！？!?\n；;：:…~～\s]+(?:\s(?=[A-Za-z0-9])[^，,。！？!?\n；;：:…~～\s]+)*")
_FILLER = re.compile(r"(?:[啊呀呢吧嘛哦噢哈啦嘞哎唉嗯呃]+|了吗|(?<=[^坏断漏丢塌堵死倒裂破停没好])了|的)$")
# 招牌让人拆了 and 饭是馊的 need their last word.
_NEEDS_END = re.compile(r"[把被让叫给][^了]*了$|是.*的$")
_OPENING = re.compile(
    r"^(?:[我咱俺]们?家里?(?=楼|门|小区|院|村|附近|旁|对面|隔壁|后|前|这|那)|[我咱俺](?:们(?!家)|(?![们家]))|你们|但是|可是|而且|所以|因为|然后|就是|现在|都|这个|那个|说是|说|就|也|又|还|比如|问一?下|希望(?!工程|小学)|请|是(?!不是|否|五|[一二三四六七八九十]十)"
    r"|(?:今天|昨天|前天|今年|去年|刚才|刚刚|目前|最近|近期|这几天|这两天|前几天|昨晚|今早|今晚|上个月|这个月|上周|本周)(?:(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?:\d{1,2}[日号])?|[上下]半年|[年月]?[底初])?(?:上午|中午|下午|晚上)?(?:[\d一二三四五六七八九十]{1,3}点(?:半|多|钟)?)?(?!的))+(?=[\u4e00-\u9fffA-Za-z0-9]{4})"
)
_MATTER = re.compile(
    r"不|没|未|拖欠|欠|坏|漏|停|断|堵|臭|吵|噪|乱|占|拆|污染|投诉|举报|反映|咨询|建议|希望|要求|申请|办理|补偿|赔偿|工资|退|涨|收费|多收|骗|假|毒|打|塌|裂|掉|"
    r"危险|隐患|怎么|如何|多少|什么时候|能不能|感谢|表扬|谢谢|太|差|难|慢|贵|少|缺|破|烂|脏|黑|丢|偷|赌|贪|受贿|吃拿卡要|违|私自|强|被"
)
# Who speaks, where they are and how they feel is no matter: 我是…的业主, 家住…, 不知道该找谁.
_TELLS_WHO = re.compile(
    r"^(?:(?:本人|我们?|俺们?)(?:家|就)?(?:是|系|叫|姓|住|在(?!.{0,16}(?:被|遭|打|买|办|交|摔))|家在)|家住|老家|户籍|在.{2,20}(?:做|当|干|打工|上班|工作|开店|教书|读书|上学|种地))"
)
_TELLS_NOTHING = re.compile(
    r"不知道|没办法|怎么办|咋办|求求|求助|帮帮|救救|受不了|气死|急死|谁管|没人管$|没有人管$|谢谢$|希望领导|望(?:领导|政府|有关)|恳请|说句|说实话|讲道理|匿名|这封信|见怪|天理|^致|领导$|如下|回复|尊敬"
)
_QUOTES = re.compile(r"[\"“”'‘’「」『』]")
_ABOUT = "关于"
_PROPER_NAME = re.compile(
    r"我叫[\u4e00-\u9fff·]{2,6}|本人[\u4e00-\u9fff]{2,3}(?=[，,])|身份证号?码?[:：]?\s?[\dXx*]{6,}|1[3-9]\d[\d\s*-]{8,}"
)


def make_title(text: str, *, subject: str = "", place: str | None = None, topic: str = "") -> str:
    """The citizen's own subject if there is one; else the clause that carries the matter, with the place before it."""
    if subject.strip():
        return _fit(_bare(subject))
    clauses, empty = _clauses(text)
    if not clauses:
        return topic[:LONGEST]
    best = _grow(clauses, _best(clauses, empty | {place}))
    if place and place not in best and len(place) <= 12 and not _shares(place, best):
        best = f"{_ABOUT}{place}{best[len(_ABOUT) :]}" if best.startswith(_ABOUT) else place + best
    return _fit(best)


def _clauses(text: str) -> tuple[list[str], set[str | None]]:
    """What is told, clause by clause, and those of them that tell no matter."""
    body = _PROPER_NAME.sub("", text[:800])
    found, empty = [], set[str | None]()
    for match in _CLAUSE.finditer(body):
        clause = _bare(match.group())
        if len(clause) >= 3:
            found.append(clause)
            empty |= {clause} if _TELLS_WHO.search(match.group()) else set()
    return found or [clause for clause in [_bare(body)] if clause], empty


def _bare(clause: str) -> str:
    clause = _GREETING.sub("", clause.strip())
    clause = _OPENING.sub("", clause)
    return (clause if _NEEDS_END.search(clause) else _FILLER.sub("", clause)).strip(" ，,。:：!！?？\"'“”")


def _best(clauses: list[str], empty: set[str | None]) -> int:
    def worth(at: int) -> float:
        clause = clauses[at]
        signs = min(len(set(_MATTER.findall(clause))), 3) + min(len(clause), 14) / 10
        says_little = 1.0 if clause in empty else 1.5 if _TELLS_NOTHING.search(clause) else 0.0
        return signs - says_little - at * 0.5 - (2 if len(clause) > 30 else 0)

    return max(range(min(len(clauses), 8)), key=worth)


def _grow(clauses: list[str], at: int) -> str:
    """Join the next clause where the best one is too short to say anything."""
    title = clauses[at]
    while len(title) < 11 and at + 1 < len(clauses) and len(title) + len(clauses[at + 1]) < LONGEST:
        at += 1
        title = f"{title}，{clauses[at]}"
    return title


def _shares(place: str, clause: str) -> bool:
    """Half of the place already stands in the clause."""
    return any(place[at : at + 3] in clause for at in range(max(1, len(place) - 2)))


def _fit(title: str) -> str:
    """At most LONGEST characters, cut at a pause, else after 了, else between words; quotes and brackets only in pairs."""
    title = _whole_quotes(" ".join(title.split()))
    if len(title) <= LONGEST:
        return title
    head = title[:LONGEST]
    pause = max(head.rfind(mark) for mark in "，,、。 ")
    if pause >= SHORTEST_CUT:
        return _whole_quotes(head[:pause])
    done = head.rfind("了", SHORTEST_CUT)
    return _whole_quotes(head[:done] if done > 0 else head[: _last_word_ends(title)])


def _last_word_ends(title: str) -> int:
    words = cut(title[: LONGEST + 4])
    ends = [start + len(word) for start, word in zip(words.starts, words.words, strict=True)]
    fits = [
        end for end, word in zip(ends, words.words, strict=True) if end <= LONGEST and not _LEADS_ON.fullmatch(word)
    ]
    return max((end for end in fits if end >= SHORTEST_CUT), default=LONGEST)


def _whole_quotes(title: str) -> str:
    title = re.sub(r"[（(][^）)]*$", "", title) or title
    return title if len(_QUOTES.findall(title)) % 2 == 0 else _QUOTES.sub("", title)
