"""Words and organs → officials: a title with a name (王书记, 局长王某), or with an office right before it (嘎查书记)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.facts.everyday import is_everyday, is_rare
from bot.understanding.facts.organisations import Named, known_before, runs_across, word_at
from bot.understanding.facts.place.gazetteer import known_names
from bot.understanding.facts.place.words import STOPS
from bot.understanding.features import Words

_TITLE = re.compile(
    r"(?:(?:党委|党支部|支部|党组|政法委|纪检)?副?书记|副?(?:(?<!班)主任|局长|镇长|乡长|旗长|区长|市长|县长|盟长|村长|支书|所长|科长|股长|处长|厅长|部长|大队长|中队长|支队长|队长|教导员|指导员|院长|校长|园长|站长|主席|庭长|社长|组长|"
    r"法官|警官|检察官|经理)|嘎查达|苏木达|会计)"
)
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳唐罗薛雷贺倪汤滕殷毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿边扈燕冀郏浦尚温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步耿满弘匡文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯查后荆红游竺权逯盖益桓付肖闫奇郄"
)
# Surnames that mean something else before a title, unless an office, 的 or 姓 stands before them: 向书记反映, 任局长以后.
_UNLIKELY = frozenset(
    "向任应经管解查后关别支成方常时单双国那空满连越广益须养盖堵充扶束居步党文房边古东平明花水山车路利计储谈强干卫祖师班"
)
_CLEARS = frozenset(["的", "姓", "个", "叫"])
_ALSO = frozenset("小老")
# Given names of Mongols, as their parts are written in Chinese; a name is one or two of them.
_PARTS = (
    "阿拉腾 阿拉坦 阿木古楞 阿古拉 阿斯尔 敖其尔 敖日格勒 敖特根 巴特尔 巴特 巴图 巴雅尔 巴音 巴根 巴达 白音 宝音 宝力 布和 布仁 布日 毕力格 毕力 朝鲁 朝格图 朝克图 朝格 查干 达来 达赖 达胡 "
    "道尔吉 德力格尔 东日布 额尔德尼 额尔敦 额尔登 额尔 嘎拉 嘎尔迪 格日勒 格日乐 格根 贡布 哈斯 哈达 海日罕 吉雅 吉日 呼和 呼格吉勒 呼日查 孟克 孟和 满都拉 满达 满都 牧仁 敏珠尔 莫日根 那顺 那日苏 那木 "
    "那仁 娜仁 娜日苏 娜布其 南斯 尼玛 诺敏 其木格 其其格 齐木德 奇达 却吉 色音 萨日娜 萨仁 赛汗 赛罕 赛音 散布拉 斯琴 斯日古楞 苏德 苏和 苏布达 苏雅拉 苏日 孙布尔 塔娜 特木尔 铁木尔 图雅 托娅 图布新 通拉嘎 "
    "乌云 乌兰 乌力吉 乌日娜 乌尼尔 乌恩 吾拉 乌仁 希日 希拉 新吉乐 雅茹 伊德尔 伊拉图 扎木苏 扎布 照日格图 高娃 花 图 朝 夫 毕勒格 巴依尔 嘎日迪 那木拉 仓 青格勒 青格乐 都楞 都冷"
)
_ONLY_LAST = frozenset("花图朝夫仓")
_FIRST = "|".join(sorted((part for part in _PARTS.split() if part not in _ONLY_LAST), key=len, reverse=True))
_LATER = "|".join(sorted(_PARTS.split(), key=len, reverse=True))
_MONGOL = rf"(?:{_FIRST})(?:{_LATER})?"
_MONGOL_BEFORE, _MONGOL_AFTER = re.compile(rf"(?:{_MONGOL}|[奇鲍白包]达来)$"), re.compile(_MONGOL)
_SO_AND_SO = re.compile(r"[\u4e00-\u9fff]某{1,2}")
# An office that is no organ: 嘎查书记, 罕台镇党委书记.
_GROUND = re.compile(
    r"(?:嘎查|村民小组|村小组|村|社区|苏木|街道|镇|乡|旗委|市委|区委|县委|盟委|镇党委|党委|旗|(?<!小)区|县|市|人大|政协|生产队)$"
)
_NOT_ONE = re.compile(r"(?:每个?|各个?|哪个|几个|一个|两个|所有|别的|其他|多个)(?:嘎查|村|社区|镇|乡|苏木|街道)$")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_OTHERS = ("老师", "医生", "大夫", "师傅", "先生", "女士")
_LONGEST_GIVEN, _REACH = 2, 8


def find_officials(text: str, words: Words, organs: Sequence[Named]) -> tuple[str, ...]:
    """Titles with a name, or with an office; a title alone names nobody."""
    ends = {organ.end: organ.start for organ in organs}
    found = []
    for match in _TITLE.finditer(text):
        start, end = match.span()
        at = word_at(words, start)
        if _breaks(words, at, start, end):
            continue
        begin = None if start in ends else _name_before(text, words, at, start, ends)
        if begin is None:
            office, after = _office_before(text, words, at, start, ends), _name_after(text, words, end)
            if office is None and after is None:
                continue
            begin, end = start if office is None else office, end if after is None else after
            begin -= office is None and text[begin - 1 : begin] == "老"
        found.append(text[begin:end])
    return tuple(dict.fromkeys(found))


def _breaks(words: Words, at: int, start: int, end: int) -> bool:
    """小区|长期 and 书记员; 局|局长 and 胡校长 are none."""
    if at == len(words.words):
        return True
    first, word = words.starts[at], words.words[at]
    if first < start and first + len(word) < end:
        return not word.endswith(("局", "村支", "党委", "嘎查"))
    return runs_across(words, at, start, end) or text_goes_on(words, at, end)


def text_goes_on(words: Words, at: int, end: int) -> bool:
    """局长办公室 as one word."""
    return words.starts[at] < end < words.starts[at] + len(words.words[at])


def _name_before(text: str, words: Words, at: int, start: int, organs: dict[int, int]) -> int | None:
    """Where the name right before a title begins."""
    mongol = _MONGOL_BEFORE.search(text, max(0, start - _REACH), start)
    if mongol:
        return mongol.start()
    inside = text[words.starts[at] : start]
    if inside:  # 胡校长 is one word
        return words.starts[at] if len(inside) == 1 and inside in SURNAMES and inside not in _UNLIKELY else None
    if at == 0 or words.starts[at - 1] + len(words.words[at - 1]) != start:
        return None
    word, begin = words.words[at - 1], words.starts[at - 1]
    if len(word) == 1 and word in SURNAMES:
        return _with_prefix(text, words, at - 1, organs)
    if len(word) == 2 and word[0] in _ALSO and word[1] in SURNAMES and is_rare(word):
        return begin
    if len(word) in {2, 3} and word[0] in SURNAMES and is_rare(word):
        return begin
    return _whole_name_before(words, at, start)


def _with_prefix(text: str, words: Words, at: int, organs: dict[int, int]) -> int | None:
    begin = words.starts[at]
    before = text[begin - 1 : begin]
    if before in _ALSO and before:
        return begin - 1
    if words.words[at] == "万" and _COUNTED.search(before):
        return None
    if words.words[at] in _UNLIKELY and not (
        before in _CLEARS or begin in organs or _GROUND.search(text, max(0, begin - 5), begin)
    ):
        return None
    return begin


def _whole_name_before(words: Words, at: int, start: int) -> int | None:
    """王·建国·书记."""
    first = at - 1
    while first > 0 and start - words.starts[first] <= _LONGEST_GIVEN and _is_given(words.words[first]):
        before = words.words[first - 1]
        if words.starts[first - 1] + len(before) != words.starts[first]:
            return None
        if len(before) == 1 and before in SURNAMES and before not in _UNLIKELY:
            return words.starts[first - 1]
        first -= 1
    return None


def _is_given(word: str) -> bool:
    return len(word) <= _LONGEST_GIVEN and not is_everyday(word) and word not in STOPS and bool(_HAN.fullmatch(word))


def _name_after(text: str, words: Words, end: int) -> int | None:
    """Where the name right behind a title ends."""
    known = _SO_AND_SO.match(text, end) if text[end : end + 1] in SURNAMES else None
    known = known or _MONGOL_AFTER.match(text, end)
    if known:
        return known.end()
    at = word_at(words, end)
    if at >= len(words.words) or words.starts[at] != end or words.words[at][0] not in SURNAMES:
        return None
    word = words.words[at]
    if len(word) > 1:
        return end + 3 if len(word) == 3 and is_rare(word) and not word.endswith(_OTHERS) else None
    stop, at = end + 1, at + 1
    while at < len(words.words) and words.starts[at] == stop and stop + len(words.words[at]) - end <= 3:
        if not _is_given(words.words[at]) and not (stop == end + 1 and words.words[at] in _NUMBERED):
            break
        stop += len(words.words[at])
        at += 1
    return stop if stop > end + 1 else None


_COUNTED = re.compile(r"[0-9.零一二两三四五六七八九十百千几多]$")
# 刘二, 张三: the place among brothers.
_NUMBERED = frozenset("大二三四五六小老")


def _office_before(text: str, words: Words, at: int, start: int, organs: dict[int, int]) -> int | None:
    """Where the office right before a title begins: an organ, or 村, 嘎查, 镇 with its name."""
    if start in organs:
        return organs[start]
    ground = _GROUND.search(text, max(0, start - 5), start)
    if ground is None or _NOT_ONE.search(text, max(0, start - 8), start):
        return None
    first = word_at(words, ground.start())
    if words.starts[first] < ground.start() and (words.words[first] in STOPS or is_everyday(words.words[first])):
        return None
    begin = min(words.starts[first], ground.start())
    known = min(known_before(text, start), known_before(text, ground.start()))
    if known < begin:
        return known
    while first > 0 and start - words.starts[first - 1] <= _REACH + 4 and _names_ground(words, first - 1, begin):
        first -= 1
        begin = words.starts[first]
    return begin


def _names_ground(words: Words, at: int, begin: int) -> bool:
    word = words.words[at]
    if words.starts[at] + len(word) != begin or not _HAN.fullmatch(word) or word in {"原", "连"}:
        return False
    known, _ = known_names()
    return (
        bool(known.fullmatch(word)) or word in {"镇", "旗", "区", "市"} or (word not in STOPS and not is_everyday(word))
    )
