"""Text and facts → a title of at most 25 characters, as a clerk would write it: place, matter."""

from __future__ import annotations

import re

from bot.domain.numbers import IDENTITY, MOBILE, as_written
from bot.understanding.facts.phones import find_phones
from bot.understanding.facts.place.coordinates import find_point, is_point
from bot.understanding.features import cut

LONGEST, SHORTEST_CUT = 25, 10
# No title ends on these.
_LEADS_ON = re.compile(
    r"[的和与在是把被给让向对从到就都也又还很这那我他她叫说有不没能会要想该得去来才再只更最太但而或及等以于为由往跟同因若各每某另并则将已正刚连按经]|[这那]个|[一两几]个|"
    r"因为|所以|但是|而且|如果|没有|我们|他们|能不|不让|可以|应该|已经|正在|一直|以及|或者|还是|什么|怎么|为什么|不知|没给|不给|要求|导致|造成|由于|根据|按照|通过|关于|对于|作为|还有|现在|每天|每次|其中|再次|开始"
)
# What has come to its end before 了: 腿断了.
_NEXT_BEGINS = re.compile(r"[我你他她咱又还都也今昨明说叫让请]|现在|[中上下]午|晚上|早上|到现在")
_DONE = frozenset("断坏死倒塌没里完掉走跑破裂停爆伤哭晕烂黑臭漏满堵丢熄灭病光散火")

# 农牧局的领导们：… and 信访局同志好，… speak to somebody; no matter stands in them.
_SALUTATION = re.compile(
    r"^\s*(?:[^，,。！!？?：:\n]{2,18}(?:局|部门|组|委|办|中心|大队|政府|法院|同志|领导|书记|师傅|老师|经理)们?(?:好|您好|你好)?\s?[：:]"
    r"|[^，,。！!？?：:\n]{0,12}(?:同志|领导|老师|师傅|大夫|书记|主任|局长)们?(?:好|您好|你好)[，,。！! ])"
)
_GREETING = re.compile(
    r"^(?:[\s,，。！!：:、~～]|尊敬的?[^，,。：:！!\n]{0,14}|敬爱的[^，,。：:！!\n]{0,14}|各位领导|"
    r"[张王李赵刘陈杨周吴胡]?(?:书记|市长|旗长|区长|镇长|局长|领导|主任|县长)(?:们)?(?=[，,：: 您你好])|"
    r"另外|此外|对了|再有一?个?就是|再就是|还有(?:就是|一件事?|一个事|个事儿?)|顺便(?:反映|说|问)一?下?|"
    r"您好|你好|大家好|领导好|(?:领导们?|师傅|同志们?|老师|小编|客服|编辑)(?=[，,。！!：:、 您你好请我]|$)|"
    r"在吗|在不在|hello|hi|再问一?下|再问问|请问一下|请问|请教一下|请教|我就?想问一下|我就?想咨询一下|我就?想问问|想问一下|想问问|想咨询一下|咨询一下|问一下|麻烦问一下|我要投诉|我要(?=实名举报)|我要举报|我要反映|我想反映一下|我反映个?(?:事儿?|情况|问题)|反映个?(?:事儿?|情况|问题)|"
    r"向您反映|跟您反映|我是[^，,。]{2,14}(?:居民|业主|村民|牧民|农民|市民|群众|家长|学生|司机)|那个|就是说|就是|喂(?![猪羊牛马鸡狗奶养草饭食药])|哎呀|哎|唉|嗯|呃|这个|打扰一下|打扰了|打扰|麻烦您?|"
    r"家人们|谁懂啊|求助|急{1,3}(?=[，,。！!：: 求]|$)|我的天|天哪|我?跟你们?说个事|我?跟你们?说|说一下|说说(?!话)|辛苦了|打搅了|就?问一句|给?你?们?提个(?:小|合理化)?(?:建议|意见)|说个事|有个事)+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^，,。！？!?\n；;：:…~～\s]+(?:\s(?=[A-Za-z0-9])[^，,。！？!?\n；;：:…~～\s]+)*")
