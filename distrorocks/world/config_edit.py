"""Edit a LuaRocks configuration so that LuaRocks sees the distribution's tree.

The edit is one marked block at the end of a ``config-5.x.lua``. It inserts the tree before the last
one that the file lists, which LuaRocks installs into.
"""

from __future__ import annotations

import re

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, LuaTextError, parse
from distrorocks.lua.value import LuaTable, LuaValue, to_bytes
from distrorocks.lua.write import value_text
from distrorocks.patterns import regex
from distrorocks.trees.layout import Layout
from distrorocks.trees.stack import SYSTEM_ROOT, entry_layout, is_distro, listed_trees
from distrorocks.values import NamedTuple

NEW_FILE = "new file"
NO_LINE_END = "the line above had no end"

_BEGIN = "-- begin distrorocks"
_END = "-- end distrorocks"
_COMMENT = (
    "-- Lets LuaRocks see the rocks that the distribution's packages are (distrorocks).\n"
    "-- `distrorocks config-snippet --remove` takes these lines out again.\n"
)
_MARK = regex(rb"^-- begin distrorocks(?: \((?P<how>[a-z ]+)\))?[ \t]*\r?$", re.MULTILINE)
_MARK_END = regex(rb"^-- end distrorocks[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_OTHER_MODES = {
    "one": "LuaRocks searches only the target tree",
    "order": "LuaRocks searches only the target tree and those after it",
    "none": "LuaRocks ignores dependencies",
}


class ConfigEditError(DistrorocksError):
    """A configuration file that cannot be edited safely."""


class Edit(NamedTuple):
    """The new text of a file, None for no file, and notes to report."""

    text: bytes | None
    notes: tuple[str, ...] = ()


class Needs(NamedTuple):
    """The Lua statements missing from a file, and notes to report."""

    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()


def is_tree_visible(config: Chunk | None, layout: Layout) -> bool:
    """Return whether a configuration (None for no file) lists the tree of ``layout``."""
    return config is not None and _place(config.globals, layout) is not None


def needs(config: LuaTable, layout: Layout, *, home: str) -> Needs:
    """Return what is missing from the globals of a file, evaluated with this ``home``."""
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
    """Return ``rocks_trees`` with the distribution's tree between LuaRocks' default trees."""
    return [
        "rocks_trees = {",
        '   { name = "user", root = home.."/.luarocks" },',
        f"   {_entry(layout)},",
        f'   {{ name = "system", root = {value_text(SYSTEM_ROOT)} }},',
        "}",
    ]


def has_default_trees(config: LuaTable, *, home: str) -> bool:
    """Return whether the trees are LuaRocks' defaults, the user's and ``/usr/local``."""
    roots = [_root(entry) for entry in listed_trees(config)]
    return roots in ([], [f"{home}/.luarocks", SYSTEM_ROOT])


def without_block(text: bytes) -> Edit:
    """Return a file's text without our block, None if the file has nothing else.

    Raise ``ConfigEditError`` for a block without an end.
    """
    found = _MARK.search(text)
    if not found:
        return Edit(text)
    end = _MARK_END.search(text, found.end())
    if not end:
        line = text.count(b"\n", 0, found.start()) + 1
        raise ConfigEditError(
            f"line {line} has '{_BEGIN}', but no line '{_END}' follows",
            hint="remove the lines of distrorocks from the file by hand",
        )
    how, rest = (found["how"] or b"").decode("ascii"), text[end.end() :]
    start = found.start()
    if how == NO_LINE_END and text[start - 1 : start] == b"\n":
        start -= 1
    left = text[:start] + rest
    return Edit(None if how == NEW_FILE and not left else left)


def with_block(text: bytes | None, layout: Layout, *, environment: LuaTable, home: str) -> Edit:
    """Return a file's text (None for no file) with an up-to-date block, if it needs one.

    ``environment`` are the globals that LuaRocks passes to the file. Raise ``ConfigEditError``, or
    ``LuaTextError`` if the strict parser cannot read the rest of the file.
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
    block = block.replace("\n", f"\n{_COMMENT}", 1)
    edited = (rest or b"") + (b"\n" if how == NO_LINE_END else b"") + to_bytes(block)
    _check(edited, layout, environment, home)
    return Edit(edited, notes)


def _check(text: bytes, layout: Layout, environment: LuaTable, home: str) -> None:
    """Raise ``ConfigEditError`` unless the edit has the intended effect."""
    try:
        after = parse(text, environment=environment).globals
    except LuaTextError as error:
        raise ConfigEditError(
            "cannot add lines at the end of the file",
            detail=error.brief,
            hint="remove a `return` at its end, which LuaRocks ignores",
        ) from error
    if needs(after, layout, home=home).lines:
        raise ConfigEditError(
            "lines added at the end of the file have no effect",
            hint="check the file for `local rocks_trees` or `local deps_mode`",
        )


def _place(config: LuaTable, layout: Layout) -> int | None:
    """Return the index (from 0) of the distribution's tree in ``rocks_trees``, or None."""
    for place, entry in enumerate(listed_trees(config)):
        found = entry_layout(entry, config, layout.lua_version)
        if found and is_distro(found, layout):
            return place
    return None


def _completed(
    entry: LuaValue, index: int, config: LuaTable, layout: Layout
) -> tuple[list[str], list[str]]:
    """Return the lines missing from the distribution's entry, and notes."""
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
            f"lib_dir of rocks_trees[{index}] stays {found.lib_dir}, but packages use {lib_dir}"
        ]
    return [f"rocks_trees[{index}].lib_dir = {lib_dir}"], []


def _among(entries: list[LuaValue], layout: Layout, home: str) -> list[str]:
    """Return ``rocks_trees`` with the distribution's tree before the last entry.

    LuaRocks from 3.9 finds the trees of ``--local`` and ``--global`` by name, so plain strings
    become tables with a name.
    """
    names = {entry.get("name") for entry in entries if isinstance(entry, dict)}
    lines = []
    for index, entry in enumerate(entries, start=1):
        root = _root(entry)
        if not root:
            raise ConfigEditError(
                f"rocks_trees[{index}] is neither a string nor a table with a root",
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
