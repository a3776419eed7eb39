"""Message → Reading: the one door to understanding. Never raises on what a citizen writes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.domain.reading import CaseKind, Reading, Reason, Slots, Topic, Urgency
from bot.understanding import store
from bot.understanding.classifiers import Floats, Judge
from bot.understanding.facts import find_facts
from bot.understanding.features import Keys, Vector, Words, blocks_of, cut, headline_of
from bot.understanding.matters import cuts_between_sentences, split_turns
from bot.understanding.meaning import SentenceVectors, sentence_vectors
from bot.understanding.normalise import CleanText, clean
from bot.understanding.reasons import carrying_words
from bot.understanding.rows import CRITICAL, KINDS, NO_MATTER, PRESSING, Progress, Row, silent
from bot.understanding.taxonomy import Taxonomy, taxonomy
from bot.understanding.title import make_title
from bot.understanding.urgency import Alarm, SafetyLayer, safety_layer
from bot.understanding.windows import LONG, windows

# Below these the model does not trust itself; chosen on messages of unseen writers, see tests/benchmarks/understanding.
TRUST_TOPIC = 0.35
TRUST_KIND = 0.40
SEEN_AS_NO_MATTER = 0.30
# Nobody writes so much about nothing: a long message is taken for none of our business only when that is likelier.
LONG_BUT_NOTHING = 0.60
# So little on every topic that filing it anywhere would be a guess.
HOPELESS = 0.10
# A judgement at least so sure is not read a second time by meaning: so half of the messages are spared the time.
SURE = {"topic": 0.42, "kind": 0.55, "urgency": 0.58, "critical": 0.93}
# Between these a message may be none of our business: meaning tells better than words whether there is a matter.
MAYBE_NOTHING = (0.04, 0.90)
# What a letter wants stands in its subject; what it is about, in the whole of it.
TOLD_BY_HEADLINE = ("kind",)
# Two matters: how sure both topics must be where somebody passes over with a word, and where nobody does.
SURE_AFTER_TURN, SURE_WITHOUT_TURN, LONGEST_OF_TWO = 0.5, 0.9, 600
# Critical is acted on from this probability on: to miss a danger costs more than to look once too often.
ACT_ON_CRITICAL = 0.21
# A long message that is at least so likely to hold a danger is looked through window by window; the best of many
# windows is by chance likelier than a message, hence so much less in log-odds. Chosen on training rows of other hands.
WORTH_LOOKING_THROUGH, BEST_OF_MANY = 0.02, 1.5
# A sign of mortal danger makes one so many times as likely; below this it is still urgent, but a figure of speech.
ODDS_OF_SIGN = 12.0
# Beside a place and phones so many characters are still no story («在»); two can hold a danger («着火», «救命»).
LEFT_OVER = 1
_SAYS_NOTHING = re.compile(r"[\W\d_]+")
_WORDS = re.compile(r"[A-Za-zА-Яа-яЁёӨөҮү]{2,}")


@dataclass(frozen=True)
class Scores:
    """Classes and probabilities of one judgement."""

    judge: Judge
    vector: Vector
    values: Floats

    @property
    def best(self) -> str:
        """The likeliest class."""
        return self.judge.classes[int(np.argmax(self.values))]

    @property
    def confidence(self) -> float:
        """The probability of the likeliest class."""
        return float(self.values.max())

    def as_dict(self) -> dict[str, float]:
        """Class → probability."""
        return {name: float(value) for name, value in zip(self.judge.classes, self.values, strict=False)}

    def with_danger(self, danger: float) -> Scores:
        """The judge of danger's scores with another probability."""
        values = np.array([danger if name == CRITICAL else 1 - danger for name in self.judge.classes], np.float32)
        return Scores(self.judge, self.vector, values)


