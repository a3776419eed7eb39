"""Clean text → the facts in it."""

from __future__ import annotations

from bot.domain.numbers import as_written
from bot.domain.reading import Slots
from bot.understanding.facts.amounts import find_amounts, yuan
from bot.understanding.facts.ids import find_ids
from bot.understanding.facts.numerals import find_numbers
from bot.understanding.facts.officials import find_officials
from bot.understanding.facts.organisations import find_organisations, find_request
from bot.understanding.facts.people import find_people
from bot.understanding.facts.phones import find_phones
from bot.understanding.facts.place import find_place
from bot.understanding.facts.place.coordinates import Point, find_point
from bot.understanding.facts.times import find_times
from bot.understanding.features import Words
from bot.understanding.normalise import CleanText


def find_facts(clean: CleanText, words: Words) -> Slots:
    """All slots of a message; the place stands as the citizen wrote it, a point on the map as latitude,longitude."""
    point = find_point(clean.text)
    text = _without(clean.text, point) if point else clean.text
    ids = find_ids(text)
    phones = tuple(phone for phone in find_phones(text) if not any(phone in number for number in ids))
    text = _without_digits_of(text, (*ids, *phones))
    numbers = find_numbers(text)
    span, amounts = find_place(text, words), find_amounts(text, numbers)
    organs = find_organisations(text, words)
    return Slots(
        place=clean.said(*span) if span else point.said if point else None,
        people=find_people(text, numbers),
        phones=phones,
        times=find_times(text, numbers),
        amounts=tuple(amount.said for amount in amounts),
        yuan=tuple(map(yuan, amounts)),
        ids=ids,
        organisations=tuple(dict.fromkeys(organ.name for organ in organs)),
        officials=find_officials(text, words, organs),
        request=find_request(text),
    )


def _without_digits_of(text: str, numbers: tuple[str, ...]) -> str:
    """The same text with blanks for phones and identity numbers: 一三九四… holds no 三九."""
    for number in numbers:
        text = as_written(number).sub(lambda said: " " * len(said.group()), text)
    return text


def _without(text: str, point: Point) -> str:
    """The same text with blanks for the point, whose digits are no phone, no sum and no time."""
    return text[: point.start] + " " * (point.end - point.start) + text[point.end :]
