"""The shared contract, in each of the account's modes and data formats."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from connectors.wechat import crypto
from tests.connectors.contract import ChannelContract, Seen, Stage

MODES = [(mode, kind) for mode in ("plain", "compatible", "safe") for kind in ("xml", "json")]


class WechatStage(Stage):
    """Plays the platform by the simulator."""

    def __init__(self, town) -> None:
        self.town, self.host = town, town.host

    async def verify(self) -> bool:
        return await self.town.platform.verify()

    async def say(self, text: str, number: int = 1) -> Seen:
        exchange = await self.town.citizen.say(text, message_id=number)
        return Seen(exchange.attempts[-1].status, exchange.text, exchange.fault)

    async def forge(self) -> int:
        request = self._request()
        forged = {name: "0" * 40 if "signature" in name else value for name, value in request.query.items()}
        return await self._post(forged, request.body)

    async def garble(self) -> int:
        request, account = self._request(), self.town.platform.account
        encrypt = "AAAA"
        signed = crypto.signature(account.token, request.query["timestamp"], request.query["nonce"], encrypt)
        query = {**request.query, **({"msg_signature": signed} if account.mode != "plain" else {})}
        return await self._post(query, f"<xml><Encrypt>{encrypt}</Encrypt><Garbage/></xml>".encode())

    async def flood(self) -> int:
        return await self._post(self._request().query, io.BytesIO(b"<xml>" + b"x" * 2_000_000))

    def pushed(self) -> list[str]:
        return self.town.platform.pushed_to(self.town.citizen.openid)

    def break_down(self) -> None:
        self.town.platform.fail("/cgi-bin/message/custom/send", 502, times=99)

    def refuse(self) -> None:
        self.town.platform.fail("/cgi-bin/message/custom/send", 45015)

    def _request(self):
        account = self.town.platform.account
        message = {"ToUserName": account.name, "FromUserName": "oX", "MsgType": "text", "Content": "x", "MsgId": 1}
        return account.request(message, "oX", self.town.clock())

    async def _post(self, query: dict[str, str], body: bytes | io.BytesIO) -> int:
        async with aiohttp.request("POST", self.host.url, params=query, data=body) as response:
            return response.status


class TestWechatContract(ChannelContract):
    @pytest_asyncio.fixture(params=MODES, ids="-".join)
    async def stage(self, request: pytest.FixtureRequest, found) -> AsyncIterator[WechatStage]:
        mode, data_format = request.param
        async with found(mode, data_format) as town:
            yield WechatStage(town)
