"""What the page's API answers to what it cannot use."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"conversation": None, "id": "a", "text": ""}, "text"),
        ({"conversation": None, "id": "a", "text": 7}, "text"),
        ({"conversation": None, "id": "", "text": "好"}, "id"),
        ({"conversation": None, "text": "好"}, "id"),
        ({"conversation": 5, "id": "a", "text": "好"}, "conversation"),
        ({"conversation": None, "id": "a", "text": "长" * 20_001}, "text"),
        ([1, 2], "body"),
    ],
)
async def test_a_wrong_field_is_named(product, body, field):
    async with product.session.post(f"{product.url}/chat/messages", json=body) as response:
        assert response.status == 400
        assert (await response.json())["field"] == field


async def test_what_is_not_json_is_400(product):
    async with product.session.post(f"{product.url}/chat/messages", data=b"\xff{") as response:
        assert response.status == 400


async def test_a_body_over_the_limit_is_413(product):
    async with product.session.post(f"{product.url}/chat/messages", data=b"x" * 300_000) as response:
        assert response.status == 413


async def test_an_unknown_conversation_is_404_and_nothing_is_kept(product):
    body = {"conversation": "nobody", "id": "a", "text": "好"}
    async with product.session.post(f"{product.url}/chat/messages", json=body) as response:
        assert response.status == 404
    async with product.session.get(f"{product.url}/chat/messages?conversation=nobody") as response:
        assert response.status == 404


async def test_an_unconfigured_channel_does_not_exist(product):
    async with product.session.get(f"{product.url}/webhooks/wechat") as response:
        assert response.status == 404


async def test_the_api_wants_a_token(product):
    async with product.session.get(f"{product.url}/api/v1/cases") as response:
        assert response.status == 401


async def test_health_says_what_works(product):
    async with product.session.get(f"{product.url}/healthz") as response:
        assert response.status == 200 and (await response.json())["status"] == "ok"


async def test_nobodys_words_are_logged(product):
    await product.talk().say("秘密词汇甲乙丙丁，我家暖气不热。")
    assert not any("秘密词汇" in line for line in product.output)


async def test_a_photo_is_kept_and_belongs_to_its_conversation(product):
    import aiohttp

    talk = product.talk()
    await talk.say("我家门口垃圾堆成山没人拉。")
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    form = aiohttp.FormData()
    form.add_field("file", picture, filename="a.png", content_type="image/png")
    url = f"{product.url}/chat/media?conversation={talk.conversation}&id=p1"
    async with product.session.post(url, data=form) as response:
        assert response.status == 200
        inbox_id = (await response.json())["id"][1:]
    async with product.session.get(f"{product.url}/chat/media/{inbox_id}?conversation={talk.conversation}") as response:
        assert await response.read() == picture
    other = product.talk()
    await other.say("你好")
    async with product.session.get(
        f"{product.url}/chat/media/{inbox_id}?conversation={other.conversation}"
    ) as response:
        assert response.status == 404


async def test_what_is_no_picture_is_refused(product):
    import aiohttp

    form = aiohttp.FormData()
    form.add_field("file", b"<script>", filename="a.png", content_type="image/png")
    async with product.session.post(f"{product.url}/chat/media?id=p2", data=form) as response:
        assert response.status == 400
