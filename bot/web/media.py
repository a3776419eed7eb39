"""Pictures citizens send: kept on disk under their digest, served only through an access rule."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aiohttp import BodyPartReader, web

from bot.domain.errors import BadInput, NotFound

LONGEST_PICTURE = 10 * 1024 * 1024
# By their first bytes, not by what the sender says they are.
_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
}
_TYPES = (*_SIGNATURES.values(), "image/webp")


@dataclass(frozen=True)
class Kept:
    """A file in the store. `size` in bytes."""

    sha256: str
    content_type: str
    size: int


@dataclass(frozen=True)
class MediaStore:
    """Files by digest in one folder."""

    folder: Path

    async def read_upload(self, request: web.Request) -> Kept:
        """Take the multipart field `file`. Raises `BadInput`, or 413 over the limit."""
        if not request.content_type.startswith("multipart/"):
            raise BadInput("file: wanted a multipart form with the field «file»", "file")
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader) and part.name == "file":
                return self.keep(await _read(part))
        raise BadInput("file: the form has no field «file»", "file")

    def keep(self, content: bytes) -> Kept:
        """Write a picture down. Raises `BadInput` for anything else."""
        content_type = picture_type(content)
        if content_type is None:
            raise BadInput("file: wanted a JPEG, PNG, GIF or WebP picture", "file")
        return self.keep_any(content, content_type)

    def keep_any(self, content: bytes, content_type: str) -> Kept:
        """Write any file down, all at once or not at all."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(content)
                os.fsync(file.fileno())
            os.replace(file.name, path)
        return Kept(digest, content_type, len(content))

    def response(self, sha256: str, content_type: str) -> web.FileResponse:
        """A kept picture. Only real picture types are shown inline."""
        path = self._path(sha256)
        if not path.is_file() or content_type not in _TYPES:
            raise NotFound("no such picture")
        headers = {"Content-Type": content_type, "X-Content-Type-Options": "nosniff", "Cache-Control": "private"}
        return web.FileResponse(path, headers=headers)

    def _path(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise NotFound("no such picture")
        return self.folder / sha256[:2] / sha256


def picture_type(content: bytes) -> str | None:
    """The type of a picture by its first bytes."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)


async def _read(part: BodyPartReader) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(65536):
        content += chunk
        if len(content) > LONGEST_PICTURE:
            raise web.HTTPRequestEntityTooLarge(max_size=LONGEST_PICTURE, actual_size=len(content))
    return bytes(content)
