"""What a citizen is about to file: one message heard → the draft grown, and the next question.

Pure: no I/O, no Rasa. The form of the dialogue (actions/filing_form.py) keeps the draft in a slot.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from bot.domain.conversation import Reply
from bot.domain.messages import Button
from bot.domain.reading import CaseKind, Reading, Reason, Urgency, reading_from_json, reading_to_json
from bot.flow import corrections
from bot.rules import texts
from bot.understanding.taxonomy import taxonomy

Read = Callable[[str], Reading]

MAX_WORDS = 3000
SHORTEST_MATTER = 2
SHORTEST_BESIDE_FACTS = 8
UNSURE_KIND = 0.45
UNSURE_TOPIC = 0.35
# A topic this unlikely is no choice worth reading; three are what somebody on a phone takes in.
WORTH_OFFERING, OFFERED = 0.08, 3
ASK_AT_MOST = 2


class Question(str, Enum):
    """What the form asks for, in this order."""

    MATTER = "matter"
    MATTERS = "matters"
    KIND = "kind"
    TOPIC = "topic"
    PLACE = "place"
    CONTACT = "contact"
    SAME = "same"
    CONFIRMATION = "confirmation"


ASKS_PLACE = (CaseKind.CLAIM, CaseKind.ACCUSATION)
ASKS_CONTACT = (CaseKind.CLAIM, CaseKind.ACCUSATION, CaseKind.SUGGESTION)


@dataclass(frozen=True)
class Heard:
    """One message as the dialogue heard it: the act with its confidence, and the reading of the text."""

    text: str
    act: str
    sure: float
    reading: Reading


@dataclass(frozen=True)
class Draft:
    """草稿. `words` are the citizen's own, in order; `asked` counts how often each question was put.

    Of two matters that are filed apart, `waiting` holds those still to come and `whole` what was received. `same` is
    the number of an open case about the same matter; with `adds` these words go to it instead of being filed.
    """

    words: tuple[str, ...] = ()
    kind: str = ""
    topic: str = ""
    place: str = ""
    phone: str = ""
    anonymous: bool = False
    skipped: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    reading: Mapping[str, Any] | None = None
    whole: str = ""
    waiting: tuple[str, ...] = ()
    same: str = ""
    adds: bool = False

    @property
    def text(self) -> str:
        """Everything said about the matter."""
        return "\n".join(self.words)[:MAX_WORDS]

    @property
    def title(self) -> str:
        """What it is about, in a few words."""
        understood = self.understood
        return (understood.title if understood else "") or self.text[:SHOWN_PART]

    @property
    def understood(self) -> Reading | None:
        """How the words were read; a topic that the citizen chose stands."""
        read = reading_from_json(self.reading) if self.reading else None
        if read is None or not self.topic:
            return read
        topic = read.topic if read.topic.level1 == self.topic else taxonomy().topic(self.topic)
        chosen = Reason("topic", (), texts.text("utter_topic_chosen"))
        return replace(read, topic=topic, reasons=(*read.reasons, chosen))

    @property
    def case_kind(self) -> CaseKind:
        """The kind the citizen chose, else the one that was understood."""
        if self.kind:
            return CaseKind(self.kind)
        understood = self.understood
        return understood.kind if understood else CaseKind.CLAIM

    def to_slot(self) -> str:
        """As one string: Rasa copies its slots many times a turn, and a string is copied for nothing."""
        return json.dumps(vars(self), ensure_ascii=False)

    @classmethod
    def from_slot(cls, value: str | None) -> Draft:
        """The other way round."""
        if not value:
            return cls()
        fields: dict[str, Any] = json.loads(value)
        fields |= {name: tuple(one) for name, one in fields.items() if isinstance(one, list)}
        return cls(**fields)


@dataclass(frozen=True)
class Known:
    """An open case of the citizen's to which words may belong; `next` is a sentence or nothing.

    `case` is what it is called in a sentence. `about`: the "same" matter, "waited" for by staff, or told "beside" it.
    """

    case_no: str
    case: str
    next: str = ""
    about: str = "same"


@dataclass(frozen=True)
class Step:
    """Where the form goes: `ask` is the next question, None when the citizen has confirmed."""

    draft: Draft
    replies: tuple[Reply, ...]
    ask: Question | None


# So few characters beside place and phones may be a bare answer: danger only if it is likelier than not.
BARE_ANSWER, SURE_OF_DANGER = 15, 0.6


def speaks_of_danger(text: str, reading: Reading, asked: str | None) -> bool:
    """Whether life is in danger in these words; «房子在东门口两边» in answer to a question is judged with more care."""
    if reading.urgency < Urgency.CRITICAL:
        return False
    told = len(_beside_facts(text, reading))
    is_answer = asked is not None and asked != Question.MATTER.value and told <= BARE_ANSWER
    shows_sign = any(reason.about == "urgency" and reason.note for reason in reading.reasons)
    return not is_answer or shows_sign or reading.urgency_scores["4"] >= SURE_OF_DANGER


TELLING = ("matter", "supplement", "correct")


def begin(heard: Heard, read: Read) -> Step:
    """The first message of a filing: it may hold nothing yet, or everything."""
    found = heard.reading.slots
    draft = Draft(
        kind=CaseKind.SUGGESTION.value if heard.act == "start_suggestion" else "",
        place=found.place or "",
        phone=found.phones[0] if found.phones else "",
    )
    if heard.act in TELLING or _tells_all_the_same(heard):
        return ask_next(with_words(draft, heard.text, read))
    if heard.act.startswith("inform") and not (heard.reading.abstain or holds_only_facts(heard)):
        return ask(with_words(draft, heard.text, read), Question.MATTER)  # unclear, but nothing of it is lost
    if corrections.opens_with_more(heard.text):  # «投诉快递»: what it is about is said, what happened is not
        return ask(with_words(draft, heard.text, read), Question.MATTER)
    return ask_next(draft)


def _tells_all_the_same(heard: Heard) -> bool:
    """What sounded like bare facts or a mere wish may hold a matter: something clear is left beside the facts."""
    if heard.act.startswith("start_"):
        return not _opens_only(heard)
    return not (heard.reading.abstain or heard.reading.unsure) and not holds_only_facts(heard)


def holds_only_facts(heard: Heard) -> bool:
    """Whether hardly anything is left of a message beside its place and phones."""
    return len(_beside_facts(heard.text, heard.reading)) < SHORTEST_BESIDE_FACTS


def _beside_facts(text: str, reading: Reading) -> str:
    """What is left of a message without its place and phones."""
    for fact in (reading.slots.place or "", *reading.slots.phones):
        text = text.replace(fact, "") if fact else text
    return text.strip()


def _opens_only(heard: Heard) -> bool:
    """«我要投诉» names no matter yet."""
    return heard.act.startswith("start_") and (heard.reading.abstain or heard.reading.unsure or heard.sure >= 0.8)


def advance(draft: Draft, asked: Question, heard: Heard, read: Read) -> Step | None:
    """Take an answer. None: the message is not for the form, another rule should answer it."""
    aside = _no_answer(draft, asked, heard)
    if aside is not None:
        return _put_again(draft, asked, *aside)
    if _is_for_others(asked, heard):
        return None
    if heard.act == "go_back":
        return _go_back(draft, asked)
    return _ANSWERS[asked](draft, heard, read)


def _no_answer(draft: Draft, asked: Question, heard: Heard) -> tuple[Reply, ...] | None:
    """What is said before the question is put again, where a message neither answers it nor asks for anything."""
    if corrections.asks_back(heard.text) or heard.text.strip() in draft.words:  # sent twice
        return ()
    if corrections.takes_time(heard.text):
        return (texts.reply("utter_take_your_time"),)
    if draft.words and asked is not Question.SAME and corrections.opens_another(heard.text):
        return None if asked is Question.MATTERS else (texts.reply("utter_one_after_the_other"),)
    polite = heard.act in ("small_talk/thank", "small_talk/greet") and heard.sure >= SURE_OF_TALK
    return (texts.reply(f"utter_{heard.act}"),) if polite and not corrections.agrees(heard.text) else None


def _put_again(draft: Draft, asked: Question, *before: Reply) -> Step:
    """The same question; that it was put again does not count."""
    return Step(draft, (*before, question_reply(draft, asked)), asked)


INTERRUPTING = (
    "faq",
    "small_talk",
    "ask_human",
    "ask_progress",
    "cancel",
    "start_over",
    "hurry",
    "withdraw",
    "book_visit",
    "cancel_visit",
)
# What a button says, or a case's number beside a word: no answer to the form's question either.
INTERRUPTING_BY_HEART = ("rate", "request_review", "confirm_withdrawal", "keep_case")
BY_HEART = 0.999
SURE_OF_TALK = 0.6


def _is_for_others(asked: Question, heard: Heard) -> bool:
    act = heard.act.split("/")[0]
    if act in INTERRUPTING_BY_HEART:
        return heard.sure >= BY_HEART
    if act not in INTERRUPTING:
        return False
    if act == "small_talk":
        return asked is Question.MATTER and heard.reading.no_matter and heard.sure >= SURE_OF_TALK
    return heard.sure >= 0.5


def with_words(draft: Draft, words: str, read: Read) -> Draft:
    """Add to what was said and read it all anew; facts that stand in it need not be asked for."""
    words = words.strip()
    if not words or words in draft.words:
        return draft
    grown = replace(draft, words=(*draft.words, words))
    reading = read(grown.text)
    found = reading.slots
    return replace(
        grown,
        reading=reading_to_json(reading),
        place=draft.place or (found.place or ""),
        phone=draft.phone or (found.phones[0] if found.phones else ""),
        anonymous=draft.anonymous or corrections.wants_anonymity(words),
    )


def next_question(draft: Draft) -> Question:
    """The first thing that is still missing."""
    for question, missing in _MISSING.items():
        if missing(draft) and question.value not in draft.skipped:
            return question
    return Question.CONFIRMATION


def _lacks_matter(draft: Draft) -> bool:
    understood = draft.understood
    if understood is None or len(draft.text) < SHORTEST_MATTER:
        return True
    return understood.no_matter and draft.asked.count(Question.MATTER.value) < ASK_AT_MOST


def _lacks_matters(draft: Draft) -> bool:
    """Two matters in one message are asked about once: one case or two."""
    understood = draft.understood
    return understood is not None and len(understood.matters) > 1 and _not_yet_split(draft)


def _not_yet_split(draft: Draft) -> bool:
    return not draft.whole and Question.MATTERS.value not in draft.asked


def _lacks_kind(draft: Draft) -> bool:
    understood = draft.understood
    if draft.kind or understood is None or _has_been_asked_what(draft) or understood.urgency >= 3:
        return False
    return understood.unsure and max(understood.kind_scores.values(), default=1.0) < UNSURE_KIND


def _lacks_topic(draft: Draft) -> bool:
    understood = draft.understood
    if draft.topic or understood is None or _has_been_asked_what(draft) or understood.urgency >= 3:
        return False
    best = understood.topic_scores.get(understood.topic.level1, 1.0)
    return understood.unsure and not understood.abstain and best < UNSURE_TOPIC and len(_likely_topics(draft)) > 1


def _has_been_asked_what(draft: Draft) -> bool:
    """One question about what was understood is put, not two."""
    return Question.KIND.value in draft.asked or Question.TOPIC.value in draft.asked


def _likely_topics(draft: Draft) -> list[str]:
    """The few topics it may be, likeliest first."""
    scores = draft.understood.topic_scores if draft.understood else {}
    likely = [name for name, score in scores.items() if score >= WORTH_OFFERING]
    return sorted(likely, key=lambda name: -scores[name])[:OFFERED]


def _lacks_place(draft: Draft) -> bool:
    return not draft.place and draft.case_kind in ASKS_PLACE and draft.asked.count("place") < ASK_AT_MOST


def _lacks_contact(draft: Draft) -> bool:
    understood = draft.understood
    if draft.phone or draft.anonymous or draft.case_kind not in ASKS_CONTACT:
        return False
    in_danger = understood is not None and understood.urgency >= 4  # nothing that can wait delays danger
    return not in_danger and draft.asked.count("contact") < ASK_AT_MOST


_MISSING: dict[Question, Callable[[Draft], bool]] = {
    Question.MATTER: _lacks_matter,
    Question.MATTERS: _lacks_matters,
    Question.KIND: _lacks_kind,
    Question.TOPIC: _lacks_topic,
    Question.PLACE: _lacks_place,
    Question.CONTACT: _lacks_contact,
}


def ask_next(draft: Draft, *before: Reply) -> Step:
    """Put the next question, after what is to be said before it."""
    return ask(draft, next_question(draft), *before)


def ask(draft: Draft, question: Question, *before: Reply) -> Step:
    """Put one question."""
    asked = replace(draft, asked=(*draft.asked, question.value)[-12:])
    return Step(asked, (*before, question_reply(asked, question)), question)


def may_be_added(draft: Draft) -> bool:
    """Whether what is told may go to an open case: asked once, never of an accusation, and danger waits for nothing."""
    asked = Question.SAME.value in draft.asked or bool(draft.whole)
    return not asked and not is_urgent(draft) and draft.case_kind is not CaseKind.ACCUSATION


def is_urgent(draft: Draft) -> bool:
    """Whether life is in danger in what is told."""
    return draft.understood is not None and draft.understood.urgency >= Urgency.CRITICAL


def begins(step: Step) -> bool:
    """Whether the first words were just told: they may answer what staff asked."""
    return len(step.draft.words) == 1 and len(step.draft.asked) <= 1


def ask_same(step: Step, known: Known) -> Step:
    """Instead of the step's own question: add to the case that is being handled, or file anew?"""
    draft = replace(step.draft, same=known.case_no, asked=(*step.draft.asked[:-1], Question.SAME.value))
    said = texts.reply(f"utter_question_{known.about}", case_no=known.case_no, case=known.case, next=known.next)
    return Step(draft, (*step.replies[:-1], said), Question.SAME)


