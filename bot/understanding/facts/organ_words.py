"""Words that organs are called by, and words that stand in the names of companies, schools and the like."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# An organ of the state is named by its office alone; what stands before is its area.
BUREAUS = _set(
    """
    住房和城乡建设局 住建局 住建委 城市管理综合执法局 城市管理执法局 城市管理局 综合行政执法局 行政执法局 城管执法局 执法局 城管局 城管大队
    城管 自然资源局 国土资源局 国土局 环保局 生态环境局 交通运输局 交通局 公安分局 公安局 人力资源和社会保障局 人社局
    社会保障局 社保局 社保中心 就业局 教育体育局 教体局 教育局 卫生健康委员会 卫健委 卫健局 卫生局 疾控中心
    医疗保障局 医保局 医保中心 民政局 农牧业局 农牧局 农业农村局 农业局 林业和草原局 林草局 林业局 草原局
    水利局 水务局 市场监督管理局 市场监管局 市监局 工商局 质监局 药监局 文化和旅游局 文旅局 税务局 国税局
    地税局 财政局 发展和改革委员会 发改委 发改局 能源局 工信局 商务局 审计局 统计局 司法局 应急管理局
    应急局 退役军人事务局 退役军人局 信访局 扶贫办 乡村振兴局 人防办 气象局 邮政管理局 供销社 残联 妇联
    总工会 纪委监委 纪检委 监察委 纪委 监委 旗委 市委 区委 县委 中级人民法院 中院
    人民法院 法院 人民检察院 检察院 公积金管理中心 公积金中心 不动产登记中心 政务服务中心 政务服务局 行政审批局 劳动保障监察大队 劳动监察大队
    劳动监察 劳动人事争议仲裁院 劳动仲裁院 劳动仲裁 仲裁委 交通警察大队 交警大队 交警支队 交警队 交警 消防救援大队 消防大队
    消防队 运管所 车管所 看守所 监狱 管委会 仲裁院 旗人民政府 区人民政府 县人民政府 市人民政府 镇人民政府
    乡人民政府 旗政府 区政府 县政府 市政府
    """
)

# Of these there are many: what stands before is an area, or a name.
LOCAL = _set(
    """
    派出所 供电分局 供电局 供电所 电力局 自来水公司 热力公司 供热公司 燃气公司 天然气公司 公交公司 村民委员会 居民委员会 村委会
    村委 居委会 嘎查委员会 嘎查委 党委 街道办事处 街道办 办事处 镇政府 乡政府 苏木政府 司法所 工商所 税务所
    国土所 财政所 林业站 草原站 农技站 兽医站 水管站 人民法庭 法庭 服务站
    """
)

# A name before them is wanted.
NOT_ALONE = _set("党委 服务站 办事处 监狱 看守所 法庭 消防队")

# Common words that are a name before some endings, by their last character: 民族中学, 建设银行.
_NUMBERED = "第一 第二 第三 第四 第五 第六 第七 第八 第九 第十"
NAMES_BEFORE = {
    "学": _set(f"民族 实验 希望 育才 中心 光明 红旗 职业 蒙古族 特殊教育 工人 子弟 {_NUMBERED}"),
    "园": _set(f"民族 实验 机关 蒙古族 直属 {_NUMBERED}"),
    "院": _set(f"蒙医 蒙中医 {_NUMBERED}"),
    "行": _set("建设 农业 工商 交通 中国 邮政 储蓄 邮储 招商 商业 村镇 民生 光大 浦发 兴业"),
}

# Kinds of business, of places and of people that jieba does not know, or takes for names.
KINDS = _set(
    """
    环评 挂靠 光伏 妇幼 骨科 牙科 三甲 二甲 普惠 普惠性 寄宿制 九年一贯制 央企 私企 皮包 空壳 网贷 生鲜 快捷 星级 辖区
    片区 管片 所在 原籍 村里 镇上 市里 旗里 城里 县里 姓 楼 户 破 烂 黑 贵 坏 差 新开
    黑心 无良 一贯制 孙女 孙子 婚庆 烂尾 保安 慈善 国资 优抚 邻县 附中 妈 爸 娃 娃娃 镇里 乡里 校外
    收储 拖车 护具 妇产 高职 公立 私立 煤气 谢谢 二手车 汽修 中标
    """
)

# Everyday words that stand inside of names: 万正, 同达; some of them begin none.
CARRY = _set(
    "万 正 通 达 信 同 建 成 源 元 新 合 平 顺 兴 安 天 中 水 电 大 小 南 北 东 西 前 后 高 什 第 某某 有限责任 有限 责任 股份"
)
BEGIN_NONE = _set("大 小 前 后 高 新 第 什")
