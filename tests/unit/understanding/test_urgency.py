"""The safety layer: danger now, and what only sounds like it."""

from __future__ import annotations

import pytest

from bot.understanding.urgency import safety_layer


@pytest.mark.parametrize(
    "text",
    [
        "家里有点煤气味，头有点晕，老人先睡了",
        "喂那个我们楼道里有股怪味像臭鸡蛋头有点昏",
        "三号楼着火了，火苗窜出来了",
        "电梯坏了，里面困了三个人",
        "我不想活了，欠的钱还不上",
        "邻居拿着菜刀在砸我家门",
        "孩子找不见了，放学到现在没回来",
        "羊倌掉进井里了快来人",
        "吃完席二十多个人上吐下泻",
        "救救我",
        "孩子掉没盖的污水井里了",
        "两条大狗咬住个娃不松口",
    ],
)
def test_danger_now_is_critical(text: str) -> None:
    assert safety_layer().alarms(text)[0].level == 4


@pytest.mark.parametrize(
    "text",
    [
        "气死我了，快递又放门口",
        "去年我们楼着火了，赔偿到现在没谈好",
        "万一着火了消防车进不来，建议清理通道",
        "建议学校多搞防溺水的讲座",
        "请问煤气中毒的赔偿标准是什么",
        "火已经扑灭了，没有人员受伤",
        "冻死个人了今天",
        "这价格坑死人",
        "请问今年取暖费多少钱",
        "贫困老人能不能申请低保",
        "要死人了！！！快递又放驿站",
        "去年狗咬住我腿，打针的钱谁出",
        "羊掉沟里了，拉上来就好",
        "业主要炸了",
        "炸了炸了，群里都在说这事",
        "学习燃气泄漏应急知识，请问教材哪里领",
        "救命，这个软件怎么老闪退",
        "我爸走丢七个小时，民警把他从河滩背回来的",
    ],
)
def test_past_imagined_denied_and_figurative_dangers_are_none(text: str) -> None:
    assert all(alarm.level < 4 for alarm in safety_layer().alarms(text))


def test_who_falls_in_a_kitchen_is_no_building_that_collapses() -> None:
    assert [alarm.why for alarm in safety_layer().alarms("我爸在厨房里昏倒了")] != []
    assert all("坍塌" not in alarm.why for alarm in safety_layer().alarms("我爸在厨房里昏倒了"))


def test_an_alarm_says_why_with_the_citizens_words() -> None:
    alarm = safety_layer().alarms("楼道里全是煤气味")[0]
    assert alarm.words == "煤气味" and "燃气" in alarm.why


def test_what_goes_on_for_years_is_no_cry_of_this_minute() -> None:
    assert all(alarm.level < 4 for alarm in safety_layer().alarms("厂子常年夜里冒烟，家里经常有煤气味"))
