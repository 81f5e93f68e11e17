"""Pieces of a server's manifest in both notations, as bytes."""

from __future__ import annotations

from distrorocks.servers.manifest_form import form_of

LUA, JSON = form_of(is_json=False), form_of(is_json=True)


def version(name: str = "1-1", *archs: str, is_json: bool) -> bytes:
    """Return a version with files of these archs, of sources where none is given."""
    key, arch = ('"%s":', '{"arch":"%s"}') if is_json else ('["%s"]=', '{arch="%s"}')
    start, end = "[]" if is_json else "{}"
    files = ",".join(arch % each for each in archs or ("src",))
    return f"{key % name}{start}{files}{end}".encode()


def rock(name: str, *versions: bytes, is_json: bool) -> bytes:
    """Return a rock with these versions."""
    key = f'"{name}":' if is_json else f'["{name}"]='
    return key.encode() + b"{" + b",".join(versions) + b"}"


def manifest(*rocks: bytes, is_json: bool) -> bytes:
    """Return a manifest of these rocks."""
    before, after = (b'{"repository":{', b"}}") if is_json else (b"repository={", b"}")
    return before + b",".join(rocks) + after