_FILLER = re.compile(r"(?:[啊呀呢吧嘛哦噢哈啦嘞哎唉嗯呃]+|(?<=[天次年月周日号回遍趟])了|的)$")
# 招牌让人拆了 and 饭是馊的 need their last word.
_NEEDS_END = re.compile(r"[把被让叫给][^了]*了$|是.*的$")
# 我妈 and 我们班 stay whole, and what is said of what somebody does: 我交的押金.
_KIN = "妈|爸|哥|姐|弟|妹|爷|奶|姥|儿|女|老公|老婆|男人|媳妇|孩子|娃|妻|丈夫|父|母|婆|公公|叔|舅|姑|姨|老伴|老汉|老头|对象|爱人|亲戚|孙|侄|外甥|岳|嫂|家(?!里?(?:楼|门|小区|院|村|附近|旁|对面|隔壁|后|前|这|那))"
_WHOSE = rf"(?!{_KIN}|[班村社厂矿校队乡镇旗县市组店行](?![子里外委长])|[\u4e00-\u9fff]{{0,2}}[的得])"
_OPENING = re.compile(
    rf"^(?:[我咱俺]们?家里?(?=楼|门|小区|院|村|附近|旁|对面|隔壁|后|前|这|那)|[我咱俺](?:们{_WHOSE}|(?!们){_WHOSE})|你们|但是|可是|而且|所以|因为|然后|就是|现在|都|这个|那个|说是|说(?![得的了明不法好话])|就|也|又|还|比如|问一?下|希望(?!工程|小学)|请|是(?!不是|否|五|[一二三四六七八九十]十)"
    rf"|(?:今天|昨天|前天|今年|去年|刚才|刚刚|目前|最近|近期|这几天|这两天|前几天|昨晚|今早|今晚|上个月|这个月|上周|本周)(?:(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月份?(?:\d{{1,2}}[日号])?|[上下]半年|[年月]?[底初])?(?:上午|中午|下午|晚上)?(?:[\d一二三四五六七八九十]{{1,3}}点(?:半|多|钟)?)?(?!的))+(?=[\u4e00-\u9fffA-Za-z0-9]{{4}})"
)
# What is wrong, or asked; and what only may be a sign of it.
_TROUBLE = re.compile(
    r"拖欠|欠(?!条)|坏了?|漏|停(?:水|电|气|暖|工|了|课|运|产|发|办)|断[了水电供网交]|堵|臭|污染|噪|吵|[占拆]|投诉|举报|控告|反映|咨询|建议|要求|补偿|赔|涨|乱?收费|骗|假|毒|打人|被打|塌|裂|掉进|隐患|危险|感谢|表扬|点赞|"
    r"偷|赌|贪|受贿|吃拿卡要|违|私自|强[占拆迫]|能不能|能否|可否|可不可以|怎么(?!说)|如何|多少钱|什么时候|啥时候|不[给让管办发退修热通认批赔]|没(?:人管|给|发|到账|修|通|水|电|暖|批|收到|结|交房|办)|[^受]不了|着火|爆|死|伤|晕|困在|失踪|昏迷|昏倒|晕倒|送医|"
    r"跑路|工资|费用|克扣|冒领|套取|闹"
)
_MATTER = re.compile(
    r"不|没|未|吗|多少|哪|申请|办理|希望|退|多收|掉|谢谢|太|差|难|慢|贵|少|缺|破|烂|脏|黑|丢|乱|强|被|打|断|停"
)
# Who speaks, where they are and how they feel is no matter: 我是…的业主, 家住…, 不知道该找谁.
_TELLS_WHO = re.compile(
    r"^(?:(?:本人|我们?|俺们?)(?:家|就)?(?:是|系|叫|姓|住|在(?!.{0,16}(?:被|遭|打|买|办|交|摔))|家在)|家住|老家|户籍|在.{2,20}(?:做|当|干|打工|上班|工作|开店|教书|读书|上学|种地))"
)
_TELLS_NOTHING = re.compile(
    r"不知|没办法|怎么办|咋办|求求|求助|帮帮|救救|受不了|气死|急死|谁管|谢谢$|希望领导|望(?:领导|政府|有关)|恳请|说句|说实话|讲道理|匿名|这封信|见怪|天理|^致|领导$|如下|回复|尊敬|评评理|主持公道|做主|说来话长|一言难尽|别笑话|不好意思|辛苦|同志好|领导好|睡不着觉|心里难受"
)
# Whom it is about, and nothing yet of what: there the deed stays, 投诉某某医院.
_AGAINST = re.compile(
    r"(?:我们?)?[要想]?(?P<deed>投诉|举报|控告|检举)(?!一下|个|[的说和])(?P<whom>[^，,。！!？?\s]{4,20})$"
)
_QUOTES = re.compile(r"[\"“”'‘’「」『』]")
_ABOUT = "关于"
_PROPER_NAME = re.compile(
    r"我叫[\u4e00-\u9fff·]{2,6}|本人[\u4e00-\u9fff]{2,3}(?=[，,])|身份证号?码?[:：]?\s?[\dXx*]{6,}|1[3-9]\d[\d\s*-]{8,}|(?<!\d)0\d{2,3}[- ]?[2-8]\d{6,7}(?!\d)|https?://[^\s\u4e00-\u9fff]+"
)
_LABEL = r"(?:(?:我的?)?(?:联系)?(?:电话|手机号?|号码|联系方式|身份证号?码?|微信)(?:号码?)?(?:是|为)?[:：]?\s?)?(?:[(（]?(?:\+|00)?86[)）]?[ \-]?)?"
_NUMBERS = re.compile("|".join(_LABEL + f"(?:{number.pattern})" for number in (IDENTITY, MOBILE)))
# Half a sentence, whose subject was named before.
_BEGINS_BARE = re.compile(
    r"不|没|能不能|能否|可否|啥时候|什么时候|怎么|也|还|就|说|给|在|让|要|她|他|它|这|那(?!家)|有(?!人)|一|死|打"
)
# What somebody wants done about a matter told before: 把我家墙震裂了，要求赔偿.
_DEMANDS = re.compile(r"^(?:要求|请求|恳请)")
# Pictures and the like, and letters of another script, are no words of a title.
_NO_WORDS = re.compile(r"[\u0400-\u052f\u1800-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]+|<>")
_ASKS = re.compile(r"^(?:建议|要求|投诉|举报|反映|控告|咨询|请求|恳请|检举|感谢|表扬)")


