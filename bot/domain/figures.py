"""Numbers of the procedure that a city sets, as they are in force on one day. Their values stand in the rules."""

from __future__ import annotations

from dataclasses import dataclass

APPROVERS = {"head": "承办单位负责人", "in_charge": "包案领导", "supervisor": "督办员"}
"""Who can be named to approve an extension, and how staff call them."""


@dataclass(frozen=True)
class Figures:
    """`low_stars`: so many stars or fewer are a low rating. `bounced_often`: sent back so often, it is supervised.

    `asked_often`: a citizen is asked for more so often at most. `soon_days`: what ends within them is due soon.
    `sample_days`, `sample_most`: until when a drawn sample is called back, and its largest size. `opened_days`: how
    long a conversation goes on with a case opened by query code. `carried_most`: cases of one visit. `remind_from`,
    `remind_until`: hours of the day between which people are reminded.
    `extension_by`: who approves an extension, some of `APPROVERS`.
    """

    low_stars: int
    bounced_often: int
    asked_often: int
    soon_days: int
    sample_days: int
    sample_most: int
    opened_days: int
    carried_most: int
    remind_from: int
    remind_until: int
    extension_by: tuple[str, ...]
