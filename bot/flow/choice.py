"""Which of a citizen's cases is meant: the list to choose from, and what an answer to it names. Pure: no I/O, no Rasa.

A choice is put by one action and answered through the gate, so that a number means the same on every channel.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from bot.domain.case import Case
from bot.domain.commands import Deed
from bot.domain.conversation import Reply
from bot.domain.lifecycle import STATE_NAMES
from bot.domain.messages import Button
from bot.domain.reading import CaseKind
from bot.domain.repeats import likeness
from bot.domain.working_days import local_date
from bot.rules import texts

# What a citizen says for each deed; each stands in nlu_data/nlu, so it is known by heart.
WORDS = {
    Deed.PROGRESS: "查进度",
    Deed.HURRY: "催办",
    Deed.WITHDRAW: "撤回",
    Deed.SUPPLEMENT: "补充",
    Deed.RATE: "评价",
    Deed.REVIEW: "申请复查",
}
MORE, OTHERS = "更多", "别的件"
# Asked for words about a case: what is said then is the answer, and no case is named by it.
_WANTS_WORDS = ("supplementing", "reviewing")
# What somebody on a phone takes in at once; where there are more, the last of them is «更多».
BUTTONS_AT_MOST = 5
LONGEST_TITLE = 14
# Longer messages tell something, they do not answer «which one?».
LONGEST_ANSWER = 20
# So much of what is left of an answer must stand in a case's title and place.
ALIKE = 0.65

_DEEDS = {word: deed for deed, word in WORDS.items()}
_BUTTON = re.compile(rf"^({'|'.join(_DEEDS)})[:：]\s*(?:({MORE})|({OTHERS})|(\d{{8}}-\d{{5}}))$")
_CODE = re.compile(r"(?<!\d)(?:\d[ -]?){15}\d(?!\d)")
_NUMBER = re.compile(r"(?<!\d)(20\d{6})[ -]?(\d{5})(?!\d)")
_DASHES = re.compile(r"[‐-―－–—]")
# Review before the rest: «对撤回的答复申请复查» asks for a review.
_VERBS = (
    (Deed.REVIEW, re.compile(r"复查|复核")),
    (Deed.RATE, re.compile(r"评价|打分|评分|评一?评")),
    (Deed.SUPPLEMENT, re.compile(r"补充")),
    (Deed.WITHDRAW, re.compile(r"撤回|撤销|撤诉|撤了|不告了")),
    (Deed.HURRY, re.compile(r"催|快点|抓紧|尽快")),
    (Deed.PROGRESS, re.compile(r"怎么样|咋样|进度|办?到哪|结果|查一?[查下]")),
)
_DIGITS = "零一二三四五六七八九"
_ORDINAL = re.compile(
    r"^(?:那|还有|再看|看|就|选|我选|我要|要|是)*第?\s*(\d{1,2}|[一二三四五六七八九两]?十?[一二三四五六七八九]?)\s*"
    r"(?:个|件|项|条|号)?(?:那个|那件|的)?(?:吧|呢|了|怎么样了?)?[.、。)）]?$"
)
_TAIL = re.compile(r"^(?:尾号|末尾|后面?是|最后[几四五]位是?)?(\d{3,5})(?:的?那?[个件])?$")
_OTHER_WORDS = re.compile(r"^换?(?:一|个)?(?:别的|其[他它]的?|另外)?(?:那|一)?(?:件|个)$")
_MORE_WORDS = re.compile(
    r"^(?:看)?(?:更多|还有(?:别的|其他的?)?(?:吗|呢|没有)?|下一页|其[他它]的?|别的(?:件)?|都不是|不是这[些几]个?)$"
)
_NEWEST = re.compile(r"^(?:就|是|看)?(?:最新|最近|最后)的?(?:那|一)?(?:个|件|次|回)?(?:的|那个|那件)?(?:吧)?$")
_OLDEST = re.compile(
    r"^(?:就|是|看)?(?:最早|最先|最老|头一|第一次)的?(?:那|一)?(?:个|件|次|回)?(?:的|那个|那件)?(?:吧)?$"
)
# What says nothing about which case is meant.
_FILLER = re.compile(
    r"怎么样了?|咋样了?|办得|办到|到哪儿?(?:一?步)?了?|查进度|进度|有结果|结果|有没有|申请|复查|复核|评价|打分|催办|催一?催|催"
    r"|撤回|撤销|撤诉|撤了?|不告了|补充|一下|查|看看|看|反映|投诉|说的|关于|就是|那[个件]|这[个件]|事情|问题|情况"
    r"|[我问哪的事件吧呢吗嘛呀啊了请帮给想要把对那是就,，。.！!？?、\s]"
)
_BARE_SUPPLEMENT = re.compile(
    r"^我?(?:还|再)?(?:有(?:一?[点些]|个)?(?:情况|材料|东西|话)?)?(?:需要|要|想|再|来)*"
    r"补充(?:一?点|一下|一?些|材料|情况|说明|内容|东西)*(?:行吗|可以吗)?$"
)
# What is wanted, at either end of an answer: «撤回第二个», «第二个撤了吧».
_ENDS = re.compile(
    r"^我?[想要]?把?(?:撤回|撤销|催办|催一?下|催|评价|看一?下|看|查一?下)|(?:撤了|撤回|撤销|催一?下|怎么样了?|咋样了?)吧?$"
)
_TELLS_ANEW = re.compile(r"^我?们?还?(?:要|想)(?:投诉|举报|反映|告)")
_AREA = re.compile(r"^(?:[\u4e00-\u9fff]{1,4}?(?:市|(?<!小)区|旗|县)){1,2}(?=.{4})")


@dataclass(frozen=True)
class Listed:
    """A case in a list: its number, what its button says, and the words that it can be named by."""

    case_no: str
    label: str
    words: str


@dataclass(frozen=True)
class Choosing:
    """The list that was put last. `first` is where the shown page begins; `words` of message `inbox_id` wait for the
    answer; `turn` is the message that it was put after; `fresh`: that was the turn before."""

    deed: Deed
    cases: tuple[Listed, ...]
    first: int = 0
    words: str = ""
    inbox_id: int | None = None
    turn: int | None = None
    fresh: bool = True

    @property
    def page(self) -> tuple[Listed, ...]:
        """The cases that are shown."""
        return self.cases[self.first : self.first + self._shown]

    @property
    def left(self) -> int:
        """How many are not shown."""
        return len(self.cases) - len(self.page)

    @property
    def secret(self) -> bool:
        """Whether the words that wait are for an accusation, whichever is chosen."""
        return bool(self.words) and not any(one.words for one in self.cases)

    @property
    def next_page(self) -> int:
        """Where the next page begins; after the last comes the first."""
        return self.first + self._shown if self.first + self._shown < len(self.cases) else 0

    @property
    def _shown(self) -> int:
        return BUTTONS_AT_MOST if len(self.cases) <= BUTTONS_AT_MOST else BUTTONS_AT_MOST - 1

    def to_slot(self) -> str:
        """As one string: Rasa copies its slots many times a turn."""
        return json.dumps({**asdict(self), "deed": self.deed.value}, ensure_ascii=False)

    @classmethod
    def from_slot(cls, value: str | None) -> Choosing | None:
        """The other way round."""
        if not value:
            return None
        kept = json.loads(value)
        listed = tuple(Listed(**one) for one in kept["cases"])
        return cls(**{**kept, "deed": Deed(kept["deed"]), "cases": listed})


@dataclass(frozen=True)
class Named:
    """What a message names outright: the deed, and the case; or a page of the list, or the few that it may be.

    `text` is what the dialogue hears instead of the message.
    """

    deed: Deed
    text: str
    case_no: str = ""
    first: int = 0
    others: bool = False
    only: tuple[str, ...] = field(default=())

    def to_slot(self) -> str:
        """As one string."""
        return json.dumps({**asdict(self), "deed": self.deed.value}, ensure_ascii=False)

    @classmethod
    def from_slot(cls, value: str | None) -> Named | None:
        """The other way round."""
        if not value:
            return None
        kept = json.loads(value)
        return cls(**{**kept, "deed": Deed(kept["deed"]), "only": tuple(kept["only"])})


def numbers_in(text: str) -> tuple[str, str]:
    """Case number and query code in a text, "" where there is none. Full-width digits and dashes are folded."""
    folded = _folded(text)
    code = _CODE.search(folded)
    rest = folded.replace(code[0], " ") if code else folded
    number = _NUMBER.search(rest)
    return (f"{number[1]}-{number[2]}" if number else "", re.sub(r"\D", "", code[0]) if code else "")


def _folded(text: str) -> str:
    """Half width, each character where it stood."""
    narrow = (unicodedata.normalize("NFKC", character) for character in text)
    return _DASHES.sub("-", "".join(one if len(one) == 1 else kept for one, kept in zip(narrow, text, strict=True)))


def _without_number(said: str) -> str:
    """The citizen's own words beside the number."""
    found = _NUMBER.search(_folded(said))
    return f"{said[: found.start()]}{said[found.end() :]}".strip() if found else said


