"""Against wechatpy and WeRoBot: they sign and seal what a platform sends, and read what we answer."""

from __future__ import annotations

import json

import pytest
import wechatpy.crypto
import wechatpy.parser
import werobot.crypto
import werobot.parser
from aiohttp import ClientSession, request, web
from aiohttp.test_utils import TestServer
from hypothesis import given, settings, strategies
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature
from werobot.replies import TextReply as WerobotReply
from werobot.utils import get_signature

from connectors.wechat.crypto import MessageCipher
from connectors.wechat.payloads import read_fields
from tests.connectors.hosting import saying

TOKEN, APP_ID, KEY = "spamtest", "wx2c2769f8efd9abc2", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OURS = MessageCipher(KEY, APP_ID)
WECHATPY = wechatpy.crypto.PrpCrypto(wechatpy.crypto.WeChatCrypto(TOKEN, KEY, APP_ID).key)
WEROBOT = werobot.crypto.MessageCrypt(TOKEN, KEY, APP_ID).prp_crypto
NONCE, TIMESTAMP = "1320562132", "1409735669"
TEXTS = strategies.text(strategies.characters(codec="utf-8"), min_size=1, max_size=2000)


@settings(deadline=None)
@given(TEXTS)
def test_both_peers_open_what_we_seal(text: str) -> None:
    sealed = OURS.encrypt(text.encode())
    assert WECHATPY.decrypt(sealed, APP_ID) == text
    assert WEROBOT.decrypt(sealed, APP_ID).decode() == text


@settings(deadline=None)
@given(TEXTS)
def test_we_open_what_both_peers_seal(text: str) -> None:
    for peer in (WECHATPY, WEROBOT):
        assert OURS.decrypt(peer.encrypt(text, APP_ID).decode()).decode() == text


def text_xml(text: str, account: str = "gh_0123456789ab") -> str:
    return (
        f"<xml><ToUserName><![CDATA[{account}]]></ToUserName><FromUserName><![CDATA[oPeer]]></FromUserName>"
        f"<CreateTime>{TIMESTAMP}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>6054768590064713728</MsgId></xml>"
    )


def seal_by_wechatpy(account, xml: str) -> tuple[dict[str, str], str]:
    envelope = wechatpy.crypto.WeChatCrypto(account.token, account.aes_key, account.app_id)
    body = envelope.encrypt_message(xml, NONCE, TIMESTAMP)
    return _query(read_fields(body.encode())["MsgSignature"]), body


def seal_by_werobot(account, xml: str) -> tuple[dict[str, str], str]:
    envelope = werobot.crypto.MessageCrypt(account.token, account.aes_key, account.app_id)
    body = envelope.encrypt_message(xml, TIMESTAMP, NONCE)
    return _query(read_fields(body.encode())["MsgSignature"]), body


def _query(signed: str) -> dict[str, str]:
    return {"timestamp": TIMESTAMP, "nonce": NONCE, "encrypt_type": "aes", "msg_signature": signed}


@pytest.mark.asyncio
@pytest.mark.parametrize("seal", [seal_by_wechatpy, seal_by_werobot])
async def test_a_peer_talks_to_our_channel_in_safe_mode(found, seal) -> None:
    async with found("safe") as town, ClientSession() as session:
        town.host.script = saying("已收到 ]]> <您的> 来信")
        account = town.platform.account
        query, body = seal(account, text_xml("路灯坏了"))
        async with session.post(town.host.url, params=query, data=body.encode()) as response:
            answer = await response.text()
    assert [message.text for message in town.host.received] == ["路灯坏了"]
    fields = read_fields(answer.encode())
    opener = wechatpy.crypto.WeChatCrypto(account.token, account.aes_key, account.app_id)
    plain = opener.decrypt_message(answer, fields["MsgSignature"], fields["TimeStamp"], NONCE)
    assert wechatpy.parser.parse_message(plain).content == "已收到 ]]> <您的> 来信"
    other = werobot.crypto.MessageCrypt(account.token, account.aes_key, account.app_id)
    again = other.decrypt_message(fields["TimeStamp"], fields["Nonce"], fields["MsgSignature"], fields["Encrypt"])
    assert werobot.parser.parse_user_msg(again).content == "已收到 ]]> <您的> 来信"


