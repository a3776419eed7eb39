"""Second factor: a secret for an authenticator app (TOTP, RFC 6238), its codes, and recovery codes for a lost phone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

from bot.domain.errors import BadInput

ISSUER = "民声 Minsheng"
SECONDS = 30
# A phone's clock may be off by half a minute, to either side.
STEPS_AROUND = (0, -1, 1)
RECOVERY_CODES, RECOVERY_LENGTH = 8, 10
# No 0 and O, no 1, l and I: people type them from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """32 letters that an app can also be given by hand."""
    return pyotp.random_base32()


def sealed(secret: str, key: bytes) -> str:
    """A secret as it is stored: whoever has the database alone cannot make codes of it."""
    return _box(key).encrypt(secret.encode()).decode()


def opened(stored: str, key: bytes) -> str:
    """The other way round. Raises `BadInput` where it was sealed with another key."""
    try:
        return _box(key).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise BadInput("the second factor was sealed with another secret.key; put the backup back") from None


def _box(key: bytes) -> Fernet:
    derived = hmac.new(key, b"second-factor", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(derived))


def step_of(code: str, secret: str, now: datetime) -> int | None:
    """Which half minute a code is for; None for a wrong one. Whoever calls refuses a step that was used."""
    digits = "".join(code.split())
    if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        return None
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // SECONDS
    for around in STEPS_AROUND:
        if hmac.compare_digest(totp.at((present + around) * SECONDS), digits):
            return present + around
    return None


def qr(secret: str, username: str) -> str:
    """What an app scans, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_inline(scale=4, border=2, dark="#000", light="#fff")


def new_recovery_codes() -> list[str]:
    """To be shown once and kept on paper."""
    return ["".join(secrets.choice(_LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str) -> str:
    """How a recovery code is stored: it is random enough that a plain hash keeps it."""
    return hashlib.sha256("".join(code.lower().replace("-", "").split()).encode()).hexdigest()


def without(code: str, kept: Sequence[str]) -> list[str] | None:
    """The recovery codes that are left after one was used; None where it is not among them."""
    wanted = recovery_hash(code)
    return [one for one in kept if one != wanted] if wanted in kept else None
