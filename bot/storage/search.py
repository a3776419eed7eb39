"""Full search in Chinese: a case → its words → pieces of one, two and three characters; a query → the pieces it needs.

Both databases hold the same pieces, SQLite in FTS5 and PostgreSQL in a `tsvector`, so both find the same. No
dictionary cuts the text: a word that is new, misspelt or a name is found like any other. A longer word is found by all
its pieces of three. Numbers of seven digits and more (phones, identity numbers) are kept whole: no part of them leads
to a case. Whoever changes how pieces are made rebuilds them in a migration (as 0004 fills them).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import opencc
from sqlalchemy import BindParameter, Boolean, Connection, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

LONGEST_QUERY = 100
MOST_WORDS = 8
LONGEST_PIECE = 3
SHORTEST_ORGAN_WORD = 2
FEW = 500
# What is found whole or not at all stands in the first line of a case's words.
NUMBER, ORGAN = "number", "organ"

_RUN = re.compile(r"[^\W_]+")
_QUERY_CODE = re.compile(r"(?<!\d)(?:\d{4} ){3}\d{4}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[-\s.]{0,2}\d{4}[-\s.]{0,2}\d{4}(?!\d)")
_LONG_NUMBER = re.compile(r"\d{7,}x?")
_CASE_NO = re.compile(r"(20\d{4,6})(?:(?<=\d{8})-?(\d{0,9}))?")
_NOT_DIGITS = re.compile(r"[^\dx]")


# Written differently in simplified script only in some words; one form for all of them, in text and query alike.
_ALIKE = str.maketrans("乾著瞭藉夥麽", "干着了借伙么")


@dataclass(frozen=True)
class Searched:
    """What is written down of a case for searching."""

    title: str
    text: str
    place: str
    organ: str | None
    phones: Sequence[str]


@dataclass(frozen=True)
class Sought:
    """A query. `words` must all be there: each by its pieces, or by one of the whole tokens that stand for it.

    `case_numbers` are beginnings, as ranges: from the first up to, and without, the second.
    """

    words: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    case_numbers: tuple[tuple[str, str], ...] = ()
    hopeless: bool = False


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=65536)
def _folded(character: str) -> str:
    """One character alone, so that a piece is the same in whatever text it stands: half width, small, simplified."""
    plain = unicodedata.normalize("NFKC", character).casefold().translate(_ALIKE)
    return "".join(str(_converter().convert(one)) for one in plain if unicodedata.category(one) not in ("Cs", "Cc"))


def fold(said: str) -> str:
    """Half width, small letters, simplified script; blanks instead of controls."""
    return "".join(_folded(character) or " " for character in said)


def words_of(case: Searched) -> str:
    """What is kept of a case: a line of whole tokens, then its folded text without long numbers."""
    said, numbers = _without_numbers(fold("\u2028".join((case.title, case.place, case.text))), case.phones)
    whole = [f"{NUMBER}{number}" for number in dict.fromkeys((*case.phones, *numbers))]
    whole += [organ_token(case.organ)] if case.organ else []
    return " ".join(whole) + "\n" + said.replace("\n", " ")


def organ_token(code: str) -> str:
    """An organ's code as one token."""
    return ORGAN + code.encode().hex()


def _without_numbers(said: str, phones: Iterable[str] = ()) -> tuple[str, list[str]]:
    said, found = _QUERY_CODE.sub(" ", said), []
    written = [re.compile(r"\D{0,3}".join(phone)) for phone in phones if phone.isascii() and phone.isdigit()]
    for form in (*written, _MOBILE, _LONG_NUMBER):
        found += [_NOT_DIGITS.sub("", match) for match in form.findall(said)]
        said = form.sub(" ", said)
    return said, found


def tokens_of(words: str) -> list[str]:
    """Every token of a case's words, each once."""
    whole, _, said = words.partition("\n")
    pieces: dict[str, None] = dict.fromkeys(whole.split())
    for run in _RUN.findall(said):
        for size in range(1, LONGEST_PIECE + 1):
            pieces.update(dict.fromkeys(run[at : at + size] for at in range(len(run) - size + 1)))
    return list(pieces)


def sought(query: str, organs: Sequence[tuple[str, str]] = (), *, numbers: bool = False) -> Sought:
    """Read a query. `organs` are codes with names; `numbers` lets a full phone number find its case."""
    said = fold(query[:LONGEST_QUERY])
    case_numbers = [found for word in said.split() if (found := _CASE_NO.fullmatch(word))]
    said = " ".join(word for word in said.split() if not _CASE_NO.fullmatch(word))
    said, whole = _without_numbers(said)
    words = [_word(word, organs) for word in said.split()[:MOST_WORDS]]
    words += [((), (NUMBER + number,)) for number in whole]
    wanted = tuple(word for word in words if word != ((), ()))
    nothing = bool(query.strip()) and not wanted and not case_numbers
    ranges = tuple(_beginning(*found.groups(default="")) for found in case_numbers)
    return Sought(wanted, ranges, hopeless=nothing or (bool(whole) and not numbers))


def _beginning(day: str, serial: str) -> tuple[str, str]:
    """All numbers that begin like this, whatever a database thinks of hyphens: 20261123-001 up to 20261123-002."""
    begun = f"{day}-{serial}" if serial else day
    raised = begun.rstrip("9-")
    return begun, raised[:-1] + chr(ord(raised[-1]) + 1)


