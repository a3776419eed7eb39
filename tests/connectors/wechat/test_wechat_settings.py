"""Settings are refused at start, by name and without their value."""

from __future__ import annotations

import pytest

from bot.domain.errors import BadInput
from connectors.wechat import WechatSettings

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
GOOD = {"token": "spamtest", "app_id": "wx2c2769f8efd9abc2", "app_secret": "secret", "aes_key": KEY}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"token": "ab"}, "WECHAT_TOKEN"),
        ({"token": "a" * 33}, "WECHAT_TOKEN"),
        ({"token": "口令口令"}, "WECHAT_TOKEN"),
        ({"app_id": ""}, "WECHAT_APP_ID"),
        ({"app_id": "wx 1"}, "WECHAT_APP_ID"),
        ({"app_secret": "se cret"}, "WECHAT_APP_SECRET"),
        ({"aes_key": KEY[:-1]}, "WECHAT_AES_KEY"),
        ({"aes_key": KEY + "="}, "WECHAT_AES_KEY"),
        ({"aes_key": "+" + KEY[1:]}, "WECHAT_AES_KEY"),
        ({"previous_aes_key": "short"}, "WECHAT_PREVIOUS_AES_KEY"),
        ({"aes_key": "", "previous_aes_key": KEY}, "WECHAT_AES_KEY"),
        ({"aes_key": "", "mode": "safe"}, "WECHAT_AES_KEY"),
        ({"mode": "secure"}, "WECHAT_MODE"),
        ({"max_body": 0}, "WECHAT_MAX_BODY"),
        ({"api_base": "api.weixin.qq.com"}, "WECHAT_API_BASE"),
        ({"api_base": "file:///etc"}, "WECHAT_API_BASE"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        WechatSettings(**{**GOOD, **wrong})
    assert caught.value.field == field and field in str(caught.value)
    assert not any(value in str(caught.value) for value in wrong.values() if isinstance(value, str) and len(value) > 20)


def test_the_environment_is_read() -> None:
    environment = {
        "WECHAT_TOKEN": " spamtest ",
        "WECHAT_APP_ID": "wx1",
        "WECHAT_AES_KEY": KEY,
        "WECHAT_MODE": "safe",
        "WECHAT_API_BASE": "",
        "WECHAT_MAX_BODY": "1000",
        "HOME": "/root",
    }
    expected = WechatSettings("spamtest", "wx1", aes_key=KEY, mode="safe", max_body=1000)
    assert WechatSettings.from_environment(environment) == expected


@pytest.mark.parametrize(
    ("environment", "field"),
    [
        ({"WECHAT_APP_ID": "wx1"}, "WECHAT_TOKEN"),
        ({"WECHAT_TOKEN": "spamtest", "WECHAT_APPID": "wx1"}, "WECHAT_APPID"),
        ({"WECHAT_TOKEN": "spamtest", "WECHAT_MAX_BODY": "much"}, "WECHAT_MAX_BODY"),
    ],
)
def test_a_wrong_environment_is_named(environment: dict, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        WechatSettings.from_environment(environment)
    assert caught.value.field == field


def test_secrets_are_not_in_the_repr() -> None:
    shown = repr(WechatSettings(**GOOD, previous_aes_key=KEY))
    assert not any(secret in shown for secret in (KEY, "secret'", "spamtest"))


def test_a_token_is_enough_to_listen() -> None:
    settings = WechatSettings(token="AAAAA")
    assert (settings.mode, settings.api_base) == ("auto", "https://api.weixin.qq.com")
