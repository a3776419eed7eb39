"""A city's own folder: its files stand in the place of the built-in ones, and a mistake in one stops the start."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.errors import BadInput
from bot.rules import RULES, use_city
from bot.rules.deadlines import read_calendar

ROOT = Path(__file__).resolve().parents[3]


def built_in(name: str) -> str:
    folder = ROOT / "nlu_data" if name.startswith("lookups/") else RULES
    return (folder / name).read_text(encoding="utf-8")


def bot(*arguments: str, city: Path, home: Path) -> subprocess.CompletedProcess[str]:
    set_up = {"MINSHENG_CITY": str(city), "MINSHENG_HOME": str(home), "PATH": os.environ["PATH"]}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=set_up, capture_output=True, text=True, encoding="utf-8")


def put(city: Path, name: str, text: str) -> None:
    path = city / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_citys_files_are_read_instead_of_the_built_in_ones(tmp_path):
    city = tmp_path / "city"
    put(city, "README.md", "whose rules these are")
    put(city, "figures.yml", built_in("figures.yml").replace("code: low_stars, name: 评价到几星（含）算低分、要回访, since: 2022-05-01, value: 2", "code: low_stars, name: 低分, since: 2022-05-01, value: 3"))  # fmt: skip
    put(city, "deadlines.yml", built_in("deadlines.yml").replace("code: conclude\n  name: 办结\n  since: 2022-05-01\n  days: 60", "code: conclude\n  name: 办结\n  since: 2022-05-01\n  days: 45"))  # fmt: skip
    put(city, "emergency.yml", built_in("emergency.yml").replace("lines:\n", 'lines:\n- {number: "0477-8558000", say: 燃气抢修, words: [燃气, 煤气]}\n', 1))  # fmt: skip
    put(city, "calendars/2027.yml", "year: 2027\nsource: 本市\ncomplete: true\nholidays: [2027-01-04]\nworkdays: []\n")
    put(city, "lookups/ordos.json", built_in("lookups/ordos.json").replace("响沙湾", "响沙湾 新城中央公园"))
    told = bot("-m", "bot", "check", city=city, home=tmp_path)
    assert told.returncode == 0, told.stderr
    assert f"{city}/figures.yml" in told.stdout and "organs.yml              built in" in told.stdout
    program = """
from datetime import date
from bot.settings import read_settings
from bot.rules import use_city
use_city(read_settings().city)
from bot.rules import texts
from bot.rules.deadlines import work_calendar
from bot.rules.emergency import emergency_text
from bot.rules.figures import figures
from bot.understanding.facts.place.gazetteer import known_names
print(figures(date.today()).low_stars, not work_calendar().is_working(date(2027, 1, 4)), known_names()[1]["新城中央公园"])
print(emergency_text("家里燃气泄漏"))
print(texts.text("utter_faq/duration"))
"""
    printed = bot("-c", program, city=city, home=tmp_path).stdout.splitlines()
    assert printed[0] == "3 True 4"
    assert "0477-8558000（燃气抢修）" in printed[1] and "119" in printed[1]
    assert "受理后 45 日内办结" in printed[2]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("deadlines.yml", "days: 60", "days: 六十", "deadlines.yml: conclude: .*days"),
        ("deadlines.yml", "clocks:", "clocks", r"deadlines.yml: line \d+, column"),
        ("figures.yml", "value: 2, unit: 星", "value: 9, unit: 星", "low_stars: value is 9; wanted a whole number from 1 to 4"),
        ("organs.yml", "topics: [环境保护]", "topics: 环境保护", "shengtai: topics: wanted a list of words"),
        ("organs.yml", "topics: [环境保护]", "topics: [环境保护法]", "shengtai: topics: the taxonomy knows no 环境保护法"),
        ("organs.yml", 'topics: ["0204"]', "topics: [0204]", "minwei: topics: wanted a list of words; numbers in quotes"),
        ("organs.yml", "code: shengtai, name", "code: shengtai, nmae", "shengtai: name missing"),
        ("organs.yml", "superior: zizhiqu_jiwei", "superior: nobody", "superior 'nobody' is not known"),
        ("towns.yml", "  dongsheng:", "  xicheng:", "towns.yml: no district 'xicheng' in organs.yml"),
        ("templates.yml", "move: ask_supplement", "move: ask_nicely", "supplement_place: 'ask_nicely' is not a valid Move"),
        ("templates.yml", "{title}", "{titel}", "templates.yml: .*titel"),
        ("ways.yml", "way: divert", "way: away", "court: way: wanted ordinary, at_once, divert, lead; there stands 'away'"),
        ("ways.yml", "people: 50", "people: many", "many: people: wanted a whole number; there stands 'many'"),
        ("emergency.yml", 'default: ["110"', 'default: ["911"', "emergency.yml: default: wanted numbers of `lines`"),
        ("emergency.yml", '- {number: "119"', "- {number: 119", "119: wanted the number in quotes"),
        ("texts.yml", "  utter_rated_low:", "  utter_rated_lowly:", "texts.yml: utter_rated_low missing"),
        ("texts.yml", "记在编号 {case_no} 上", "记在 {number} 上", "utter_rated: nobody tells number here; told is case_no"),
        ("documents.yml", "{case_no}", "{case_number}", "documents.yml: .*case_number"),
        ("lookups/danger.yml", "level: 4\n", "level: 四\n", "lookups/danger.yml: guards and dangers: "),
        ("lookups/ordos.json", '"areas"', "areas", "lookups/ordos.json: line .*, column"),
        ("lookups/ordos.json", '"areas"', '"area"', "lookups/ordos.json or china.json: names: 'areas' missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_file_and_place(tmp_path, name, old, new, said):
    text = built_in(name)
    assert old in text
    put(tmp_path / "city", name, text.replace(old, new, 1))
    told = bot("-m", "bot", "check", city=tmp_path / "city", home=tmp_path)
    assert told.returncode == 2 and told.stdout == ""
    assert len(told.stderr.splitlines()) == 1
    assert re.search(said, told.stderr), told.stderr


@pytest.mark.parametrize("command", ["migrate", "edge", "worker"])
def test_nothing_starts_on_a_mistake(tmp_path, command):
    put(tmp_path / "city", "figures.yml", "figures: []\n")
    told = bot("-m", "bot", command, city=tmp_path / "city", home=tmp_path)
    assert told.returncode == 2 and "figures.yml: asked_often" in told.stderr


def test_a_file_that_nothing_reads_is_named(tmp_path):
    put(tmp_path, "organ.yml", "")
    with pytest.raises(BadInput, match="organ.yml is read by nothing; wanted some of .*organs.yml"):
        use_city(tmp_path)
    with pytest.raises(BadInput, match="MINSHENG_CITY: .*/nowhere is no folder"):
        use_city(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year: 2027\nholidays: []\n", "calendars/2027.yml: .*source missing"),
        ("year: 2027\nsource: x\nholidays: [2026-01-01]\n", "calendars/2027.yml: days of 2027 only"),
        ("year: 2027\nsource: x\nholidays: [元旦]\n", "calendars/2027.yml: 2027: "),
        ("year: [2027\n", "calendars/2027.yml: line 2, column 1"),
    ],
)
def test_a_mistake_in_a_calendar_is_named(tmp_path, text, said):
    put(tmp_path, "2027.yml", text)
    with pytest.raises(BadInput, match=said):
        read_calendar(tmp_path)
