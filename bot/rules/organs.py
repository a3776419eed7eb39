"""机关、单位 of the city: their names, and a plain proposal of who answers for a matter."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.own_rules import OrganChange
from bot.domain.reading import CaseKind, Topic
from bot.rules import check_keys, entries, made, reading, rules_file

logger = logging.getLogger(__name__)

LEVELS = ("region", "city", "district", "town")
DISCIPLINE = "_jiwei"
_FILE, _TOWNS = "organs.yml", "towns.yml"
_WANTED = ("fallback", "superior", "arbiter", "unnamed", "reasons", "governments", "departments", "districts")


@dataclass(frozen=True)
class Organ:
    """`places` mark a district or town; `topics` (codes or names) and `words` a department; `citywide` is not passed
    down. `superior` is the code of the organ one level up, "" at the top. To one that is `retired` nothing is sent."""

    code: str
    name: str
    short: str
    level: str
    places: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    citywide: bool = False
    accusations: bool = False
    superior: str = ""
    retired: bool = False


@dataclass(frozen=True)
class RouteProposal:
    """派单建议: staff decide. `reason` is shown to them; `also` names whom to ask besides; `ground` is the 苏木镇 or
    街道 of the place. `rule` names what the proposal follows, so that corrections are counted by it."""

    organ: Organ
    reason: str
    also: Organ | None = None
    rule: str = ""
    ground: Organ | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Codes of every organ that the proposal names: to choose one of them is to follow it."""
        return tuple(one.code for one in (self.organ, self.also, self.ground) if one is not None)


@lru_cache(maxsize=1)
def organs_of_file() -> tuple[Organ, ...]:
    """Governments, departments, districts, disciplinary organs, towns. Raises `BadInput` for a mistake."""
    rules = rules_file(_FILE)
    check_keys(_FILE, rules, _WANTED)
    above = str(rules["superior"])
    found = (
        *(_organ("city", "", entry) for entry in entries(_FILE, "governments")),
        *(_organ("city", above, entry) for entry in entries(_FILE, "departments")),
        *(_organ("district", above, entry) for entry in entries(_FILE, "districts")),
    )
    found = (*found, *(_discipline_of(one) for one in found if one.level == "district"), *_towns(found))
    _check(found, rules)
    return found


@dataclass(frozen=True)
class _Tree:
    """The organs in force and what is looked up in them."""

    organs: tuple[Organ, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Organ]:
        return {organ.code: organ for organ in self.organs}

    @cached_property
    def active(self) -> tuple[Organ, ...]:
        return tuple(organ for organ in self.organs if not organ.retired)

    @cached_property
    def names(self) -> tuple[tuple[str, str], ...]:
        return tuple((organ.code, f"{organ.name} {organ.short}") for organ in self.organs)

    @cached_property
    def disciplinary(self) -> tuple[Organ, ...]:
        return tuple(sorted((one for one in self.active if one.accusations), key=lambda one: one.level != "city"))

    @cached_property
    def called(self) -> Mapping[str, str]:
        return _called(self.organs)


@dataclass
class _Current:
    tree: _Tree | None = None
    edition: int = 0


_current = _Current()


def _tree() -> _Tree:
    if _current.tree is None:
        _current.tree = _Tree(organs_of_file())
    return _current.tree


def amend(changes: Iterable[OrganChange]) -> None:
    """From now on the organs of the file with these changes. One that does not fit the file is left out and logged."""
    organs = organs_of_file()
    for change in changes:
        amended = _amended(organs, change)
        try:
            _check(amended, rules_file(_FILE))
            organs = amended
        except BadInput as error:
            logger.error("a change of an organ does not fit the rules", extra={"organ": change.code, "why": str(error)})
    _current.tree = _Tree(organs)
    _current.edition += 1


