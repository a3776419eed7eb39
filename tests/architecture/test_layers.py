"""The house: who may import whom (design §4), and that nothing stands without its counterpart."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

ROOT = Path(__file__).resolve().parents[2]

# layer → what it may import of ours; itself is always allowed
MAY_IMPORT = {
    "bot.domain": set(),
    "bot.rules": {"bot.domain"},
    "bot.understanding": {"bot.domain", "bot.rules"},
    "bot.procedure": {"bot.domain", "bot.rules"},
    "bot.flow": {"bot.domain", "bot.rules", "bot.understanding", "bot.procedure"},
    "bot.casework": {"bot.domain", "bot.rules", "bot.understanding", "bot.procedure"},
    "bot.documents": {"bot.domain", "bot.rules"},
    "bot.storage": {"bot.domain"},
    "connectors": {"bot.domain"},
    "actions": {"bot.domain", "bot.rules", "bot.flow", "bot.bootstrap"},
}
EVERYTHING = ("bot.web", "bot.workers", "bot.bootstrap", "bot.__main__", "bot.settings", "bot.log")
NOT_ON_THE_EDGE = ("rasa", "rasa_sdk", "tensorflow", "sklearn")


def modules() -> list[tuple[str, Path]]:
    found = []
    for top in ("bot", "actions", "connectors"):
        for path in (ROOT / top).rglob("*.py"):
            if "migrations" not in path.parts:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                found.append((name, path))
    return found


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer_of(name: str) -> str:
    known = [layer for layer in (*MAY_IMPORT, *EVERYTHING) if name == layer or name.startswith(layer + ".")]
    return max(known, key=len) if known else ""


@pytest.mark.parametrize(("name", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_point_one_way(name, path):
    layer = layer_of(name)
    if layer not in MAY_IMPORT:
        return
    ours = {layer_of(one) for one in imports(path) if one.split(".")[0] in ("bot", "actions", "connectors")} - {""}
    assert ours - {layer} <= MAY_IMPORT[layer], f"{name} imports {sorted(ours - {layer} - MAY_IMPORT[layer])}"


def test_every_module_has_a_layer():
    assert [name for name, _ in modules() if not layer_of(name) and name != "bot"] == []


def test_only_the_named_modules_know_rasa():
    knowing = {name for name, path in modules() if any(one.split(".")[0] == "rasa" for one in imports(path))}
    assert knowing == {
        "bot.log",
        "bot.understanding.rasa_components",
        "bot.workers.rasa_dialogue",
        "bot.workers.training",
    }


def test_the_edge_imports_neither_rasa_nor_what_it_brings():
    import subprocess
    import sys

    script = (
        "import sys, bot.workers.edge, bot.web.app, bot.workers.sender, bot.workers.clock, bot.bootstrap;"
        f"print([name for name in {NOT_ON_THE_EDGE!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_every_command_has_a_handler():
    from bot.casework import HANDLERS as staff_handlers
    from bot.domain.commands import CitizenCommand, StaffCommand
    from bot.flow.citizen_commands import HANDLERS as citizen_handlers

    assert set(get_args(CitizenCommand)) == set(citizen_handlers)
    assert set(get_args(StaffCommand)) == set(staff_handlers)


def test_every_action_is_in_the_domain_and_has_a_class():
    import yaml

    domain = yaml.safe_load((ROOT / "nlu_data/domain/domain.yml").read_text(encoding="utf-8"))
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py"))
    named = set(re.findall(r'return f?"((?:action|validate)_[a-z_{}A-Z]+)"', written))
    assert {name.replace("{FORM}", "filing_form") for name in named} == set(domain["actions"])


def test_every_setting_stands_in_the_docs():
    from bot.settings import KNOWN

    docs = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert [name for name in sorted(KNOWN) if f"`{name}`" not in docs] == []


def test_every_text_is_said_somewhere():
    from bot.rules.texts import responses

    sources = [path.read_text(encoding="utf-8") for _, path in modules()]
    sources += [
        path.read_text(encoding="utf-8") for path in (ROOT / "nlu_data").rglob("*.yml") if path.name != "texts.yml"
    ]
    written = "\n".join(sources)
    named = set(re.findall(r"utter_[a-z0-9_]+", written))
    begun = tuple(re.findall(r'f"(utter_[a-z_]+){', written))
    assert [name for name in responses() if name.partition("/")[0] not in named and not name.startswith(begun)] == []


def test_no_function_is_long():
    long = []
    for name, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno
                if lines > 45:
                    long.append(f"{name}:{node.name} {lines}")
    assert long == []