def _word(word: str, organs: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    pieces: dict[str, None] = {}
    for run in _RUN.findall(word):
        size = min(len(run), LONGEST_PIECE)
        pieces.update(dict.fromkeys(run[at : at + size] for at in range(len(run) - size + 1)))
    named = [organ_token(code) for code, name in _folded_names(tuple(organs)) if word in name]
    return tuple(pieces), tuple(named) if len(word) >= SHORTEST_ORGAN_WORD else ()


@lru_cache(maxsize=8)
def _folded_names(organs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((code, fold(name)) for code, name in organs)


def expression(wanted: Sought, both: str, either: str, quote: str) -> str:
    """The words in the language of FTS5 or of tsquery; tokens are letters and digits alone, and quoted all the same."""
    clauses = []
    for pieces, whole in wanted.words:
        options = [both.join(f"{quote}{piece}{quote}" for piece in pieces)] if pieces else []
        options += [f"{quote}{token}{quote}" for token in whole]
        clauses.append(either.join(f"({option})" for option in options))
    return both.join(f"({clause})" for clause in clauses)


class said_in(FunctionElement[bool]):
    """Whether a case (its id is the first argument) says what is sought."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, case_id: Any, wanted: Sought) -> None:
        fts: BindParameter[str] = bindparam(None, expression(wanted, " AND ", " OR ", '"'))
        tsquery: BindParameter[str] = bindparam(None, expression(wanted, " & ", " | ", "'"))
        super().__init__(case_id, fts, tsquery)


@compiles(said_in, "sqlite")
def _said_in_sqlite(element: said_in, compiler: Any, **options: Any) -> str:
    case_id, fts, _ = element.clauses
    case_id, fts = compiler.process(case_id, **options), compiler.process(fts, **options)
    return f"({case_id} IN (SELECT rowid FROM case_search WHERE case_search MATCH {fts}))"


@compiles(said_in, "postgresql")
def _said_in_postgresql(element: said_in, compiler: Any, **options: Any) -> str:
    case_id, _, tsquery = element.clauses
    case_id, tsquery = compiler.process(case_id, **options), compiler.process(tsquery, **options)
    # IS TRUE keeps the found ids one hash that the list's index is held against, however many they are. Joined, they
    # are looked for case by case wherever the planner, which does not know the words, guesses wrong.
    return f"({case_id} IN (SELECT case_id FROM case_words WHERE tokens @@ CAST({tsquery} AS tsquery))) IS TRUE"


_FEW = {
    "sqlite": text("SELECT rowid FROM case_search WHERE case_search MATCH :words LIMIT :most"),
    "postgresql": text("SELECT case_id FROM case_words WHERE tokens @@ CAST(:words AS tsquery) LIMIT :most"),
}
_BY_INDEX = text("SELECT set_config('enable_seqscan', 'off', true)")


async def few_saying(connection: AsyncConnection, wanted: Sought) -> list[int] | None:
    """The cases that say what is sought, if they are few.

    For the rest of this transaction PostgreSQL reads tokens in their index alone: it takes a look at each case's own
    for cheap, as they lie out of line, and needs half a second for 100,000 cases.
    """
    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:
        await connection.execute(_BY_INDEX)
    words = expression(wanted, " AND ", " OR ", '"') if on_sqlite else expression(wanted, " & ", " | ", "'")
    found = await connection.execute(_FEW[connection.dialect.name], {"words": words, "most": FEW + 1})
    ids = list(found.scalars())
    return ids if len(ids) <= FEW else None


_KNOWN = text("SELECT words FROM case_words WHERE case_id = :case_id")
_WRITE_WORDS = text(
    "INSERT INTO case_words (case_id, words) VALUES (:case_id, :words)"
    " ON CONFLICT (case_id) DO UPDATE SET words = excluded.words"
)
# FTS5 holds no text of its own: it forgets a case when it is told the tokens it was given.
_FORGET = text("INSERT INTO case_search (case_search, rowid, tokens) VALUES ('delete', :case_id, :tokens)")
_LEARN = text("INSERT INTO case_search (rowid, tokens) VALUES (:case_id, :tokens)")
_WRITE_TOKENS = text(
    "INSERT INTO case_words (case_id, words, tokens)"
    " VALUES (:case_id, :words, array_to_tsvector(string_to_array(:tokens, ' ')))"
    " ON CONFLICT (case_id) DO UPDATE SET words = excluded.words, tokens = excluded.tokens"
)


async def note_words(connection: AsyncConnection, case_id: int, case: Searched) -> None:
    """Keep what is searched up with a case, in the same transaction; nothing is written when its words are the same."""
    words = words_of(case)
    known = (await connection.execute(_KNOWN, {"case_id": case_id})).scalar_one_or_none()
    if known == words:
        return
    if connection.dialect.name == "sqlite" and known is not None:
        await connection.execute(_FORGET, {"case_id": case_id, "tokens": " ".join(tokens_of(known))})
    for statement, row in _writing(connection.dialect.name, case_id, words):
        await connection.execute(statement, row)


def fill_words(connection: Connection, cases: Iterable[tuple[int, Searched]]) -> None:
    """Write many cases down that are not yet searched."""
    rows = [_writing(connection.dialect.name, case_id, words_of(case)) for case_id, case in cases]
    for step in zip(*rows):
        connection.execute(step[0][0], [row for _, row in step])


def _writing(dialect: str, case_id: int, words: str) -> list[tuple[Any, dict[str, Any]]]:
    row = {"case_id": case_id, "words": words, "tokens": " ".join(tokens_of(words))}
    if dialect == "postgresql":
        return [(_WRITE_TOKENS, row)]
    return [
        (_WRITE_WORDS, {"case_id": case_id, "words": words}),
        (_LEARN, {"case_id": case_id, "tokens": row["tokens"]}),
    ]