def named(said: str, memory: Mapping[str, Any], offered: Sequence[Button]) -> Named | None:
    """What a message, or the payload of the button it takes, names; None where it is for the dialogue as it stands."""
    slots = memory.get("slots", {})
    choosing = Choosing.from_slot(slots.get("choosing"))
    others = next((one.payload for one in offered if one.payload.endswith(OTHERS)), "")
    tapped = _BUTTON.match(others if others and _OTHER_WORDS.match(_bare(said)) else said.strip())
    if tapped:
        return _tapped(_DEEDS[tapped[1]], tapped, choosing)
    case_no, code = numbers_in(said)
    if case_no and not code:
        return _with_number(said, case_no, choosing)
    if choosing is None or code or len(said) > LONGEST_ANSWER or any(slots.get(name) for name in _WANTS_WORDS):
        return None
    return _answered(_bare(said), choosing) if choosing.fresh or others else None


def _tapped(deed: Deed, tapped: re.Match[str], choosing: Choosing | None) -> Named:
    if tapped[2]:
        first = choosing.next_page if choosing is not None and choosing.deed is deed else 0
        return Named(deed, WORDS[deed], first=first, others=True)
    return Named(deed, WORDS[deed], others=True) if tapped[3] else Named(deed, WORDS[deed], tapped[4])


