"""What staff do to cases: each deed on a real database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.casework.follow_up import drawn
from bot.domain.commands import AddNote, CorrectCase, DecideWay, DrawSample, EndTask, HurryOrgan, LinkRepeat, MoveCase
from bot.domain.conversation import Author, OutboxState
from bot.domain.errors import (
    BadInput,
    MoveRefused,
    NeedMissing,
    NotFound,
    SecondPerson,
    StaleVersion,
    WrongOrgan,
    WrongRole,
    WrongState,
)
from bot.domain.lifecycle import CaseState, Lane, Move, Stage
from bot.domain.people import Sight
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.rules import organs
from tests.unit.casework.conftest import ANSWERED, CHECKER, CLERK, COLLEAGUE, DISCIPLINARY, NOW, OFFICER, SUPERVISOR

EVERYTHING = Sight(everything_else=True)


async def test_an_assigned_case_is_with_its_organ_and_the_citizen_is_told_with_the_next_date(desk):
    case = await desk.file()
    assigned = await desk.move(case, Move.ASSIGN, organ="zhujian")
    assert (assigned.state, assigned.organ, assigned.version) == (CaseState.ASSIGNED, "zhujian", case.version + 1)
    told = (await desk.told(case.conversation_id))[-1]
    assert "市住房和城乡建设局" in told.text and told.case_no == case.case_no
    assert "最迟 12 月 8 日告诉您是否受理" in told.text
    event = (await desk.history(case))[-1]
    assert (event.type, event.actor, event.public) == ("case.assigned", CLERK.actor, True)
    assert event.data["organ"] == "zhujian" and event.data["clock"][0]["type"] == "assigned"


async def test_an_organ_that_is_not_in_the_rules_is_refused_and_nothing_is_written(desk):
    case = await desk.file()
    before = len(await desk.history(case))
    with pytest.raises(BadInput):
        await desk.move(case, Move.ASSIGN, organ="nowhere")
    assert (await desk.now_as(case)).version == case.version
    assert len(await desk.history(case)) == before


async def test_a_case_is_not_assigned_twice(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN)
    with pytest.raises(WrongState):
        await desk.move(case, Move.ASSIGN, organ="zhujian")


async def test_an_accusation_goes_to_the_disciplinary_organ_alone_and_no_organ_is_named(desk):
    case = await desk.file(kind=CaseKind.ACCUSATION)
    with pytest.raises(WrongOrgan):
        await desk.move(case, Move.ASSIGN, DISCIPLINARY, organ="zhujian")
    await desk.move(case, Move.ASSIGN, DISCIPLINARY, organ=organs.disciplinary()[0].code)
    told = (await desk.told(case.conversation_id))[-1].text
    assert not any(organ.name in told or organ.short in told for organ in organs.all_organs())


async def test_an_accusation_and_a_case_that_does_not_exist_are_the_same_to_a_clerk(desk):
    case = await desk.file(kind=CaseKind.ACCUSATION)
    for number in (case.case_no, "20991231-00001"):
        with pytest.raises(NotFound, match="no such case"):
            await desk.do(MoveCase(number, Move.ASSIGN, 1, organ="zhujian"))


async def test_an_officer_works_on_the_cases_of_their_organ_alone(desk):
    case = await desk.file()
    with pytest.raises(NotFound):
        await desk.move(case, Move.ACKNOWLEDGE, OFFICER)
    case = await desk.walk(case, Move.ASSIGN, Move.ACKNOWLEDGE, Move.ACCEPT, Move.PROCESS)
    assert case.state is CaseState.IN_PROCESS
    with pytest.raises(WrongState):
        await desk.move(case, Move.ASSIGN, OFFICER, organ="chengguan")


async def test_an_assisting_organ_sees_the_case_and_may_note_but_not_move(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN)
    helper = OFFICER.__class__(9, "helper", "周协办", OFFICER.role, "chengguan", True)
    with pytest.raises(NotFound):
        await desk.do(AddNote(case.case_no, "看看"), helper)
    case = await desk.move(case, Move.ADD_ASSISTING, organ="chengguan")
    await desk.do(AddNote(case.case_no, "已联系"), helper)
    with pytest.raises(WrongOrgan):
        await desk.move(case, Move.ACCEPT, helper)
    await desk.move(case, Move.DROP_ASSISTING, organ="chengguan", reason="不涉及")
    with pytest.raises(NotFound):
        await desk.do(AddNote(case.case_no, "还在"), helper)


async def test_a_written_reply_needs_two_people_and_is_delivered_on_approval(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN, Move.ACCEPT, Move.PROCESS, Move.DRAFT)
    with pytest.raises(SecondPerson):
        await desk.move(case, Move.APPROVE, OFFICER)
    case = await desk.move(case, Move.APPROVE, CHECKER)
    assert case.state is CaseState.DELIVERED
    told = (await desk.told(case.conversation_id))[-1]
    assert told.author is Author.STAFF and "换热站已修好" in told.text
    assert "12 月 23 日前可以向上一级机关申请复查" in told.text
    assert [event.type for event in await desk.history(case)][-3:] == [
        "case.drafted",
        "case.approved",
        "case.delivered",
    ]


@pytest.mark.parametrize(("channel", "state"), [("web", OutboxState.SENT), ("wechat", OutboxState.PENDING)])
async def test_what_is_pushed_waits_for_the_sender_and_what_is_fetched_does_not(desk, channel, state):
    case = await desk.file(channel, kind=CaseKind.ENQUIRY)
    await desk.move(case, Move.ANSWER, text="好")
    assert (await desk.told(case.conversation_id))[-1].state is state


@pytest.mark.parametrize(("text", "error"), [("", NeedMissing), ("  \n", NeedMissing), ("长" * 5001, BadInput)])
async def test_a_reply_without_words_or_with_too_many_is_refused(desk, text, error):
    case = await desk.file(kind=CaseKind.ENQUIRY)
    with pytest.raises(error):
        await desk.move(case, Move.ANSWER, text=text)


async def test_braces_in_a_reply_are_words_like_others(desk):
    case = await desk.file(title="{reply} {0} 的问题", kind=CaseKind.ENQUIRY)
    await desk.move(case, Move.ANSWER, text="见 {附件} 与 {case_no}")
    assert "见 {附件} 与 {case_no}" in (await desk.told(case.conversation_id))[-1].text


async def test_only_an_answered_case_is_concluded_and_a_concluded_one_can_be_taken_up_again(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN)
    with pytest.raises(MoveRefused):
        await desk.move(case, Move.CONCLUDE, OFFICER)
    case = await desk.walk(case, Move.ACCEPT, Move.PROCESS, Move.DRAFT, Move.APPROVE, Move.CONCLUDE)
    assert case.state is CaseState.CONCLUDED and case.due_on is None
    case = await desk.move(case, Move.REOPEN, reason="问题又出现了")
    assert case.state is CaseState.IN_PROCESS and case.due_on is not None
    told = [item.text for item in await desk.told(case.conversation_id)]
    assert "办结" in told[-2] and "重新办理" in told[-1]


async def test_the_second_of_two_savers_is_refused_and_nothing_of_theirs_is_written(desk):
    case = await desk.file()
    await desk.do(MoveCase(case.case_no, Move.ASSIGN, case.version, organ="zhujian"))
    with pytest.raises(StaleVersion):
        await desk.do(MoveCase(case.case_no, Move.ASSIGN, case.version, organ="chengguan"), COLLEAGUE)
    assert (await desk.now_as(case)).organ == "zhujian"
    assert [event.type for event in await desk.history(case)][-2:] == ["case.registered", "case.assigned"]


async def test_a_review_is_a_case_of_its_own_one_level_up_with_its_own_clock(desk):
    case = await desk.walk(await desk.file(), *ANSWERED)
    case = await desk.move(case, Move.REQUEST_REVIEW, CLERK, reason="没有解决")
    async with desk.database.read() as uow:
        linked = await uow.cases.linked(case, EVERYTHING)
        clocks = await uow.clocks.of_case(linked[0].id)
    assert [(one.stage, one.lane, one.state, one.parent_id) for one in linked] == [
        (Stage.REVIEW, Lane.REVIEW, CaseState.REGISTERED, case.id)
    ]
    assert [(row["code"], row["due_on"].isoformat()) for row in clocks] == [("review", "2026-12-23")]


async def test_sending_back_twice_goes_to_supervision(desk):
    case = await desk.file()
    for _ in range(2):
        case = await desk.move(case, Move.ASSIGN, organ="zhujian")
        case = await desk.move(case, Move.OBJECT, OFFICER, reason="不属于本单位职权范围")
        case = await desk.move(case, Move.SEND_BACK, CLERK, reason="同意")
    async with desk.database.read() as uow:
        tasks = await uow.clocks.open_tasks(EVERYTHING)
    assert case.bounced == 2 and case.organ is None
    assert [(task["kind"], task["reason"]) for task in tasks] == [("supervise", "已被退回 2 次")]
    await desk.do(EndTask(tasks[0]["id"], "已协调，由城管牵头"), SUPERVISOR)
    async with desk.database.read() as uow:
        assert await uow.clocks.count_tasks(EVERYTHING) == 0


async def test_the_way_is_a_persons_decision_and_whether_it_was_proposed_is_kept(desk):
    case = await desk.file()
    case = await desk.do(DecideWay(case.case_no, "at_once", case.version))
    assert case.way == "at_once"
    told = {"way": "at_once", "proposed": "ordinary", "hit": False, "rule": "ordinary"}
    assert (await desk.history(case))[-1].data == told
    case = await desk.move(case, Move.ASSIGN, organ="zhujian")
    assert case.due_on.isoformat() == "2026-11-23"
    with pytest.raises(WrongRole):
        await desk.do(DecideWay(case.case_no, "lead", case.version), OFFICER)


async def test_only_supervisors_hurry_an_organ(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN)
    await desk.do(HurryOrgan(case.case_no, "请本周内答复", True), SUPERVISOR)
    with pytest.raises(WrongRole):
        await desk.do(HurryOrgan(case.case_no, "快点", False), OFFICER)


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
    assert same.version == case.version and len(await desk.history(case)) == 2


async def test_a_case_that_turns_out_to_be_an_accusation_leaves_its_organ_and_everybodys_sight(desk):
    case = await desk.file()
    case = await desk.walk(case, Move.ASSIGN)
    await desk.do(CorrectCase(case.case_no, case.version, kind=CaseKind.ACCUSATION), at=NOW + timedelta(hours=1))
    for staff in (CLERK, OFFICER):
        with pytest.raises(NotFound):
            await desk.do(AddNote(case.case_no, "看看"), staff)
    case = await desk.do(AddNote(case.case_no, "已收"), DISCIPLINARY)
    assert (case.organ, case.state) == (None, CaseState.SENT_BACK)
    async with desk.database.read() as uow:
        running = {row["code"] for row in await uow.clocks.of_case(case.id) if row["standing"] == "running"}
    assert running == {"redispatch"} and case.due_on is not None, "the organ's clocks ended with its part in it"
    with pytest.raises(WrongOrgan):
        await desk.move(case, Move.ASSIGN, DISCIPLINARY, organ="zhujian")


@pytest.mark.parametrize("given", [{"title": " "}, {"title": "长" * 61}, {"place": "长" * 201}])
async def test_a_correction_with_bad_words_is_refused(desk, given):
    case = await desk.file()
    with pytest.raises(BadInput):
        await desk.do(CorrectCase(case.case_no, case.version, **given))


async def test_a_sample_is_drawn_by_its_seed_and_its_tasks_end_with_the_call(desk):
    concluded = [await desk.walk(await desk.file(text=f"第 {n} 件"), *ANSWERED, Move.CONCLUDE) for n in range(6)]
    day = date(2026, 11, 23)
    assert await desk.do(DrawSample(day, day, 3, "2026 年 11 月"), SUPERVISOR) == 3
    async with desk.database.read() as uow:
        first = sorted(task["case_id"] for task in await uow.clocks.open_tasks(EVERYTHING, ["sample"]))
        kept = (await uow.clocks.samples())[0]
    assert first == drawn([case.id for case in concluded][::-1], 3, kept["seed"]) and kept["population"] == 6
    called = next(case for case in concluded if case.id == first[0])
    await desk.move(called, Move.FOLLOW_UP, CLERK, text="群众说满意")
    async with desk.database.read() as uow:
        assert await uow.clocks.count_tasks(EVERYTHING, ["sample"]) == 2
    assert await desk.do(DrawSample(day - timedelta(days=1), day - timedelta(days=1), 3), SUPERVISOR) == 0
    with pytest.raises(WrongRole):
        await desk.do(DrawSample(day, day, 3), OFFICER)
    with pytest.raises(BadInput):
        await desk.do(DrawSample(day, day, 0), SUPERVISOR)


async def test_a_repeat_leads_to_the_first_case_of_the_same_petitioner_and_can_be_taken_back(desk):
    talk = await desk.talk()
    first = await desk.file(conversation=talk, text="暖气不热一")
    second = await desk.file(conversation=talk, text="暖气不热二")
    third = await desk.file(conversation=talk, text="暖气不热三")
    second = await desk.do(LinkRepeat(second.case_no, second.version, first.case_no))
    third = await desk.do(LinkRepeat(third.case_no, third.version, second.case_no))
    assert third.repeat_of == first.case_no
    async with desk.database.read() as uow:
        spells = [
            (NOW - timedelta(days=1), NOW + timedelta(days=1)),
            (NOW - timedelta(days=9), NOW - timedelta(days=1)),
        ]
        month, before = await uow.boards.clearances(EVERYTHING, spells, NOW.date())
    assert (month.filed, month.repeats, month.repeats_left) == (3, 2, 2)
    assert (before.filed, before.repeats, before.left) == (0, 0, 0)
    third = await desk.do(LinkRepeat(third.case_no, third.version, ""))
    assert third.repeat_of is None
    assert [event.type for event in await desk.history(third)][-2:] == ["case.repeat_linked"] * 2


async def test_only_an_earlier_case_of_the_same_petitioner_can_be_repeated(desk):
    talk = await desk.talk()
    mine = await desk.file(conversation=talk, text="暖气不热一")
    later = await desk.file(conversation=talk, text="暖气不热二")
    with pytest.raises(BadInput):
        await desk.do(LinkRepeat(mine.case_no, mine.version, later.case_no))
    with pytest.raises(BadInput):
        await desk.do(LinkRepeat(mine.case_no, mine.version, mine.case_no))
    with pytest.raises(NotFound):
        await desk.do(LinkRepeat(mine.case_no, mine.version, "20200101-00001"))


async def test_an_accusation_reaches_no_disciplinary_organ_that_the_accused_leads(desk):
    case = await desk.walk(await desk.file(place="东胜区"), Move.ASSIGN)
    case = await desk.move(case, Move.RECALL, organ="", reason="派错了")
    case = await desk.move(case, Move.ASSIGN, organ="dongsheng")
    accusation = await desk.do(CorrectCase(case.case_no, case.version, kind=CaseKind.ACCUSATION))
    assert accusation.course["accused"] == ["dongsheng"]
    for organ in ("dongsheng", "dongsheng_jiwei"):
        with pytest.raises(WrongOrgan):
            await desk.move(accusation, Move.ASSIGN, DISCIPLINARY, organ=organ)
    assert (await desk.move(accusation, Move.ASSIGN, DISCIPLINARY, organ="jiwei")).organ == "jiwei"


async def test_the_disciplinary_organ_is_not_taken_for_the_accused(desk):
    case = await desk.move(await desk.file(), Move.ASSIGN, organ="jiwei")
    accusation = await desk.do(CorrectCase(case.case_no, case.version, kind=CaseKind.ACCUSATION))
    assert "accused" not in accusation.course
    assert (await desk.move(accusation, Move.ASSIGN, DISCIPLINARY, organ="jiwei")).organ == "jiwei"
