"""The life of a case: its states and the moves between them, as one table."""

from __future__ import annotations

from enum import Enum

from bot.domain.errors import IllegalMove


class CaseState(str, Enum):
    """诉求状态."""

    REGISTERED = "registered"
    ASSIGNED = "assigned"
    IN_PROCESS = "in_process"
    REPLIED = "replied"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"


class Move(str, Enum):
    """What can be done to a case."""

    ASSIGN = "assign"
    PROCESS = "process"
    REPLY = "reply"
    CONCLUDE = "conclude"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


STATE_NAMES = {
    CaseState.REGISTERED: "已登记",
    CaseState.ASSIGNED: "已交办",
    CaseState.IN_PROCESS: "办理中",
    CaseState.REPLIED: "已答复",
    CaseState.CONCLUDED: "已办结",
    CaseState.WITHDRAWN: "已撤回",
}

_OPEN = (CaseState.REGISTERED, CaseState.ASSIGNED, CaseState.IN_PROCESS, CaseState.REPLIED)

MOVES: dict[tuple[CaseState, Move], CaseState] = {
    **{(state, Move.ASSIGN): CaseState.ASSIGNED for state in _OPEN},
    **{(state, Move.PROCESS): CaseState.IN_PROCESS for state in _OPEN},
    **{(state, Move.REPLY): CaseState.REPLIED for state in _OPEN},
    **{(state, Move.WITHDRAW): CaseState.WITHDRAWN for state in _OPEN},
    (CaseState.REPLIED, Move.CONCLUDE): CaseState.CONCLUDED,
    (CaseState.CONCLUDED, Move.REOPEN): CaseState.IN_PROCESS,
}


def next_state(case_no: str, state: CaseState, move: Move) -> CaseState:
    """Where `move` leads from `state`. Raises `IllegalMove`."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise IllegalMove(case_no, state.value, move.value) from None


def permitted_moves(state: CaseState) -> tuple[Move, ...]:
    """What can be done to a case in this state, in the table's order."""
    return tuple(move for (from_state, move) in MOVES if from_state is state)
