"""The platform's own limits: access tokens and how often a citizen may be written to. No network here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]

# 客服接口-发消息: what a citizen does opens a window: seconds, messages.
WINDOWS = {
    "message": (48 * 3600, 5),
    "click": (60, 3),
    "subscribe": (60, 3),
    "scan": (60, 3),
}
NOT_IN_WINDOW, COUNT_USED_UP = 45015, 45047
NO_TOKEN, BAD_TOKEN, EXPIRED_TOKEN, TOO_OFTEN = 41001, 40001, 42001, 45009


@dataclass
class _Window:
    until: float
    left: int


class SendQuota:
    """How many customer-service messages each citizen may still get."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    def open(self, openid: str, cause: str) -> None:
        """A citizen did something. Windows do not add up: the better one stays."""
        seconds, messages = WINDOWS[cause]
        fresh, held = _Window(self._clock() + seconds, messages), self._windows.get(openid)
        if held is None or held.until <= self._clock() or held.left <= fresh.left:
            self._windows[openid] = fresh

    def close(self, openid: str) -> None:
        """The citizen left: nothing may be sent any more."""
        self._windows.pop(openid, None)

    def is_open(self, openid: str) -> bool:
        """Whether the citizen may be written to at all."""
        window = self._windows.get(openid)
        return window is not None and window.until > self._clock()

    def spend(self, openid: str) -> int:
        """Use one message; the error code, 0 if there was one left."""
        if not self.is_open(openid):
            return NOT_IN_WINDOW
        window = self._windows[openid]
        if window.left == 0:
            return COUNT_USED_UP
        window.left -= 1
        return 0


class TokenShop:
    """One family of access tokens: `stable_token` and the older `token` each have their own."""

    LIFETIME, OVERLAP = 7200, 300
    FORCED_A_DAY, FORCED_APART = 20, 30

    def __init__(self, clock: Clock, keeps: bool) -> None:
        self._clock, self._keeps = clock, keeps
        self._expiry: dict[str, float] = {}
        self._current = ""
        self._forced: list[float] = []

    def issue(self, force: bool = False) -> tuple[str, int]:
        """A token and its seconds to live. The stable one stays the same until five minutes before its end."""
        left = self._expiry.get(self._current, 0.0) - self._clock()
        if self._keeps and left > self.OVERLAP and not (force and self._may_force()):
            return self._current, int(left)
        self._expiry[self._current] = min(self._expiry.get(self._current, 0.0), self._clock() + self.OVERLAP)
        # 512 characters have to fit, so use them.
        self._current = secrets.token_urlsafe(384)
        self._expiry[self._current] = self._clock() + self.LIFETIME
        return self._current, self.LIFETIME

    def knows(self, token: str) -> bool:
        return bool(token) and token in self._expiry

    def is_valid(self, token: str) -> bool:
        return self._expiry.get(token, 0.0) > self._clock()

    def expire(self) -> None:
        """Play an early end of all tokens."""
        self._expiry = dict.fromkeys(self._expiry, 0.0)

    def _may_force(self) -> bool:
        """20 times a day and 30 seconds apart; beyond that the current token comes back."""
        now = self._clock()
        self._forced = [at for at in self._forced if at > now - 86400]
        allowed = len(self._forced) < self.FORCED_A_DAY and all(at <= now - self.FORCED_APART for at in self._forced)
        self._forced += [now] if allowed else []
        return allowed
