"""三分: which way is proposed, why, and that a person's decision is kept beside the proposal."""

from __future__ import annotations

import pytest

from bot.casework.ways import WAYS, _way_rule, propose_way, way_rules
from bot.domain.errors import BadInput
from bot.domain.reading import CaseKind, Topic, Urgency

LENDING = Topic("0705", "经济管理", "金融财税")


@pytest.mark.parametrize(
    ("way", "rule", "earlier", "given"),
    [
        ("at_once", "small", 0, {"title": "路灯不亮", "text": "门口的路灯坏了三天，晚上看不见路。"}),
        ("ordinary", "", 0, {"title": "路灯不亮", "text": "门口的路灯坏了，摔伤了人要求赔偿。"}),
        ("ordinary", "", 0, {"title": "暖气不热", "text": "家里暖气一直不热，老人受不了。"}),
        ("divert", "court", 0, {"text": "法院判了两年了对方不给钱，法院不执行。"}),
        ("divert", "arbitration", 0, {"text": "公司不给赔偿，已经申请仲裁，等了半年。"}),
        ("divert", "civil", 0, {"text": "他打了借条借我的钱，到期不还钱。", "topic": LENDING}),
        ("ordinary", "", 0, {"text": "担保公司爆雷了，很多人的钱要不回来，借条都在。", "topic": LENDING}),
        ("lead", "many", 0, {"text": "我们小区都没有房产证。", "people": 200}),
        ("lead", "repeated", 3, {"text": "还是那件事没有解决。"}),
        ("lead", "long_standing", 0, {"text": "这是历史遗留的问题，一直没人管。"}),
        ("ordinary", "", 0, {"text": "建议多装路灯。", "kind": CaseKind.SUGGESTION}),
        ("ordinary", "", 0, {"text": "路灯掉下来砸着人了", "urgency": Urgency.CRITICAL}),
    ],
)
async def test_the_first_rule_that_holds_proposes_and_says_why(desk, way, rule, earlier, given):
    proposal = propose_way(await desk.file(**given), earlier)
    assert (proposal.way, proposal.rule) == (way, rule)
    assert bool(proposal.why) is (way != "ordinary")


def test_every_way_but_the_ordinary_one_is_proposed_by_some_rule():
    assert {rule.way for rule in way_rules()} == set(WAYS) - {"ordinary"}


@pytest.mark.parametrize("change", [{"way": "nowhere"}, {"wrods": ["某"]}])
def test_a_mistake_in_the_file_is_named(change):
    with pytest.raises(BadInput, match="x: "):
        _way_rule({"code": "x", "way": "lead", "why": "某", **change})
