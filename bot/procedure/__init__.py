"""The one door through which a case moves: `carry_out` judges, writes down, keeps the clocks, tells the citizen.

Citizens (`bot.flow`), staff (`bot.casework`) and the program itself (`bot.workers`) all come through here.
"""

from bot.procedure.filing import file
from bot.procedure.moves import (
    carry_out,
    carry_out_and_time,
    deadlines_in,
    deadlines_of,
    feasible_now,
    permitted_now,
    wind,
)
from bot.procedure.situations import SYSTEM, clock_events, situation_of
from bot.procedure.telling import TOLD, inform, means_of_telling, next_date, say, spoken, untold

__all__ = [
    "SYSTEM",
    "TOLD",
    "carry_out",
    "carry_out_and_time",
    "clock_events",
    "deadlines_in",
    "deadlines_of",
    "feasible_now",
    "file",
    "inform",
    "means_of_telling",
    "next_date",
    "permitted_now",
    "say",
    "situation_of",
    "spoken",
    "untold",
    "wind",
]
