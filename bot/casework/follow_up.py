"""抽查回访: a random sample of concluded cases is called back. The seed is kept, so that anybody can draw it again."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from datetime import timedelta

from bot.casework.officers import actors_of
from bot.casework.work import Work
from bot.domain.commands import DrawSample
from bot.domain.errors import BadInput, WrongRole
from bot.domain.lifecycle import Actor
from bot.domain.working_days import local_date
from bot.procedure.consequences import SAMPLE
from bot.rules.figures import figures

LONGEST_SEED = 64


def drawn(population: Sequence[int], size: int, seed: str) -> list[int]:
    """`size` of the ids, the same for the same seed whatever order they come in."""
    return sorted(random.Random(seed).sample(sorted(population), min(size, len(population))))


async def draw_sample(command: DrawSample, work: Work) -> int:
    """Draw, keep how it was drawn, set the tasks; tells how many. Raises `BadInput`, `WrongRole`."""
    if not {Actor.SUPERVISOR, Actor.DISCIPLINARY} & set(actors_of(work.staff)):
        raise WrongRole("抽查回访由督办员办理")
    today = local_date(work.now)
    limits = figures(today)
    if not 0 < command.size <= limits.sample_most:
        raise BadInput(f"size: wanted 1 to {limits.sample_most}", "size")
    if command.since > command.until:
        raise BadInput("since: wanted a day before `until`", "since")
    seed = command.seed.strip()[:LONGEST_SEED] or secrets.token_hex(8)
    population = await work.uow.clocks.concluded(command.since, command.until, work.sight)
    chosen = drawn(population, command.size, seed)
    sample = await work.uow.clocks.keep_sample(
        seed, command.since, command.until, len(chosen), len(population), work.staff.id, work.now
    )
    due_on = today + timedelta(days=limits.sample_days)
    for case_id in chosen:
        await work.uow.clocks.add_task(SAMPLE, case_id, "", f"抽查回访第 {sample} 次", due_on, work.now, sample)
    return len(chosen)
