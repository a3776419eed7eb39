"""What never reaches the dialogue, and what the rest looks like when it does.

Facts about Rasa behind this: text that starts with `/` is taken for an intent command, spaces before it
or not; one emoji is taken for a greeting; a character two thousand times for a report (shared notes, «traps»).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.conversation import Conversation, InboxItem, Mode, Reply
from bot.domain.messages import Button, ChannelEvent, MessageKind
from bot.flow import choice
from bot.flow.draft import MAX_WORDS, Draft
from bot.rules import texts
from bot.understanding.normalise import without_escapes

JOINABLE = (MessageKind.TEXT, MessageKind.IMAGE, MessageKind.LOCATION, MessageKind.VOICE, MessageKind.VIDEO)
MEDIA = (MessageKind.IMAGE, MessageKind.VIDEO)
BACK_TO_BOT = "继续和助手聊"
_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_ORDINAL = re.compile(r"^(?:选|第)?\s*([1-5１-５一二三四五])\s*(?:个|项|条|件)?[.、。)）]?$")
_APPROVING = frozenset("👍👌🆗✅💯🙆")
_MONGOLIAN = re.compile(r"[\u1800-\u18af]")


@dataclass(frozen=True)
class Passed:
    """What goes on to the dialogue; `said_before` is told to the citizen ahead of its answer.

    `named`: the words named one of the citizen's cases, or asked for more of a list.
    """

    text: str
    said_before: tuple[Reply, ...] = ()
    named: choice.Named | None = None


@dataclass(frozen=True)
class Answered:
    """What needs no dialogue: the replies, and who leads from now on."""

    replies: tuple[Reply, ...] = ()
    mode: Mode | None = None


def first_turn(items: Sequence[InboxItem], conversation: Conversation) -> list[InboxItem]:
    """The items that one turn takes: several short messages make one, a chosen button or case stands alone."""
    turn: list[InboxItem] = []
    for item in items:
        alone = item.kind not in JOINABLE or _is_choice(item.text, conversation)
        if turn and alone:
            break
        turn.append(item)
        if alone or sum(len(taken.text) for taken in turn) > MAX_WORDS:
            break
    return turn


def _is_choice(text: str, conversation: Conversation) -> bool:
    taken = chosen(text, conversation.offered)
    return taken is not None or choice.named(text, conversation.dialogue, conversation.offered) is not None


def chosen(text: str, offered: Sequence[Button]) -> str | None:
    """The payload of the button that a text takes: by its words, or by its number in the list."""
    bare = text.strip()
    for button in offered:
        if bare in (button.title, button.payload):
            return button.payload
    number = _ordinal(bare)
    return offered[number - 1].payload if 1 <= number <= len(offered) else None


def _ordinal(text: str) -> int:
    found = _ORDINAL.match(text)
    if not found:
        return 0
    digit = found[1]
    return _ORDINALS.get(digit) or int(unicodedata.normalize("NFKC", digit))


def passes(items: Sequence[InboxItem], conversation: Conversation) -> Passed | Answered:
    """Decide over one turn's items."""
    first = items[0]
    if first.kind is MessageKind.EVENT:
        return _event(first)
    if first.kind in (MessageKind.UNKNOWN, MessageKind.LINK):
        return Answered((texts.reply("utter_unsupported" if not first.text else "utter_link_received"),))
    said = "\n".join(filter(None, (_words(item) for item in items)))
    if not said:
        return _without_words(items, conversation)
    taken = chosen(said, conversation.offered)
    named = choice.named(taken or said, conversation.dialogue, conversation.offered)
    if named is not None:
        return Passed(clean(named.text), named=named)
    return Passed(taken) if taken else _text(clean(said), conversation)


def _words(item: InboxItem) -> str:
    if item.kind is MessageKind.LOCATION and item.location:
        return item.location.label or f"{item.location.latitude:.5f},{item.location.longitude:.5f}"
    return item.text.strip()


def _event(item: InboxItem) -> Passed | Answered:
    if item.event in (ChannelEvent.FOLLOWED, ChannelEvent.SCANNED):
        return Answered((texts.reply("utter_greeting"),))
    if item.event is ChannelEvent.MENU_CLICKED and item.event_key:
        return Passed(clean(item.event_key))
    return Answered()


def _without_words(items: Sequence[InboxItem], conversation: Conversation) -> Answered:
    if items[-1].kind is MessageKind.VOICE:
        return Answered((texts.reply("utter_voice_unheard"),))
    if any(item.kind in MEDIA for item in items):
        return Answered((texts.reply("utter_media_added" if _is_filing(conversation) else "utter_media_only"),))
    return Answered((texts.reply("utter_emoji_only"),))


def _is_filing(conversation: Conversation) -> bool:
    return bool(Draft.from_slot(conversation.dialogue.get("slots", {}).get("draft")).words)


def _text(said: str, conversation: Conversation) -> Passed | Answered:
    if not any(character.isalnum() for character in said):
        if conversation.offered and _APPROVING & set(said):
            return Passed(conversation.offered[0].payload)
        return Answered((texts.reply("utter_emoji_only"),))
    if len(_MONGOLIAN.findall(said)) * 3 > len(said):
        return Answered((texts.reply("utter_mongolian_script"),), Mode.WAITING)
    if len(said) >= 8 and len(set(said) - set("\n ，。！!?？")) <= 2 and not said.isdigit():
        return Answered((texts.reply("utter_repeated"),))
    if len(said) > MAX_WORDS:
        return Passed(said[:MAX_WORDS], (texts.reply("utter_too_long"),))
    return Passed(said)


def clean(said: str) -> str:
    """Without control characters, a terminal's colours and lone surrogates; never an intent command."""
    kept = "".join(
        character
        for character in without_escapes(said)
        if character == "\n" or unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")
    ).strip()
    return "／" + kept[1:] if kept.startswith("/") else kept
