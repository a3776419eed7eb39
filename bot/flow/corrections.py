"""«不对，是5号楼»: what a correction says, and how it changes what was understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.reading import CaseKind
from bot.understanding.normalise import clean

LONGEST_PLACE = 40
_NUMBER = r"[0-9０-９一二三四五六七八九十百]+"
_TAIL_LEVELS = (rf"{_NUMBER}\s*(?:号楼|栋|幢|座)", rf"{_NUMBER}\s*单元", rf"{_NUMBER}\s*(?:室|户|楼|层)")
_LEAD = re.compile(r"^(?:就?在|地[点址]是?|位置是?|是|住在?|我家?在|应该[是在]|发生在|那个|嗯+|呃+|，|,|：|:|\s)+")
_TRAIL = re.compile(r"[。.!！~～\s]+$")
_AFTER = re.compile(r"(?:应该是|应是|改成|改为|换成|而是|写成|是|在)(?P<new>[^是]+)$")
_DISTRICTS = re.compile(
    r"东胜区?|康巴什区?|达拉特旗|达旗|准格尔旗|准旗|鄂托克前旗|鄂前旗|鄂托克旗|鄂旗|杭锦旗|杭旗|乌审旗|伊金霍洛旗|伊旗"
)
_BARE = re.compile(
    r"[\s，,。.!！？?~～、]|不对|不是|错了|有误|没错|是的|对的?|好的?|嗯|可以|确认|提交|行|没问题|就这样|不行|重新|吧|了|的|啊|呢|哦"
)
_OPENER = re.compile(
    r"你?您?好|我?(?:要|想|来)?(?:投诉|反映|举报|检举|控告|求助|咨询|提)(?:一下|一个|个|件)?(?:事情?|问题|情况|建议|意见)?"
)
_ANONYMITY = re.compile(
    r"不留(?:姓?名|名字)|匿名(?:举报|反映|投诉)|别说是我"
    r"|(?:不要|别|勿)(?:透露|公开|泄露)[^，。]{0,4}(?:姓名|名字|身份|信息)"
)
_CHANGE_WORDS = {
    "place": ("改地点", "改地址", "地点不对", "地址不对", "地点错了", "地址错了"),
    "contact": ("改电话", "电话不对", "电话错了", "号码错了", "改联系方式"),
    "any": ("我要修改", "修改", "要改", "改一下", "我要改", "改"),
}
_KIND_WORDS = (
    (CaseKind.SUGGESTION, ("建议", "提意见", "意见")),
    (CaseKind.ENQUIRY, ("咨询", "问一", "问问", "打听")),
    (CaseKind.ACCUSATION, ("举报", "检举", "控告")),
    (CaseKind.CLAIM, ("反映", "投诉", "问题", "解决", "求助")),
)


def bare_place(said: str) -> str:
    """A place without the words around it: «就在我家楼下。» → «我家楼下»."""
    return _TRAIL.sub("", _LEAD.sub("", said.strip()))


def named_place(said: str, found: str | None) -> str:
    """The place that an answer to another question names: a district by its short name too, "" if there is none."""
    bare = bare_place(said)
    return bare if _DISTRICTS.fullmatch(bare) else (found or "")


def has_content(said: str) -> bool:
    """Whether something is left beside yes, no and politeness."""
    return len(_BARE.sub("", clean(said).text)) >= 2


def opens_with_more(said: str) -> bool:
    """Whether «我要投诉…» goes on."""
    return bool(_OPENER.search(clean(said).text)) and len(_OPENER.sub("", _BARE.sub("", clean(said).text))) >= 2


def wanted_change(said: str) -> str:
    """Which part somebody wants to change, without saying yet to what: place, contact, any, or nothing."""
    bare = _TRAIL.sub("", clean(said).text.strip())
    return next((part for part, words in _CHANGE_WORDS.items() if bare in words), "")


def wants_anonymity(said: str) -> bool:
    """«不留名», said in the middle of a story."""
    return bool(_ANONYMITY.search(said))


def chosen_kind(said: str) -> CaseKind | None:
    """The answer to «反映问题, 建议, 还是咨询?»."""
    said = clean(said).text
    if len(said) > 20:
        return None
    return next((kind for kind, words in _KIND_WORDS if any(word in said for word in words)), None)


_NONE_OF_THEM = re.compile(
    r"^(?:以上)?(?:都|全)?不(?:是|对|属于)(?:这些|这几个)?了?$|^(?:其他|其它|别的|说不清|不清楚)的?$"
)
_NUMBERED = re.compile(r"(?:选|第)?([123一二三])(?:个|项|种)?")
# Whoever says more than this tells a story, in which the name of a choice may stand by chance.
LONGEST_CHOICE = 10


def chosen_of(said: str, choices: Sequence[str]) -> int:
    """Which choice an answer names, by its name, by a part of it or by its number, from 1; 0 for none."""
    bare = _TRAIL.sub("", clean(said).text.strip())
    for number, name in enumerate(choices, start=1):
        parts = name.split("、") if len(bare) <= LONGEST_CHOICE else []
        if any(part in bare for part in (name, *parts)):
            return number
    named = _NUMBERED.fullmatch(bare)
    number = "123一二三".index(named[1]) % 3 + 1 if named else 0
    return number if number <= len(choices) else 0


def chooses_none(said: str) -> bool:
    """«都不是»."""
    return bool(_NONE_OF_THEM.search(_TRAIL.sub("", clean(said).text.strip())))


_ADDING = re.compile(r"补充|原来的?那?件|同一件|就是那件|加到|加进|并到|不用(?:再|另)")
_ANEW = re.compile(r"另外|另行|重新|新的|单独|不是(?:一|同)|两回事|再报|分开")


def wants_adding(said: str) -> bool:
    """«补充到原来那件», as the answer to whether it is one matter."""
    said = clean(said).text
    return len(said) <= 20 and bool(_ADDING.search(said)) and not _ANEW.search(said)


def wants_anew(said: str) -> bool:
    """«另外登记»."""
    said = clean(said).text
    return len(said) <= 20 and bool(_ANEW.search(said))


_TOGETHER = re.compile(r"合成?一|合在?一|合并|一起|一块|算一件|就一件|不分|别分|不用分|一件事")
_APART = re.compile(r"两件|二件|分开|分别|分两|各报|各自|分成")


def chosen_parting(said: str) -> str:
    """The answer to «两件登记, 还是合成一件?»: together, apart, or "" for something else."""
    said = clean(said).text
    if len(said) > 20:
        return ""
    return "together" if _TOGETHER.search(said) else ("apart" if _APART.search(said) else "")


def looks_like_phone(said: str) -> bool:
    """Mostly digits, but no phone number was found in it."""
    digits = sum(character.isdigit() for character in said)
    return digits >= 5 and digits * 2 >= len(said.strip())


def corrected_place(old: str, said: str, found: str | None) -> str:
    """The place after a correction: a house number replaces a house number, a district a district."""
    new = _new_value(said, found)
    if not new or len(new) > LONGEST_PLACE:
        return ""
    if old and _tail_only(new):
        return _with_tail(old, new)
    if old and _DISTRICTS.fullmatch(new):
        return _DISTRICTS.sub(new, old, count=1) if _DISTRICTS.search(old) else new + old
    return new if found or _looks_like_place(new) else ""


def _new_value(said: str, found: str | None) -> str:
    stated = _AFTER.search(_TRAIL.sub("", said.strip()))
    new = bare_place(stated["new"]) if stated else (found or "")
    return found if found and stated and found in stated["new"] and len(found) >= len(new) - 4 else new


def _tail_only(place: str) -> bool:
    rest = place
    for level in _TAIL_LEVELS:
        rest = re.sub(level, "", rest)
    return rest.strip() == "" and rest != place


def _with_tail(old: str, new: str) -> str:
    for level in _TAIL_LEVELS:
        part = re.search(level, new)
        if part is None:
            continue
        old = re.sub(level, part[0], old, count=1) if re.search(level, old) else old + part[0]
    return old


def _looks_like_place(text: str) -> bool:
    return bool(re.search(r"[区旗县镇乡村社街路巷园院楼栋号室店厂校站桥苑城里湾庄屯]|小区|嘎查|苏木", text))
