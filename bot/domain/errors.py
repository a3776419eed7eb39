"""Everything that can go wrong, in one tree.

IntakeError
├── BadInput             what came in cannot be used; the message names the field and what is wanted
├── RuleViolation        办事规则不允许; the reason may be told to the citizen
│   └── MoveRefused      a move of the lifecycle is not permitted now; the message is Chinese, for whoever tried
│       ├── WrongState       the case is not where this can be done
│       ├── WrongRole        somebody else does this
│       ├── WrongOrgan       not this organ
│       ├── NeedMissing      something must be given with it; `need` names what
│       ├── SecondPerson     two people must do it
│       └── WindowClosed     too late, or too early
├── NotFound             no such thing, or not yours to see: the same to the outside
├── Forbidden            known, but not permitted
├── StaleVersion         somebody else changed it meanwhile
├── ChannelError
│   ├── ChannelRejected      permanent: do not try again
│   └── ChannelUnavailable   temporary: `retry_after` seconds
├── StorageUnavailable   the database is away or locked: the caller may try again
└── DialogueUnavailable  no bot at the moment: keep the words, tell the citizen, show staff
"""

from __future__ import annotations


class IntakeError(Exception):
    """Base of all errors that this program raises on purpose."""


class BadInput(IntakeError):
    """What came in cannot be used. `field` names where, the message says what is wanted."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class RuleViolation(IntakeError):
    """The rules of the procedure do not allow this."""


class MoveRefused(RuleViolation):
    """The lifecycle does not permit this move now."""


class WrongState(MoveRefused):
    """The case is not in a state that allows this move."""


class WrongRole(MoveRefused):
    """Another role makes this move."""


class WrongOrgan(MoveRefused):
    """The organ named, or the one acting, has no part in this."""


class NeedMissing(MoveRefused):
    """The move needs something that was not given; `need` names it."""

    def __init__(self, message: str, need: str) -> None:
        super().__init__(message)
        self.need = need


class SecondPerson(MoveRefused):
    """Somebody else must have prepared this, and somebody else must settle it."""


class WindowClosed(MoveRefused):
    """A time window has passed, or one that must pass first is still open."""


class NotFound(IntakeError):
    """There is no such thing, or it is not the caller's to see."""


class Forbidden(IntakeError):
    """The caller is known and not permitted."""


class StaleVersion(IntakeError):
    """The thing was changed by somebody else since it was read."""


class ChannelError(IntakeError):
    """A channel did not take a message."""


class ChannelRejected(ChannelError):
    """Permanent: the same message will never be taken. `code` is the platform's own."""

    def __init__(self, message: str, code: int | str = "") -> None:
        super().__init__(message)
        self.code = code


class ChannelUnavailable(ChannelError):
    """Temporary: try again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: float = 5.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StorageUnavailable(IntakeError):
    """The database is away or locked; nothing was written."""


class DialogueUnavailable(IntakeError):
    """No bot can answer at the moment."""
