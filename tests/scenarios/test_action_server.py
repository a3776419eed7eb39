"""The actions behind Rasa's own action server (`rasa run actions --actions actions`), as Rasa would call them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp

from bot.domain.reading import reading_to_json
from bot.flow.draft import Draft
from tests.support.product import ROOT, free_port, link_models
from tests.unit.flow.test_draft import reading

WORDS = "小区停水三天了"


@asynccontextmanager
async def action_server(home: Path):
    """Rasa's server on loopback, with our actions."""
    link_models(home)
    port = free_port()
    settings = {**os.environ, "MINSHENG_HOME": str(home), "PYTHONWARNINGS": "ignore"}
    migrated = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "migrate", cwd=ROOT, env=settings, stdout=asyncio.subprocess.DEVNULL
    )
    assert await migrated.wait() == 0
    command = (sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=settings, stderr=asyncio.subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def call(session: aiohttp.ClientSession, server: str, action: str, slots: dict) -> dict:
    """One action, once the server listens."""
    message = {"text": "确认提交", "intent": {"name": "affirm"}, "reading": reading_to_json(reading(WORDS))}
    tracker = {"sender_id": "somebody", "slots": slots, "latest_message": message, "events": [], "active_loop": {}}
    body = {"next_action": action, "sender_id": "somebody", "tracker": tracker, "domain": {}}
    for _ in range(150):
        try:
            async with session.post(f"{server}/webhook", json=body) as response:
                return await response.json()
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.2)
    raise AssertionError("the action server did not come up")


async def test_an_action_files_a_case_without_the_worker(tmp_path):
    draft = Draft(words=(WORDS,), reading=reading_to_json(reading(WORDS)))
    async with action_server(tmp_path) as server, aiohttp.ClientSession() as session:
        answer = await call(session, server, "action_file_case", {"draft": draft.to_slot()})
        progress = await call(session, server, "action_progress", {})
    assert "查询码" in answer["responses"][0]["text"] and answer["events"][0]["value"] is None
    with closing(sqlite3.connect(tmp_path / "minsheng.sqlite3")) as database:
        number, text = database.execute("SELECT case_no, text FROM cases").fetchone()
    assert text == WORDS and number in answer["responses"][0]["text"]
    assert number in progress["responses"][0]["text"]
