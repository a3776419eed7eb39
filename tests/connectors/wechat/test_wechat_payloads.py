"""Every kind of message that the platform documents, some that it does not, and attacks."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings, strategies

from bot.domain.errors import BadInput
from bot.domain.messages import (
    ChannelEvent,
    GeoPoint,
    InboundMessage,
    Media,
    MessageKind,
)
from connectors.wechat.payloads import read_fields, read_message

COMMON = {"ToUserName": "gh_1", "FromUserName": "oA", "CreateTime": "1348831860"}


def read(**fields: str) -> InboundMessage:
    return read_message({**COMMON, **fields}, "wechat")


def test_text() -> None:
    message = read(MsgType="text", Content="路灯\n坏了 ", MsgId="24500000000000001")
    assert (message.kind, message.text, message.message_id) == (MessageKind.TEXT, "路灯\n坏了 ", "24500000000000001")
    assert message.sent_at == datetime(2012, 9, 28, 11, 31, tzinfo=timezone.utc)


def test_text_from_a_service_menu_names_its_entry() -> None:
    assert read(MsgType="text", Content="满意", bizmsgmenuid="101", MsgId="1").event_key == "101"


def test_image() -> None:
    message = read(MsgType="image", PicUrl="http://mmbiz.qpic.cn/1", MediaId="m1", MsgId="1")
    assert (message.kind, message.media) == (MessageKind.IMAGE, Media("m1", "http://mmbiz.qpic.cn/1"))


@pytest.mark.parametrize(
    ("recognition", "text"), [({}, ""), ({"Recognition": ""}, ""), ({"Recognition": "路灯坏了"}, "路灯坏了")]
)
def test_voice_with_and_without_recognition(recognition: dict, text: str) -> None:
    message = read(MsgType="voice", MediaId="m1", Format="amr", MediaId16K="m2", MsgId="1", **recognition)
    assert (message.kind, message.media, message.text) == (MessageKind.VOICE, Media("m1", format="amr"), text)


@pytest.mark.parametrize("kind", ["video", "shortvideo"])
def test_video(kind: str) -> None:
    message = read(MsgType=kind, MediaId="m1", ThumbMediaId="t", MsgId="1")
    assert (message.kind, message.media) == (MessageKind.VIDEO, Media("m1", format="mp4"))


def test_location() -> None:
    message = read(
        MsgType="location", Location_X="23.137466", Location_Y="113.352425", Scale="20", Label="广州", MsgId="1"
    )
    assert (message.kind, message.location) == (MessageKind.LOCATION, GeoPoint(23.137466, 113.352425, "广州"))


@pytest.mark.parametrize("latitude", ["", "north", "nan", "inf", "91", "1e400"])
def test_a_place_that_is_none_is_left_out(latitude: str) -> None:
    message = read(MsgType="location", Location_X=latitude, Location_Y="113.35", MsgId="1")
    assert (message.kind, message.location) == (MessageKind.LOCATION, None)


def test_link() -> None:
    message = read(MsgType="link", Title="标题", Description="", Url="https://example.org", MsgId="1")
    assert (message.kind, message.text) == (MessageKind.LINK, "标题\nhttps://example.org")


@pytest.mark.parametrize(
    ("fields", "event", "key"),
    [
        ({"Event": "subscribe"}, ChannelEvent.FOLLOWED, ""),
        ({"Event": "subscribe", "EventKey": "qrscene_12", "Ticket": "T"}, ChannelEvent.FOLLOWED, "12"),
        ({"Event": "unsubscribe", "EventKey": ""}, ChannelEvent.UNFOLLOWED, ""),
        ({"Event": "SCAN", "EventKey": "12", "Ticket": "T"}, ChannelEvent.SCANNED, "12"),
        ({"Event": "scan", "EventKey": "12"}, ChannelEvent.SCANNED, "12"),
        ({"Event": "CLICK", "EventKey": "progress"}, ChannelEvent.MENU_CLICKED, "progress"),
        ({"Event": "scancode_waitmsg", "EventKey": "k"}, ChannelEvent.MENU_CLICKED, "k"),
        ({"Event": "VIEW", "EventKey": "https://a.cn"}, ChannelEvent.OTHER, "view:https://a.cn"),
        ({"Event": "TEMPLATESENDJOBFINISH", "MsgID": "1"}, ChannelEvent.OTHER, "templatesendjobfinish"),
        ({"Event": "pic_weixin", "EventKey": "k"}, ChannelEvent.OTHER, "pic_weixin:k"),
        ({"Event": "debug_demo"}, ChannelEvent.OTHER, "debug_demo"),
        ({"Event": "not_invented_yet"}, ChannelEvent.OTHER, "not_invented_yet"),
        ({}, ChannelEvent.OTHER, ""),
    ],
)
def test_events(fields: dict, event: ChannelEvent, key: str) -> None:
    message = read(MsgType="event", **fields)
    assert (message.kind, message.event, message.event_key) == (MessageKind.EVENT, event, key)


def test_location_event() -> None:
    message = read(MsgType="event", Event="LOCATION", Latitude="23.1", Longitude="113.3", Precision="119.3")
    assert (message.event, message.location) == (ChannelEvent.LOCATED, GeoPoint(23.1, 113.3))


def test_a_scanned_code_is_read_from_the_nested_element() -> None:
    body = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1</CreateTime>"
        "<MsgType>event</MsgType><Event>scancode_waitmsg</Event><EventKey>k</EventKey>"
        "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>2024-0815</ScanResult></ScanCodeInfo></xml>"
    )
    assert read_message(read_fields(body.encode()), "wechat").text == "2024-0815"


@pytest.mark.parametrize("kind", ["miniprogrampage", "file", "device_event", "TEXT2", "未知"])
def test_unknown_kinds_are_unknown(kind: str) -> None:
    assert read(MsgType=kind, MsgId="1").kind is MessageKind.UNKNOWN


def test_the_platforms_own_excuse_is_no_text_of_a_citizen() -> None:
    message = read(MsgType="text", Content="【收到不支持的消息类型，暂无法显示】", MsgId="1")
    assert (message.kind, message.text) == (MessageKind.UNKNOWN, "")


def test_events_of_one_second_differ_by_name_and_key() -> None:
    ids = {
        read(MsgType="event", Event=event, EventKey=key).message_id
        for event, key in [("subscribe", "qrscene_1"), ("SCAN", "1"), ("LOCATION", ""), ("CLICK", "a"), ("CLICK", "b")]
    }
    assert len(ids) == 5


def test_ids_are_bounded_and_stay_distinct() -> None:
    ids = {read(MsgType="event", Event="VIEW", EventKey=f"https://a.cn/{'x' * 2000}{end}").message_id for end in "ab"}
    assert len(ids) == 2 and all(len(identifier) <= 128 for identifier in ids)


def test_a_message_without_an_id_gets_one_from_its_content() -> None:
    one, same, other = (read(MsgType="text", Content=text).message_id for text in ("甲", "甲", "乙"))
    assert one == same != other


@pytest.mark.parametrize("seconds", ["", "soon", "-", "9" * 30, "-" + "9" * 30])
def test_a_strange_time_is_no_reason_to_lose_a_message(seconds: str) -> None:
    assert read(MsgType="text", Content="x", MsgId="1", CreateTime=seconds).sent_at is None


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName", "MsgType"])
def test_a_missing_field_is_named(name: str) -> None:
    fields = {**COMMON, "MsgType": "text"}
    del fields[name]
    with pytest.raises(BadInput) as caught:
        read_message(fields, "wechat")
    assert caught.value.field == name


def test_xml_and_json_give_the_same_fields() -> None:
    fields = {**COMMON, "MsgType": "text", "Content": "路灯 <坏> & ]", "MsgId": "24500000000000001"}
    xml = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    numbers = {**fields, "CreateTime": 1348831860, "MsgId": 24500000000000001}
    assert read_fields(f"<xml>{xml}</xml>".encode()) == read_fields(json.dumps(numbers).encode()) == fields


def test_control_characters_and_broken_surrogates_are_dropped() -> None:
    fields = read_fields(b'{"Content": "a\\u0000b\\u000bc\\ud800d"}')
    assert fields["Content"] == "abc?d"


LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10 if number else b"ha") for number in range(12)
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"\x00",
        b"\xff\xfe",
        b"success",
        b"<xml>",
        b"<xml></xml",
        b"<html></html>",
        b"<xml><a></b></xml>",
        b"<xml>&unknown;</xml>",
        b"<xml>\xff</xml>",
        b"<xml>&#0;</xml>",
        b'<?xml version="1.0" encoding="no-such-code"?><xml/>',
        b'<?xml version="1.0" encoding="gb18030"?><xml>\xff\xff</xml>',
        b"<!DOCTYPE xml><xml/>",
        b"<!DOCTYPE xml [" + LAUGHS + b"]><xml><Content>&l11;</Content></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "' + b"A" * 50_000 + b'">]><xml>' + b"&a;" * 5000 + b"</xml>",
        b'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Content>&x;</Content></xml>',
        b'<!DOCTYPE xml [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]><xml/>',
        b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x.dtd"><xml/>',
        b"{",
        b"{]",
        b'{"a": ' + b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": \xff}',
    ],
)
def test_bad_bodies_are_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput):
        read_fields(body)


def test_deep_nesting_does_no_harm() -> None:
    assert read_fields(b"<xml>" + b"<a>" * 30_000 + b"</a>" * 30_000 + b"</xml>") == {"a": "", "a.a": ""}


@settings(deadline=None)
@given(strategies.binary(max_size=300))
def test_any_bytes_are_fields_or_bad_input(body: bytes) -> None:
    for prefix in (b"", b"{", b"<xml>"):
        try:
            assert isinstance(read_fields(prefix + body), dict)
        except BadInput:
            pass


JSON_VALUES = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text(),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(strategies.text(), inner),
)
NAMES = ["MsgType", "Event", "EventKey", "Content", "MsgId", "CreateTime", "Location_X", "Location_Y", "ScanCodeInfo"]
KINDS = strategies.sampled_from(["text", "image", "voice", "video", "location", "link", "event", "other"])


@settings(deadline=None, max_examples=50)
@given(KINDS, strategies.dictionaries(strategies.sampled_from(NAMES), JSON_VALUES))
def test_any_json_object_is_a_message_or_bad_input(kind: str, fields: dict) -> None:
    body = json.dumps({"MsgType": kind, **fields, "ToUserName": "gh_1", "FromUserName": "oA"}).encode()
    try:
        message = read_message(read_fields(body), "wechat")
    except BadInput:
        return
    message.text.encode()
    assert 0 < len(message.message_id) <= 128
