"""Sealing and opening, key rotation, and garbage of many kinds."""

from __future__ import annotations

import base64
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings, strategies

from connectors.wechat.crypto import (
    KeyRing,
    MessageCipher,
    Undecipherable,
    is_signed,
    signature,
)

KEY, OTHER_KEY, THIRD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "A" * 43, "z" * 43
APP_ID = "wx2c2769f8efd9abc2"
CIPHER = MessageCipher(KEY, APP_ID)


def seal(padded: bytes) -> str:
    """Encrypt bytes as they are, with whatever padding they carry."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def pad(plain: bytes, count: int = 0) -> bytes:
    count = count or 32 - len(plain) % 32
    return plain + bytes([count]) * count


def plain_of(message: bytes, length: int | None = None, app_id: str = APP_ID) -> bytes:
    stated = len(message) if length is None else length
    return b"\xff" * 16 + struct.pack(">I", stated) + message + app_id.encode()


@settings(deadline=None)
@given(strategies.binary(max_size=5000))
def test_what_is_sealed_opens_again(message: bytes) -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(message)) == message


@pytest.mark.parametrize("size", range(65))
def test_every_length_of_padding_works(size: int) -> None:
    sealed = CIPHER.encrypt(b"x" * size)
    assert len(base64.b64decode(sealed)) % 32 == 0 and CIPHER.decrypt(sealed) == b"x" * size


def test_the_random_bytes_need_not_be_text() -> None:
    assert CIPHER.decrypt(seal(pad(plain_of("路灯".encode())))) == "路灯".encode()


def test_the_random_bytes_differ_and_look_like_the_samples() -> None:
    assert CIPHER.encrypt(b"same") != CIPHER.encrypt(b"same")


@settings(deadline=None)
@given(strategies.binary(max_size=400))
def test_random_bytes_are_never_taken(garbage: bytes) -> None:
    with pytest.raises(Undecipherable):
        CIPHER.decrypt(base64.b64encode(garbage).decode())


@settings(deadline=None)
@given(strategies.text(max_size=200))
def test_random_text_is_never_taken(garbage: str) -> None:
    with pytest.raises(Undecipherable):
        CIPHER.decrypt(garbage)


@settings(deadline=None)
@given(strategies.binary(max_size=320).filter(lambda plain: not plain.endswith(APP_ID.encode())))
def test_random_plain_text_is_never_taken(plain: bytes) -> None:
    with pytest.raises(Undecipherable):
        CIPHER.decrypt(seal(pad(plain)))


@settings(deadline=None)
@given(strategies.data())
def test_a_changed_bit_never_yields_an_untyped_error(data: strategies.DataObject) -> None:
    sealed = bytearray(base64.b64decode(CIPHER.encrypt(b"<xml>content</xml>" * 5)))
    place = data.draw(strategies.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(strategies.integers(0, 7))
    try:
        CIPHER.decrypt(base64.b64encode(sealed).decode())
    except Undecipherable:
        pass


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "=",
        "AAAA",
        "密文",
        "\ud800",
        "not base64!",
        CIPHER.encrypt(b"x")[:-4],
        CIPHER.encrypt(b"x")[4:],
        CIPHER.encrypt(b"x") + "AAAA",
        " " + CIPHER.encrypt(b"x"),
        CIPHER.encrypt(b"x") + "\n",
        seal(b"\0" * 32),
        seal(b"\x21" * 64),
        seal(pad(b"")),
        seal(pad(b"x" * 19)),
        seal(plain_of(b"x" * 9)[:31] + b"\x00"),
        seal(pad(plain_of(b"message"))[:-2] + b"\x00\x13"),
        seal(pad(plain_of(b"message", length=8))),
        seal(pad(plain_of(b"message", length=6))),
        seal(pad(plain_of(b"message", length=2**32 - 1))),
        seal(pad(plain_of(b"message", length=2**31))),
        seal(pad(plain_of(b"message", app_id=""))),
        seal(pad(plain_of(b"message", app_id="wx2c2769f8efd9abc3"))),
        seal(pad(plain_of(b"message", app_id=APP_ID + "0"))),
        seal(pad(plain_of(b"message", app_id=APP_ID[:-1]))),
        # Standard padding of 16 where the platform pads to 32.
        seal(pad(plain_of(b"x" * 30), 12)),
        MessageCipher(OTHER_KEY, APP_ID).encrypt(b"x"),
        MessageCipher(KEY, "wxother").encrypt(b"x"),
    ],
    ids=lambda sealed: None if len(sealed) < 20 else f"{len(sealed)}-characters",
)
def test_garbage_is_one_typed_error(sealed: str) -> None:
    with pytest.raises(Undecipherable) as caught:
        CIPHER.decrypt(sealed)
    assert caught.value.field == "Encrypt"


def test_the_previous_key_opens_and_seals_the_reply() -> None:
    ring, previous = KeyRing((KEY, OTHER_KEY), APP_ID), MessageCipher(OTHER_KEY, APP_ID)
    message, cipher = ring.open(previous.encrypt(b"old"))
    assert (message, previous.decrypt(cipher.encrypt(b"reply"))) == (b"old", b"reply")
    assert ring.open(CIPHER.encrypt(b"new"))[0] == b"new"


def test_a_third_key_does_not_open() -> None:
    with pytest.raises(Undecipherable):
        KeyRing((KEY, OTHER_KEY), APP_ID).open(MessageCipher(THIRD_KEY, APP_ID).encrypt(b"x"))


def test_no_keys_open_nothing() -> None:
    ring = KeyRing(("", ""), APP_ID)
    assert not ring
    with pytest.raises(Undecipherable):
        ring.open(CIPHER.encrypt(b"x"))


@pytest.mark.parametrize("last", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
def test_the_last_character_of_a_key_may_have_stray_bits(last: str) -> None:
    cipher = MessageCipher(KEY[:-1] + last, APP_ID)
    assert cipher.decrypt(cipher.encrypt(b"x")) == b"x"


@pytest.mark.parametrize(
    "given_signature", ["", "0" * 40, "签名", "\ud800", signature("t", "1", "2").upper(), "x" * 10**6]
)
def test_a_wrong_signature_is_refused(given_signature: str) -> None:
    assert not is_signed(given_signature, "t", "1", "2")


def test_the_parts_are_sorted_as_text() -> None:
    assert signature("b", "10", "9") == signature("9", "b", "10") and is_signed(
        signature("b", "10", "9"), "9", "10", "b"
    )