def _amended(organs: tuple[Organ, ...], change: OrganChange) -> tuple[Organ, ...]:
    """One that was added stands first: it is asked before those of the file."""
    if any(organ.code == change.code for organ in organs):
        return tuple(_renamed(organ, change) if organ.code == change.code else organ for organ in organs)
    if not change.added:
        return organs
    new = Organ(change.code, change.name, change.short, change.level, superior=change.superior, retired=change.retired)
    return (replace(new, topics=change.topics, words=change.words, places=change.places), *organs)


def _renamed(organ: Organ, change: OrganChange) -> Organ:
    return replace(organ, name=change.name, short=change.short, retired=change.retired)


def edition() -> int:
    """Another number after each change: for what is worked out of the organs and kept."""
    return _current.edition


def all_organs() -> tuple[Organ, ...]:
    """Every organ, also those that are retired: cases still name them. Raises `BadInput` for a mistake in the file."""
    return _tree().organs


def active_organs() -> tuple[Organ, ...]:
    """Those that something can be sent to."""
    return _tree().active


def is_active(code: str) -> bool:
    """Whether something can be sent to it."""
    organ = find(code)
    return organ is not None and not organ.retired


def is_needed(code: str) -> bool:
    """Whether proposals and reviews cannot do without it: what the rules name, and who has others below."""
    rules = rules_file(_FILE)
    named = {rules["fallback"], rules["arbiter"], rules["superior"], disciplinary()[0].code}
    return code in named or any(organ.superior == code for organ in active_organs())


def _discipline_of(district: Organ) -> Organ:
    """Each district's disciplinary organ: 东胜区纪委监委, under the city's."""
    name = district.name.removesuffix("人民政府") + "纪委监委"
    city = next((one["code"] for one in rules_file(_FILE)["departments"] if one.get("accusations")), "")
    return Organ(district.code + DISCIPLINE, name, name, "district", accusations=True, superior=city)


def _towns(known: tuple[Organ, ...]) -> Iterator[Organ]:
    """苏木镇 and 街道: the units on the ground."""
    districts = {one.code: one for one in known if one.level == "district"}
    check_keys(_TOWNS, rules_file(_TOWNS), ("towns",))
    with reading(_TOWNS, "towns"):
        lists = [(district, list(towns)) for district, towns in rules_file(_TOWNS)["towns"].items()]
    for district, towns in lists:
        if district not in districts:
            raise BadInput(f"{_TOWNS}: no district {district!r} in {_FILE}", _TOWNS)
        area = districts[district].name.removesuffix("人民政府")
        for town in towns:
            check_keys(_TOWNS, town, ("code", "name"))
            name = str(town["name"])
            places = (*_names_of_town(name, area), *map(str, town.get("called", ())))
            yield Organ(str(town["code"]), f"{area}{name}", name, "town", places, superior=district)


def _names_of_town(name: str, area: str) -> tuple[str, ...]:
    """How people call it: 棋盘井镇 is 棋盘井 too, but 大路镇 is not 大路, and 伊金霍洛 is the whole 旗."""
    bare = re.sub(r"(?:镇|乡|苏木)$", "", name)
    return (name, bare) if len(bare) > 2 and bare != name and bare not in area else (name,)


def _organ(level: str, superior: str, entry: Mapping[str, Any]) -> Organ:
    check_keys(_FILE, entry, ("code", "name", "short"))
    organ = made(_FILE, {"level": level, "superior": superior, **entry}, Organ)
    if organ.level not in LEVELS:
        raise BadInput(f"{_FILE}: {organ.code}: level: wanted {', '.join(LEVELS)}; there stands {organ.level!r}", _FILE)
    return organ


def _check(found: tuple[Organ, ...], rules: Mapping[str, Any]) -> None:
    codes = [organ.code for organ in found]
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        raise BadInput(f"{_FILE}: {sorted(twice)} stand there twice", _FILE)
    strangers = {rules["fallback"], rules["arbiter"], rules["superior"]} - set(codes)
    if strangers:
        raise BadInput(f"{_FILE}: no organ is called {', '.join(sorted(strangers))}", _FILE)
    if sum(organ.accusations and organ.level == "city" for organ in found) != 1:
        raise BadInput(f"{_FILE}: wanted exactly one city organ for accusations", _FILE)
    by_code = {organ.code: organ for organ in found}
    for organ in found:
        _check_chain(organ, by_code)


