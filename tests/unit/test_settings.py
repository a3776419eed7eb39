"""Settings: what is wrong is named."""

from __future__ import annotations

import pytest

from bot.domain.errors import BadInput
from bot.settings import read_settings


def test_nothing_set_is_the_small_machine():
    settings = read_settings({})
    assert settings.port == 8080 and settings.host == "127.0.0.1"
    assert settings.database_url.startswith("sqlite+aiosqlite:///") and settings.redis_url == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MINSHENG_PORT", "eighty"),
        ("MINSHENG_PORT", "70000"),
        ("MINSHENG_WORKERS", "0"),
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "localhost:6379"),
        ("MINSHENG_API_TOKEN", "short"),
        ("MINSHENG_PROT", "8080"),
        ("MINSHENG_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(BadInput, match=name) as error:
        read_settings({name: value})
    assert error.value.field == name


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+asyncpg://u@h/d"])
def test_every_spelling_of_postgresql_is_taken(url):
    assert read_settings({"DATABASE_URL": url}).database_url == "postgresql+asyncpg://u@h/d"
