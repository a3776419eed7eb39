"""A small server with the citizen page's API, to test the page alone; by hand: `python tests/browser/chat_stub.py`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

WEB = Path(__file__).resolve().parents[2] / "bot" / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
GREETING = (
    "您好，我是民声智能助手。您遇到了什么困难，或者有什么建议，用平常话告诉我就行。\n"
    "如果有人身危险，请马上拨打 110（报警）、119（火警）、120（急救）。"
)
STARTERS = [
    {"title": "反映问题", "payload": "我要反映问题"},
    {"title": "提建议", "payload": "我想提个建议"},
    {"title": "查进度", "payload": "查进度"},
]
CASE = {"case_no": "EDS20260714000128", "query_code": "4821937750162946"}
MOST_LETTERS = 3000

Message = dict[str, Any]
Fault = Callable[[web.Request], web.StreamResponse]


def button(title: str, payload: str | None = None) -> dict[str, str]:
    return {"title": title, "payload": payload or title}


def dialogue(text: str) -> list[Message]:
    """What the stub's bot says: enough for every kind of bubble."""
    if "漏气" in text:
        return [
            {"text": "⚠ 请马上拨打 119（火警和救援）、110（报警）！先保证人身安全，离开危险的地方。"},
            {"text": "这件事我先替您记下。请问是在什么地方？", "buttons": [button("跳过")]},
        ]
    if text == "确认提交":
        return [{"text": "已经替您提交。办理有进展，我会在这里告诉您。"}]
    if text == "我要反映问题":
        return [{"text": "您请说，遇到了什么事？在什么地方、希望怎么解决，想到哪说到哪就行。"}]
    if text == "转人工":
        return [{"text": "已为您转人工，请稍等。", "author": "system"}]
    return [
        {
            "text": f"请您核对一下：\n【您的话】{text}\n没问题我就替您提交；哪里不对，直接告诉我就行。",
            "buttons": [button("确认提交"), button("修改", "我要修改"), button("取消")],
        }
    ]


@dataclass
class Conversation:
    messages: list[Message] = field(default_factory=list)
    mode: str = "bot"


