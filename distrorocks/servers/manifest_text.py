"""What the text of a server's manifest says, Lua or JSON, at a cost that is linear in its bytes.

A manifest as LuaRocks writes it is not read before a rock is asked for. Any other goes to the
strict reader, or to that of JSON, whole: they make objects of all of it, so it must be smaller.
"""

from __future__ import annotations

import json
from typing import Any

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.servers.manifest_form import form_of
from distrorocks.servers.plain_manifest import PlainRocks, plain_manifest
from distrorocks.servers.shelf import Shelf

MOST_BYTES = 4 * 1024 * 1024
MOST_VALUES = 500_000
"""Of a manifest that LuaRocks did not write: braces, commas, equals signs (brackets and colons in
JSON), and escapes in strings."""

_LUA_SIGNS = (b"{", b",", b";", b"=", b"\\")
_JSON_SIGNS = (b"[", b"{", b",", b":", b"\\")


def shelf_of(text: bytes, *, is_json: bool = False) -> Shelf:
    """Return what a manifest lists; raise a ``DistrorocksError``.

    It is what ``Shelf.from_table`` makes of the whole table.
    """
    plain = plain_manifest(text, form_of(is_json=is_json))
    if plain is None:
        return Shelf.from_table(_table(text, is_json=is_json))
    if not plain.odd:
        return Shelf(PlainRocks(plain, {}))
    try:
        odd = Shelf.from_table(_table(plain.odd, is_json=is_json))
    except DistrorocksError:
        return Shelf.from_table(_table(text, is_json=is_json))
    if not plain.places.keys().isdisjoint(odd.rocks):
        return Shelf.from_table(_table(text, is_json=is_json))
    return Shelf(PlainRocks(plain, odd.rocks), odd.left_out)


def _table(text: bytes, *, is_json: bool) -> Any:
    """Return the table that a text is, made whole."""
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
        raise DistrorocksError(f"it is no JSON ({error})") from None


def _too_large(limit: str) -> DistrorocksError:
    return DistrorocksError(
        f"it is not written as LuaRocks writes manifests, and has more than {limit}",
        hint="a rocks server's manifest is made by `distrorocks make-manifest DIR`",
    )
