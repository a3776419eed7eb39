"""The first start and every other one: prepare what is missing, start everything, say where it is."""

from __future__ import annotations

import asyncio
import http.client
import sys
from contextlib import suppress

from bot.domain.errors import BadInput
from bot.settings import Settings
from bot.workers import serve, training
from connectors.registry import configured_channels

# Training comes on top where it is needed.
READY_WITHIN_SECONDS = 180.0
ASK_EVERY_SECONDS = 0.1
_COMMAND = (sys.executable, "-m", "bot")


async def run(settings: Settings) -> None:
    """Everything from nothing, until SIGTERM or Ctrl-C."""
    configured_channels(settings.channels)  # says what is wrong with a channel before anything starts
    lock = serve.lock_home(settings.home)
    listening = serve.listen(settings.host, settings.port)
    stop = asyncio.Event()
    serve.stop_on_signals(stop)
    staff = await _prepare(stop)
    trained = asyncio.create_task(_train(settings, stop))
    serving = asyncio.create_task(serve.serve(settings, listening, trained, stop))
    try:
        await _until_ready(settings, trained, stop)
        if not stop.is_set():
            _announce(settings, "" if staff else await _first_password(stop))
        await stop.wait()
    finally:
        stop.set()
        await serving
        listening.close()
        del lock
    trained.result()


async def _prepare(stop: asyncio.Event) -> int:
    """Bring the tables up to date, in a process of its own, so that `serve` stays small. How many staff there are."""
    status, printed = await _run_child("migrate", stop)
    if status != 0 and not stop.is_set():
        raise BadInput("the rules or the database could not be prepared; what went wrong is above")
    return int(printed or 0)


async def _first_password(stop: asyncio.Event) -> str:
    """Made at the very end: a start that was interrupted leaves no administrator whose password nobody knows."""
    _, printed = await _run_child("password", stop)
    return printed.decode().strip()


async def _train(settings: Settings, stop: asyncio.Event) -> None:
    """Make the model if there is none for the present data. Training needs memory that serving does not."""
    if training.is_trained(settings.model_dir):
        return
    _say("正在训练模型（只在第一次或数据变化后需要，约一两分钟）… / training the model …")
    status, _ = await _run_child("train", stop)
    if status != 0 and not stop.is_set():
        stop.set()
        raise BadInput("training failed; what went wrong is above")


async def _run_child(command: str, stop: asyncio.Event) -> tuple[int, bytes]:
    """Exit status and what it printed. It is ended when `stop` is set."""
    process = await asyncio.create_subprocess_exec(
        *_COMMAND, command, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    ended, stopped = asyncio.create_task(process.communicate()), asyncio.create_task(stop.wait())
    await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not ended.done():
        with suppress(ProcessLookupError):
            process.terminate()
    printed, _ = await ended
    return process.returncode or 0, printed


async def _until_ready(settings: Settings, trained: asyncio.Task[None], stop: asyncio.Event) -> None:
    """Wait for the model and for the bot's first sign of life; not for ever."""
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([trained, stopped], return_when=asyncio.FIRST_COMPLETED)
    healthy = asyncio.create_task(_healthy_within(settings, READY_WITHIN_SECONDS))
    await asyncio.wait([healthy, stopped], return_when=asyncio.FIRST_COMPLETED)
    if not stop.is_set() and not healthy.result():
        _say("机器人还没有准备好，原因见上面的日志；留言照常保存。 / the bot is not ready yet, see the log above")
    healthy.cancel()
    stopped.cancel()


async def _healthy_within(settings: Settings, seconds: float) -> bool:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        if await asyncio.to_thread(_is_healthy, *_host_and_port(settings)):
            return True
        await asyncio.sleep(ASK_EVERY_SECONDS)
    return False


def _is_healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _host_and_port(settings: Settings) -> tuple[str, int]:
    """Where this machine reaches a server that listens on every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host), settings.port


def _address(settings: Settings) -> str:
    host, port = _host_and_port(settings)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(settings: Settings, password: str) -> None:
    address = settings.public_url or _address(settings)
    _say(f"市民页面 citizen page   {address}/")
    _say(f"工作台   console        {address}/console")
    if password:
        _say(f"首次登录 first sign-in  用户名 admin　密码 {password}　（只显示这一次 shown once）")
    wechat = "已接入 configured" if settings.channels else "未配置 not configured（见 docs/wechat.md）"
    _say(f"微信公众号 WeChat       {wechat}")


def _say(words: str) -> None:
    print(words, flush=True)
