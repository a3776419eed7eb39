"""Numbers of a text → sums of money: with 元 or 块, and without, where the words around speak of money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.understanding.facts.bounds import han_number
from bot.understanding.facts.numerals import Number

_PER = "平亩斤吨袋度方张盒瓶节位"
_YUAN = re.compile(
    r"\s?(?:(?:元|圆|块)(?![旦宵件宝老首地石砖板田牌玻肉屏草布皮木冰煤铁水空菜表])(?:钱|整|人民币|"
    r"(?P<tail>零?[一二三四五六七八九\d](?:毛|角)(?:[一二三四五六七八九]分?)?"
    rf"|[一二三四五六七八九](?=一[{_PER}])|(?!一[{_PER}])[一二三四五六七八九](?![一二三四五六七八九十百千万个号点年月天次斤只本件条亩吨张公块户家])))?"
    r"|人民币|RMB|rmb|￥)"
)
_JIAO = re.compile(
    r"(?:毛|角)(?:钱|(?P<tail>[一二三四五六七八九])(?![十百千万个])|(?![病坯皮巾衣孩驴利毯线度落形铁钢厂纺不]))"
)
_MAO = re.compile(r"[毛角](?:钱|[一二三四五六七八九])")
_SIGN = re.compile(r"(?:￥|¥|人民币|RMB)\s?$")
# What the number counts if it counts no money.
_COUNTS = re.compile(
    r"(?:[个名位户口家人亩斤吨米里平度分头只匹峰棵株根条辆台架座间套层楼栋号幢单天日年月周星小点次回趟遍遭届期班级所张片种样件份页集路岁代倍折瓦伏"
    r"字升兆克厘毫寸尺丈顷垧步站项方立秒世对双把场顿声句眼群窝箱袋瓶盒包车桶盆担捆孔缕座几们第者里码%％℃°]|公[里斤分顷]|公?尺|本(?!金)|成(?!本)|包(?!工)"
    r"|[A-Za-z]|[-:：/.~]\d|(?:多|余|来)?(?:工人|民工|农民|学生|群众|业主|村民|居民|牧民|职工|员工|老人|孩子|商户|住户|师傅|司机|毫升|千瓦|kg|cm|mm|KM)|分之)"
)
_VERBS = (
    "欠|差|给|交|收|花|赔|补|罚|扣|退|借|还|贷|存|投|充|赚|挣|要|值|付|汇|转|报销|报|卖|买|降|涨|损失|到手|拿|发|缴|刷|算|开价|押|捐|凑|垫|掏|搭|亏|骗|坑|讹|诈|贪|吞|批|取"
    "|送|剩|租|卡|订|打赏|打款|支|领|少|减|返|提|罚没|套|卷|抽|捞|吃|加|办卡|标价|月供"
)
_NOUNS = "费|款|钱|金|价格?|资|利息|租|贴|低保|奖|税|本|债|账|补偿|合计|总共|一共|拢共|共|积蓄|成本|收入|套餐|红包|保险|余额|存折上?|卡里|头款|首付|尾款|定金"
_FILLS = (
    r"(?:[了过着出进去来掉下到至成我们他她你您咱俺家人大每各一二月年天户亩头次个半只才仅就光也又再还是约近将快小整足差不多大概合计总共拢共的有为给被让老板对方村里学校公司物业这那上去今前去年后回某"
    r"两外加少说得说好]|\s|最[少多高低]|至少|[:：])"
)
_BEFORE = re.compile(rf"(?:{_VERBS}|{_NOUNS}){_FILLS}{{0,8}}$")
_DIRECTLY_BEFORE = re.compile(
    rf"(?:{_VERBS}|{_NOUNS})(?:[了过着出到成至才只就又再我们他她你您咱俺一每人户月年\s:：]|别的店){{0,5}}$"
)
_AFTER = re.compile(
    r"\s?(?:现金|人民币|的?[^\s，,。；;！!？?\d的]{0,3}(?:费|款|钱|押金|定金|订金|工资|租金|房租|利息|彩礼|补偿|补贴|赔偿|奖金|学费|报销|贷款|债|本金|首付|套餐)"
    r"|(?:一|每|/)(?:平|亩|斤|吨|袋|个?月|年|天|头|只|套|张|次|盒|人|户|度|方|车|桶|瓶|节|位))"
)
# 一年两万 told as a price stands at the end of what is said, or before a word that goes on about it.
_GOES_ON = re.compile(
    r"\s?(?:$|[，,。；;！!？?\s、）)]|[了呢吧啊呀没不都才就还也够到左右我他你这谁算结以之往拖跑打没的抢])"
)
# 一千二, 十八万八, 三千九百八: the last unit left out, as only sums are told.
_CLIPPED = re.compile(r"[十百千万][一二三四五六七八九\d]$")
_MEASURED = re.compile(
    r"(?:人口|粉丝|播放|阅读|点击|步数|票|学生|血压|糖|重|海拔|围墙|距离?|长|宽|高|深|面积|厚|离|考了|分数|指标|编号|号|转速|第)\S{0,2}$"
)
# 一天180, 每亩一百四: a price for each.
_EACH = re.compile(
    r"(?:一|每)(?:天|个?月|年|次|趟|回|个?小时|亩|斤|吨|平米?|个?人|户|桌|节|车|袋|瓶|盒|张|位|头|只|份)\s?$"
)
_CLAUSE = re.compile(r"[，,。；;！!？?\n]")
_NO_ROUND = re.compile(r"1[0-9]{2}|12\d{3}|9[56]\d{3}")
_LARGEST_BARE, _LEAST_BARE, _LEAST_ROUND = 9_999_999, 10, 100
REACH = 14


@dataclass(frozen=True)
class Amount:
    """A sum as it was said, with the least and the most it stands for, in yuan."""

    start: int
    said: str
    least: float
    most: float


def find_amounts(text: str, numbers: Sequence[Number]) -> tuple[Amount, ...]:
    """Sums from left to right, each said once."""
    found: dict[str, Amount] = {}
    for amount in _amounts(text, numbers):
        found.setdefault(amount.said, amount)
    return tuple(found.values())


def yuan(amount: Amount) -> str:
    """«23000»; «3000-5000» where a span was said."""
    least, most = (f"{value:.2f}".rstrip("0").rstrip(".") for value in (amount.least, amount.most))
    return least if least == most else f"{least}-{most}"


def _amounts(text: str, numbers: Sequence[Number]) -> Iterator[Amount]:
    sentence, any_yet = 0, False
    for number in numbers:
        if _CLAUSE.search(text, sentence, number.start) and re.search(r"[。！!？?\n]", text[sentence : number.start]):
            any_yet = False
        sentence = number.end
        amount = _with_unit(text, number)
        if amount is None and _is_bare(text, number, any_yet):
            amount = Amount(number.start, text[number.start : number.end], number.least, number.most)
        if amount is not None:
            any_yet = True
            yield amount


def _with_unit(text: str, number: Number) -> Amount | None:
    """两块三, 1.2万元, 五毛八, ￥500."""
    if unit := _YUAN.match(text, number.end):
        if number.said == "一" and not unit["tail"] and not re.match(r"[块元]钱|元", text[number.end :]):
            return None
        start, more = number.start, _jiao(unit["tail"])
    elif unit := None if number.said == "一" and not _MAO.match(text, number.end) else _JIAO.match(text, number.end):
        tenth = (han_number(unit["tail"]) or 0.0) / 100 if unit["tail"] else 0.0
        said = text[number.start : unit.end()]
        return Amount(number.start, said, number.least / 10 + tenth, number.most / 10 + tenth)
    elif _SIGN.search(text[max(0, number.start - 4) : number.start]):
        return Amount(number.start, text[number.start : number.end], number.least, number.most)
    else:
        return None
    return Amount(start, text[start : unit.end()].strip(), number.least + more, number.most + more)


def _jiao(tail: str | None) -> float:
    """零五毛, 三, 5毛 after 块."""
    digits = re.findall(r"[一二三四五六七八九\d]", tail or "")
    return sum((han_number(digit) or 0.0) / (10.0, 100.0)[place] for place, digit in enumerate(digits))


def _is_bare(text: str, number: Number, any_yet: bool) -> bool:
    """Whether a number without 元 is one of money, by what stands around it."""
    if number.least < _LEAST_BARE or _COUNTS.match(text, number.what_follows(text)) or _is_a_code(number):
        return False
    before = _clause_before(text, number.start)
    if number.least >= _LEAST_ROUND and _CLIPPED.search(number.said) and not _MEASURED.search(before):
        return True
    if _AFTER.match(text, number.end):
        return bool(_BEFORE.search(before)) or number.least >= _LEAST_ROUND or any_yet
    goes_on = bool(_GOES_ON.match(text, number.end))
    if "万" in number.said and (goes_on or before.endswith("了")) and not _MEASURED.search(before):
        return True
    if _is_round(number):
        return (any_yet and goes_on) or bool(_BEFORE.search(before))
    if not goes_on:
        return number.least >= _LEAST_ROUND and bool(_DIRECTLY_BEFORE.search(before))
    if _EACH.search(before):
        return True
    return bool(_DIRECTLY_BEFORE.search(before)) or (any_yet and bool(re.search("才|只|要|就$", before[-1:])))


def _is_round(number: Number) -> bool:
    """两万三, 一千八, 5k: said as sums are said."""
    return number.least >= _LEAST_ROUND and bool(re.search(r"[百千万亿wWkK]", number.said))


def _is_a_code(number: Number) -> bool:
    """110 and 12345 are called, 13947712233 is dialled, 2023 is a year."""
    if not number.said.isdecimal():
        return number.said.isalnum() and len(number.said) >= 3 and not re.search(r"[十百千万亿wWkK\d]", number.said)
    return (bool(_NO_ROUND.fullmatch(number.said)) and not number.said.endswith("0")) or len(number.said) > 7


def _clause_before(text: str, at: int) -> str:
    """What stands before a number in its own clause."""
    return _CLAUSE.split(text[max(0, at - REACH) : at])[-1]
