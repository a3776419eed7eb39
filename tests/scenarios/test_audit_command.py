"""`python -m bot audit` as an operator runs it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MINSHENG_HOME": str(home), "PYTHONWARNINGS": "ignore"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_the_chain_is_checked_exported_and_its_first_broken_row_named(tmp_path):
    home, anchor, file = tmp_path / "home", tmp_path / "anchor", tmp_path / "audit.jsonl"
    assert run(home, "migrate").returncode == 0
    for _ in range(3):
        assert run(home, "password").returncode == 0
    checked = run(home, "audit", "--check", "--anchor", str(anchor))
    assert checked.returncode == 0 and "3 rows, unbroken" in checked.stdout and anchor.read_text().startswith("3 ")
    assert run(home, "audit", "--export", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8").count("staff.password_renewed") == 3
    with closing(sqlite3.connect(home / "minsheng.sqlite3")) as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET actor = 'staff:9' WHERE id = 2")
        database.commit()
    broken = run(home, "audit", "--check")
    assert broken.returncode == 1 and "row 2" in broken.stdout and "was changed" in broken.stdout


def test_what_is_asked_wrongly_is_status_two(tmp_path):
    assert run(tmp_path, "audit").returncode == 2
    assert run(tmp_path, "migrate").returncode == 0
    anchor = tmp_path / "anchor"
    anchor.write_text("nonsense\n")
    wrong = run(tmp_path, "audit", "--check", "--anchor", str(anchor))
    assert wrong.returncode == 2 and "line 1" in wrong.stderr
