"""Rockspecs beside LuaRocks' answers: what each evaluates to, means, and is worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, LuaSyntaxError
from distrorocks.packaging.lint import lint
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.rockspec_fault import RockspecError
from distrorocks.system.lua.file import read_chunk
from distrorocks.system.lua.jail import Jail
from integration.conformance.corpus import Corpus
from integration.conformance.oracle_value import decoded, difference, is_same
from integration.conformance.tally import Tally

LIMIT = 8 << 20


class Questions:
    """One tally for each thing that LuaRocks was asked about a rockspec."""

    def __init__(self) -> None:
        self.loads = Tally("rockspecs.jsonl: loads")
        self.raw = Tally("rockspecs.jsonl: globals")
        self.undefined = Tally("rockspecs.jsonl: undefined")
        self.content = Tally("rockspecs.jsonl: content verdict")
        self.effective = Tally("rockspecs.jsonl: effective")
        self.full = Tally("index.csv: full verdict")
        self.message = Tally("rockspecs.jsonl: message")
        self.lint = Tally("index.csv: lint verdict")

    def all(self) -> list[Tally]:
        """Return the tallies in the order in which LuaRocks takes the steps."""
        return list(vars(self).values())


def rockspecs(corpus: Corpus) -> Iterator[Tally]:
    """Compare each step of loading and linting each rockspec."""
    questions = Questions()
    with Jail() as jail:
        for row in corpus.rows("rockspecs.jsonl"):
            name = row["file"]
            path = str(corpus.root / name)
            reason = corpus.exceptions.get(name)
            if not reason and not (corpus.root / name).is_file():
                reason = "the file is not in this corpus"
            if reason:
                questions.loads.skip(name, reason)
                continue
            verdicts = corpus.index.get(name, row)
            chunk = _loads(questions, row, path, jail)
            if chunk is not None and row["raw_status"] == "ok":
                _evaluates(questions, row, chunk)
                _means(questions, row, chunk)
                _is_worth(questions, row, chunk, verdicts["full_status"])
            theirs = verdicts["lint_status"]
            ours = "fail" if lint(path, jail=jail).faults else "ok"
            expected = "ok" if theirs == "ok" else "fail"
            questions.lint.compare(name, ours == expected, lambda: f"{ours}, LuaRocks: {theirs}")  # noqa: B023
    yield from questions.all()


def _loads(questions: Questions, row: dict[str, Any], path: str, jail: Jail) -> Chunk | None:
    """Compare whether the file evaluates, and if not, whether it is Lua at all."""
    chunk, ours, fault = None, "ok", ""
    try:
        chunk = read_chunk(path, jail=jail, limit=LIMIT)
    except LuaSyntaxError as error:
        ours, fault = "error:load", str(error)
    except DistrorocksError as error:
        ours, fault = "error:run", str(error)
    theirs = row["raw_status"]
    questions.loads.compare(
        row["file"], ours == theirs, lambda: f"{ours} {fault}, LuaRocks: {theirs}"
    )
    return chunk


def _evaluates(questions: Questions, row: dict[str, Any], chunk: Chunk) -> None:
    theirs = decoded(row["raw"])
    questions.raw.compare(
        row["file"], is_same(chunk.globals, theirs), lambda: difference(chunk.globals, theirs)
    )
    undefined = sorted(row["undefined_globals"])
    questions.undefined.compare(
        row["file"],
        sorted(chunk.undefined) == undefined,
        lambda: f"{chunk.undefined}, LuaRocks: {undefined}",
    )


def _means(questions: Questions, row: dict[str, Any], chunk: Chunk) -> None:
    """Compare the verdict on the content, and the table that LuaRocks goes on with.

    Where the content is refused the oracle has the table of a load without the type check.
    """
    rockspec = _rockspec(chunk)
    is_accepted = isinstance(rockspec, Rockspec)
    questions.content.compare(
        row["file"],
        is_accepted == (row["content_status"] == "ok"),
        lambda: f"{rockspec}, LuaRocks: {row.get('content_error', 'ok')}",
    )
    loaded = rockspec if is_accepted else _rockspec(chunk, quick=True)
    theirs = decoded(row.get("effective"))
    if isinstance(theirs, dict):
        theirs.pop("rocks_provided", None)  # it tells of the Lua that LuaRocks ran on
    ours = loaded.to_table() if isinstance(loaded, Rockspec) else None
    questions.effective.compare(
        row["file"], is_same(ours, theirs), lambda: difference(ours, theirs)
    )


def _is_worth(questions: Questions, row: dict[str, Any], chunk: Chunk, status: str) -> None:
    """Compare the verdict on the file under its name, and the message of a refusal."""
    rockspec = _rockspec(chunk, file_name=row["file"].rpartition("/")[2])
    questions.full.compare(
        row["file"],
        isinstance(rockspec, Rockspec) == (status == "ok"),
        lambda: f"{rockspec}, LuaRocks: {row.get('full_error', 'ok')}",
    )
    if isinstance(rockspec, RockspecError) and status != "ok":
        message = str(row["full_error"]).removeprefix("<FILE>: ")
        told = [fault.luarocks for fault in rockspec.faults]
        questions.message.compare(row["file"], message in told, lambda: f"{told}, not {message}")


def _rockspec(
    chunk: Chunk, *, file_name: str | None = None, quick: bool = False
) -> Rockspec | RockspecError:
    try:
        return Rockspec.from_chunk(chunk, file_name=file_name, strict=True, quick=quick)
    except RockspecError as error:
        return error
