"""Scores, signs and windows → how urgent a message is, and which judge said so over which words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.reading import CaseKind, Slots, Urgency
from bot.understanding.facts.place.coordinates import words_of
from bot.understanding.judging import Judges, Scores
from bot.understanding.normalise import letters_beside
from bot.understanding.rows import CRITICAL, PRESSING
from bot.understanding.urgency import Alarm
from bot.understanding.windows import windows

# Critical is acted on from this probability on: to miss a danger costs more than to look once too often.
ACT_ON_CRITICAL = 0.11
# So few characters hold few words that tell: without a sign, one of them («没人接») is not enough.
SHORT, ACT_ON_SHORT = 20, 0.30
# «太慢了» has no word that tells; what is a danger in so few («着火了») is a sign.
TINY, ACT_ON_TINY = 6, 0.80
# Who tells at such length tells of much: one of many words sounds like a danger by chance.
TOLD_AT_LENGTH, ACT_ON_LENGTH = 120, 0.16
# A long message that is at least so likely to hold a danger is looked through window by window; the best of many
# windows is by chance likelier than a message, hence so much less in log-odds. Chosen on training rows of other hands.
WORTH_LOOKING_THROUGH, BEST_OF_MANY = 0.02, 1.5
# A sign of mortal danger makes one so many times as likely; below this it is still urgent, but a figure of speech.
ODDS_OF_SIGN = 12.0
# Who thanks a rescuer tells of a danger that is over: the odds of one are so many times less.
ODDS_OF_PRAISE = 1 / 6
# So are those of what has been broken for weeks: of 153 such messages none of the 1,014 dangers was one.
ODDS_OF_LASTING = 1 / 8
# Beside a place and phones so many characters are still no story («在»); two can hold a danger («着火», «救命»).
LEFT_OVER = 1
# These only say whose the place or the phone is.
_LEADS_TO_FACT = re.compile(r"我|的|是|在|住|联系|电话|手机|号码|号")


@dataclass(frozen=True)
class Pressure:
    """How urgent, how likely each level is, and which judge said so (none: signs alone), of which window if of one."""

    level: Urgency
    scores: dict[str, float]
    judge: str
    window: str = ""


def pressure(
    judges: Judges,
    judged: Mapping[str, Scores],
    kinds: Mapping[str, float],
    alarms: tuple[Alarm, ...],
    text: str,
    slots: Slots,
    lasts: Callable[[str], bool],
) -> Pressure:
    """Low for what only asks, proposes or praises, else learned; danger is judged by itself; alarms raise.

    What tells of nothing holds no danger: dangers are often told with an address, but an address is none. `lasts` says
    whether words tell of what has gone on for weeks.
    """
    values = {str(level): 0.0 for level in range(1, 5)}
    share = sum(kinds[name] for name in PRESSING)
    values |= {level: value * share for level, value in judged["urgency"].as_dict().items()}
    values["1"] += 1 - share
    learned, window = _learned_danger(judges, judged, values, text)
    tells = bool(alarms) or not is_only_facts(text, slots)
    values = with_danger(values, danger_of(learned, kinds, alarms, lasts(window or text)) if tells else 0.0)
    level = likeliest(values, ACT_ON_CRITICAL if _shows_danger(alarms) else least_without_sign(text))
    raised = min(alarms[0].level, Urgency.URGENT) if alarms else level
    if raised > level:
        return Pressure(raised, _raised(values, raised), "")
    return Pressure(level, values, _judge_of(level, share, judges), window if level is Urgency.CRITICAL else "")


def least_without_sign(text: str) -> float:
    """How likely a danger must be that no sign shows."""
    if len(text) <= TINY:
        return ACT_ON_TINY
    if len(text) <= SHORT:
        return ACT_ON_SHORT
    return ACT_ON_LENGTH if len(text) > TOLD_AT_LENGTH else ACT_ON_CRITICAL


def _judge_of(level: Urgency, pressing: float, judges: Judges) -> str:
    if level is Urgency.CRITICAL:
        return "critical" if "critical" in judges else "urgency"
    learned = str(int(level)) in judges["urgency"].classes
    return "kind" if level is Urgency.LOW and not (learned and pressing >= 0.5) else "urgency"


def _learned_danger(
    judges: Judges, judged: Mapping[str, Scores], values: Mapping[str, float], text: str
) -> tuple[float, str]:
    """The probability of danger to life, and the window that holds it. Older models know it as level 4 alone.

    The likeliest window of a long message may raise it; it is never lowered.
    """
    if "critical" not in judged:
        return values["4"], ""
    whole = judged["critical"].as_dict()[CRITICAL]
    if whole < WORTH_LOOKING_THROUGH:
        return whole, ""
    by_words = {window: judges.by_words("critical", window).as_dict()[CRITICAL] for window in windows(text)}
    if not by_words:
        return whole, ""
    window = max(by_words, key=lambda one: by_words[one])
    danger = times_odds(judges.judge(window)["critical"].as_dict()[CRITICAL], math.exp(-BEST_OF_MANY))
    return (danger, window) if danger > whole else (whole, "")


def danger_of(learned: float, kinds: Mapping[str, float], alarms: tuple[Alarm, ...], lasts: bool = False) -> float:
    """A sign of danger multiplies its odds; praise divides them, and so does what has gone on for weeks without one."""
    odds = ODDS_OF_PRAISE ** kinds.get(CaseKind.PRAISE.value, 0.0)
    if _shows_danger(alarms):
        odds *= ODDS_OF_SIGN
    elif lasts:
        odds *= ODDS_OF_LASTING
    return times_odds(learned, odds)


def _shows_danger(alarms: tuple[Alarm, ...]) -> bool:
    return bool(alarms) and alarms[0].level is Urgency.CRITICAL


def times_odds(probability: float, times: float) -> float:
    """A probability with so many times its odds."""
    odds = times * probability / max(1e-9, 1 - probability)
    return odds / (1 + odds)


def is_only_facts(text: str, slots: Slots) -> bool:
    """Whether a place or phones are all that was said: the answer to a question, not a story."""
    if not (slots.place or slots.phones):
        return False
    place = words_of(slots.place, text)
    beside = letters_beside(text, (place,) if place else ())
    return len(_LEADS_TO_FACT.sub("", beside)) <= LEFT_OVER


def with_danger(values: Mapping[str, float], danger: float) -> dict[str, float]:
    """Level 4 as judged by itself, the other levels sharing the rest as they did."""
    rest = sum(value for level, value in values.items() if level != "4") or 1.0
    return {level: danger if level == "4" else value / rest * (1 - danger) for level, value in values.items()}


def likeliest(values: Mapping[str, float], least: float = ACT_ON_CRITICAL) -> Urgency:
    """The level to act on: critical from the probability `least` on, else the likeliest other."""
    if values["4"] >= least:
        return Urgency.CRITICAL
    return Urgency(int(max("123", key=lambda level: values[level])))


def _raised(values: Mapping[str, float], level: Urgency) -> dict[str, float]:
    """Three quarters of what lay below goes to the level of the alarm."""
    kept = {name: value * 0.25 if int(name) < level else value for name, value in values.items()}
    kept[str(int(level))] += 1 - sum(kept.values())
    return kept
