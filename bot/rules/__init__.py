"""Data that staff can read and change: texts, emergency numbers, organs. Loaded once, checked when loaded.

A city's own folder (`use_city`) holds files of the same names; each stands in the place of the one built in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, Field, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.domain.errors import BadInput

RULES = Path(__file__).parent
CALENDARS, LOOKUPS = "calendars", "lookups"
FILES = (
    "deadlines.yml",
    "documents.yml",
    "emergency.yml",
    "figures.yml",
    "organs.yml",
    "templates.yml",
    "texts.yml",
    "towns.yml",
    "ways.yml",
    f"{LOOKUPS}/china.json",
    f"{LOOKUPS}/danger.yml",
    f"{LOOKUPS}/ordos.json",
)
"""What a city can bring, besides a calendar for each year."""
_YEAR = re.compile(rf"{CALENDARS}/[0-9]{{4}}\.yml")
_WANTED_TYPES = {str: "words", bool: "true or false", int: "a whole number", tuple: "a list of words"}
Made = TypeVar("Made")


@dataclass
class _City:
    folder: Path | None = None


_city = _City()


def use_city(folder: Path | None) -> None:
    """From now on read a city's own files before the built-in ones; to be called before any is read.

    Raises `BadInput` for a folder that is not there, or a file in it that would be read by nothing.
    """
    if folder is not None:
        _check_folder(folder)
    _city.folder = folder


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise BadInput(f"MINSHENG_CITY: {folder} is no folder", "MINSHENG_CITY")
    held = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
    for name in held:
        spare = name.split("/")[-1].startswith((".", "README"))
        if not spare and name not in FILES and not _YEAR.fullmatch(name):
            known = f"{', '.join(FILES)}, {CALENDARS}/<year>.yml"
            raise BadInput(f"{folder}: {name} is read by nothing; wanted some of {known}", "MINSHENG_CITY")


def own_file(name: str) -> Path | None:
    """The city's file of this name, None where it has none."""
    path = _city.folder / name if _city.folder else None
    return path if path is not None and path.exists() else None


@lru_cache(maxsize=16)
def rules_file(name: str) -> Any:
    """A YAML file, the city's before the built-in one. Raises `BadInput` naming the line of what is no YAML."""
    return read_yaml(own_file(name) or RULES / name, name)


def read_yaml(path: Path, name: str) -> Any:
    """What stands in a YAML file. C's loader where there is one: it is ten times faster."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with open(path, encoding="utf-8") as file:
            return yaml.load(file, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise BadInput(f"{name}: {where}{getattr(error, 'problem', error)}", name) from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{name}: byte {error.start} is no UTF-8; wanted the file in UTF-8", name) from error


def check_keys(file: str, entry: Mapping[str, Any], wanted: Collection[str], called: str = "code") -> None:
    """Refuse an entry without all that is wanted: says in which file, of which entry, what is missing."""
    if not isinstance(entry, Mapping):
        raise BadInput(f"{file}: wanted an entry with {', '.join(sorted(wanted))}; there stands {entry!r}", file)
    missing = sorted(set(wanted) - set(entry))
    if missing:
        raise BadInput(f"{file}: {entry.get(called, 'the file')}: {', '.join(missing)} missing", file)


def entries(file: str, key: str) -> Sequence[Mapping[str, Any]]:
    """The list of a file that stands under a key. Raises `BadInput` where there is none."""
    content = rules_file(file)
    check_keys(file, content, (key,))
    found = content[key]
    if not isinstance(found, list):
        raise BadInput(f"{file}: {key}: wanted a list of entries; there stands {found!r}", file)
    return found


@contextmanager
def reading(file: str, called: object) -> Iterator[None]:
    """What goes wrong with an entry is told with its file and name."""
    try:
        yield
    except (LookupError, ValueError, TypeError, AttributeError, re.error) as error:
        told = f"{error} missing" if isinstance(error, KeyError) else str(error)
        raise BadInput(f"{file}: {called}: {told}", file) from error


def made(file: str, entry: Mapping[str, Any], kind: type[Made]) -> Made:
    """An entry as a frozen dataclass; lists become tuples. Raises `BadInput` for keys missing, unknown, or of a wrong
    type: a field without a default holds words."""
    known: dict[str, Field[Any]] = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    check_keys(file, entry, [name for name, one in known.items() if one.default is MISSING])
    code = entry.get("code", "an entry")
    unknown = sorted(set(map(str, entry)) - set(known))
    if unknown:
        raise BadInput(f"{file}: {code}: unknown keys {', '.join(unknown)}; known are {', '.join(known)}", file)
    return kind(**{name: _typed(f"{file}: {code}: {name}", file, known[name], value) for name, value in entry.items()})


def _typed(where: str, file: str, field: Field[Any], value: Any) -> Any:
    wanted = str if field.default is MISSING else type(field.default)
    if wanted is tuple and isinstance(value, list) and all(type(one) is str for one in value):
        return tuple(value)
    if wanted is tuple or type(value) is not wanted:
        hint = "; numbers in quotes are words" if wanted in (str, tuple) else ""
        raise BadInput(f"{where}: wanted {_WANTED_TYPES[wanted]}{hint}; there stands {value!r}", file)
    return value
