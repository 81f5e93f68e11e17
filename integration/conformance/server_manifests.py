"""What servers list, beside what LuaRocks read in the same manifests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.rocks.name import lower
from distrorocks.servers.address import Address
from distrorocks.servers.choice import file_name
from distrorocks.servers.download_cache import DownloadCache
from distrorocks.servers.files import Policy, ServerFiles
from distrorocks.servers.manifest_reader import read_server_manifest, server_manifest_of
from distrorocks.servers.server_manifest import ServerManifest
from integration.conformance.corpus import Corpus
from integration.conformance.tally import Tally

_NAMEABLE = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)

Listed = set[tuple[str, str, str]]


def server_manifests(corpus: Corpus) -> Iterator[Tally]:
    """Compare what each manifest of a server lists, in Lua and in JSON where both are there."""
    lua, both = Tally("servers: files listed"), Tally("servers: JSON as Lua")
    quick = Tally("servers: rock by rock as whole")
    for row in corpus.rows("manifests.jsonl"):
        path = corpus.root / row["file"]
        if row["status"] != "ok" or not path.is_file():
            lua.skip(row["file"], "LuaRocks could not read it, or it is not in this corpus")
            continue
        if "repository" not in row["value"]:
            lua.skip(row["file"], "it is no manifest of a server")
            continue
        theirs = _listed_by_luarocks(row["value"])
        for odd in sorted(rock for rock in theirs if not all(map(_NAMEABLE.fullmatch, rock))):
            lua.skip(f"{row['file']} {odd}", "no dependency can name it: it is left out")
            theirs.discard(odd)
        ours = _listed(server_manifest_of(path.read_bytes()))
        lua.compare(row["file"], ours == theirs, lambda: f"{ours ^ theirs}")  # noqa: B023
        whole = _listed(ServerManifest.from_table(parse(path.read_bytes()).globals))
        quick.compare(row["file"], ours == whole, lambda: f"{ours ^ whole}")  # noqa: B023
        twin = path.with_name(f"{path.name}.json")
        if twin.is_file():
            json_says = _listed(server_manifest_of(twin.read_bytes(), is_json=True))
            both.compare(row["file"], json_says == ours, lambda: f"{json_says ^ ours}")  # noqa: B023
    yield lua
    yield both
    yield quick


def served(corpus: Corpus) -> Iterator[Tally]:
    """Compare what the server that LuaRocks indexed lists with the files that lie there."""
    tally = Tally("ref-server: files there")
    directory = corpus.root / "ref-server"
    files = ServerFiles(DownloadCache(), Policy())
    for path in sorted(directory.glob("manifest-5.?")):
        version = path.name.removeprefix("manifest-")
        try:
            manifest = read_server_manifest(files, Address.parse(str(directory)), version)
        except DistrorocksError as error:
            tally.compare(path.name, is_same=False, difference=error.__str__)
            continue
        for rock in sorted(_listed(manifest)):
            name = file_name(*rock)
            is_there = (directory / name).is_file()
            tally.compare(f"{path.name}: {name}", is_there, lambda: "there is no such file")
    yield tally


def _listed(manifest: ServerManifest) -> Listed:
    return {
        (name, version, arch)
        for name, versions in manifest.rocks.items()
        for version, archs in versions.items()
        for arch in archs
    }


def _listed_by_luarocks(value: Any) -> Listed:
    """Return what LuaRocks read; the rocks of trees count for nothing."""
    repository = value.get("repository") or {}
    return {
        (lower(name), version, entry["arch"])
        for name, versions in repository.items()
        for version, entries in versions.items()
        for entry in entries
        if entry["arch"] != "installed"
    }
