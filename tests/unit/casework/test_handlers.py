"""What staff do to cases: each deed on a real database."""

from __future__ import annotations

import pytest

from bot.domain.commands import (
    AddNote,
    AssignCase,
    ConcludeCase,
    CorrectCase,
    ProcessCase,
    ReopenCase,
    ReplyToCitizen,
)
from bot.domain.conversation import Author, OutboxState
from bot.domain.errors import BadInput, Forbidden, IllegalMove, NotFound, RuleViolation, StaleVersion
from bot.domain.lifecycle import CaseState
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.rules import organs
from tests.unit.casework.conftest import CLERK, COLLEAGUE, DISCIPLINARY, OFFICER


async def test_an_assigned_case_is_with_its_organ_and_the_citizen_is_told(desk):
    case = await desk.file()
    assigned = await desk.do(AssignCase(case.case_no, "zhujian", case.version))
    assert (assigned.state, assigned.organ, assigned.version) == (CaseState.ASSIGNED, "zhujian", case.version + 1)
    told = (await desk.told(case.conversation_id))[-1]
    assert "市住房和城乡建设局" in told.text and told.case_no == case.case_no
    event = (await desk.history(case))[-1]
    assert (event.type, event.actor, event.public) == ("case.assigned", CLERK.actor, True)
    assert event.data == {"from": None, "organ": "zhujian"}


async def test_an_organ_that_is_not_in_the_rules_is_refused_and_nothing_is_written(desk):
    case = await desk.file()
    with pytest.raises(BadInput):
        await desk.do(AssignCase(case.case_no, "nowhere", case.version))
    assert (await desk.now_as(case)).version == case.version
    assert len(await desk.history(case)) == 1


async def test_a_case_is_not_assigned_twice_to_the_same_organ(desk):
    case = await desk.file()
    case = await desk.do(AssignCase(case.case_no, "zhujian", case.version))
    with pytest.raises(RuleViolation):
        await desk.do(AssignCase(case.case_no, "zhujian", case.version))


async def test_an_accusation_goes_to_the_disciplinary_organ_alone_and_no_organ_is_named(desk):
    case = await desk.file(kind=CaseKind.ACCUSATION)
    with pytest.raises(RuleViolation):
        await desk.do(AssignCase(case.case_no, "zhujian", case.version), DISCIPLINARY)
    await desk.do(AssignCase(case.case_no, organs.disciplinary().code, case.version), DISCIPLINARY)
    told = (await desk.told(case.conversation_id))[-1].text
    assert not any(organ.name in told or organ.short in told for organ in organs.all_organs())


async def test_an_accusation_and_a_case_that_does_not_exist_are_the_same_to_a_clerk(desk):
    case = await desk.file(kind=CaseKind.ACCUSATION)
    for number in (case.case_no, "20991231-00001"):
        with pytest.raises(NotFound, match="no such case"):
            await desk.do(ReplyToCitizen(number, "您好", 1))


async def test_an_officer_works_on_the_cases_of_their_organ_alone(desk):
    case = await desk.file()
    with pytest.raises(NotFound):
        await desk.do(ProcessCase(case.case_no, case.version), OFFICER)
    case = await desk.do(AssignCase(case.case_no, "zhujian", case.version))
    case = await desk.do(ProcessCase(case.case_no, case.version), OFFICER)
    assert case.state is CaseState.IN_PROCESS
    with pytest.raises(Forbidden):
        await desk.do(AssignCase(case.case_no, "chengguan", case.version), OFFICER)


async def test_a_reply_stands_in_the_history_and_in_the_chat(desk):
    case = await desk.file()
    replied = await desk.do(ReplyToCitizen(case.case_no, " 明天上午检修。\r\n请留人 ", case.version))
    assert replied.state is CaseState.REPLIED
    told = (await desk.told(case.conversation_id))[-1]
    assert told.author is Author.STAFF and told.text.endswith("明天上午检修。\n请留人")
    event = (await desk.history(case))[-1]
    assert (event.type, event.data, event.public) == ("case.replied", {"text": "明天上午检修。\n请留人"}, True)


@pytest.mark.parametrize(("channel", "state"), [("web", OutboxState.SENT), ("wechat", OutboxState.PENDING)])
async def test_what_is_pushed_waits_for_the_sender_and_what_is_fetched_does_not(desk, channel, state):
    case = await desk.file(channel)
    await desk.do(ReplyToCitizen(case.case_no, "好", case.version))
    assert (await desk.told(case.conversation_id))[-1].state is state


