"""Manifests and rock_manifests beside LuaRocks' reading, and beside its own bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, parse
from distrorocks.lua.value import LuaTable
from distrorocks.lua.write import DEFAULT, LUA_51, LUA_52, LUAROCKS_HEAD, persist
from integration.conformance.corpus import Corpus
from integration.conformance.oracle_value import decoded, difference, is_same
from integration.conformance.tally import Tally

_KEY = rb'(?:[A-Za-z_]\w*|\[(?:"(?:[^"\\]|\\.)*"|-?[0-9.]+)\])'
_SCALAR = rb'(?:"(?:[^"\\]|\\.)*"|-?[0-9][0-9.e+]*|true|false|\{\})'
_ENTRY = rb"(?:%b = )?%b" % (_KEY, _SCALAR)
_LINE = re.compile(
    rb"(?: {3})*(?:\},?|(?:%b, )*%b,?|(?:%b, )*(?:%b = )?\{)" % (_ENTRY, _ENTRY, _ENTRY, _KEY)
)
_OLD_ASSIGNMENT = re.compile(rb"(?m)^ *[^\s=]+=\{")
_COMMA_BEFORE_BRACE = re.compile(rb",\n *\}")
_SINGLE_QUOTED_KEY = re.compile(rb"(?m)^( *)\['([^'\"\\\n]*)'\] = ")
_TABLES_IN_A_LINE = re.compile(rb"(?m)^( +)\}, \{$")
_KEY_AFTER_REVISION = re.compile(rb"(\brevision = [0-9]+,)\n +string = ")
_TEXTS_IN_A_LINE = re.compile(rb'(?m)^( +)("[^"\\\n]*"(?:, "[^"\\\n]*")+)$')

DIALECTS = (DEFAULT, LUA_52, LUA_51, LUAROCKS_HEAD)


def manifests(corpus: Corpus) -> Iterator[Tally]:
    """Compare the manifests of servers and trees that people published."""
    return _compared(corpus, "manifests.jsonl", corpus.root)


def tree_manifests(corpus: Corpus) -> Iterator[Tally]:
    """Compare the manifests and rock_manifests of trees that people committed."""
    return _compared(corpus, "tree_manifests.jsonl", corpus.trees)


class Questions:
    """One tally for each thing that is asked of a manifest.

    ``older`` has the files that LuaRocks 2 laid out its own way, compared after that is undone.
    """

    def __init__(self, oracle: str) -> None:
        self.values = Tally(f"{oracle}: value")
        self.round_trips = Tally(f"{oracle}: round trip")
        self.texts = Tally(f"{oracle}: bytes")
        self.older = Tally(f"{oracle}: older bytes")

    def all(self) -> list[Tally]:
        """Return the tallies in the order in which they are asked."""
        return list(vars(self).values())


def _compared(corpus: Corpus, oracle: str, folder: Path | None) -> Iterator[Tally]:
    questions = Questions(oracle)
    for row in corpus.rows(oracle):
        name = row["file"]
        path = folder / name if folder else None
        if path is None or not path.is_file():
            questions.values.skip(name, "the file is not in this corpus")
            continue
        text = path.read_bytes()
        table = _is_read(questions.values, row, text)
        if table is None:
            continue
        again = _parsed(persist(table))
        questions.round_trips.compare(
            name,
            isinstance(again, Chunk) and is_same(again.globals, table),
            lambda: f"{again}",  # noqa: B023
        )
        _is_written(questions, corpus, name, text, table)
    yield from questions.all()


def _is_read(tally: Tally, row: dict[str, Any], text: bytes) -> LuaTable | None:
    """Compare the value of a file, and return ours."""
    chunk = _parsed(text)
    ours = chunk.globals if isinstance(chunk, Chunk) else None
    theirs = decoded(row.get("value")) if row["status"] == "ok" else None
    fault = "" if isinstance(chunk, Chunk) else str(chunk)
    tally.compare(row["file"], is_same(ours, theirs), lambda: f"{difference(ours, theirs)} {fault}")
    return ours


def _is_written(
    questions: Questions, corpus: Corpus, name: str, text: bytes, table: LuaTable
) -> None:
    """Compare the bytes of a file that LuaRocks wrote with ours, in any of its dialects."""
    today = _as_written_today(text)
    tally = questions.texts if text == today else questions.older
    reason = corpus.exceptions.get(f"{name} bytes") or _foreign_form(today)
    if reason:
        tally.skip(name, reason)
        return
    ours = {persist(table, dialect=dialect) for dialect in DIALECTS}
    tally.compare(name, today in ours, lambda: _first_line(persist(table), today))


def _as_written_today(text: bytes) -> bytes:
    """Return ``text`` with Unix line ends and with LuaRocks 3's layout of keys and lists.

    LuaRocks 2 and the program behind luarocks.org write ``['key'] = ``, the entries of a list
    after each other (``"a", "b"`` and ``}, {``) and a key on a line of its own where LuaRocks 3
    goes on after a number. Nothing but the layout is changed.
    """
    text = _SINGLE_QUOTED_KEY.sub(rb'\1["\2"] = ', text.replace(b"\r\n", b"\n"))
    text = _TABLES_IN_A_LINE.sub(rb"\1},\n\1{", text)
    text = _KEY_AFTER_REVISION.sub(rb"\1 string = ", text)
    return _TEXTS_IN_A_LINE.sub(
        lambda line: line[1] + line[2].replace(b'", "', b'",\n%b"' % line[1]), text
    )


def _foreign_form(text: bytes) -> str | None:
    """Return why LuaRocks' persist writer cannot have laid ``text`` out so; None where it can.

    Its form (2.0 and later) is: three blanks for each level, ``key = value``, one entry to a line
    except after a number, a table's brace at the end of a line. LuaRocks 1 wrote ``key={``; people
    leave blank lines, blanks at the end, a comma before the last brace. Only the form is looked
    at: what the lines say, and in which order, is compared.
    """
    if _OLD_ASSIGNMENT.search(text):
        return "in the form of LuaRocks 1 (key={)"
    if _COMMA_BEFORE_BRACE.search(text):
        return "edited by hand: a comma before a closing brace"
    for number, line in enumerate(text.removesuffix(b"\n").split(b"\n"), start=1):
        if not _LINE.fullmatch(line):
            return f"edited by hand: line {number} is {line.decode(errors='backslashreplace')!r}"
    return None


def _parsed(text: bytes) -> Chunk | DistrorocksError:
    try:
        return parse(text)
    except DistrorocksError as error:
        return error


def _first_line(ours: bytes, theirs: bytes) -> str:
    """Return the first line in which two texts differ."""
    pairs = zip(ours.split(b"\n"), theirs.split(b"\n"), strict=False)
    for number, (mine, other) in enumerate(pairs, start=1):
        if mine != other:
            return f"line {number} is {mine!r}, LuaRocks has {other!r}"
    return f"{len(ours)} bytes, LuaRocks has {len(theirs)}"
