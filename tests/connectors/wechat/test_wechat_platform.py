"""The simulator keeps to the platform's rules."""

from __future__ import annotations

import asyncio
import sys
from itertools import chain, repeat

import pytest
from aiohttp import ClientSession

from connectors.wechat.platform.rules import SendQuota, TokenShop
from tests.connectors.hosting import saying
from tests.connectors.wechat.conftest import AES_KEY, Clock


def spend(quota: SendQuota, count: int) -> list[int]:
    return [quota.spend("oA") for _ in range(count)]


def test_a_message_allows_five_within_48_hours() -> None:
    clock = Clock()
    quota = SendQuota(clock)
    assert spend(quota, 1) == [45015]
    quota.open("oA", "message")
    assert spend(quota, 6) == [0] * 5 + [45047]
    quota.open("oA", "message")
    clock.advance(48 * 3600 - 1)
    assert spend(quota, 1) == [0]
    clock.advance(1)
    assert spend(quota, 1) == [45015]


@pytest.mark.parametrize("cause", ["click", "subscribe", "scan"])
def test_other_deeds_allow_three_within_a_minute(cause: str) -> None:
    clock = Clock()
    quota = SendQuota(clock)
    quota.open("oA", cause)
    assert spend(quota, 4) == [0] * 3 + [45047]
    quota.open("oA", cause)
    clock.advance(61)
    assert spend(quota, 1) == [45015]


def test_a_click_does_not_shorten_what_a_message_opened() -> None:
    clock = Clock()
    quota = SendQuota(clock)
    quota.open("oA", "message")
    quota.open("oA", "click")
    clock.advance(3600)
    assert spend(quota, 6) == [0] * 5 + [45047]


def test_who_unfollows_gets_nothing() -> None:
    quota = SendQuota(Clock())
    quota.open("oA", "message")
    quota.close("oA")
    assert spend(quota, 1) == [45015]


def test_the_stable_token_stays_until_five_minutes_before_its_end() -> None:
    clock = Clock()
    shop = TokenShop(clock, keeps=True)
    token, seconds = shop.issue()
    clock.advance(6800)
    assert (shop.issue(), seconds, len(token)) == ((token, 400), 7200, 512)
    clock.advance(101)
    renewed, seconds = shop.issue()
    assert renewed != token and seconds == 7200 and shop.is_valid(token)
    clock.advance(300)
    assert not shop.is_valid(token) and shop.knows(token) and shop.is_valid(renewed)


def test_a_token_is_forced_at_most_every_30_seconds_and_20_times_a_day() -> None:
    clock = Clock()
    shop = TokenShop(clock, keeps=True)
    shop.issue()
    tokens = {shop.issue(force=True)[0], shop.issue(force=True)[0]}
    assert len(tokens) == 1
    for _ in range(40):
        clock.advance(31)
        tokens.add(shop.issue(force=True)[0])
    assert len(tokens) == 20


@pytest.mark.asyncio
@pytest.mark.parametrize("deliveries", [3, 4])
async def test_an_unanswered_message_comes_again_with_the_same_id(found, deliveries: int) -> None:
    async with found(repeat_after=0.05) as town:
        town.platform.deliveries = deliveries
        town.host.before_answer = asyncio.Event().wait
        exchange = await town.citizen.say("路灯坏了", message_id=7)
        ids = [message.message_id for message in town.host.received]
    assert ids == ["7"] * deliveries and exchange.fault and not exchange.answered


@pytest.mark.asyncio
async def test_a_repeat_can_still_be_answered(found) -> None:
    async with found(repeat_after=0.4) as town:
        town.host.script = saying("已收到")
        waits = chain([asyncio.Event()], repeat(None))

        async def hang_once() -> None:
            event = next(waits)
            if event:
                await event.wait()

        town.host.before_answer = hang_once
        exchange = await town.citizen.say("路灯坏了")
    assert exchange.text == "已收到" and exchange.attempts[0].status == 0


@pytest.mark.asyncio
async def test_a_service_that_is_down_gets_three_deliveries(found) -> None:
    async with found(repeat_after=0.05) as town:
        town.platform.webhook = "http://127.0.0.1:1/hook"
        exchange = await town.citizen.say("路灯坏了")
    assert [attempt.status for attempt in exchange.attempts] == [0, 0, 0] and exchange.fault


