"""What an operator says about the Official Account; checked once, at start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.domain.errors import BadInput

MODES = ("auto", "plain", "compatible", "safe")
DEFAULT_API_BASE = "https://api.weixin.qq.com"
# Citizens' words are a few kilobytes; the compatible mode triples them (消息加解密说明). The rest is spare.
DEFAULT_MAX_BODY = 256 * 1024

# Environment → field. The operator's side of this list is docs/wechat.md.
VARIABLES = {
    "WECHAT_TOKEN": "token",
    "WECHAT_APP_ID": "app_id",
    "WECHAT_APP_SECRET": "app_secret",
    "WECHAT_AES_KEY": "aes_key",
    "WECHAT_PREVIOUS_AES_KEY": "previous_aes_key",
    "WECHAT_MODE": "mode",
    "WECHAT_API_BASE": "api_base",
    "WECHAT_MAX_BODY": "max_body",
}

_TOKEN = re.compile(r"[0-9A-Za-z_-]{3,32}")
_APP_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_AES_KEY = re.compile(r"[0-9A-Za-z]{43}")


@dataclass(frozen=True)
class WechatSettings:
    """The account's page 设置与开发 → 基本配置, as typed values; raises `BadInput` naming the setting.

    `mode` is what the account is set to there (明文 plain, 兼容 compatible, 安全 safe). `auto` goes by each
    delivery's URL; `safe` also refuses what is not encrypted, so that nobody can talk us down to plain text.
    """

    token: str = field(repr=False)
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    previous_aes_key: str = field(default="", repr=False)
    mode: str = "auto"
    api_base: str = DEFAULT_API_BASE
    max_body: int = DEFAULT_MAX_BODY

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> WechatSettings:
        """Read the `WECHAT_…` variables; empty ones count as absent, unknown ones are refused by name."""
        given = {name: value.strip() for name, value in environment.items() if name.startswith("WECHAT_")}
        for name in sorted(given.keys() - VARIABLES.keys()):
            raise BadInput(f"unknown setting {name}; known are: {', '.join(VARIABLES)}", field=name)
        values = {VARIABLES[name]: value for name, value in given.items() if value}
        max_body = values.pop("max_body", str(DEFAULT_MAX_BODY))
        _demand(re.fullmatch(r"\d{1,9}", max_body), "WECHAT_MAX_BODY", "a number of bytes above 0")
        # An absent token is refused like a wrong one.
        return cls(**{"token": "", **values}, max_body=int(max_body))

    def __post_init__(self) -> None:
        """Refuse what the platform's own page would not take."""
        self._check_names()
        self._check_keys()
        self._check_rest()

    def _check_names(self) -> None:
        _demand(_TOKEN.fullmatch(self.token), "WECHAT_TOKEN", "3 to 32 letters or digits")
        if self.app_id or self.aes_key or self.app_secret:
            _demand(_APP_ID.fullmatch(self.app_id), "WECHAT_APP_ID", "the account's AppID (wx…)")
        _demand(not re.search(r"\s", self.app_secret), "WECHAT_APP_SECRET", "the AppSecret, without spaces")

    def _check_keys(self) -> None:
        for name, key in (("WECHAT_AES_KEY", self.aes_key), ("WECHAT_PREVIOUS_AES_KEY", self.previous_aes_key)):
            _demand(not key or _AES_KEY.fullmatch(key), name, "43 characters, letters and digits only")
        needs_current = self.previous_aes_key or self.mode in ("compatible", "safe")
        _demand(not needs_current or self.aes_key, "WECHAT_AES_KEY", "set when the mode or a previous key needs it")

    def _check_rest(self) -> None:
        _demand(self.mode in MODES, "WECHAT_MODE", "one of " + ", ".join(MODES))
        _demand(self.max_body > 0, "WECHAT_MAX_BODY", "a number of bytes above 0")
        base = urlsplit(self.api_base)
        _demand(base.scheme in ("http", "https") and base.netloc, "WECHAT_API_BASE", "an address like https://host")


def _demand(holds: object, name: str, wanted: str) -> None:
    """Raise `BadInput` with the setting's name (never its value: most of them are secrets)."""
    if not holds:
        raise BadInput(f"{name} must be {wanted}", field=name)
