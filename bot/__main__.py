"""python -m bot: serve | edge | worker | migrate | check | password | audit | train | models | understand | …"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import BadInput, IntakeError
from bot.rules import use_city
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.understanding.lessons import Lessons
    from bot.understanding.report import Verdict
    from bot.workers.training import Outcome

USAGE_ERROR = 2
# Workers read their model once, when they start.
RESTART = "Running workers keep theirs until they are restarted."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status. What the user got wrong is one line on standard error and status 2."""
    from bot import log

    parsed = _parser().parse_args(arguments)
    try:
        settings = read_settings()
        log.set_up(settings.log_level)
        use_city(settings.city)
        return int(parsed.run(settings, parsed) or 0)
    except IntakeError as error:
        print(f"minsheng: {error}", file=sys.stderr)
        return USAGE_ERROR
    except OSError as error:
        print(f"minsheng: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="民声 Minsheng")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("serve", run_serve, "start everything and keep it running"),
        ("chat", run_chat, "talk with the bot in this terminal"),
        ("migrate", run_migrate, "bring the database to the newest form"),
        ("check", run_check, "read all rules, the city's own first, and name what is wrong"),
    ):
        commands.add_parser(name, help=about).set_defaults(run=run)
    edge = commands.add_parser("edge", help="the web side alone")
    edge.add_argument("--fd", type=int, help="a listening socket that is held by `serve`")
    edge.set_defaults(run=run_edge)
    worker = commands.add_parser("worker", help="one dialogue worker alone")
    worker.add_argument("--number", type=int, default=1)
    worker.set_defaults(run=run_worker)
    password = commands.add_parser("password", help="a new random password for a staff member, shown once")
    password.add_argument("username", nargs="?", default="admin")
    password.add_argument("--lost-phone", action="store_true", help="also drop the second factor")
    password.set_defaults(run=run_password)
    corrections = commands.add_parser("corrections", help="cases that staff corrected, as a history to train on")
    corrections.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSON lines for train --history")
    corrections.add_argument("--accusations", action="store_true", help="accusations too; for the disciplinary organ")
    corrections.set_defaults(run=run_corrections)
    audit = commands.add_parser("audit", help="check the chain of the audit, or write it out")
    audit.add_argument("--check", action="store_true", help="name the first broken row; exit status 1 if there is one")
    audit.add_argument("--anchor", type=Path, help="with --check: compare with this file, and add where the chain ends")
    audit.add_argument("--export", type=Path, metavar="FILE", help="write every row as a JSON line")
    audit.set_defaults(run=run_audit)
    _add_understanding(commands)
    return parser


