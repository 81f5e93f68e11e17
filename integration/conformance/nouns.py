"""Versions, constraints and dependencies beside LuaRocks' answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from distrorocks.rocks.dependency import Dependency, DependencyError
from distrorocks.rocks.version import Version
from integration.conformance.corpus import Corpus
from integration.conformance.tally import Tally


def versions_parsed(corpus: Corpus) -> Iterator[Tally]:
    """Compare the slots, the revision and the text of each version."""
    tally = Tally("versions_parsed.jsonl")
    for row in corpus.rows(tally.name):
        ours, theirs = _version(Version.parse(row["version"])), row["parsed"]
        tally.compare(row["version"], repr(ours) == repr(theirs), lambda: f"{ours}, not {theirs}")  # noqa: B023
    yield tally


def versions(corpus: Corpus) -> Iterator[Tally]:
    """Compare each comparison of two versions, and that ``<`` never contradicts it."""
    tally = Tally("versions.jsonl")
    for row in corpus.rows(tally.name):
        a, b = Version.parse(row["a"]), Version.parse(row["b"])
        ours = {
            "eq": a.equals(b),
            "lt": a.precedes(b),
            "le": not b.precedes(a),
            "gt": b.precedes(a),
            "compare_versions": row["a"] != row["b"] and b.precedes(a),
        }
        theirs = {key: row[key] for key in ours}
        is_ordered = a < b if theirs["lt"] else True
        case = f"{row['a']} and {row['b']}"
        tally.compare(case, ours == theirs and is_ordered, lambda: f"{ours}, not {theirs}")  # noqa: B023
    yield tally


def constraints(corpus: Corpus) -> Iterator[Tally]:
    """Compare whether each version stands what a dependency asks."""
    tally = Tally("constraints.jsonl")
    for row in corpus.rows(tally.name):
        ours = Dependency.parse(row["dep"]).satisfied_by(Version.parse(row["version"]))
        case = f"{row['version']} against {row['dep']}"
        tally.compare(case, ours is row["match"], lambda: f"{ours}")  # noqa: B023
    yield tally


def dependencies(corpus: Corpus) -> Iterator[Tally]:
    """Compare the reading of each dependency, and the text it is printed as."""
    tally = Tally("dependencies.jsonl")
    for row in corpus.rows(tally.name):
        ours = _dependency(row["dep"])
        theirs = row if row["status"] == "ok" else {"dep": row["dep"], "status": row["status"]}
        tally.compare(row["dep"], ours == theirs, lambda: f"{ours}, not {theirs}")  # noqa: B023
    yield tally


def _version(version: Version) -> dict[str, Any]:
    return {
        "parts": list(version.parts),
        "revision": version.revision,
        "string": version.string,
    }


def _dependency(text: str) -> dict[str, Any]:
    try:
        dependency = Dependency.parse(text)
    except DependencyError:
        return {"dep": text, "status": "error"}
    return {
        "dep": text,
        "status": "ok",
        "name": dependency.name,
        "namespace": dependency.namespace,
        "constraints": [
            {
                "op": each.operator,
                "version": _version(each.version),
                "no_upgrade": each.no_upgrade,
            }
            for each in dependency.constraints
        ],
        "tostring": str(dependency),
    }
