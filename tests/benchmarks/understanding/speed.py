"""Milliseconds, messages a second, memory, load: one core, warm, about 60 characters; then a batch on two cores.

python -m tests.benchmarks.understanding.speed [FOLDER OF MESSAGES]
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bot.understanding.commands import train_default, understand
from tests.benchmarks.understanding import data

_FRESH = """
import json, sys, time
began = time.perf_counter()
from pathlib import Path
from bot.understanding.understander import Understander
reader = Understander.load(Path(sys.argv[1]))
loaded = time.perf_counter() - began
times = []
texts = json.loads(sys.stdin.read())
for text in texts[:20]:
    reader.read(text)
for text in texts:
    at = time.perf_counter(); reader.read(text); times.append((time.perf_counter() - at) * 1000)
# Not ru_maxrss: a child begins with the peak of the process that trained.
status = dict(line.split(":") for line in open("/proc/self/status"))
memory = int(status["VmHWM"].split()[0]) / 1024
print(json.dumps({"load": loaded, "times": times, "memory": memory, "tensorflow": "tensorflow" in sys.modules}))
"""


def main() -> None:
    """Train without the largest file, read that file."""
    files = sorted(data.messages_folder().glob("*.jsonl"), key=lambda file: file.stat().st_size)
    texts = [json.loads(line)["text"] for line in files[-1].read_text(encoding="utf-8").splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as temporary:
        model, rest = Path(temporary) / "model", Path(temporary) / "rest"
        rest.mkdir()
        for file in files[:-1]:
            (rest / file.name).write_bytes(file.read_bytes())
        began = time.perf_counter()
        train_default(model, rest)
        print(f"training: {time.perf_counter() - began:.1f} s")
        one_core([text for text in texts if 45 <= len(text) <= 75], model)
        batch(texts, model)


def one_core(texts: list[str], model: Path) -> None:
    """A fresh process reads unseen messages one by one."""
    done = subprocess.run(
        [sys.executable, "-c", _FRESH, str(model)], input=json.dumps(texts), capture_output=True, text=True, check=True,
        cwd=data.ROOT, env={**__import__("os").environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    found = json.loads(done.stdout)
    p50, p99 = np.percentile(found["times"], [50, 99])
    print(f"{len(texts)} messages of 45-75 characters: p50 {p50:.2f} ms, p99 {p99:.1f} ms; load {found['load']:.2f} s; "
          f"memory {found['memory']:.0f} MB; TensorFlow in the process: {found['tensorflow']}")  # fmt: skip


def batch(texts: list[str], model: Path) -> None:
    """Many messages on two cores, loading not counted twice: a small and a large batch are compared."""
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate((texts * 8)[:4000])]
    times = []
    for part in (lines[:400], lines):
        began = time.perf_counter()
        understand(part, io.StringIO(), model)
        times.append(time.perf_counter() - began)
    print(
        f"batch: {(len(lines) - 400) / (times[1] - times[0]):.0f} a second (with start-up {len(lines) / times[1]:.0f})"
    )


if __name__ == "__main__":
    main()
