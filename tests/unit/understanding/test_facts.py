"""Facts as people write them."""

from __future__ import annotations

import time

import pytest

from bot.domain.reading import Slots
from bot.understanding.facts import find_facts
from bot.understanding.facts.bounds import han_number
from bot.understanding.facts.ids import is_valid
from bot.understanding.features import cut
from bot.understanding.normalise import clean


def facts(text: str) -> Slots:
    cleaned = clean(text)
    return find_facts(cleaned, cut(cleaned.text))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我们东胜区罕台镇撖家塔村到现在没水", "东胜区罕台镇撖家塔村"),
        ("达旗树林召镇平原大街锦绣苑小区3号楼2单元电梯坏了", "达旗树林召镇平原大街锦绣苑小区3号楼2单元"),
        ("達旗樹林召鎮的路燈壞了", "達旗樹林召鎮"),
        ("我家住乌审旗嘎鲁图镇斯布扣嘎查，草场让矿上占了", "乌审旗嘎鲁图镇斯布扣嘎查"),
        ("幸福花园小区物业不管事", "幸福花园小区"),
        ("G109这段路坑太多", "G109"),
        ("2号楼的电梯又停了", "2号楼"),
        ("天骄路与鄂尔多斯大街交叉口红绿灯坏了", "天骄路与鄂尔多斯大街交叉口"),
        ("人民医院东门对面卖煎饼的油烟大", "人民医院东门对面"),
        ("万家惠超市门口停满了车", "万家惠超市门口"),
        ("七星嘎查的草场让人占了", "七星嘎查"),
        ("幸福里小区没水", "幸福里小区"),
        ("鑫源小区2号楼1单元602漏水", "鑫源小区2号楼1单元602"),
        ("树林召到包头的班车涨价", "树林召到包头"),
        ("109国道42公里处有个坑", "109国道42公里处"),
        ("乌审旗河南村路灯不亮", "乌审旗河南村"),
        ("达拉特旗白泥井镇海勒素村,大前天下冰雹", "达拉特旗白泥井镇海勒素村"),
        ("学校门口堵车", None),
        ("12路公交不停", None),
        ("文化下乡的书没人看", None),
        ("我把草场借给嘎查了", None),
        ("我们小区物业不管事", None),
        ("村里三年没公开过账", None),
        ("工资什么时候发", None),
    ],
)
def test_the_place_stands_as_it_was_written(text: str, place: str | None) -> None:
    assert facts(text).place == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("位置发给你 39.6086, 109.7816 就在这个沟里", "39.6086,109.7816"),
        ("东经109.99 北纬39.82 那块沙地", "39.82,109.99"),
        ("纬度39.8 经度109.9", "39.8,109.9"),
        ("经度：109.9，纬度：39.8", "39.8,109.9"),
        ("坐标109.99,39.82 有人倒垃圾", "39.82,109.99"),
        ("北纬39度48分 东经109度58分的沟里", "39.8,109.96667"),
        ("北纬N39°49′12″ 东经E109°59′24″ 井塌了", "39.82,109.99"),
        ("39°49'12\"N 109°59'24\"E", "39.82,109.99"),
        ("N39.82 E109.99", "39.82,109.99"),
        ("39.82N，109.99E", "39.82,109.99"),
        ("39.82000,109.99000", "39.82,109.99"),
        ("就这 https://uri.amap.com/marker?position=109.99012,39.82034&name=jing 井盖没了", "39.82034,109.99012"),
        ("https://apis.map.qq.com/uri/v1/marker?marker=coord:39.82,109.99;title:x", "39.82,109.99"),
        ("http://api.map.baidu.com/marker?location=39.82%2C109.99&title=x", "39.82,109.99"),
        ("https://map.qq.com/?type=marker&pointx=109.99&pointy=39.82", "39.82,109.99"),
        ("https://www.google.com/maps/@39.8200001,109.9900002,17z", "39.82,109.99"),
        ("https://x.cn/m?lat=39.82&zoom=3&lng=109.99", "39.82,109.99"),
        ("geo:39.82,109.99", "39.82,109.99"),
        ("东经39.82 北纬109.99", None),
        ("坐标 60.1234,24.9412", None),
        ("坐标 39.82,200.5", None),
        ("北纬39度88分 东经109度58分", None),
        ("血压95.5,120.3 体温36.5", None),
        ("体重从80.5，110.2降到36.5", None),
        ("涨到36.5，109.9一斤", None),
    ],
)
def test_a_point_on_the_map_becomes_latitude_and_longitude(text: str, place: str | None) -> None:
    assert facts(text).place == place


