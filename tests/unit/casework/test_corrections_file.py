"""What staff correct becomes a history that training reads."""

from __future__ import annotations

from bot.domain.commands import CorrectCase
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.storage import corrections
from bot.understanding.rows import read_history
from tests.unit.casework.conftest import CLERK

TOPIC = Topic("0402", "环境保护", "环境污染")


async def test_corrected_cases_are_a_history_and_others_and_accusations_are_not_in_it(desk, tmp_path):
    mended = await desk.file(text="锅炉房天天冒黑烟")
    mended = await desk.do(CorrectCase(mended.case_no, mended.version, topic=TOPIC))
    await desk.do(CorrectCase(mended.case_no, mended.version, urgency=Urgency.URGENT))
    titled = await desk.file(text="只改了标题")
    await desk.do(CorrectCase(titled.case_no, titled.version, title="另一个标题"))
    accused = await desk.file(text="有人截留补偿款")
    await desk.do(CorrectCase(accused.case_no, accused.version, kind=CaseKind.ACCUSATION), CLERK)
    await desk.file(text="没有人改过")
    path = tmp_path / "corrections.jsonl"
    assert await corrections.export(desk.database, path, accusations=False) == 1
    rows = read_history(path).rows
    assert [(row.text, row.label, row.level2, row.kind, row.urgency) for row in rows] == [
        ("锅炉房天天冒黑烟", "环境保护", "环境污染", "claim", 3)
    ]
    assert await corrections.export(desk.database, path, accusations=True) == 2
    assert path.stat().st_mode & 0o077 == 0
