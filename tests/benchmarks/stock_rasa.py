"""Against stock Rasa 3.6.21 in the same run: `rasa run`, REST channel, its default pipeline with jieba, DIET and TED.

Both answer the same dialogues. Stock Rasa is configured as its own default_config.yml has it (fewer epochs and a
sample of the matters, so that it trains within minutes: neither changes what a turn costs), with a form of its own
kind and `from_text` slots. It files nothing, keeps nothing and runs no custom action: what it does less than the
product counts in its favour.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import yaml

from bot.understanding.rows import read_messages
from tests.benchmarks.figures import megabytes, memory_of
from tests.support.product import ROOT, free_port, running_product

# A chat with an account lasts for years: each citizen comes back twice in the same conversation.
TOLD = (
    ("我们小区的电梯坏了半个月没人修，老人上不了楼。", "东胜区民族街道团结小区3号楼", "跳过", "确认提交"),
    (
        "你好",
        "你能干什么",
        "村口那段路坑太多，昨天又有人骑摩托摔了。",
        "准格尔旗大路镇小滩子村",
        "要收费吗",
        "13904770000",
        "不对，是前房子村",
        "确认提交",
        "查进度",
        "谢谢",
    ),
    (
        "您好",
        "建议在康巴什的公园里多装几个饮水点，带孩子出来玩连口热水都喝不上。",
        "康巴什区",
        "多久能答复",
        "跳过",
        "确认提交",
        "好的谢谢",
    ),
)
CITIZENS, AT_ONCE, MATTERS = 96, 64, 400
WORKERS = 2  # one a core; the memory of both counts
EPOCHS = 20
CONFIG = {
    "recipe": "default.v1",
    "language": "zh",
    "pipeline": [
        {"name": "JiebaTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": EPOCHS, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": EPOCHS, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": EPOCHS},
        {"name": "TEDPolicy", "max_history": 5, "epochs": EPOCHS, "constrain_similarities": True},
    ],
}
DOMAIN = {
    "version": "3.1",
    "intents": ["matter", "affirm", "deny", "skip", "greet"],
    "slots": {
        name: {
            "type": "text",
            "influence_conversation": False,
            "mappings": [{"type": "from_text", "conditions": [{"active_loop": "filing_form", "requested_slot": name}]}],
        }
        for name in ("place", "contact", "confirmation")
    },
    "forms": {"filing_form": {"required_slots": ["place", "contact", "confirmation"]}},
    "responses": {
        "utter_ask_place": [{"text": "在什么地方？"}],
        "utter_ask_contact": [{"text": "方便留个电话吗？"}],
        "utter_ask_confirmation": [{"text": "请核对，没问题就提交。"}],
        "utter_filed": [{"text": "已经提交。"}],
        "utter_greet": [{"text": "您好。"}],
    },
}
STORIES = {
    "version": "3.1",
    "stories": [
        {"story": "filing", "steps": [{"intent": "matter"}, {"action": "filing_form"}, {"active_loop": "filing_form"}]},
        {"story": "greeting", "steps": [{"intent": "greet"}, {"action": "utter_greet"}]},
    ],
    "rules": [
        {
            "rule": "submit",
            "condition": [{"active_loop": "filing_form"}],
            "steps": [
                {"action": "filing_form"},
                {"active_loop": None},
                {"slot_was_set": [{"requested_slot": None}]},
                {"action": "utter_filed"},
            ],
        },
        {
            "rule": "file",
            "steps": [{"intent": "matter"}, {"action": "filing_form"}, {"active_loop": "filing_form"}],
        },
    ],
}


def write_project(folder: Path) -> None:
    """A stock Rasa project on our sentences."""
    examples: dict[str, list[str]] = {"matter": []}
    for row in read_messages(ROOT / "nlu_data/messages"):
        if row.kind != "none" and "\n" not in row.text:
            examples["matter"].append(row.text)
    examples["matter"] = examples["matter"][:: max(1, len(examples["matter"]) // MATTERS)]
    for path in (ROOT / "nlu_data/nlu").glob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            name = entry["intent"].removeprefix("small_talk/")
            if name in DOMAIN["intents"]:
                examples.setdefault(name, []).extend(line[2:] for line in entry["examples"].splitlines())
    nlu = [{"intent": name, "examples": "".join(f"- {text}\n" for text in found)} for name, found in examples.items()]
    for name, content in (
        ("config.yml", CONFIG),
        ("domain.yml", DOMAIN),
        ("data/nlu.yml", {"version": "3.1", "nlu": nlu}),
        ("data/stories.yml", STORIES),
        ("credentials.yml", {"rest": None}),
        ("endpoints.yml", {}),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


@asynccontextmanager
async def running_stock_rasa():
    """Train and run it as its documentation says."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        write_project(folder)
        environment = {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "LOG_LEVEL": "ERROR",
        }
        quiet = {"cwd": folder, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([sys.executable, "-m", "rasa", "train"], check=True, **quiet)
        command = [sys.executable, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(
            [*command, "--credentials", "credentials.yml", "--endpoints", "endpoints.yml"], **quiet
        )
        try:
            await _until_up(f"http://127.0.0.1:{port}/")
            yield port, psutil.Process(process.pid)
        finally:
            process.kill()
            process.wait()


async def _until_up(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.3)
    raise RuntimeError("stock Rasa did not come up")


async def turns_a_second(tell) -> float:
    """Citizens tell the story, a few at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            await tell(number)

    await asyncio.gather(*(one(number) for number in range(AT_ONCE)))  # warm
    started = time.monotonic()
    await asyncio.gather(*(one(100 + number) for number in range(CITIZENS)))
    return CITIZENS * sum(map(len, TOLD)) / (time.monotonic() - started)


def story_of(number: int) -> Iterator[str]:
    """What a citizen tells: all stories, each citizen beginning with another one."""
    for at in range(len(TOLD)):
        yield from TOLD[(number + at) % len(TOLD)]


async def stock() -> tuple[float, float]:
    async with running_stock_rasa() as (port, process), aiohttp.ClientSession() as session:

        async def tell(number: int) -> None:
            for line in story_of(number):
                body = {"sender": f"citizen-{number}", "message": line}
                async with session.post(f"http://127.0.0.1:{port}/webhooks/rest/webhook", json=body) as response:
                    assert response.status == 200, await response.text()

        return await turns_a_second(tell), megabytes(process)


async def ours() -> tuple[float, float]:
    home = Path(tempfile.mkdtemp(prefix="minsheng-")) / "home"
    async with running_product(home, MINSHENG_WORKERS=str(WORKERS)) as product:

        async def tell(number: int) -> None:
            talk = product.talk()
            for line in story_of(number):
                assert await talk.say(line), line
            assert talk.case is not None

        return await turns_a_second(tell), memory_of(product)["all"]


async def main() -> None:
    stock_speed, stock_memory = await stock()
    speed, memory = await ours()
    print(f"stock Rasa {stock_speed:7.1f} turns/s {stock_memory:7.0f} MB")
    print(f"Minsheng   {speed:7.1f} turns/s {memory:7.0f} MB (edge, {WORKERS} workers, Valkey and serve together)")
    print(f"ratio      {speed / stock_speed:7.1f}         {memory / stock_memory:7.2f}")


if __name__ == "__main__":
    asyncio.run(main())