def test_the_digits_of_a_point_are_no_other_fact() -> None:
    slots = facts("坐标北纬39度48分，东经109度58分，电话13947712233，欠我两万")
    assert (slots.place, slots.phones, slots.times, slots.amounts) == (
        "39.8,109.96667",
        ("13947712233",),
        (),
        ("两万",),
    )


def test_a_named_place_stands_before_a_point() -> None:
    assert facts("乌审旗嘎鲁图镇 39.6086,109.7816 的井").place == "乌审旗嘎鲁图镇"


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("打我电话13947712233", ("13947712233",)),
        ("139 4771 2233 找老王", ("13947712233",)),
        ("电话：１３９４７７１２２３３", ("13947712233",)),
        ("一三九四七七一二二三三", ("13947712233",)),
        ("幺三九四七七幺二二三三", ("13947712233",)),
        ("+86 139-4771-2233", ("13947712233",)),
        ("0477-8581234", ("04778581234",)),
        ("座机8581234", ("8581234",)),
        ("13947712233、13847712234 都行", ("13947712233", "13847712234")),
        ("订单号 20230411223344556677", ()),
        ("欠我123456789元", ()),
        ("2021年3月到2023年5月", ()),
    ],
)
def test_phones_become_plain_digits(text: str, phones: tuple[str, ...]) -> None:
    assert facts(text).phones == phones


def test_an_identity_number_needs_its_check_digit() -> None:
    good = "11010519491231002X"
    assert is_valid(good)
    assert facts(f"身份证{good}").ids == (good,)
    assert facts("身份证110105194912310021").ids == ()


@pytest.mark.parametrize(
    "said",
    [
        "110105 19491231 002X",
        "1101 0519 4912 3100 2x",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        "110105-19491231-002X",
        "一一零一零五一九四九一二三一零零二X",
        "一一〇一〇五，一九四九一二三一，〇〇二叉",
        "幺幺零幺零五 一九四九 一二三一 零零二Ｘ",
    ],
)
def test_an_identity_number_in_every_spelling(said: str) -> None:
    slots = facts(f"我的身份证是{said}，工资没给")
    assert (slots.ids, slots.phones) == (("11010519491231002X",), ())


def test_an_identity_number_in_chinese_digits_needs_its_check_digit() -> None:
    assert facts("身份证一一零一零五一九四九一二三一零零二一").ids == ()


def test_an_identity_number_is_not_a_phone() -> None:
    assert facts("我的身份证 11010519491231002X").phones == ()


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("两百三", 230),
        ("十二万八", 128000),
        ("1.2万", 12000),
        ("三千零五", 3005),
        ("二〇二三", 2023),
        ("一百零八", 108),
        ("俩", 2),
        ("1万2", 12000),
        ("3千5", 3500),
        ("多", None),
    ],
)
def test_chinese_numbers(word: str, value: float | None) -> None:
    assert han_number(word) == value


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("我们小区两百多户都没暖气", 200),
        ("欠我们二十三个工人的工资", 23),
        ("全村三百口人吃一口井", 300),
        ("三十来号人干完活老板跑了", 30),
        ("一家五口靠低保", 5),
        ("全村老少三百多口", 300),
        ("上百户收不到房", 100),
        ("好几十家商户关门", 20),
        ("十几户没暖气", 10),
        ("七八户人家吃一口井", 7),
        ("我们姐妹仨社保没交", 3),
        ("老两口住六楼", 2),
        ("我和弟弟俩人", 2),
        ("六楼三号楼2栋十三中", None),
        ("一万个不愿意", None),
        ("来了七八个人拿着钢管", None),
        ("一口井", None),
        ("三人间", None),
        ("我一个人", None),
        ("每户收五百", None),
    ],
)
def test_how_many_are_concerned(text: str, people: int | None) -> None:
    assert facts(text).people == people