def question_reply(draft: Draft, question: Question) -> Reply:
    """The words of a question; the confirmation shows everything that was understood."""
    if question is Question.CONFIRMATION:
        return texts.reply("utter_confirm", **_summary(draft))
    if question is Question.TOPIC:
        return _topic_question(draft)
    if question is Question.SAME:
        return texts.reply("utter_question_same_again", case_no=draft.same)
    if question is Question.MATTERS:
        return texts.reply("utter_question_matters", matters=_titles(draft))
    if question is Question.MATTER and draft.asked.count(Question.MATTER.value) > ASK_AT_MOST:
        return texts.reply("utter_offer_person")
    if question is Question.PLACE and draft.place:
        return texts.reply("utter_question_place_name")
    if question is Question.MATTER and draft.words:
        return texts.reply("utter_question_matter_more")
    if question is Question.MATTER and draft.kind == CaseKind.SUGGESTION.value:
        return texts.reply("utter_question_matter_suggestion")
    return texts.reply(f"utter_question_{question.value}")


def _topic_question(draft: Draft) -> Reply:
    """The likely topics in a citizen's words, and a way out."""
    asked = texts.reply("utter_question_topic")
    plain = map(_plain, _likely_topics(draft))
    choices = tuple(Button(one, texts.text("utter_topic_answer", topic=one)) for one in plain)
    return replace(asked, buttons=(*choices, *asked.buttons))


