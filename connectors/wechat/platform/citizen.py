"""What a citizen can do in WeChat, as the messages that the platform makes of it (接收普通消息, 接收事件推送)."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

from connectors.wechat.platform.account import Value
from connectors.wechat.platform.delivery import Exchange

if TYPE_CHECKING:
    from connectors.wechat.platform.server import WechatPlatform

# 64 bits: too long for a float, as real ones are.
_message_ids = itertools.count(24_500_000_000_000_000 + time.time_ns() // 1000)

# What the platform puts in place of a sticker or other message that it cannot pass on.
UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"


class Citizen:
    """One follower of the account."""

    def __init__(self, platform: WechatPlatform, openid: str) -> None:
        self._platform, self.openid = platform, openid

    async def say(self, text: str, message_id: int = 0, **more: Value) -> Exchange:
        """文本消息. The same `message_id` plays a repeat."""
        return await self.send("text", message_id, Content=text, **more)

    async def send_unsupported(self) -> Exchange:
        """A sticker, a file or the like."""
        return await self.say(UNSUPPORTED)

    async def send_image(self, content: bytes, content_type: str = "image/jpeg") -> Exchange:
        """图片消息."""
        media_id = self._platform.store_media(content, content_type)
        return await self.send("image", PicUrl=f"http://mmbiz.qpic.cn/{media_id}/0", MediaId=media_id)

    async def send_voice(self, content: bytes, recognition: str | None = None) -> Exchange:
        """语音消息; `recognition` is what the platform heard, if it still does that."""
        media_id = self._platform.store_media(content, "audio/amr")
        heard: dict[str, Value] = {} if recognition is None else {"Recognition": recognition}
        return await self.send("voice", 0, MediaId=media_id, Format="amr", **heard)

    async def send_video(self, content: bytes, short: bool = False) -> Exchange:
        """视频消息, 小视频消息."""
        media_id = self._platform.store_media(content, "video/mp4")
        return await self.send("shortvideo" if short else "video", MediaId=media_id, ThumbMediaId=media_id + "t")

    async def send_location(self, latitude: float, longitude: float, label: str = "") -> Exchange:
        """地理位置消息."""
        return await self.send("location", Location_X=latitude, Location_Y=longitude, Scale=16, Label=label)

    async def send_link(self, title: str, description: str, url: str) -> Exchange:
        """链接消息."""
        return await self.send("link", Title=title, Description=description, Url=url)

    async def follow(self, scene: str = "") -> Exchange:
        """关注, with a scene if by a QR code of the account."""
        self._platform.quota.open(self.openid, "subscribe")
        by_code: dict[str, Value] = {"EventKey": f"qrscene_{scene}", "Ticket": "TICKET"} if scene else {"EventKey": ""}
        return await self.trigger("subscribe", **by_code)

    async def unfollow(self) -> Exchange:
        """取消关注: from now on nothing can be sent."""
        self._platform.quota.close(self.openid)
        return await self.trigger("unsubscribe", EventKey="")

    async def scan(self, scene: str) -> Exchange:
        """扫描带参数二维码 by somebody who follows already."""
        self._platform.quota.open(self.openid, "scan")
        return await self.trigger("SCAN", EventKey=scene, Ticket="TICKET")

    async def click(self, key: str) -> Exchange:
        """点击菜单拉取消息."""
        self._platform.quota.open(self.openid, "click")
        return await self.trigger("CLICK", EventKey=key)

    async def view(self, url: str) -> Exchange:
        """点击菜单跳转链接: opens no window for messages."""
        return await self.trigger("VIEW", EventKey=url, MenuId="419119257")

    async def report_location(self, latitude: float, longitude: float) -> Exchange:
        """上报地理位置."""
        return await self.trigger("LOCATION", Latitude=latitude, Longitude=longitude, Precision=119.385)

    async def send(self, kind: str, message_id: int = 0, **fields: Value) -> Exchange:
        """Any message, also of a kind that does not exist; opens the 48 hours."""
        self._platform.quota.open(self.openid, "message")
        return await self._deliver(MsgType=kind, **fields, MsgId=message_id or next(_message_ids))

    async def trigger(self, event: str, **fields: Value) -> Exchange:
        """Any event; events have no MsgId."""
        return await self._deliver(MsgType="event", Event=event, **fields)

    async def _deliver(self, **fields: Value) -> Exchange:
        common: dict[str, Value] = {
            "ToUserName": self._platform.account.name,
            "FromUserName": self.openid,
            "CreateTime": int(self._platform.clock()),
        }
        return await self._platform.deliver({**common, **fields}, self.openid)
