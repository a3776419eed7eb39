"""机关单位 over HTTP: the organs with their people, and a matter that is tried."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from bot import rules
from bot.domain.people import Role
from bot.rules import organs
from bot.understanding.taxonomy import taxonomy
from bot.web.console import words
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import visiting


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("clerk", Role.INTAKE_CLERK)
        await running.staff("officer", Role.CASE_OFFICER, "zhujian")
        await running.staff("second", Role.CASE_OFFICER, "zhujian")
        yield running


async def page(office: Office, who: str = "clerk", **asked: str) -> str:
    async with visiting(office) as visitor:
        await visitor.sign_in(who)
        status, body, _ = await visitor.get(f"/console/units?{urlencode(asked)}")
        assert status == 200
        return body


async def test_every_organ_stands_there_with_its_superior_and_its_people(office):
    body = await page(office)
    rows = dict(re.findall(r"<tr><td>([^<]+)</td>(.*?)</tr>", body, re.S))
    assert {organ.name for organ in organs.all_organs()} == set(rows)
    assert "鄂尔多斯市人民政府" in rows["市住房和城乡建设局"] and ">2</td>" in rows["市住房和城乡建设局"]
    assert "没有人员" in rows["市教育体育局"] and "鄂托克旗人民政府" in rows["鄂托克旗棋盘井镇"]


async def test_a_matter_is_tried(office):
    body = await page(office, "officer", topic="城乡建设/城市建设和市政管理", place="伊旗阿镇", text="路灯不亮")
    proposal = re.findall(r'<p class="proposal" role="status">(.*?)</p>', body, re.S)[0]
    assert "伊金霍洛旗人民政府" in proposal and "路灯" in proposal and "阿勒腾席热镇" in proposal


@pytest.mark.parametrize("topic", ["", "没有这个分类", "城乡建设/没有", "x" * 900, "\x00"])
async def test_what_is_no_topic_proposes_nothing(office, topic):
    assert 'class="proposal"' not in await page(office, topic=topic, place="<b>东胜区", text="路灯")


async def test_topics_and_key_fields_stand_there_with_what_they_mean(office):
    body = await page(office, topic="农村农业/草原草场")
    told = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", body))
    assert told["草原草场"] == taxonomy().definitions["农村农业/草原草场"]
    assert {field.name for field in taxonomy().key_fields} < set(told)
    assert f"农村农业 · 草原草场：{told['草原草场']}" in body


async def test_where_the_names_are_written_is_said_once(office):
    told = re.findall(r'<p class="soft">名单写在(.*?)；', await page(office))
    assert told == ["程序自带的 bot/rules/organs.yml 和 bot/rules/towns.yml"]


def test_a_file_of_the_citys_own_is_told_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(rules._city, "folder", tmp_path)
    (tmp_path / "towns.yml").write_text("", encoding="utf-8")
    told = words.origin("organs.yml", "towns.yml")
    assert told == "本市文件夹里的 towns.yml，以及程序自带的 bot/rules/organs.yml"
    assert words.origin("towns.yml") == "本市文件夹里的 towns.yml"