def _add_understanding(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    train = commands.add_parser("train", help="train on the project's sentences, or on a city's own history")
    train.add_argument("--history", type=Path, help="labelled past cases, JSON lines or CSV; kept for later trainings")
    train.add_argument("--out", type=Path, help="write the understanding of a history here; the bot does not use it")
    train.add_argument("--without-history", action="store_true", help="forget the past cases learnt before")
    train.add_argument("--if-needed", action="store_true", help="do nothing if there is a model for the present data")
    train.set_defaults(run=run_train)
    understand = commands.add_parser("understand", help="JSON lines in, readings out")
    understand.add_argument("--model", type=Path)
    understand.set_defaults(run=run_understand)
    evaluate = commands.add_parser("evaluate", help="judge a model on labelled messages")
    evaluate.add_argument("file", type=Path)
    evaluate.add_argument("--model", type=Path)
    evaluate.add_argument(
        "--out", type=Path, help="where report and pictures go (default: evaluation in MINSHENG_HOME)"
    )
    evaluate.set_defaults(run=run_evaluate)
    commands.add_parser("models", help="which models there are, and which one is in use").set_defaults(run=run_models)
    rollback = commands.add_parser("rollback", help="put a former model to use again")
    rollback.add_argument("name", nargs="?", metavar="NAME", help="as `models` lists it; the one before, if not given")
    rollback.add_argument("--out", type=Path, metavar="DIR", help="a folder of train --history --out, instead")
    rollback.set_defaults(run=run_rollback)


def run_serve(settings: Settings, parsed: argparse.Namespace) -> None:
    """Prepare what is missing, start everything, say where it is."""
    from bot.workers import start_up

    asyncio.run(start_up.run(settings))


def run_edge(settings: Settings, parsed: argparse.Namespace) -> None:
    """The edge until it is told to stop."""
    from bot.workers import edge

    _with_uvloop(edge.run(settings, parsed.fd))


def run_worker(settings: Settings, parsed: argparse.Namespace) -> None:
    """A worker until it is told to stop."""
    _with_uvloop(_worker(settings, parsed.number))


async def _worker(settings: Settings, number: int) -> None:
    from bot import bootstrap
    from bot.workers.serve import stop_on_signals

    stop = asyncio.Event()
    stop_on_signals(stop)
    await bootstrap.run_worker(settings, bootstrap.worker_name(number), stop)


def _with_uvloop(work: object) -> None:
    import uvloop

    uvloop.install()
    asyncio.run(work)  # type: ignore[arg-type]


def run_chat(settings: Settings, parsed: argparse.Namespace) -> None:
    """A talk in the terminal, through the same inbox, turns and outbox."""
    from bot.workers import terminal

    asyncio.run(terminal.run(settings))


def run_migrate(settings: Settings, parsed: argparse.Namespace) -> None:
    """Run the missing migrations, unless something is wrong with the rules; print how many staff there are."""
    from bot import bootstrap
    from bot.storage.schema import upgrade

    bootstrap.check_rules()
    bootstrap.check_lookups()
    upgrade(settings.database_url)
    print(asyncio.run(bootstrap.count_staff(settings)))


def run_check(settings: Settings, parsed: argparse.Namespace) -> None:
    """Read everything that a city can change; say which file each comes from. What is wrong ends with status 2."""
    from bot import bootstrap, rules

    bootstrap.check_rules()
    bootstrap.check_lookups()
    for name in rules.FILES:
        print(f"{name:24}{rules.own_file(name) or 'built in'}")
    years = sorted((rules.own_file(rules.CALENDARS) or Path(os.devnull)).glob("*.yml"))
    print(f"{rules.CALENDARS:24}{', '.join(path.stem for path in years) or 'built in'}")


def run_password(settings: Settings, parsed: argparse.Namespace) -> None:
    """Print a new password; where there is no staff at all, make the first administrator."""
    from bot import bootstrap

    print(asyncio.run(bootstrap.renew_password(settings, parsed.username, whole=parsed.lost_phone)))


def run_corrections(settings: Settings, parsed: argparse.Namespace) -> int:
    """Write down what staff mended."""
    from bot import bootstrap

    number = asyncio.run(bootstrap.export_corrections(settings, parsed.out, accusations=parsed.accusations))
    print(f"corrected cases written: {number}")
    return 0


def run_audit(settings: Settings, parsed: argparse.Namespace) -> int:
    """Check or export. What is wrong goes to standard output, with exit status 1."""
    from bot import bootstrap

    if (not parsed.check and not parsed.export) or (parsed.anchor and not parsed.check):
        raise BadInput("audit: wanted --check (with --anchor FILE if there is one) or --export FILE", "audit")
    if parsed.export:
        print(f"rows written: {asyncio.run(bootstrap.export_audit(settings, parsed.export))}")
    if not parsed.check:
        return 0
    holds, told = asyncio.run(bootstrap.check_audit(settings, parsed.anchor))
    print(told)
    return 0 if holds else 1


def run_train(settings: Settings, parsed: argparse.Namespace) -> None:
    """Train the bot, with what the city taught; or with `--out` an understanding of its history alone."""
    if parsed.history and parsed.without_history:
        raise BadInput("train: --history and --without-history exclude each other", "train")
    if parsed.out:
        return _train_aside(settings, parsed)
    os.environ |= {"RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "ERROR"}
    if not settings.tensorflow:
        from bot.workers import light_rasa

        light_rasa.install(light_rasa.FOR_TRAINING)
    from bot.workers import training

    if parsed.if_needed and training.is_trained(settings.model_dir):
        return
    lessons = _lessons(settings, parsed)
    _tell_problems(lessons.history.problems)
    _tell_training(training.train(settings.model_dir, lessons, _say), settings)


def _train_aside(settings: Settings, parsed: argparse.Namespace) -> None:
    if not parsed.history:
        raise BadInput("train: --out wants --history FILE beside it", "train")
    from bot.understanding import commands

    outcome = commands.train_history(parsed.history, parsed.out, _model(settings, None), _say)
    _tell_problems(outcome.problems)
    for one in outcome.reports:
        _say(f"{one.about}, unseen rows: macro-F1 {one.macro_f1:.4f}, accuracy {one.accuracy:.4f}")
    _tell_verdict(outcome.verdict)
    _say(f"{'model and report' if outcome.taken else 'the former model stays; report'}: {outcome.directory}")


def _lessons(settings: Settings, parsed: argparse.Namespace) -> Lessons:
    """The history given now, else the one learnt before; and what staff corrected."""
    from bot import bootstrap
    from bot.understanding.commands import read_own_history
    from bot.understanding.lessons import Lessons
    from bot.understanding.rows import History, rows_of
    from bot.workers import training

    file = parsed.history or (None if parsed.without_history else training.kept_history(settings.model_dir))
    history = read_own_history(file) if file else History()
    return Lessons(history, rows_of(asyncio.run(bootstrap.corrected_rows(settings))))


def _tell_problems(problems: Sequence[str]) -> None:
    for problem in problems[:50]:
        _say(problem)
    if len(problems) > 50:
        _say(f"and {len(problems) - 50} more rows; all of them stand in the report")


def _tell_verdict(verdict: Verdict | None) -> None:
    for one in verdict.comparisons if verdict else ():
        worse = ": worse" if one.is_worse else ""
        _say(f"{one.about} ({one.count} rows): in use {one.former:.4f}, new {one.new:.4f}{worse}")


def _tell_training(outcome: Outcome, settings: Settings) -> None:
    from bot.workers.models import current_card

    _tell_verdict(outcome.verdict)
    if outcome.report:
        _say(f"report: {outcome.report / 'report.md'}")
    in_use = current_card(settings.model_dir)
    refused = f"{outcome.card.name} is refused; " if outcome.card.refused else ""
    _say(f"{refused}model in use: {in_use.name if in_use else 'none'}. {RESTART}")


def run_models(settings: Settings, parsed: argparse.Namespace) -> None:
    """One line a model, the newest first."""
    from bot.workers.models import all_cards, current_card

    in_use = current_card(settings.model_dir)
    for card in all_cards(settings.model_dir):
        state = "refused" if card.refused else "in use" if in_use and card.name == in_use.name else ""
        taught = f"history {card.history}, corrections {card.corrected}" if card.is_own else "project only"
        figures = ", ".join(f"{name} {value:.4f}" for name, value in card.figures.items())
        print(f"{card.name:18}{card.made_at}  {state:8}{taught}  {figures}".rstrip())
    if in_use is None:
        print("no model is in use; run: python -m bot train")


def run_rollback(settings: Settings, parsed: argparse.Namespace) -> None:
    """Put a former model to use."""
    if parsed.out:
        from bot.understanding import commands

        commands.roll_back(parsed.out)
        print(f"the former model is back: {parsed.out}")
        return
    from bot.workers import models, training

    card = models.roll_back(settings.model_dir, parsed.name, training.fingerprint())
    print(f"model in use: {card.name}. {RESTART}")


def run_understand(settings: Settings, parsed: argparse.Namespace) -> None:
    """JSON lines on standard input → readings on standard output."""
    from bot.understanding import commands

    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="surrogateescape")
    commands.understand(lines, sys.stdout, _model(settings, parsed.model))


def run_evaluate(settings: Settings, parsed: argparse.Namespace) -> None:
    """A report on labelled messages."""
    from bot.understanding import commands
    from bot.understanding.report import as_markdown, write_report

    reports, problems = commands.evaluate(parsed.file, _model(settings, parsed.model))
    _tell_problems(problems)
    print(as_markdown(reports, problems))
    written = write_report(reports, problems, parsed.out or settings.home / "evaluation")
    _say(f"report and pictures: {written}")


def _model(settings: Settings, given: Path | None) -> Path:
    """The model to read with: the given one, else the one in use, trained now if there is none."""
    from bot.workers import models, training

    if given:
        inside = given / models.UNDERSTANDING  # of a folder that `models` lists
        return inside if inside.is_dir() else given
    return training.understanding_model(settings.model_dir, _say)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
