"""工作人员: who they are, what each role may do, and what each may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Role(str, Enum):
    """Roles of staff; the console shows the Chinese names."""

    INTAKE_CLERK = "intake_clerk"
    CASE_OFFICER = "case_officer"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    DISCIPLINARY = "disciplinary"
    CAMPAIGN_OWNER = "campaign_owner"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ROLE_NAMES = {
    Role.INTAKE_CLERK: "受理员",
    Role.CASE_OFFICER: "承办人",
    Role.REVIEWER: "复查（复核）人员",
    Role.SUPERVISOR: "督办员",
    Role.LEADER: "领导",
    Role.DISCIPLINARY: "纪检人员",
    Role.CAMPAIGN_OWNER: "征集负责人",
    Role.ADMINISTRATOR: "系统管理员",
    Role.AUDITOR: "审计员",
}


@dataclass(frozen=True)
class Sight:
    """What somebody may see. The default sees nothing: whoever forgets to fill it in shows nothing.

    `reviews`: cases of review and what they are about, `hears` those that one organ hears; `leads`: the cases this
    member is responsible for (包案); `audit`: who did what and when, without anybody's words; `veiled`: cases are shown
    as work, with states, organs and dates, and nothing of what people said or who they are. Nothing but `accusations`,
    and `accusations_of` for those that are with one disciplinary organ, ever shows an accusation, and none that names
    `not_about` (art. 30). `below`: what the reviews are about that this organ hears, for reading alone (`acting`).
    """

    everything_else: bool = False
    accusations: bool = False
    organ: str | None = None
    conversations: bool = False
    reviews: bool = False
    leads: int | None = None
    hears: str | None = None
    suggestions: bool = False
    audit: bool = False
    veiled: bool = False
    accusations_of: str | None = None
    not_about: str = ""
    below: str | None = None


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
    seen = {
        Role.INTAKE_CLERK: Sight(everything_else=True, conversations=True),
        Role.CASE_OFFICER: Sight(organ=staff.organ or None),
        Role.REVIEWER: Sight(reviews=True),
        Role.SUPERVISOR: Sight(everything_else=True, conversations=True),
        # A leader approves the reviews that their organ hears.
        Role.LEADER: Sight(
            leads=staff.id, organ=staff.organ or None, hears=staff.organ or None, below=staff.organ or None
        ),
        # A district's disciplinary organ sees what the city's gave it: an accusation may be about its own district.
        Role.DISCIPLINARY: Sight(accusations=not staff.organ, accusations_of=staff.organ or None, not_about=staff.name),
        Role.CAMPAIGN_OWNER: Sight(suggestions=True),
        Role.ADMINISTRATOR: Sight(everything_else=True, conversations=True, audit=True),
        Role.AUDITOR: Sight(everything_else=True, audit=True, veiled=True),
    }
    return seen.get(staff.role, NO_SIGHT)


def acting(sight: Sight) -> Sight:
    """What of a sight one can also do something to: to everything else nothing but looking is done."""
    return replace(sight, below=None)
