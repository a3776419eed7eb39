"""查询码: 16 digits that prove a petition is the asker's own; the last one is a check digit.

The code is derived from a secret and the number, so no table holds it and a stolen database opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac

LENGTH = 16


def query_code(secret: bytes, petition_no: str, issue: int) -> str:
    """The code of a petition. `issue` counts up when a lost code is replaced."""
    digest = hmac.new(secret, f"{petition_no}/{issue}".encode(), hashlib.sha256).digest()
    digits = f"{int.from_bytes(digest, 'big') % 10 ** (LENGTH - 1):0{LENGTH - 1}d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """Luhn's check digit: finds every single wrong digit and nearly every swap of two neighbours."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def is_well_formed(code: str) -> bool:
    """Whether a code can be right at all; a wrong one was probably mistyped."""
    return len(code) == LENGTH and code.isascii() and code.isdigit() and check_digit(code[:-1]) == code[-1]


def matches(secret: bytes, petition_no: str, issue: int, code: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(query_code(secret, petition_no, issue).encode(), code.encode())


def spaced(code: str) -> str:
    """In groups of four, as people read it out."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
