"""A citizen with several cases says what they want, and which case is meant, on the running product."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from bot.domain.lifecycle import Move
from bot.domain.messages import Address
from bot.domain.people import Sight, sight_of
from tests.scenarios.test_life_of_a_case import CLERK, EVERYTHING, OFFICER, Office
from tests.support.wechat_crowd import running_crowd

pytestmark = pytest.mark.asyncio(loop_scope="session")

STORIES = (
    "东胜区天骄路金辉小区门口的路灯坏了十来天了，晚上黑漆漆的，电话13804771234。",
    "康巴什区神华康城小区的垃圾一个星期没人清运了，味道很大，电话13804771234。",
    "达拉特旗树林召镇西园小区自来水发黄有味，已经两天了，电话13804771234。",
    "我儿子在伊旗工地干活，老板拖欠他三个月工资没给，电话13804771234。",
    "准格尔旗薛家湾镇友谊街的公交车半天不来一趟，老人等不住，电话13804771234。",
    "乌审旗嘎鲁图镇第二小学门口没有斑马线，娃娃过马路危险，电话13804771234。",
    "我举报我们村书记收了包工头的钱，把低保都给了自己亲戚，准格尔旗大路镇的，电话13804771234。",
)
NUMBER = re.compile(r"\d{8}-\d{5}")


async def who_filed(product, stories: Sequence[str]):
    """A talk and the numbers of its cases, oldest first."""
    talk, numbers = product.talk(), []
    for story in stories:
        await talk.say(story)
        await talk.say("确认提交")
        assert talk.case is not None
        numbers.append(talk.case["case_no"])
    assert len(set(numbers)) == len(stories)
    return talk, numbers


async def buttons(talk, text: str) -> list[dict]:
    """The buttons below the answer to one message."""
    answer = await talk.post(text)
    return [button for reply in answer["replies"] for button in reply["buttons"]]


def numbers_on(shown: list[dict]) -> list[str]:
    return [found[0] for found in (NUMBER.search(button["title"]) for button in shown) if found]


@pytest.mark.parametrize("said", ["我的事办得怎么样了", "催一下", "撤回"])
async def test_of_two_cases_one_is_chosen_by_a_button(product, said):
    talk, (first, second) = await who_filed(product, STORIES[:2])
    shown = await buttons(talk, said)
    assert numbers_on(shown) == [second, first]
    told = await talk.say(shown[1]["payload"])
    assert first in told and second not in told


async def test_seven_cases_are_shown_by_fives_and_an_accusation_by_number_and_day_alone(product):
    talk, numbers = await who_filed(product, STORIES)
    shown = await buttons(talk, "查进度")
    assert len(shown) == 5 and numbers_on(shown) == numbers[:2:-1] and "更多" in shown[-1]["title"]
    assert re.fullmatch(r"\d{8}-\d{5}（\d+月\d+日）", shown[0]["title"]), "no word of the accusation"
    rest = await buttons(talk, "更多")
    assert numbers_on(rest) == numbers[2::-1]
    assert numbers[0] in await talk.say("第三个")


@pytest.mark.parametrize("answer", ["第二个", "2", "金辉小区那个", "路灯", "number"])
async def test_a_case_is_named_by_place_in_the_list_words_or_number(product, answer):
    talk, numbers = await who_filed(product, STORIES[:3])
    await talk.say("撤回")
    wanted = numbers[1] if answer in ("第二个", "2") else numbers[0]
    said = await talk.say(wanted if answer == "number" else answer)
    assert "您要撤回" in said and wanted in said
    assert wanted in await talk.say("确认撤回")


async def test_the_chosen_case_stays_the_subject_until_another_is_named(product):
    talk, (first, second) = await who_filed(product, STORIES[:2])
    await talk.say("查进度")
    assert first in await talk.say("第二个")
    assert first in await talk.say("催一下")
    assert first in await talk.say("补充一点，他们晚上也这样")
    assert "您要撤回" in await talk.say(f"撤回{second}")
    await talk.say("不撤回")
    assert second in await talk.say("催一下")
    shown = await buttons(talk, "催办：别的件")
    assert numbers_on(shown) == [second, first]


async def test_a_case_is_named_in_the_same_breath(product):
    talk, _ = await who_filed(product, STORIES[:2])
    said = await talk.say("路灯那个怎么样了")
    assert "路灯" in said and "垃圾" not in said


async def test_in_the_middle_of_a_filing_the_form_waits_for_the_answer_to_the_list(product):
    talk, (first, _) = await who_filed(product, STORIES[:2])
    assert "什么地方" in await talk.say("楼上漏水漏了半个月，天花板都泡坏了")
    assert "什么地方" not in await talk.say("查进度")
    answered = await talk.say("2")
    assert first in answered and "什么地方" in answered
    assert "联系电话" in await talk.say("东胜区铁西三完小北门对面")


async def test_words_right_after_filing_go_to_that_case_and_others_wait_for_a_choice(product):
    talk, (first, second) = await who_filed(product, STORIES[:2])
    assert second in await talk.say("补充一点，收垃圾的车上个月就不来了")
    asked = await talk.say("补充：别的件")
    assert "补充到哪一件" in asked
    assert "要补充什么" in await talk.say("路灯")
    assert first in await talk.say("灯杆上写着017号，旁边就是幼儿园")
    office = Office(product)
    async with office.database.read() as uow:
        texts = [(await uow.cases.get(number, EVERYTHING)).text for number in (first, second)]
    await office.database.close()
    assert "017" in texts[0] and "017" not in texts[1] and "上个月就不来" in texts[1]


async def test_words_that_were_said_first_are_kept_until_the_case_is_named(product):
    talk, (first, second) = await who_filed(product, STORIES[:2])
    office = Office(product)
    for number in (first, second):
        await office.move(number, Move.ASSIGN, CLERK, organ="zhujian")
        await office.move(number, Move.ASK_SUPPLEMENT, OFFICER, text="请说明从哪天开始")
    shown = await buttons(talk, "补充一下，是从上个月三号开始的")
    assert numbers_on(shown) == [second, first]
    assert first in await talk.say(shown[1]["payload"])
    async with office.database.read() as uow:
        texts = [(await uow.cases.get(number, EVERYTHING)).text for number in (first, second)]
    await office.database.close()
    assert "上个月三号" in texts[0] and "上个月三号" not in texts[1]


async def test_concluded_cases_are_rated_and_reviewed_one_by_one(product):
    talk, numbers = await who_filed(product, STORIES[:2])
    office = Office(product)
    for number in numbers:
        await office.conclude(number)
    await office.database.close()
    shown = await buttons(talk, "评价")
    assert numbers_on(shown) == numbers[::-1]
    assert numbers[0] in await talk.say("2") and "态度" in await talk.say("4")
    await talk.say("5")
    assert numbers[0] in await talk.say("5")
    asked = await talk.say(f"申请复查{numbers[1]}：车一直没来")
    assert "上一级机关" in asked and "最迟" in asked
    assert "哪里不服" in await talk.say("我要申请复查"), "only the other one is left"


async def test_by_query_code_an_anonymous_case_is_rated_reviewed_and_taken_back_elsewhere(product):
    codes = []
    for story in (
        "金辉小区门口的路灯坏了十来天了，在东胜区天骄路。",
        "西园小区自来水发黄有味两天了，在达拉特旗树林召镇。",
    ):
        talk = product.talk()
        await talk.say(story)
        await talk.say("匿名反映")
        await talk.say("确认提交")
        codes.append((talk.case["case_no"], talk.case["query_code"]))
    office = Office(product)
    await office.conclude(codes[0][0])
    await office.database.close()
    elsewhere = product.talk()
    for number, code in codes:
        assert number in await elsewhere.say(f"{number} {code}")
    assert codes[0][0] in await elsewhere.say("评价")
    await elsewhere.say("5")
    await elsewhere.say("5")
    assert re.search(r"\d+ 月 \d+ 日", await elsewhere.say("4")), "the next date"
    asked = await elsewhere.say("申请复查：修了两天又灭了")
    assert re.search(r"最迟 \d+ 月 \d+ 日", asked)
    assert NUMBER.search(asked)[0] in await elsewhere.say(f"查进度{NUMBER.search(asked)[0]}"), "no code is asked again"
    assert codes[1][0] in await elsewhere.say(f"撤回{codes[1][0]}")
    assert "不再办理" in await elsewhere.say("确认撤回")


async def test_what_is_said_elsewhere_about_an_accusation_is_sealed(product):
    talk, (accusation,) = await who_filed(product, STORIES[-1:])
    elsewhere = product.talk()
    await elsewhere.say(f"{accusation} {talk.case['query_code']}")
    assert accusation in await elsewhere.say("我要补充")
    assert accusation in await elsewhere.say("收钱那天是上个月三号，在村委会办公室")
    office = Office(product)
    async with office.database.read() as uow:
        here = await uow.conversations.find(Address("web", "", elsewhere.conversation))
        lines = await uow.conversations.talk(here.id, sight_of(CLERK))
        added = (await uow.cases.get(accusation, Sight(accusations=True))).text
    await office.database.close()
    assert "村委会办公室" in added and not any("村委会" in line.text or "包工头" in line.text for line in lines)


async def test_on_wechat_a_number_takes_the_case_of_the_list(tmp_path):
    async with running_crowd(tmp_path / "home") as crowd:
        citizen = crowd.platform.citizen("o" + "7" * 27)
        for story in STORIES[:2]:
            await citizen.say(story)
            await citizen.say("确认提交")
        listed = (await citizen.say("催一下")).text
        second = re.search(r"2\. .*?(\d{8}-\d{5})", listed)
        assert "回复数字选择" in listed and second
        hurried = (await citizen.say("2")).text
        assert second[1] in hurried and "催办" in hurried
