"""机关名单: complete, sound, and proposing in a way that can be explained."""

from __future__ import annotations

from functools import partial

import pytest

from bot.casework import templates, ways
from bot.documents import forms
from bot.domain.errors import BadInput
from bot.domain.reading import CaseKind, Topic
from bot.rules import organs
from bot.understanding.taxonomy import taxonomy


def propose(level1: str, level2: str, place: str = "", text: str = "", kind: CaseKind = CaseKind.CLAIM):
    return organs.propose(kind, taxonomy().topic(level1, level2), place, text)


def test_there_are_nine_districts_eighty_eight_towns_and_at_least_thirty_departments():
    levels = [organ.level for organ in organs.all_organs() if not organ.accusations]
    assert (levels.count("district"), levels.count("town")) == (9, 88) and levels.count("city") >= 30


def test_every_organ_has_its_disciplinary_organ_and_a_way_up_to_the_region():
    assert [organ.level for organ in organs.disciplinary()].count("district") == 9
    assert organs.disciplinary()[0].name == "市纪委监委"
    for organ in organs.all_organs():
        top = organ
        while top.superior:
            top = organs.superior_of(top.code)
        assert top.level == "region", organ.code


@pytest.mark.parametrize(
    ("first", "second", "settles"),
    [
        ("zhujian", "chengguan", "鄂尔多斯市人民政府"),
        ("zhujian", "dongsheng", "鄂尔多斯市人民政府"),
        ("150602001", "150602002", "东胜区人民政府"),
        ("150602001", "150603001", "鄂尔多斯市人民政府"),
        ("zuzhi", "xuanchuan", "中共鄂尔多斯市委员会"),
        ("zhujian", "shuiwu", "鄂尔多斯市信访工作联席会议"),
        ("zhujian", "zuzhi", "鄂尔多斯市信访工作联席会议"),
        ("zhujian", "nobody", None),
    ],
)
def test_disputes_go_to_the_common_superior(first, second, settles):
    found = organs.common_superior(first, second)
    assert (found.name if found else None) == settles


@pytest.mark.parametrize(
    ("organ", "hears"),
    [
        ("zhujian", "鄂尔多斯市人民政府"),
        ("dongsheng", "鄂尔多斯市人民政府"),
        ("150602001", "东胜区人民政府"),
        ("shizhengfu", "内蒙古自治区人民政府"),
        ("shuiwu", "国家税务总局内蒙古自治区税务局"),
    ],
)
def test_reviews_are_heard_one_level_up(organ, hears):
    assert organs.superior_of(organ).name == hears


def test_a_place_in_a_town_names_the_unit_on_the_ground_of_its_own_district():
    assert propose("城乡建设", "城市建设和市政管理", "东胜区交通街道", "路灯不亮").ground.name == "东胜区交通街道"
    assert propose("农村农业", "草原草场", "棋盘井那边").ground.name == "鄂托克旗棋盘井镇"
    assert propose("城乡建设", "城市建设和市政管理", "东胜区").ground is None
    assert propose("城乡建设", "城市建设和市政管理", "伊金霍洛旗阿镇").ground.short == "阿勒腾席热镇"


def test_every_topic_and_place_gets_an_organ_a_reason_and_a_rule():
    places = ["", "鄂尔多斯市", "不知道的地方", *(one.places[0] for one in organs.all_organs() if one.places)]
    for path in taxonomy().level2:
        for place in places:
            proposal = propose(*path.split("/"), place)
            assert organs.exists(proposal.organ.code) and proposal.reason and proposal.rule, (path, place)
            assert proposal.organ.level in ("city", "district")