@dataclass
class ChatStub:
    """Keeps what it was sent; `faults` are answered first, `answers` replace the stub's own dialogue."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploads: list[bytes] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    sent_ids: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    answers: list[list[Message]] = field(default_factory=list)
    greeting: str = GREETING
    lose_answers: int = 0
    may_answer: asyncio.Event | None = None
    now: datetime = field(default_factory=lambda: datetime.now(timezone(timedelta(hours=8))))
    last_id: int = 10

    @property
    def only(self) -> Conversation:
        (conversation,) = self.conversations.values()
        return conversation

    def said_by_citizen(self) -> list[str]:
        return [m["text"] for c in self.conversations.values() for m in c.messages if m["from"] == "citizen"]

    def post_from(self, author: str, text: str, **more: Any) -> None:
        """A late reply, or one by staff."""
        self._keep(self.only, author, text, **more)

    def _keep(self, conversation: Conversation, author: str, text: str, **more: Any) -> Message:
        self.last_id += 1
        letter = "i" if author == "citizen" else "o"
        message = {
            "id": f"{letter}{self.last_id}",
            "from": author,
            "text": text,
            "buttons": [],
            "at": self.now.isoformat(),
            "image": None,
            **more,
        }
        conversation.messages.append(message)
        return message

    def _answer(self, conversation_id: str | None, text: str, **more: Any) -> dict[str, Any]:
        conversation_id = conversation_id or f"c{len(self.conversations) + 1}"
        conversation = self.conversations.setdefault(conversation_id, Conversation())
        said = self._keep(conversation, "citizen", text, **more)
        if text == "转人工":
            conversation.mode = "waiting"
        says = self.answers.pop(0) if self.answers else dialogue(text)
        kept = [self._keep(conversation, r.get("author", "bot"), r["text"], buttons=r.get("buttons", [])) for r in says]
        replies = [{"id": k["id"], "text": k["text"], "buttons": k["buttons"], "author": k["from"]} for k in kept]
        return {
            "id": said["id"],
            "conversation": conversation_id,
            "replies": replies,
            "case": CASE if text == "确认提交" else None,
        }

    async def page(self, request: web.Request) -> web.Response:
        templates = jinja2.Environment(loader=jinja2.FileSystemLoader(WEB / "templates"), autoescape=True)
        html = templates.get_template("chat.html").render(greeting=self.greeting, starters=STARTERS)
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    async def post_message(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.sent_ids.append(body["id"])
        if fault := self._fault(request):
            return fault
        if body["conversation"] and body["conversation"] not in self.conversations:
            return web.json_response({"error": "没有找到这次会话。"}, status=404)
        if len(body["text"]) > MOST_LETTERS:
            return web.json_response({"error": "内容太长了，请分几次发。"}, status=413)
        if body["id"] not in self.answered:
            self.answered[body["id"]] = self._answer(body["conversation"], body["text"])
        if self.may_answer:
            await self.may_answer.wait()
        return self._deliver(request, self.answered[body["id"]])

    async def post_media(self, request: web.Request) -> web.StreamResponse:
        conversation, message_id = request.query.get("conversation"), request.query["id"]
        self.sent_ids.append(message_id)
        if fault := self._fault(request):
            return fault
        if message_id not in self.answered:
            part = await (await request.multipart()).next()
            assert part is not None and part.name == "file"  # type: ignore[union-attr]
            self.uploads.append(bytes(await part.read()))  # type: ignore[union-attr]
            image = f"/chat/media/{len(self.uploads) - 1}"
            self.answers.insert(0, [{"text": "照片收到了，已经保存。请再用一两句话说说：出了什么事？"}])
            self.answered[message_id] = self._answer(conversation, "", image=image)
        return self._deliver(request, self.answered[message_id])

    async def get_media(self, request: web.Request) -> web.Response:
        return web.Response(body=self.uploads[int(request.match_info["n"])], content_type="image/jpeg")

    async def get_messages(self, request: web.Request) -> web.Response:
        conversation = self.conversations.get(request.query["conversation"])
        if conversation is None:
            return web.json_response({"error": "没有找到这次会话。"}, status=404)
        after = int(request.query.get("after", 0))
        news = [m for m in conversation.messages if int(m["id"][1:]) > after]
        cursor = news[-1]["id"][1:] if news else str(after)
        return web.json_response({"messages": news, "mode": conversation.mode, "cursor": cursor})

    def _fault(self, request: web.Request) -> web.StreamResponse | None:
        return self.faults.pop(0)(request) if self.faults else None

    def _deliver(self, request: web.Request, answer: dict[str, Any]) -> web.StreamResponse:
        if self.lose_answers:
            self.lose_answers -= 1
            return broken_line(request)
        return web.json_response(answer)

    def application(self) -> web.Application:
        @web.middleware
        async def note(request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
            self.requests.append((request.method, request.path))
            response: web.StreamResponse = await handler(request)
            return response

        app = web.Application(middlewares=[note], client_max_size=12 * 1024 * 1024)
        app.router.add_get("/", self.page)
        app.router.add_get("/favicon.ico", no_content)
        app.router.add_post("/chat/messages", self.post_message)
        app.router.add_get("/chat/messages", self.get_messages)
        app.router.add_post("/chat/media", self.post_media)
        app.router.add_get("/chat/media/{n}", self.get_media)
        app.router.add_static("/static", WEB / "static")
        return app

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        runner = web.AppRunner(self.application())
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


async def no_content(request: web.Request) -> web.Response:
    return web.Response(status=204)


def broken_line(request: web.Request) -> web.StreamResponse:
    """The line breaks: the page gets no answer at all."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


def refusal(status: int, error: str) -> Fault:
    return lambda request: web.json_response({"error": error}, status=status)


def gateway_page(request: web.Request) -> web.StreamResponse:
    """A proxy answers in the server's place, in HTML."""
    return web.Response(status=502, text="<h1>Bad Gateway</h1>", content_type="text/html")


if __name__ == "__main__":
    web.run_app(ChatStub().application(), host="127.0.0.1", port=8090)