def _plain(topic: str) -> str:
    """A topic as people would call it; a city's own topic by its name."""
    name = f"utter_topic_{taxonomy().level1.get(topic, '')}"
    return texts.text(name) if name in texts.responses() else topic


def _titles(draft: Draft) -> str:
    parts = draft.understood.matters if draft.understood else ()
    return "\n".join(f"{number}. {part[:SHOWN_PART]}" for number, part in enumerate(parts, start=1))


SHOWN_PART = 40
SHOWN_WORDS = 200
SHORT_ANSWER = 8


def _summary(draft: Draft) -> dict[str, Any]:
    understood = draft.understood
    return {
        "title": understood.title if understood else "",
        "kind": texts.text(f"utter_kind_{draft.case_kind.value}"),
        "topic": understood.topic.level1 if understood else "",
        "place": draft.place or texts.text("utter_place_not_given"),
        "contact": _contact(draft),
        "words": _shortened(draft.text.replace("\n", "；")),
    }


def _contact(draft: Draft) -> str:
    if draft.anonymous:
        return texts.text("utter_contact_anonymous")
    return draft.phone or texts.text("utter_contact_not_given")


def _shortened(words: str) -> str:
    if len(words) <= SHOWN_WORDS:
        return words
    return texts.text("utter_shortened", words=words[:SHOWN_WORDS], count=len(words))


