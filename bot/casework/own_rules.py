"""机关、单位 and 回复模板 as staff change them, over the rules files: in force everywhere with the next transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.casework import templates
from bot.casework.kept_rules import lock
from bot.casework.officers import actors_of
from bot.casework.work import Work
from bot.domain.commands import AddOrgan, RenameOrgan, SwitchOrgan, SwitchTemplate, WriteTemplate
from bot.domain.errors import BadInput, NotFound, WrongRole, WrongState
from bot.domain.lifecycle import Actor
from bot.domain.own_rules import OrganChange, TemplateChange
from bot.domain.people import Role
from bot.rules import organs
from bot.understanding.taxonomy import taxonomy

LONGEST_NAME, LONGEST_SHORT, LONGEST_TEMPLATE_NAME, MOST = 60, 20, 40, 50
LEVELS = ("city", "town")
"""What can be added: another district is another file (organs.yml, towns.yml)."""


async def add_organ(command: AddOrgan, work: Work) -> str:
    """A new one, asked before those of the rules; tells its code. Raises `BadInput`, `WrongRole`."""
    await _begin_as_administrator(work)
    name, short = _names(command.name, command.short)
    superior = organs.find(command.superior)
    if command.level not in LEVELS or superior is None or superior.retired:
        raise BadInput("superior: wanted an organ that is not retired, and a level", "organ_superior")
    if command.level == "town" and superior.level != "district":
        raise BadInput("superior: a town stands below a district", "organ_town")
    _check_topics(command.topics)
    number = await work.uow.own_rules.free_number("organ")
    change = OrganChange(f"own{number}", name, short, True, False, command.level, superior.code)
    change = replace(change, topics=command.topics, words=_listed(command.words), places=_listed(command.places))
    await _keep_organ(change, "added", work)
    return change.code


async def rename_organ(command: RenameOrgan, work: Work) -> None:
    """Another name; cases and people stay with it. Raises `BadInput`, `NotFound`, `WrongRole`."""
    await _begin_as_administrator(work)
    name, short = _names(command.name, command.short, command.code)
    await _keep_organ(replace(await _change_of(command.code, work), name=name, short=short), "renamed", work)


async def switch_organ(command: SwitchOrgan, work: Work) -> None:
    """停用 or 启用.

    Raises `WrongState` for one that holds open cases or that the rules need, `NotFound`, `WrongRole`.
    """
    await _begin_as_administrator(work)
    change = await _change_of(command.code, work)
    if not change.retired:
        await _check_free(command.code, work)
    retired = replace(change, retired=not change.retired)
    await _keep_organ(retired, "retired" if retired.retired else "restored", work)


async def _check_free(code: str, work: Work) -> None:
    if organs.is_needed(code):
        raise WrongState("派单和复查要用到这个单位（或者还有在用的下级单位），不能停用")
    if await work.uow.own_rules.is_busy(code):
        raise WrongState("这个单位还有没办结的件（主办、协办或者正在复查复核），先改派再停用")


async def _begin_as_administrator(work: Work) -> None:
    if work.staff.role is not Role.ADMINISTRATOR:
        raise WrongRole("机关单位由系统管理员修改")
    await lock(work.uow)


def _names(name: str, short: str, code: str = "") -> tuple[str, str]:
    """Full and short name, each nobody else's. Raises `BadInput`."""
    name, short = name.strip(), short.strip() or name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not 0 < len(short) <= LONGEST_SHORT:
        raise BadInput(f"name: wanted 1 to {LONGEST_NAME} characters, in short {LONGEST_SHORT}", "organ_name")
    if any({name, short} & {one.name, one.short} and one.code != code for one in organs.all_organs()):
        raise BadInput("name: another organ is called so", "organ_taken")
    return name, short


def _check_topics(topics: Sequence[str]) -> None:
    known = {*taxonomy().level1, *taxonomy().level1.values(), *taxonomy().level2.values()}
    if len(topics) > MOST or not set(topics) <= known:
        raise BadInput("topics: wanted names of the first level or codes of the second", "organ_topics")


def _listed(words: Sequence[str]) -> tuple[str, ...]:
    if len(words) > MOST or any(len(word) > LONGEST_SHORT for word in words):
        raise BadInput(f"words: wanted at most {MOST}, of {LONGEST_SHORT} characters", "organ_words")
    return tuple(words)


async def _change_of(code: str, work: Work) -> OrganChange:
    """What is kept of an organ, or what would be kept if nothing were changed. Raises `NotFound`."""
    kept = next((one for one in await work.uow.own_rules.organs() if one.code == code), None)
    organ = organs.find(code)
    if organ is None:
        raise NotFound("no such organ")
    return kept or OrganChange(code, organ.name, organ.short, retired=organ.retired)


async def _keep_organ(change: OrganChange, deed: str, work: Work) -> None:
    await work.uow.own_rules.put_organ(change)
    work.uow.audit.append(work.staff.actor, f"organ.{deed}", f"organ:{change.code}", work.now)


async def write_template(command: WriteTemplate, work: Work) -> str:
    """A new template, or other words in the place of one; tells its code.

    Raises `BadInput`, `NotFound`, `WrongRole`.
    """
    await _begin_as_supervisor(work)
    if command.code and templates.find(command.code) is None:
        raise NotFound("no such template")
    code = command.code or f"own{await work.uow.own_rules.free_number('template')}"
    name, text = command.name.strip(), command.text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not 0 < len(name) <= LONGEST_TEMPLATE_NAME:
        raise BadInput(f"name: wanted 1 to {LONGEST_TEMPLATE_NAME} characters", "template_name")
    change = TemplateChange(code, name, command.move, command.field, text, command.lanes, command.topics)
    _check_topics(command.topics)
    _checked(change)
    await _keep_template(change, "changed" if command.code else "added", work)
    return code


def _checked(change: TemplateChange) -> None:
    """The checker of the rules file judges; what it finds is told in the console's own words."""
    try:
        templates.as_template(change)
    except BadInput as error:
        raise BadInput(str(error), "template") from error


async def switch_template(command: SwitchTemplate, work: Work) -> None:
    """停用: no longer offered; 启用: offered again. Raises `NotFound`, `WrongRole`."""
    await _begin_as_supervisor(work)
    found = templates.find(command.code)
    if found is None:
        raise NotFound("no such template")
    retired = not found.retired
    change = replace(templates.as_change(found), retired=retired)
    await _keep_template(change, "retired" if retired else "restored", work)


async def _begin_as_supervisor(work: Work) -> None:
    if Actor.SUPERVISOR not in actors_of(work.staff):
        raise WrongRole("回复模板由督办员修改")
    await lock(work.uow)


async def _keep_template(change: TemplateChange, deed: str, work: Work) -> None:
    await work.uow.own_rules.put_template(change)
    work.uow.audit.append(work.staff.actor, f"template.{deed}", f"template:{change.code}", work.now)
