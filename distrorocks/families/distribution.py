"""Which distribution a root holds, from os-release(5)."""

from __future__ import annotations

import re
from typing import NamedTuple

from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.root_path import RootView

RELEASE_FILES = ("/etc/os-release", "/usr/lib/os-release")
_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")
_ESCAPE = re.compile(r"\\(.)")
_MOST_BYTES = 1 << 16


class Distribution(NamedTuple):
    """What os-release says; every field is empty where it says nothing.

    ``id_like`` are the distributions this one follows, nearest first.
    """

    id: str = ""
    id_like: tuple[str, ...] = ()


def parse_os_release(text: str) -> Distribution:
    """Return what an os-release file says; lines of another form are passed over."""
    fields = {}
    for line in text.splitlines():
        if found := _LINE.fullmatch(line.strip()):
            fields[found[1]] = _unquoted(found[2])
    return Distribution(
        fields.get("ID", "").lower(),
        tuple(fields.get("ID_LIKE", "").lower().split()),
    )


def _unquoted(value: str) -> str:
    """Return a shell word without its quotes and escapes."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1]
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return _ESCAPE.sub(r"\1", value)


def read_distribution(root: str) -> Distribution:
    """Return the distribution in ``root``: /etc/os-release, else /usr/lib/os-release."""
    view = RootView(root)
    for path in RELEASE_FILES:
        found = view.find(path)
        if found and found.is_file:
            try:
                text = read_bounded(view.host_path(found.path), _MOST_BYTES)
            except FileReadError:
                continue
            return parse_os_release(text.decode("utf-8", "surrogateescape"))
    return Distribution()
