"""What a citizen says right after something was filed or asked: on the running product, in the chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from bot.casework import Work, handle
from bot.domain.commands import MoveCase
from bot.domain.lifecycle import Lane, Move
from bot.domain.people import Role, Sight, Staff, sight_of
from tests.scenarios.conftest import TOKEN
from tests.scenarios.test_life_of_a_case import EVERYTHING, Office

pytestmark = pytest.mark.asyncio(loop_scope="session")

WATER = "东胜区天骄路金辉小区三天停水了，没人管，电话13804771234。"
ROAD = "准格尔旗大路镇小滩子村进村的路坑坑洼洼，车都没法走，电话13804771234。"
LAMP = "东胜区天骄路金辉小区门口的路灯坏了十来天了，晚上黑漆漆的，电话13804771234。"
ACCUSED = "我举报我们村书记收了包工头的钱，把低保都给了自己亲戚，准格尔旗大路镇的，电话13804771234。"
DISCIPLINARY = Staff(109, "discipline", "周纪检", Role.DISCIPLINARY, None, True)
CHECKING = replace(DISCIPLINARY, id=110, username="second", name="吴复核")
SECRETS = ("包工头", "低保", "书记", "大路", "纪委")


async def filed(product, story: str):
    talk = product.talk()
    await talk.say(story)
    await talk.say("确认提交")
    assert talk.case is not None
    return talk, talk.case["case_no"]


async def text_of(product, case_no: str) -> str:
    _, case = await product.api(f"/api/v1/cases/{case_no}", TOKEN)
    return case["text"]


@pytest.mark.parametrize("said", ["我家还是停水", "今天还是没水"])
async def test_the_same_trouble_told_again_goes_to_the_case_just_filed(product, said):
    talk, case_no = await filed(product, WATER)
    told = await talk.say(said)
    assert case_no in told and "补充" in told and "另外登记一件" in told
    assert said in await text_of(product, case_no)


@pytest.mark.parametrize("said", ["另外登记一件", "我还要反映一件事", "再报一个", "另外还有一件事"])
async def test_another_filing_begins_with_nothing_in_it(product, said):
    talk, first = await filed(product, WATER)
    assert "遇到了什么事" in await talk.say(said)
    await talk.say("楼道的灯也坏了")
    await talk.say("东胜区金辉小区3号楼")
    await talk.say("跳过")
    assert "编号" in await talk.say("确认提交")
    second = talk.case["case_no"]
    assert second != first and await text_of(product, first) == WATER
    assert await text_of(product, second) == "楼道的灯也坏了"


@pytest.mark.parametrize(("answer", "added"), [("另外登记", False), ("补充到那件", True)])
async def test_another_matter_behind_an_addition_is_offered_as_a_case_of_its_own(product, answer, added):
    talk, road = await filed(product, ROAD)
    lights = "对了，还有村里的路灯也不亮"
    asked = await talk.say(lights)
    assert road in asked and "另外登记" in asked
    told = await talk.say(answer)
    assert (road in told) is added
    assert (lights in await text_of(product, road)) is added


async def test_what_is_said_expressly_for_the_case_is_added_without_a_question(product):
    talk, road = await filed(product, ROAD)
    assert road in await talk.say("补充一点，村里的路灯也不亮")
    assert "路灯" in await text_of(product, road)


@pytest.mark.parametrize("yes", ["是", "是的", "对", "确定", "撤吧"])
async def test_a_plain_yes_takes_the_case_back(product, yes):
    talk, case_no = await filed(product, LAMP)
    assert "您要撤回" in await talk.say("撤回")
    told = await talk.say(yes)
    assert case_no in told and "已经撤回" in told


@pytest.mark.parametrize("no", ["不", "不撤了", "算了先不撤"])
async def test_a_plain_no_keeps_it_and_the_question_is_over(product, no):
    talk, case_no = await filed(product, LAMP)
    await talk.say("撤回")
    assert "没有撤回" in await talk.say(no)
    assert "撤回" not in await talk.say("是的"), "nobody asks any more"
    assert "已登记" in await talk.say(f"查进度{case_no}")


async def test_another_matter_told_instead_leaves_the_question(product):
    talk, case_no = await filed(product, LAMP)
    await talk.say("撤回")
    assert "什么地方" in await talk.say("我儿子在工地干活，老板拖欠他三个月工资没给")
    await talk.say("取消")
    assert "已经撤回" not in await talk.say("是的")
    assert "您要撤回" in await talk.say("确认撤回"), "an old button asks anew"


REASONS = (
    "补偿算少了",
    "你们根本没来看",
    "答复是假的",
    "路灯修了两天又灭了，你们的人来拍了个照就走了，晚上老人摔了一跤，这样的答复我坚决不同意，请重新派人来修",
)


@pytest.mark.parametrize("reason", REASONS)
async def test_the_next_plain_answer_is_the_reason_of_the_review(product, reason):
    talk, case_no = await filed(product, LAMP)
    office = Office(product)
    await office.conclude(case_no)
    assert "哪里不服" in await talk.say("申请复查")
    assert "哪里不服" in await talk.say("谢谢"), "the question stays"
    assert "上一级机关" in await talk.say(reason)
    async with office.database.read() as uow:
        linked = await uow.cases.linked(await uow.cases.get(case_no, EVERYTHING), EVERYTHING)
    assert [(one.lane, one.text) for one in linked] == [(Lane.REVIEW, reason)]
    await office.database.close()


async def test_who_gives_up_asks_for_no_review_and_can_come_back(product):
    talk, case_no = await filed(product, LAMP)
    office = Office(product)
    await office.conclude(case_no)
    await office.database.close()
    await talk.say("申请复查")
    assert "不申请复查" in await talk.say("算了不申请了")
    assert "哪里不服" in await talk.say("申请复查")


async def test_danger_in_the_reason_gets_the_number_first_and_a_case_of_its_own(product):
    talk, case_no = await filed(product, LAMP)
    office = Office(product)
    await office.conclude(case_no)
    await office.database.close()
    await talk.say("申请复查")
    answer = await talk.post("现在电线掉下来漏电了，有人触电倒在地上了")
    told = [reply["text"] for reply in answer["replies"]]
    assert "120" in told[0] and "上一级机关" in told[1] and "另外登记" in told[2]


async def test_an_accusation_is_no_reason_that_a_reviewer_reads(product):
    talk, case_no = await filed(product, LAMP)
    office = Office(product)
    await office.conclude(case_no)
    await talk.say("申请复查")
    assert "检举控告" in await talk.say("我举报城管局的王局长收了广告公司五万块钱好处费，所以不给我们修")
    async with office.database.read() as uow:
        assert await uow.cases.linked(await uow.cases.get(case_no, EVERYTHING), EVERYTHING) == []
    await office.database.close()


async def test_nothing_in_the_chat_names_what_an_accusation_is_about(product):
    """Progress, what is pushed on the way, the question to rate and the rating: others read on the same phone."""
    talk, case_no = await filed(product, ACCUSED)
    office, seeing = Office(product), Sight(accusations=True)
    shown = [await talk.say("查进度")]
    for move, given in (
        (Move.ASSIGN, {"organ": "jiwei"}),
        (Move.ACCEPT, {}),
        (Move.PROCESS, {}),
        (Move.DRAFT, {"text": "已经核实。"}),
        (Move.APPROVE, {}),
        (Move.CONCLUDE, {}),
    ):
        by = CHECKING if move is Move.APPROVE else DISCIPLINARY
        async with office.database.write() as uow:
            case = await uow.cases.get(case_no, seeing)
            work = Work(uow, by, sight_of(by), datetime.now(timezone.utc))
            await handle(MoveCase(case_no, move, case.version, **given), work)
    shown += [await talk.say("查进度"), await talk.say("评价"), await talk.say("5"), await talk.say("4")]
    async with office.database.read() as uow:
        lines = await uow.conversations.talk(case.conversation_id, seeing)
    pushed = [line.text for line in lines if line.text.startswith("您反映的")]
    assert len(pushed) >= 3
    assert all(case_no in text for text in shown[:3] + pushed)
    assert not [text for text in shown + pushed for secret in SECRETS if secret in text]
    await office.database.close()


async def test_a_rating_is_given_in_words(product):
    talk, case_no = await filed(product, LAMP)
    office = Office(product)
    await office.conclude(case_no)
    assert "及时吗" in await talk.say("评价")
    assert "态度" in await talk.say("挺快的")
    assert "解决了吗" in await talk.say("很好")
    await talk.say("解决了")
    async with office.database.read() as uow:
        rated = (await uow.cases.history(await uow.cases.get(case_no, EVERYTHING)))[-1]
    assert rated.data["answers"] == {"prompt": 4, "attitude": 5, "solved": 5}
    await office.database.close()


async def test_a_place_without_a_name_is_asked_for_one_and_then_taken(product):
    talk = product.talk()
    await talk.say("我家房子漏雨，没人管")
    assert "哪个村" in await talk.say("房子在东门口两边")
    assert "联系电话" in await talk.say("王家沟村")
    assert "王家沟村，房子在东门口两边" in await talk.say("13804771234")


async def test_an_elderly_citizen_thanks_waits_asks_back_and_sends_things_twice(product):
    talk = product.talk()
    story = "我家草场被矿上占了，一分钱没给"
    assert "什么地方" in await talk.say(story)
    assert "什么地方" in await talk.say(story)
    assert "什么地方" in await talk.say("你说啥")
    assert "联系电话" in await talk.say("伊金霍洛旗纳林陶亥镇")
    assert "不着急" in await talk.say("等一下，我找找电话")
    assert "请您核对" in await talk.say("15047712345")
    summary = await talk.say("谢谢")
    assert "不客气" in summary and "请您核对" in summary
    assert "编号" in await talk.say("好的谢谢")
    case_no = talk.case["case_no"]
    assert await text_of(product, case_no) == story
    assert case_no in await talk.say("乌审旗嘎鲁图镇"), "late facts go to the case"


@pytest.mark.parametrize(("answer", "added"), [("补充到那件", True), ("另外登记", False)])
async def test_a_few_words_of_the_same_topic_are_asked_about(product, answer, added):
    talk, case_no = await filed(product, LAMP)
    assert case_no in await talk.say("灯杆上写着017")
    assert (case_no in await talk.say(answer)) is added
    assert ("017" in await text_of(product, case_no)) is added


async def test_place_and_phone_of_the_next_case_may_be_as_before(product):
    talk, first = await filed(product, "杭锦旗独贵塔拉镇的桥去年冲断了，娃娃上学绕二十里，电话15047712345。")
    await talk.say("另外登记一件")
    assert "什么地方" in await talk.say("我家的草原补贴三年没有发")
    assert "联系电话" in await talk.say("跟刚才一个地方")
    summary = await talk.say("电话还是那个")
    assert "独贵塔拉镇" in summary and "15047712345" in summary


async def test_words_that_were_asked_for_go_to_their_case(product):
    talk, case_no = await filed(product, "乌审旗图克镇的牲口棚叫雪压塌了，压死两只羊，没人给补，电话15047712345。")
    assert "补充什么" in await talk.say("我要补充")
    assert case_no in await talk.say("雪是腊月下的")
    assert "腊月" in await text_of(product, case_no)


async def test_more_of_whom_an_accusation_is_about_goes_to_it(product):
    talk, case_no = await filed(product, ACCUSED)
    assert case_no in await talk.say("还有他还占了三亩地")
    office = Office(product)
    async with office.database.read() as uow:
        assert "三亩" in (await uow.cases.get(case_no, Sight(accusations=True))).text
    await office.database.close()
