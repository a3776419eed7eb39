"""Stories of citizens who file something, against the running product."""

from __future__ import annotations

import re

import pytest

from bot.domain import query_code
from tests.scenarios.conftest import DISCIPLINE_TOKEN, TOKEN

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_complaint_told_piece_by_piece_becomes_a_case(product):
    talk = product.talk()
    assert "遇到了什么事" in await talk.say("我要投诉")
    assert "什么地方" in await talk.say("我们家暖气这几天都不热，屋里才十三度，老人冻感冒了")
    assert "联系电话" in await talk.say("东胜区天骄路金辉小区3号楼")
    summary = await talk.say("13804771234")
    assert "东胜区天骄路金辉小区3号楼" in summary and "13804771234" in summary and "确认" not in summary[:3]
    filed = await talk.say("确认提交")
    assert talk.case is not None and talk.case["case_no"] in filed
    assert query_code.is_well_formed(talk.case["query_code"])
    status, case = await product.api(f"/api/v1/cases/{talk.case['case_no']}", TOKEN)
    assert status == 200
    assert case["kind"] == "claim" and case["place"] == "东胜区天骄路金辉小区3号楼"
    assert case["phones"] == ["13804771234"] and "暖气" in case["text"] and case["state"] == "registered"


async def test_one_message_with_every_fact_is_only_confirmed(product):
    talk = product.talk()
    reply = await talk.say("我是伊旗阿勒腾席热镇的，小区楼下烧烤摊天天半夜吵得睡不着，电话15047712345，麻烦管管。")
    assert "请您核对" in reply and "15047712345" in reply and "阿勒腾席热镇" in reply
    assert "编号" in await talk.say("对，提交吧")


async def test_a_correction_changes_the_house_number_only(product):
    talk = product.talk()
    await talk.say("康巴什区神华康城2号楼楼道的灯坏了一个月没人修，电话13947700001。")
    reply = await talk.say("不对，是5号楼")
    assert "神华康城5号楼" in reply


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(product):
    talk = product.talk()
    await talk.say("我家门口的路坑坑洼洼，一下雨全是水，走不成人。")
    reply = await talk.say("要收费吗")
    assert "不收任何费用" in reply and "什么地方" in reply


async def test_danger_puts_the_emergency_number_first(product):
    answer = await product.talk().post("家里有煤气味，头有点晕，老人先睡了，在达旗树林召镇惠民小区2号楼")
    first_line = answer["replies"][0]["text"].splitlines()[0]
    assert "119" in first_line or "120" in first_line


async def test_an_address_as_an_answer_is_no_emergency(product):
    talk = product.talk()
    await talk.say("我们小区暖气不热，家里只有十二度，老人冻病了")
    assert "120" not in await talk.say("东胜区天骄路金辉小区3号楼")


async def test_a_suggestion_is_not_asked_for_a_place(product):
    talk = product.talk()
    assert "建议" in await talk.say("我想提个建议")
    assert "什么地方" not in await talk.say("希望公园里多装些座椅，老人走累了没地方歇")


async def test_cancelling_files_nothing(product):
    talk = product.talk()
    await talk.say("我家楼上漏水漏了半个月，天花板都泡坏了。")
    assert "不提交" in await talk.say("算了不投诉了")
    assert "没有查到" in await talk.say("查进度")


async def test_an_accusation_is_seen_by_the_disciplinary_token_alone(product):
    talk = product.talk()
    await talk.say("我举报我们村书记收了包工头的钱，把低保都给了自己亲戚，准格尔旗大路镇的。")
    await talk.say("匿名反映")
    await talk.say("确认提交")
    assert talk.case is not None
    path = f"/api/v1/cases/{talk.case['case_no']}"
    assert (await product.api(path, TOKEN))[0] == 404
    status, case = await product.api(path, DISCIPLINE_TOKEN)
    assert status == 200 and case["kind"] == "accusation" and case["anonymous"]


async def test_progress_needs_the_code_from_another_conversation(product):
    talk = product.talk()
    await talk.say("达拉特旗树林召镇西园小区自来水发黄有味，已经两天了，电话13800001111。")
    await talk.say("确认提交")
    case = talk.case
    assert case is not None
    assert "已登记" in await talk.say("查进度")
    stranger = product.talk()
    assert "查询码" in await stranger.say(f"查一下 {case['case_no']}")
    wrong = case["query_code"][:-1] + str((int(case["query_code"][-1]) + 1) % 10)
    assert "抄错" in await stranger.say(wrong)
    assert "已登记" not in await stranger.say("查进度")
    assert "接着办" in await stranger.say(f"{case['case_no']} {query_code.spaced(case['query_code'])}")
    assert "已登记" in await stranger.say("查进度"), "who told the code goes on with the case here"
    assert "已登记" in await stranger.say(f"查一下 {case['case_no']}")


