"""Text → its parts where one message brings two different matters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

SHORTEST = 10
# Words with which people pass from one matter to the next.
_TURN = re.compile(
    r"(?:^|[，,。；;！!\n\s])\s*(?=(?:另外|还有(?:一|个|就是|件|,|，|那)|再(?:就是|有|一个|说一)|顺便|对了|第二(?:个|件|点|，|,|、)?|二是|其次|还想(?:问|说|反映)|再反映|再问|与此同时|另一(?:件|个)|除此之外|外加))"
)

# The same words at the beginning of a part: what leads over belongs to neither matter.
_LEADS_OVER = re.compile(
    r"^(?:另外|此外|除此之外|与此同时|对了|再就是|再有一?个?(?:就是)?|还有(?:就是|一件事?|一个事儿?|个事儿?)|其次|二是"
    r"|顺便(?:反映|说|问)一?下?|第二(?:个|件|点)?(?:事|问题)?|另一(?:件|个)(?:事|问题)?)(?:是|就是)?[，,、：:\s]*"
)


def split_turns(text: str) -> tuple[str, ...]:
    """The text cut at a word of passing over, without that word; one part if there is none."""
    cuts = [match.end() for match in _TURN.finditer(text)]
    edges = [0, *cuts, len(text)]
    pieces = [text[start:end].strip(" ，,。；;\n") for start, end in itertools.pairwise(edges)]
    parts = [_LEADS_OVER.sub("", piece) if cuts else piece for piece in pieces]
    return tuple(part for part in parts if len(part) >= SHORTEST)


# More sentences than these are a letter, which tells one matter from many sides.
MOST_SENTENCES = 10
_SENTENCE = re.compile(r"[^。！？!?\n；;]+[。！？!?\n；;]*")


def cuts_between_sentences(text: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a message into what was told first and what was told after it."""
    sentences = _SENTENCE.findall(text)
    if len(sentences) > MOST_SENTENCES:
        return
    for at in range(1, len(sentences)):
        first, second = "".join(sentences[:at]).strip(), "".join(sentences[at:]).strip()
        if min(len(first), len(second)) >= SHORTEST:
            yield first, second