@pytest.mark.asyncio
async def test_a_peer_talks_to_our_channel_in_plain_mode(town) -> None:
    town.host.script = saying("已收到")
    query = {"timestamp": TIMESTAMP, "nonce": NONCE}
    query["signature"] = get_signature(town.platform.account.token, TIMESTAMP, NONCE)
    async with request("POST", town.host.url, params=query, data=text_xml("你好").encode()) as response:
        reply = wechatpy.parser.parse_message(await response.text())
    assert (reply.content, reply.target, reply.source) == ("已收到", "oPeer", "gh_0123456789ab")


class PeerService:
    """A service built on wechatpy, as the platform's other end: does the simulator play its part rightly?"""

    def __init__(self, account) -> None:
        self._account, self.messages = account, []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/hook", self._get)
        app.router.add_post("/hook", self._post)
        return app

    async def _get(self, request: web.Request) -> web.Response:
        query = request.query
        check_signature(self._account.token, query["signature"], query["timestamp"], query["nonce"])
        return web.Response(text=query["echostr"])

    async def _post(self, request: web.Request) -> web.Response:
        query, body = request.query, await request.text()
        check_signature(self._account.token, query["signature"], query["timestamp"], query["nonce"])
        if query.get("encrypt_type") != "aes":
            return web.Response(text=self._reply(body))
        account = self._account
        peer = wechatpy.crypto.WeChatCrypto(account.token, account.aes_key, account.app_id)
        plain = peer.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        return web.Response(text=peer.encrypt_message(self._reply(plain), query["nonce"]))

    def _reply(self, xml: str) -> str:
        message = wechatpy.parser.parse_message(xml)
        self.messages.append((message, werobot.parser.parse_user_msg(xml)))
        return TextReply(content=f"收到{message.type}", message=message).render()


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_wechatpy_and_werobot_read_every_message_of_the_simulator(found, mode: str) -> None:
    async with found(mode) as town:
        service = PeerService(town.platform.account)
        async with TestServer(service.app()) as server:
            town.platform.webhook = str(server.make_url("/hook"))
            assert await town.platform.verify()
            replies = [await deed for deed in everything(town.citizen)]
    assert [reply.fault for reply in replies] == [""] * len(replies)
    assert [ours.type for ours, _ in service.messages] == [
        "text", "image", "voice", "voice", "video", "shortvideo", "location", "link",
        "event", "event", "event", "event", "event", "event", "event",
    ]  # fmt: skip
    assert [theirs.type for _, theirs in service.messages][8:] == [
        "subscribe_event", "subscribe_event", "unsubscribe_event", "scan_event", "click_event", "view_event",
        "location_event",
    ]  # fmt: skip
    assert replies[0].text == "收到text" and service.messages[0][1].content == "路灯]]>坏了"
    assert service.messages[6][0].location == ("23.1", "113.3")
    assert service.messages[3][0].recognition == "路灯坏了"


def everything(citizen):
    """All that a citizen can do, one after the other."""
    yield citizen.say("路灯]]>坏了")
    yield citizen.send_image(b"jpeg")
    yield citizen.send_voice(b"amr")
    yield citizen.send_voice(b"amr", recognition="路灯坏了")
    yield citizen.send_video(b"mp4")
    yield citizen.send_video(b"mp4", short=True)
    yield citizen.send_location(23.1, 113.3, "广州")
    yield citizen.send_link("标题", "说明", "https://example.org")
    yield citizen.follow()
    yield citizen.follow("12")
    yield citizen.unfollow()
    yield citizen.scan("12")
    yield citizen.click("progress")
    yield citizen.view("https://example.org")
    yield citizen.report_location(23.1, 113.3)


@pytest.mark.asyncio
async def test_our_channel_reads_every_message_of_the_simulator(found) -> None:
    async with found("compatible", "json") as town:
        for deed in everything(town.citizen):
            assert (await deed).attempts[-1].body == b"success"
        kinds = [message.kind.value for message in town.host.received]
    assert kinds == ["text", "image", "voice", "voice", "video", "video", "location", "link"] + ["event"] * 7


REPLIES = [
    TextReply(content="好", source="gh_1", target="oA"),
    WerobotReply(content="好", source="gh_1", target="oA"),
]


@pytest.mark.parametrize("reply", REPLIES, ids=["wechatpy", "werobot"])
def test_the_simulator_reads_the_peers_replies(account, reply) -> None:
    peer = wechatpy.crypto.WeChatCrypto(account.token, account.aes_key, account.app_id)
    sealed = peer.encrypt_message(reply.render(), NONCE)
    assert account.read_reply(sealed.encode(), NONCE)["Content"] == "好"
    assert json.dumps(account.read_reply(b"success", NONCE)) == "{}"