class Understander:
    """Judges of kind, topic, level 2 and urgency, with the facts and the safety layer beside them."""

    def __init__(
        self, model: store.Model, meaning: SentenceVectors | None, safety: SafetyLayer, topics: Taxonomy
    ) -> None:
        self.model, self.meaning, self.safety, self.taxonomy = model, meaning, safety, topics
        self._benches = {name: bench for bench in reversed(model.benches) for name in bench.judges}
        own = self._benches["topic"].judges["topic"].classes
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
        if whole.script in {"mongolian", "cyrillic", "latin", "other", "none"}:
            return self._unread(whole)
        words = cut(whole.text)
        document = blocks_of(whole.text, words)
        judged = self._judge(whole.text, document, headline_of(whole.text))
        judged |= self._danger_in_passing(whole.text, judged)
        slots = find_facts(whole, words)
        return self._reading(whole, words, judged, slots, subject)

    def read_many(self, texts: Iterable[str]) -> Iterator[Reading]:
        """Understand messages one after the other."""
        return (self.read(text) for text in texts)

    def _judge(self, text: str, document: tuple[Keys, ...], headline: str = "") -> dict[str, Scores]:
        top = blocks_of(headline, cut(headline)) if headline else None
        judged = self._scores(document, None, self._benches, top)
        unsure = [name for name in SURE if self._is_unsure(judged[name])]
        if unsure and self.meaning is not None:
            judged |= self._scores(document, self.meaning.encode(text), [*unsure, "level2"], top)
        return judged

    def _danger_in_passing(self, text: str, judged: dict[str, Scores]) -> dict[str, Scores]:
        """The judgement of danger raised to that of the likeliest window of a long message; it is never lowered."""
        whole = judged.get("critical")
        if whole is None or whole.as_dict()[CRITICAL] < WORTH_LOOKING_THROUGH:
            return {}
        likeliest, best = "", 0.0
        for window in windows(text):
            danger = self._scores(blocks_of(window, cut(window)), None, ["critical"])["critical"].as_dict()[CRITICAL]
            likeliest, best = (window, danger) if danger > best else (likeliest, best)
        if not likeliest:
            return {}
        judged_alone = self._judge(likeliest, blocks_of(likeliest, cut(likeliest)))["critical"].as_dict()[CRITICAL]
        danger = _less(judged_alone, BEST_OF_MANY)
        return {"critical": whole.with_danger(danger)} if danger > whole.as_dict()[CRITICAL] else {}

    def _is_unsure(self, scores: Scores) -> bool:
        if not scores.judge.wants_meaning:
            return False
        least, most = MAYBE_NOTHING
        return scores.confidence < SURE[scores.judge.name] or least < scores.as_dict().get(NO_MATTER, 0.0) < most

    def _scores(
        self,
        document: tuple[Keys, ...],
        meaning: Floats | None,
        names: Iterable[str],
        headline: tuple[Keys, ...] | None = None,
    ) -> dict[str, Scores]:
        vectors: dict[int, Vector] = {}
        judged: dict[str, Scores] = {}
        for name in names:
            bench = self._benches.get(name)
            if bench is None:
                continue
            if id(bench) not in vectors:  # judges of one bench look at one vector
                vectors[id(bench)] = bench.vocabulary.vector(document)
            vector, judge = vectors[id(bench)], bench.judges[name]
            top = bench.vocabulary.vector(headline) if headline and name in TOLD_BY_HEADLINE else None
            judged[name] = Scores(judge, vector, judge.scores(vector, meaning, top))
        return judged

    def _reading(
        self, whole: CleanText, words: Words, judged: dict[str, Scores], slots: Slots, subject: str
    ) -> Reading:
        kind, kind_scores, nothing = self._kind(judged["kind"])
        topic, topic_scores = self._topic(judged)
        alarms = self.safety.alarms(whole.text)
        urgency, urgency_scores = self._urgency(
            judged, kind_scores, alarms, tells=not _is_only_facts(whole.text, slots)
        )
        enough = LONG_BUT_NOTHING if len(whole.text) > LONG else SEEN_AS_NO_MATTER
        no_matter = nothing >= enough and urgency < Urgency.URGENT
        unsure = topic_scores[topic.level1] < TRUST_TOPIC or kind_scores[kind.value] < TRUST_KIND
        return Reading(
            kind=kind,
            kind_scores=kind_scores,
            topic=topic,
            topic_scores=topic_scores,
            urgency=Urgency.LOW if no_matter else urgency,
            urgency_scores=urgency_scores,
            slots=slots,
            title="" if no_matter else self._title(whole.text, subject, slots, topic),
            abstain=no_matter or (topic_scores[topic.level1] < HOPELESS and not alarms),
            no_matter=no_matter,
            script=whole.script,
            reasons=self._reasons(words, judged, alarms, unsure, no_matter),
            matters=() if no_matter else self._matters(whole.text),
            unsure=unsure and not no_matter,
            key_field=None if no_matter else self.taxonomy.key_field(whole.text, topic),
        )

    def _kind(self, scores: Scores) -> tuple[CaseKind, dict[str, float], float]:
        values = scores.as_dict()
        nothing = values.get(NO_MATTER, 0.0)
        kinds = {name: values.get(name, 0.0) + 1e-9 for name in KINDS}
        total = sum(kinds.values())
        shares = {name: value / total for name, value in kinds.items()}
        return CaseKind(max(shares, key=lambda name: shares[name])), shares, nothing

    def _topic(self, judged: dict[str, Scores]) -> tuple[Topic, dict[str, float]]:
        values = judged["topic"].as_dict()
        scores = {name: values.get(name, 0.0) for name in self.topic_names}
        best = judged["topic"].best
        return self.taxonomy.topic(best, self._level2(judged.get("level2"), best)), scores

    def _level2(self, scores: Scores | None, level1: str) -> str:
        """The likeliest second level under a first level that has been chosen."""
        if scores is None:
            return ""
        under = {name: value for name, value in scores.as_dict().items() if name.startswith(f"{level1}/")}
        return max(under, key=lambda name: under[name]).partition("/")[2] if under else ""

    def _urgency(
        self, judged: dict[str, Scores], kinds: dict[str, float], alarms: tuple[Alarm, ...], *, tells: bool
    ) -> tuple[Urgency, dict[str, float]]:
        """Low for what only asks, proposes or praises, else learned; danger is judged by itself; alarms raise.

        What `tells` of nothing holds no danger: dangers are often told with an address, but an address is none.
        """
        pressing = sum(kinds[name] for name in PRESSING)
        values = {str(level): 0.0 for level in range(1, 5)}
        values |= {level: value * pressing for level, value in judged["urgency"].as_dict().items()}
        values["1"] += 1 - pressing
        values = _with_danger(values, _danger(judged, values, alarms) if tells or alarms else 0.0)
        learned = _likeliest(values)
        raised = min(alarms[0].level, Urgency.URGENT) if alarms else learned
        return (raised, _raised(values, raised)) if raised > learned else (learned, values)

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
                scores = self._judge(part, blocks_of(part, cut(part)))["topic"]
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
            first, second = (self._topic_by_words(part) for part in pair)
            sure = min(first.confidence, second.confidence)
            if first.best != second.best and sure >= best:
                best, parts = sure, pair
        return parts

    def _topic_by_words(self, text: str) -> Scores:
        return self._scores(blocks_of(text, cut(text)), None, ["topic"])["topic"]

    def _reasons(
        self, words: Words, judged: dict[str, Scores], alarms: tuple[Alarm, ...], unsure: bool, no_matter: bool
    ) -> tuple[Reason, ...]:
        reasons = [
            Reason(name, carrying_words(words, judged[name].judge, self._benches[name].vocabulary, judged[name].best))
            for name in ("kind", "topic", "urgency")
        ]
        reasons += [Reason("urgency", (alarm.words,), alarm.why) for alarm in alarms]
        if no_matter:
            reasons.append(Reason("abstain", (), "没有看出要办的事"))
        elif unsure:
            reasons.append(Reason("abstain", (), "把握不够，需要问一句"))
        return tuple(reason for reason in reasons if reason.words or reason.note)

    def _unread(self, whole: CleanText) -> Reading:
        """No Chinese to read: a foreign script goes to a person; nothing at all is no matter."""
        topics = {name: 1 / len(self.topic_names) for name in self.topic_names}
        foreign = whole.script == "mongolian" or len(_WORDS.findall(whole.text)) >= 3
        note = "没有文字" if whole.script == "none" else "不是汉语，请人工接待"
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
            reasons=(Reason("abstain", (), note),),
        )


