"""The first start and every other one: prepare what is missing, start everything, say where it is."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

import aiohttp

from bot.domain.errors import BadInput
from bot.settings import Settings
from bot.workers import serve, training
from connectors.registry import configured_channels

READY_WITHIN_SECONDS = 180.0


async def run(settings: Settings) -> None:
    """Everything from nothing, until SIGTERM or Ctrl-C."""
    configured_channels(settings.channels)  # says what is wrong with a channel before anything starts
    lock = serve.lock_home(settings.home)
    listening = serve.listen(settings.host, settings.port)
    stop = asyncio.Event()
    serve.stop_on_signals(stop)
    if not await _prepared(settings, stop):
        return
    first = await _first_staff(settings)
    serving = asyncio.create_task(serve.serve(settings, listening, stop))
    waiting = asyncio.create_task(_ready(settings))
    await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
    if waiting.done() and not stop.is_set():
        _announce(settings, waiting.result(), first)
    waiting.cancel()
    await serving
    listening.close()
    del lock


async def _prepared(settings: Settings, stop: asyncio.Event) -> bool:
    """Model and tables. False when told to stop meanwhile."""
    from bot.storage.schema import upgrade

    if not training.is_trained(settings.model_dir):
        _say("正在训练模型（只在第一次或数据变化后需要，约一两分钟）… / training the model …")
        await _train(stop)
    if not stop.is_set():
        await asyncio.to_thread(upgrade, settings.database_url)
    return not stop.is_set()


async def _train(stop: asyncio.Event) -> None:
    """In a process of its own: training needs memory that serving does not, and Ctrl-C must end it."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "train", start_new_session=True)
    ended, stopped = asyncio.create_task(process.wait()), asyncio.create_task(stop.wait())
    await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not ended.done():
        process.terminate()
    if await ended != 0 and not stop.is_set():
        raise BadInput("training failed; what went wrong is above")


async def _first_staff(settings: Settings) -> tuple[str, str] | None:
    from bot import bootstrap
    from bot.domain.clock import SystemClock
    from bot.web.auth import create_first_staff

    database = bootstrap.open_database(settings)
    try:
        return await create_first_staff(database, SystemClock())
    finally:
        await database.close()


async def _ready(settings: Settings) -> bool:
    """Ask until the bot answers."""
    return await _within(READY_WITHIN_SECONDS, lambda: _is_healthy(f"{_address(settings)}/healthz"))


async def _within(seconds: float, holds: Callable[[], Awaitable[bool]]) -> bool:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        if await holds():
            return True
        await asyncio.sleep(0.1)
    return False


async def _is_healthy(url: str) -> bool:
    timeout = aiohttp.ClientTimeout(total=2)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
        return False


def _address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"


def _announce(settings: Settings, ready: bool, first: tuple[str, str] | None) -> None:
    address = settings.public_url or _address(settings)
    if not ready:
        _say("机器人还没有准备好，原因见上面的日志；留言照常保存。 / the bot is not ready yet, see the log above")
    _say(f"市民页面 citizen page   {address}/")
    _say(f"工作台   console        {address}/console")
    if first:
        _say(f"首次登录 first sign-in  用户名 {first[0]}　密码 {first[1]}　（只显示这一次 shown once）")
    wechat = "已接入 configured" if settings.channels else "未配置 not configured（见 docs/wechat.md）"
    _say(f"微信公众号 WeChat       {wechat}")


def _say(words: str) -> None:
    print(words, flush=True)
