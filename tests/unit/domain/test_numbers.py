"""Numbers of people, in every spelling that a mask must know."""

from __future__ import annotations

import pytest

from bot.domain.masking import Hidden, mask_text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("打我13947756678", "打我139****6678"),
        ("打我139 4775 6678", "打我139****6678"),
        ("打我一三九四七七五六六七八找老王", "打我一三九****六六七八找老王"),
        ("幺三九－四七七五－六六七八", "幺三九****六六七八"),
        ("１３９４７７５６６７８", "１３９****６６７８"),
        ("身份证11010519491231002X", "身份证110105********002X"),
        ("110105 1949 1231 002X", "110105********002X"),
        ("身份证一一零一零五一九四九一二三一零零二叉", "身份证一一零一零五********零零二叉"),
        ("二〇二六年一月三十日交了一万三千九百元", "二〇二六年一月三十日交了一万三千九百元"),
        ("订单 20261129 00001，三五百人，九九八十一", "订单 20261129 00001，三五百人，九九八十一"),
    ],
)
def test_numbers_are_masked_in_every_spelling(said: str, shown: str) -> None:
    assert mask_text(said) == shown


@pytest.mark.parametrize(
    "said", ["13947756678", "一三九四七七五六六七八", "一 三 九 四 七 七 五 六 六 七 八", "139-477-566-78"]
)
def test_a_phone_that_is_known_is_masked_whatever_stands_between(said: str) -> None:
    assert mask_text(f"打{said}", Hidden(("13947756678",))) == "打139****6678"


def test_a_landline_in_chinese_digits_is_masked_where_it_is_known() -> None:
    assert mask_text("零四七七，八五八一二三四", Hidden(("04778581234",))) == "047****1234"
