"""The taxonomy file holds together, and key fields are seen in all examples of theirs and in none of their neighbours'."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from bot.domain.reading import Topic
from bot.understanding.key_fields import read_key_fields
from bot.understanding.lookups import NLU_DATA, yaml_lookup
from bot.understanding.normalise import LONGEST
from bot.understanding.rows import KINDS, NO_MATTER
from bot.understanding.taxonomy import taxonomy, taxonomy_rows

EVERYTHING = yaml_lookup("topics", "taxonomy.yml")
TOPICS, KEY_FIELDS = EVERYTHING["topics"], EVERYTHING["key_fields"]
SECOND = [(entry, sub) for entry in TOPICS for sub in entry["level2"]]


def of_path(path: str) -> Topic:
    level1, _, level2 = path.partition("/")
    return taxonomy().topic(level1, level2)


def named(name: str) -> list[Topic]:
    """The topics that a name may mean: one of the first level, else of the second, or «first的second»."""
    if name in taxonomy().level1:
        return [of_path(name)]
    return [of_path(path) for path in taxonomy().level2 if name in {path.partition("/")[2], path.replace("/", "的")}]


def topic_of(field: dict[str, Any]) -> Topic:
    return next(of_path(path) for path, code in taxonomy().level2.items() if code == field["topic"])


def examples(kind: str) -> list[Any]:
    return [pytest.param(field, one, id=str(one)[:40]) for field in KEY_FIELDS for one in field[kind]]


def test_fifteen_topics_with_stable_codes() -> None:
    codes = [entry["code"] for entry in TOPICS] + [sub["code"] for _, sub in SECOND]
    assert len(TOPICS) == 15 and len(SECOND) == 118 and len(set(codes)) == len(codes)
    assert all(sub["code"].startswith(entry["code"]) for entry, sub in SECOND)
    assert taxonomy().topic("城乡建设").code == "01"


@pytest.mark.parametrize("entry", TOPICS + KEY_FIELDS, ids=lambda entry: entry["name"])
def test_every_topic_and_key_field_is_defined_with_three_good_and_two_confusable_examples(entry) -> None:
    assert entry["definition"].endswith("。") and entry["definition"].count("。") == 1 and entry["organ"]
    assert len(entry["good"]) == 3 and len(entry["confusable"]) == 2


@pytest.mark.parametrize("sub", [sub for _, sub in SECOND], ids=lambda sub: sub["code"])
def test_every_second_level_is_defined_in_a_sentence_with_an_example(sub) -> None:
    assert sub["definition"].endswith("。") and sub["definition"].count("。") == 1
    assert len(sub["good"]) >= 1 and sub.get("organ", "某部门")


def test_examples_stand_once() -> None:
    said = [text for entry in [*TOPICS, *KEY_FIELDS, *(sub for _, sub in SECOND)] for text in entry["good"]]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("entry", TOPICS + KEY_FIELDS, ids=lambda entry: entry["name"])
def test_confusables_name_one_topic_of_the_taxonomy_and_another_one(entry) -> None:
    for one in entry["confusable"]:
        assert len(named(one["topic"])) == 1
        assert one["topic"] != entry["name"]


@pytest.mark.parametrize("sub", [sub for _, sub in SECOND], ids=lambda sub: sub["code"])
def test_a_definition_sends_elsewhere_only_to_topics_that_there_are(sub) -> None:
    sent = re.findall(r"归([^，；。归]+)(?=[，；。])", sub["definition"])
    assert [name for name in sent if not all(named(part) for part in name.split("或"))] == []


def test_the_guide_files_under_topics_and_key_fields_that_there_are() -> None:
    guide = (NLU_DATA / "topics" / "GUIDE.md").read_text(encoding="utf-8")
    table = guide.partition("两个都像，用这张表")[2].partition("3. 二级")[0]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines() if "|" in line]
    filed = {cell for row in rows[2:] for cell in row[1::2]}
    assert len(filed) > 5 and filed <= set(taxonomy().level1)
    assert all(f"| {field['name']} |" in guide for field in KEY_FIELDS)


def test_the_sarcasm_of_the_guide_is_taught_as_a_claim() -> None:
    guide = (NLU_DATA / "topics" / "GUIDE.md").read_text(encoding="utf-8")
    (sarcasm,) = re.findall(r"反话（“([^”]+)”）", guide)
    assert [row.kind for row in taxonomy_rows() if row.text == sarcasm] == ["claim"]


def test_what_the_taxonomy_teaches_are_known_kinds_and_topics() -> None:
    rows = taxonomy_rows()
    assert {row.kind for row in rows} <= {None, NO_MATTER, *KINDS}
    assert all(row.label in taxonomy().level1 for row in rows if row.label)
    assert all(f"{row.label}/{row.level2}" in taxonomy().level2 for row in rows if row.level2)
    taught = {row.text for row in rows}
    assert all(text in taught for entry in [*KEY_FIELDS, *(sub for _, sub in SECOND)] for text in entry["good"])


@pytest.mark.parametrize(("field", "text"), examples("good"))
def test_a_key_field_is_seen_in_its_examples(field, text) -> None:
    assert taxonomy().key_field(text, topic_of(field)) == field["name"]


@pytest.mark.parametrize(("field", "one"), examples("confusable"))
def test_a_key_field_is_not_seen_in_what_is_like_it(field, one) -> None:
    for topic in (*named(one["topic"]), topic_of(field)):
        assert taxonomy().key_field(one["text"], topic) != field["name"]


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        ("开发商五年不给办房本", "城乡建设/住房保障与房地产", "房地产三难"),
        ("矿上占了我家草场没给补偿", "农村农业/草原草场", "征占地补偿"),
        ("借给老板二十万，月息两分，打了借条", "经济管理/金融财税", "民间借贷"),
        ("借给他开厂的钱，官司打赢了也要不回来", "政法/诉讼", "民间借贷"),
        ("围栏往我家这边挪了半里", "国土资源/土地资源管理", "草牧场权属"),
        ("督察组走了，洗煤厂又冒烟了", "纪检监察/干部作风", "环保督察转办"),
    ],
)
def test_a_key_field_is_seen_under_another_first_level_too(text, path, name) -> None:
    assert taxonomy().key_field(text, of_path(path)) == name


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("信用卡年费怎么收", "经济管理/金融财税"),
        ("老板欠我三个月工资，打了欠条不还", "经济管理/金融财税"),
        ("房东不退押金", "城乡建设/住房保障与房地产"),
        ("草场补奖的钱没到卡上", "农村农业/草原草场"),
        ("砖厂天天冒黄烟", "环境保护/环境污染"),
        ("教育督导组来学校那天作业就少了", "教育文体/教育行政管理"),
        ("", "国土资源/土地征收"),
    ],
)
def test_a_near_miss_is_no_key_field(text, path) -> None:
    assert taxonomy().key_field(text, of_path(path)) is None


def test_a_topic_of_a_city_s_own_has_the_key_fields_that_words_alone_tell() -> None:
    own = taxonomy().topic("金融局的事")
    assert taxonomy().key_field("给环保督察组打过电话", own) == "环保督察转办"
    assert taxonomy().key_field("五年办不下来房产证", own) is None


@pytest.mark.parametrize("words", ["没", "占草场", "修路占我家地钱", "办不了房产证", "借给他不还工资", "围栏往我挪"])
def test_the_longest_message_of_one_thing_is_judged_in_no_time(words) -> None:
    text = (words * LONGEST)[:LONGEST]
    began = time.perf_counter()
    for path in ("国土资源/土地征收", "城乡建设/住房保障与房地产", "经济管理/金融财税", "农村农业/草原草场"):
        taxonomy().key_field(text, of_path(path))
    assert time.perf_counter() - began < 1.0


def test_a_sign_of_a_part_that_is_not_there_is_named() -> None:
    entry = {
        "name": "民间借贷",
        "definition": "借钱。",
        "parts": {"借出": ["借给"]},
        "signs": [{"parts": ["借出", "没还"]}],
    }
    with pytest.raises(ValueError, match="民间借贷: no part is called '没还'"):
        read_key_fields([entry], {})


def test_parts_stand_near_one_another_and_gaps_end_with_the_sentence() -> None:
    entry = {
        "name": "房",
        "definition": "房。",
        "parts": {"证": ["房本", "房产证"], "没": ["{证}…没"], "年": ["年"]},
        "signs": [{"parts": ["没", "年"]}],
    }
    (field,) = read_key_fields([entry], {})
    assert field.is_told("房产证五年了还没见", "01")
    assert not field.is_told("房产证五年了。没水", "01")
    assert not field.is_told("房本没见" + "。" * 80 + "年", "01")