def _with_number(said: str, case_no: str, choosing: Choosing | None) -> Named | None:
    """A number with a word for what is wanted, or alone in answer to a list. The rest is for progress and its code."""
    rest = _without_number(said)
    for deed, verb in _VERBS:
        if (
            deed is not Deed.PROGRESS
            and verb.search(rest)
            and (deed is Deed.SUPPLEMENT or len(rest) <= LONGEST_ANSWER or rest.startswith(WORDS[deed]))
        ):
            keeps = deed in (Deed.SUPPLEMENT, Deed.REVIEW)  # what follows is the citizen's own words
            return Named(deed, rest if keeps and len(rest) > len(WORDS[deed]) else WORDS[deed], case_no)
    listed = choosing is not None and case_no in {one.case_no for one in choosing.cases}
    if listed and choosing is not None and choosing.fresh and len(rest) <= LONGEST_ANSWER:
        return _chosen(choosing, case_no)
    return None


def _answered(bare: str, choosing: Choosing) -> Named | None:
    """An answer to the list: the next page, or a case, perhaps with another deed («把工资那个撤了»)."""
    if _MORE_WORDS.match(bare):
        return Named(choosing.deed, WORDS[choosing.deed], first=choosing.next_page, others=True)
    deed = next((deed for deed, verb in _VERBS if verb.search(bare)), choosing.deed)
    if deed is Deed.SUPPLEMENT and deed is not choosing.deed:
        return None  # there may be words to add in it
    found = _pointed_at(_ENDS.sub("", bare), choosing) or by_words(bare, choosing.cases)
    if len(found) == 1:
        return Named(deed, WORDS[deed], found[0].case_no)
    if not found or len(found) == len(choosing.cases):
        return None
    return Named(deed, WORDS[deed], only=tuple(one.case_no for one in found))


def _pointed_at(bare: str, choosing: Choosing) -> list[Listed]:
    """By a place in the list, the end of the number, or being the newest or oldest."""
    for pattern, pick in ((_NEWEST, max), (_OLDEST, min)):
        if pattern.match(bare):
            return [pick(choosing.cases, key=lambda one: one.case_no)]
    tail = _TAIL.match(bare)
    return _by_ordinal(bare, choosing) or (_ending(tail[1], choosing.cases) if tail else [])


def _chosen(choosing: Choosing, case_no: str) -> Named:
    return Named(choosing.deed, WORDS[choosing.deed], case_no)


def _by_ordinal(bare: str, choosing: Choosing) -> list[Listed]:
    """«第二个» counts on the page that is shown; a higher one counts from the beginning of the list."""
    number = _ordinal(bare)
    for cases in (choosing.page, choosing.cases):
        if 1 <= number <= len(cases):
            return [cases[number - 1]]
    return []