@pytest.mark.parametrize("text", ["", "  \n", "\x00", "长" * 5001])
async def test_a_reply_without_words_or_with_too_many_is_refused(desk, text):
    case = await desk.file()
    with pytest.raises(BadInput):
        await desk.do(ReplyToCitizen(case.case_no, text, case.version))


async def test_braces_in_a_reply_are_words_like_others(desk):
    case = await desk.file(title="{reply} {0} 的问题")
    await desk.do(ReplyToCitizen(case.case_no, "见 {附件} 与 {case_no}", case.version))
    assert "见 {附件} 与 {case_no}" in (await desk.told(case.conversation_id))[-1].text


async def test_only_an_answered_case_is_concluded_and_a_concluded_one_can_be_taken_up_again(desk):
    case = await desk.file()
    with pytest.raises(IllegalMove):
        await desk.do(ConcludeCase(case.case_no, case.version))
    case = await desk.do(ReplyToCitizen(case.case_no, "修好了", case.version))
    case = await desk.do(ConcludeCase(case.case_no, case.version))
    assert case.state is CaseState.CONCLUDED
    case = await desk.do(ReopenCase(case.case_no, case.version))
    assert case.state is CaseState.IN_PROCESS
    told = [item.text for item in await desk.told(case.conversation_id)]
    assert "办结" in told[-2] and "重新办理" in told[-1]


async def test_the_second_of_two_savers_is_refused_and_nothing_of_theirs_is_written(desk):
    case = await desk.file()
    await desk.do(ReplyToCitizen(case.case_no, "第一位", case.version))
    with pytest.raises(StaleVersion):
        await desk.do(ReplyToCitizen(case.case_no, "第二位", case.version), COLLEAGUE)
    assert not any("第二位" in item.text for item in await desk.told(case.conversation_id))
    assert [event.type for event in await desk.history(case)] == ["case.filed", "case.replied"]


async def test_a_note_stays_inside_and_disturbs_nobody_who_is_writing(desk):
    case = await desk.file()
    await desk.do(AddNote(case.case_no, "已电话联系"))
    event = (await desk.history(case))[-1]
    assert (event.type, event.public, event.data) == ("case.noted", False, {"text": "已电话联系"})
    assert (await desk.now_as(case)).version == case.version
    assert list(await desk.told(case.conversation_id)) == []


async def test_a_correction_keeps_old_and_new_values_for_later_training(desk):
    case = await desk.file()
    topic = Topic("0402", "环境保护", "环境污染")
    mended = await desk.do(
        CorrectCase(case.case_no, case.version, topic=topic, urgency=Urgency.URGENT, place=case.place, title=case.title)
    )
    assert (mended.topic, mended.urgency, mended.kind) == (topic, Urgency.URGENT, CaseKind.CLAIM)
    changes = (await desk.history(case))[-1].data["changes"]
    assert changes["urgency"] == [2, 3] and set(changes) == {"topic", "urgency"}
    assert changes["topic"][0]["level2"] == "城市建设和市政管理" and changes["topic"][1]["code"] == "0402"


async def test_a_correction_that_changes_nothing_writes_nothing(desk):
    case = await desk.file()
    same = await desk.do(CorrectCase(case.case_no, case.version, kind=case.kind, title=f" {case.title} "))
    assert same.version == case.version and len(await desk.history(case)) == 1


async def test_a_case_that_turns_out_to_be_an_accusation_leaves_its_organ_and_everybodys_sight(desk):
    case = await desk.file()
    case = await desk.do(AssignCase(case.case_no, "zhujian", case.version))
    await desk.do(CorrectCase(case.case_no, case.version, kind=CaseKind.ACCUSATION))
    for staff in (CLERK, OFFICER):
        with pytest.raises(NotFound):
            await desk.do(AddNote(case.case_no, "看看"), staff)
    assert (await desk.do(AddNote(case.case_no, "已收"), DISCIPLINARY)).organ is None


@pytest.mark.parametrize("given", [{"title": " "}, {"title": "长" * 61}, {"place": "长" * 201}])
async def test_a_correction_with_bad_words_is_refused(desk, given):
    case = await desk.file()
    with pytest.raises(BadInput):
        await desk.do(CorrectCase(case.case_no, case.version, **given))
