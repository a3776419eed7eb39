"""WeChat Official Account (公众号) channel."""

from connectors.wechat.channel import WechatChannel
from connectors.wechat.settings import WechatSettings

__all__ = ["WechatChannel", "WechatSettings"]
