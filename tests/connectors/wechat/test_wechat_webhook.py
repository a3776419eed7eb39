"""Deliveries over HTTP: who is let in, and how the answer looks."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from aiohttp import ClientSession, request

from bot.domain.errors import ChannelRejected
from bot.domain.messages import Media, MessageKind
from connectors.wechat import WechatChannel, WechatSettings, crypto
from connectors.wechat.payloads import read_fields
from connectors.wechat.platform import Account
from tests.connectors.hosting import Host, saying
from tests.connectors.wechat.conftest import AES_KEY, settings_for

pytestmark = pytest.mark.asyncio
OLD_KEY = "O" * 43
MESSAGE = {
    "ToUserName": "gh_1",
    "FromUserName": "oA",
    "CreateTime": 1,
    "MsgType": "text",
    "Content": "路灯",
    "MsgId": 7,
}
PLAIN, SAFE = Account(), Account(aes_key=AES_KEY, mode="safe")
COMPATIBLE = replace(SAFE, mode="compatible")


class Answer:
    def __init__(self, host: Host, status: int, body: bytes, content_type: str) -> None:
        self.host, self.status, self.body, self.content_type = host, status, body, content_type


async def post(settings: WechatSettings, query: dict, body: bytes, **headers: str) -> Answer:
    async with Host(WechatChannel(settings)).running() as host, ClientSession() as session:
        host.script = saying("已收到")
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        async with session.post(host.url, params=query, data=body, headers=names) as response:
            return Answer(host, response.status, await response.read(), response.content_type)


async def send(sender: Account, settings: WechatSettings, **changes: str | None) -> Answer:
    """Deliver as `sender` would, with some parameters of the URL changed or (None) left out."""
    request = sender.request(MESSAGE, "oA", 1_714_036_504)
    query = {name: value for name, value in {**request.query, **changes}.items() if value is not None}
    return await post(settings, query, request.body)


@pytest.mark.parametrize("sender", [PLAIN, COMPATIBLE, SAFE], ids=lambda sender: sender.mode)
@pytest.mark.parametrize("data_format", ["xml", "json"])
async def test_one_set_of_settings_takes_all_modes(sender: Account, data_format: str) -> None:
    sender = replace(sender, data_format=data_format)
    answer = await send(sender, settings_for(SAFE, "https://example.org"))
    fields = read_fields(answer.body)
    assert (answer.status, ("Encrypt" in fields)) == (200, sender.mode != "plain")
    assert [message.text for message in answer.host.received] == ["路灯"]
    assert answer.content_type == ("application/json" if data_format == "json" else "application/xml")


@pytest.mark.parametrize(
    ("sender", "changes"),
    [
        (PLAIN, {"signature": None}),
        (PLAIN, {"signature": ""}),
        (PLAIN, {"signature": "0" * 40}),
        (PLAIN, {"nonce": "1"}),
        (PLAIN, {"timestamp": "1"}),
        (PLAIN, {"timestamp": None}),
        (SAFE, {"msg_signature": None}),
        (SAFE, {"msg_signature": "deadbeef"}),
        (SAFE, {"nonce": "1"}),
        # `signature` alone does not cover the ciphertext, however right it is.
        (COMPATIBLE, {"msg_signature": None}),
        (COMPATIBLE, {"msg_signature": "0" * 40}),
    ],
)
async def test_a_wrong_signature_is_forbidden(sender: Account, changes: dict) -> None:
    answer = await send(sender, settings_for(SAFE, "https://example.org"), **changes)
    assert (answer.status, answer.host.received) == (403, [])


async def test_another_token_is_forbidden() -> None:
    answer = await send(replace(SAFE, token="another"), settings_for(SAFE, "https://example.org"))
    assert answer.status == 403


async def test_another_key_or_account_is_a_bad_request() -> None:
    for stranger in (replace(SAFE, aes_key=OLD_KEY), replace(SAFE, app_id="wxstranger")):
        answer = await send(stranger, settings_for(SAFE, "https://example.org"))
        assert (answer.status, answer.host.received) == (400, [])


async def test_in_safe_mode_plain_text_is_forbidden() -> None:
    settings = settings_for(SAFE, "https://example.org", mode="safe")
    assert (await send(PLAIN, settings)).status == 403
    assert (await send(COMPATIBLE, settings, encrypt_type="raw")).status == 403
    assert (await send(COMPATIBLE, settings, encrypt_type=None, msg_signature=None)).status == 403
    assert (await send(SAFE, settings)).status == 200


async def test_only_the_decrypted_fields_are_believed() -> None:
    request = COMPATIBLE.request(MESSAGE, "oA", 1)
    forged = request.body.replace("路灯".encode(), "伪造".encode()).replace(b"[oA]", b"[oB]")
    answer = await post(settings_for(SAFE, "https://example.org"), request.query, forged)
    (message,) = answer.host.received
    assert (message.text, message.address.peer) == ("路灯", "oA")


async def test_without_a_key_the_plain_half_of_compatible_mode_is_used() -> None:
    settings = settings_for(PLAIN, "https://example.org")
    answer = await send(COMPATIBLE, settings)
    assert (answer.status, "Encrypt" in read_fields(answer.body)) == (200, False)
    assert (await send(SAFE, settings)).status == 400


async def test_the_reply_to_the_previous_key_uses_the_previous_key() -> None:
    before = replace(SAFE, aes_key=OLD_KEY)
    settings = replace(settings_for(SAFE, "https://example.org"), previous_aes_key=OLD_KEY)
    request = before.request(MESSAGE, "oA", 1)
    answer = await post(settings, request.query, request.body)
    assert before.read_reply(answer.body, request.query["nonce"])["Content"] == "已收到"


@pytest.mark.parametrize(
    "encrypt",
    [
        "",
        "AAAA",
        "密文",
        "A" * 64,
        "A" * 88,
        "====",
        "<![CDATA[]]>",
        pytest.param(crypto.MessageCipher(AES_KEY, "wx").encrypt(b""), id="nothing"),
    ],
)
async def test_rightly_signed_garbage_is_a_bad_request(encrypt: str) -> None:
    inner = read_fields(f"<xml><Encrypt>{encrypt}</Encrypt></xml>".encode())["Encrypt"]
    query = {"timestamp": "1", "nonce": "2", "encrypt_type": "aes"}
    query["msg_signature"] = crypto.signature(SAFE.token, "1", "2", inner)
    answer = await post(
        settings_for(SAFE, "https://example.org"), query, f"<xml><Encrypt>{encrypt}</Encrypt></xml>".encode()
    )
    assert (answer.status, answer.host.received) == (400, [])


@pytest.mark.parametrize("plain", [b"", b"hello", b"<xml/>", b"{}", b"<!DOCTYPE x><xml/>", b"\xff" * 40])
async def test_rightly_sealed_garbage_is_a_bad_request(plain: bytes) -> None:
    encrypt = crypto.MessageCipher(AES_KEY, SAFE.app_id).encrypt(plain)
    query = {"timestamp": "1", "nonce": "2", "encrypt_type": "aes"}
    query["msg_signature"] = crypto.signature(SAFE.token, "1", "2", encrypt)
    answer = await post(
        settings_for(SAFE, "https://example.org"), query, f"<xml><Encrypt>{encrypt}</Encrypt></xml>".encode()
    )
    assert (answer.status, answer.host.received) == (400, [])


async def test_bodies_are_bounded_also_in_pieces_and_compressed() -> None:
    settings = replace(settings_for(PLAIN, "https://example.org"), max_body=10_000)
    query = PLAIN.request(MESSAGE, "oA", 1).query

    async def pieces():
        for _ in range(100):
            yield b"<xml>" * 100

    assert (await post(settings, query, b"x" * 20_000)).status == 413
    assert (await post(settings, query, pieces())).status == 413
    assert (await post(settings, query, gzip.compress(b"x" * 5_000_000), Content_Encoding="gzip")).status == 413
    assert (await post(settings, query, b"not gzip", Content_Encoding="gzip")).status == 400
    assert (await post(settings, query, PLAIN.request(MESSAGE, "oA", 1).body)).status == 200


@pytest.mark.parametrize(("changes", "status"), [({}, 200), ({"signature": "0" * 40}, 403), ({"echostr": None}, 400)])
async def test_the_challenge(changes: dict, status: int) -> None:
    query = {**PLAIN.challenge("<b>0012</b>", 1), **changes}
    query = {name: value for name, value in query.items() if value is not None}
    settings = settings_for(SAFE, "https://example.org", mode="safe")
    host = Host(WechatChannel(settings))
    async with host.running(), request("GET", host.url, params=query) as response:
        assert (response.status, response.content_type) == (status, "text/plain")
        assert status != 200 or await response.text() == "<b>0012</b>"


async def test_an_unknown_kind_is_acknowledged(town) -> None:
    exchange = await town.citizen.send("hologram")
    assert exchange.attempts[0].body == b"success" and town.host.received[0].kind is MessageKind.UNKNOWN


async def test_empty_replies_become_an_acknowledgement(town) -> None:
    town.host.script = saying(" ", "\n")
    assert (await town.citizen.say("你好")).attempts[0].body == b"success"


async def test_without_a_secret_nothing_is_pushed_or_fetched() -> None:
    channel = WechatChannel(WechatSettings(token="AAAAA"))
    assert not channel.features.can_push
    with pytest.raises(ChannelRejected):
        await channel.fetch(Media("m1"))


async def test_nothing_of_a_citizen_is_logged(found, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with found("safe") as town:
        town.host.script = saying("已收到张三的来信")
        await town.citizen.say("张三的路灯坏了")
        town.platform.fail("/cgi-bin/message/custom/send", 45015)
        with pytest.raises(ChannelRejected) as caught:
            await town.channel.send(town.message("张三，请看答复"))
    shown = caplog.text + str(caught.value) + "".join(str(record.__dict__) for record in caplog.records)
    assert "张三" not in shown and town.citizen.openid not in str(caught.value)
    ours = [record for record in caplog.records if record.name.startswith("connectors")]
    assert ours and not any(town.citizen.openid in str(record.__dict__) for record in ours)
