"""三分: which way is proposed, why, and that a person's decision is kept beside the proposal."""

from __future__ import annotations

import pytest

from bot.casework.ways import WAYS, _way_rule, propose_way, way_rules
from bot.domain.commands import DecideWay
from bot.domain.errors import BadInput, NeedMissing, WrongRole
from bot.domain.lifecycle import Move
from bot.domain.people import Role
from bot.domain.reading import CaseKind, Topic, Urgency
from tests.unit.casework.conftest import CLERK, NOW, SUPERVISOR

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


async def clocks_of(desk, case):
    async with desk.database.read() as uow:
        return {row["code"]: (row["standing"], row["due_on"]) for row in await uow.clocks.of_case(case.id)}


async def decided(desk, case, way, staff=CLERK, **given):
    return await desk.do(DecideWay(case.case_no, way, (await desk.now_as(case)).version, **given), staff)


async def test_put_at_once_after_the_assignment_the_day_begins_and_taken_off_it_ends(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN, Move.ACCEPT)
    assert "same_day" not in await clocks_of(desk, case)
    case = await decided(desk, case, "at_once")
    assert (await clocks_of(desk, case))["same_day"] == ("running", NOW.date())
    assert (await desk.now_as(case)).due_on == NOW.date()
    await decided(desk, case, "at_once")
    await decided(desk, case, "ordinary")
    assert (await clocks_of(desk, case))["same_day"][0] == "ended"
    assert (await desk.now_as(case)).due_on > NOW.date()


async def test_put_at_once_before_the_assignment_the_clock_begins_with_it_and_once(desk):
    case = await decided(desk, await desk.file(), "at_once")
    assert "same_day" not in await clocks_of(desk, case)
    case = await desk.walk(case, Move.ASSIGN)
    assert (await clocks_of(desk, case))["same_day"][0] == "running"


async def test_what_is_diverted_names_a_route_in_its_rule():
    assert all(bool(rule.route) is (rule.way == "divert") for rule in way_rules())
    with pytest.raises(BadInput, match="x: wanted a route"):
        _way_rule({"code": "x", "way": "divert", "why": "某"})


async def test_joint_handling_demands_leader_and_lead_organ_and_settles_them_in_one_step(desk):
    async with desk.database.write() as uow:
        boss = await uow.staff.add("boss", "周领导", "x", Role.LEADER, None, NOW)
    case = await desk.file()
    with pytest.raises(NeedMissing, match="包案领导"):
        await decided(desk, case, "lead", SUPERVISOR)
    with pytest.raises(NeedMissing, match="主办单位"):
        await decided(desk, case, "lead", SUPERVISOR, leader=boss.id)
    with pytest.raises(NeedMissing, match="在职的领导"):
        await decided(desk, case, "lead", SUPERVISOR, leader=999, organ="zhujian")
    with pytest.raises(WrongRole, match="领导包案"):
        await decided(desk, case, "lead", CLERK, leader=boss.id, organ="zhujian")
    assert (await desk.now_as(case)).way == ""
    led = await decided(desk, case, "lead", SUPERVISOR, leader=boss.id, organ="zhujian")
    assert (led.way, led.leader_id, led.organ) == ("lead", boss.id, "zhujian")
    types = [event.type for event in await desk.history(case)]
    assert types[-3:] == ["case.way_decided", "case.leader_appointed", "case.assigned"]
    await decided(desk, case, "ordinary", CLERK)
    assert (await decided(desk, case, "lead", CLERK)).way == "lead"
