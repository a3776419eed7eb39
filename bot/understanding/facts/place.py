"""Words of a text → the place it speaks of: names we know, and the grammar of Chinese addresses for those we do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding.features import Words
from bot.understanding.lookups import json_lookup

# What ends a name, with how exact it makes an address. STRONG ones may stand alone; the others only join a known name.
_STRONG: dict[int, str] = {
    1: "省 自治区 盟",
    2: "开发区 高新区 新区 工业园区 产业园区",
    3: "镇 乡 苏木 街道 街道办",
    4: "村 嘎查 社区 小区 新村 花园 家园 家苑 嘉园 嘉苑 雅苑 佳苑 名苑 名邸 府邸 华府 豪庭 新城 名城 "
    "家属院 小镇 山庄 庄园 公寓 公馆",
    5: "路 街 大街 大道 巷 胡同 大桥 立交桥 高速 国道 省道 县道 北路 南路 东路 西路 中路 北街 南街 东街 "
    "西街 水库 景区 广场 公园 大厦 商城 农贸市场 批发市场 火车站 汽车站 机场 煤矿 电厂 第一小学 "
    "第二小学 小学 中学 一中 二中 三中 物流园 步行街",
}
_JOINING: dict[int, str] = {
    2: "市 区 县 旗 园区 工业园 产业园 示范区",
    3: "农场 牧场 林场",
    4: "苑 大院 家属楼 别墅 社 组 队 大队 浩特 壕 府 园 城 湾 庭 郡 滩 梁 沟 塔 庙 圪卜 圐圙",
    5: "桥 线 路口 十字路口 环路 收费站 服务区 隧道 河 湖 渠 沙漠 草原 商场 市场 超市 酒店 宾馆 饭店 "
    "学校 高中 初中 幼儿园 大学 学院 医院 卫生院 车站 客运站 站 矿 化工厂 厂 工地 项目部 服务中心 "
    "政务大厅 派出所 敬老院 养老院 福利院 体育馆 图书馆 博物馆 加油站 停车场 夜市 菜市场 法院 监狱 "
    "殡仪馆 公墓 牧场 水厂 热源厂 垃圾场 填埋场",
}
_UNITS = re.compile(
    r"(?:[A-Za-z]?\d{1,4}|[A-Za-z]|[一二三四五六七八九十百]{1,4}|[甲乙丙丁东西南北])"
    r"(?:号楼|号院|号店|栋楼|幢|栋|座|号|期|区|单元|室|楼|层|户|组|社|队|公里|米处|路|街)"
)
_AFTER = re.compile(
    r"(?:(?:路|街|大道|大街|道|巷)?(?:与|和|跟)[\u4e00-\u9fff]{2,6}(?:路|街|大道|大街)(?:交叉口|交汇处|交界处|路口|十字路口)?"
    r"|附近|对面|旁边|门口|后面|前面|周边|交叉口|交汇处|[东西南北]{1,2}(?:侧|边|门|面|头|口|区)|路口)"
)
_CODED = re.compile(r"(?<![A-Za-z])[A-Z]\d{0,2}(?:市|区|县|镇|乡)")
_COORDINATES = re.compile(
    r"(?:(?:东经|北纬)\s?|\b[NE])?\d{2,3}\.\d{3,8}°?[NE]?\s?[,，、 ]\s?"
    r"(?:东经|北纬|[NE])?\s?\d{2,3}\.\d{3,8}(?:°[NE]?|[NE]\b)?"
)
_NUMBERED_ROAD = re.compile(
    r"(?<![A-Za-z\d])(?:[GSX]\d{2,4}(?![\d元克])(?:国道|省道|高速|线)?|\d{3}(?:国道|省道|县道)|[一二三四五六七八九零幺]{3}国道)"
)
_HOUSE = re.compile(
    r"(?:[A-Za-z]?\d{1,3}|[一二三四五六七八九十]{1,3})(?:号楼|栋楼?|号院)(?:[A-Za-z]?\d{1,2}|[一二三四五六七八九十甲乙丙]{1,2})?(?:单元)?(?:\d{3,4}室?)?|(?<![\d一二三四五六七八九十])\d单元"
)
_COUNTED = re.compile(
    r"(?:[\d.]+|[一二两三四五六七八九十百几多好半]+)(?:个|家|条|座|所|片|块|台|件|公|本|年|天|层|栋|户|次|趟|里|万|千|元|分|小时)|.*(?:怎么|为什么|什么)"
)
_NO_NAMES = frozenset(
    [
        "下乡",
        "下村",
        "能街道",
        "乡村",
        "农村",
        "街道",
        "马路",
        "公路",
        "铁路",
        "道路",
        "一路",
        "半路",
        "思路",
        "网路",
        "电路",
        "线路",
        "后路",
        "出路",
        "套路",
        "短路",
        "老路",
        "大街",
        "上街",
        "逛街",
        "城镇",
        "村镇",
        "老家",
        "国道",
        "省道",
        "县道",
        "新区",
        "小巷",
        "修路",
        "铺路",
        "开路",
        "带路",
        "过路",
        "走路",
        "问路",
        "让路",
        "销路",
        "土路",
        "山路",
        "水路",
        "门路",
        "活路",
        "生路",
        "死路",
        "弯路",
        "近路",
        "高速路",
        "柏油路",
        "水泥路",
        "主路",
        "辅路",
        "岔路",
        "油路",
        "沙路",
        "砂石路",
        "沥青路",
        "盲道",
        "街道办",
        "中小学",
    ]
)
_NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9·]+$")

_STOPS = frozenset(
    [
        "我",
        "你",
        "您",
        "他",
        "她",
        "它",
        "咱",
        "俺",
        "我们",
        "你们",
        "他们",
        "她们",
        "咱们",
        "俺们",
        "我家",
        "自己",
        "大家",
        "本人",
        "的",
        "地",
        "得",
        "了",
        "着",
        "过",
        "在",
        "于",
        "位于",
        "是",
        "有",
        "到",
        "从",
        "去",
        "往",
        "来",
        "对",
        "把",
        "被",
        "给",
        "向",
        "和",
        "与",
        "跟",
        "及",
        "或",
        "并",
        "就",
        "都",
        "也",
        "还",
        "又",
        "很",
        "太",
        "不",
        "没",
        "没有",
        "无",
        "这",
        "那",
        "哪",
        "每",
        "各",
        "某",
        "个",
        "这个",
        "那个",
        "哪个",
        "一个",
        "几个",
        "每个",
        "各个",
        "某个",
        "某",
        "该",
        "本",
        "此",
        "这里",
        "那里",
        "哪里",
        "这边",
        "那边",
        "住",
        "住在",
        "住在了",
        "家住",
        "住户",
        "家",
        "家里",
        "家在",
        "买",
        "买了",
        "卖",
        "租",
        "租住",
        "开",
        "开车",
        "走",
        "走到",
        "进",
        "出",
        "上",
        "下",
        "坐",
        "站",
        "说",
        "问",
        "请问",
        "反映",
        "投诉",
        "举报",
        "咨询",
        "建议",
        "希望",
        "请",
        "求",
        "关于",
        "因为",
        "由于",
        "如果",
        "但是",
        "所以",
        "虽然",
        "而且",
        "就是",
        "就在",
        "正在",
        "现在",
        "目前",
        "今天",
        "昨天",
        "明天",
        "前天",
        "早上",
        "晚上",
        "中午",
        "下午",
        "每天",
        "年",
        "月",
        "日",
        "号",
        "天",
        "点",
        "分",
        "元",
        "块",
        "万",
        "什么",
        "怎么",
        "为什么",
        "怎样",
        "吗",
        "呢",
        "吧",
        "啊",
        "呀",
        "哦",
        "嗯",
        "让",
        "叫",
        "使",
        "为",
        "以",
        "用",
        "按",
        "经",
        "经过",
        "路过",
        "途经",
        "沿",
        "沿着",
        "靠",
        "靠近",
        "离",
        "距",
        "距离",
        "附近",
        "旁边",
        "对面",
        "后面",
        "前面",
        "里",
        "里面",
        "外",
        "外面",
        "中",
        "内",
        "左右",
        "周围",
        "周边",
        "全",
        "整个",
        "所有",
        "其他",
        "别的",
        "另",
        "另一",
        "老",
        "旧",
        "新",
        "大",
        "小",
        "多",
        "少",
        "好",
        "坏",
        "高",
        "低",
        "破",
        "老旧",
        "领导",
        "书记",
        "市长",
        "您好",
        "你好",
        "尊敬",
        "居民",
        "业主",
        "村民",
        "牧民",
        "农民",
        "市民",
        "群众",
        "同志",
        "老师",
        "家长",
        "孩子",
        "学生",
        "老人",
        "物业",
        "政府",
        "部门",
        "单位",
        "公司",
        "当地",
        "本地",
        "外地",
        "修",
        "建",
        "拆",
        "改",
        "堵",
        "通",
        "挖",
        "占",
        "占了",
        "占用",
        "占道",
        "种",
        "放",
        "停",
        "停在",
        "停车",
        "摆",
        "倒",
        "扔",
        "才",
        "再",
        "只",
        "能",
        "会",
        "可以",
        "可",
        "应该",
        "要",
        "想",
        "想要",
        "看",
        "看到",
        "看见",
        "听",
        "听说",
        "知道",
        "上学",
        "上班",
        "打工",
        "干活",
        "做",
        "做了",
        "工作",
        "一条",
        "条",
        "一座",
        "座",
        "一所",
        "所",
        "一家",
        "那家",
        "这家",
        "几家",
        "那条",
        "这条",
        "整条",
        "半",
        "哪条",
        "辆",
        "位",
        "名",
        "等",
        "段",
        "两",
        "俩",
        "仨",
        "好几",
        "几",
        "第",
        "成",
        "成了",
        "变成",
        "像",
        "跟前",
        "那种",
        "这种",
        "一下",
        "发现",
        "属于",
        "属",
        "叫做",
        "叫作",
        "因",
        "将",
        "已",
        "已经",
        "被人",
        "至",
        "一直",
        "一带",
        "之",
        "其",
        "而",
        "且",
        "但",
        "若",
        "另外",
        "同",
        "同一",
        "农村",
        "城市",
        "县城",
        "乡镇",
        "旗县",
        "城区",
        "市区",
        "郊区",
        "校外",
        "全区",
        "全市",
        "全旗",
        "人",
        "水",
        "电",
        "气",
        "车",
        "钱",
        "事",
        "话",
        "路上",
        "街上",
        "村里",
        "最",
        "更",
        "越",
        "起",
        "完",
        "后",
        "前",
        "时",
        "时候",
        "之前",
        "以后",
    ]
)
# Suffix words that are common nouns when nothing stands before them, or only something that names no one place.
_GENERIC = frozenset(
    [
        "老",
        "旧",
        "新",
        "大",
        "小",
        "老旧",
        "高档",
        "封闭",
        "开放式",
        "安置",
        "回迁",
        "自建",
        "公共",
        "公立",
        "私立",
        "民办",
        "公办",
        "人民",
        "中心",
        "附属",
        "定点",
        "农贸",
        "菜",
        "早",
        "夜",
        "超级",
        "大型",
        "小型",
        "正规",
        "重点",
        "普通",
        "职业",
        "高速",
        "城市",
        "主",
        "辅",
        "人行",
        "机动车",
        "非机动车",
        "盲",
        "步行",
        "马",
        "公",
        "铁",
        "土",
        "水泥",
        "柏油",
        "上坡",
        "下坡",
        "十字",
        "丁字",
        "红绿灯",
        "天",
        "立交",
        "过街",
        "学区",
        "住宅",
        "居住",
        "家属",
        "单位",
        "工厂",
        "化工",
        "采石",
        "养殖",
        "屠宰",
        "建筑",
        "施工",
        "在建",
        "露天",
        "地下",
        "市",
        "区",
        "县",
        "旗",
        "镇",
        "乡",
        "村",
        "全",
        "本",
        "各",
        "某",
        "一",
        "二",
        "三",
        "同",
        "邻",
        "隔壁",
        "相邻",
        "对",
        "自然",
        "行政",
        "贫困",
        "示范",
        "试点",
        "智慧",
        "和谐",
        "文明",
        "示范区",
        "旅游",
        "风景",
        "森林",
        "湿地",
        "主题",
        "儿童",
        "生态",
        "工业",
        "产业",
        "经济",
        "开发",
        "高新",
        "技术",
        "物流",
        "科技",
        "绿",
        "菜",
        "果",
        "花",
        "校",
        "幼儿",
        "动物",
        "植物",
        "卫星",
        "加油",
        "充电",
        "公交",
        "地铁",
        "出租",
        "收费",
        "检查",
        "垃圾",
        "中转",
        "变电",
        "供热",
        "换热",
        "气象",
        "电视",
        "广播",
        "网",
        "总",
        "基",
        "车",
        "起点",
        "终点",
        "到",
        "上学",
        "放学",
        "回家",
        "进",
        "出",
        "半",
        "一条",
        "门",
        "北",
        "南",
        "东",
        "西",
        "中",
        "前",
        "后",
        "左",
        "右",
        "边",
        "里",
        "外",
        "上",
        "下",
        "内",
        "河",
        "湖",
        "山",
        "海",
        "江",
        "沙",
        "盐",
        "煤",
        "铁",
        "铜",
        "金",
        "银",
        "石",
        "油",
        "气",
        "水",
        "电",
        "热",
        "风",
        "火",
        "草",
        "林",
        "木",
        "树",
        "田",
        "地",
        "土",
        "乡村",
        "城",
        "城乡",
        "几个",
        "多个",
        "部分",
        "少数",
        "不少",
        "许多",
        "很多",
        "有的",
        "有些",
        "这些",
        "那些",
        "任何",
        "国家",
        "政府",
        "社会",
        "集体",
        "个人",
        "私人",
        "我国",
        "全国",
        "农",
        "牧",
        "渔",
        "民",
        "公益",
        "养老",
        "敬老",
        "三甲",
        "二甲",
        "综合",
    ]
)


@dataclass(frozen=True)
class Span:
    """Characters start…end that may name a place; `level` grows with exactness, `known` if it stands in the gazetteer;
    `joins` if it is worth something only beside a known name."""

    start: int
    end: int
    level: int
    known: bool = False
    joins: bool = False


@lru_cache(maxsize=1)
def _suffixes() -> tuple[re.Pattern[str], dict[str, int], frozenset[str]]:
    levels = {word: level for table in (_JOINING, _STRONG) for level, words in table.items() for word in words.split()}
    strong = frozenset(word for words in _STRONG.values() for word in words.split())
    longest_first = sorted(levels, key=lambda word: (-len(word), word))
    return re.compile("(?:" + "|".join(longest_first) + ")$"), levels, strong


@lru_cache(maxsize=1)
def _known_names() -> tuple[re.Pattern[str], dict[str, int]]:
    """All names of the gazetteers, with their levels."""
    ordos, china = json_lookup("ordos.json"), json_lookup("china.json")
    levels: dict[str, int] = {}
    for level, names in ((2, china["counties"]), (1, china["cities"]), (1, china["provinces"])):
        levels.update({name: level for name in names if len(name) > 2})
        levels.update({_short(name): level for name in names if level == 1 and _short(name) not in _EVERYDAY})
    for name in (ordos["city"]["name"], *ordos["city"]["short"]):
        levels[name] = 1
    levels.update({name: 4 for name in ordos["landmarks"].split() if len(name) > 2})
    for area in ordos["areas"]:
        levels.update(dict.fromkeys((area["name"], *area["short"]), 2))
        for town in area["towns"]:
            levels.update(dict.fromkeys(_town_names(town), 3))
            levels.update({name: 4 for name in town["villages"] if len(name) > 2})
    longest_first = sorted(levels, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, longest_first))), levels


# Short names of cities that are everyday words as well.
_EVERYDAY = frozenset(
    [
        "和田",
        "日照",
        "白银",
        "东方",
        "朝阳",
        "普洱",
        "安康",
        "大同",
        "长治",
        "吉安",
        "保山",
        "平安",
        "海口",
        "三明",
        "资阳",
        "信阳",
        "黄山",
        "武威",
        "定西",
        "阜新",
    ]
)


def _short(name: str) -> str:
    return re.sub(r"(?:壮族|回族|维吾尔)?自治区$|省$|市$|地区$|盟$", "", name)


def _town_names(town: dict[str, object]) -> list[str]:
    name = str(town["name"])
    short = re.sub(r"(?:镇|苏木|乡|街道)$", "", name)
    extra = town.get("short", [])
    assert isinstance(extra, list)
    return [name, *([short] if len(short) >= 3 and not name.endswith("街道") else []), *extra]


def find_place(text: str, words: Words) -> tuple[int, int] | None:
    """The span of the most exact place, or None."""
    spans = _chains(text, sorted(_spans(text, words), key=lambda span: (span.start, -span.end)))
    if not spans:
        bare = _COORDINATES.search(text) or _HOUSE.search(text)
        return bare.span() if bare else None
    best = max(spans, key=lambda span: (_worth(span), -span.start))
    return best.start, best.end


def _worth(span: Span) -> float:
    return min(span.level, 4) + (4 if span.known else 0) + min(span.end - span.start, 16) / 8 - span.start / 200


def _spans(text: str, words: Words) -> list[Span]:
    known, levels = _known_names()
    spans = [Span(m.start(), m.end(), levels[m.group()], True) for m in known.finditer(text) if _whole(text, m)]
    spans += [Span(m.start(), m.end(), 2, True) for m in _CODED.finditer(text)]
    taken = {at for span in spans for at in range(span.start, span.end)}
    spans += [Span(m.start(), m.end(), 4, True) for m in _NUMBERED_ROAD.finditer(text) if m.start() not in taken]
    pattern, suffix_levels, strong = _suffixes()
    for at, word in enumerate(words.words):
        match = pattern.search(word)
        if match is None or words.starts[at] + len(word) - 1 in taken:
            continue
        joins = match.group() not in strong
        span = _named(words, at, match.start(), suffix_levels[match.group()], joins, taken)
        if span is not None:
            spans.append(span)
    return spans


def _whole(text: str, match: re.Match[str]) -> bool:
    """前旗, 上湾 and the like are names only where no other word runs through them."""
    after = text[match.end() : match.end() + 1]
    return not (len(match.group()) == 2 and after in {"人", "话", "族", "语"} and match.group() not in {"东胜"})


def _named(words: Words, at: int, inside: int, level: int, joins: bool, taken: set[int]) -> Span | None:
    """Walk left from a suffix over the words of the name."""
    word, end = words.words[at], words.starts[at] + len(words.words[at])
    start, first = words.starts[at], at
    while first > 0 and end - start < 9 and _continues(words, first - 1, start, taken):
        first -= 1
        start = words.starts[first]
    name = "".join(words.words[first:at]) + word[:inside]
    after_known = start - 1 in taken
    if after_known:
        return Span(start, end, level, joins=joins)
    if joins or len(name) < 2 or name in _GENERIC or name in _STOPS or _COUNTED.match(name):
        return None
    said = words.words[first:at]
    if any(part in _GENERIC for part in said) or (len(said) == 0 and word in _NO_NAMES):
        return None
    return Span(start, end, level)


def _continues(words: Words, at: int, start: int, taken: set[int]) -> bool:
    word = words.words[at]
    adjacent = words.starts[at] + len(word) == start
    return adjacent and word not in _STOPS and bool(_NAME.match(word)) and words.starts[at] not in taken


def _chains(text: str, spans: list[Span]) -> list[Span]:
    """Neighbouring spans become one address; house numbers are taken along."""
    chains: list[Span] = []
    for span in spans:
        span = _with_units(text, span)
        joined = bool(chains) and span.start <= chains[-1].end + _gap(text, chains[-1].end, span.start)
        if joined:
            last = chains.pop()
            span = Span(last.start, max(last.end, span.end), max(last.level, span.level) + 1, last.known or span.known)
        if joined or not span.joins:
            chains.append(span)
    return chains


def _gap(text: str, end: int, start: int) -> int:
    """A blank or a comma between two levels of an address is no break; 的 neither."""
    between = text[end:start]
    return len(between) if between in {"", " ", "的", "-", "—"} else -1 if start > end else 0


def _with_units(text: str, span: Span) -> Span:
    end = span.end
    while unit := _UNITS.match(text, end):
        end = unit.end()
    return Span(span.start, end, span.level + (end > span.end), span.known)