EVERYDAY = [
    # what somebody says, its topic, where → who answers, and the department named beside a district
    ("暖气不热", "0102", "东胜区", "dongsheng", "gongyong"),
    ("自来水停了三天", "0102", "康巴什区", "kangbashi", "gongyong"),
    ("天然气没人来通", "0102", "达拉特旗", "dalate", "gongyong"),
    ("下水道反水", "0102", "准格尔旗", "zhungeer", "gongyong"),
    ("路灯不亮", "0102", "伊金霍洛旗", "yijinhuoluo", "chengguan"),
    ("井盖丢了", "0102", "东胜区", "dongsheng", "chengguan"),
    ("楼下占道摆摊", "0102", "杭锦旗", "hangjin", "chengguan"),
    ("楼顶私搭乱建", "0103", "东胜区", "dongsheng", "chengguan"),
    ("垃圾没人收", "0102", "乌审旗", "wushen", "chengguan"),
    ("油烟呛人", "0402", "康巴什区", "kangbashi", "chengguan"),
    ("物业费乱涨", "0109", "东胜区", "dongsheng", "zhujian"),
    ("房子漏水开发商不修", "0105", "康巴什区", "kangbashi", "zhujian"),
    ("回迁房三年没交", "0106", "达拉特旗", "dalate", "zhujian"),
    ("不动产证办不下来", "0109", "准格尔旗", "zhungeer", "zhujian"),
    ("公积金提不出来", "0109", "东胜区", "gongjijin", "dongsheng"),
    ("小区停电", "0102", "鄂托克旗", "etuoke", "nengyuan"),
    ("充电桩装不上", "0102", "东胜区", "dongsheng", "nengyuan"),
    ("征地补偿没给", "0303", "乌审旗", "wushen", "ziran"),
    ("宅基地批不下来", "0304", "杭锦旗", "hangjin", "ziran"),
    ("煤矿压塌了地", "0302", "准格尔旗", "zhungeer", "ziran"),
    ("工地扬尘", "0402", "东胜区", "dongsheng", "shengtai"),
    ("化工厂味道大", "0402", "鄂托克旗", "etuoke", "shengtai"),
    ("夜里施工噪声", "0402", "康巴什区", "kangbashi", "shengtai"),
    ("拖欠工资", "1503", "东胜区", "dongsheng", "renshe"),
    ("没签合同被辞退", "1506", "准格尔旗", "zhungeer", "renshe"),
    ("工伤认定", "1505", "乌审旗", "wushen", "renshe"),
    ("养老金算错了", "1508", "", "renshe", None),
    ("医保报销不了", "1501", "伊金霍洛旗", "yibao", "yijinhuoluo"),
    ("异地就医备案", "1501", "", "yibao", None),
    ("医院乱收费", "1204", "东胜区", "dongsheng", "weijian"),
    ("诊所没有证", "1205", "达拉特旗", "dalate", "weijian"),
    ("饭店吃坏肚子", "1203", "东胜区", "dongsheng", "shichang"),
    ("买到假货", "1103", "康巴什区", "kangbashi", "shichang"),
    ("孩子上不了学", "1402", "东胜区", "dongsheng", "jiaoti"),
    ("补课乱收费", "1403", "", "jiaoti", None),
    ("健身器材坏了", "1407", "伊金霍洛旗", "yijinhuoluo", "jiaoti"),
    ("旅行社不退钱", "1101", "康巴什区", "kangbashi", "wenlv"),
    ("图书馆关门", "1408", "东胜区", "dongsheng", "wenlv"),
    ("出租车绕路", "0601", "东胜区", "dongsheng", "jiaotong"),
    ("班车停了", "0604", "杭锦旗", "hangjin", "jiaotong"),
    ("乡道坑坑洼洼", "0602", "鄂托克前旗", "etuokeqian", "jiaotong"),
    ("快递丢了", "0605", "东胜区", "youzheng", "dongsheng"),
    ("红绿灯坏了", "1305", "东胜区", "dongsheng", "gongan"),
    ("户口迁不了", "1304", "达拉特旗", "dalate", "gongan"),
    ("邻居打人", "1307", "乌审旗", "wushen", "gongan"),
    ("被网络诈骗", "1307", "", "gongan", None),
    ("法院判决不执行", "1308", "东胜区", "fayuan", "dongsheng"),
    ("申请法律援助", "1301", "", "sifa", None),
    ("消防通道堵了", "0101", "东胜区", "xiaofang", "dongsheng"),
    ("厂子没有安全措施", "0101", "准格尔旗", "zhungeer", "yingji"),
    ("羊得了病", "1003", "鄂托克旗", "etuoke", "nongmu"),
    ("补贴没发到位", "1005", "达拉特旗", "dalate", "nongmu"),
    ("草场被占", "1001", "乌审旗", "wushen", "lincao"),
    ("浇地没水", "1011", "杭锦旗", "hangjin", "shuili"),
    ("低保停了", "0908", "东胜区", "dongsheng", "minzheng"),
    ("残疾证怎么办", "0901", "", "canlian", None),
    ("退伍安置", "0902", "准格尔旗", "zhungeer", "tuiyi"),
    ("存款取不出来 担保公司", "0705", "东胜区", "jinrong", "dongsheng"),
    ("民间借贷利息太高", "0705", "康巴什区", "jinrong", "kangbashi"),
    ("开不出发票", "0705", "东胜区", "shuiwu", "dongsheng"),
    ("网络信号差", "0801", "乌审旗", "wushen", "gongxin"),
    ("政务大厅窗口没人", "0201", "东胜区", "dongsheng", "zhengwu"),
    ("干部吃拿卡要", "0502", "伊金霍洛旗", "jiwei", None),
]


@pytest.mark.parametrize(("said", "code", "place", "organ", "also"), EVERYDAY, ids=[one[0] for one in EVERYDAY])
def test_everyday_matters_go_where_a_clerk_would_send_them(said, code, place, organ, also):
    path = next(path for path, known in taxonomy().level2.items() if known == code)
    proposal = propose(*path.split("/"), place, said)
    assert (proposal.organ.code, proposal.also.code if proposal.also else None) == (organ, also)


