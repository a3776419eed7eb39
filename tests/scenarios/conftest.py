"""One running product for all stories of this folder."""

from __future__ import annotations

import pytest_asyncio

from tests.support.product import Product, running_product

TOKEN = "scenario-token-0123456789"
DISCIPLINE_TOKEN = "discipline-token-0123456789"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def product(tmp_path_factory) -> Product:
    home = tmp_path_factory.mktemp("home")
    tokens = {"MINSHENG_API_TOKEN": TOKEN, "MINSHENG_DISCIPLINE_TOKEN": DISCIPLINE_TOKEN}
    async with running_product(home, **tokens) as running:
        yield running
