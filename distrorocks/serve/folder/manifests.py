"""The manifests of a server's folder, in all their forms, from the rocks that are listed.

Each rock is written once as Lua and once as JSON for each set of its versions; a manifest joins the
rocks for its Lua. The Lua text is LuaRocks' own. The zip archives have one member, named like the
manifest, as those of ``luarocks-admin add``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from distrorocks.lua.value import to_bytes
from distrorocks.rocks.manifest_entry import block, key, string
from distrorocks.serve.folder.served import ALL_LUAS, MANIFEST, ServedRock, luas_of
from distrorocks.system.files.zip_archive import ZippedFile, zip_of
from distrorocks.values import NamedTuple

_ZIP_LEVEL = 6


class RockTexts(NamedTuple):
    """One rock as a field of a manifest in Lua and in JSON."""

    lua: str
    json: str


def rock_texts(rock: ServedRock) -> dict[str, RockTexts]:
    """Return the fields of a rock by Lua version, "" for all: those of the versions for it.

    A Lua that no version of the rock is for is not in it.
    """
    lua, json, luas = [], [], []
    for version, files in rock.versions:
        archs = tuple([each.rock.arch for each in files])
        lua.append(f"{_version_key(version)}{_lua_archs(archs)}")
        json.append(f'"{version}": {_json_archs(archs)}')
        luas.append(luas_of(files))
    name = key(rock.name)
    whole = RockTexts(f"{name}{block(lua, 2)}", f'"{rock.name}": {{{", ".join(json)}}}')
    texts = {"": whole}
    for each in ALL_LUAS:
        chosen = [at for at, of_version in enumerate(luas) if each in of_version]
        if len(chosen) == len(luas):
            texts[each] = whole
        elif chosen:
            versions = ", ".join([json[at] for at in chosen])
            texts[each] = RockTexts(
                f"{name}{block([lua[at] for at in chosen], 2)}", f'"{rock.name}": {{{versions}}}'
            )
    return texts


@lru_cache(maxsize=1 << 12)
def _version_key(version: str) -> str:
    return key(version)


@lru_cache(maxsize=1 << 10)
def _lua_archs(archs: tuple[str, ...]) -> str:
    return block([block([f"arch = {string(arch)}"], 4) for arch in archs], 3)


@lru_cache(maxsize=1 << 10)
def _json_archs(archs: tuple[str, ...]) -> str:
    return "[{}]".format(", ".join(f'{{"arch": "{arch}"}}' for arch in archs))


def lua_manifest(rocks: Iterable[RockTexts]) -> bytes:
    """Return the manifest of these rocks as LuaRocks writes it."""
    texts = block([each.lua for each in rocks], 1)
    return to_bytes(f"commands = {{}}\nmodules = {{}}\nrepository = {texts}\n")


def json_manifest(rocks: Sequence[RockTexts]) -> bytes:
    """Return the manifest of these rocks as JSON, with one rock on each line."""
    texts = ",\n".join([each.json for each in rocks])
    repository = f"{{\n{texts}\n}}" if rocks else "{}"
    return to_bytes(f'{{"commands": {{}}, "modules": {{}}, "repository": {repository}}}\n')


def zipped(name: str, text: bytes) -> bytes:
    """Return a manifest as the only member of an archive."""
    return zip_of({name: ZippedFile(text)}, level=_ZIP_LEVEL)


def manifests(rocks: Iterable[ServedRock]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each manifest; the plain ``manifest`` is the last.

    Names, versions and archs need no escapes (``servers.server_manifest.is_part``).
    """
    of_lua: dict[str, list[RockTexts]] = {lua: [] for lua in ("", *ALL_LUAS)}
    for rock in rocks:
        for lua, texts in rock_texts(rock).items():
            of_lua[lua].append(texts)
    whole = of_lua.pop("")
    yield f"{MANIFEST}.json", json_manifest(whole)
    for lua, chosen in of_lua.items():
        yield f"{MANIFEST}-{lua}.json", json_manifest(chosen)
    plain = {f"{MANIFEST}-{lua}": lua_manifest(chosen) for lua, chosen in of_lua.items()}
    for name, text in plain.items():
        yield f"{name}.zip", zipped(name, text)
    yield from plain.items()
    yield MANIFEST, lua_manifest(whole)


def sums(digests: Iterable[tuple[str, str]]) -> bytes:
    """Return the text of ``sha256sum`` for names and SHA-256s, sorted by name."""
    return to_bytes("".join([f"{digest}  {name}\n" for name, digest in sorted(digests)]))
