"""What every channel keeps to. Inherit `ChannelContract`, give it a `stage`, and the tests run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import pytest

from bot.domain.errors import ChannelRejected, ChannelUnavailable
from bot.domain.messages import Address, Button, MessageKind, OutboundMessage
from connectors.base import Channel
from tests.connectors.hosting import Host, saying

AWKWARD_TEXT = "路灯坏了 <b>&amp;</b> ]]> \"引号\" '单' 😀👨‍👩‍👧 𠮷 \\u4e2d \\n"


@dataclass(frozen=True)
class Seen:
    """What the platform got back for one delivery."""

    status: int
    text: str = ""
    fault: str = ""


class Stage(ABC):
    """A channel, the application that hosts it and somebody who plays its platform."""

    host: Host

    @property
    def channel(self) -> Channel:
        return self.host.channel

    @abstractmethod
    async def verify(self) -> bool:
        """Let the platform check our address."""

    @abstractmethod
    async def say(self, text: str, number: int = 1) -> Seen:
        """Deliver a citizen's text; the same number plays a repeat of the same message."""

    @abstractmethod
    async def forge(self) -> int:
        """Deliver with a wrong signature; the HTTP status."""

    @abstractmethod
    async def garble(self) -> int:
        """Deliver a rightly signed body that cannot be read; the HTTP status."""

    @abstractmethod
    async def flood(self) -> int:
        """Deliver a body that is far too large; the HTTP status."""

    @abstractmethod
    def pushed(self) -> list[str]:
        """Texts that reached the citizen by `send`."""

    @abstractmethod
    def break_down(self) -> None:
        """From now on the platform's API is out of order."""

    @abstractmethod
    def refuse(self) -> None:
        """The next push is refused for good."""


@pytest.mark.asyncio
class ChannelContract:
    """Subclasses give an async fixture `stage`."""

    async def test_the_platform_can_verify_our_address(self, stage: Stage) -> None:
        assert await stage.verify()

    async def test_a_text_arrives_as_it_was_said(self, stage: Stage) -> None:
        await stage.say(AWKWARD_TEXT)
        (message,) = stage.host.received
        assert (message.kind, message.text) == (MessageKind.TEXT, AWKWARD_TEXT)
        assert message.address.channel == stage.channel.name
        assert message.address.account and message.address.peer and message.message_id

    async def test_a_repeat_has_the_same_id_and_another_message_has_not(self, stage: Stage) -> None:
        for number in (1, 1, 2):
            await stage.say("路灯坏了", number)
        first, repeat, other = (message.message_id for message in stage.host.received)
        assert first == repeat != other

    async def test_ids_and_addresses_fit_into_an_index(self, stage: Stage) -> None:
        await stage.say("路灯坏了")
        (message,) = stage.host.received
        assert len(message.message_id) <= 128 and len(message.address.peer) <= 128

    async def test_a_forged_delivery_is_forbidden_and_not_taken(self, stage: Stage) -> None:
        assert (await stage.forge(), stage.host.received) == (403, [])

    async def test_an_unreadable_delivery_is_a_bad_request_and_not_taken(self, stage: Stage) -> None:
        assert (await stage.garble(), stage.host.received) == (400, [])

    async def test_a_flood_is_cut_off(self, stage: Stage) -> None:
        assert (await stage.flood(), stage.host.received) == (413, [])

    async def test_an_acknowledged_delivery_shows_nothing_to_the_citizen(self, stage: Stage) -> None:
        assert await stage.say("路灯坏了") == Seen(200)

    async def test_a_passive_reply_is_read_as_it_was_meant(self, stage: Stage) -> None:
        self._needs_passive_replies(stage)
        stage.host.script = saying(AWKWARD_TEXT)
        assert await stage.say("你好") == Seen(200, AWKWARD_TEXT)

    async def test_several_replies_keep_their_order(self, stage: Stage) -> None:
        self._needs_passive_replies(stage)
        stage.host.script = saying("第一句", "第二句", "第三句")
        seen = await stage.say("你好")
        assert [seen.text.index(part) for part in ("第一句", "第二句", "第三句")] == sorted(
            seen.text.index(part) for part in ("第一句", "第二句", "第三句")
        )

    async def test_too_long_an_answer_does_not_fit_and_is_cut_on_a_character(self, stage: Stage) -> None:
        self._needs_passive_replies(stage)
        limit = stage.channel.features.text_limit
        replies = [self._message(stage, "信" * limit)]
        assert not stage.channel.fits_answer(replies)
        assert stage.channel.fits_answer([self._message(stage, "信" * (limit // 3))])
        stage.host.script = lambda message: replies
        seen = await stage.say("你好")
        assert not seen.fault and set(seen.text) == {"信"}

    async def test_buttons_are_seen_one_way_or_another(self, stage: Stage) -> None:
        self._needs_push(stage)
        buttons = (Button("登记", "/register"), Button("查进度", "/progress"))
        await stage.say("你好")
        await stage.channel.send(self._message(stage, "请选择", buttons))
        shown = "\n".join(stage.pushed())
        assert all(part in shown for part in ("请选择", "登记", "查进度"))

    async def test_a_push_arrives_as_it_was_meant(self, stage: Stage) -> None:
        self._needs_push(stage)
        await stage.say("你好")
        await stage.channel.send(self._message(stage, AWKWARD_TEXT.replace("\\u", "\\")))
        assert stage.pushed() == [AWKWARD_TEXT.replace("\\u", "\\")]

    async def test_a_long_push_goes_out_in_pieces_and_whole(self, stage: Stage) -> None:
        self._needs_push(stage)
        await stage.say("你好")
        text = "".join(f"第{number}条，路灯不亮。" for number in range(200))
        await stage.channel.send(self._message(stage, text))
        assert "".join(stage.pushed()) == text
        assert all(len(piece.encode()) <= stage.channel.features.text_limit for piece in stage.pushed())

    async def test_a_broken_platform_is_temporary(self, stage: Stage) -> None:
        self._needs_push(stage)
        await stage.say("你好")
        stage.break_down()
        with pytest.raises(ChannelUnavailable) as caught:
            await stage.channel.send(self._message(stage, "答复"))
        assert caught.value.retry_after > 0

    async def test_a_refusal_is_permanent(self, stage: Stage) -> None:
        self._needs_push(stage)
        await stage.say("你好")
        stage.refuse()
        with pytest.raises(ChannelRejected):
            await stage.channel.send(self._message(stage, "答复"))

    async def test_it_can_be_closed_twice(self, stage: Stage) -> None:
        await stage.channel.close()
        await stage.channel.close()

    def _message(self, stage: Stage, text: str, buttons: tuple[Button, ...] = ()) -> OutboundMessage:
        heard = stage.host.received
        address = heard[-1].address if heard else Address(stage.channel.name, "account", "peer")
        return OutboundMessage(1, address, text, buttons)

    def _needs_passive_replies(self, stage: Stage) -> None:
        if not stage.channel.features.answer_within:
            pytest.skip("this channel knows no passive replies")

    def _needs_push(self, stage: Stage) -> None:
        if not stage.channel.features.can_push:
            pytest.skip("this channel cannot push")
