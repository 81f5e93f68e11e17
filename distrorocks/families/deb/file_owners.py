"""Which installed packages have files of given names, by dpkg's lists of all packages' files."""

from __future__ import annotations

import os
from collections.abc import Collection

from distrorocks.families.deb.file_lists import INFO
from distrorocks.families.ordinary import Indexed, has_end
from distrorocks.lua.value import to_bytes, to_text
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.marked_lines import marked_lines
from distrorocks.system.files.root_path import RootView

_MOST_BYTES = 16 << 20


def find_installed(root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
    """Return the installed files whose paths end with one of ``ends``, shortest path first.

    An end that ends with a dot finds files that go on after it. None where there is no dpkg. A list
    that is a link, which could lead out of the root, is passed over: dpkg writes none.
    """
    view = RootView(root)
    found = view.find(INFO)
    if found is None or not ends:
        return ()
    directory = view.host_path(found.path)
    needles = [to_bytes(end) for end in ends]
    hits = []
    try:
        with os.scandir(directory) as entries:
            lists = sorted(each.name for each in entries if each.name.endswith(".list"))
    except OSError:
        return ()
    for name in lists:
        package = name.removesuffix(".list").partition(":")[0]
        try:
            text = read_bounded(f"{directory}/{name}", _MOST_BYTES, follow=False)
        except FileReadError:
            continue
        lines = map(to_text, marked_lines((text,), needles))
        hits += [Indexed(path, package) for path in lines if has_end(path, ends)]
    return tuple(sorted(set(hits), key=lambda hit: (len(hit.path), hit)))
