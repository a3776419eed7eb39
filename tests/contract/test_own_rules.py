"""Organs and templates changed in the console, on both databases: in force in every process, nothing sent to the retired."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from bot.casework import Work, handle, kept_rules
from bot.casework.templates import find, templates_for
from bot.domain.commands import AddOrgan, MoveCase, RenameOrgan, SwitchOrgan, SwitchTemplate, WriteTemplate
from bot.domain.errors import BadInput, IntakeError, NotFound, WrongRole, WrongState
from bot.domain.lifecycle import Actor, Move
from bot.domain.messages import Address
from bot.domain.own_rules import OrganChange, TemplateChange
from bot.domain.people import Role, Staff, sight_of
from bot.domain.permission import Request
from bot.domain.reading import CaseKind, Topic
from bot.procedure import SYSTEM, carry_out
from bot.procedure.consequences import REPORT
from bot.rules import organs
from bot.storage.engine import make_engine
from bot.storage.tables import proposals, tasks
from bot.storage.unit_of_work import Database
from bot.workers.deadline_clock import DeadlineClock
from tests.browser.console_app import HandClock, running_office
from tests.browser.visitor import visiting
from tests.contract.test_storage import new_case

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
BOSS = Staff(1, "admin", "管理员", Role.ADMINISTRATOR, None, True)
CLERK = Staff(2, "clerk", "王受理", Role.INTAKE_CLERK, None, True)
SUPERVISOR = Staff(3, "supervisor", "孙督办", Role.SUPERVISOR, None, True)
CHARGING = AddOrgan("市充电设施管理中心", "充电中心", "city", "shizhengfu", ("城乡建设",), ("充电桩",))
TOPIC = Topic("01", "城乡建设", "")


@pytest.fixture
def live(database):
    """The database as processes open it."""
    yield Database(database.engine, kept_rules.refresh)
    kept_rules.forget()


async def do(database, command, staff=BOSS):
    async with database.write() as uow:
        return await handle(command, Work(uow, staff, sight_of(staff), NOW))


async def filed(database, **given):
    async with database.write() as uow:
        talk = await uow.conversations.find_or_start(Address("wechat", "gh", "p"), NOW)
        case = await uow.cases.file(new_case(conversation_id=talk.id, **given), NOW)
        return await carry_out(case, Request(Move.REGISTER, Actor.SYSTEM, SYSTEM, NOW), uow)


async def move(database, case, wanted, **given):
    async with database.read() as uow:
        now = await uow.cases.by_id(case.id)
    return await do(database, MoveCase(now.case_no, wanted, now.version, **given), CLERK)


async def another_process_looks(database):
    kept_rules.forget()
    async with database.read():
        pass


async def audited(database) -> list[tuple[str, str]]:
    async with database.read() as uow:
        return [(row.entry.action, row.entry.subject) async for row in uow.audit.rows()]


async def test_an_added_organ_is_proposed_and_sent_to_in_every_process(live):
    assert organs.propose(CaseKind.CLAIM, TOPIC, "", "小区没有充电桩").organ.code == "nengyuan"
    code = await do(live, CHARGING)
    await another_process_looks(live)
    proposed = organs.propose(CaseKind.CLAIM, TOPIC, "", "小区没有充电桩")
    assert (proposed.organ.code, proposed.organ.name) == (code, "市充电设施管理中心")
    assert organs.superior_of(code).code == "shizhengfu"
    case = await filed(live)
    sent = await move(live, case, Move.TRANSFER, organ=code)
    assert sent.organ == code
    assert ("organ.added", f"organ:{code}") in await audited(live)


async def test_a_new_name_is_everywhere_and_cases_stay(live):
    case = await filed(live)
    await move(live, case, Move.TRANSFER, organ="jiaoti")
    await do(live, RenameOrgan("jiaoti", "市教育局", "教育局"))
    await another_process_looks(live)
    assert organs.name_of("jiaoti") == "市教育局"
    assert organs.propose(CaseKind.CLAIM, Topic("11", "教育文体", ""), "").organ.short == "教育局"
    with pytest.raises(BadInput, match="another organ"):
        await do(live, RenameOrgan("jiaoti", "市公安局", "公安局"))


async def test_an_organ_with_open_cases_stays_until_they_are_sent_elsewhere(live):
    case = await filed(live)
    held = await move(live, case, Move.TRANSFER, organ="jiaoti")
    with pytest.raises(WrongState, match="先改派"):
        await do(live, SwitchOrgan("jiaoti"))
    taken = await move(live, held, Move.RECALL, reason="改派")
    await move(live, taken, Move.TRANSFER, organ="wenlv")
    await do(live, SwitchOrgan("jiaoti"))
    await another_process_looks(live)
    assert organs.propose(CaseKind.CLAIM, Topic("11", "教育文体", ""), "").organ.code != "jiaoti"
    assert organs.name_of("jiaoti") == "市教育体育局" and not organs.is_active("jiaoti")
    other = await filed(live)
    with pytest.raises(BadInput, match="organ"):
        await move(live, other, Move.TRANSFER, organ="jiaoti")
    await do(live, SwitchOrgan("jiaoti"))
    assert [action for action, _ in await audited(live) if action.startswith("organ.")] == ["organ.retired", "organ.restored"]  # fmt: skip


@pytest.mark.parametrize("code", ["xinfang", "shizhengfu", "lianxi", "jiwei", "dongsheng"])
async def test_what_the_rules_need_stays(live, code):
    with pytest.raises(WrongState, match="不能停用"):
        await do(live, SwitchOrgan(code))


async def test_an_assisting_organ_is_busy_too(live):
    case = await filed(live)
    sent = await move(live, case, Move.TRANSFER, organ="wenlv")
    await move(live, sent, Move.ADD_ASSISTING, organ="jiaoti")
    with pytest.raises(WrongState):
        await do(live, SwitchOrgan("jiaoti"))


async def test_an_organ_is_not_retired_while_a_case_is_sent_to_it(live):
    """Both at once, ten times: either the organ stays or the case does not go there."""
    for _ in range(10):
        case = await filed(live)
        send = move(live, case, Move.TRANSFER, organ="jiaoti")
        ended = await asyncio.gather(send, do(live, SwitchOrgan("jiaoti")), return_exceptions=True)
        assert all(one is None or isinstance(one, IntakeError) or hasattr(one, "case_no") for one in ended), ended
        async with live.read() as uow:
            now = await uow.cases.by_id(case.id)
            busy = await uow.own_rules.is_busy("jiaoti")
        assert organs.is_active("jiaoti") or not busy
        if now.organ:
            await move(live, now, Move.RECALL, reason="改派")
        if not organs.is_active("jiaoti"):
            await do(live, SwitchOrgan("jiaoti"))


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (AddOrgan("", "", "city", "shizhengfu"), "name"),
        (AddOrgan("市公安局", "", "city", "shizhengfu"), "another organ"),
        (AddOrgan("市数据局", "", "district", "shizhengfu"), "superior"),
        (AddOrgan("市数据局", "", "city", "nowhere"), "superior"),
        (AddOrgan("新镇", "", "town", "shizhengfu"), "town"),
        (AddOrgan("市数据局", "", "city", "shizhengfu", ("数据",)), "topics"),
        (AddOrgan("市数据局", "", "city", "shizhengfu", (), ("长" * 21,)), "words"),
    ],
)
async def test_what_is_wrong_with_a_new_organ_is_told_and_nothing_is_kept(live, command, error):
    with pytest.raises(BadInput, match=error):
        await do(live, command)
    async with live.read() as uow:
        assert await uow.own_rules.organs() == [] and await uow.own_rules.stamp() == ""


async def test_organs_are_the_administrators_and_templates_the_supervisors(live):
    with pytest.raises(WrongRole):
        await do(live, CHARGING, SUPERVISOR)
    with pytest.raises(WrongRole):
        await do(live, WriteTemplate("", "一", "draft", "text", "您好"), CLERK)
    with pytest.raises(NotFound):
        await do(live, SwitchTemplate("nothing"), SUPERVISOR)


async def test_a_template_is_added_changed_and_retired_everywhere(live):
    case = await filed(live, topic=Topic("0102", "城乡建设", "城市建设和市政管理"))
    words = "您反映的“{title}”，已经【填：做了什么】。"
    code = await do(live, WriteTemplate("", "充电桩", "draft", "text", words, topics=("城乡建设",)), SUPERVISOR)
    await another_process_looks(live)
    assert code in [one.code for one in templates_for(case, [Move.DRAFT])]
    await do(live, WriteTemplate(code, "充电桩答复", "draft", "text", words), SUPERVISOR)
    await do(live, SwitchTemplate("reply_road"), SUPERVISOR)
    await another_process_looks(live)
    offered = [one.code for one in templates_for(case, [Move.DRAFT])]
    assert (
        find(code).name == "充电桩答复"
        and code in offered
        and find("reply_road").retired
        and "reply_road" not in offered
    )
    await do(live, SwitchTemplate("reply_road"), SUPERVISOR)
    await another_process_looks(live)
    assert not find("reply_road").retired
    deeds = [action for action, _ in await audited(live) if action.startswith("template.")]
    assert deeds == ["template.added", "template.changed", "template.retired", "template.restored"]


@pytest.mark.parametrize(
    ("move", "field", "text", "lanes"),
    [
        ("draft", "text", "您好，【填 理由】", ()),
        ("draft", "text", "您好，【理由】", ()),
        ("draft", "text", "您好，{titel}", ()),
        ("draft", "text", "您好，{title", ()),
        ("draft", "text", "", ()),
        ("draft", "reason", "长" * 1001, ()),
        ("draft", "note", "您好", ()),
        ("dance", "text", "您好", ()),
        ("draft", "text", "您好", ("nowhere",)),
    ],
)
async def test_a_wrong_template_is_refused_like_in_the_file(live, move, field, text, lanes):
    with pytest.raises(BadInput) as refused:
        await do(live, WriteTemplate("", "一", move, field, text, lanes), SUPERVISOR)
    assert refused.value.field == "template"


async def test_a_change_that_fits_the_file_no_more_stops_nothing(live, caplog):
    await do(live, CHARGING)
    async with live.write() as uow:
        kept = (await uow.own_rules.organs())[0]
        await uow.own_rules.put_organ(type(kept)(**{**vars(kept), "code": "own9", "superior": "gone"}))
    await another_process_looks(live)
    assert organs.find("own9") is None and organs.find(kept.code) is not None
    assert [one.organ for one in caplog.records if "does not fit" in one.message] == ["own9"]


RENAMED = OrganChange("jiaoti", "市教育局", "教育局")
GONE = OrganChange("jiaoti", "市教育体育局", "教体局", retired=True)
CENTRE = OrganChange(
    "own1", "市充电设施管理中心", "充电中心", True, False, "city", "shizhengfu", ("城乡建设",), ("充电桩",)
)
ANSWER = TemplateChange("own1", "找充电中心", "ask_supplement", "text", "请补充是哪个充电桩。", (), ("城乡建设",))


async def changed_elsewhere(url, *changes):
    """What another process writes down; this one is told nothing."""
    other = Database(make_engine(url.replace("postgresql://", "postgresql+asyncpg://")))
    async with other.write() as uow:
        for change in changes:
            await (uow.own_rules.put_organ if isinstance(change, OrganChange) else uow.own_rules.put_template)(change)
    await other.close()


@pytest.mark.parametrize("opened", ["write", "read", "read at one moment"])
async def test_the_next_transaction_has_what_another_process_changed(live, database_url, opened):
    for change in (RENAMED, replace(RENAMED, name="市教育和体育局")):
        await changed_elsewhere(database_url, change, replace(ANSWER, name=change.name))
        async with live.write() if opened == "write" else live.read("moment" in opened):
            assert organs.name_of("jiaoti") == change.name and find("own1").name == change.name


async def test_a_route_is_proposed_by_what_another_process_added(live, database_url):
    case = await filed(live, topic=TOPIC, text="小区没有充电桩")
    await changed_elsewhere(database_url, CENTRE)
    await move(live, case, Move.TRANSFER, organ="own1")
    async with live.read() as uow:
        kept = (await uow.connection.execute(select(proposals.c.rule, proposals.c.followed))).one()
    assert kept == ("district.word.own1", True)


async def test_a_notice_names_an_organ_as_another_process_renamed_it(live, database_url):
    case = await filed(live)
    async with live.read() as uow:
        now = await uow.cases.by_id(case.id)
    await changed_elsewhere(database_url, RENAMED)
    await do(live, MoveCase(now.case_no, Move.TRANSFER, now.version, organ="jiaoti"), CLERK)
    async with live.read() as uow:
        told = [line.text for line in await uow.conversations.talk(case.conversation_id, sight_of(CLERK))]
    assert "市教育局" in told[-1]


async def test_nothing_is_sent_to_what_another_process_retired(live, database_url):
    case = await filed(live)
    async with live.read() as uow:
        now = await uow.cases.by_id(case.id)
    await changed_elsewhere(database_url, GONE)
    with pytest.raises(BadInput, match="organ"):
        await do(live, MoveCase(now.case_no, Move.TRANSFER, now.version, organ="jiaoti"), CLERK)


async def test_whether_an_organ_may_be_retired_is_judged_by_what_another_process_changed(live, database_url):
    """One that was put below it meanwhile keeps it; retired meanwhile, the same deed takes it back."""
    await changed_elsewhere(database_url, replace(CENTRE, superior="jiaoti"))
    with pytest.raises(WrongState, match="不能停用"):
        await do(live, SwitchOrgan("jiaoti"))
    await changed_elsewhere(database_url, replace(CENTRE, superior="jiaoti", retired=True), GONE)
    await do(live, SwitchOrgan("jiaoti"))
    async with live.read():
        assert organs.is_active("jiaoti")


async def test_the_deadline_clock_reports_to_the_organ_that_another_process_put_above(live, database_url):
    await changed_elsewhere(database_url, CENTRE)
    case = await filed(live)
    await move(live, case, Move.TRANSFER, organ="own1")
    await changed_elsewhere(database_url, replace(CENTRE, superior="jiaoti"))
    assert await DeadlineClock(live, HandClock(timedelta(days=400))).scan()
    async with live.read() as uow:
        reported = (await uow.connection.execute(select(tasks.c.organ).where(tasks.c.kind == REPORT))).scalars().all()
    assert set(reported) == {"jiaoti"}


PAGES = {
    "case": ("/console/cases/{case_no}", ("市充电设施管理中心", "找充电中心")),
    "list": ("/console", ('<option value="own1"',)),
    "units": ("/console/units?topic=城乡建设&text=没有充电桩", ("<b>市充电设施管理中心</b>",)),
    "templates": ("/console/templates", ("找充电中心",)),
    "staff": ("/console/staff", ('value="own1"',)),
}


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_of_the_console_shows_what_another_process_changed(database_url, tmp_path, page):
    path, shown = PAGES[page]
    settings = {} if database_url.startswith("sqlite") else {"DATABASE_URL": database_url}
    home = tmp_path / "home"
    async with running_office(home, **settings) as office, visiting(office) as visitor:
        url = str(office.database.engine.url) if not settings else database_url
        await office.staff("boss", Role.ADMINISTRATOR)
        case = await office.file("小区没有充电桩")
        await visitor.sign_in("boss")
        address = path.format(case_no=case.case_no)
        before = (await visitor.get(address))[1]
        await changed_elsewhere(url, CENTRE, ANSWER)
        after = (await visitor.get(address))[1]
    kept_rules.forget()
    assert [one in before for one in shown] == [False] * len(shown)
    assert [one in after for one in shown] == [True] * len(shown)