def _ordinal(bare: str) -> int:
    found = _ORDINAL.match(bare)
    digits = found[1] if found else ""
    if not digits or digits.isdigit():
        return int(digits or 0)
    tens, ten, ones = digits.replace("两", "二").rpartition("十")
    return (10 * (_DIGITS.index(tens) if tens else 1) if ten else 0) + (_DIGITS.index(ones) if ones else 0)


def _ending(digits: str, cases: Sequence[Listed]) -> list[Listed]:
    return [one for one in cases if one.case_no.endswith(digits)]


def by_words(said: str, cases: Sequence[Listed]) -> list[Listed]:
    """The cases whose title or place a message names; an accusation's are in no list."""
    wanted = "" if _TELLS_ANEW.match(said) else _FILLER.sub("", _folded(said))
    if not 2 <= len(wanted) <= LONGEST_ANSWER:
        return []
    score = {one.case_no: 1.0 if wanted in one.words else likeness(wanted, one.words) for one in cases if one.words}
    best = max(score.values(), default=0.0)
    return [one for one in cases if best >= ALIKE and score.get(one.case_no, 0.0) == best]


def meant(cases: Sequence[Case], said: str, named: Named | None, subject: str) -> Case | list[Case]:
    """The case that is meant, or those among which the citizen chooses. `subject` is the one that is talked about."""
    if named is not None and (named.case_no or named.others or named.only):
        found = next((case for case in cases if case.case_no == named.case_no), None)
        return found or [case for case in cases if not named.only or case.case_no in named.only]
    by_no = {case.case_no: case for case in cases}
    told = [] if len(cases) == 1 else by_words(said, [listed(case, Deed.HURRY) for case in cases])
    if len(cases) == 1 or len(told) == 1:
        return by_no[told[0].case_no] if told else cases[0]
    if told and len(told) < len(cases):
        return [by_no[one.case_no] for one in told]
    return by_no.get(subject) or list(cases)


def listed(case: Case, deed: Deed) -> Listed:
    """A case as the list shows it. Others read on the same phone: an accusation is its number and its day."""
    if case.kind is CaseKind.ACCUSATION:
        day = local_date(case.filed_at)
        return Listed(case.case_no, texts.text("utter_choice_accusation", case_no=case.case_no, date=day_of(day)), "")
    title = _AREA.sub("", case.title)
    short = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
    state = STATE_NAMES[case.state] if deed is Deed.PROGRESS else ""
    label = " ".join(filter(None, (short, case.case_no, state)))
    return Listed(case.case_no, label, "|".join((case.title, case.place)))


def day_of(day: date) -> str:
    """11月29日."""
    return f"{day.month}月{day.day}日"


def put(choosing: Choosing, *, unknown: str = "") -> Reply:
    """The question which one, with a button a case. `unknown` is a number that none of them has."""
    question = texts.text(f"utter_choice_of_{choosing.deed.value}")
    before = texts.text("utter_choice_unknown", case_no=unknown) if unknown else ""
    asked = texts.text("utter_choice", count=len(choosing.cases), question=question)
    word = WORDS[choosing.deed]
    buttons = [Button(one.label, f"{word}：{one.case_no}") for one in choosing.page]
    if choosing.left:
        buttons.append(Button(texts.text("utter_choice_more", count=choosing.left), f"{word}：{MORE}"))
    return Reply(before + asked, tuple(buttons))


def with_others(reply: Reply, deed: Deed) -> Reply:
    """A reply about one case of several, with the way to the others."""
    return replace(
        reply, buttons=(*reply.buttons, Button(texts.text("utter_choice_others"), f"{WORDS[deed]}：{OTHERS}"))
    )


def is_bare_supplement(said: str) -> bool:
    """«我要补充一点» without what."""
    return _BARE_SUPPLEMENT.match(_bare(said)) is not None


def naming_clause(said: str) -> str:
    """The part of a supplement that may name its case: «公交车那个补充一下，司机说…»."""
    first = re.split(r"[，,。:：；;]", said, maxsplit=1)[0]
    return first if re.search(r"补充|那[个件]", first) else ""


def _bare(said: str) -> str:
    return re.sub(r"[\s，,。！!？?、~～…]+", "", _folded(said))
