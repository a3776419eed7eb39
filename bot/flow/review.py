"""申请复查: what a message says of why. Pure: no I/O, no Rasa."""

from __future__ import annotations

import re

from bot.flow import corrections
from bot.understanding.normalise import without_signs

_STATED = re.compile(r"^.{0,6}?(?:申请|要|想)复[查核]\s*[:：,，]\s*(.+)$", re.DOTALL)
_BARE = re.compile(r"^(?:我|要|想|帮|给|替|再|就|现在|一下|的|请|申请|办理?|做|提|复[查核]|上去?|吧)+$")
_UNKNOWN = re.compile(
    r"^(?:我?(?:也|都)?(?:不知道|不清楚|不晓得|说不清|说不上来?|不好说|忘了|随便)|跳过|不想说|不方便说?)了?$"
)
_GIVES_UP = re.compile(
    r"^(?:那|我|还是|就)*(?:不|不用|不要|不了|没有?了?|不需要|算了|先不|别)(?:再)?(?:申请|复[查核]|要|弄|查|说)*了?[吧哇啊]?$"
    r"|^(?:那|还是|就)*算了(?:吧|不)?(?:申请|复[查核])*了?$"
)


def stated_reason(said: str) -> str:
    """The words after «申请复查：», "" where there are none."""
    found = _STATED.match(said.strip())
    return found[1].strip() if found else ""


def reason_in(said: str) -> str:
    """The reason in an answer to the question for it: all of it, unless it only says yes, asks again or knows none."""
    bare = without_signs(said)
    if stated_reason(said):
        return stated_reason(said)
    waits = corrections.asks_back(said) or corrections.takes_time(said)
    empty = waits or _BARE.match(bare) or _UNKNOWN.match(bare) or not corrections.has_content(said)
    return "" if empty else said.strip()


def gives_up(said: str) -> bool:
    """«不申请了», «算了»."""
    return bool(_GIVES_UP.match(without_signs(said)))