# These offer a choice about what was told; going back is to what was told itself.
_OFFERS = (Question.KIND, Question.TOPIC, Question.MATTERS, Question.SAME)


def _go_back(draft: Draft, asked: Question) -> Step:
    order = [question for question in Question if question not in _OFFERS]
    place = order.index(asked) if asked in order else 1
    before = order[max(place - 1, 0)]
    return ask(_forget(draft, before), before, texts.reply("utter_back"))


def _forget(draft: Draft, question: Question) -> Draft:
    skipped = tuple(name for name in draft.skipped if name != question.value)
    if question is Question.PLACE:
        return replace(draft, place="", skipped=skipped)
    if question is Question.CONTACT:
        return replace(draft, phone="", anonymous=False, skipped=skipped)
    return replace(draft, words=(), reading=None, place="", skipped=skipped)


def _answer_matter(draft: Draft, heard: Heard, read: Read) -> Step:
    if _opens_only(heard) or heard.act in ("affirm", "deny", "skip"):
        return ask(draft, Question.MATTER)
    return ask_next(with_words(draft, heard.text, read))


def _answer_matters(draft: Draft, heard: Heard, read: Read) -> Step:
    """Apart: the most urgent first, the others wait. Together, or no clear answer: one case, and no second asking."""
    chosen = corrections.chosen_parting(heard.text)
    if chosen == "apart" and draft.understood:
        first = _apart(draft, draft.understood.matters, read)
        return ask_next(first, texts.reply("utter_first_matter", title=first.title))
    if chosen or heard.act in ("affirm", "deny", "skip", "done"):
        return ask_next(_together(draft, read))
    return ask_next(with_words(draft, heard.text, read))


