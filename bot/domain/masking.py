"""脱敏: what of a case's words is not shown until somebody gives a reason. One function for pages, files and documents.

Hidden are numbers (phones, identity cards), the petitioner's own name with forms like 张女士, the room within a
building (a household), and the petitioner's own door number. The estate, the building and the village stay: they are
the place of the matter, and an organ must be able to send somebody there. Whoever has to knock at the door gives a
reason, which is written down. Every mask holds three stars at least, so that none is ever saved over what it hides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.case import Case
from bot.domain.numbers import IDENTITY, MOBILE, as_written

STARS = "***"
_QUERY_CODE = re.compile(r"(?<!\d)(?:\d{4} ){3}\d{4}(?!\d)")

_COMPOUND = "欧阳|上官|司马|司徒|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|端木|东方|独孤|南宫|长孙|宇文|轩辕"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季"
    "俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍"
    "翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈"
)
# Forms that people are called by in private; those of an office (主任, 老师) may be whom the matter is about.
_CALLED = "女士|先生|小姐|大姐|大哥|大叔|大爷|大妈|大娘|阿姨|奶奶|爷爷|师傅|某某|某"
_INTRODUCED = re.compile(
    rf"(?:我叫|我名叫|我的名字[叫是]|姓名[:：]\s*)\s*((?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}?)"
    r"(?=[^\u4e00-\u9fff]|$|住|家住|是|今年|电话|手机|身份证|女|男|汉族|蒙古族)"
)

_COUNT = r"[0-9０-９一二三四五六七八九十百零〇]{1,5}"
# 1000 户, 500 元: as many of something, no door.
_NO_DOOR = r"(?![0-9０-９户家人元个天点块平多余度年米件名位万月日分栋楼])"
_DOOR = rf"(?:[0-9０-９]{{3,4}}(?:室|号(?!楼)|房)?|{_COUNT}(?:室|号(?!楼))){_NO_DOOR}"
_IN_UNIT = re.compile(rf"((?:{_COUNT}|[A-Za-z甲乙丙丁])单元)\s*(?:{_COUNT}[层楼]\s*)?{_DOOR}")
_IN_BUILDING = re.compile(rf"((?:{_COUNT}|[A-Za-z]\d?)\s*(?:号楼|栋|幢|座|[#＃]楼?))\s*(?:{_COUNT}单元\s*)?{_DOOR}")
_DASHED = re.compile(r"(?<![\d\-－—])(\d{1,2}(?:号楼|栋|[#＃]楼?)?)[-－—]\d{1,2}[-－—]\d{3,4}(?![\d\-－—])")
_ESTATE_DASHED = re.compile(r"(?<=[区苑园城期湾庭府院])(\d{1,2})[-－—]\d{3,4}(?![\d\-－—])")
_ROOM = re.compile(r"(?<!\d)\d{3,4}室")
_UNIT_BEFORE_STARS = re.compile(rf"(?:{_COUNT}|[A-Za-z甲乙丙丁])单元(?=\*\*\*)")
# 门牌 of a street, and not the number of a building: from its first number to the end of the address.
_OWN_DOOR = re.compile(rf"^(.*?[^\d０-９])({_COUNT}号(?!楼).*|{_COUNT}[排组社门].*)$")
_STREET = 3
_AREA = re.compile(r"^(?:[\u4e00-\u9fff]{1,6}?(?:自治区|省|市|(?<!小)区|旗|县|镇|乡|苏木|街道))+")


@dataclass(frozen=True)
class Hidden:
    """What of a case is not shown: its phones, who brings it, and where they live."""

    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    address: str = ""


NOTHING = Hidden()


def hidden_in(case: Case) -> Hidden:
    """What a case's own data say is to be hidden; a name that was told in the words counts as given."""
    names = case.petitioner.names or tuple(dict.fromkeys(_INTRODUCED.findall(case.text)))
    return Hidden(case.phones, names, case.petitioner.address)


def hidden_in_all(cases: Iterable[Case]) -> Hidden:
    """The same for a talk out of which several came; the addresses but for the last are hidden as any other's."""
    found = [hidden_in(case) for case in cases]
    phones = tuple(dict.fromkeys(phone for one in found for phone in one.phones))
    names = tuple(dict.fromkeys(name for one in found for name in one.names))
    return Hidden(phones, names, next((one.address for one in found if one.address), ""))


def mask_text(text: str, hidden: Hidden = NOTHING, *, revealed: bool = False) -> str:
    """Running text as it is shown. The citizen's query code is never staff's to see, whatever reason they have."""
    text = _QUERY_CODE.sub("**** **** **** ****", text)
    if revealed:
        return text
    for phone in hidden.phones:
        text = as_written(phone).sub(mask_phone(phone), text)
    text = MOBILE.sub(r"\1****\3", IDENTITY.sub(r"\1********\2", text))
    return _without_names(_without_doors(text, hidden.address), hidden.names)


def mask_phone(phone: str) -> str:
    """138****1234."""
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:] if len(phone) > 7 else "*" * max(len(phone), 3)


def mask_name(name: str) -> str:
    """张***: as long for every name."""
    return surname_of(name) + STARS if name else ""


def mask_address(address: str) -> str:
    """The district and the town stay: 东胜区天骄街道***."""
    if not address:
        return ""
    area = _AREA.match(address)
    return (area[0] if area else "") + STARS


def surname_of(name: str) -> str:
    """The first sign, or two of a compound surname. A name of one sign is all surname."""
    compound = re.match(_COMPOUND, name)
    return compound[0] if compound else name[:1]


def _without_doors(text: str, address: str) -> str:
    text = _IN_BUILDING.sub(rf"\1{STARS}", _IN_UNIT.sub(rf"\1{STARS}", text))
    text = _ESTATE_DASHED.sub(rf"\1-{STARS}", _DASHED.sub(rf"\1-{STARS}", text))
    text = _UNIT_BEFORE_STARS.sub("", _ROOM.sub(f"{STARS}室", text))
    own = _OWN_DOOR.match(address)
    if own is None:
        return text
    street = own[1][-_STREET:]
    return text.replace(street + own[2], street + STARS)


def _without_names(text: str, names: tuple[str, ...]) -> str:
    return _naming(names).sub(lambda found: mask_name(found[0]), text) if names else text


@lru_cache(maxsize=256)
def _naming(names: tuple[str, ...]) -> re.Pattern[str]:
    """Where these people are named, the longest form first."""
    whole = sorted({name for name in names if len(name) > 1}, key=len, reverse=True)
    surnames = "|".join(sorted({re.escape(surname_of(name)) for name in names}, key=len, reverse=True))
    return re.compile("|".join([*map(re.escape, whole), f"(?:{surnames})(?:{_CALLED})"]))
