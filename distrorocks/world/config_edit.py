"""What a LuaRocks configuration needs so that LuaRocks sees the distribution's tree.

It is one marked block at the end of a ``config-5.x.lua``. What the file says above it stays:
the block puts the tree among those the file lists, before the last, to which LuaRocks installs.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, LuaTextError, parse
from distrorocks.lua.value import LuaTable, LuaValue, to_bytes
from distrorocks.lua.write import value_text
from distrorocks.trees.layout import Layout
from distrorocks.trees.stack import SYSTEM_ROOT, entry_layout, is_distro, listed_trees

NEW_FILE = "new file"
NO_LINE_END = "the line above had no end"

_BEGIN = "-- begin distrorocks"
_END = "-- end distrorocks"
_TOLD = (
    "-- Lets LuaRocks see the rocks that the distribution's packages are (distrorocks).\n"
    "-- `distrorocks config-snippet --remove` takes these lines out again.\n"
)
_MARK = re.compile(rb"^-- begin distrorocks(?: \((?P<how>[a-z ]+)\))?[ \t]*\r?$", re.MULTILINE)
_MARK_END = re.compile(rb"^-- end distrorocks[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_OTHER_MODES = {
    "one": "only the tree that is installed to is searched",
    "order": "only the tree that is installed to and those after it are searched",
    "none": "no dependency is looked for",
}


class ConfigEditError(DistrorocksError):
    """A configuration file that cannot be edited safely."""


class Edit(NamedTuple):
    """What a file's text should become; None for no file; ``notes`` are worth telling."""

    text: bytes | None
    notes: tuple[str, ...] = ()


class Needs(NamedTuple):
    """The Lua statements that a file lacks, and what is worth telling of what it has."""

    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()


def is_tree_visible(config: Chunk | None, layout: Layout) -> bool:
    """Return whether a configuration (None: there is no file) lists the tree of ``layout``."""
    return config is not None and _place(config.globals, layout) is not None


def needs(config: LuaTable, layout: Layout, *, home: str) -> Needs:
    """Return what the globals of a file, evaluated with this ``home``, lack."""
    entries = listed_trees(config)
    place = _place(config, layout)
    if place is not None:
        lines, notes = _completed(entries[place], place + 1, config, layout)
    elif entries:
        lines, notes = _among(entries, layout, home), []
    else:
        lines, notes = page_form(layout), []
    mode = config.get("deps_mode")
    if mode is None:
        lines.append('deps_mode = "all"')
    elif mode != "all":
        meaning = _OTHER_MODES.get(str(mode), "LuaRocks does not know this mode")
        notes.append(
            f"deps_mode stays {value_text(mode) if isinstance(mode, str) else 'as it is'}: "
            f"{meaning}, so a rock in {layout.root} may not count as installed; "
            "`luarocks --deps-mode=all` searches all trees"
        )
    return Needs(tuple(lines), tuple(notes))


def page_form(layout: Layout) -> list[str]:
    """Return ``rocks_trees`` with LuaRocks' own trees and the distribution's between them."""
    return [
        "rocks_trees = {",
        '   { name = "user", root = home.."/.luarocks" },',
        f"   {_entry(layout)},",
        f'   {{ name = "system", root = {value_text(SYSTEM_ROOT)} }},',
        "}",
    ]


def has_default_trees(config: LuaTable, *, home: str) -> bool:
    """Return whether the trees are those LuaRocks comes with, the user's and ``/usr/local``."""
    roots = [_root(entry) for entry in listed_trees(config)]
    return roots in ([], [f"{home}/.luarocks", SYSTEM_ROOT])


def without_block(text: bytes) -> Edit:
    """Return a file's text without our block, None where the block had made the file.

    Raises ``ConfigEditError`` for a block whose end is missing.
    """
    found = _MARK.search(text)
    if not found:
        return Edit(text)
    end = _MARK_END.search(text, found.end())
    if not end:
        line = text.count(b"\n", 0, found.start()) + 1
        raise ConfigEditError(
            f"line {line} has '{_BEGIN}', and no line '{_END}' follows",
            hint="take the lines of distrorocks out of the file by hand",
        )
    how, rest = (found["how"] or b"").decode("ascii"), text[end.end() :]
    start = found.start()
    if how == NO_LINE_END and text[start - 1 : start] == b"\n":
        start -= 1
    left = text[:start] + rest
    return Edit(None if how == NEW_FILE and not left else left)


