"""登记: what came by telephone, letter, fax or visit → the same door as a chat's filing, with the day it came."""

from __future__ import annotations

from datetime import date, datetime, time, timezone

from bot.casework.correction import LONGEST_PLACE, LONGEST_TITLE, plain
from bot.casework.moves import may_register
from bot.casework.work import Work, shortly, written
from bot.domain.case import Case, NewCase
from bot.domain.commands import RegisterPetition
from bot.domain.errors import BadInput, WrongRole
from bot.domain.petitioner import Petitioner, Representative
from bot.domain.reading import reading_from_json
from bot.domain.working_days import LOCAL, local_date
from bot.procedure import file
from bot.rules.registration import registration_rules
from bot.understanding.facts.ids import find_ids
from bot.understanding.facts.phones import find_phones

LONGEST_LETTER = 10_000
LONGEST_NAME = 32
# Of the words themselves, where nobody gave a title.
SHORT_TITLE = 25
LONGEST_ADDRESS = 200
MOST_PEOPLE = 100_000
MOST_PHONES = 10
# What is received on this day began with it: nobody notes the hour of a letter.
DAY_BEGINS = time(0, 0)
# Older than this is a slip of the pen, not a letter.
OLDEST_DAYS = 365
TAUGHT = ("kind", "topic", "urgency")


async def register(command: RegisterPetition, work: Work) -> Case:
    """Write down and register. Raises `WrongRole`, `BadInput` naming the field."""
    if not may_register(work.staff):
        raise WrongRole("登记由受理员、督办员或纪检人员办理")
    text = written(command.text, "letter", LONGEST_LETTER)
    petitioner = _checked(command.petitioner, command.anonymous)
    new = NewCase(
        conversation_id=None,
        inbox_id=None,
        channel=_way(command.way),
        text=text,
        kind=command.kind,
        topic=command.topic,
        urgency=command.urgency,
        place=shortly(command.place, "place", LONGEST_PLACE),
        title=shortly(command.title, "title", LONGEST_TITLE) or " ".join(text.split())[:SHORT_TITLE],
        phones=_phones(command, petitioner, text),
        people=_people(command.people),
        anonymous=command.anonymous,
        understood=command.understood,
        received_at=received_at(command.received_on, work.now),
        filed_by=work.staff.actor,
        petitioner=petitioner,
    )
    case, _ = await file(new, work.now, work.uow)
    await _note_mended(case, work)
    return case


def received_at(on: date, now: datetime) -> datetime:
    """When it came: now, or the beginning of an earlier day. Raises `BadInput` for a day to come, or long ago."""
    today = local_date(now)
    if on > today or (today - on).days > OLDEST_DAYS:
        raise BadInput(f"received_on: wanted a day up to today, not {on}", "received_on")
    return now if on == today else datetime.combine(on, DAY_BEGINS, LOCAL).astimezone(timezone.utc)


def _way(code: str) -> str:
    if code not in registration_rules().ways:
        raise BadInput(f"way: wanted one of {', '.join(registration_rules().ways)}", "how")
    return code


def _people(people: int | None) -> int | None:
    if people is not None and not 1 <= people <= MOST_PEOPLE:
        raise BadInput(f"people: wanted 1 to {MOST_PEOPLE}", "people")
    return people


def _checked(given: Petitioner, anonymous: bool) -> Petitioner:
    """Who brings it. Art. 20: no more speak for a joint visit than the rules allow. Nobody, where it is anonymous."""
    if anonymous:
        return Petitioner()
    if len(given.representatives) > registration_rules().most_representatives:
        raise BadInput(f"representatives: at most {registration_rules().most_representatives}", "representatives")
    return Petitioner(
        shortly(given.name, "petitioner_name", LONGEST_NAME),
        shortly(given.address, "address", LONGEST_ADDRESS),
        tuple(_representative(one) for one in given.representatives),
    )


def _representative(given: Representative) -> Representative:
    name = shortly(given.name, "representative", LONGEST_NAME)
    if not name:
        raise BadInput("representatives: wanted a name on each line", "representative")
    return Representative(name, _phone(given.phone, "representative"))


def _phone(typed: str, field: str) -> str:
    """The number alone. Raises `BadInput` for what is none."""
    if not typed.strip():
        return ""
    found = find_phones(f"电话{typed}")  # after that word bare landlines are taken for one, too
    if len(found) != 1:
        raise BadInput(f"{field}: wanted one telephone number", field)
    return found[0]


def _phones(command: RegisterPetition, petitioner: Petitioner, text: str) -> tuple[str, ...]:
    """The petitioner's own first; those in the words as they stand there. None of an anonymous one's."""
    if command.anonymous:
        return ()
    given = (_phone(command.phone, "phone"), *(one.phone for one in petitioner.representatives), *_told(text))
    return tuple(dict.fromkeys(filter(None, given)))[:MOST_PHONES]


def _told(text: str) -> tuple[str, ...]:
    ids = find_ids(text)
    return tuple(phone for phone in find_phones(text) if not any(phone in number for number in ids))


async def _note_mended(case: Case, work: Work) -> None:
    """Where the clerk judged otherwise than what was proposed: later training learns from it, as from a correction."""
    if not case.understood:
        return
    proposed = reading_from_json(case.understood)
    if proposed.abstain or proposed.no_matter:  # nothing was proposed
        return
    pairs = {name: (getattr(proposed, name), getattr(case, name)) for name in TAUGHT}
    changes = {name: [plain(old), plain(new)] for name, (old, new) in pairs.items() if old != new}
    if changes:
        await work.note(case, "case.proposal_mended", {"changes": changes})