@pytest.mark.asyncio
async def test_the_next_push_can_be_awaited(town) -> None:
    await town.citizen.say("你好")
    waiting = asyncio.create_task(town.platform.next_push(town.citizen.openid))
    await town.channel.send(town.message("答复"))
    assert await waiting == "答复"


@pytest.mark.parametrize("body", [b"", b"success"], ids=["empty", "success"])
def test_silence_is_no_fault(account, body: bytes) -> None:
    assert account.read_reply(body, "1") == {}


@pytest.mark.parametrize(
    "body", [b"OK", b"{}x", b"<xml><MsgType>text</MsgType></xml>", b"<html>500</html>", b"<xml></xml>", b"{}"]
)
def test_anything_else_is_a_fault(account, body: bytes) -> None:
    with pytest.raises(Exception, match=".+") as caught:
        account.read_reply(body, "1")
    assert type(caught.value).__name__ == "BadReply"


class Api:
    """Calls as any client would make them."""

    def __init__(self, town, session: ClientSession) -> None:
        self._town, self._session = town, session

    async def token(self, **changes: str) -> dict:
        account = self._town.platform.account
        body = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret, **changes}
        return await self.post("/cgi-bin/stable_token", body)

    async def post(self, path: str, json: dict | None = None, data: bytes | None = None, token: str = "") -> dict:
        url = self._town.platform.base_url + path
        params = {"access_token": token} if token else {}
        async with self._session.post(url, params=params, json=json, data=data) as response:
            return await response.json(content_type=None)


@pytest.mark.asyncio
async def test_wrong_calls_get_the_documented_codes(town) -> None:
    await town.citizen.say("你好")
    async with ClientSession() as session:
        api = Api(town, session)
        assert (await api.token(appid="wxother"))["errcode"] == 40013
        assert (await api.token(secret="other"))["errcode"] == 40125
        token, send = (await api.token())["access_token"], "/cgi-bin/message/custom/send"
        ascii_only = {"touser": town.citizen.openid, "msgtype": "text", "text": {"content": "escaped 中"}}
        assert (await api.post(send, ascii_only, token=token))["errcode"] == 40033
        assert (await api.post(send, data=b"{", token=token))["errcode"] == 47001
        assert (await api.post(send, {}, token=token))["errcode"] == 40003
        assert (await api.post(send, {}))["errcode"] == 41001
        assert (await api.post(send, {}, token="x"))["errcode"] == 40001
        for content, code in (("", 44004), ("x" * 2049, 45002), ("x" * 2048, 0)):
            body = {"touser": town.citizen.openid, "msgtype": "text", "text": {"content": content}}
            assert (await api.post(send, body, token=token))["errcode"] == code
        typing = {"touser": town.citizen.openid, "command": "Typing"}
        codes = [(await api.post("/cgi-bin/message/custom/typing", typing, token=token))["errcode"] for _ in "12"]
        assert codes == [0, 45081]
        town.platform.expire_tokens()
        assert (await api.post(send, {}, token=token))["errcode"] == 42001


@pytest.mark.asyncio
async def test_the_older_token_is_another_family(town) -> None:
    account = town.platform.account
    query = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
    async with ClientSession() as session:
        url, tokens = town.platform.base_url + "/cgi-bin/token", []
        for _ in "12":
            async with session.get(url, params=query) as response:
                tokens.append((await response.json())["access_token"])
        stable = (await Api(town, session).token())["access_token"]
    assert len({*tokens, stable}) == 3


@pytest.mark.asyncio
@pytest.mark.parametrize("options", [[], ["--mode", "safe", "--aes-key", AES_KEY]], ids=["plain", "safe"])
async def test_the_command_line_talks_to_a_service(found, options: list[str]) -> None:
    async with found("safe" if options else "plain") as town:
        town.host.script = saying("已收到")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "connectors.wechat.platform", "--webhook", town.host.url,
            "--port", "0", "--wait", "0", *options,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        commands = "/follow\n路灯坏了\n/place 23.1 113.3 广州\n/place north\n/nonsense\n/quit\n"
        output, _ = await process.communicate(commands.encode())
    lines = output.decode().splitlines()
    assert lines[1].endswith("verified") and lines.count("← 已收到") == 3
    assert process.returncode == 0 and len(town.host.received) == 3
