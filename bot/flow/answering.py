"""What a message does in the light of what was asked or done just before it. Pure: no I/O, no Rasa.

«是的» says nothing by itself; after «您要撤回吗?» it does. The dialogue hears the act that is given here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.reading import Urgency
from bot.flow import corrections, review
from bot.flow.draft import BY_HEART, Heard, holds_only_facts
from bot.flow.rating import Rating
from bot.understanding.normalise import without_signs

# What is asked in a talk beside the filing form, by slot; each names the message that it was put after (`turn`).
QUESTIONS = ("withdrawing", "reviewing", "supplementing")
# Longer answers tell something; they are no yes and no no.
LONGEST_YES = 12
_KEPT = re.compile(r"(?:不|别|甭|莫|没|勿)[^，。]{0,3}撤|先?留着|接着办|继续办|^(?:还是)?算了吧?$|再(?:等等|想想|看看)")
_TAKEN_BACK = re.compile(
    r"^(?:那|就|我|要|想|给我|帮我|把它|请|您|你|是的?|对的?|嗯+|好的?|行|可以|确[认定]|同意|算了吧?|不用(?:再)?办了?)*"
    r"撤(?:回|销|掉|件)?了?[吧哇呀啊嘛]$|^(?:是的?|对|嗯|要|那就|就|确[认定]要?)*撤(?:了|掉)?$|^(?:是的?|对|嗯|要)撤回$"
)
# These are heard for what they are wherever something was asked; from how sure on.
_DEEDS = ("ask_human", "ask_progress", "withdraw", "rate", "book_visit", "cancel_visit", "start_over")
_NOT_BY_HEART = ("matter", "choose_kind", "inform")
_GOING_ON = ("matter", "deny", "nlu_fallback", "inform")
# After «要补充什么?» these hold the words that were asked for, unless they are sure.
_UNCLEAR = ("nlu_fallback", "deny", "skip", "done", "small_talk/chitchat", "small_talk/gibberish", "hurry")
SURE_OF_DEED, SURE_OF_TALK, SURE_OF_NO = 0.8, 0.6, 0.5
_ENQUIRES = re.compile(r"怎么|怎样|如何|[几多]少?[天久长]|找谁|是不是|能不能|可不可以|[吗呢么][?？]?$|[?？]$")


def act_in_talk(heard: Heard, slots: Mapping[str, Any], filing: bool) -> str:
    """The act of a message, given what stands open; the act it was heard with where nothing bears on it."""
    if slots.get("named"):
        return heard.act
    if slots.get("withdrawing"):
        return _about_withdrawal(heard)
    if slots.get("reviewing"):
        return _about_review(heard)
    if rates_in_words(heard.text, slots):
        return "rate"
    if slots.get("supplementing") and heard.act in _UNCLEAR and heard.sure < SURE_OF_DEED:
        return "matter"
    if filing or (heard.sure >= 1 and heard.act.split("/")[0] not in _NOT_BY_HEART):
        return heard.act
    if corrections.opens_another(heard.text):
        return "start_filing"
    return "supplement" if slots.get("latest") and _goes_on(heard) else heard.act


def rates_in_words(said: str, slots: Mapping[str, Any]) -> bool:
    """«挺快的», right after a question of the rating."""
    rating = Rating.from_slot(slots.get("rating"))
    return rating is not None and rating.fresh and rating.answered(said) is not None


def _about_withdrawal(heard: Heard) -> str:
    """Yes and no to «您要撤回吗?»; anything else is heard for what it is, and the question lapses."""
    said = without_signs(heard.text)
    if len(said) > LONGEST_YES:
        return heard.act
    if _KEPT.search(heard.text.strip()):
        return "keep_case"
    if _TAKEN_BACK.match(said) or (heard.act == "affirm" and heard.sure >= SURE_OF_NO):
        return "confirm_withdrawal"
    return "keep_case" if heard.act in ("deny", "cancel", "skip") and heard.sure >= SURE_OF_NO else heard.act


def _about_review(heard: Heard) -> str:
    """A reason for «是哪里不服?»: whatever is no other deed, no small talk, no question and no change of mind."""
    act, family = heard.act, heard.act.split("/")[0]
    if review.gives_up(heard.text) or (act == "cancel" and heard.sure >= SURE_OF_NO):
        return "keep_case"
    by_heart = act == "hurry" and heard.sure >= BY_HEART  # «催了好几次都没人来» is a reason
    if by_heart or (act in _DEEDS and heard.sure >= SURE_OF_DEED) or corrections.opens_another(heard.text):
        return act
    if family == "small_talk" and act != "small_talk/abuse" and heard.sure >= SURE_OF_TALK:
        return act
    if family == "faq" and (act != "faq/review" or _ENQUIRES.search(heard.text)) and heard.sure >= SURE_OF_TALK:
        return act
    return "request_review"


def _goes_on(heard: Heard) -> bool:
    """Whether words right after a filing may go on with it: «我家还是停水», «对了，…». Danger waits for no question."""
    if heard.reading.urgency >= Urgency.CRITICAL:
        return False
    if heard.act.startswith("inform") and holds_only_facts(heard):  # the phone or the place, sent late
        return True
    on = corrections.adds_on(heard.text) or corrections.still_so(heard.text)
    return on and heard.act.split("/")[0] in _GOING_ON