def _together(draft: Draft, read: Read) -> Draft:
    """One case of two matters. With an accusation among them it is one: what it tells reaches nobody else (art. 30)."""
    parts = draft.understood.matters if draft.understood else ()
    accuses = any(read(part).kind is CaseKind.ACCUSATION for part in parts)
    return replace(draft, kind=CaseKind.ACCUSATION.value) if accuses else draft


def _apart(draft: Draft, parts: tuple[str, ...], read: Read) -> Draft:
    ordered = sorted(parts, key=lambda part: -read(part).urgency)
    known = replace(draft, whole=draft.text, waiting=tuple(ordered), place="", kind="")
    return next_matter(known, read)


def next_matter(draft: Draft, read: Read) -> Draft:
    """The first of the waiting matters as a draft of its own; phone and anonymity are known already."""
    first, *others = draft.waiting
    fresh = Draft(
        phone=draft.phone,
        anonymous=draft.anonymous,
        skipped=tuple(name for name in draft.skipped if name == Question.CONTACT.value),
        asked=tuple(name for name in draft.asked if name == Question.CONTACT.value),
        whole=draft.whole,
        waiting=tuple(others),
    )
    return with_words(fresh, first, read)


def _answer_kind(draft: Draft, heard: Heard, read: Read) -> Step:
    chosen = corrections.chosen_kind(heard.text)
    if chosen:
        return ask_next(replace(draft, kind=chosen.value))
    return ask_next(with_words(draft, heard.text, read) if heard.act not in ("affirm", "deny", "skip") else draft)


