"""The pictures of docs/images, taken anew from the running console: `python -m tests.browser.pictures`.

With the address of a running product (`python -m bot serve`), the one of the README too: its citizen page is talked with.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from playwright.async_api import Browser, async_playwright

from bot.domain.people import Role
from tests.browser.console_app import SAMPLES, Office, fill, running_office
from tests.browser.reading_worker import a_worker
from tests.browser.seats import ARGS, CHROMIUM, House, Seat

IMAGES = Path(__file__).parents[2] / "docs" / "images"
COLOURS = 64
PHONE: dict[str, Any] = {"viewport": {"width": 380, "height": 800}, "is_mobile": True, "has_touch": True}
MARGIN, GROUND = 20, "#dfe4ea"
SAID = "东胜区天骄街道天骄小区暖气不热，家里只有十二度，电话 13812345678"
TOLD = {
    "text": "天骄小区停水三天了，家里有八十岁的老人，没法做饭，打物业电话没人接。",
    "name": "张秀英",
    "phone": "13911112222",
    "address": "东胜区天骄小区3号楼2单元501室",
}
REPLY = "经与供热单位现场核实，换热站水泵故障，已更换，室温恢复到 20 度。"


def keep(name: str, png: bytes) -> None:
    """A page of few colours needs few bytes."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(IMAGES / f"{name}.png", optimize=True)


async def step(seat: Seat, name: str) -> None:
    """A deed without fields."""
    await seat.page.get_by_role("button", name=name, exact=True).click()
    await seat.notice.wait_for()


async def sit(house: House, who: str, path: str) -> Seat:
    """Somebody who says yes to what the browser asks back."""
    seat = await house.seat(who)

    async def agree(dialog: Any) -> None:
        await dialog.accept()

    seat.page.on("dialog", agree)
    await seat.open(path)
    return seat


async def drafted(house: House) -> str:
    """A case whose reply waits for a second person."""
    case = await house.office.file(title="小区暖气不热", at=house.office.clock.now() - timedelta(days=2))
    path = f"/console/cases/{case.case_no}"
    await step(await sit(house, "clerk", path), "交办")
    officer = await sit(house, "officer", path)
    for name in ("签收", "受理", "开始办理"):
        await step(officer, name)
    await officer.page.locator(".pane-reply [data-template]").select_option(label="供暖")
    keep("template", await officer.page.locator(".composer").screenshot())
    await officer.page.get_by_label("答复内容").fill(REPLY)
    await step(officer, "提交审核")
    return path


async def registered(house: House) -> None:
    """The form of 登记 with what a worker proposes, while the telephone is still in the hand."""
    at = house.office.clock.now() - timedelta(days=1)
    given = {"place": "东胜区天骄小区", "phones": ("13911112222",), "at": at}
    await house.office.file("天骄小区停水，没法做饭", title="天骄小区停水", **given)
    async with a_worker(house.office):
        seat = await sit(house, "clerk", "/console/register")
        for name, typed in TOLD.items():
            await seat.page.locator(f"[name={name}]").fill(typed)
        await seat.page.locator(".same-petitioner").wait_for()
        await seat.page.wait_for_timeout(1500)
        await seat.page.set_viewport_size({"width": 1280, "height": 880})
        keep("registration", await seat.page.screenshot())


async def take(house: House) -> None:
    """All of them."""
    await registered(house)
    path = await drafted(house)
    checker = await sit(house, "checker", path)
    keep("case", await checker.page.screenshot())
    keep("documents", await checker.page.locator(".documents").screenshot())
    keep("opinion", await opinion(checker))
    for name, who in (("day", "boss"), ("board", "boss")):
        seat = await sit(house, who, f"/console/{name}")
        keep(name, await seat.page.screenshot())


async def front(house: House, address: str) -> None:
    """The console's list, and beside it the citizen page on a phone."""
    desk = await sit(house, "boss", "/console")
    wide = await desk.page.screenshot()
    pictures = [Image.open(io.BytesIO(one)).convert("RGB") for one in (wide, await talked(house.browser, address))]
    whole = Image.new("RGB", (sum(one.width for one in pictures) + 3 * MARGIN, pictures[0].height + 2 * MARGIN), GROUND)
    left = MARGIN
    for one in pictures:
        whole.paste(one, (left, MARGIN))
        left += one.width + MARGIN
    written = io.BytesIO()
    whole.save(written, "PNG")
    keep("minsheng", written.getvalue())


async def talked(browser: Browser, address: str) -> bytes:
    """A citizen tells what is wrong, and is shown what was understood."""
    page = await (await browser.new_context(**PHONE)).new_page()
    await page.goto(address)
    await page.locator("textarea").fill(SAID)
    await page.get_by_role("button", name="发送").click()
    await page.get_by_role("button", name="确认提交").wait_for()
    await page.wait_for_timeout(500)
    return await page.screenshot()


async def opinion(seat: Seat) -> bytes:
    """The written reply that waits, as its first page is printed."""
    async with seat.page.expect_download() as download:
        await seat.page.get_by_role("button", name="信访事项处理意见书 PDF").click()
    written, picture = Path(await (await download.value).path()).read_bytes(), io.BytesIO()
    pypdfium2.PdfDocument(written)[0].render(scale=0.8).to_pil().save(picture, "PNG")
    return picture.getvalue()


async def people(office: Office) -> None:
    """Who is needed, and cases old enough to be late."""
    await office.staff("clerk", Role.INTAKE_CLERK, name="王受理")
    await office.staff("officer", Role.CASE_OFFICER, "dongsheng", name="李承办")
    await office.staff("checker", Role.CASE_OFFICER, "dongsheng", name="钱审核")
    await office.staff("boss", Role.SUPERVISOR, name="赵督办")
    for days, sample in zip((9, 14, 20, 26, 40), SAMPLES):
        await office.file(**sample, at=office.clock.now() - timedelta(days=days))
    await fill(office)


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="pictures-") as home:
        async with running_office(Path(home)) as office, async_playwright() as playwright:
            await people(office)
            browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
            house = House(office, browser)
            await take(house)
            for address in sys.argv[1:2]:
                await front(house, address)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
