"""«不对，是5号楼»: what a correction says, and how it changes what was understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.reading import CaseKind
from bot.understanding.normalise import clean, without_signs

LONGEST_PLACE = 40
_NUMBER = r"[0-9０-９一二三四五六七八九十百]+"
_TAIL_LEVELS = (rf"{_NUMBER}\s*(?:号楼|栋|幢|座)", rf"{_NUMBER}\s*单元", rf"{_NUMBER}\s*(?:室|户|楼|层)")
_LEAD = re.compile(
    r"^(?:我们?(?:就|家)?(?:是|住在?|在)|就?在|地[点址]是?|位置是?|是|住在?|我家?在|应该[是在]|发生在|那个|嗯+|呃+|，|,|：|:|\s)+"
)
_TRAIL = re.compile(r"[。.!！~～\s]+$")
_AFTER = re.compile(r"(?:应该是|应是|改成|改为|换成|而是|写成|是|在)(?P<new>[^是]+)$")
_DISTRICTS = re.compile(
    r"东胜区?|康巴什区?|达拉特旗|达旗|准格尔旗|准旗|鄂托克前旗|鄂前旗|鄂托克旗|鄂旗|杭锦旗|杭旗|乌审旗|伊金霍洛旗|伊旗"
)
_BARE = re.compile(
    r"[\s，,。.!！？?~～、]|不对|不是|错了|有误|没错|是的|对的?|好的?|嗯|可以|确认|提交|行|没问题|就这样|就行|不行|重新|[谢多]谢|麻烦[你您]?|辛苦|那就?|[报交发]上?去|没有|吧|了|的|啊|呢|哦"
)
_OPENER = re.compile(
    r"你?您?好|(?:另外|再)?我?(?:还|再|又)?(?:要|想|来)?(?:再)?(?:投诉|反映|举报|检举|控告|求助|咨询|提)(?:一下|一个|个|件)?(?:事情?|问题|情况|建议|意见)?"
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
    return _TRAIL.sub("", _LEAD.sub("", said.strip())).removesuffix("的")


_NO_NAME = re.compile(
    r"我们?|咱们?|俺们?|你们?|他们?|她|自己|人家|这[里儿边块]?|那[里儿边块]?|哪[里儿]|家里?|屋里?|房子|平房|楼房"
    r"|楼[上下里道梯]?|院子?里?|村委会?|村[里头口中]?|大队|嘎查|小区|社区|单元|街上|路[上边口]?|马路|大?街|公路|巷子?|胡同|城里|县城|镇上"
    r"|旗里|市里|乡下|农村|牧区|草[场原]|地里|田里|山[上下里]|河边|沟里|桥[头上下边]?|井边|学校|幼儿园|医院|卫生[室院]|商店"
    r"|超市|市场|工地|广场|公园|厂[里子区]?|单位|车站|加油站|银行|饭店|大?门[口外前]?|十字路口|[前后左右上下里外中][边面头间]?"
    r"|[东南西北]+[边面头侧]?|旁边?|边[上儿]?|对面|对过|隔壁|附近|周围|两[边侧]|一[边片带块头圈]|跟前|不远|整个|全|都|就|从|到|离"
    r"|往|靠|在|是|的|和|跟|有|住|挨着|发生|拐弯|拐角|处|口|头|块|片|儿|个"
    rf"|{_NUMBER}|号?[楼栋幢座]|[号室户层排组队社米]|[\s，,。.！!？?、；;：:~～()（）-]"
)
_SURE_NAME = re.compile(
    rf"{_NUMBER}\s*(?:国道|省道|县道|乡道|高速|中学?|小学|完小|幼儿?园|矿|连|团)|[GSXgsx]\d+|\d\.\d|[东西南北上下][园苑湾]"
)
# One character more than such a word makes a name: 前进村, 十里长街.
_NAMED_KIND = re.compile(r"[村镇乡社街路巷园苑湾沟梁滩]")


_ONLY_OURS = re.compile(
    r"我们?|咱们?|俺们?|就|都|是|在|的|家里?|屋里?|村[里子]?|小区里?|嘎查|房子|这[儿里边]?|那[儿里边]?|[么吧呀啊]|\s"
)
_TELLS = re.compile(r"[没不](?!远)|了$|被|还是|已经")


def tells_spot(place: str) -> bool:
    """Whether words without a name say more than «我们村»: «东门口两边» does."""
    return bool(_ONLY_OURS.sub("", clean(place).text))


def tells_trouble(said: str) -> bool:
    """Whether a short answer says what is wrong rather than where: «村里不给开证明»."""
    return bool(_TELLS.search(_TRAIL.sub("", clean(said).text.strip())))


def names_place(said: str) -> bool:
    """Whether a place is called by any name: «王家沟» is, «房子在东门口两边» and «3号楼» are not."""
    said = clean(said).text
    left = len(_NO_NAME.sub("", said))
    return bool(_SURE_NAME.search(said)) or left >= 2 or (left == 1 and bool(_NAMED_KIND.search(said)))


def named_place(said: str, found: str | None) -> str:
    """The place that an answer to another question names: a district by its short name too, "" if there is none."""
    bare = bare_place(said)
    return bare if _DISTRICTS.fullmatch(bare) else (found or "")


def has_content(said: str) -> bool:
    """Whether something is left beside yes, no and politeness."""
    return len(_BARE.sub("", clean(said).text)) >= 2


_AGREES = re.compile(r"^好(?!人)|好[的吧嘞]|行|可以|对|是的|嗯|提交|没错|没问题|同意")


def agrees(said: str) -> bool:
    """«好的谢谢», «谢谢，提交吧»: a yes among the thanks."""
    return bool(_AGREES.search(clean(said).text)) and not has_content(said)


_ASKS_BACK = re.compile(
    r"(?:你|您|这|那)?(?:说|讲|问|写)?的?(?:是|叫)?(?:啥|甚|什么)(?:意思|话)?|(?:我|这)?(?:(?:没|不)(?:太)?[听看]|[听看]不(?:太)?|不(?=懂))[懂清]楚?"
    r"|(?:没|不)(?:太)?(?:听|看|弄)?明白|(?:你|您|请)?再(?:说|讲|问)一?[遍次回下]|[你您]问(?:我)?(?:啥|甚|什么)"
)
_TAKES_TIME = re.compile(
    r"[你您]?(?:稍等|等等|等我|等?一[下会]儿?|慢点|别急|不急)|(?:让|容)我(?:再)?(?:想|看|找|问)一?[想看找问下]"
    r"|我(?:再|先)?(?:想想|看看|找找|问问|找一?下|去找|去问|去看|戴个眼镜|拿一?下)"
)


def asks_back(said: str) -> bool:
    """«你说啥», «没听懂»: the question is to be put again."""
    return bool(_ASKS_BACK.fullmatch(_without_tail(said)))


def takes_time(said: str) -> bool:
    """«等一下，我再想想»."""
    bare = _without_tail(said)
    return len(bare) <= 14 and bool(_TAKES_TIME.match(bare))


def _without_tail(said: str) -> str:
    return re.sub(r"^[呀哎啊哦]+|[了呀啊呢吗嘛哇么]$", "", without_signs(clean(said).text))


def opens_with_more(said: str) -> bool:
    """Whether «我要投诉…» goes on."""
    if opens_another(said):
        return False
    return bool(_OPENER.search(clean(said).text)) and len(_OPENER.sub("", _BARE.sub("", clean(said).text))) >= 2


_ANOTHER = re.compile(
    r"(?:对了|哦|嗯|那|好的?|行)*(?:我们?|给我|帮我|咱)*(?P<anew>还|再|另外?|又|别的)+(?:我们?|还|再|给我)*(?:要|想|得)*再?(?:有|登记|反映|投诉|举报"
    r"|报|说|告|填|办|记|咨询|问|求助)(?:一下)?(?:一|两|个|别的|其[他它]的?|另外的?|新的?)*[件个样条]?(?:事[情儿]?|问题|情况|投诉|诉求)?"
    r"(?:要|想)?(?:反映|说|登记|投诉)?(?:一下)?(?:[吧呢啊哇呀嘛]|可以吗|行吗|行不)*"
)
_A_THING = re.compile(r"[件个样条事]|另外登记|问题|情况|投诉|诉求|别的|其[他它]|新的")


def opens_another(said: str) -> bool:
    """«另外登记一件», «我还要反映一件事»: another matter is to follow, nothing of it is told yet."""
    bare = re.sub(r"[\s，,。.!！?？、~～]+", "", clean(said).text)
    return len(bare) <= 20 and bool(_ANOTHER.fullmatch(bare)) and bool(_A_THING.search(bare))


_AS_BEFORE = re.compile(
    r"(?:地[方点址]|电话|号码|手机)?(?:还是|还用|就是?|就用|用|跟|和|同)*(?:我|上面)?(?:刚才|刚刚|上次|前面|原来|之前|上回|上一[件个])(?:那|的|说|留|报|写|件|个|是)*"
    r"(?:一样的?|一个|同一个)?(?:地[方点址]|电话|号码|号|手机)?|(?:地[方点址]|电话|号码|手机)?(?:还是|就是?)(?:那个|原来的|老)(?:地[方点址]|电话|号码|号)?"
    r"|同一个(?:地方|电话|号码)|(?:地方|电话|号码)一样"
)


def as_before(said: str) -> str:
    """«跟刚才一个地方»: place, «电话还是那个»: contact, «还是刚才那个»: either; "" for something else."""
    bare = _without_tail(said)
    if not _AS_BEFORE.fullmatch(bare):
        return ""
    return "place" if re.search(r"地[方点址]", bare) else ("contact" if re.search(r"电话|号|手机", bare) else "either")


_ADDS_ON = re.compile(r"^(?:哦|嗯|啊|对|，|,|\s)*(?:对了|还有|另外|再就是|再有|再一个|顺便|忘了[说讲])")
_STILL = re.compile(r"还是|还在|还没|还不|仍然?|依旧|依然|照样|照旧|一直[没不]|到现在|直到|老样子|又[^，。]{1,4}了")
# Who tells more than this tells a matter.
LONGEST_GOING_ON = 30


def adds_on(said: str) -> bool:
    """«对了，还有…»."""
    return bool(_ADDS_ON.search(clean(said).text))


def still_so(said: str) -> bool:
    """«我家还是停水»: what was told goes on."""
    said = clean(said).text
    return len(said) <= LONGEST_GOING_ON and bool(_STILL.search(said))


def tells_little(said: str) -> bool:
    """Whether so little is told that it may be a detail of what was told before."""
    return len(clean(said).text) <= LONGEST_GOING_ON


def adds_expressly(said: str) -> bool:
    """«补充一点，…» leaves no doubt where the words belong."""
    return bool(re.search(r"补充|加上|加进|添[一两]?[句点]|忘了[说讲]|刚才漏", clean(said).text))


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
_APART = re.compile(r"两件|另外|另报|单独|二件|分开|分别|分两|各报|各自|分成")


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


def is_finer(place: str, old: str) -> bool:
    """Whether a place lies in the district that was told before."""
    return place not in old and (old in place or bool(_DISTRICTS.fullmatch(old) and not _DISTRICTS.search(place)))


def is_around(place: str, old: str) -> bool:
    """Whether a place names the district that was not told before: «东胜区天骄街道» after «建设路»."""
    return bool(_DISTRICTS.search(place)) and not _DISTRICTS.search(old)


_NOTHING = ("没有", "没", "没有别的", "没别的", "不用", "不改", "没啥", "没甚", "没电话", "没有电话")


def has_nothing(said: str) -> bool:
    """«没有», «没了», «不用了»: nothing to add, nothing to change."""
    return _without_tail(said) in _NOTHING


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