def test_amounts_and_times_stand_as_said() -> None:
    slots = facts("上个月底交了1.2万元，大前天又要三万多块，从2019年3月到现在没给")
    assert slots.amounts == ("1.2万元", "三万多块")
    assert "上个月底" in slots.times and "大前天" in slots.times and "2019年3月" in slots.times


@pytest.mark.parametrize(
    ("text", "amounts", "yuan"),
    [
        ("包工头欠我两万三没给", ("两万三",), ("23000",)),
        ("一月给八百够干啥", ("八百",), ("800",)),
        ("工地欠三千多块", ("三千多块",), ("3000-4000",)),
        ("充了5k退不回来", ("5k",), ("5000",)),
        ("投进去10w", ("10w",), ("100000",)),
        ("定金收了3-5万不等", ("3-5万",), ("30000-50000",)),
        ("看病花了万把块", ("万把块",), ("10000-20000",)),
        ("借了几万没还", ("几万",), ("20000-90000",)),
        ("物业费涨到两块三一平", ("两块三",), ("2.3",)),
        ("羊价十一二块一斤", ("十一二块",), ("11-12",)),
        ("电费一度五毛八", ("五毛八",), ("0.58",)),
        ("合同写的壹拾贰万元整", ("壹拾贰万元整",), ("120000",)),
        ("共1,260,000元到账86.5万", ("1,260,000元", "86.5万"), ("1260000", "865000")),
        ("低保从六百二降到四百", ("六百二", "四百"), ("620", "400")),
        ("学校让交380校服钱", ("380",), ("380",)),
        ("罚了200扣6分", ("200",), ("200",)),
        ("彩礼十八万八", ("十八万八",), ("188000",)),
        ("千万别来，一万个不愿意", (), ()),
        ("万一着火了 七上八下 百分之三十", (), ()),
        ("六楼 三号楼 2栋 十三中 五一放假", (), ()),
        ("考了六百二十分 种了二百亩 重三千斤", (), ()),
        ("打了110和12345", (), ()),
        ("收了三千斤粮 给了两百个口罩", (), ()),
        ("高压一百八 血糖十二", (), ()),
        ("一块石头 三块地", (), ()),
        ("一万年也修不好 千家万户", (), ()),
    ],
)
def test_sums_of_money_with_and_without_yuan(text: str, amounts: tuple[str, ...], yuan: tuple[str, ...]) -> None:
    assert (facts(text).amounts, facts(text).yuan) == (amounts, yuan)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("干了六年", ("六年",)),
        ("等了半个月", ("半个月",)),
        ("三个多月没信", ("三个多月",)),
        ("漏了一年零两个月", ("一年零两个月",)),
        ("打从去年腊月就欠着", ("去年腊月",)),
        ("入冬到现在没热过", ("入冬", "现在")),
        ("快两年了没下来", ("两年",)),
        ("上礼拜天停的电", ("上礼拜天",)),
        ("农历七月十五夜里", ("农历七月十五夜里",)),
        ("大前年修的路 今年开春就烂了", ("大前年", "今年开春")),
        ("前儿个后晌撞的", ("前儿个后晌",)),
        ("清早五六点砸墙", ("清早五六点",)),
        ("晚上十点到早上六点有大车", ("晚上十点到早上六点",)),
        ("2022年9月到2024年6月的工资", ("2022年9月到2024年6月",)),
        ("上周四下午三点摔的", ("上周四下午三点",)),
        ("五一放假三天", ("五一", "三天")),
        ("每天早上七点半堵车", ("每天早上七点半",)),
        ("这个月初八停水", ("这个月初八",)),
        ("十五号发的工资", ("十五号",)),
        ("三天两头停水", ()),
        ("三年级的学生", ()),
        ("三号楼 12号门面 86号院 2号线", ()),
        ("一年六千 一天三趟", ()),
        ("提三点建议", ()),
        ("五一路和十一小学", ()),
        ("一点办法没有", ()),
    ],
)
def test_days_and_spans_of_time(text: str, times: tuple[str, ...]) -> None:
    assert facts(text).times == times


