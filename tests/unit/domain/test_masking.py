"""脱敏 of running text: what goes, what stays, and that no mask can pass for what it hides."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.domain.case import Case
from bot.domain.lifecycle import CaseState
from bot.domain.masking import Hidden, hidden_in, mask_address, mask_name, mask_phone, mask_text
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.web.console.forms import MASK


def a_case(text: str) -> Case:
    at = datetime(2026, 11, 23, tzinfo=timezone.utc)
    return Case(
        1, "20261123-00001", 1, None, CaseKind.CLAIM, Topic("", ""), Urgency.NORMAL, "", "", text, (), None, False,
        CaseState.REGISTERED, None, {}, 1, at, at,
    )  # fmt: skip


HOME = Hidden(("13812345678",), ("张秀英",), "东胜区天骄小区3号楼2单元501室")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("张秀英反映停水", "张***反映停水"),
        ("回复张女士：已修好", "回复张***：已修好"),
        ("张大爷和张某都说", "张***和张***都说"),
        ("张主任不管，紧张得很，开张第一天", "张主任不管，紧张得很，开张第一天"),
        ("李女士也没水", "李女士也没水"),
        ("天骄小区3号楼2单元501室漏水", "天骄小区3号楼***漏水"),
        ("天骄小区3号楼501漏水", "天骄小区3号楼***漏水"),
        ("3栋二单元五零一室", "3栋***"),
        ("A座1203室", "A座***"),
        ("住3-2-501", "住3-***"),
        ("天骄小区3-501没水", "天骄小区3-***没水"),
        ("0477-8581234，3-5天，第2-100页", "0477-8581234，3-5天，第2-100页"),
        ("501室没人", "***室没人"),
        ("3号楼电梯坏了，2单元门禁也坏了", "3号楼电梯坏了，2单元门禁也坏了"),
        ("3号楼100户都停水，2单元300多人", "3号楼100户都停水，2单元300多人"),
        ("2单元500元物业费", "2单元500元物业费"),
        ("2026-11-29 停水，12号来水", "2026-11-29 停水，12号来水"),
        ("1号楼2单元的电梯", "1号楼2单元的电梯"),
        ("打我电话138-1234-5678", "打我电话138****5678"),
        ("150102199001011234", "150102********1234"),
    ],
)
def test_what_goes_and_what_stays(said, shown):
    assert mask_text(said, HOME) == shown
    assert mask_text(said, HOME, revealed=True) == said


def test_the_door_of_a_street_goes_where_it_is_the_petitioners_own():
    lives = Hidden(address="康巴什区幸福路12号")
    assert mask_text("我家在幸福路12号，路灯坏了", lives) == "我家在幸福路***，路灯坏了"
    assert mask_text("幸福路15号门前，12号开始施工", lives) == "幸福路15号门前，12号开始施工"


def test_a_building_is_the_place_of_the_matter_even_where_it_is_the_whole_address():
    assert mask_text("天骄小区3号楼没暖气", Hidden(address="东胜区天骄小区3号楼")) == "天骄小区3号楼没暖气"


def test_a_query_code_is_hidden_whatever_the_reason():
    assert mask_text("查询码 1234 5678 9012 3456", revealed=True) == "查询码 **** **** **** ****"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我叫李建国，住在东胜", ("李建国",)),
        ("我叫欧阳文静住康巴什", ("欧阳文静",)),
        ("姓名：王芳\n电话不便", ("王芳",)),
        ("我叫他修他不修", ()),
        ("物业经理叫李建国", ()),
    ],
)
def test_a_name_that_somebody_tells_of_themselves_counts_as_given(text, names):
    assert hidden_in(a_case(text)).names == names


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张秀英", "张***"), ("王芳", "王***"), ("欧阳文静", "欧阳***"), ("乌云其其格", "乌***"), ("", "")],
)
def test_a_name_shows_its_surname(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("东胜区天骄小区3号楼2单元501室", "东胜区***"),
        ("鄂尔多斯市乌审旗嘎鲁图镇布日都嘎查", "鄂尔多斯市乌审旗嘎鲁图镇***"),
        ("天骄小区", "***"),
        ("", ""),
    ],
)
def test_an_address_shows_its_district_and_town(address, shown):
    assert mask_address(address) == shown


def test_every_mask_is_known_as_one():
    masks = [
        mask_phone("13812345678"),
        mask_phone("8581234"),
        mask_phone("12"),
        mask_name("王芳"),
        mask_address("小区"),
    ]
    masks += [mask_text(text, HOME) for text in ("501室", "住3-2-501", "3号楼501", "张女士", "150102199001011234")]
    assert [mask for mask in masks if not MASK.search(mask)] == []
