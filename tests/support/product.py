"""The whole product as its users start it: `python -m bot serve` in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import time
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Product:
    """A running product."""

    home: Path
    port: int
    process: asyncio.subprocess.Process
    session: aiohttp.ClientSession
    output: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def processes(self, kind: str) -> list[psutil.Process]:
        """The living processes of one kind: edge, worker or valkey."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            line = " ".join(child.cmdline())
            if f"-m bot {kind}" in line or (kind == "valkey" and "valkey-server" in line):
                found.append(child)
        return found

    def kill(self, kind: str) -> None:
        """SIGKILL one process of a kind, if there is one."""
        for child in self.processes(kind)[:1]:
            child.send_signal(signal.SIGKILL)

    async def is_healthy(self) -> bool:
        try:
            async with self.session.get(f"{self.url}/healthz") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    async def wait_until_healthy(self, seconds: float = 120) -> float:
        """Seconds until the bot answers."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if self.process.returncode is not None:
                raise AssertionError("serve ended:\n" + "".join(self.output[-30:]))
            if await self.is_healthy():
                return time.monotonic() - started
            await asyncio.sleep(0.05)
        raise AssertionError("not healthy in time:\n" + "".join(self.output[-30:]))

    def talk(self) -> Talk:
        """A citizen on the web page."""
        return Talk(self)

    async def api(self, path: str, token: str) -> tuple[int, dict]:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.get(f"{self.url}{path}", headers=headers) as response:
            return response.status, (await response.json() if response.status != 401 else {})

    async def wait_for_output(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """The first printed line that matches."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.output:
                if found := re.search(pattern, line):
                    return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"never printed {pattern!r}:\n" + "".join(self.output[-30:]))


@dataclass
class Talk:
    """One citizen's conversation through the page's API."""

    product: Product
    conversation: str | None = None
    case: dict | None = None

    async def say(self, text: str, message_id: str | None = None) -> str:
        """The bot's replies to one message, joined."""
        answer = await self.post(text, message_id)
        return "\n".join(reply["text"] for reply in answer["replies"])

    async def post(self, text: str, message_id: str | None = None) -> dict:
        body = {"conversation": self.conversation, "id": message_id or uuid.uuid4().hex, "text": text}
        async with self.product.session.post(f"{self.product.url}/chat/messages", json=body) as response:
            assert response.status == 200, (response.status, await response.text())
            answer = await response.json()
        self.conversation = answer["conversation"]
        self.case = answer["case"] or self.case
        return answer


def link_models(home: Path) -> None:
    """Let a data folder use the models that stand beside the project."""
    home.mkdir(parents=True, exist_ok=True)
    models = Path(os.environ.get("MINSHENG_HOME") or ROOT / "data") / "models"
    if models.is_dir() and not (home / "models").exists():
        (home / "models").symlink_to(models.resolve())


@asynccontextmanager
async def running_product(home: Path, **environment: str):
    """Start it and wait until the bot answers; stop it at the end as an operator would."""
    link_models(home)
    port = free_port()
    settings = {"MINSHENG_HOME": str(home), "MINSHENG_PORT": str(port), "PYTHONWARNINGS": "ignore", **environment}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        product = Product(home, port, process, session)
        reading = asyncio.create_task(_read(product))
        try:
            await product.wait_until_healthy()
            yield product
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 15)
            await reading


async def _read(product: Product) -> None:
    assert product.process.stdout is not None
    while line := await product.process.stdout.readline():
        product.output.append(line.decode("utf-8", "replace"))