def _check_chain(organ: Organ, by_code: Mapping[str, Organ]) -> None:
    """The way up ends at the top, and every organ on it is known."""
    seen = [organ.code]
    while by_code[seen[-1]].superior:
        above = by_code[seen[-1]].superior
        if above not in by_code or above in seen:
            wrong = "is not known" if above not in by_code else "stands below itself"
            raise BadInput(f"{_FILE}: {seen[-1]}: superior {above!r} {wrong}", _FILE)
        seen.append(above)


def find(code: str | None) -> Organ | None:
    """An organ by its code."""
    return _tree().by_code.get(code or "")


def superior_of(code: str | None) -> Organ | None:
    """The organ one level up, which hears reviews of what this one decided; None at the top. None that is retired."""
    organ = find(code)
    above = find(organ.superior) if organ else None
    return superior_of(above.code) if above is not None and above.retired else above


def common_superior(first: str | None, second: str | None) -> Organ | None:
    """Art. 24: who settles what two organs do not agree on: the lowest organ above both, else the joint conference.

    None where there is no such organ.
    """
    if find(first) is None or find(second) is None:
        return None
    above = _above(first)
    shared = next((organ for organ in _above(second) if organ in above), None)
    return shared or find(rules_file(_FILE)["arbiter"])


def _above(code: str | None) -> list[Organ]:
    found, organ = [], superior_of(code)
    while organ is not None:
        found.append(organ)
        organ = superior_of(organ.code)
    return found


def towns_of(district: str) -> tuple[Organ, ...]:
    """The 苏木镇 and 街道 of a district."""
    return tuple(one for one in active_organs() if one.level == "town" and one.superior == district)


def exists(code: str) -> bool:
    """Whether there is such an organ."""
    return find(code) is not None


def name_of(code: str | None) -> str:
    """An organ's name; the code itself if the organ is gone from the rules."""
    organ = find(code)
    return organ.name if organ else code or ""


def short_name_of(code: str | None) -> str:
    """How lists call an organ; the code itself if the organ is gone from the rules."""
    organ = find(code)
    return organ.short if organ else code or ""


def names() -> tuple[tuple[str, str], ...]:
    """What each organ is called, in full and short, for finding it by a part of its name."""
    return _tree().names


def unnamed() -> str:
    """How the organ of an accusation is called towards the citizen."""
    return str(rules_file(_FILE)["unnamed"])


def disciplinary() -> tuple[Organ, ...]:
    """The organs that accusations go to, the city's first."""
    return _tree().disciplinary


def propose(kind: CaseKind, topic: Topic, place: str, text: str = "") -> RouteProposal:
    """Who should answer, and why. Nothing learned and nothing hidden: the rules file from top to bottom."""
    district, spot = _district(place)
    if kind is CaseKind.ACCUSATION:
        also = find(district.code + DISCIPLINE) if district and is_active(district.code + DISCIPLINE) else None
        return RouteProposal(disciplinary()[0], _reason("accusation"), also, "accusation")
    department, why, rule = _department(topic, text)
    ground = _town(place, district)
    if district is None or department.accusations:
        return RouteProposal(department, why, None, rule, ground)
    if department.citywide:
        reason = _reason("citywide", why=why, organ=department.short)
        return RouteProposal(department, reason, district, f"citywide.{rule}", ground)
    reason = _reason("district", place=spot, why=why, organ=department.short)
    return RouteProposal(district, reason, department, f"district.{rule}", ground)


