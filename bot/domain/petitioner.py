"""信访人: who brings a case, as far as somebody wrote it down; and those who speak for a joint petition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Representative:
    """代表人 of a joint petition."""

    name: str
    phone: str = ""


@dataclass(frozen=True)
class Petitioner:
    """Name and address as given, "" where they were not. Never a profile: it belongs to one case."""

    name: str = ""
    address: str = ""
    representatives: tuple[Representative, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody named, the petitioner first."""
        return tuple(name for name in (self.name, *(one.name for one in self.representatives)) if name)


NOBODY = Petitioner()


def petitioner_to_json(petitioner: Petitioner) -> dict[str, Any]:
    """As it is stored; what was not given is left out."""
    return {name: value for name, value in asdict(petitioner).items() if value}


def petitioner_from_json(plain: Mapping[str, Any]) -> Petitioner:
    """The other way round."""
    representatives = tuple(Representative(**one) for one in plain.get("representatives", ()))
    return Petitioner(plain.get("name", ""), plain.get("address", ""), representatives)