def test_every_topic_has_somebody_who_answers_and_no_topic_is_misspelled():
    answered = {topic for organ in organs.all_organs() for topic in organ.topics}
    known = set(taxonomy().level1) | set(taxonomy().level2.values())
    assert answered <= known
    assert [path for path, code in taxonomy().level2.items() if not {code, path.split("/")[0]} & answered] == []


@pytest.mark.parametrize(
    ("level1", "level2", "place", "text", "expected"),
    [
        ("城乡建设", "城市建设和市政管理", "东胜区天骄街道", "暖气不热", "东胜区人民政府"),
        ("国土资源", "土地征收", "达旗树林召镇", "", "达拉特旗人民政府"),
        ("政法", "户籍证件", "鄂托克前旗敖镇", "", "鄂托克前旗人民政府"),
        ("政法", "户籍证件", "鄂托克旗棋盘井", "", "鄂托克旗人民政府"),
        ("劳动和社会保障", "城镇居民社会保险", "伊旗", "医保报销不了", "市医疗保障局"),
        ("劳动和社会保障", "劳动关系", "", "", "市人力资源和社会保障局"),
        ("纪检监察", "干部作风", "伊旗", "", "市纪委监委"),
        ("这座城市自己的分类", "", "", "", "市信访局"),
    ],
)
def test_a_proposal_follows_place_words_and_topic(level1, level2, place, text, expected):
    proposal = propose(level1, level2, place, text)
    assert proposal.organ.name == expected and proposal.reason


def test_with_a_district_the_department_is_named_beside():
    proposal = propose("城乡建设", "城市建设和市政管理", "东胜区", "暖气不热")
    assert proposal.also is not None and proposal.also.short in proposal.reason and "暖气" in proposal.reason


def test_an_accusation_goes_nowhere_else_whatever_it_is_about():
    proposal = propose("城乡建设", "工程质量", "东胜区", kind=CaseKind.ACCUSATION)
    assert proposal.organ.code == "jiwei" and proposal.also.code == "dongsheng_jiwei"
    assert proposal.organ.accusations and proposal.also.accusations and proposal.ground is None


def test_the_short_way_to_ask_gives_organ_and_reason():
    organ, reason = organs.suggest(Topic("0402", "环境保护", "环境污染"), "")
    assert organ.name == "市生态环境局" and "环境污染" in reason


def test_a_code_that_left_the_rules_is_shown_as_it_is():
    assert organs.name_of("gone") == "gone" and organs.name_of(None) == ""


@pytest.mark.parametrize(
    ("read", "entry", "said"),
    [
        (
            partial(organs._organ, "city", ""),
            {"code": "zhujian", "name": "住建局"},
            "organs.yml: zhujian: short missing",
        ),
        (ways._way_rule, {"code": "small"}, "ways.yml: small: way, why missing"),
        (templates._template, {"code": "t1", "name": "一"}, "templates.yml: t1: field, move, text missing"),
        (forms._form, {"code": "notice"}, "documents.yml: notice: event, lanes, name, number missing"),
        (forms._form, "notice", "documents.yml: wanted an entry with code, event, lanes, name, number; there stands"),
    ],
)
def test_an_entry_without_what_is_wanted_is_refused_by_name(read, entry, said):
    with pytest.raises(BadInput, match=said):
        read(entry)


def test_a_rules_file_without_a_part_is_refused_by_name(monkeypatch):
    whole = dict(organs.rules_file("organs.yml"))
    part = {name: value for name, value in whole.items() if name != "arbiter"}
    monkeypatch.setattr(organs, "rules_file", lambda name: part)
    with pytest.raises(BadInput, match=r"organs\.yml: the file: arbiter missing"):
        organs.organs_of_file.__wrapped__()


@pytest.mark.parametrize(
    ("place", "town"),
    [("伊旗阿镇通格朗街", "阿勒腾席热镇"), ("敖镇", "敖勒召其镇"), ("乌审旗嘎镇", "嘎鲁图镇"), ("锡镇", "锡尼镇")],
)
def test_short_names_of_towns_that_everybody_uses_are_known(place, town):
    proposal = organs.propose(CaseKind.CLAIM, Topic("0102", "城乡建设"), place, "路灯不亮")
    assert proposal.ground is not None and proposal.ground.short == town


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("举报东胜区纪委监委的干部张某收受红包", ["dongsheng_jiwei"]),
        ("东胜区政府王区长索要好处费", ["dongsheng"]),
        ("控告市住房和城乡建设局审批收钱", ["zhujian"]),
        ("举报村支书贪污，请东胜区纪委严查", []),
        ("东胜区天骄街道有人收钱", []),
    ],
)
def test_whom_an_accusation_is_about_is_read_where_the_words_make_it_plain(text, accused):
    assert organs.accused_in(text) == accused
