"""Manifests that we make of LuaRocks' own trees and server directories, beside LuaRocks' own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable, sequence
from distrorocks.serve.make_manifest import make_server_manifests, make_tree_manifest
from distrorocks.trees.layout import tree_layout
from integration.conformance.corpus import Corpus
from integration.conformance.tally import Tally

LOCK_SECONDS = 5.0


def ref_trees(corpus: Corpus) -> Iterator[Tally]:
    """Compare the manifest of each tree, byte for byte, else by value in canonical order."""
    tally = Tally("ref-trees: manifest")
    for original in sorted((corpus.root / "ref-trees").rglob("rocks-5.?/manifest")):
        version = original.parent.name.removeprefix("rocks-")
        root = original.parents[3]
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / "tree"
            shutil.copytree(root / "lib" / "luarocks", copy / "lib" / "luarocks", symlinks=True)
            layout = tree_layout(str(copy), version)
            Path(layout.manifest).unlink()
            make_tree_manifest(layout, lock_seconds=LOCK_SECONDS)
            mine, theirs = Path(layout.manifest).read_bytes(), original.read_bytes()
        _compare(tally, str(original.relative_to(corpus.root)), mine, theirs)
    yield tally


def ref_server(corpus: Corpus) -> Iterator[Tally]:
    """Compare the manifests of a server's directory, entries in canonical order."""
    tally = Tally("ref-server: manifests")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "server"
        shutil.copytree(corpus.root / "ref-server", copy, symlinks=True)
        originals = {path.name: path.read_bytes() for path in sorted(copy.glob("manifest*"))}
        for name in originals:
            (copy / name).unlink()
        make_server_manifests(str(copy))
        for name, theirs in originals.items():
            _compare(tally, f"ref-server/{name}", (copy / name).read_bytes(), theirs)
    yield tally


def _compare(tally: Tally, case: str, mine: bytes, theirs: bytes) -> None:
    """Count one manifest: the same bytes, or the same in canonical order."""
    if mine == theirs:
        tally.compare(case, True, str)
        return
    left, right = (canonical(parse(text).globals) for text in (mine, theirs))
    tally.compare(case, left == right, lambda: _first_difference(left, right))


def canonical(manifest: LuaTable) -> LuaTable:
    """Return a manifest in the one order there is: LuaRocks lists a server's files as met.

    What a rock needs through others is a matter of chance too, where several versions of a rock
    are installed: there only the names count.
    """
    repository: Any = manifest.get("repository", {})
    several = {name for name, versions in repository.items() if len(versions) > 1}
    told = {
        name: {
            version: sorted((_entry(entry, several) for entry in sequence(entries)), key=repr)
            for version, entries in versions.items()
        }
        for name, versions in repository.items()
    }
    result: Any = {**manifest, "repository": told}
    canonical_manifest: LuaTable = result
    return canonical_manifest


def _entry(entry: Any, several: set[str]) -> Any:
    """Return one entry of ``repository`` in canonical order."""
    needs = entry.get("dependencies")
    if not isinstance(needs, dict) or not several & set(needs):
        return sorted(entry.items())
    return sorted({**entry, "dependencies": sorted(needs)}.items())


def _first_difference(left: Any, right: Any, path: str = "manifest") -> str:
    """Return the first place where two values differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}, key=str):
            if left.get(key) != right.get(key):
                return _first_difference(left.get(key), right.get(key), f"{path}.{key}")
    return f"{path}: ours {left!r}, LuaRocks' {right!r}"
