"""A stand-in for the WeChat platform: to try the service without an account, and for tests.

    python -m connectors.wechat.platform --webhook http://127.0.0.1:8080/webhooks/wechat

What it knows comes from the platform's pages (../README.md lists them); what it cannot know, such as when
the real platform is slow, it can be told to play (`WechatPlatform.fail`).
"""

from connectors.wechat.platform.account import Account
from connectors.wechat.platform.citizen import Citizen
from connectors.wechat.platform.delivery import Attempt, Exchange
from connectors.wechat.platform.server import PushedMessage, WechatPlatform

__all__ = ["Account", "Attempt", "Citizen", "Exchange", "PushedMessage", "WechatPlatform"]
