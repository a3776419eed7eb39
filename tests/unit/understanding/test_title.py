"""Titles as a clerk would write them."""

from __future__ import annotations

import pytest

from bot.understanding.title import LONGEST, make_title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("您好，我想反映一下，我们小区停水三天了，没人管", "小区停水三天，没人管"),
        ("喂那个就是暖气不热", "暖气不热"),
        ("水管坏了", "水管坏了"),
    ],
)
def test_greetings_are_left_out(text: str, title: str) -> None:
    assert make_title(text) == title


@pytest.mark.parametrize(
    ("text", "place", "title"),
    [
        ("我们家跟邻村的地界让人挖了", None, "我们家跟邻村的地界让人挖了"),
        ("老师一周填表二十几张", None, "老师一周填表二十几张"),
        ("老师您好，学校食堂的饭是馊的", None, "学校食堂的饭是馊的"),
        ("领导上班打牌没人管", None, "领导上班打牌没人管"),
        ("关于物业乱收费的举报", "东胜区", "关于东胜区物业乱收费的举报"),
        ("去年六月雷击把家里电视全打坏了", None, "雷击把家里电视全打坏了"),
        ("希望工程的钱没有到学校", None, "希望工程的钱没有到学校"),
        ("本人家住平安小区，楼道的灯坏了半年没人修", None, "楼道的灯坏了半年没人修"),
        ('系统说我"未婚，民政说已婚', None, "系统说我未婚，民政说已婚"),
        ("今晚八点金帝会所三楼有聚赌", None, "金帝会所三楼有聚赌"),
        ("关于某镇小学食堂管理问题的反映（共三页，另附照片）", None, "关于某镇小学食堂管理问题的反映"),
        ("新房子甲醛超标，环保局给测吗", None, "新房子甲醛超标，环保局给测吗"),
    ],
)
def test_a_title_begins_and_ends_as_a_clerk_would(text: str, place: str | None, title: str) -> None:
    assert make_title(text, place=place) == title


@pytest.mark.parametrize(
    ("text", "place", "title"),
    [
        ("驾照换不了", None, "驾照换不了"),
        ("外地的医保报不了", None, "外地的医保报不了"),
        ("我妈低保没了", None, "我妈低保没了"),
        ("我哥把我的承包地卖了", None, "我哥把我的承包地卖了"),
        ("我们班十几个孩子都吐了", None, "我们班十几个孩子都吐了"),
        ("我交的押金不退", None, "我交的押金不退"),
        ("我们单位三个月没发工资了", None, "单位三个月没发工资了"),
        ("楼上着火了，有人没出来", None, "楼上着火了，有人没出来"),
        ("急火攻心送了医院", None, "急火攻心送了医院"),
        ("喂猪的饲料是假的", None, "喂猪的饲料是假的"),
    ],
)
def test_chinese_stays_whole(text: str, place: str | None, title: str) -> None:
    assert make_title(text, place=place) == title


@pytest.mark.parametrize(
    ("text", "place", "title"),
    [
        ("农牧局的领导们：扬水站的泵坏了二十天", None, "扬水站的泵坏了二十天"),
        ("信访局同志好，老板欠我们八个月工资", None, "老板欠我们八个月工资"),
        ("排了三个钟头，挺累的，社保窗口说材料不全就是不给办", None, "社保窗口说材料不全就是不给办"),
        ("我要投诉康巴什某私立妇产医院。我于今年二月住院", "康巴什", "投诉康巴什某私立妇产医院"),
        ("前年装的电梯，物业不修", None, "前年装的电梯，物业不修"),
        ("家里没有面了 电话快没电 我在查布嘎查", "查布嘎查", "查布嘎查家里没有面了，电话快没电"),
        ("打我电话一三九四七七五六六七八，小区没水了", None, "小区没水了"),
        ("老板不给钱，电话139 4775 6678", None, "老板不给钱"),
        ("身份证110105 19491231 002X，低保停了", None, "低保停了"),
        ("看这 https://uri.amap.com/marker?position=109.9,39.8 井盖没了", "39.8,109.9", "井盖没了"),
    ],
)
def test_the_matter_stands_in_it_and_no_number(text: str, place: str | None, title: str) -> None:
    assert make_title(text, place=place) == title


