"""A call is taken down at the desk of the running product: a worker understands it, the caller goes on by code in a chat."""

from __future__ import annotations

import re
import time

import aiohttp
import pytest

from bot.domain.clock import SystemClock
from bot.domain.working_days import local_date
from tests.support.product import Product

pytestmark = pytest.mark.asyncio(loop_scope="session")
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')
TOLD = "我家在东胜区天骄小区，暖气从上周就不热了，屋里只有十二度，打供热公司电话没人管"


class Desk:
    """The administrator, who keeps the desk of a small city too."""

    def __init__(self, product: Product, session: aiohttp.ClientSession) -> None:
        self.product, self.session, self.csrf = product, session, ""

    async def page(self, path: str) -> str:
        async with self.session.get(f"{self.product.url}{path}") as response:
            assert response.status == 200, (path, response.status)
            return await response.text()

    async def post(self, path: str, part: bool = False, **form: str) -> str:
        headers = {"X-Part": "1"} if part else {}
        data = {"csrf": self.csrf, **form}
        async with self.session.post(f"{self.product.url}{path}", data=data, headers=headers) as response:
            assert response.status == 200, (path, response.status, await response.text())
            return await response.text()

    async def sign_in(self) -> None:
        password = (await self.product.wait_for_output(r"密码 (\S+)"))[1]
        self.csrf = CSRF.findall(await self.page("/console/login"))[0]
        await self.post("/console/login", username="admin", password=password)
        self.csrf = CSRF.findall(await self.page("/console/security"))[0]


async def test_a_call_is_understood_registered_and_followed_by_its_code(product):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        desk = Desk(product, session)
        await desk.sign_in()
        key = KEY.findall(await desk.page("/console/register?new=1"))[0]
        form = {"key": key, "known": "0", "text": TOLD, "phone": "13700001234", "name": "王建军"}
        began = time.monotonic()
        proposal = await desk.post("/console/register/understand", part=True, **form)
        assert time.monotonic() - began < 2
        proposed = dict(re.findall(r'data-(kind|topic|urgency|place|title)="([^"]*)"', proposal))
        assert proposed["kind"] == "claim" and proposed["topic"].startswith("城乡建设") and proposed["place"]
        today = local_date(SystemClock().now()).isoformat()
        receipt = await desk.post("/console/register", **form, **proposed, way="phone", received_on=today)
    case_no = re.search(r"20\d{6}-\d{5}", receipt)[0]
    code = re.search(r"(?:\d{4} ){3}\d{4}", receipt)[0]
    told = await product.talk().say(f"查进度，编号 {case_no}，查询码 {code}")
    assert case_no in told and "可以在这里接着办" in told