def with_block(text: bytes | None, layout: Layout, *, environment: LuaTable, home: str) -> Edit:
    """Return a file's text (None: no file) with the block that it needs, and no other of ours.

    ``environment`` are the globals that LuaRocks gives the file. Raises ``ConfigEditError``, or
    ``LuaTextError`` where the strict parser cannot read the rest of the file.
    """
    rest = None if text is None else without_block(text).text
    before = parse(rest or b"", environment=environment).globals
    lines, notes = needs(before, layout, home=home)
    if not lines:
        return Edit(rest, notes)
    how = NEW_FILE if rest is None else ""
    if rest and not rest.endswith(b"\n"):
        how = NO_LINE_END
    block = "\n".join((f"{_BEGIN} ({how})" if how else _BEGIN, *lines, _END, ""))
    block = block.replace("\n", f"\n{_TOLD}", 1)
    edited = (rest or b"") + (b"\n" if how == NO_LINE_END else b"") + to_bytes(block)
    _check(edited, layout, environment, home)
    return Edit(edited, notes)


def _check(text: bytes, layout: Layout, environment: LuaTable, home: str) -> None:
    """Raise ``ConfigEditError`` unless an edited file says what it should."""
    try:
        after = parse(text, environment=environment).globals
    except LuaTextError as error:
        raise ConfigEditError(
            "nothing can be added at the end of the file",
            detail=error.brief,
            hint="a `return` at its end has no effect for LuaRocks; take it out",
        ) from error
    if needs(after, layout, home=home).lines:
        raise ConfigEditError(
            "the file keeps what is added at its end from taking effect",
            hint="look for `local rocks_trees` or `local deps_mode` in it",
        )


def _place(config: LuaTable, layout: Layout) -> int | None:
    """Return the place (from 0) of the distribution's tree in ``rocks_trees``, or None."""
    for place, entry in enumerate(listed_trees(config)):
        found = entry_layout(entry, config, layout.lua_version)
        if found and is_distro(found, layout):
            return place
    return None


def _completed(
    entry: LuaValue, index: int, config: LuaTable, layout: Layout
) -> tuple[list[str], list[str]]:
    """Return what the distribution's entry lacks, and what is told of it."""
    found = entry_layout(entry, config, layout.lua_version)
    if found is None or found.lib_dir == layout.lib_dir:
        return [], []
    lib_dir = value_text(layout.lib_dir)
    if not isinstance(entry, dict):
        name = value_text("system" if index == len(listed_trees(config)) > 1 else layout.name)
        fields = f"name = {name}, root = rocks_trees[{index}], lib_dir = {lib_dir}"
        return [f"rocks_trees[{index}] = {{ {fields} }}"], []
    if "lib_dir" in entry:
        return [], [
            f"lib_dir of rocks_trees[{index}] stays {found.lib_dir}; packages use {lib_dir}"
        ]
    return [f"rocks_trees[{index}].lib_dir = {lib_dir}"], []


def _among(entries: list[LuaValue], layout: Layout, home: str) -> list[str]:
    """Return ``rocks_trees`` with the distribution's tree before the last entry.

    LuaRocks from 3.9 finds the trees of ``--local`` and ``--global`` by name: plain texts are
    given one, and so become tables.
    """
    names = {entry.get("name") for entry in entries if isinstance(entry, dict)}
    lines = []
    for index, entry in enumerate(entries, start=1):
        root = _root(entry)
        if not root:
            raise ConfigEditError(
                f"rocks_trees[{index}] is neither a text nor a table with a root",
                hint="LuaRocks itself stops at such a file; mend it first",
            )
        is_last = index == len(entries)
        is_home = root == home or root.startswith(f"{home}/")
        name = "user" if is_home else "system" if is_last else ""
        shown = f"rocks_trees[{index}]"
        if name and name not in names and isinstance(entry, str):
            names.add(name)
            shown = f'{{ name = "{name}", root = {shown} }}'
        lines += [f"   {_entry(layout)},"] if is_last else []
        lines.append(f"   {shown},")
    return ["rocks_trees = {", *lines, "}"]


def _entry(layout: Layout) -> str:
    """Return the distribution's entry of ``rocks_trees``."""
    fields = (("name", layout.name), ("root", layout.root), ("lib_dir", layout.lib_dir))
    return f"{{ {', '.join(f'{key} = {value_text(value)}' for key, value in fields)} }}"


def _root(entry: LuaValue) -> str:
    """Return the root that an entry of ``rocks_trees`` names, "" for none."""
    value = entry.get("root") if isinstance(entry, dict) else entry
    return value if isinstance(value, str) else ""
