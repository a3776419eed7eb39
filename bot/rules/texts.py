"""话术: every sentence a citizen can be sent, by name, from `texts.yml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bot.domain.conversation import Author, Reply
from bot.domain.messages import Button
from bot.rules import rules_file


@lru_cache(maxsize=1)
def responses() -> dict[str, dict[str, Any]]:
    """All texts. The file is a Rasa domain file too: name → one variant with `text` and `buttons`."""
    return {name: variants[0] for name, variants in rules_file("texts.yml")["responses"].items()}


def text(name: str, /, **facts: object) -> str:
    """A sentence with its facts filled in. An unknown name or a missing fact is a mistake in the program."""
    return str(responses()[name]["text"]).format(**facts).strip()


def reply(name: str, /, *, author: Author = Author.BOT, case_no: str | None = None, **facts: object) -> Reply:
    """A sentence with the buttons that belong to it."""
    known = facts if case_no is None else {**facts, "case_no": case_no}
    filled = tuple(Button(one.title, one.payload.format(**known)) for one in buttons(name))
    return Reply(text(name, **known), filled, author, case_no)


def buttons(name: str) -> tuple[Button, ...]:
    """The choices below a sentence; `reply` fills in what their payloads name."""
    return tuple(Button(button["title"], button["payload"]) for button in responses()[name].get("buttons", ()))
