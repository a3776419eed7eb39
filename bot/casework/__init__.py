"""The staff's side, one file per stage. `handle` runs a command of `bot.domain.commands` for a staff member."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.casework import (
    conversation,
    correction,
    field_visits,
    follow_up,
    moves,
    notes,
    own_rules,
    reception,
    registration,
    repeats,
    supervision,
    ways,
)
from bot.casework.work import Work
from bot.domain import commands
from bot.domain.audit import name_of_command
from bot.domain.errors import WrongRole

HANDLERS: dict[type, Callable[[Any, Work], Awaitable[Any]]] = {
    commands.MoveCase: moves.move_case,
    commands.DecideWay: ways.decide_way,
    commands.OpenReception: reception.open_reception,
    commands.CancelReception: reception.cancel_reception,
    commands.NoteVisit: reception.note_visit,
    commands.PlanFieldVisit: field_visits.plan_field_visit,
    commands.CancelFieldVisit: field_visits.cancel_field_visit,
    commands.NoteFieldVisit: field_visits.note_field_visit,
    commands.RegisterPetition: registration.register,
    commands.LinkRepeat: repeats.link_repeat,
    commands.HurryOrgan: supervision.hurry_organ,
    commands.DrawSample: follow_up.draw_sample,
    commands.EndTask: supervision.end_task,
    commands.NoteTold: supervision.note_told,
    commands.AddOrgan: own_rules.add_organ,
    commands.RenameOrgan: own_rules.rename_organ,
    commands.SwitchOrgan: own_rules.switch_organ,
    commands.WriteTemplate: own_rules.write_template,
    commands.SwitchTemplate: own_rules.switch_template,
    commands.AddNote: notes.add_note,
    commands.CorrectCase: correction.correct_case,
    commands.TakeOver: conversation.take_over,
    commands.GiveBack: conversation.give_back,
    commands.SayToCitizen: conversation.say_to_citizen,
}

__all__ = ["HANDLERS", "Work", "handle"]


async def handle(command: Any, work: Work) -> Any:
    """Run a command's handler inside the open transaction. Every command leaves at least one entry in the audit.

    Raises `WrongRole` for whoever only reads, besides what the handler raises.
    """
    if work.sight.veiled:
        raise WrongRole("您的角色只看办理情况，不办理")
    before = work.uow.audit.gathered
    result = await HANDLERS[type(command)](command, work)
    if work.uow.audit.gathered == before:  # no line in a case's history stands for it
        subject = getattr(command, "case_no", "") or getattr(command, "conversation_id", "") or "-"
        work.uow.audit.append(work.staff.actor, name_of_command(command), subject, work.now)
    return result
