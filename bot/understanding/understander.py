"""Message → Reading: the one door to understanding. Never raises on what a citizen writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.domain.reading import CaseKind, Reading, Reason, Slots, Topic, Urgency
from bot.understanding import store
from bot.understanding.danger import Pressure, pressure
from bot.understanding.facts import find_facts
from bot.understanding.facts.place.coordinates import words_of
from bot.understanding.features import Words, blocks_of, cut, headline_of
from bot.understanding.judging import Judges, Scores, likeliest_under, shares_of
from bot.understanding.matters import cuts_between_sentences, split_turns
from bot.understanding.meaning import SentenceVectors, sentence_vectors
from bot.understanding.normalise import CleanText, clean, is_chinese, letters_beside, script_of
from bot.understanding.reasons import Told
from bot.understanding.rows import CRITICAL, KINDS, NO_MATTER, Progress, Row, silent
from bot.understanding.taxonomy import Taxonomy, taxonomy
from bot.understanding.title import make_title
from bot.understanding.urgency import SafetyLayer, safety_layer
from bot.understanding.windows import LONG

# Below these the model does not trust itself; chosen on messages of unseen writers, see tests/benchmarks/understanding.
TRUST_TOPIC = 0.35
TRUST_KIND = 0.40
SEEN_AS_NO_MATTER = 0.18
# Nobody writes so much about nothing: a long message is taken for none of our business only when that is likelier.
LONG_BUT_NOTHING = 0.60
# Nor is a message about nothing whose topic is so plain («wifi很慢»): there, too, none must be likelier.
PLAIN_TOPIC, PLAIN_BUT_NOTHING = 0.97, 0.50
# So little on every topic that filing it anywhere would be a guess.
HOPELESS = 0.10
# Two matters: how sure both topics must be where somebody passes over with a word, and where nobody does.
SURE_AFTER_TURN, SURE_WITHOUT_TURN, LONGEST_OF_TWO = 0.5, 0.9, 600
# So many words of a foreign script are somebody's message, not a stray name or keys struck by a child.
FEWEST_WORDS = {"latin": 3, "cyrillic": 2, "mongolian": 1, "other": 1}
# Beside Chinese a few words of Latin are names and brands, as advertisements have them.
FEWEST_WORDS_BESIDE = {**FEWEST_WORDS, "latin": 5}
_NO_WORDS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\S*\d\S*")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Phones and the like beside a few words make them look like an advertisement.
_LONG_NUMBER = re.compile(r"[\dxX][\dxX\s-]{5,}|[〇零一二三四五六七八九幺]{7,}")


def _foreign_beside(text: str) -> str:
    """The script of a sentence that stands around some Chinese, as a place or a greeting is; empty if there is none."""
    rest = "".join(" " if is_chinese(character) else character for character in _NO_WORDS.sub(" ", text))
    script = script_of(rest)
    return script if len(_WORD.findall(rest)) >= FEWEST_WORDS_BESIDE.get(script, len(rest) + 1) else ""


class Understander:
    """Judges of kind, topic, level 2 and urgency, with the facts and the safety layer beside them."""

    def __init__(
        self, model: store.Model, meaning: SentenceVectors | None, safety: SafetyLayer, topics: Taxonomy
    ) -> None:
        self.model, self.meaning, self.safety, self.taxonomy = model, meaning, safety, topics
        self._judges = Judges(model, meaning)
        own = self._judges["topic"].classes
        self.topic_names = topics.names if set(own) <= set(topics.names) else own

    @classmethod
    def load(cls, directory: Path) -> Understander:
        """Read a model directory; a BadInput says what is wrong with it."""
        understander = cls(store.load(directory), sentence_vectors(), safety_layer(), taxonomy())
        understander.read("小区停水三天了，没人管")
        if understander.meaning is not None:
            understander.meaning.encode("先热一热")
        return understander

    @staticmethod
    def train(rows: Sequence[Row], directory: Path, progress: Progress = silent) -> None:
        """Train all judges on the project's own sentences and write the model to a directory."""
        from bot.understanding.training import train_model

        store.save(train_model(rows, sentence_vectors(), progress), directory)

    def read(self, text: str, *, subject: str = "") -> Reading:
        """Understand one message."""
        whole = clean(f"{subject}\n{text}" if subject.strip() else text)
        if whole.script in {*FEWEST_WORDS, "none"}:
            return self._unread(whole)
        words = cut(whole.text)
        judged = self._judges.judge(whole.text, blocks_of(whole.text, words), headline_of(whole.text))
        reading = self._reading(whole, words, judged, find_facts(whole, words), subject)
        said = letters_beside(whole.text, [words_of(reading.slots.place, whole.text)])
        is_silent = reading.no_matter or not any(map(is_chinese, said))
        foreign = _foreign_beside(whole.text) if is_silent else ""
        return self._unread(replace(whole, script=foreign)) if foreign else reading

    def read_many(self, texts: Iterable[str]) -> Iterator[Reading]:
        """Understand messages one after the other."""
        return (self.read(text) for text in texts)

    def _reading(
        self, whole: CleanText, words: Words, judged: dict[str, Scores], slots: Slots, subject: str
    ) -> Reading:
        kinds = shares_of(judged["kind"], KINDS)
        kind = CaseKind(max(kinds, key=lambda name: kinds[name]))
        topic, topic_scores = self._topic(judged)
        alarms = self.safety.alarms(whole.text)
        pressed = pressure(self._judges, judged, kinds, alarms, whole.text, slots, self.safety.lasts)
        no_matter = pressed.level < Urgency.URGENT and self._is_nothing(whole.text, judged, slots)
        unsure = topic_scores[topic.level1] < TRUST_TOPIC or kinds[kind.value] < TRUST_KIND
        return Reading(
            kind=kind,
            kind_scores=kinds,
            topic=topic,
            topic_scores=topic_scores,
            urgency=Urgency.LOW if no_matter else pressed.level,
            urgency_scores=pressed.scores,
            slots=slots,
            title="" if no_matter else self._title(whole.text, subject, slots, topic),
            abstain=no_matter or (topic_scores[topic.level1] < HOPELESS and not alarms),
            no_matter=no_matter,
            script=whole.script,
            reasons=(
                (Reason("abstain", (), "没有看出要办的事"),)
                if no_matter
                else (
                    *self._carried(words, {"kind": kind.value, "topic": topic.level1}, pressed, slots.place or ""),
                    *(Reason("urgency", (alarm.words,), alarm.why) for alarm in alarms),
                    *((Reason("abstain", (), "把握不够，需要问一句"),) if unsure else ()),
                )
            ),
            matters=() if no_matter else self._matters(whole.text),
            unsure=unsure and not no_matter,
            key_field=None if no_matter else self.taxonomy.key_field(whole.text, topic),
        )

    def _is_nothing(self, text: str, judged: Mapping[str, Scores], slots: Slots) -> bool:
        """Whether there is no matter; a few words beside a phone are judged again without it."""
        enough = _enough_for_nothing(text, judged["topic"])
        if judged["kind"].as_dict().get(NO_MATTER, 0.0) < enough:
            return False
        words = _LONG_NUMBER.sub(" ", text).strip(" ，,。.;；")
        if not (slots.phones or slots.ids) or not _WORD.search(letters_beside(words, [words_of(slots.place, words)])):
            return True
        return self._judges.judge(words)["kind"].as_dict().get(NO_MATTER, 0.0) >= enough

    def _topic(self, judged: Mapping[str, Scores]) -> tuple[Topic, dict[str, float]]:
        values = judged["topic"].as_dict()
        best = judged["topic"].best
        scores = {name: values.get(name, 0.0) for name in self.topic_names}
        return self.taxonomy.topic(best, likeliest_under(judged.get("level2"), best)), scores

    def _title(self, text: str, subject: str, slots: Slots, topic: Topic) -> str:
        return make_title(text, subject=clean(subject).text if subject else "", place=slots.place, topic=topic.level1)

    def _matters(self, text: str) -> tuple[str, ...]:
        """Two parts with different topics, each judged with confidence, are two matters."""
        if len(text) > LONGEST_OF_TWO:
            return ()
        parts = split_turns(text)
        if len(parts) > 1:
            seen: dict[str, str] = {}
            for part in parts[:4]:
                scores = self._judges.judge(part)["topic"]
                if scores.confidence >= SURE_AFTER_TURN:
                    seen.setdefault(scores.best, part)
            if len(seen) > 1:
                return tuple(seen.values())
        return self._two_without_turn(text)

    def _two_without_turn(self, text: str) -> tuple[str, ...]:
        """Nobody said «另外»: the cut with the surest pair of different topics, if both are sure enough."""
        best: float = SURE_WITHOUT_TURN
        parts: tuple[str, ...] = ()
        for pair in cuts_between_sentences(text):
            short, long = sorted(pair, key=len)
            first = self._judges.by_words("topic", short)
            if first.confidence < best:  # the cheap half first: most cuts end here
                continue
            second = self._judges.by_words("topic", long)
            if second.confidence >= best and first.best != second.best:
                best, parts = min(first.confidence, second.confidence), pair
        return parts

    def _carried(self, words: Words, chosen: Mapping[str, str], pressed: Pressure, place: str) -> Iterator[Reason]:
        """The words that carried each judgement, of the judge that gave it; of a danger in passing, from its window."""
        told: dict[int, Told] = {}
        for name, value in chosen.items():
            yield from self._told(name, name, value, words, place, told)
        if pressed.judge == "kind":
            yield Reason("urgency", (), "咨询、建议、表扬一类，没有看出眼前的险情或急难")
        elif pressed.judge:
            level = CRITICAL if pressed.judge == "critical" else str(int(pressed.level))
            here, told = (cut(pressed.window), {}) if pressed.window else (words, told)
            yield from self._told("urgency", pressed.judge, level, here, place, told)

    def _told(
        self, about: str, judge: str, chosen: str, words: Words, place: str, told: dict[int, Told]
    ) -> Iterator[Reason]:
        vocabulary = self._judges.vocabulary(judge)
        if id(vocabulary) not in told:
            told[id(vocabulary)] = Told.prepare(words, vocabulary, place)
        carrying = told[id(vocabulary)].carrying(self._judges[judge], chosen, everyday=judge == "kind")
        if carrying:
            yield Reason(about, carrying)

    def _unread(self, whole: CleanText) -> Reading:
        """No Chinese to read: a foreign script goes to a person; nothing at all is no matter."""
        topics = {name: 1 / len(self.topic_names) for name in self.topic_names}
        fewest = FEWEST_WORDS.get(whole.script, 0)
        foreign = fewest > 0 and len(_WORD.findall(_NO_WORDS.sub(" ", whole.text))) >= fewest
        return Reading(
            kind=CaseKind.CLAIM,
            kind_scores={name: 1 / len(KINDS) for name in KINDS},
            topic=self.taxonomy.topic(self.topic_names[0]),
            topic_scores=topics,
            urgency=Urgency.NORMAL if foreign else Urgency.LOW,
            urgency_scores={str(level): 0.25 for level in range(1, 5)},
            slots=find_facts(whole, cut(whole.text)),
            title="外文来信" if foreign else "",
            abstain=True,
            no_matter=not foreign,
            script=whole.script,
            unsure=foreign,
            reasons=(Reason("abstain", (), "不是汉语，请人工接待" if foreign else "没有看出要办的事"),),
        )


def _enough_for_nothing(text: str, topic: Scores) -> float:
    """How likely it must be that a message brings no matter."""
    if len(text) > LONG:
        return LONG_BUT_NOTHING
    return PLAIN_BUT_NOTHING if topic.confidence >= PLAIN_TOPIC else SEEN_AS_NO_MATTER
