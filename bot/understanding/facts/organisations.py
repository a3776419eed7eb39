"""Words → organs, companies and officials that are named, and what the citizen asks for."""

from __future__ import annotations

import re

from bot.understanding.features import Words

_ORGAN = re.compile(
    r"(?:[\u4e00-\u9fff]{0,8}?(?:市|区|县|旗|镇|乡|街道|苏木)?)?"
    r"(?:住建局|城管局|城管执法局|城管|自然资源局|国土局|环保局|生态环境局|交通局|交通运输局|交警队|交警|公安局|派出所|教育局|卫健委|卫生局|卫健局|人社局|社保局|医保局|民政局|"
    r"农牧局|农业局|林草局|林业局|水利局|市场监管局|工商局|文旅局|税务局|财政局|发改委|能源局|应急局|退役军人局|退役军人事务局|信访局|纪委监委|纪委|法院|检察院|"
    r"公积金中心|不动产登记中心|政务服务中心|劳动监察大队|劳动监察|供电局|供电所|自来水公司|热力公司|燃气公司|公交公司|村委会|居委会|街道办|镇政府|乡政府|旗政府|区政府|县政府|市政府|苏木政府|管委会)"
)
_COMPANY = re.compile(
    r"(?:有限责任公司|有限公司|集团公司|集团|公司|工程队|煤矿|培训学校|培训机构|驾校|医院|学校|中学|小学|幼儿园|银行|信用社|物业|合作社|超市|酒店)$"
)
_STOPS = frozenset(
    [
        "我",
        "你",
        "他",
        "这",
        "那",
        "的",
        "了",
        "在",
        "是",
        "有",
        "被",
        "让",
        "给",
        "和",
        "跟",
        "与",
        "这个",
        "那个",
        "这家",
        "那家",
        "一家",
        "我们",
        "你们",
        "他们",
        "该",
        "某",
        "本",
        "个",
        "家",
        "因",
        "去",
        "到",
        "找",
        "对",
        "从",
        "就",
        "也",
        "都",
        "把",
        "向",
        "由",
        "于",
        "说",
    ]
)
_OFFICIAL = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{1,3}?)(?P<post>副?(?:书记|主任|局长|镇长|乡长|旗长|区长|市长|县长|村长|村主任|村支书|支书|所长|科长|处长|队长|大队长|院长|校长|站长|嘎查达|苏木达|会计|社长|经理|法官|警官|庭长))"
)
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳唐罗薛雷贺倪汤滕殷毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东殴殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公兰"
)
_REQUEST = re.compile(
    r"(?:希望|恳请|请求|要求|请|建议|盼望|盼|诉求[是为：:]|强烈要求|能不能|能否|可不可以|可否|想让|麻烦|求)(?P<ask>[^。！？!?\n；;]{4,60})"
)


def find_organisations(text: str, words: Words) -> tuple[str, ...]:
    """Organs by their names, and companies with the words before them."""
    found = [(m.start(), _trim(m.group())) for m in _ORGAN.finditer(text)]
    for at, word in enumerate(words.words):
        match = _COMPANY.search(word)
        if match is None:
            continue
        start = _first(words, at)
        name = text[words.starts[start] : words.starts[at] + len(word)]
        if len(name) > len(match.group()):
            found.append((words.starts[start], name))
    return tuple(dict.fromkeys(name for _, name in sorted(found)))


def _first(words: Words, at: int) -> int:
    first = at
    while first and at - first < 4 and words.words[first - 1] not in _STOPS and _touches(words, first):
        first -= 1
    return first


def _touches(words: Words, at: int) -> bool:
    before = words.words[at - 1]
    return words.starts[at - 1] + len(before) == words.starts[at] and bool(
        re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9]+", before)
    )


def _trim(name: str) -> str:
    """Drop what a greedy left side took along: 我去找旗住建局 → 旗住建局."""
    return (
        re.sub(r"^.*(?:找了|找过|去找|找|给|到|向|和|跟|对|的|了|是|在|被|让|请|由|把|去|说|打|问|从|尊敬)", "", name)
        or name
    )


def find_officials(text: str) -> tuple[str, ...]:
    """Posts with a surname before them (王书记); a post alone names nobody."""
    found = []
    for match in _OFFICIAL.finditer(text):
        name = match.group("name")
        for length in (1, 2, 3):
            if len(name) >= length and name[-length] in _SURNAMES and not _is_place_word(name[-length:]):
                found.append(name[-length:] + match.group("post"))
                break
    return tuple(dict.fromkeys(found))


def _is_place_word(name: str) -> bool:
    return name in {
        "市",
        "区",
        "县",
        "旗",
        "镇",
        "乡",
        "村",
        "副",
        "国",
        "公",
        "家",
        "农",
        "通",
        "相",
        "全",
        "都",
        "后",
        "能",
        "和",
        "于",
        "从",
        "向",
        "经",
        "管",
        "路",
        "关",
        "东",
    }


def find_request(text: str) -> str | None:
    """What is asked for: the last clause that begins with 希望, 请, 要求 …"""
    asked = [match.group().strip() for match in _REQUEST.finditer(text)]
    return asked[-1] if asked else None