def _answer_topic(draft: Draft, heard: Heard, read: Read) -> Step:
    likely = _likely_topics(draft)
    chosen = corrections.chosen_of(heard.text, [_plain(topic) for topic in likely])
    if chosen:
        return ask_next(replace(draft, topic=likely[chosen - 1]))
    if heard.act in ("affirm", "deny", "skip", "done") or corrections.chooses_none(heard.text):
        return ask_next(draft)
    return ask_next(with_words(draft, heard.text, read))


def _answer_place(draft: Draft, heard: Heard, read: Read) -> Step:
    if heard.act in ("skip", "deny", "anonymous", "done"):
        return ask_next(_skip(draft, Question.PLACE))
    if heard.act == "affirm":
        return ask_next(draft)
    with_phone = replace(draft, phone=draft.phone or _phone(heard))
    said = corrections.bare_place(heard.text)
    if _says_when(said, heard):
        return ask_next(with_words(with_phone, heard.text, read))
    found = heard.reading.slots.place or ""
    if not found and heard.act in TELLING and corrections.tells_trouble(said):
        return ask_next(with_words(with_phone, heard.text, read))
    if len(said) <= corrections.LONGEST_PLACE:
        place = said if found in said and not _phone(heard) else found
        return _ask_name(replace(with_phone, place=_joined(place, draft.place)), found)
    return ask_next(with_words(with_phone, heard.text, read))


def _joined(place: str, spoken: str) -> str:
    """A name that was asked for goes before the words that had none: «金辉小区，东门口两边»."""
    if not spoken:
        return place
    if not corrections.tells_spot(place):
        return spoken
    return f"{place}，{spoken}" if corrections.tells_spot(spoken) and spoken not in place else place


def _ask_name(draft: Draft, found: str) -> Step:
    """Where a place was told without any name («东门口两边») its words are kept and the name is asked for, once."""
    again = draft.asked.count(Question.PLACE.value) >= ASK_AT_MOST
    if not draft.place or found or again or is_urgent(draft) or corrections.names_place(draft.place):
        return ask_next(draft)
    return ask(draft, Question.PLACE)


def _says_when(said: str, heard: Heard) -> bool:
    """«三天了» is no place."""
    return not heard.reading.slots.place and any(len(time) >= len(said) - 1 for time in heard.reading.slots.times)


def _answer_contact(draft: Draft, heard: Heard, read: Read) -> Step:
    phone = _phone(heard)
    if phone:
        return ask_next(replace(draft, phone=phone, anonymous=False))
    if heard.act == "anonymous":
        return ask_next(replace(draft, anonymous=True))
    if corrections.looks_like_phone(heard.text):
        return _bad_phone(draft)
    place = corrections.named_place(heard.text, heard.reading.slots.place)
    if place and not draft.place:
        return ask_next(replace(draft, place=place))
    if place and heard.act == "correct":
        return _correct(draft, heard, read)
    if place and corrections.is_finer(place, draft.place):  # «准格尔旗», then «薛家湾镇»
        return ask_next(replace(draft, place=place if draft.place in place else draft.place + place))
    if place and corrections.is_around(place, draft.place):  # «建设路», then «东胜区天骄街道»
        return ask_next(replace(draft, place=place + draft.place))
    short = len(heard.text) <= SHORT_ANSWER and not (heard.act in TELLING and corrections.tells_trouble(heard.text))
    if heard.act in ("skip", "deny", "done", "affirm") or short:
        return ask_next(_skip(draft, Question.CONTACT))
    return ask_next(with_words(draft, heard.text, read))


