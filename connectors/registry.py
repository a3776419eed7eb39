"""Which channels are configured."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base import Channel


def configured_channels(environment: Mapping[str, str]) -> dict[str, Channel]:
    """Channels by name, from their settings. A channel without settings is not there."""
    channels: dict[str, Channel] = {}
    if any(name.startswith("WECHAT_") for name in environment):
        from connectors.wechat.channel import WechatChannel
        from connectors.wechat.settings import WechatSettings

        channels["wechat"] = WechatChannel(WechatSettings.from_environment(environment))
    return channels
