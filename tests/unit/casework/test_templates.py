"""Templates: which fit, what is filled in, and that nothing with a gap goes out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.casework.templates import FIELDS, _template, filled, gaps_in, templates, templates_for
from bot.domain.errors import BadInput
from bot.domain.lifecycle import Actor, Lane, Move, table
from bot.domain.reading import CaseKind, Topic
from bot.understanding.taxonomy import taxonomy


def plain(said: str) -> str:
    return said


async def test_what_is_made_for_the_topic_comes_first_and_other_topics_do_not_come(desk):
    case = await desk.file(topic=Topic("1503", "劳动和社会保障", "工资福利"))
    offered = [one.code for one in templates_for(case, [Move.DRAFT])]
    assert offered[0] == "reply_wages" and "reply_general" in offered and "reply_heating" not in offered


async def test_only_open_steps_and_the_own_lane_are_offered(desk):
    case = await desk.file(kind=CaseKind.SUGGESTION)
    assert {one.move for one in templates_for(case, [Move.DRAFT, Move.DECLINE])} == {Move.DRAFT, Move.DECLINE}
    assert all(not one.lanes or Lane.SUGGESTION in one.lanes for one in templates_for(case, list(Move)))
    assert templates_for(case, []) == ()


async def test_the_case_fills_in_what_it_tells_and_leaves_a_gap_for_the_rest(desk):
    case = await desk.file(title="路灯不亮", place="")
    text = filled(next(one for one in templates() if one.code == "reply_road"), case, plain)
    assert "{" not in text and "地点" in gaps_in(text)
    there = replace(case, place="东胜区铁西")
    assert "东胜区铁西" in filled(next(one for one in templates() if one.code == "reply_road"), there, plain)
    labour = next(one for one in templates() if one.code == "divert_labour")
    assert "东胜区劳动人事争议仲裁委员会" in filled(labour, there, plain)


async def test_what_still_holds_a_gap_is_refused_and_nothing_is_written(desk):
    case = await desk.walk(await desk.file(), Move.ASSIGN, Move.ACCEPT, Move.PROCESS)
    with pytest.raises(BadInput) as refused:
        await desk.move(case, Move.DRAFT, text="经查，【填：查明的情况】。")
    assert refused.value.field == "gaps"
    assert (await desk.now_as(case)).version == case.version


def test_every_topic_named_is_one_of_the_taxonomy_and_every_text_fits_its_box():
    known = {*taxonomy().level1, *taxonomy().level2.values()}
    assert {topic for one in templates() for topic in one.topics} <= known
    assert all(len(one.text) < (5000 if one.field == "text" else 1000) for one in templates())


def test_there_is_a_text_to_start_from_for_all_that_the_citizen_is_told():
    told = {(row.move, need.value) for row in table() if row.tells and row.by != {Actor.SYSTEM} for need in row.needs}
    wanted = {(move, field) for move, field in told if field in FIELDS}
    assert wanted - {(one.move, one.field) for one in templates()} == set()


def test_no_gap_stands_in_another():
    assert all("【" not in gap for one in templates() for gap in gaps_in(one.text))
    assert all(one.text.count("【填") == len(gaps_in(one.text)) for one in templates())


@pytest.mark.parametrize("change", [{"text": "{titel}"}, {"field": "words"}])
def test_a_mistake_in_the_file_is_named(change):
    entry = {"code": "x", "name": "某", "move": "draft", "field": "text", "text": "好"}
    with pytest.raises(BadInput, match="x: "):
        _template({**entry, **change})
