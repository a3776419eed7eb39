"""Tokens, error codes, media and long pushes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.errors import ChannelRejected, ChannelUnavailable
from bot.domain.messages import Media
from connectors.wechat import WechatChannel
from connectors.wechat.client import MEDIA_LIMIT, WechatClient
from connectors.wechat.platform import Account
from tests.connectors.wechat.conftest import settings_for

pytestmark = pytest.mark.asyncio
SEND, TOKEN, MEDIA = "/cgi-bin/message/custom/send", "/cgi-bin/stable_token", "/cgi-bin/media/get"


async def crowd(town, count: int = 30) -> list[str]:
    """Citizens who have just written, so that they may be written to."""
    citizens = [town.platform.citizen() for _ in range(count)]
    for citizen in citizens:
        await citizen.say("你好")
    return [citizen.openid for citizen in citizens]


async def write_to(town, openids: list[str]) -> None:
    messages = [town.message(f"致{openid}", number, openid) for number, openid in enumerate(openids, 1)]
    await asyncio.gather(*(town.channel.send(message) for message in messages))


async def test_many_senders_fetch_one_token(town) -> None:
    openids = await crowd(town)
    await write_to(town, openids)
    assert town.platform.calls.count(TOKEN) == 1 and len(town.platform.pushed) == len(openids)


async def test_an_expired_token_is_renewed_once_for_all(town) -> None:
    openids = await crowd(town)
    await write_to(town, openids[:1])
    town.platform.expire_tokens()
    await write_to(town, openids)
    assert town.platform.calls.count(TOKEN) == 2
    assert sorted(town.platform.pushed_to(openids[5])) == [f"致{openids[5]}"]


async def test_a_token_is_kept_until_shortly_before_its_end(town) -> None:
    (openid,) = await crowd(town, 1)
    await write_to(town, [openid])
    town.clock.advance(7200 - 241)
    await write_to(town, [openid])
    assert town.platform.calls.count(TOKEN) == 1
    town.clock.advance(2)
    await write_to(town, [openid])
    assert town.platform.calls.count(TOKEN) == 2


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_renewed_once_and_the_call_repeated_once(town, code: int) -> None:
    (openid,) = await crowd(town, 1)
    town.platform.fail(SEND, code)
    await write_to(town, [openid])
    assert town.platform.calls.count(SEND) == 2 and len(town.platform.pushed_to(openid)) == 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_token_refused_again_is_no_endless_loop(town, code: int) -> None:
    (openid,) = await crowd(town, 1)
    town.platform.fail(SEND, code, times=9)
    with pytest.raises(ChannelUnavailable):
        await write_to(town, [openid])
    assert town.platform.calls.count(SEND) == 2


async def test_a_refused_token_that_comes_back_is_forced_out(town) -> None:
    (openid,) = await crowd(town, 1)
    await write_to(town, [openid])
    town.platform.fail(SEND, 40001)
    await write_to(town, [openid])
    # The first call gave the same token again; only then is one of the day's 20 forced ones used.
    assert town.platform.calls.count(TOKEN) == 3


async def test_a_caller_who_gives_up_does_not_take_the_token_from_the_others() -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def stable_token(request: web.Request) -> web.Response:
        asked.set()
        await go.wait()
        return web.json_response({"access_token": "T", "expires_in": 7200})

    app = web.Application()
    app.router.add_post(TOKEN, stable_token)
    async with TestServer(app) as server:
        client = WechatClient(settings_for(Account(), str(server.make_url("/"))))
        impatient, patient = (asyncio.create_task(client.token()) for _ in "12")
        await asked.wait()
        impatient.cancel()
        await asyncio.wait([impatient])
        go.set()
        assert await patient == "T"
        await client.close()


@pytest.mark.parametrize("code", [-1, 40013, 40125, 40164, 45009, 45011])
async def test_temporary_refusals(town, code: int) -> None:
    (openid,) = await crowd(town, 1)
    town.platform.fail(SEND, code)
    with pytest.raises(ChannelUnavailable) as caught:
        await write_to(town, [openid])
    assert str(code) in str(caught.value) and caught.value.retry_after >= 5


PERMANENT = [
    40003,
    40007,
    41001,
    43004,
    43019,
    43101,
    44004,
    45002,
    45015,
    45047,
    46004,
    47001,
    47003,
    48001,
    48004,
    50002,
]


@pytest.mark.parametrize("code", [*PERMANENT, 99999])
async def test_permanent_refusals_carry_their_code(town, code: int) -> None:
    (openid,) = await crowd(town, 1)
    town.platform.fail(SEND, code)
    with pytest.raises(ChannelRejected) as caught:
        await write_to(town, [openid])
    assert caught.value.code == code


@pytest.mark.parametrize("path", [TOKEN, SEND])
@pytest.mark.parametrize("fault", [500, 502, "garbage", "timeout"])
async def test_faults_of_the_platform_are_temporary_and_tell_no_secret(found, path: str, fault: int | str) -> None:
    async with found(timeout=0.3 if fault == "timeout" else 5.0) as town:
        (openid,) = await crowd(town, 1)
        town.platform.fail(path, fault)
        with pytest.raises(ChannelUnavailable) as caught:
            await write_to(town, [openid])
        assert "token=" not in str(caught.value) and town.platform.account.app_secret not in repr(caught.value)
        await write_to(town, [openid])
        assert len(town.platform.pushed_to(openid)) == 1


async def test_an_unreachable_platform_is_temporary() -> None:
    async with TestServer(web.Application()) as server:
        gone = str(server.make_url("/"))
    client = WechatClient(settings_for(Account(), gone))
    with pytest.raises(ChannelUnavailable):
        await client.send_text("oA", "x")
    await client.close()


async def test_wrong_credentials_wait_for_staff(town) -> None:
    settings = settings_for(replace(town.platform.account, app_secret="wrong"), town.platform.base_url)
    channel = WechatChannel(settings)
    with pytest.raises(ChannelUnavailable, match="WECHAT_APP_SECRET") as caught:
        await channel.send(town.message("x"))
    assert caught.value.retry_after >= 60
    await channel.close()


async def test_a_missing_allow_list_entry_names_the_address(town) -> None:
    town.platform.fail(TOKEN, 40164)
    with pytest.raises(ChannelUnavailable, match="203.0.113.7"):
        await town.channel.send(town.message("x"))


async def test_the_window_of_five_messages(town) -> None:
    (openid,) = await crowd(town, 1)
    for _ in range(5):
        await write_to(town, [openid])
    with pytest.raises(ChannelRejected) as caught:
        await write_to(town, [openid])
    assert caught.value.code == 45047


async def test_a_second_try_goes_on_behind_the_first(town) -> None:
    (openid,) = await crowd(town, 1)
    text = "".join(f"第{number}条，路灯不亮。" for number in range(150))
    town.platform.fail(SEND, 0)
    long = town.message(text, 7, openid)
    # The fault of code 0 swallows the first piece; the second call is the first that fails.
    town.platform.fail(SEND, -1)
    with pytest.raises(ChannelUnavailable):
        await town.channel.send(long)
    await town.channel.send(long)
    arrived = town.platform.pushed_to(openid)
    assert text.endswith("".join(arrived)) and not text.startswith("".join(arrived))
    assert len(arrived) == town.platform.calls.count(SEND) - 2


async def test_an_empty_push_is_refused_before_it_leaves(town) -> None:
    with pytest.raises(ChannelRejected):
        await town.channel.send(town.message(" \n"))
    assert town.platform.calls == []


@pytest.mark.parametrize("kind", ["image/jpeg", "audio/amr", "video/mp4", "application/octet-stream"])
async def test_media_are_fetched(town, kind: str) -> None:
    media_id = town.platform.store_media(b"\xff\xd8 content", kind)
    assert await town.channel.fetch(Media(media_id)) == (b"\xff\xd8 content", kind)


async def test_media_older_than_three_days_are_gone(town) -> None:
    media_id = town.platform.store_media(b"content", "image/jpeg")
    town.clock.advance(3 * 86400 + 1)
    for gone in (media_id, "never-was"):
        with pytest.raises(ChannelRejected) as caught:
            await town.channel.fetch(Media(gone))
        assert caught.value.code == 40007


async def test_media_are_bounded(town) -> None:
    for kind in ("image/jpeg", "video/mp4"):
        media_id = town.platform.store_media(b"x" * (MEDIA_LIMIT + 1), kind)
        with pytest.raises(ChannelRejected) as caught:
            await town.channel.fetch(Media(media_id))
        assert caught.value.code == "too_large"


async def test_a_media_call_renews_its_token_too(town) -> None:
    media_id = town.platform.store_media(b"content", "image/jpeg")
    town.platform.fail(MEDIA, 42001)
    assert (await town.channel.fetch(Media(media_id)))[0] == b"content"
