"""The type of each configuration key; values of other types are ignored with a warning."""

from __future__ import annotations

from collections.abc import Callable

from distrorocks.config.layers import Layered, replaced
from distrorocks.lua.value import LuaKey, LuaTable, LuaValue, sequence, table_of
from distrorocks.lua.write import value_text
from distrorocks.values import NamedTuple

DEPS_MODES = ("one", "all", "order", "none")

_TREE_TEXTS = ("name", "root", "lua_dir", "lib_dir", "bin_dir", "rocks_dir")
_MOST_SHOWN = 60


class Shape(NamedTuple):
    """The type of a value: its description and its test."""

    wanted: str
    fits: Callable[[LuaValue], bool]


def _is_text(value: LuaValue) -> bool:
    return isinstance(value, str)


def _is_number(value: LuaValue) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e15


def _is_truth(value: LuaValue) -> bool:
    return isinstance(value, bool)


def _is_table(value: LuaValue) -> bool:
    return isinstance(value, dict)


def _is_list(value: LuaValue) -> bool:
    """Return whether a table has only the keys 1, 2, 3 ..."""
    return isinstance(value, dict) and len(sequence(value)) == len(value)


def _is_text_or_texts(value: LuaValue) -> bool:
    return _is_text(value) or _is_texts(value)


def _is_texts(value: LuaValue) -> bool:
    return _is_list(value) and all(_is_text(each) for each in _values(value))


def _is_kinds(value: LuaValue) -> bool:
    return _is_table(value) and all(_is_text_or_texts(each) for each in _values(value))


def _is_lists(value: LuaValue) -> bool:
    return _is_table(value) and all(_is_texts(each) for each in _values(value))


def _is_versions(value: LuaValue) -> bool:
    return _is_table(value) and all(_is_text(each) for each in _values(value))


def _is_prefixes(value: LuaValue) -> bool:
    """Return whether each entry is a text, or a table with a ``prefix`` and optional
    directories."""
    if not _is_list(value):
        return False
    entries = _values(value)
    return all(
        _is_text(each)
        or (isinstance(each, dict) and _is_text(each.get("prefix")) and _is_kinds(each))
        for each in entries
    )


def _is_mode(value: LuaValue) -> bool:
    return value in DEPS_MODES


def is_tree(value: LuaValue) -> bool:
    """Return whether an entry of ``rocks_trees`` has a root."""
    if isinstance(value, dict):
        texts = all(_is_text(value.get(key, "")) for key in _TREE_TEXTS)
        return texts and bool(value.get("root"))
    return isinstance(value, str) and bool(value)


def is_server(value: LuaValue) -> bool:
    """Return whether an entry of ``rocks_servers`` is an address, or a list of mirrors."""
    return bool(value) and (_is_text(value) or (_is_texts(value)))


def _values(value: LuaValue) -> list[LuaValue]:
    return list(value.values()) if isinstance(value, dict) else []


TEXT = Shape("a string", _is_text)
NUMBER = Shape("a number from 0", _is_number)
TRUTH = Shape("true or false", _is_truth)
TABLE = Shape("a table", _is_table)
TEXTS = Shape("a list of strings", _is_texts)

_TEXT_KEYS = (
    "home home_tree lua_version lua_interpreter target_cpu arch lib_extension "
    "static_lib_extension external_lib_extension obj_extension lua_extension cmake_generator "
    "makefile make local_cache web_browser export_path_separator wrapper_suffix "
    "lua_modules_path lib_modules_path rocks_subdir only_sources_from upload_server "
    "upload_user upload_password sysconfdir homeconfdir project_dir"
)
_TRUTH_KEYS = (
    "local_by_default accept_unknown_fields fs_use_modules hooks_enabled no_manifest "
    "check_certificates wrap_bin_scripts keep_other_versions aggressive_cache show_downloads "
    "verbose gcc_rpath link_lua_explicitly"
)
_GROUPS: tuple[tuple[Shape, str], ...] = (
    (TEXT, _TEXT_KEYS),
    (TRUTH, _TRUTH_KEYS),
    (NUMBER, "cache_timeout cache_fail_timeout connection_timeout"),
    (TABLE, "disabled_servers upload upload_servers variables"),
    (TEXTS, "accepted_build_types"),
    (Shape('"one", "all", "order" or "none"', _is_mode), "deps_mode"),
    (Shape("a table of rock = version", _is_versions), "rocks_provided"),
    (Shape("a list of directories", _is_prefixes), "external_deps_dirs"),
    (
        Shape("a table of lists of patterns", _is_lists),
        "external_deps_patterns runtime_external_deps_patterns",
    ),
    (
        Shape("a table of directories", _is_kinds),
        "external_deps_subdirs runtime_external_deps_subdirs",
    ),
)
SHAPES: dict[LuaKey, Shape] = {key: shape for shape, keys in _GROUPS for key in keys.split()}


def fitting(layered: Layered) -> tuple[Layered, list[str]]:
    """Return a table without values of the wrong type, and a warning for each."""
    warnings = []
    for key, shape in SHAPES.items():
        value = layered.table.get(key)
        if value is None or shape.fits(value):
            continue
        warnings.append(f"{key} is {shown(value)}, not {shape.wanted}; it is ignored")
        layered = replaced(layered, key, None, "")
    variables = layered.table.get("variables")
    if isinstance(variables, dict):
        layered, more = _fitting_variables(layered, variables)
        warnings += more
    return layered, warnings


def _fitting_variables(layered: Layered, variables: LuaTable) -> tuple[Layered, list[str]]:
    """Return a table whose ``variables`` are texts; numbers are converted as by Lua."""
    warnings = []
    kept: LuaTable = {}
    for name, value in variables.items():
        if isinstance(name, str) and isinstance(value, str):
            kept[name] = value
        elif isinstance(name, str) and type(value) in (int, float):
            kept[name] = value_text(value)
        elif value is not False:
            warnings.append(f"variables.{name} is {shown(value)}, not a string; it is ignored")
    origins = {
        path: origin
        for path, origin in layered.origins.items()
        if path[:1] != ("variables",) or len(path) == 1 or path[1] in kept
    }
    return Layered({**layered.table, "variables": kept}, origins), warnings


def sifted(
    layered: Layered, key: str, is_entry: Callable[[LuaValue], bool]
) -> tuple[Layered, list[str]]:
    """Return a table whose list at ``key`` has only entries that satisfy ``is_entry``.

    A plain value that is itself a valid entry becomes a list of one.
    """
    value = layered.table.get(key)
    if value is None:
        return layered, []
    origin = next((it for path, it in layered.origins.items() if path[0] == key), "")
    if not isinstance(value, dict):
        kept: list[LuaValue] = [value] if is_entry(value) else []
        warnings = [f"{key} is {shown(value)}, not a list"]
        return replaced(layered, key, table_of(kept), origin), warnings
    entries = sequence(value)
    kept = list(filter(is_entry, entries))
    warnings = [
        f"{key}[{number}] is {shown(each)}, which LuaRocks cannot use; it is left out"
        for number, each in enumerate(entries, start=1)
        if not is_entry(each)
    ]
    if len(entries) != len(value):
        warnings.append(f"{key} is a list, and its entries not at 1, 2, 3 ... are ignored")
    if not warnings:
        return layered, []
    return replaced(layered, key, table_of(kept), origin), warnings


def shown(value: LuaValue) -> str:
    """Return a short description of a value, for messages."""
    if isinstance(value, dict):
        return "a table"
    if value is None or not isinstance(value, (bool, int, float, str)):
        return "a function"
    text = value_text(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
