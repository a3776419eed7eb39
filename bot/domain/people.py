"""工作人员: who they are, what each role may do, and what each may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Role(str, Enum):
    """Roles of staff; the console shows the Chinese names."""

    INTAKE_CLERK = "intake_clerk"
    CASE_OFFICER = "case_officer"
    SUPERVISOR = "supervisor"
    DISCIPLINARY = "disciplinary"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.INTAKE_CLERK: "受理员",
    Role.CASE_OFFICER: "承办人",
    Role.SUPERVISOR: "督办员",
    Role.DISCIPLINARY: "纪检人员",
    Role.ADMINISTRATOR: "系统管理员",
}


@dataclass(frozen=True)
class Sight:
    """What somebody may see. The default sees nothing: whoever forgets to fill it in shows nothing."""

    everything_else: bool = False
    accusations: bool = False
    organ: str | None = None
    conversations: bool = False


NO_SIGHT = Sight()


@dataclass(frozen=True)
class Staff:
    """A back-office user. `organ` is the code of the organ a case officer works for."""

    id: int
    username: str
    name: str
    role: Role
    organ: str | None
    active: bool

    @property
    def actor(self) -> str:
        """How histories name them."""
        return f"staff:{self.id}"


def sight_of(staff: Staff) -> Sight:
    """The one rule of access (design §6): accusations are for the disciplinary role alone, organs see their own."""
    if not staff.active:
        return NO_SIGHT
    if staff.role is Role.DISCIPLINARY:
        return Sight(accusations=True)
    if staff.role is Role.CASE_OFFICER:
        return Sight(organ=staff.organ) if staff.organ else NO_SIGHT
    return Sight(everything_else=True, conversations=True)
