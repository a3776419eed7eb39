"""Starting, stopping and growing up: what an operator sees."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.support.product import ROOT, running_product


def serve_once(**environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_port_in_use_is_one_clear_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = serve_once(MINSHENG_HOME=str(tmp_path), MINSHENG_PORT=str(taken.getsockname()[1]))
    assert ran.returncode == 2
    assert "MINSHENG_PORT" in ran.stderr and len(ran.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("MINSHENG_PORT", "x"), ("MINSHENG_NOPE", "1"), ("DATABASE_URL", "mysql://x"), ("WECHAT_TOKEN", "x!")],
)
def test_a_broken_setting_is_one_clear_line(tmp_path, name, value):
    ran = serve_once(MINSHENG_HOME=str(tmp_path), **{name: value})
    assert ran.returncode == 2
    assert name in ran.stderr and len(ran.stderr.strip().splitlines()) == 1


async def test_it_stops_within_five_seconds_and_starts_again(tmp_path):
    async with running_product(tmp_path / "home") as product:
        talk = product.talk()
        await talk.say("我们小区的电梯坏了半个月没人修，老人上不了楼。")
        password = (await product.wait_for_output(r"密码 (\S+)"))[1]
        product.process.terminate()
        started = time.monotonic()
        assert await asyncio.wait_for(product.process.wait(), 6) == 0
        assert time.monotonic() - started < 5
    async with running_product(tmp_path / "home") as again:
        url = f"{again.url}/chat/messages?conversation={talk.conversation}"
        async with again.session.get(url) as response:
            assert "电梯" in (await response.json())["messages"][0]["text"]
        assert not any(password in line or "首次登录" in line for line in again.output)


async def test_a_locked_database_is_said_and_nothing_is_half_done(tmp_path):
    async with running_product(tmp_path / "home") as product:
        talk = product.talk()
        await talk.say("你好")
        holder = sqlite3.connect(tmp_path / "home" / "minsheng.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        body = {"conversation": talk.conversation, "id": "while-locked-0001", "text": "路灯坏了半个月了，没人修。"}
        async with product.session.post(f"{product.url}/chat/messages", json=body) as response:
            assert response.status == 503 and response.headers["Retry-After"]
        holder.execute("ROLLBACK")
        holder.close()
        async with product.session.post(f"{product.url}/chat/messages", json=body) as response:
            assert response.status == 200 and (await response.json())["replies"]


async def test_a_worker_that_is_away_costs_no_words(tmp_path):
    """Filing never depends on the bot being well: what is said meanwhile is acknowledged, kept, and answered later."""
    async with running_product(tmp_path / "home") as product:
        talk = product.talk()
        await talk.say("你好")
        product.kill("worker")
        answer = await talk.post("东胜区吉祥小区停水三天了，电话13800002222。")
        assert any("留言编号" in reply["text"] or "核对" in reply["text"] for reply in answer["replies"])
        await product.wait_until_healthy()
        for _ in range(200):
            url = f"{product.url}/chat/messages?conversation={talk.conversation}"
            async with product.session.get(url) as response:
                told = "\n".join(one["text"] for one in (await response.json())["messages"] if one["from"] == "bot")
            if "请您核对" in told:
                return
            await asyncio.sleep(0.25)
        raise AssertionError(told)


async def test_it_runs_on_postgresql(tmp_path, postgres_server):
    async with running_product(tmp_path / "home", DATABASE_URL=postgres_server) as product:
        talk = product.talk()
        await talk.say("乌审旗嘎鲁图镇东街路灯全坏了，晚上黑咕隆咚的，电话13700000000。")
        await talk.say("确认提交")
        assert talk.case is not None
        assert "已登记" in await talk.say("查进度")
    assert not (tmp_path / "home" / "minsheng.sqlite3").exists()
