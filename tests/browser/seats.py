"""Staff at real browsers: who sits where, for every test of the console's pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.browser.console_app import PASSWORD, Office

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}


@dataclass
class Seat:
    """One staff member at one browser; `agreed` counts the questions it asked back, where a test answers them."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    agreed: int = 0

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.url}{path}")
        await expect(self.page.locator("body[data-connected]")).to_be_attached()

    async def sign_in(self, username: str) -> None:
        await self.page.goto(f"{self.url}/console")
        await self.page.get_by_label("用户名").fill(username)
        await self.page.get_by_label("密码").fill(PASSWORD)
        await self.page.get_by_role("button", name="登录").click()
        await expect(self.page.locator("body[data-connected]")).to_be_attached()

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    def row(self, title: str) -> Any:
        return self.page.locator(".row-link", has_text=title)

    @property
    def notice(self) -> Any:
        return self.page.locator(".notice")


@dataclass
class House:
    """The office with its people and as many browsers as a test needs."""

    office: Office
    browser: Browser
    seats: list[Seat] = field(default_factory=list)

    async def seat(self, username: str = "clerk", **options: Any) -> Seat:
        context = await self.browser.new_context(**{"viewport": DESKTOP, **options})
        page = await context.new_page()
        page.set_default_timeout(10_000)
        seat = Seat(page, self.office.url)
        page.on("console", lambda m: seat.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: seat.complaints.append(str(error)))
        await seat.sign_in(username)
        self.seats.append(seat)
        return seat
