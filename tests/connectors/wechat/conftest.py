"""A WeChat channel hosted on a local port, and a platform that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from bot.domain.messages import Address, OutboundMessage
from connectors.wechat import WechatChannel, WechatSettings
from connectors.wechat.client import WechatClient
from connectors.wechat.platform import Account, Citizen, WechatPlatform
from tests.connectors.hosting import Host

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


class Clock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.now = 1_714_036_504.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Town:
    """Platform, hosted channel and one citizen."""

    platform: WechatPlatform
    host: Host
    channel: WechatChannel
    citizen: Citizen
    clock: Clock

    def message(self, text: str, message_id: int = 1, openid: str = "") -> OutboundMessage:
        address = Address("wechat", self.platform.account.name, openid or self.citizen.openid)
        return OutboundMessage(message_id, address, text)


Found = Callable[..., AbstractAsyncContextManager[Town]]


def settings_for(account: Account, api_base: str, mode: str = "auto") -> WechatSettings:
    return WechatSettings(
        token=account.token,
        app_id=account.app_id,
        app_secret=account.app_secret,
        aes_key=account.aes_key,
        mode=mode,
        api_base=api_base,
    )


@asynccontextmanager
async def _found(
    mode: str = "plain", data_format: str = "xml", repeat_after: float = 5.0, timeout: float = 5.0
) -> AsyncIterator[Town]:
    account = Account(aes_key="" if mode == "plain" else AES_KEY, mode=mode, data_format=data_format)
    clock = Clock()
    platform = WechatPlatform(account, repeat_after=repeat_after, clock=clock)
    async with platform.running():
        settings = settings_for(account, platform.base_url)
        channel = WechatChannel(settings, WechatClient(settings, clock, timeout))
        async with Host(channel).running() as host:
            platform.webhook = host.url
            yield Town(platform, host, channel, platform.citizen(), clock)


@pytest.fixture
def found() -> Found:
    """Found a town with options of your own: `async with found(mode="safe") as town:`."""
    return _found


@pytest_asyncio.fixture
async def town() -> AsyncIterator[Town]:
    """A town in plain mode."""
    async with _found() as built:
        yield built


@pytest.fixture
def account() -> Account:
    return replace(Account(), aes_key=AES_KEY, mode="safe")
