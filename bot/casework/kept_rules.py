"""What staff changed of the rules is kept in the database; each process takes it over with its next transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.casework import templates
from bot.domain.own_rules import OrganChange, TemplateChange
from bot.rules import organs


class KeptRules(Protocol):
    """The changes, and the stamp by which they are noticed."""

    async def stamp(self) -> str: ...
    async def held_stamp(self) -> str: ...
    async def locked_stamp(self) -> str: ...
    async def organs(self) -> list[OrganChange]: ...
    async def templates(self) -> list[TemplateChange]: ...


class Transaction(Protocol):
    """What `refresh` asks of an open transaction."""

    @property
    def own_rules(self) -> KeptRules: ...


@dataclass
class _Known:
    stamp: str = ""


_known = _Known()


async def refresh(uow: Transaction) -> None:
    """Take over what was changed since this process looked last."""
    await _take_over(await uow.own_rules.stamp(), uow)


async def hold(uow: Transaction) -> None:
    """The same; until this transaction ends, nobody changes anything."""
    await _take_over(await uow.own_rules.held_stamp(), uow)


async def lock(uow: Transaction) -> None:
    """The same; until this transaction ends, nobody else changes anything, or sends a case anywhere."""
    await _take_over(await uow.own_rules.locked_stamp(), uow)


async def _take_over(stamp: str, uow: Transaction) -> None:
    if stamp != _known.stamp:
        own_organs, own_templates = await uow.own_rules.organs(), await uow.own_rules.templates()
        organs.amend(own_organs)
        templates.amend(own_templates)
        _known.stamp = stamp


def forget() -> None:
    """Back to the rules files alone, as a process begins."""
    organs.amend(())
    templates.amend(())
    _known.stamp = ""