def _bad_phone(draft: Draft) -> Step:
    if draft.asked.count(Question.CONTACT.value) >= ASK_AT_MOST:
        return ask_next(_skip(draft, Question.CONTACT))
    asked = replace(draft, asked=(*draft.asked, Question.CONTACT.value))
    return Step(asked, (texts.reply("utter_bad_phone"),), Question.CONTACT)


def _answer_same(draft: Draft, heard: Heard, read: Read) -> Step:
    """Added only when the citizen says so; what is unclear twice is filed anew, so that nothing is lost in an old
    case."""
    if corrections.wants_adding(heard.text):
        return Step(replace(draft, adds=True), (), None)
    if heard.act == "affirm" and draft.asked.count(Question.SAME.value) < ASK_AT_MOST:  # «是的»: which of the two?
        return ask(draft, Question.SAME)
    if corrections.wants_anew(heard.text) or heard.act in ("affirm", "deny", "skip", "done"):
        return ask_next(draft)
    grown = with_words(draft, heard.text, read)
    first = draft.asked.count(Question.SAME.value) < ASK_AT_MOST and not is_urgent(grown)
    return ask(grown, Question.SAME) if first else ask_next(grown)


def _answer_confirmation(draft: Draft, heard: Heard, read: Read) -> Step:
    agrees = heard.act in ("affirm", "done") or corrections.agrees(heard.text)
    if agrees and not corrections.has_content(heard.text):
        return Step(draft, (), None)
    wanted = corrections.wanted_change(heard.text)
    if heard.act in ("deny", "done", "skip") and corrections.has_nothing(heard.text):
        return _put_again(draft, Question.CONFIRMATION)
    if heard.act == "skip" and len(heard.text) <= SHORT_ANSWER:
        return ask(draft, Question.CONFIRMATION)
    if wanted == "any" or (heard.act == "deny" and not corrections.has_content(heard.text)):
        return Step(draft, (texts.reply("utter_what_to_change"),), Question.CONFIRMATION)
    if wanted:
        question = Question(wanted)
        return Step(_forget(draft, question), (texts.reply(f"utter_question_new_{wanted}"),), question)
    if heard.act == "anonymous":
        return ask_next(replace(draft, anonymous=True, phone=""), texts.reply("utter_understood_correction"))
    return _correct(draft, heard, read)


def _correct(draft: Draft, heard: Heard, read: Read) -> Step:
    """A correction names the new value; whatever is no phone and no place is more of the matter."""
    phone, place = _phone(heard), corrections.corrected_place(draft.place, heard.text, heard.reading.slots.place)
    done = texts.reply("utter_understood_correction")
    if phone:
        return ask_next(replace(draft, phone=phone, anonymous=False), done)
    if place and heard.act in ("correct", "deny", "affirm", "inform/place"):
        return ask_next(replace(draft, place=place), done)
    return ask_next(with_words(draft, heard.text, read), texts.reply("utter_noted"))


def _skip(draft: Draft, question: Question) -> Draft:
    return replace(draft, skipped=(*draft.skipped, question.value))


def _phone(heard: Heard) -> str:
    return heard.reading.slots.phones[0] if heard.reading.slots.phones else ""


_ANSWERS: dict[Question, Callable[[Draft, Heard, Read], Step]] = {
    Question.MATTER: _answer_matter,
    Question.MATTERS: _answer_matters,
    Question.KIND: _answer_kind,
    Question.TOPIC: _answer_topic,
    Question.PLACE: _answer_place,
    Question.CONTACT: _answer_contact,
    Question.SAME: _answer_same,
    Question.CONFIRMATION: _answer_confirmation,
}
