"""One browser a module, and the office with people at it; each module has an office of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.console_app import Office
from tests.browser.seats import ARGS, CHROMIUM, House
from tests.browser.visitor import Visitor, visiting


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def house(office: Office, browser: Browser) -> AsyncIterator[House]:
    opened = House(office, browser)
    yield opened
    for seat in opened.seats:
        await seat.page.context.close()
    assert [complaint for seat in opened.seats for complaint in seat.complaints if "40" not in complaint] == []


@pytest_asyncio.fixture
async def visitor(office: Office) -> AsyncIterator[Visitor]:
    """Somebody at a browser without pages, to say over HTTP what a test wants said."""
    async with visiting(office) as one:
        yield one
