"""重复信访: whether two cases of one petitioner are about the same matter. It links matters, it never rates people.

Likeness of words alone misleads: two estates told in the same words are two matters. So topic and place come first.
"""

from __future__ import annotations

import re

from bot.domain.case import Case
from bot.domain.reading import CaseKind, Reading, Topic

# Share of the shorter text's pairs of characters that stand in the other one too.
ALIKE = 0.35
# Shorter words beside a case are a fact of it: «3号楼».
SHORTEST_MATTER = 6
# From this share on something of the case is told, and not by «坏了» alone.
AKIN = 0.2
# Longer words of the same topic tell a matter of their own.
LONGEST_DETAIL = 10
# From this score on words are taken for an accusation.
LIKELY = 0.5
_NUMBER = re.compile(r"\d+")
_SIGNS = re.compile(r"[\W_]+")
# What stands before the spot itself, and words that every address has.
_AREA = re.compile(r"^(?:[\u4e00-\u9fff]{1,4}?(?:市|(?<!小)区|旗|县|镇|乡|苏木|街道))+")
# What lies within a building: who names it and who does not may mean one place.
_INSIDE = re.compile(r"\d+单元(?:\d+室?)?|\d+室")
_COMMON = re.compile(r"小区|号楼|号|单元|楼|栋|室|附近|旁边|门口|对面")


def is_same_petitioner(one: Case, other: Case) -> bool:
    """Whether two cases came from one conversation, or name one phone: paper and calls have no conversation."""
    together = one.conversation_id is not None and one.conversation_id == other.conversation_id
    return together or bool(set(one.phones) & set(other.phones))


def is_same_matter(topic: Topic, place: str, text: str, earlier: Case) -> bool:
    """Same topic, no two different places, and words alike."""
    same_topic = topic.level1 == earlier.topic.level1
    return same_topic and may_be_one_place(place, earlier.place) and likeness(text, earlier.text) >= ALIKE


def is_another_matter(reading: Reading, case: Case) -> bool:
    """Whether words that sound like an addition cannot go to a case: an accusation is never added to anything else,
    and another topic at another place is a matter of its own."""
    if _accuses(reading):
        return case.kind is not CaseKind.ACCUSATION
    if reading.abstain or reading.unsure or not reading.slots.place:
        return False
    return reading.topic.level1 != case.topic.level1 and not may_be_one_place(reading.slots.place, case.place)


def accuses_beside(reading: Reading, case: Case) -> bool:
    """Whether words about a case that is no accusation are one."""
    return _accuses(reading) and case.kind is not CaseKind.ACCUSATION


def _accuses(reading: Reading) -> bool:
    return reading.kind is CaseKind.ACCUSATION and reading.kind_scores.get(reading.kind.value, 1.0) >= LIKELY


def may_go_on(reading: Reading, text: str, case: Case) -> bool:
    """Whether words right after a filing may be a detail of it: no place of their own, and no clear topic, or its own
    in few words or akin to it."""
    if reading.slots.place:
        return False
    if reading.unsure or reading.abstain:
        return True
    same = (reading.topic.level1, reading.topic.level2) == (case.topic.level1, case.topic.level2)
    return same and (len(_SIGNS.sub("", text)) <= LONGEST_DETAIL or likeness(text, case.text) >= AKIN)


def seems_another_matter(reading: Reading, text: str, case: Case) -> bool:
    """Whether words that may go to a case sound like a matter of their own, so that the citizen is asked: at another
    place, of another topic, or «…也…» without a word that the case has. Bare facts and unclear words are none."""
    if reading.abstain or reading.unsure or len(_SIGNS.sub("", text)) < SHORTEST_MATTER:
        return False
    if reading.slots.place and not may_be_one_place(reading.slots.place, case.place):
        return True
    alike = likeness(text, case.text)
    if (reading.topic.level1, reading.topic.level2) == (case.topic.level1, case.topic.level2):
        return "也" in text and alike == 0
    return alike < ALIKE


def may_be_one_place(one: str, other: str) -> bool:
    """Whether two places can be the same: no number differs, and the spots, or where none is told the areas, agree."""
    first, second = _SIGNS.sub("", one), _SIGNS.sub("", other)
    if bool(_INSIDE.search(first)) != bool(_INSIDE.search(second)):
        first, second = _INSIDE.sub("", first), _INSIDE.sub("", second)
    if not first or not second:
        return True
    numbers = set(_NUMBER.findall(first)), set(_NUMBER.findall(second))
    if numbers[0] and numbers[1] and numbers[0] != numbers[1]:
        return False
    spots = [_COMMON.sub("", _NUMBER.sub("", _AREA.sub("", place))) for place in (first, second)]
    shorter, longer = sorted(spots if all(spots) else (first, second), key=len)
    return shorter in longer or likeness(shorter, longer) > 0.5


def likeness(one: str, other: str) -> float:
    """0…1: how much of the shorter text stands in the longer one, by pairs of characters."""
    pairs = [_pairs(text) for text in (one, other)]
    shorter = min(map(len, pairs))
    return len(pairs[0] & pairs[1]) / shorter if shorter else 0.0


def _pairs(text: str) -> set[str]:
    bare = _SIGNS.sub("", text)
    return {bare[at : at + 2] for at in range(len(bare) - 1)}