def make_title(text: str, *, subject: str = "", place: str | None = None, topic: str = "") -> str:
    """The citizen's own subject if there is one; else the clause that carries the matter, with the place before it."""
    if subject.strip():
        return _fit(_bare(_without_numbers(subject)))
    place = None if place and is_point(place) else place
    clauses, empty = _clauses(text)
    if not clauses:
        return topic[:LONGEST]
    best = _grow(clauses, _best(clauses, empty | {place}), empty | {place})
    best = _once(place, best) if place else best
    if best == place and topic:
        best = f"{best}{topic}"
    if place and place not in best and len(place) <= 12 and not _shares(place, best):
        best = f"{_ABOUT}{place}{best[len(_ABOUT) :]}" if best.startswith(_ABOUT) else place + best
    return _fit(best)


def _once(place: str, clause: str) -> str:
    """天骄小区 says whose 我们小区 is: 二次供水发黄."""
    kind = re.escape(place[-2:])
    return re.sub(rf"^(?:我们|咱们?|俺们?)(?:这个?|那个?)?{kind}(?:里的?|的)?(?=.{{4}})", "", clause)


def _clauses(text: str) -> tuple[list[str], set[str | None]]:
    """What is told, clause by clause, and those of them that tell no matter."""
    body = _told(text[:800])
    found, empty = [], set[str | None]()
    for match in _CLAUSE.finditer(body):
        clause = _bare(match.group())
        if len(clause) >= 3:
            found.append(clause)
            empty |= {clause} if _TELLS_WHO.search(match.group()) else set()
    return found or [clause for clause in [_bare(body)] if clause], empty


def _told(text: str) -> str:
    """Without salutation, names, numbers, points on the map, links and pictures."""
    point = find_point(text)
    text = f"{text[: point.start]} {text[point.end :]}" if point else text
    text = _NO_WORDS.sub(" ", _PROPER_NAME.sub("", _without_numbers(text)))
    return _SALUTATION.sub("", text)


def _without_numbers(text: str) -> str:
    """No title shows a phone or an identity number, however it is written."""
    text = _NUMBERS.sub("", text)
    for phone in find_phones(text):
        text = re.sub(_LABEL + as_written(phone).pattern, "", text)
    return text


