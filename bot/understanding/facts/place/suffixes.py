"""Words that end the name of a place, with how exact each makes an address."""

from __future__ import annotations

import re
from functools import lru_cache

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
    "殡仪馆 公墓 牧场 水厂 热源厂 垃圾场 填埋场 驾校 集团 公司 居委会 村委会 卫生室 卫生所 中心校 售楼部 营业厅 "
    "饭馆 面馆 菜馆 药店 药房 网吧 酒吧 浴池 洗浴 烧烤店 早市 快递站 驿站 便利店 百货 棋牌室 修理厂 洗煤厂 砖厂",
}

# Of the joining ones, these name a place where its door or what lies opposite is spoken of: 万家惠超市门口.
LANDMARKS = frozenset(
    [
        "超市",
        "酒店",
        "宾馆",
        "饭店",
        "饭馆",
        "面馆",
        "菜馆",
        "学校",
        "医院",
        "卫生院",
        "幼儿园",
        "市场",
        "菜市场",
        "商场",
        "加油站",
        "药店",
        "药房",
        "网吧",
        "酒吧",
        "浴池",
        "烧烤店",
        "便利店",
        "百货",
        "修理厂",
        "驿站",
        "洗煤厂",
        "停车场",
        "养老院",
        "敬老院",
        "车站",
        "客运站",
        "收费站",
        "夜市",
        "早市",
        "派出所",
        "体育馆",
        "图书馆",
        "水厂",
        "化工厂",
        "砖厂",
    ]
)


# And these where a part of an estate follows: 吉祥苑B区.
ESTATES = frozenset(["苑", "园", "城", "庭", "湾", "府", "郡", "大院", "家属楼", "别墅"])


@lru_cache(maxsize=1)
def suffixes() -> tuple[re.Pattern[str], dict[str, int], frozenset[str]]:
    """The pattern of all endings, the level of each, and those that may stand alone."""
    levels = {word: level for table in (_JOINING, _STRONG) for level, words in table.items() for word in words.split()}
    strong = frozenset(word for words in _STRONG.values() for word in words.split())
    longest_first = sorted(levels, key=lambda word: (-len(word), word))
    return re.compile("(?:" + "|".join(longest_first) + ")$"), levels, strong
