"""Signatures and AES of the platform's callbacks (消息加解密说明): bytes in, verified bytes out."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.domain.errors import BadInput

# 技术方案: PKCS#7 with a block of 32, although AES itself works in blocks of 16.
PADDING_BLOCK = 32
_RANDOM_BYTES = 16
_HEADER_BYTES = _RANDOM_BYTES + 4


class Undecipherable(BadInput):
    """The ciphertext is not ours: broken, cut, made with another key or meant for another account."""

    def __init__(self) -> None:
        # One message for every cause: telling bad padding from a bad length would help an attacker.
        super().__init__("Encrypt cannot be decrypted with the configured key and app id", field="Encrypt")


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: (token, timestamp, nonce), in AES mode also the ciphertext."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "replace")).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Compare in constant time, so that a signature cannot be guessed letter by letter."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), signature(*parts).encode())


class MessageCipher:
    """One EncodingAESKey of one account."""

    def __init__(self, aes_key: str, app_id: str) -> None:
        # Not strict on purpose: the 43rd character may carry stray low bits.
        key = base64.b64decode(aes_key + "=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._app_id = app_id.encode()

    def encrypt(self, message: bytes, random: bytes = b"") -> str:
        """Seal a message: random(16) + length + message + app id, padded, AES-CBC, Base64."""
        # 16 letters as in the platform's samples: some readers decode the whole buffer as text.
        prefix = random or secrets.token_urlsafe(12).encode()
        plain = prefix + struct.pack(">I", len(message)) + message + self._app_id
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(_pad(plain)) + encryptor.finalize()).decode()

    def decrypt(self, ciphertext: str) -> bytes:
        """Open a message; raises `Undecipherable` and nothing else."""
        sealed = _from_base64(ciphertext)
        decryptor = self._cipher.decryptor()
        plain = _unpad(decryptor.update(sealed) + decryptor.finalize())
        if len(plain) < _HEADER_BYTES:
            raise Undecipherable
        # The length counts bytes, and the 16 random bytes need not be text.
        end = _HEADER_BYTES + int(struct.unpack_from(">I", plain, _RANDOM_BYTES)[0])
        if end > len(plain) or not hmac.compare_digest(plain[end:], self._app_id):
            raise Undecipherable
        return plain[_HEADER_BYTES:end]


class KeyRing:
    """The current key and the one before: the platform goes on using the old one for a while after a change."""

    def __init__(self, aes_keys: Sequence[str], app_id: str) -> None:
        self._ciphers = [MessageCipher(key, app_id) for key in aes_keys if key]

    def __bool__(self) -> bool:
        return bool(self._ciphers)

    def open(self, ciphertext: str) -> tuple[bytes, MessageCipher]:
        """Decrypt with the first key that fits; the reply has to use that same key."""
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(ciphertext), cipher
            except Undecipherable:
                continue
        raise Undecipherable


def _from_base64(ciphertext: str) -> bytes:
    """Decode strictly; a sealed message is never empty and always whole blocks."""
    try:
        sealed = base64.b64decode(ciphertext.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Undecipherable from None
    if not sealed or len(sealed) % PADDING_BLOCK:
        raise Undecipherable
    return sealed


def _pad(plain: bytes) -> bytes:
    """PKCS#7, block 32: always 1 to 32 bytes."""
    count = PADDING_BLOCK - len(plain) % PADDING_BLOCK
    return plain + bytes([count]) * count


def _unpad(padded: bytes) -> bytes:
    """Take the padding off after checking every byte of it."""
    count = padded[-1]
    if not 1 <= count <= PADDING_BLOCK or padded[-count:] != bytes([count]) * count:
        raise Undecipherable
    return padded[:-count]