_ACCUSING = r"(?:举报|控告|检举|揭发|反映)[^，。！？；\n请]{0,6}"
_TITLE = r"[^，。！？；\n]{0,6}?(?:[局区旗市镇乡院处科所队部县]长|书记|主任|干部|工作人员|领导|警察|民警|法官)"
_SHORTEST_NAME = 3


def accused_in(text: str) -> list[str]:
    """Codes of the organs that an accusation is about: named behind 举报, or before the title of whom it names.

    Only what the words make plain; staff add others. A name alone may be who is asked to look into it.
    """
    named = [(at, at + len(called), code) for called, code in _tree().called.items() for at in _places_of(called, text)]
    whole = [one for one in named if not any(_stands_within(one, other) for other in named)]
    return sorted({code for begin, end, code in whole if _is_accused(text[:begin], text[end:])})


def _is_accused(before: str, after: str) -> bool:
    return bool(re.search(_ACCUSING + "$", before) or re.match(_TITLE, after))


def _places_of(called: str, text: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(re.escape(called), text))


def _stands_within(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """东胜区 within 东胜区纪委监委 is not the district."""
    return other[0] <= one[0] and one[1] <= other[1] and other[1] - other[0] > one[1] - one[0]


def _called(organs: Iterable[Organ]) -> Mapping[str, str]:
    """How people call organs, and their codes: 东胜区人民政府 is 东胜区政府 too; 东胜区 alone is a place."""
    found: dict[str, str] = {}
    for organ in organs:
        short = () if organ.level in ("district", "town") and not organ.accusations else (organ.short,)
        names = (organ.name, *short)
        for name in {*names, *(one.replace("人民政府", "政府").replace("纪委监委", "纪委") for one in names)}:
            if len(name) >= _SHORTEST_NAME:
                found.setdefault(name, organ.code)
    return found


def suggest(topic: Topic, place: str) -> tuple[Organ, str]:
    """The proposal for a matter that is no accusation."""
    proposal = propose(CaseKind.CLAIM, topic, place)
    return proposal.organ, proposal.reason


def _department(topic: Topic, text: str) -> tuple[Organ, str, str]:
    """By a word of the matter within the topic, else by the second level, else by the first; why, and by which rule."""
    path = "·".join(filter(None, (topic.level1, topic.level2)))
    for organ in active_organs():
        word = next((word for word in organ.words if word in text or (len(word) > 1 and word in topic.level2)), "")
        if word and _answers(organ, topic):
            return organ, _reason("word", topic=topic.level1, word=word), f"word.{organ.code}"
    for wanted in filter(None, (topic.code, topic.level1)):
        for organ in active_organs():
            if wanted in organ.topics and not organ.words:
                return organ, _reason("topic", topic=path), f"topic.{organ.code}"
    fallback = find(rules_file(_FILE)["fallback"])
    assert fallback is not None, "checked when loaded"
    return fallback, _reason("nobody", topic=path), "nobody"


def _answers(organ: Organ, topic: Topic) -> bool:
    return topic.level1 in organ.topics or bool(topic.code and topic.code in organ.topics)


def _district(place: str) -> tuple[Organ | None, str]:
    """The longest name of a district or town that stands in the place: 鄂托克前旗 is not 鄂托克旗."""
    districts = (organ for organ in active_organs() if organ.level == "district")
    named = [(spot, organ) for organ in districts for spot in organ.places if spot in place]
    spot, organ = max(named, key=lambda pair: len(pair[0]), default=("", None))
    return organ, spot


def _town(place: str, district: Organ | None) -> Organ | None:
    """The town of the place, within its district where one is named: two districts may each have a 工业街道."""
    towns = (one for one in active_organs() if one.level == "town" and district in (None, find(one.superior)))
    named = [(spot, organ) for organ in towns for spot in organ.places if spot in place]
    return max(named, key=lambda pair: len(pair[0]), default=("", None))[1]


def _reason(name: str, **facts: str) -> str:
    return str(rules_file(_FILE)["reasons"][name]).format(**facts)