@pytest.mark.parametrize(
    ("text", "officials"),
    [
        ("镇上的王书记收了人家两万", ("王书记",)),
        ("书记在不在", ()),
        ("局长王某收了施工队的车", ("局长王某",)),
        ("派出所张警官半夜还出警", ("张警官",)),
        ("徐法官一直不开庭，胡校长也不露面", ("徐法官", "胡校长")),
        ("嘎查书记不给盖章", ("嘎查书记",)),
        ("苏布尔嘎镇卫生院院长不露面", ("苏布尔嘎镇卫生院院长",)),
        ("村长刘二娃说不归他管", ("村长刘二娃",)),
        ("查书记的事谁管", ()),
        ("让会计和主任一起来", ()),
        ("向书记反映了三次", ()),
        ("教育局的向书记来过", ("向书记",)),
        ("我们小区长期停水，厕所长年不扫", ()),
        ("班主任陈老师要调走", ()),
        ("书记高兴就给办", ()),
        ("欠我一百零六万，社长不认", ()),
    ],
)
def test_officials_need_a_name_or_an_office(text: str, officials: tuple[str, ...]) -> None:
    assert facts(text).officials == officials


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        ("我去找旗住建局问过", ("旗住建局",)),
        ("各位纪委同志", ("纪委",)),
        ("达旗白泥井镇派出所不给开证明", ("达旗白泥井镇派出所",)),
        ("康巴什区教育局局长说话不算数", ("康巴什区教育局",)),
        ("恒信物业公司和鑫源有限责任公司", ("恒信物业公司", "鑫源有限责任公司")),
        ("在建设银行存的定期", ("建设银行",)),
        ("还有就是孩子上小学", ()),
        ("墙那边就是幼儿园", ()),
        ("太感谢物业", ()),
        ("附近三家超市卖假烟", ()),
        ("一家小额贷款公司骗了我", ()),
        ("县城管道老化", ()),
        ("想办法院里停辆车", ()),
        ("医院和学校都停电", ()),
    ],
)
def test_organs_by_their_office_and_firms_by_their_name(text: str, organisations: tuple[str, ...]) -> None:
    assert facts(text).organisations == organisations


def test_what_is_asked_for() -> None:
    assert facts("路坏了两年。希望尽快修一修。").request == "希望尽快修一修"


@pytest.mark.parametrize("part", ["1,", "一", "三千多", "前年去年", "第二人民医院"])
def test_a_message_of_one_thing_over_and_over_is_read_at_once(part: str) -> None:
    began = time.process_time()
    facts(part * (6000 // len(part)))
    assert time.process_time() - began < 8


@pytest.mark.parametrize(
    "text", ["万" * 6000, "一" + "万" * 6000, "1" + "万" * 6000, "上" + "万" * 3000, "1" * 6000 + "元", "一万" * 3000]
)
def test_endless_numbers_are_read_in_time(text: str) -> None:
    assert facts(text).phones == ()


@pytest.mark.parametrize(
    "text", ["打一三九四七七七一二三四找我", "打一三九四七七七一二三四", "电话 一三九 四七七七 一二三四，别在网上回"]
)
def test_digits_of_a_phone_are_no_time(text: str) -> None:
    assert (facts(text).phones, facts(text).times, facts(text).amounts) == (("13947771234",), (), ())


@pytest.mark.parametrize(
    ("text", "organisation"),
    [
        ("薛家湾镇友谊街道办事处旁边的垃圾没人收", "薛家湾镇友谊街道办事处"),
        ("内蒙古某某建筑有限公司欠我工资", "内蒙古某某建筑有限公司"),
    ],
)
def test_an_organisation_has_its_whole_area_and_may_be_left_unnamed(text: str, organisation: str) -> None:
    assert facts(text).organisations == (organisation,)