def _is_only_facts(text: str, slots: Slots) -> bool:
    """Whether a place or phones are all that was said: the answer to a question, not a story."""
    if not (slots.place or slots.phones):
        return False
    rest = text.replace(slots.place, "") if slots.place else text
    return len(_SAYS_NOTHING.sub("", rest)) <= LEFT_OVER


def _danger(judged: dict[str, Scores], values: dict[str, float], alarms: tuple[Alarm, ...]) -> float:
    """The probability of danger to life; a sign of it multiplies the odds. Older models know it as level 4 alone."""
    learned = judged["critical"].as_dict()[CRITICAL] if "critical" in judged else values["4"]
    if not alarms or alarms[0].level < Urgency.CRITICAL:
        return learned
    odds = ODDS_OF_SIGN * learned / max(1e-9, 1 - learned)
    return odds / (1 + odds)


def _less(probability: float, by: float) -> float:
    """A probability with so much less in log-odds."""
    odds = probability / max(1e-9, 1 - probability) * math.exp(-by)
    return odds / (1 + odds)


def _with_danger(values: dict[str, float], danger: float) -> dict[str, float]:
    """Level 4 as judged by itself, the other levels sharing the rest as they did."""
    rest = sum(value for level, value in values.items() if level != "4") or 1.0
    return {level: danger if level == "4" else value / rest * (1 - danger) for level, value in values.items()}


def _likeliest(values: dict[str, float]) -> Urgency:
    """The level to act on."""
    if values["4"] >= ACT_ON_CRITICAL:
        return Urgency.CRITICAL
    return Urgency(int(max("123", key=lambda level: values[level])))


def _raised(values: dict[str, float], level: Urgency) -> dict[str, float]:
    """Three quarters of what lay below goes to the level of the alarm."""
    kept = {name: value * 0.25 if int(name) < level else value for name, value in values.items()}
    kept[str(int(level))] += 1 - sum(kept.values())
    return kept
