"""The manifests of a server's folder, in all their forms, from the files that are listed.

Each version of a rock is written once as Lua and once as JSON; a manifest joins the versions for
its Lua. The Lua text is LuaRocks' own. The zip archives have one member, named like the manifest,
as those of ``luarocks-admin add``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from distrorocks.lua.value import to_bytes
from distrorocks.rocks.manifest_entry import block, key, string
from distrorocks.serve.folder.served import ALL_LUAS, MANIFEST, ServedFile, luas_of
from distrorocks.system.files.zip_archive import ZippedFile, zip_of

_ZIP_LEVEL = 6


class VersionTexts(NamedTuple):
    """One version of a rock as a field of a manifest in Lua and in JSON."""

    name: str
    luas: tuple[str, ...]
    lua: str
    json: str


def version_texts(files: Sequence[ServedFile]) -> list[VersionTexts]:
    """Return the versions of files that are sorted by rock, version and arch."""
    texts = []
    for (name, version), group in groupby(files, key=lambda each: each.rock[:2]):
        of_version = list(group)
        archs = tuple(each.rock.arch for each in of_version)
        lua = f"{key(version)}{_lua_archs(archs)}"
        json = f'"{version}": {_json_archs(archs)}'
        texts.append(VersionTexts(name, luas_of(of_version), lua, json))
    return texts


@lru_cache(maxsize=1 << 10)
def _lua_archs(archs: tuple[str, ...]) -> str:
    return block([block([f"arch = {string(arch)}"], 4) for arch in archs], 3)


@lru_cache(maxsize=1 << 10)
def _json_archs(archs: tuple[str, ...]) -> str:
    return "[{}]".format(", ".join(f'{{"arch": "{arch}"}}' for arch in archs))


def lua_manifest(versions: Iterable[VersionTexts]) -> bytes:
    """Return the manifest of these versions as LuaRocks writes it."""
    rocks = [
        f"{key(name)}{block([each.lua for each in group], 2)}" for name, group in _by_name(versions)
    ]
    return to_bytes(f"commands = {{}}\nmodules = {{}}\nrepository = {block(rocks, 1)}\n")


def json_manifest(versions: Iterable[VersionTexts]) -> bytes:
    """Return the manifest of these versions as JSON, with one rock on each line."""
    rocks = [
        f'"{name}": {{{", ".join(each.json for each in group)}}}'
        for name, group in _by_name(versions)
    ]
    repository = "{{\n{}\n}}".format(",\n".join(rocks)) if rocks else "{}"
    return to_bytes(f'{{"commands": {{}}, "modules": {{}}, "repository": {repository}}}\n')


def _by_name(versions: Iterable[VersionTexts]) -> Iterator[tuple[str, Iterator[VersionTexts]]]:
    return groupby(versions, key=lambda each: each.name)


def manifests(files: Sequence[ServedFile]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each manifest; the plain ``manifest`` is the last.

    ``files`` are sorted by rock, version and arch; their names, versions and archs need no escapes
    (``servers.server_manifest.is_part``).
    """
    versions = version_texts(files)
    of_lua = {lua: [each for each in versions if lua in each.luas] for lua in ALL_LUAS}
    yield f"{MANIFEST}.json", json_manifest(versions)
    for lua, chosen in of_lua.items():
        yield f"{MANIFEST}-{lua}.json", json_manifest(chosen)
    plain = {f"{MANIFEST}-{lua}": lua_manifest(chosen) for lua, chosen in of_lua.items()}
    for name, text in plain.items():
        yield f"{name}.zip", zip_of({name: ZippedFile(text)}, level=_ZIP_LEVEL)
    yield from plain.items()
    yield MANIFEST, lua_manifest(versions)


def sums(digests: Iterable[tuple[str, str]]) -> bytes:
    """Return the text of ``sha256sum`` for names and SHA-256s, sorted by name."""
    return to_bytes("".join(f"{digest}  {name}\n" for name, digest in sorted(digests)))
