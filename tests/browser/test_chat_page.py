"""The citizen page in a real browser, against a small server with the same API (chat_stub.py)."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from tests.browser.chat_stub import CASE, ChatStub, button, gateway_page, refusal

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False}

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"the citizen page needs a browser: {CHROMIUM} is missing"),
]

# Retries come at once, and every wait that was asked for is written down.
IMPATIENT = """
window.waits = [];
const later = window.setTimeout;
window.setTimeout = (work, ms) => {
  window.waits.push(ms);
  return later(work, [1000, 2000, 4000, 8000].includes(ms) ? 0 : ms);
};
"""


@dataclass
class Visit:
    """One citizen with one browser."""

    page: Page
    stub: ChatStub
    url: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def log(self) -> Locator:
        return self.page.locator("#log")

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("您要说的话")

    @property
    def mine(self) -> Locator:
        return self.page.locator(".mine .bubble")

    @property
    def ours(self) -> Locator:
        return self.page.locator(".ours:not(#greeting) p.bubble")

    @property
    def notice(self) -> Locator:
        return self.page.get_by_role("alert")

    def choice(self, title: str) -> Locator:
        return self.log.get_by_role("button", name=title, exact=True)

    async def open(self) -> None:
        await self.page.goto(self.url)
        await expect(self.page.locator("#log:not([aria-busy])")).to_be_visible()

    async def say(self, text: str) -> None:
        await self.box.fill(text)
        await self.page.get_by_role("button", name="发送").click()

    async def look_again(self) -> None:
        """The citizen comes back to the page: it asks for news at once."""
        await self.page.evaluate("window.dispatchEvent(new Event('focus'))")

    async def waits(self) -> list[int]:
        asked: list[int] = await self.page.evaluate("window.waits")
        return asked


class Browsing:
    def __init__(self, browser: Browser, stub: ChatStub, url: str) -> None:
        self.browser, self.stub, self.url = browser, stub, url
        self.visits: list[Visit] = []

    async def visit(self, opened: bool = True, **options: Any) -> Visit:
        context: BrowserContext = await self.browser.new_context(**{**PHONE, **options})
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        await context.add_init_script(IMPATIENT)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        visit = Visit(page, self.stub, self.url)
        page.on("request", lambda r: None if r.url.startswith((self.url, "blob:")) else visit.outside.append(r.url))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("console", lambda m: visit.complaints.append(m.text) if "Content Security" in m.text else None)
        self.visits.append(visit)
        if opened:
            await visit.open()
        return visit


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browsing(browser: Browser) -> AsyncIterator[Browsing]:
    stub = ChatStub()
    async with stub.running() as url:
        home = Browsing(browser, stub, url)
        yield home
        for visit in home.visits:
            await visit.page.context.close()
    for visit in home.visits:
        assert visit.outside == [], "the page asks nobody but its own server"
        assert visit.complaints == [], "no script error, nothing that the content policy forbids"


# —— talking ——


async def test_the_page_greets_without_opening_a_conversation(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await expect(visit.log).to_contain_text("我是民声智能助手")
    await expect(visit.log.locator(".choice")).to_have_text(["反映问题", "提建议", "查进度"])
    assert not [path for _, path in browsing.stub.requests if path.startswith("/chat/")]


async def test_words_are_sent_and_answered(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("路灯坏了")
    await expect(visit.mine).to_have_text(["路灯坏了"])
    await expect(visit.ours).to_contain_text(["请您核对一下"])
    await expect(visit.box).to_have_value("")
    await expect(visit.page.locator("#dots, .dots")).to_have_count(0)
    assert browsing.stub.said_by_citizen() == ["路灯坏了"]
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", browsing.stub.sent_ids[0]
    )


async def test_a_button_shows_its_title_and_sends_its_payload(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.choice("反映问题").click()
    await expect(visit.ours).to_have_count(1)
    await expect(visit.mine).to_have_text(["反映问题"])
    assert browsing.stub.said_by_citizen() == ["我要反映问题"]
    await visit.open()
    await expect(visit.mine).to_have_text(["反映问题"])


async def test_buttons_of_earlier_questions_are_gone(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("路灯坏了")
    await expect(visit.log.locator(".choice")).to_have_text(["确认提交", "修改", "取消"])
    await visit.choice("修改").click()
    await expect(visit.ours).to_have_count(2)
    await expect(visit.choice("修改")).to_have_count(1)


async def test_several_short_messages_arrive_in_one_conversation_in_order(browsing: Browsing) -> None:
    visit = await browsing.visit()
    for text in ["我家", "停水了", "三天了"]:
        await visit.say(text)
    await expect(visit.ours).to_have_count(3)
    assert len(browsing.stub.conversations) == 1
    assert browsing.stub.said_by_citizen() == ["我家", "停水了", "三天了"]


async def test_a_reload_brings_the_conversation_back_once(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("路灯坏了")
    await expect(visit.ours).to_have_count(1)
    async with visit.page.expect_response(lambda r: r.request.method == "GET" and "/chat/messages" in r.url):
        await visit.look_again()
    await expect(visit.mine).to_have_count(1)
    await visit.open()
    await expect(visit.mine).to_have_text(["路灯坏了"])
    await expect(visit.ours).to_have_count(1)
    await visit.choice("确认提交").click()
    await expect(visit.ours).to_have_count(2)
    assert len(browsing.stub.conversations) == 1


async def test_a_message_polled_before_its_own_answer_is_shown_once(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("路灯坏了")
    await expect(visit.ours).to_have_count(1)
    browsing.stub.may_answer = asyncio.Event()
    async with visit.page.expect_request(lambda r: r.method == "POST"):
        await visit.say("还没修")
    await visit.look_again()
    await expect(visit.ours).to_have_count(2)
    browsing.stub.may_answer.set()
    await expect(visit.page.locator(".state")).to_have_text(["", ""])
    await expect(visit.mine).to_have_text(["路灯坏了", "还没修"])
    await expect(visit.ours).to_have_count(2)


async def test_the_same_words_twice_are_two_messages(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("在吗")
    await expect(visit.ours).to_have_count(1)
    await visit.say("在吗")
    await expect(visit.ours).to_have_count(2)
    browsing.stub.post_from("citizen", "在吗")  # from another of the citizen's phones
    await visit.look_again()
    await expect(visit.mine).to_have_text(["在吗", "在吗", "在吗"])


async def test_words_typed_but_not_sent_outlive_a_reload(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.box.fill("写到一半")
    await visit.open()
    await expect(visit.box).to_have_value("写到一半")


# —— when things go wrong ——


async def test_a_lost_answer_is_asked_for_again_with_the_same_id(browsing: Browsing) -> None:
    visit = await browsing.visit()
    browsing.stub.lose_answers = 3
    await visit.say("路灯坏了")
    await expect(visit.ours).to_have_count(1)
    assert len(set(browsing.stub.sent_ids)) == 1
    assert browsing.stub.said_by_citizen() == ["路灯坏了"]
    await expect(visit.page.locator(".state")).to_have_text([""])


async def test_a_proxy_error_page_is_tried_again(browsing: Browsing) -> None:
    visit = await browsing.visit()
    browsing.stub.faults = [gateway_page, gateway_page]
    await visit.say("路灯坏了")
    await expect(visit.ours).to_have_count(1)
    assert [ms for ms in await visit.waits() if ms in (1000, 2000)] == [1000, 2000]


async def test_without_network_it_says_so_and_a_tap_sends_again(browsing: Browsing) -> None:
    visit = await browsing.visit()
    tries: list[str] = []

    async def cut(route: Any) -> None:
        tries.append(route.request.post_data_json["id"])
        await route.abort()

    await visit.page.add_init_script("setTimeout = (set => (w, ms) => set(w, ms === 15000 ? 0 : ms))(setTimeout)")
    await visit.open()
    await visit.page.route("**/chat/messages", cut)
    await visit.say("路灯坏了")
    again = visit.page.get_by_role("button", name="未发出，点此重试")
    await expect(again).to_be_visible()
    assert len(tries) == 6 and len(set(tries)) == 1
    assert [ms for ms in await visit.waits() if ms in (1000, 2000, 4000, 8000)] == [1000, 2000, 4000, 8000]
    await visit.page.unroute("**/chat/messages")
    await again.click()
    await expect(visit.ours).to_have_count(1)
    await expect(again).to_have_count(0)
    assert browsing.stub.sent_ids == tries[:1]


async def test_unsent_words_are_sent_after_a_reload(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.page.route("**/chat/messages", lambda route: None)  # never answered
    await visit.say("路灯坏了")
    await expect(visit.page.locator(".state")).to_have_text(["发送中…"])
    await visit.page.unroute_all(behavior="ignoreErrors")
    await visit.open()
    await expect(visit.ours).to_have_count(1)
    await expect(visit.mine).to_have_text(["路灯坏了"])
    assert browsing.stub.said_by_citizen() == ["路灯坏了"]


async def test_an_unknown_conversation_starts_anew_with_the_same_words(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("路灯坏了")
    await expect(visit.ours).to_have_count(1)
    browsing.stub.conversations.clear()
    await visit.say("还没修")
    await expect(visit.ours).to_have_count(2)
    assert browsing.stub.said_by_citizen() == ["还没修"]


async def test_a_forgotten_conversation_is_dropped_on_load(browsing: Browsing) -> None:
    visit = await browsing.visit(opened=False)
    await visit.page.add_init_script("localStorage.setItem('minsheng.conversation', 'long-gone')")
    await visit.open()
    assert await visit.page.evaluate("localStorage.getItem('minsheng.conversation')") is None
    await expect(visit.choice("反映问题")).to_be_visible()


@pytest.mark.parametrize("status", [400, 413, 429, 503])
async def test_a_refusal_is_explained_and_the_words_stay_in_the_box(browsing: Browsing, status: int) -> None:
    visit = await browsing.visit()
    browsing.stub.faults = [refusal(status, "您发得太快了，请过一分钟再发。")]
    await visit.say("路灯坏了")
    await expect(visit.notice).to_have_text("您发得太快了，请过一分钟再发。")
    await expect(visit.box).to_have_value("路灯坏了")
    await expect(visit.mine).to_have_count(0)
    await visit.page.get_by_role("button", name="发送").click()
    await expect(visit.ours).to_have_count(1)
    await expect(visit.notice).to_have_count(0)
    assert len(set(browsing.stub.sent_ids)) == 1, "the server may have kept it: the same words keep their id"


async def test_without_storage_the_page_still_works(browsing: Browsing) -> None:
    visit = await browsing.visit(opened=False)
    await visit.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden'); }})"
    )
    await visit.open()
    await visit.say("路灯坏了")
    await expect(visit.ours).to_have_count(1)


# —— what comes later ——


async def test_staff_replies_and_system_lines_come_by_asking(browsing: Browsing) -> None:
    visit = await browsing.visit()
    status = visit.page.locator("#status")
    await visit.say("转人工")
    await expect(visit.page.locator(".system")).to_have_text(["已为您转人工，请稍等。"])
    await visit.look_again()
    await expect(status).to_have_text("正在为您转接工作人员，请稍等")
    browsing.stub.only.mode = "staff"
    browsing.stub.post_from("staff", "您好，我是受理员。")
    await visit.look_again()
    await expect(visit.page.locator(".staff")).to_contain_text("工作人员")
    await expect(visit.page.locator(".staff .bubble")).to_have_text("您好，我是受理员。")
    await expect(status).to_have_text("工作人员正在为您服务")


async def test_it_asks_every_5_seconds_and_every_20_when_hidden(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("路灯坏了")
    await expect(visit.ours).to_have_count(1)
    assert 5000 in await visit.waits() and 20000 not in await visit.waits()
    await visit.page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true});document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert 20000 in await visit.waits()


async def test_dots_stay_until_a_late_reply(browsing: Browsing) -> None:
    visit = await browsing.visit()
    browsing.stub.answers = [[]]
    await visit.say("路灯坏了")
    await expect(visit.page.locator(".state")).to_have_text([""])  # arrived, though not answered
    await expect(visit.page.locator(".dots")).to_be_visible()
    browsing.stub.post_from("bot", "让您久等了。")
    await visit.look_again()
    await expect(visit.ours).to_have_text(["让您久等了。"])
    await expect(visit.page.locator(".dots")).to_have_count(0)


async def test_times_stand_between_messages_far_apart(browsing: Browsing) -> None:
    visit = await browsing.visit(timezone_id="Asia/Shanghai")
    await visit.say("路灯坏了")
    await expect(visit.ours).to_have_count(1)
    browsing.stub.now = browsing.stub.now.replace(year=2024, month=3, day=5, hour=9, minute=7)
    browsing.stub.post_from("bot", "一")
    browsing.stub.now += timedelta(minutes=1)
    browsing.stub.post_from("bot", "二")
    await visit.open()
    await expect(visit.page.locator(".time")).to_have_text([re.compile(r"^\d+:\d\d$"), "2024年3月5日 9:07"])


# —— what replies look like ——


async def test_the_case_is_a_card_that_can_be_copied(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("路灯坏了")
    await visit.choice("确认提交").click()
    card = visit.page.locator(".card")
    await expect(card.locator("dd")).to_have_text([CASE["case_no"], CASE["query_code"]])
    await card.get_by_role("button", name="复制编号和查询码").click()
    await expect(card.get_by_role("button")).to_have_text("已复制")
    copied = await visit.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"编号：{CASE['case_no']}\n查询码：{CASE['query_code']}"


async def test_the_card_can_be_copied_in_old_webviews(browsing: Browsing) -> None:
    visit = await browsing.visit(opened=False)
    await visit.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    await visit.open()
    await visit.say("确认提交")
    await visit.page.get_by_role("button", name="复制编号和查询码").click()
    await expect(visit.page.locator(".copy")).to_have_text("已复制")


async def test_an_emergency_stands_out_and_can_be_called(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("楼道漏气")
    danger = visit.page.locator(".bubble.danger")
    await expect(danger).to_contain_text("请马上拨打 119")
    await expect(danger).to_have_css("border-top-width", "3px")
    await expect(visit.page.locator(".call")).to_have_text(["拨打 119", "拨打 110"])
    assert await visit.page.locator(".call").first.get_attribute("href") == "tel:119"


@pytest.mark.parametrize(
    ("text", "hrefs"),
    [
        ("请拨打 110、119 或 12345 政务热线。", ["tel:110", "tel:119", "tel:12345"]),
        ("手机 13812345678，也可打 138 1234 5678。", ["tel:13812345678", "tel:13812345678"]),
        ("座机 0477-8123456，供电 95598", ["tel:04778123456", "tel:95598"]),
        ("12345 平台和 12345 人工服务", ["tel:12345", "tel:12345"]),
        ("面积 120 平方米，退 110 元，住 119号楼，共 122 户", []),
        ("编号 EDS20260714000128，查询码 4821937750162946，2024-110", []),
        ("电话 138****5678", []),
        ("见 https://www.ordos.gov.cn/a?b=1。谢谢", ["https://www.ordos.gov.cn/a?b=1"]),
        ("javascript:alert(1) data:text/html,x", []),
    ],
)
async def test_numbers_and_links_can_be_tapped(browsing: Browsing, text: str, hrefs: list[str]) -> None:
    visit = await browsing.visit()
    browsing.stub.answers = [[{"text": text}]]
    await visit.say("问")
    await expect(visit.ours).to_have_text([text])
    links = visit.ours.locator("a")
    assert [await link.get_attribute("href") for link in await links.all()] == hrefs


async def test_markup_in_messages_stays_text(browsing: Browsing) -> None:
    evil = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> https://a.cn/"onclick="x'
    browsing.stub.greeting = evil
    visit = await browsing.visit()
    await expect(visit.page.locator("#greeting .bubble")).to_have_text(evil)
    browsing.stub.answers = [[{"text": evil, "buttons": [button(evil, '"><b>')]}]]
    await visit.say(evil)
    await expect(visit.ours).to_have_text([evil])
    await expect(visit.mine).to_have_text([evil])
    await expect(visit.log.locator(".choice")).to_have_text([evil])
    browsing.stub.post_from("citizen", "", image="javascript:window.pwned=1")
    browsing.stub.post_from("citizen", "", image="//elsewhere.example/x.png")
    await visit.look_again()
    await expect(visit.page.locator(".picture")).to_have_count(2)
    assert await visit.page.evaluate("window.pwned") is None
    assert await visit.page.locator("#log img[src], #log script, #log [onclick]").count() == 0


# —— photos ——


def photo(width: int, height: int) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_a_photo_is_made_smaller_and_loses_its_camera_data(browsing: Browsing) -> None:
    visit = await browsing.visit()
    assert b"PhoneMaker" in photo(2400, 1800)
    await visit.page.set_input_files("#file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(2400, 1800)})
    await expect(visit.ours).to_contain_text(["照片收到了"])
    await expect(visit.page.locator(".mine img")).to_have_count(1)
    (sent,) = browsing.stub.uploads
    image = Image.open(io.BytesIO(sent))
    assert (image.format, image.size, len(image.getexif())) == ("JPEG", (1600, 1200), 0)
    await visit.open()
    await expect(visit.page.locator(".mine img")).to_have_attribute("src", re.compile("/chat/media/0$"))


async def test_a_photo_is_shown_once_after_asking(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.page.set_input_files("#file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(300, 200)})
    await expect(visit.ours).to_have_count(1)
    browsing.stub.post_from("bot", "还有吗？")
    await visit.look_again()
    await expect(visit.ours).to_have_count(2)
    await expect(visit.page.locator(".mine")).to_have_count(1)


@pytest.mark.parametrize(
    ("name", "kind", "data", "says"),
    [
        ("a.pdf", "application/pdf", b"%PDF", "这里只能发照片"),
        ("a.jpg", "image/jpeg", b"not a picture", "这张照片打不开"),
    ],
)
async def test_other_files_are_refused(browsing: Browsing, name: str, kind: str, data: bytes, says: str) -> None:
    visit = await browsing.visit()
    await visit.page.set_input_files("#file", {"name": name, "mimeType": kind, "buffer": data})
    await expect(visit.notice).to_contain_text(says)
    assert browsing.stub.uploads == []


# —— writing ——


async def test_enter_sends_on_a_desktop_and_shift_enter_does_not(browsing: Browsing) -> None:
    visit = await browsing.visit(**DESKTOP)
    await visit.box.press_sequentially("一")
    await visit.box.press("Shift+Enter")
    await visit.box.press_sequentially("二")
    await visit.box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await expect(visit.box).to_have_value("一\n二")
    await visit.box.press("Enter")
    await expect(visit.ours).to_have_count(1)
    assert browsing.stub.said_by_citizen() == ["一\n二"]


async def test_enter_is_a_new_line_on_a_phone(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.box.press_sequentially("一")
    await visit.box.press("Enter")
    await expect(visit.box).to_have_value("一\n")


async def test_the_counter_shows_near_the_end(browsing: Browsing) -> None:
    visit = await browsing.visit()
    counter = visit.page.locator("#counter")
    await visit.box.fill("长" * 2699)
    await expect(counter).to_be_hidden()
    await visit.box.fill("长" * 2950)
    await expect(counter).to_have_text("还可以写 50 字")
    await visit.box.fill("长" * 3000)
    await expect(counter).to_contain_text("已写满 3000 字")


async def test_nothing_written_is_nothing_sent(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await visit.say("  \n ")
    await expect(visit.notice).to_contain_text("请先写几个字")
    assert browsing.stub.sent_ids == []


async def test_everything_can_be_done_by_keyboard(browsing: Browsing) -> None:
    visit = await browsing.visit(**DESKTOP)
    await visit.choice("反映问题").focus()
    await visit.page.keyboard.press("Enter")
    await expect(visit.ours).to_have_count(1)
    await expect(visit.log).to_be_focused()
    await visit.page.keyboard.press("Tab")
    await expect(visit.page.locator("#greeting a").first).to_be_focused()
    await expect(visit.log).to_have_attribute("aria-live", "polite")


# —— how it looks ——


async def test_big_letters_are_remembered(browsing: Browsing) -> None:
    visit = await browsing.visit()
    bubble = visit.page.locator("#greeting .bubble")
    await expect(bubble).to_have_css("font-size", "18px")
    await visit.page.get_by_role("button", name="大字").click()
    await expect(bubble).to_have_css("font-size", "22px")
    await visit.page.get_by_role("button", name="更大字").click()
    await visit.open()
    await expect(bubble).to_have_css("font-size", "26px")
    await visit.page.get_by_role("button", name="标准字").click()
    await expect(bubble).to_have_css("font-size", "18px")


async def fill_the_log(visit: Visit) -> None:
    visit.stub.answers = [
        [{"text": "长" * 300 + " https://www.ordos.gov.cn/" + "a" * 120, "buttons": [button("很长的按钮" * 12)]}]
    ]
    await visit.say("abcdefghij" * 20)
    await expect(visit.ours).to_have_count(1)
    await visit.say("楼道漏气")
    await expect(visit.ours).to_have_count(3)
    await visit.say("确认提交")
    await expect(visit.page.locator(".card")).to_be_visible()


OVERFLOW = """() => [...document.querySelectorAll('#log *, .head *, .composer *:not(.sr)')]
  .filter(n => n.offsetParent && !n.classList.contains('sr'))
  .filter(n => n.getBoundingClientRect().right > document.documentElement.clientWidth + .5)
  .map(n => n.className || n.tagName)"""
SMALL = """() => [...document.querySelectorAll('button, textarea, .call')].filter(n => n.offsetParent)
  .map(n => [n.textContent || n.id, n.getBoundingClientRect()])
  .filter(([, r]) => Math.min(r.height, r.width) < 47.9).map(([name]) => name)"""


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
async def test_nothing_sticks_out_and_every_target_is_48_px(browsing: Browsing, width: int) -> None:
    visit = await browsing.visit(viewport={"width": width, "height": 640}, is_mobile=width < 1000)
    await fill_the_log(visit)
    for _ in range(3):
        assert await visit.page.evaluate(OVERFLOW) == []
        assert await visit.page.evaluate(SMALL) == []
        await visit.page.locator("#size").click()


async def test_the_composer_stays_above_the_keyboard(browsing: Browsing) -> None:
    visit = await browsing.visit()
    await fill_the_log(visit)
    await visit.page.set_viewport_size({"width": 360, "height": 330})
    await expect(visit.box).to_be_in_viewport(ratio=1)
    await expect(visit.page.locator(".copy")).to_be_in_viewport(ratio=1)


async def test_a_long_answer_is_read_from_its_beginning(browsing: Browsing) -> None:
    visit = await browsing.visit()
    browsing.stub.answers = [[{"text": f"第 {n} 段。" + "话" * 120} for n in range(5)]]
    await visit.say("讲讲")
    await expect(visit.ours).to_have_count(5)
    await expect(visit.ours.first).to_be_in_viewport(ratio=1)
    newer = visit.page.get_by_role("button", name="有新消息")
    await newer.click()
    await expect(visit.ours.last).to_be_in_viewport(ratio=0.9)
    await expect(newer).to_be_hidden()


CONTRAST = """() => {
  const light = c => { const v = c.map(x => (x /= 255) <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  const parse = s => s.match(/[\\d.]+/g).map(Number);
  const ground = n => { for (; n; n = n.parentElement) { const c = parse(getComputedStyle(n).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  const words = n => [...n.childNodes].some(c => c.nodeType === 3 && c.textContent.trim()) || n.placeholder;
  return [...document.querySelectorAll('.app *')].filter(n => n.offsetParent && words(n)).map(n => {
    const a = light(parse(getComputedStyle(n).color).slice(0, 3)), b = light(ground(n).slice(0, 3));
    return [n.className || n.tagName, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)];
  }).filter(([, ratio]) => ratio < 4.5); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_contrast_is_enough_by_day_and_by_night(browsing: Browsing, scheme: str) -> None:
    visit = await browsing.visit(color_scheme=scheme)
    await fill_the_log(visit)
    browsing.stub.post_from("staff", "您好")
    browsing.stub.post_from("system", "工作人员已经离开")
    await visit.look_again()
    await expect(visit.page.locator(".system")).to_be_visible()
    browsing.stub.faults = [refusal(503, "系统正忙")]
    await visit.say("再说一句")
    await expect(visit.notice).to_be_visible()
    assert await visit.page.evaluate(CONTRAST) == []


async def test_nothing_moves_for_those_who_do_not_want_it(browsing: Browsing) -> None:
    visit = await browsing.visit(reduced_motion="reduce")
    await expect(visit.page.locator("#greeting")).to_have_css("animation-name", "none")


async def test_the_script_is_plain_enough_for_old_webviews() -> None:
    script = (Path(__file__).resolve().parents[2] / "bot/web/static/chat.js").read_text(encoding="utf-8")
    code = re.sub(r"//.*|/\*[\s\S]*?\*/", "", script)
    for younger in (
        r"\?\.[a-z[(]",
        r"\?\?",
        r"\(\?<",
        r"\{ ?\.\.\.",
        r"catch \{",
        r"\.finally\(",
        r"replaceAll",
        r"\bimport\b",
    ):
        assert not re.search(younger, code), f"{younger} is younger than ES2017"
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", code)
