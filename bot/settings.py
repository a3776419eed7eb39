"""Settings: environment → one typed object; what is missing or wrong is named at start."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from bot.domain.errors import BadInput
from bot.domain.people import Role

KNOWN = {
    "MINSHENG_HOME",
    "MINSHENG_CITY",
    "MINSHENG_HOST",
    "MINSHENG_PORT",
    "MINSHENG_WORKERS",
    "MINSHENG_API_TOKEN",
    "MINSHENG_DISCIPLINE_TOKEN",
    "MINSHENG_PUBLIC_URL",
    "MINSHENG_TRUSTED_PROXIES",
    "MINSHENG_IDLE_MINUTES",
    "MINSHENG_SECOND_FACTOR",
    "MINSHENG_TENSORFLOW",
    "MINSHENG_LOG_LEVEL",
    "DATABASE_URL",
    "REDIS_URL",
}
"""Every variable of ours; `WECHAT_…` belong to the channel (connectors/wechat/settings.py)."""


@dataclass(frozen=True)
class Settings:
    """All that can be set from outside. `redis_url` empty means: `serve` starts an embedded Valkey.

    `city` is the folder of a city's own rules, calendars and lookups; None where only the built-in ones are used.
    """

    home: Path
    city: Path | None
    host: str
    port: int
    workers: int
    database_url: str
    redis_url: str
    api_token: str
    discipline_token: str
    public_url: str
    trusted_proxies: frozenset[str]
    idle_minutes: int
    second_factor_roles: frozenset[str]
    tensorflow: bool
    log_level: str
    channels: Mapping[str, str]

    @property
    def model_dir(self) -> Path:
        """Where trained models live."""
        return self.home / "models"

    @property
    def media_dir(self) -> Path:
        """Where citizens' pictures live; never served but through the access rule."""
        return self.home / "media"

    @property
    def valkey_socket(self) -> Path:
        """The embedded Valkey's socket."""
        return self.home / "run" / "valkey.sock"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment. Raises `BadInput` with the variable's name."""
    env = dict(os.environ if environment is None else environment)
    unknown = sorted(name for name in env if name.startswith("MINSHENG_") and name not in KNOWN)
    if unknown:
        raise BadInput(f"unknown setting {unknown[0]}; known are: {', '.join(sorted(KNOWN))}", unknown[0])
    home = Path(env.get("MINSHENG_HOME") or "data").expanduser().resolve()
    return Settings(
        home=home,
        city=Path(env["MINSHENG_CITY"]).expanduser().resolve() if env.get("MINSHENG_CITY") else None,
        host=env.get("MINSHENG_HOST") or "127.0.0.1",
        port=_number(env, "MINSHENG_PORT", 8080, 1, 65535),
        workers=_number(env, "MINSHENG_WORKERS", 1, 1, 64),
        database_url=_database_url(env.get("DATABASE_URL") or "", home),
        redis_url=_redis_url(env.get("REDIS_URL") or ""),
        api_token=_token(env, "MINSHENG_API_TOKEN"),
        discipline_token=_token(env, "MINSHENG_DISCIPLINE_TOKEN"),
        public_url=(env.get("MINSHENG_PUBLIC_URL") or "").rstrip("/"),
        trusted_proxies=_addresses(env, "MINSHENG_TRUSTED_PROXIES"),
        idle_minutes=_number(env, "MINSHENG_IDLE_MINUTES", 240, 5, 720),
        second_factor_roles=_roles(env, "MINSHENG_SECOND_FACTOR"),
        tensorflow=env.get("MINSHENG_TENSORFLOW") == "1",
        log_level=_choice(env, "MINSHENG_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        channels={name: value for name, value in env.items() if name.startswith("WECHAT_") and value},
    )


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = env.get(name) or str(default)
    if not re.fullmatch(r"\d{1,9}", raw) or not low <= int(raw) <= high:
        raise BadInput(f"{name} is {raw!r}; wanted a whole number from {low} to {high}", name)
    return int(raw)


def _choice(env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = (env.get(name) or default).upper()
    if value not in allowed:
        raise BadInput(f"{name} is {value!r}; wanted one of {', '.join(allowed)}", name)
    return value


def _token(env: Mapping[str, str], name: str) -> str:
    value = env.get(name) or ""
    if value and len(value) < 16:
        raise BadInput(f"{name} has {len(value)} characters; wanted at least 16, random", name)
    return value


def _addresses(env: Mapping[str, str], name: str) -> frozenset[str]:
    found = frozenset(filter(None, (part.strip() for part in (env.get(name) or "").split(","))))
    for address in found:
        try:
            ip_address(address)
        except ValueError:
            raise BadInput(f"{name} has {address!r}; wanted IP addresses with commas between them", name) from None
    return found


def _roles(env: Mapping[str, str], name: str) -> frozenset[str]:
    """Roles by name, or `all`."""
    known = {role.value for role in Role}
    found = frozenset(filter(None, (part.strip() for part in (env.get(name) or "").split(","))))
    wrong = sorted(found - known - {"all"})
    if wrong:
        raise BadInput(f"{name} has {wrong[0]!r}; wanted `all` or some of {', '.join(sorted(known))}", name)
    return frozenset(known) if "all" in found else found


def _database_url(raw: str, home: Path) -> str:
    """SQLAlchemy's async form of the URL; the plain `postgresql://` and `sqlite://` spellings are taken too."""
    if not raw:
        return f"sqlite+aiosqlite:///{home / 'minsheng.sqlite3'}"
    drivers: dict[str, str] = {
        "postgres": "postgresql+asyncpg",
        "postgresql": "postgresql+asyncpg",
        "postgresql+asyncpg": "postgresql+asyncpg",
        "sqlite": "sqlite+aiosqlite",
        "sqlite+aiosqlite": "sqlite+aiosqlite",
    }
    scheme, separator, rest = raw.partition("://")
    if not separator or scheme not in drivers:
        raise BadInput("DATABASE_URL must start with postgresql:// or sqlite:///", "DATABASE_URL")
    return f"{drivers[scheme]}://{rest}"


def _redis_url(raw: str) -> str:
    if raw and not raw.startswith(("redis://", "rediss://", "unix://")):
        raise BadInput("REDIS_URL must start with redis://, rediss:// or unix://", "REDIS_URL")
    return raw
