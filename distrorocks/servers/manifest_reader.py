"""The manifest of a rocks server for one Lua version, in whichever form the server has.

JSON is tried first since it is fastest to parse, then zipped Lua, then Lua. As in LuaRocks, the
unversioned ``manifest`` is not used. Nothing in a manifest is run. A manifest as LuaRocks writes it
is parsed lazily, rock by rock, in linear time. Any other is parsed as a whole by the strict Lua or
the JSON parser, which build objects for all of it, so its size limit is lower.
"""

from __future__ import annotations

import json

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.servers.address import Address
from distrorocks.servers.configured import Mirrors
from distrorocks.servers.files import MANIFEST_LIMIT, ServerFiles, Wanted
from distrorocks.servers.manifest_form import form_of
from distrorocks.servers.plain_manifest import PlainRocks, plain_manifest
from distrorocks.servers.server_manifest import ServerManifest
from distrorocks.servers.time_limit import ServerError
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

MOST_BYTES = 4 * 1024 * 1024
MOST_VALUES = 500_000
"""Of a manifest that LuaRocks did not write: braces, commas, equals signs (brackets and colons in
JSON), and escapes in strings."""

_FEW_BYTES = 16 * 1024
"""JSON of this size is parsed sooner than the patterns of the usual form are compiled."""

_LUA_SIGNS = (b"{", b",", b";", b"=", b"\\")
_JSON_SIGNS = (b"[", b"{", b",", b":", b"\\")


def server_manifest_of(text: bytes, *, is_json: bool = False) -> ServerManifest:
    """Parse a server's manifest, or raise a ``DistrorocksError``.

    The result equals ``ServerManifest.from_table`` of the whole table.
    """
    plain = plain_manifest(text, form_of(is_json=is_json))
    if plain is None:
        return ServerManifest.from_table(_table(text, is_json=is_json))
    if not plain.odd:
        return ServerManifest(PlainRocks(plain, {}))
    try:
        odd = ServerManifest.from_table(_table(plain.odd, is_json=is_json))
    except DistrorocksError:
        return ServerManifest.from_table(_table(text, is_json=is_json))
    if not plain.places.keys().isdisjoint(odd.rocks):
        return ServerManifest.from_table(_table(text, is_json=is_json))
    return ServerManifest(PlainRocks(plain, odd.rocks), odd.left_out)


def _table(text: bytes, *, is_json: bool) -> Any:
    """Parse a manifest as a whole."""
    if len(text) > MOST_BYTES:
        raise _too_large(f"{MOST_BYTES} bytes")
    signs = _JSON_SIGNS if is_json else _LUA_SIGNS
    if sum(map(text.count, signs)) > MOST_VALUES:
        raise _too_large(f"{MOST_VALUES} values")
    if not is_json:
        return parse(text).globals
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DistrorocksError(f"it is not JSON ({error})") from None


def _too_large(limit: str) -> DistrorocksError:
    return DistrorocksError(
        f"it is not written as LuaRocks writes manifests, and has more than {limit}",
        hint="a rocks server's manifest is made by `distrorocks make-manifest DIR`",
    )


_MOST_NOISE = 20
"""Public servers have some invalid names; warn if more than one entry in so many is invalid."""
_ENDINGS = (".json", ".zip", "")


class StockedServer:
    """The mirror of a server that answered, and its manifest."""

    __slots__ = ("address", "manifest")

    def __init__(self, address: Address, manifest: ServerManifest) -> None:
        self.address = address
        self.manifest = manifest


def read_mirrors(
    files: ServerFiles, mirrors: Mirrors, lua_version: str, namespace: str | None = None
) -> StockedServer:
    """Return the first mirror that answers, with a warning for each one before it.

    Raise the first one's ``ServerError`` if none does. Rocks come from the mirrors after it, too.

    The address is that of the server, or of its ``namespace``, which has its own manifests and
    files.
    """
    faults: list[ServerError] = []
    addresses = tuple(each.of_namespace(namespace) if namespace else each for each in mirrors)
    for place, address in enumerate(addresses):
        try:
            found = StockedServer(address, read_server_manifest(files, address, lua_version))
        except ServerError as error:
            faults.append(error)
            continue
        for fault in faults:
            if not (namespace and fault.is_missing):
                files.warn(f"{fault.brief}; the mirror {address} is used instead")
        files.add_mirrors(address, addresses[place + 1 :])
        return found
    raise faults[0]


def read_server_manifest(files: ServerFiles, server: Address, lua_version: str) -> ServerManifest:
    """Return a server's manifest for one Lua version, or raise ``ServerError``."""
    name = f"manifest-{lua_version}"
    faults: list[ServerError] = []
    for ending in _ENDINGS:
        wanted = Wanted(server, name + ending, MANIFEST_LIMIT, False, may_be_missing=bool(ending))
        try:
            content = files.content(wanted)
        except ServerError as error:
            if not error.is_missing:
                raise
            if not ending:
                faults.append(_missing(server, name, error))
            continue
        try:
            manifest = manifest_of(content, name, ending)
        except DistrorocksError as error:
            files.discard(wanted)
            faults.append(_refused(server, name + ending, error))
            continue
        for fault in faults:
            files.warn(f"{fault.brief}; {name + ending} is used instead")
        if manifest.left_out * _MOST_NOISE > len(manifest.rocks):
            files.warn(f"{server}/{name + ending}: {manifest.left_out} entries are invalid")
        return manifest
    raise faults[0]


_BEGINNING = 200
_KINDS = {".json": "JSON", ".zip": "a zip archive", "": "a manifest"}
_PAGE_HINT = "check that it is the address of a rocks server, and that no login is before it"


def manifest_of(content: bytes, name: str, ending: str) -> ServerManifest:
    """Parse a manifest in one of the forms; ``name`` is that in a zip archive."""
    if not content:
        raise DistrorocksError("it is empty", hint=_PAGE_HINT)
    if content[:_BEGINNING].lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise DistrorocksError(f"it is not {_KINDS[ending]} but an HTML page", hint=_PAGE_HINT)
    if ending == ".zip":
        from distrorocks.system.files.zip_archive import read_member  # few are packed

        content = read_member(content, name, MANIFEST_LIMIT)
    is_json = ending == ".json"
    if is_json and len(content) <= _FEW_BYTES:
        return ServerManifest.from_table(_table(content, is_json=True))
    return server_manifest_of(content, is_json=is_json)


def _refused(server: Address, name: str, error: DistrorocksError) -> ServerError:
    return ServerError(
        f"{server}/{name} cannot be used: {error.brief}",
        hint=error.hint or "report it to the server's operator, or name another with --server",
    )


def _missing(server: Address, name: str, error: ServerError) -> ServerError:
    hint = "check that it is the address of a rocks server"
    if server.is_local:
        hint = f"`distrorocks make-manifest {server}` makes it"
    return ServerError(
        f"the rocks server {server} has no {name}: {error.brief}", hint=hint, is_missing=True
    )
