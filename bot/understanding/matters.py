"""Text → its parts where one message brings two different matters."""

from __future__ import annotations

import itertools
import re

SHORTEST = 10
# Words with which people pass from one matter to the next.
_TURN = re.compile(
    r"(?:^|[，,。；;！!\n\s])\s*(?=(?:另外|还有(?:一|个|就是|件|,|，|那)|再(?:就是|有|一个|说一)|顺便|对了|第二(?:个|件|点|，|,|、)?|二是|其次|还想(?:问|说|反映)|再反映|再问|与此同时|另一(?:件|个)|除此之外|外加))"
)


def split_turns(text: str) -> tuple[str, ...]:
    """The text cut at a word of passing over; one part if there is none."""
    cuts = [match.end() for match in _TURN.finditer(text)]
    edges = [0, *cuts, len(text)]
    parts = [text[start:end].strip(" ，,。；;\n") for start, end in itertools.pairwise(edges)]
    return tuple(part for part in parts if len(part) >= SHORTEST)
