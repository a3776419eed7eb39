"""Nobody does anything without an entry in the audit: every command, whatever its handler does."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

import pytest

from bot import casework
from bot.casework import HANDLERS, Work, handle
from bot.domain.audit import details_of
from bot.domain.commands import AddNote, CitizenCommand, FileCase, HurryCase, SupplementCase, TakeOver, WithdrawCase
from bot.domain.people import sight_of
from bot.flow import citizen_commands
from tests.unit.casework.conftest import CLERK, NOW

CHANGING = {FileCase, SupplementCase, HurryCase, WithdrawCase}


async def audited(desk) -> list[tuple[str, str, str]]:
    async with desk.database.read() as uow:
        return [(row.entry.actor, row.entry.action, row.entry.subject) async for row in uow.audit.rows()]


def some(kind: type) -> Any:
    """A command of this kind; its handler is not run, so that its fields may be anything."""
    command = object.__new__(kind)
    for field in dataclasses.fields(kind):
        object.__setattr__(command, field.name, "20261123-00001" if field.name == "case_no" else "x")
    return command


@pytest.mark.parametrize("kind", list(HANDLERS), ids=lambda kind: kind.__name__)
async def test_even_a_command_whose_handler_writes_nothing_is_audited(desk, monkeypatch, kind):
    async def nothing(command: Any, work: Work) -> None:
        return None

    monkeypatch.setitem(casework.HANDLERS, kind, nothing)
    async with desk.database.write() as uow:
        await handle(some(kind), Work(uow, CLERK, sight_of(CLERK), NOW))
    entries = await audited(desk)
    assert len(entries) == 1 and entries[0][0] == CLERK.actor and entries[0][1].startswith("command.")


async def test_a_line_in_a_history_is_the_entry_and_stands_once(desk):
    case = await desk.file()
    await desk.do(AddNote(case.case_no, "已电话联系"))
    entries = await audited(desk)
    assert entries[-1] == (CLERK.actor, "case.noted", case.case_no)
    assert [action for _, action, _ in entries].count("case.noted") == 1


async def test_a_talk_without_a_case_is_audited_too(desk):
    talk = await desk.talk(peer="alone")
    await desk.do(TakeOver(talk.id))
    assert (await audited(desk))[-1] == (CLERK.actor, "command.take_over", talk.id)


def test_every_command_of_a_citizen_is_looked_at_here():
    """One that changes a case belongs into CHANGING and its events into the test below."""
    asking = {
        "FindChoices",
        "FindSameMatter",
        "FindSlots",
        "BookSlot",
        "CancelBooking",
        "RequestHandoff",
    }
    known = {kind.__name__ for kind in CHANGING} | asking | {"RateCase", "RequestReview", "FindProgress"}
    assert {kind.__name__ for kind in get_args(CitizenCommand)} - known == set()


@pytest.mark.parametrize("kind", [SupplementCase, HurryCase, WithdrawCase])
async def test_what_citizens_change_is_audited(desk, kind):
    case = await desk.file()
    fields = {
        "conversation_id": case.conversation_id,
        "inbox_id": None,
        "text": "补充一句",
        "case_no": case.case_no,
        "reading": None,
    }
    command = kind(**{name.name: fields[name.name] for name in dataclasses.fields(kind)})
    before = len(await audited(desk))
    async with desk.database.write() as uow:
        turn = citizen_commands.Turn(uow, NOW, b"s" * 32, "web", await desk_inbox(uow, case.conversation_id))
        await citizen_commands.handle(command, turn)
    after = await audited(desk)
    assert len(after) > before and after[-1][2] == case.case_no


async def desk_inbox(uow: Any, conversation_id: str) -> int:
    return (await uow.inbox.of_conversation(conversation_id))[-1].id


@pytest.mark.parametrize(
    "data",
    [
        {"organ": "13812345678"},
        {"organ": "住建局"},
        {"title": "abc"},
        {"to": ["152701198001011234"]},
        {"state": {"text": "话"}},
    ],
)
def test_what_is_no_code_of_a_known_field_leaves_its_name_alone(data):
    assert details_of(data) == {"also": list(data)}


def test_codes_numbers_and_dates_are_kept():
    data = {"organ": "zhujian", "stars": 5, "on": "2026-11-23", "case_no": "20261123-00012", "from": None}
    assert details_of(data) == data
