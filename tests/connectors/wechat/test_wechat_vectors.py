"""Requests that the vendor published, replayed to the channel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.domain.messages import MessageKind
from connectors.wechat import WechatChannel, WechatSettings, crypto, payloads
from tests.connectors.hosting import Host

DATA = json.loads((Path(__file__).parent / "vectors_wechat.json").read_text("utf-8"))
VECTORS = {vector["id"]: vector for vector in DATA["vectors"]}
BODIES = {entry["id"]: entry for entry in DATA["plain_xml_bodies"]}


def of_kind(*kinds: str) -> list[str]:
    return [name for name, vector in VECTORS.items() if vector["kind"] in kinds]


def flat(decoded: dict) -> dict[str, str]:
    fields = {}
    for name, value in decoded.items():
        inner = value if isinstance(value, dict) else {}
        scalars = {f"{name}.{key}": part for key, part in inner.items()} if inner else {name: value}
        fields.update({key: str(part or "") for key, part in scalars.items() if not isinstance(part, (dict, list))})
    return fields


async def replay(vector: dict) -> tuple[int, str, Host]:
    settings = WechatSettings(token=vector["token"], app_id=vector["app_id"] or "", aes_key=vector["aes_key"] or "")
    async with Host(WechatChannel(settings)).running() as host, ClientSession() as session:
        data = vector["body"].encode() or None
        async with session.request(vector["method"], host.url, params=vector["query"], data=data) as response:
            return response.status, await response.text(), host


@pytest.mark.asyncio
@pytest.mark.parametrize("name", of_kind("get_verify_plain"))
async def test_the_challenge_is_echoed(name: str) -> None:
    expect = VECTORS[name]["expect"]
    status, text, _ = await replay(VECTORS[name])
    assert (status, text) == (expect["status"], expect["response_body"])


@pytest.mark.parametrize("name", of_kind("signature_only"))
def test_a_signature_is_recognised(name: str) -> None:
    query = VECTORS[name]["query"]
    assert crypto.is_signed(query["signature"], VECTORS[name]["token"], query["timestamp"], query["nonce"])


@pytest.mark.parametrize("name", of_kind("get_verify_aes"))
def test_an_encrypted_challenge_opens(name: str) -> None:
    """WeCom's way; the cipher is the same as an Official Account's."""
    vector, query = VECTORS[name], VECTORS[name]["query"]
    parts = vector["token"], query["timestamp"], query["nonce"], query["echostr"]
    assert crypto.is_signed(query["msg_signature"], *parts)
    opened = crypto.MessageCipher(vector["aes_key"], vector["app_id"]).decrypt(query["echostr"])
    assert opened.decode() == vector["expect"]["response_body"]


@pytest.mark.asyncio
@pytest.mark.parametrize("name", of_kind("post_aes", "post_plain_json", "post_raw"))
async def test_a_delivery_is_read_or_refused(name: str) -> None:
    vector, expect = VECTORS[name], VECTORS[name]["expect"]
    status, text, host = await replay(vector)
    if "error" in expect:
        assert status in (400, 403) and host.received == []
        return
    (message,) = host.received
    said = expect.get("decoded") or json.loads(vector["body"])
    assert (status, text, message.address.peer) == (200, "success", said["FromUserName"])
    assert message.text == said.get("Content", "")


@pytest.mark.parametrize("name", [name for name in of_kind("post_aes") if "plaintext" in VECTORS[name]["expect"]])
def test_the_plain_text_is_the_published_one(name: str) -> None:
    vector = VECTORS[name]
    plain = crypto.MessageCipher(vector["aes_key"], vector["app_id"]).decrypt(vector["encrypt"])
    assert plain.decode() == vector["expect"]["plaintext"]
    assert payloads.read_fields(plain) == flat(vector["expect"]["decoded"])


@pytest.mark.parametrize("name", of_kind("encrypt"))
def test_we_encrypt_to_the_published_bytes(name: str) -> None:
    vector, expect = VECTORS[name], VECTORS[name]["expect"]
    cipher = crypto.MessageCipher(vector["aes_key"], vector["app_id"])
    sealed = cipher.encrypt(vector["plaintext"].encode(), vector["random"].encode())
    assert sealed == expect["encrypt"]
    if "msg_signature" in expect:
        parts = vector["token"], str(vector["timestamp"]), vector["nonce"], sealed
        assert crypto.signature(*parts) == expect["msg_signature"]


@pytest.mark.parametrize("name", BODIES)
def test_every_published_body_becomes_a_message(name: str) -> None:
    entry = BODIES[name]
    fields = payloads.read_fields(entry["body"].encode())
    # The library that the samples come from strips blanks and renames some events: compare what both have.
    expected = {key: value for key, value in flat(entry["decoded"]).items() if key in fields}
    assert {key: fields[key].strip() for key in expected} == expected and len(expected) >= 4
    message = payloads.read_message(fields, "wechat")
    assert message.address.peer == entry["decoded"]["FromUserName"] and 0 < len(message.message_id) <= 128
    is_event = entry["decoded"]["MsgType"] == "event"
    assert (message.kind is MessageKind.EVENT) == is_event