async def test_a_person_is_offered_after_two_failures(product):
    talk = product.talk()
    await talk.say("哼哼唧唧咕噜咕噜")
    second = await talk.post("叽里呱啦呜哩哇啦")
    titles = [button["title"] for reply in second["replies"] for button in reply["buttons"]]
    assert "转人工" in titles


async def test_handing_over_silences_the_bot(product):
    talk = product.talk()
    assert "转人工" in await talk.say("转人工")
    assert await talk.say("我家的事比较复杂") == ""
    assert "继续" in await talk.say("继续和助手聊")


@pytest.mark.parametrize("text", ["/restart", " /restart", "\u3000/restart", '/affirm{"slot":"x"}', "/cancel"])
async def test_intent_commands_are_only_words(product, text):
    talk = product.talk()
    await talk.say("我家楼道堆满了杂物，怕着火，在东胜区铁西小区，电话13900000000。")
    reply = await talk.say(text)
    assert talk.case is None and "编号" not in reply


@pytest.mark.parametrize(
    "text", ["🙏🙏🙏", "停" * 2000, "。。。", "\u200b\u200b", "12345678901234567890" * 50, "a" * 3000]
)
async def test_odd_messages_get_a_plain_answer(product, text):
    reply = await product.talk().say(text)
    assert reply and "None" not in reply and not re.search(r"编号：\d{8}", reply)


async def test_a_letter_of_five_thousand_characters_is_kept_whole(product):
    talk = product.talk()
    letter = "我们是东胜区民族街道的居民，楼下的锅炉房整夜响，没法休息。" * 180
    reply = await talk.say(letter)
    assert "全部保存" in reply
    url = f"{product.url}/chat/messages?conversation={talk.conversation}"
    async with product.session.get(url) as response:
        kept = (await response.json())["messages"]
    assert kept[0]["text"] == letter


async def test_the_same_id_twice_has_one_effect(product):
    talk = product.talk()
    await talk.say("乌审旗嘎鲁图镇东街路灯全坏了，晚上黑咕隆咚的，电话13700000000。")
    first = await talk.post("确认提交", message_id="same-1")
    again = await talk.post("确认提交", message_id="same-1")
    assert first["case"] == again["case"] and first["replies"] == again["replies"]


TWO = "我家楼下的路灯坏了半个月没人修，晚上黑得很。另外，我儿子在工地干活，老板拖欠他三个月工资没给。"


async def test_of_two_matters_one_can_be_cancelled_and_the_other_is_filed(product):
    talk = product.talk()
    assert "两件" in await talk.say(TWO)
    await talk.say("分两件登记")
    assert "接着登记另一件" in await talk.say("取消")
    for _ in range(3):
        if talk.case is not None:
            break
        await talk.say({"什么地方": "东胜区", "联系电话": "13804771234"}.get("", "跳过"))
        await talk.say("确认提交")
    assert talk.case is not None
    status, case = await product.api(f"/api/v1/cases/{talk.case['case_no']}", TOKEN)
    assert status == 200 and ("路灯" in case["text"]) != ("工资" in case["text"])


STORY = "东胜区铁西金辉小区3号楼暖气一直不热，家里只有十二度，老人受不了，电话13804771234"


async def test_the_same_matter_again_is_added_to_the_case_that_is_handled(product):
    talk = product.talk()
    await talk.say(STORY)
    await talk.say("确认提交")
    first = talk.case["case_no"]
    asked = await talk.say("金辉小区3号楼暖气还是不热，十二度都不到，老人受不了，电话13804771234")
    assert first in asked and "补充" in asked and "最迟" in asked
    assert first in await talk.say("补充到原来那件")
    status, case = await product.api(f"/api/v1/cases/{first}", TOKEN)
    assert status == 200 and "十二度都不到" in case["text"]


async def test_who_wants_a_case_of_its_own_gets_one(product):
    talk = product.talk()
    await talk.say(STORY)
    await talk.say("确认提交")
    first = talk.case["case_no"]
    await talk.say("金辉小区3号楼暖气还是不热，十二度都不到，老人受不了，电话13804771234")
    assert "请您核对" in await talk.say("另外登记一件")
    await talk.say("确认提交")
    assert talk.case["case_no"] != first


async def test_a_visit_without_free_days_is_said_and_a_slot_is_no_matter(product):
    talk = product.talk()
    assert "没有可以预约" in await talk.say("我想约领导接访")
    assert "没有接访预约" in await talk.say("取消预约")
    assert "没有可以预约" in await talk.say("预约接访：12月5日 9:00")
