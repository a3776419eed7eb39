"""What an action may use while a turn runs: the turn's commands and the understander."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from bot.domain.errors import IntakeError
from bot.flow.draft import Read
from bot.flow.turn import Execute


@dataclass
class DialogueContext:
    """Set by whoever runs the dialogue. `failures` holds what an action raised: Rasa itself swallows it."""

    conversation_id: str
    inbox_id: int | None
    execute: Execute
    read: Read
    failures: list[BaseException] = field(default_factory=list)


_context: ContextVar[DialogueContext] = ContextVar("dialogue_context")


def enter(context: DialogueContext) -> None:
    """From here on, in this task, actions work for this turn."""
    _context.set(context)


def current() -> DialogueContext:
    """The turn that runs. Raises `IntakeError` outside of one."""
    try:
        return _context.get()
    except LookupError:
        raise IntakeError("an action was called outside of a turn") from None


def is_in_turn() -> bool:
    """Whether a turn runs in this task."""
    return _context.get(None) is not None