def _bare(clause: str) -> str:
    against = _AGAINST.match(clause.strip())
    if against and not (_TROUBLE.search(against["whom"]) or _MATTER.search(against["whom"])):
        return against["deed"] + against["whom"]
    clause = _GREETING.sub("", clause.strip())
    clause = _OPENING.sub("", clause)
    return (clause if _NEEDS_END.search(clause) else _FILLER.sub("", clause)).strip(" ，,。:：!！?？\"'“”")


def _best(clauses: list[str], empty: set[str | None]) -> int:
    def worth(at: int) -> float:
        clause = clauses[at]
        demand = _DEMANDS.match(clause) if at else None
        said = clause[demand.end() :] if demand else clause
        trouble, weak = (len(set(signs.findall(said))) for signs in (_TROUBLE, _MATTER))
        signs = min(1.6 * min(trouble, 2) + 0.7 * min(weak, 2), 3.5) + min(len(clause), 14) / 10
        says_little = 0.0 if _tells(clause, empty) else 1.5
        begins = 0.8 * bool(not demand and _ASKS.match(clause)) - 1.2 * bool(_BEGINS_BARE.match(clause))
        return signs + begins - says_little - at * 0.55 - (2 if len(clause) > 30 else 0)

    return max(range(min(len(clauses), 8)), key=worth)


def _grow(clauses: list[str], at: int, empty: set[str | None]) -> str:
    """Join the clause before, else the next, where the best one is too short to say anything or lacks its subject."""
    title = clauses[at]
    before = clauses[at - 1] if at else ""
    lacks = len(title) < _SAYS_ENOUGH or _BEGINS_BARE.match(title)
    if before and lacks and not _ASKS.match(title) and len(before) + len(title) < LONGEST and _tells(before, empty):
        title = f"{before}，{title}"
    while len(title) < _SAYS_ENOUGH and at + 1 < len(clauses) and len(title) + len(clauses[at + 1]) < LONGEST:
        at += 1
        title = f"{title}，{clauses[at]}" if _tells(clauses[at], empty) else title
    return title


_SAYS_ENOUGH = 11
# Beside a place, the hour and words like 在…那儿 tell nothing more.
_NO_MORE = re.compile(
    r"(?:今天|昨天|前天|昨晚|今早)?(?:早上|上午|中午|下午|晚上|夜里|半夜|凌晨)?(?:[\d一二三四五六七八九十]{1,3}点(?:半|多|钟)?)?在?|[那这][儿里边]?|附近|旁边"
)


def _tells(clause: str, empty: set[str | None]) -> bool:
    """More than who speaks, how they feel, or where it is."""
    only_place = any(
        place in clause and len(_NO_MORE.sub("", clause.replace(place, ""))) <= 2 for place in empty if place
    )
    return not (clause in empty or only_place or _TELLS_NOTHING.search(clause))


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
    done = [at + 1 for at in range(SHORTEST_CUT, LONGEST) if head[at] == "了" and _is_done(title, at)]
    return _whole_quotes(head[: done[-1] if done else _last_word_ends(title)])


def _is_done(title: str, at: int) -> bool:
    return title[at - 1] in _DONE or bool(_NEXT_BEGINS.match(title, at + 1))


def _last_word_ends(title: str) -> int:
    words = cut(title[: LONGEST + 4])
    ends = [start + len(word) for start, word in zip(words.starts, words.words, strict=True)]
    fits = [
        end
        for end, word in zip(ends, words.words, strict=True)
        if end <= LONGEST and not _LEADS_ON.fullmatch(word) and not _goes_on(title, end)
    ]
    return max((end for end in fits if end >= SHORTEST_CUT), default=LONGEST)


def _goes_on(title: str, end: int) -> bool:
    """停|不停, 送|了米面 and 打|的: the word is not done here."""
    then = title[end : end + 2]
    return then[:1] in _BELONGS or (then[:1] in {"不", "没"} and then[1:] == title[end - 1])


_BELONGS = frozenset("了着过的得地们")


def _whole_quotes(title: str) -> str:
    title = re.sub(r"[（(][^）)]*$", "", title) or title
    return title if len(_QUOTES.findall(title)) % 2 == 0 else _QUOTES.sub("", title)
