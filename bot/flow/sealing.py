"""A draft → whether it is sealed: read before the turn's transaction, told inside it without reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.reading import CaseKind, Reading
from bot.flow.draft import Draft


class Reader(Protocol):
    """Understands words; a letter takes it some milliseconds."""

    async def read(self, text: str) -> Reading: ...


@dataclass
class Judge:
    """What a turn knows of its texts: whether each is an accusation, or holds one among its matters (art. 30)."""

    reader: Reader
    _known: dict[str, bool] = field(default_factory=dict)

    async def read(self, text: str) -> bool:
        """Whether a text accuses. Slow: never while the turn's transaction is open."""
        if not text.strip():
            return False
        if text not in self._known:
            reading = await self.reader.read(text)
            parts = [one for one in reading.matters if len(one) < len(text)]
            self._known[text] = _is_accusation(reading) or any([await self.read(one) for one in parts])
        return self._known[text]

    async def read_draft(self, draft: Draft) -> None:
        """Read all that stands in the same words as the matter under way."""
        for text in _beside(draft):
            await self.read(text)

    def accuses(self, draft: Draft) -> bool:
        """Also where the matter under way is none, but one that was told with it is. What nobody has read is sealed."""
        return draft.case_kind is CaseKind.ACCUSATION or any(self._known.get(one, True) for one in _beside(draft))


def _beside(draft: Draft) -> Iterable[str]:
    told = (*draft.waiting, *(draft.understood.matters if draft.understood else ()), draft.whole)
    return filter(str.strip, told)


def _is_accusation(reading: Reading) -> bool:
    return reading.kind is CaseKind.ACCUSATION and not reading.abstain
