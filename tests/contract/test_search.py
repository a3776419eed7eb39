"""Full search in Chinese: the same on both databases, kept up with the case, and safe whatever is typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone

import pytest
from sqlalchemy import create_engine, event, text

from bot.domain.case import NewCase
from bot.domain.errors import BadInput, NotFound, RuleViolation
from bot.domain.lifecycle import CaseState, Lane
from bot.domain.people import NO_SIGHT, Role, Sight
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.domain.working_days import DAY
from bot.rules import organs
from bot.storage import search
from bot.storage.case_repository import OPEN_STATES, Approver, CaseFilter
from bot.storage.schema import alembic_config, sync_engine, upgrade

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc)
ALL = Sight(everything_else=True)


def new_case(**changes) -> NewCase:
    base = {
        "conversation_id": None,
        "inbox_id": None,
        "channel": "web",
        "text": "小区停水三天了，物业不管",
        "kind": CaseKind.CLAIM,
        "topic": Topic("0101", "城乡建设", "自来水供应"),
        "urgency": Urgency.NORMAL,
        "place": "东胜区民族街道",
        "title": "小区停水三天",
        "phones": ("13800001234",),
        "people": None,
        "anonymous": False,
    }
    return NewCase(**{**base, **changes})


async def filed(database, **changes):
    async with database.write() as uow:
        return await uow.cases.file(new_case(**changes), NOW)


async def found(database, words, sight=ALL, numbers=True):
    wanted = CaseFilter(words=words, organ_names=organs.names(), numbers=numbers)
    async with database.read() as uow:
        listed = [case.case_no for case in await uow.cases.search(wanted, sight)]
        assert await uow.cases.count(wanted, sight) == len(listed)
    return sorted(int(number[-5:]) for number in listed)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("水", [1]),
        ("停水", [1]),
        ("停水三", [1]),
        ("小区停水三天", [1]),
        ("物业不管", [1]),
        ("东胜区民族街道", [1]),
        ("路灯", [2]),
        ("灯", [2]),
        ("停水 三天", [1]),
        ("停水 路灯", []),
        ("区", [1, 2]),
        ("康巴什　路灯", [2]),
        ("水三", [1]),
        ("三水", []),
        ("停水三年", []),
        ("100%", [2]),
        ("LED", [2]),
        ("led灯", [2]),
        ("ＬＥＤ", [2]),
        ("１００", [2]),
        ("停水，三天", [1]),
        ("不亮。", [2]),
        ("", [1, 2]),
        ("   ", [1, 2]),
        ("%", []),
        ("，。！", []),
    ],
)
@pytest.mark.parametrize("few", [search.FEW, 0], ids=["few", "many"])
async def test_words_are_found_wherever_they_stand(database, words, numbers, few, monkeypatch):
    monkeypatch.setattr(search, "FEW", few)
    await filed(database)
    await filed(database, text="路灯坏了100%不亮，换成LED灯", title="路灯不亮", place="康巴什区", phones=())
    assert await found(database, words) == numbers


async def test_traditional_script_and_simplified_find_each_other(database):
    await filed(database, text="小區的電梯壞了，乾著急", title="電梯停運", place="")
    await filed(database, text="小区的电梯坏了", title="电梯停运", place="")
    for words in ("電梯", "电梯", "電梯停運", "电梯停运", "壞"):
        assert await found(database, words) == [1, 2]
    assert await found(database, "干着急") == [1]


async def test_a_case_is_found_by_its_number_and_by_its_beginning(database):
    for _ in range(3):
        await filed(database)
    async with database.write() as uow:
        await uow.cases.file(new_case(), datetime(2026, 11, 29, 4, 0, tzinfo=timezone.utc))
    assert await found(database, "20261123-00002") == [2]
    assert await found(database, "2026112300002") == [2]
    assert await found(database, "２０２６１１２３－００００２") == [2]
    assert await found(database, "20261123") == [1, 2, 3]
    assert await found(database, "20261129") == [1]
    assert await found(database, "202611") == [1, 1, 2, 3]
    assert await found(database, "20261123-0000") == [1, 2, 3]
    assert await found(database, "20261123-9") == []
    assert await found(database, "20261123 停水") == [1, 2, 3]
    assert await found(database, "20261123 路灯") == []


@pytest.mark.parametrize("written", ["13947701234", "139 4770 1234", "139-4770-1234", "１３９４７７０１２３４"])
async def test_a_phone_is_found_whole_by_who_may_see_it_and_never_in_parts(database, written):
    await filed(database, text=f"打我电话{written}，身份证152701198001011234", phones=())
    await filed(database, text="请回电", phones=("13947701234",))
    assert await found(database, "13947701234") == [1, 2]
    assert await found(database, "139-4770-1234") == [1, 2]
    assert await found(database, "13947701234", numbers=False) == []
    assert await found(database, "停水 13947701234", numbers=False) == []
    for part in ("139", "1394", "1234", "4770", "139477", "1394770", "7701234", "1527", "19800101", "011234"):
        assert await found(database, part) == [], part
    assert await found(database, "152701198001011234") == [1]


async def test_an_organ_is_found_by_its_name_while_it_has_the_case(database):
    case = await filed(database)
    await filed(database)
    assert await found(database, "住房和城乡建设局") == []
    async with database.write() as uow:
        case = await uow.cases.change(replace(case, organ="zhujian"), NOW)
    for name in ("住房和城乡建设局", "住建局", "住建", "住建局 停水", "住建局 三天"):
        assert await found(database, name) == [1]
    assert await found(database, "住建局 路灯") == []
    async with database.write() as uow:
        await uow.cases.change(replace(case, organ="gongan"), NOW)
    assert await found(database, "住建局") == [] and await found(database, "公安局") == [1]


async def test_what_is_searched_follows_corrections_and_supplements(database):
    case = await filed(database)
    async with database.write() as uow:
        case = await uow.cases.change(replace(case, title="自来水停供", place="伊金霍洛旗"), NOW)
    assert await found(database, "自来水停供 伊金霍洛") == [1] and await found(database, "民族街道") == []
    async with database.write() as uow:
        await uow.cases.add_words(case, "锅炉房也着火了", NOW)
    assert await found(database, "锅炉房着火") == [] and await found(database, "锅炉房 着火 物业") == [1]
    with pytest.raises(RuntimeError):
        async with database.write() as uow:
            case = await uow.cases.get(case.case_no, ALL)
            await uow.cases.change(replace(case, title="没有保存"), NOW)
            raise RuntimeError
    assert await found(database, "没有保存") == [] and await found(database, "自来水停供") == [1]


async def test_a_search_never_leaves_its_sight(database):
    await filed(database, kind=CaseKind.ACCUSATION, title="停水款被贪")
    await filed(database)
    assert await found(database, "停水") == [2]
    assert await found(database, "停水", Sight(accusations=True)) == [1]
    assert await found(database, "停水", Sight(organ="zhujian")) == await found(database, "停水", NO_SIGHT) == []
    assert await found(database, "20261123-00001") == [] and await found(database, "13800001234") == [2]


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "'",
        '停"水',
        "停'水",
        "停水*",
        "停* OR 水",
        "OR",
        "NOT",
        "AND AND",
        "NEAR(停 水, 2)",
        "tokens:停",
        "^停",
        "-停水",
        "{a b}: c",
        "停水' | 'x",
        "停水 & !",
        "a\\' b",
        ":*",
        "<->",
        "(",
        "停\x00水",
        "\x00",
        "\ud83d",
        "停水😀",
        "水" * 10_000,
        "停水 " * 3000,
        "'; drop table cases; --",
        "%_%",
        "\u202e停",
        "ᠮᠣᠩᠭᠣᠯ",
        "1" * 5000,
        "٣",
        "ﷺ",
    ],
)
async def test_whatever_is_typed_is_words_and_no_command(database, words):
    await filed(database)
    assert await found(database, words) in ([], [1])
    assert await found(database, "停水") == [1]


async def test_quotes_and_signs_part_words_and_do_nothing_else(database):
    await filed(database)
    assert await found(database, '"停水" (三天)') == [1]
    assert await found(database, "停水*") == [1] and await found(database, "-停水") == [1]
    assert await found(database, "停水 OR 路灯") == [], "OR is a word like another"


async def test_a_long_letter_is_found_by_its_end(database):
    long_text = "".join(chr(0x4E00 + number * 7 % 20000) for number in range(20_000)) + "最后一句是路灯不亮"
    await filed(database, text=long_text)
    assert await found(database, "最后一句 路灯不亮") == [1]


def test_cases_from_before_the_search_are_found_after_the_migration(database_url):
    from alembic import command

    engine = sync_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        stamp = "'2026-11-23 04:00:00'"
        for number in range(1, 1203):
            words = "老的一件路灯不亮" if number == 1202 else "小区停水"
            connection.execute(
                text(
                    "INSERT INTO petitions (id, petition_no, query_code_issue, channel, text, filed_at)"
                    f" VALUES ({number}, '20261123-{number:05d}', 1, 'web', :words, {stamp})"
                ),
                {"words": words},
            )
            connection.execute(
                text(
                    "INSERT INTO cases (id, case_no, petition_id, channel, kind, topic_code, topic_level1,"
                    " topic_level2, urgency, place, title, text, phones, anonymous, state, understood, version,"
                    f" filed_at, updated_at) VALUES ({number}, '20261123-{number:05d}', {number}, 'web', 'claim', '',"
                    " '城乡建设', '', 2, '东胜区', '标题', :words, '[\"13800001234\"]', false, 'registered', '{}', 1,"
                    f" {stamp}, {stamp})"
                ),
                {"words": words},
            )
    engine.dispose()
    upgrade(database_url)
    engine = create_engine(sync_engine(database_url).url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM case_words")).scalar_one() == 1202
        match = (
            "SELECT rowid FROM case_search WHERE case_search MATCH '\"路灯\"'"
            if "sqlite" in database_url
            else "SELECT case_id FROM case_words WHERE tokens @@ '''路灯'''::tsquery"
        )
        assert connection.execute(text(match)).scalars().all() == [1202]
    engine.dispose()


@pytest.mark.parametrize("few", [search.FEW, 0], ids=["few", "many"])
async def test_lists_counts_and_figures_agree_whatever_is_filtered(database, few, monkeypatch):
    monkeypatch.setattr(search, "FEW", few)
    for number in range(60):
        kind = CaseKind.ACCUSATION if number % 9 == 0 else CaseKind.CLAIM
        case = await filed(database, kind=kind, urgency=Urgency(1 + number % 4))
        if number % 3 == 0 and kind is CaseKind.CLAIM:
            async with database.write() as uow:
                changed = replace(case, organ="zhujian", state=list(CaseState)[number % 6], bounced=number % 4)
                await uow.cases.change(replace(changed, due_on=NOW.date() + (number % 9 - 4) * DAY), NOW)
    filters = [
        CaseFilter(**given)
        for state in ({}, {"states": OPEN_STATES}, {"states": ("registered",)}, {"states": ("concluded",)})
        for more in (
            {},
            {"urgencies": (4,)},
            {"unassigned": True},
            {"organ": "zhujian"},
            {"kind": "claim"},
            {"words": "停水"},
            {"due_until": NOW.date(), "order": "due"},
            {"due_from": NOW.date(), "due_until": NOW.date() + 3 * DAY, "order": "urgent"},
            {"order": "due", "words": "停水"},
            {"stage": "first", "bounced": 2},
        )
        for given in [{**state, **more}]
    ]
    sights = (ALL, Sight(organ="zhujian"), Sight(accusations=True), NO_SIGHT)
    async with database.read(at_one_moment=True) as uow:
        for sight in sights:
            tally = await uow.cases.tally(sight)
            for wanted in filters:
                listed = await uow.cases.search(wanted, sight, 1000)
                pages = [await uow.cases.search_and_count(wanted, sight, 7, offset) for offset in range(0, 63, 7)]
                assert [case for page, _ in pages for case in page] == listed
                assert {total for _, total in pages} == {len(listed)} == {await uow.cases.count(wanted, sight)}
                assert tally.count(wanted) in (None, len(listed))
                assert [case.id for case in listed] == await uow.cases.ids(wanted, sight)
                assert listed == sorted(listed, key=IN_ORDER[wanted.order])
                assert all((case.due_on or date.max) <= (wanted.due_until or date.max) for case in listed)


IN_ORDER = {
    "": lambda case: (-int(case.urgency), -case.id),
    "due": lambda case: (case.due_on or date.max, -int(case.urgency), -case.id),
    "urgent": lambda case: (-int(case.urgency), case.due_on or date.max, -case.id),
}


@pytest.mark.parametrize(
    "wanted",
    [
        CaseFilter(states=OPEN_STATES, due_until=NOW.date()),
        CaseFilter(states=OPEN_STATES, order="due"),
        CaseFilter(order="due"),
        CaseFilter(states=OPEN_STATES, stage="first", order="urgent"),
        CaseFilter(states=("drafted",), approver=Approver("staff:1", frozenset(Lane))),
    ],
)
async def test_lists_by_day_are_read_out_of_an_index(database, wanted):
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by size: measured in tests/benchmarks/casework/pages.py")
    sent = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *given: sent.append(given[2:4]))
    async with database.read() as uow:
        await uow.cases.search(wanted, ALL)
        await uow.cases.count(wanted, ALL)
    async with database.engine.connect() as connection:
        asked = [(statement, given) for statement, given in sent if "FROM cases" in statement]
        plans = [(await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", given)).all() for one, given in asked]
    steps = [row[-1] for plan in plans for row in plan]
    assert len(asked) == 2 and [step for step in steps if "SCAN cases" in step] == [], steps


async def test_a_count_and_its_list_are_of_one_moment(database):
    await filed(database)
    async with database.read(at_one_moment=True) as uow:
        before = await uow.cases.count(CaseFilter(), ALL)
        await filed(database)
        assert len(await uow.cases.search(CaseFilter(), ALL)) == before == 1
    async with database.read() as uow:
        assert await uow.cases.count(CaseFilter(), ALL) == 2


async def test_filters_are_kept_in_order_and_of_one_person(database):
    async with database.write() as uow:
        me = (await uow.staff.add("me", "我", "x", Role.INTAKE_CLERK, None, NOW)).id
        other = (await uow.staff.add("other", "别人", "x", Role.INTAKE_CLERK, None, NOW)).id
        for name in ("甲", "乙", "丙"):
            await uow.filters.add(me, name, "state=open")
        first = (await uow.filters.of(me))[2]
        await uow.filters.raise_up(me, first.id)
        await uow.filters.rename(me, first.id, "  丙　丙 ")
        assert [one.name for one in await uow.filters.of(me)] == ["甲", "丙 丙", "乙"]
        assert await uow.filters.of(other) == []
        for refused in (uow.filters.rename(other, first.id, "x"), uow.filters.remove(other, first.id)):
            with pytest.raises(NotFound):
                await refused
        for name in ("", " ", "乙", "长" * 21):
            with pytest.raises(BadInput):
                await uow.filters.add(me, name, "state=open")
        for number in range(27):
            await uow.filters.add(me, f"第{number}个", "q=停水")
        with pytest.raises(RuleViolation):
            await uow.filters.add(me, "太多", "q=停水")
        await uow.filters.remove(me, first.id)
        assert len(await uow.filters.of(me)) == 29
