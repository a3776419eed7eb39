"""Numbers of a text → how many people or households are concerned."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.facts.numerals import Number

_MEASURE = r"(?:个|名|位|户|口|家|号)?"
_NOUNS = (
    "工人|农民工|业主|居民|村民|牧民|牧户|农民|农户|住户|人家|家庭|学生|孩子|娃娃|娃|老人|职工|员工|司机|师傅|乘客|商户|商家|门店|租户|家长|老师|教师|工友|弟兄|兄弟|姐妹|受害人|投资人|群众|游客|老乡|"
    "乡亲|战友|同事|社员|会员|人次|客户|同学|家属|病人|患者|残疾人|退休|民工|伙计|种植户|养殖户|买家|储户|储民|股民"
)
_UNIT = re.compile(
    rf"{_MEASURE}(?:{_NOUNS})|(?:号人|口子|口人|户人|家人|个人|人)(?![间座床桌帮份均民行工物才事字体称次])|(?:户|口(?![井气径罐窖锅])|名(?!额|单|气|牌|字))|位(?![于数子置])"
    r"|(?:人)?次(?=就诊|上访)"
)
_NEIGHBOURS = re.compile(r"(?:旁边|邻居|周围|隔壁|我们|咱们|附近)$")
# Counts of something else: a share, an age, a limit, those who were sent.
_NOT_AFFECTED = re.compile(r"(?:每|平均|人均|最多|至少需|需要|招|招聘|罚|限|满|超过?|不到)\s?$")
# A few who were sent or came are no petitioners: 来了七八个人拿着钢管.
_SENT = re.compile(r"(?:[派叫找雇]|(?<!进)来)(?:了|着|来)?\s?$")
_FEW = 20
_TOGETHER = re.compile(
    r"(?:我们|咱们|我|咱|姐妹|兄弟|姊妹|姐弟|兄妹|爷孙|母女|父子|父女|母子|祖孙|娘|爷|夫妻|公婆|弟弟|哥哥|妹妹|姐姐|老|小)(?:们)?(?P<few>[俩仨])"
    r"|(?P<two>[老小]两口|两口子|夫妻二人|夫妇二人|我俩)"
)
_FEWEST, _MOST = 2, 3_000_000


def find_people(text: str, numbers: Sequence[Number]) -> int | None:
    """The largest number of people or households that the text says are concerned; of a span the least."""
    counts = [int(number.least) for number in numbers if _counts_people(text, number)]
    counts += [3 if match["few"] == "仨" else 2 for match in _TOGETHER.finditer(text)]
    return max(counts, default=None)


def _counts_people(text: str, number: Number) -> bool:
    if not _FEWEST <= number.least <= _MOST or number.said in {"几", "数", "好几", "大几"}:
        return False
    before = text[max(0, number.start - 5) : number.start]
    if _NOT_AFFECTED.search(before) or (number.least < _FEW and _SENT.search(before)):
        return False
    return bool(_UNIT.match(text, number.what_follows(text))) or (
        text.startswith("家", number.end) and bool(_NEIGHBOURS.search(before))
    )