def test_a_subject_keeps_no_number() -> None:
    assert make_title("正文", subject="欠薪，联系电话13947756678") == "欠薪"


def test_no_verb_is_cut_from_what_it_asks_after() -> None:
    title = make_title("建议重污染天提前一天晚上把全市的学校和幼儿园停不停课说清楚")
    assert not title.endswith("停")


def test_a_long_clause_is_cut_where_something_is_said() -> None:
    title = make_title("同学掉那个废矿坑里了坑可深了他说腿断了下面有水叫我快找大人来")
    assert title == "同学掉那个废矿坑里了坑可深了他说腿断了"
    assert make_title("市场所的所长让自己小姨子在农贸市场一人占六个摊位不让别人摆").endswith("摊位")


def test_the_place_stands_before_the_matter() -> None:
    assert make_title("路灯坏了一个星期没人修", place="东胜区天骄路") == "东胜区天骄路路灯坏了一个星期没人修"


def test_a_subject_is_kept() -> None:
    assert make_title("很长的正文", subject="关于停水的投诉") == "关于停水的投诉"


def test_never_longer_than_a_line() -> None:
    assert len(make_title("停" * 200, place="某" * 40)) <= LONGEST


def test_what_leads_over_to_a_second_matter_is_no_part_of_its_title():
    assert make_title("另外我想反映一下村里的幼儿园乱收费") == "村里的幼儿园乱收费"
    assert make_title("还有一件事，楼道的灯坏了半个月") == "楼道的灯坏了半个月"
    assert "三户没通水" in make_title("还有三户没通水，管道也没接")


def test_whose_house_it_is_does_not_stand_in_a_title():
    assert make_title("我家楼下的路灯坏了半个月没人修") == "楼下的路灯坏了半个月没人修"
    assert make_title("我家被污水淹了两次了") == "我家被污水淹了两次"


@pytest.mark.parametrize(
    ("text", "place", "title"),
    [
        ("我在39.6086,109.7813这个位置，车陷进去了", "39.6086,109.7813", "车陷进去了"),
        ("N39°36'31\" E109°46'52\" 这里有人往河里倒脏东西", "39.60861,109.78111", "这里有人往河里倒脏东西"),
        ("上湾煤矿放炮把我家墙震裂了，要求矿上赔偿五万块", "上湾煤矿", "上湾煤矿放炮把我家墙震裂了"),
        ("达拉特旗白泥井镇海勒素村，玉米全打坏了", "达拉特旗白泥井镇海勒素村", "达拉特旗白泥井镇海勒素村玉米全打坏了"),
        ("我是天骄小区的，我们小区的二次供水一直发黄", "天骄小区", "天骄小区二次供水一直发黄"),
        ("说能治糖尿病，我爸停了药吃这个，昨天昏迷送医院了", None, "我爸停了药吃这个，昏迷送医院了"),
        ("哎呀我跟你说隔壁那个狗叫到后半夜", None, "隔壁那个狗叫到后半夜"),
        ("另外再问一下灵活就业社保断缴了能补吗", None, "灵活就业社保断缴了能补吗"),
        ("❤️🌹感谢帮忙修水管的小赵🌹", None, "感谢帮忙修水管的小赵"),
        (
            "早上六点多在伊旗王府路和可汗路交叉口那儿，拉煤车闯红灯",
            "伊旗王府路和可汗路交叉口",
            "伊旗王府路和可汗路交叉口拉煤车闯红灯",
        ),
    ],
)
def test_a_title_tells_the_matter_and_not_what_stands_around_it(text: str, place: str | None, title: str) -> None:
    assert make_title(text, place=place) == title


@pytest.mark.parametrize(
    "phone", ["0477—8123456", "400-123-4567", "139 四七七 七1234", "(86)139-4777-1234", "+86 13947771234"]
)
def test_no_title_shows_a_phone(phone: str) -> None:
    assert make_title(f"楼道灯坏了半年，电话{phone}") == "楼道灯坏了半年"
    assert make_title("灯坏了", subject=f"楼道灯坏了请回{phone}") == "楼道灯坏了请回"
