"""The taxonomy file holds together."""

from __future__ import annotations

from bot.understanding.lookups import yaml_lookup
from bot.understanding.taxonomy import taxonomy


def test_fifteen_topics_with_stable_codes() -> None:
    entries = yaml_lookup("topics", "taxonomy.yml")["topics"]
    codes = [entry["code"] for entry in entries] + [sub["code"] for entry in entries for sub in entry["level2"]]
    assert len(entries) == 15 and len(set(codes)) == len(codes)
    assert all(sub["code"].startswith(entry["code"]) for entry in entries for sub in entry["level2"])
    assert taxonomy().topic("城乡建设").code == "01"


def test_every_topic_is_defined_with_examples() -> None:
    everything = yaml_lookup("topics", "taxonomy.yml")
    for entry in everything["topics"] + everything["key_fields"]:
        assert entry["definition"] and entry["organ"]
        assert len(entry["good"]) == 3 and len(entry["confusable"]) >= 1


def test_key_fields_are_seen() -> None:
    topic = taxonomy().topic("经济管理", "金融财税")
    assert taxonomy().key_field("借给老板二十万，月息两分，打了借条", topic) == "民间借贷"
    assert taxonomy().key_field("信用卡年费怎么收", topic) is None
