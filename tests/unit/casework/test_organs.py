"""机关名单: complete, sound, and proposing in a way that can be explained."""

from __future__ import annotations

import pytest

from bot.domain.reading import CaseKind, Topic
from bot.rules import organs
from bot.understanding.taxonomy import taxonomy


def propose(level1: str, level2: str, place: str = "", text: str = "", kind: CaseKind = CaseKind.CLAIM):
    return organs.propose(kind, taxonomy().topic(level1, level2), place, text)


def test_there_are_nine_districts_and_at_least_thirty_departments():
    levels = [organ.level for organ in organs.all_organs()]
    assert levels.count("district") == 9 and levels.count("city") >= 30


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
    assert proposal.organ.accusations and proposal.also is None


def test_the_short_way_to_ask_gives_organ_and_reason():
    organ, reason = organs.suggest(Topic("0402", "环境保护", "环境污染"), "")
    assert organ.name == "市生态环境局" and "环境污染" in reason


def test_a_code_that_left_the_rules_is_shown_as_it_is():
    assert organs.name_of("gone") == "gone" and organs.name_of(None) == ""
