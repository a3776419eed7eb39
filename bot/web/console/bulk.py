"""成批办理: one deed on many cases, each judged by its own handler in its own transaction, each with its own result."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web

from bot.casework import handle
from bot.domain.case import Case
from bot.domain.errors import BadInput, Forbidden, NotFound, RuleViolation, StaleVersion, StorageUnavailable
from bot.domain.people import sight_of
from bot.procedure import means_of_telling
from bot.web import keys
from bot.web.console import words
from bot.web.console.deeds import command_of, work_of
from bot.web.console.listing import known_query
from bot.web.console.pages import FORM, ME, problem, render

MOST = 200


@dataclass(frozen=True)
class Outcome:
    """What became of one case: done, refused (with the reason), changed meanwhile, or left as it was."""

    case_no: str
    result: str
    reason: str = ""


async def act(request: web.Request) -> web.StreamResponse:
    """Do it to all that were picked, and tell what became of each. What is refused does not hold up the others."""
    deed, picked = request[FORM].get("deed", ""), await _picked(request)
    outcomes: list[Outcome] = []
    for case_no, version in picked:
        if outcomes and outcomes[-1].result == "left":
            outcomes.append(Outcome(case_no, "left", outcomes[-1].reason))
            continue
        outcomes.append(await _one(request, deed, case_no, version))
    for one in outcomes:
        if one.result == "done":
            await request.app[keys.MAILBOX].tell_changed(f"case:{one.case_no}")
    async with request.app[keys.DATABASE].read() as uow:
        seen = await uow.cases.by_numbers([one.case_no for one in outcomes], sight_of(request[ME].staff))
    told = [replace(one, reason=_to_be_told(deed, seen.get(one.case_no), one)) for one in outcomes]
    titles = {case_no: words.case_line(case)["title"] for case_no, case in seen.items()}
    return render(request, "bulk.html", {**_facts(request, deed, told), "titles": titles})


def _to_be_told(deed: str, case: Case | None, outcome: Outcome) -> str:
    """Why it was not done; where it was, whether somebody without a channel is to be told of it."""
    by_hand = case is not None and case.conversation_id is None and deed in words.TOLD_DEEDS
    if case is None or not by_hand or outcome.result != "done":
        return outcome.reason
    means = means_of_telling(case)
    return words.TELL_BY_HAND.format(means=means) if means else words.UNREACHABLE


async def _picked(request: web.Request) -> list[tuple[str, str]]:
    """Number and version of each case, as its line in the list was shown. Raises `BadInput`."""
    if request[FORM].get("deed") not in words.BULK_DEEDS:
        raise BadInput(f"deed: wanted one of {', '.join(words.BULK_DEEDS)}", "deed")
    given = [value for value in (await request.post()).getall("case", []) if isinstance(value, str)]
    picked = dict(value.rpartition(":")[::2] for value in given)
    if not 0 < len(picked) <= MOST:
        raise BadInput(f"case: wanted 1 to {MOST} cases", "picked")
    return list(picked.items())


async def _one(request: web.Request, deed: str, case_no: str, version: str) -> Outcome:
    try:
        form: dict[str, str] = request[FORM]
        command = command_of(case_no, deed, {**form, "version": version})
        async with request.app[keys.DATABASE].write() as uow:
            await handle(command, work_of(request, uow))
    except StaleVersion:
        return Outcome(case_no, "changed", words.CHANGED_MEANWHILE)
    except (RuleViolation, Forbidden, NotFound, BadInput) as error:
        return Outcome(case_no, "refused", problem(error))
    except StorageUnavailable:
        return Outcome(case_no, "left", words.ERRORS[503])
    return Outcome(case_no, "done")


def _facts(request: web.Request, deed: str, outcomes: list[Outcome]) -> dict[str, object]:
    return {
        "deed_name": words.BULK_DEEDS[deed],
        "outcomes": sorted(outcomes, key=lambda one: one.result == "done"),
        "numbers": {name: sum(one.result == name for one in outcomes) for name in words.OUTCOMES},
        "names": words.OUTCOMES,
        "query": known_query(request[FORM].get("query", "")),
    }
