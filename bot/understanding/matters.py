"""Text → its parts where one message brings two different matters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

# Shorter parts tell nothing; where somebody says that the next matter comes, a few characters do: «路灯不亮».
SHORTEST, SHORTEST_TOLD = 8, 4
_MATTER = r"(?:个|件|码|点|条|项|样|桩)(?:事情?儿?|问题|情况)?"
# Words with which people pass from one matter to the next.
_PASSES_OVER = (
    rf"(?:另外|此外|除此(?:之外|以外)|除了(?:这个?|上面|以上){_MATTER}?|与此同时|外加|对了|顺[便带嘴]|捎带着?|其次|其二"
    rf"|再(?:就是|有|说说|说一|一{_MATTER}|反映|问|者|提)|另(?:一|还有|有)(?:{_MATTER})?|还想(?:再)?(?:问|说|反映|咨询)|还要(?:说|问|反映)|也想(?:问|反映)"
    rf"|还有(?:一?{_MATTER}|就是|呢|那|[，,、：]|(?=[我俺咱他她村嘎苏小学楼门厂物医路孩老公社旗镇区道家这个隔旁对邻单食店商校班工街派]))"
    rf"|第[二三](?:{_MATTER}|[，,、是])|[二三][、是来]|[23２３](?:[、)）]|\.(?!\d))|[（(][二三23][)）]|[②③])"
)
_TURN = re.compile(rf"(?:^|[，,。；;：:！!？?\n\s])\s*(?={_PASSES_OVER})")
# The same words at the beginning of a part: what leads over belongs to neither matter.
_LEADS_OVER = re.compile(
    rf"^{_PASSES_OVER}(?:(?:反映|说|问|咨询)(?:一?下|问)?)?(?:{_MATTER})?(?:就?是)?[，,、：:\s]*(?:反映一?下)?"
)


def split_turns(text: str) -> tuple[str, ...]:
    """The text cut at words of passing over, without those words; one part if there are none."""
    cuts = [match.end() for match in _TURN.finditer(text)]
    edges = [0, *cuts, len(text)]
    pieces = [text[start:end].strip(" ，,。；;：:\n") for start, end in itertools.pairwise(edges)]
    parts = [_LEADS_OVER.sub("", piece) if cuts else piece for piece in pieces]
    return tuple(part for part in parts if len(part) >= SHORTEST_TOLD)


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
