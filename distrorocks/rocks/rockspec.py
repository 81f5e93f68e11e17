"""Rockspecs, checked, with platform overrides applied and ``source`` completed.

Formats 1.0, 1.1, 3.0 and 3.1; the steps and their order are those of LuaRocks' loader
(``luarocks.rockspecs``, ``luarocks.dir``). Platform overrides are merged key by key, so lists are
merged by index; other values are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from distrorocks.lua.value import LuaTable, LuaValue, sequence, table_of
from distrorocks.patterns import regex
from distrorocks.rocks.dependency import (
    Dependency,
    DependencyError,
    ExternalDependency,
    external_dependencies,
)
from distrorocks.rocks.name import lower
from distrorocks.rocks.platform import LINUX
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.rocks.rockspec_fault import MOST_FAULTS, Fault, RockspecError, said
from distrorocks.rocks.rockspec_shape import late_misfits, quick_faults, shape_faults
from distrorocks.rocks.schema import OVERRIDABLE
from distrorocks.rocks.version import Version
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.lua.read import Chunk

__all__ = ["UNFILLED", "Fault", "Rockspec", "RockspecError"]

BASIC_PROTOCOLS = frozenset({"http", "https", "ftp", "file"})
"""The protocols of single-file downloads."""

UNFILLED = "***"
"""What a value begins with that LuaRocks' ``write_rockspec`` asks a person to fill in."""

_LISTS = ("dependencies", "build_dependencies", "test_dependencies")
_FILE_NAME = regex(r".*-[^-]*-[0-9]*", re.DOTALL)
_PROTOCOL = regex(r"([^:]*)://(.*)", re.DOTALL)
_BASE_NAME = regex(r".*[/\\]([^/\\]*)", re.DOTALL)
_PACKED = regex(r"\.(?:zip|git|tgz|tar|gz|bz2)\Z")


class Rockspec(NamedTuple):
    """A valid rockspec.

    ``name`` is ``package`` in lower case. ``table`` holds every field as written, after platform
    overrides.
    """

    package: str
    name: str
    version: str
    format: str
    dependencies: tuple[Dependency, ...]
    build_dependencies: tuple[Dependency, ...]
    test_dependencies: tuple[Dependency, ...]
    table: LuaTable

    @classmethod
    def from_chunk(
        cls,
        chunk: Chunk,
        *,
        file_name: str | None = None,
        platforms: Sequence[str] = LINUX,
        strict: bool = False,
        quick: bool = False,
    ) -> Rockspec:
        """Convert an evaluated file to a rockspec for ``platforms``.

        ``file_name`` is the file's base name, which must match package and version, or None to skip
        that check. ``platforms`` go from least to most specific. ``strict`` accepts exactly what
        LuaRocks 3.8 accepts; otherwise what LuaRocks 3.8 or any later version accepts. ``quick``
        skips the type check, as LuaRocks does for the rockspecs of a server's directory;
        ``version`` may then be ``""``. Raise ``RockspecError`` with all faults. The chunk is not
        modified.
        """
        faults = (quick_faults if quick else shape_faults)(chunk, strict=strict)
        table = _effective(chunk.globals, platforms)
        if not strict and not quick and not faults and _is_overridden(chunk.globals, table):
            faults = late_misfits(table)
        needs = (
            _dependencies(table, "dependencies", faults),
            _dependencies(table, "build_dependencies", faults),
            _dependencies(table, "test_dependencies", faults),
        )
        faults = _faults_of_name(table, file_name, faults)
        if faults:
            raise RockspecError(faults, file_name)
        package, version = str(table["package"]), str(table.get("version", ""))
        rockspec_format = str(table.get("rockspec_format", "1.0"))
        return cls(package, lower(package), version, rockspec_format, *needs, table)

    @property
    def external_dependencies(self) -> tuple[ExternalDependency, ...]:
        """The external dependencies, by name."""
        table = self.table.get("external_dependencies")
        return external_dependencies(table) if isinstance(table, dict) else ()

    @property
    def supported_platforms(self) -> tuple[str, ...]:
        """The entries of ``supported_platforms``, as ``platform.check_supported`` reads them."""
        table = self.table.get("supported_platforms")
        entries = sequence(table) if isinstance(table, dict) else []
        return tuple(entry for entry in entries if isinstance(entry, str))

    def described(self, field: str) -> str | None:
        """Return a field of ``description``: summary, detailed, homepage, license, maintainer."""
        table = self.table.get("description")
        value = table.get(field) if isinstance(table, dict) else None
        return value if isinstance(value, str) else None

    @property
    def source(self) -> LuaTable:
        """The ``source`` table with the fields that LuaRocks adds; see ``completed``."""
        source = self.table.get("source")
        since_3_0 = _is_since_3_0(self.format)
        return completed(source, since_3_0=since_3_0) if isinstance(source, dict) else {}

    @property
    def post_install(self) -> str:
        """The command of the ``post_install`` hook, "" if there is none."""
        hooks = self.table.get("hooks")
        command = hooks.get("post_install") if isinstance(hooks, dict) else None
        return command if isinstance(command, str) else ""

    def with_branch(self, branch: str) -> Rockspec:
        """Return the rockspec with ``source.branch`` replaced; a tag still goes before it."""
        source = self.table.get("source")
        changed = {**(source if isinstance(source, dict) else {}), "branch": branch}
        return self._replace(table={**self.table, "source": changed})

    def to_table(self) -> LuaTable:
        """Return the table as LuaRocks loads it, with ``name`` and parsed dependency lists."""
        table = {**self.table, "name": self.name}
        if isinstance(self.table.get("source"), dict):
            table["source"] = self.source
        for key, dependencies in zip(_LISTS, self[4:7], strict=True):
            listed = self.table.get(key)
            table[key] = {
                **(listed if isinstance(listed, dict) else {}),
                **table_of([each.to_table() for each in dependencies]),
            }
        return table


def _effective(table: LuaTable, platforms: Sequence[str]) -> LuaTable:
    """Return ``table`` with platform overrides applied where LuaRocks applies them."""
    result = dict(table)
    for name in OVERRIDABLE:
        part = result.get(name)
        if isinstance(part, dict) and "platforms" in part:
            result[name] = for_platforms(part, platforms)
    return result


def _is_overridden(before: LuaTable, after: LuaTable) -> bool:
    """Return whether platform overrides changed anything."""
    return any(after.get(name) is not before.get(name) for name in OVERRIDABLE)


def _dependencies(table: LuaTable, key: str, faults: list[Fault]) -> tuple[Dependency, ...]:
    """Parse the dependencies under ``key``; add the faults of invalid ones."""
    listed = table.get(key)
    if not isinstance(listed, dict):
        return ()
    parsed = []
    index = 1
    while index in listed:
        text = listed[index]
        try:
            if isinstance(text, str):
                parsed.append(Dependency.parse(text))
            else:
                _add_once(Fault(f"{key}[{index}]", "must be a string", "put it in quotes"), faults)
        except DependencyError as error:
            luarocks = f"Parse error processing dependency '{text}': {error.luarocks}"
            fault = Fault(
                f"{key}[{index}]", f"in {quoted(text)}, {error.brief}", error.hint, said(luarocks)
            )
            _add_once(fault, faults)
        index += 1
    return tuple(parsed)


def _add_once(fault: Fault, faults: list[Fault]) -> None:
    """Add a fault, unless its place has one already or the limit is reached."""
    if len(faults) < 2 * MOST_FAULTS and all(fault.path != each.path for each in faults):
        faults.append(fault)


def _faults_of_name(table: LuaTable, file_name: str | None, faults: list[Fault]) -> list[Fault]:
    """Return ``faults`` with those of the rock's name, and of the file name if known."""
    package, version = table.get("package"), table.get("version")
    if isinstance(package, str) and "/" in package:
        rule = f"{quoted(package)} has a slash, which a rock's name cannot contain"
        faults = [*faults, Fault("package", rule, "use letters, digits, '.', '-' and '_'")]
    if file_name is None:
        return faults
    if version is None:
        _add_once(Fault("version", "is missing", 'add version = "1.0-1"'), faults)
    if file_name != "rockspec" and not _FILE_NAME.match(file_name):
        luarocks = "Expected filename in format 'name-version-revision.rockspec'."
        rule = f"the file name {quoted(file_name)} is not name-version-revision.rockspec"
        return [Fault("", rule, "rename the file", luarocks), *faults]
    if isinstance(package, str) and isinstance(version, str):
        expected = f"{lower(package)}-{version}.rockspec"
        if file_name not in ("rockspec", expected):
            return [*faults, _inconsistency(file_name, expected)]
    return faults


def _inconsistency(file_name: str, expected: str) -> Fault:
    return Fault(
        "",
        f"the file name {quoted(file_name)} does not agree with package and version",
        f"rename the file to {plain(expected)}, or correct package or version in it",
        f"Inconsistency between rockspec filename ({file_name}) and its contents ({expected}).",
    )


def _is_since_3_0(rockspec_format: str) -> bool:
    return not Version.parse(rockspec_format).precedes(Version.parse("3.0"))


def split_url(url: str) -> tuple[str, str]:
    """Split ``url`` into protocol (``"file"`` by default) and rest."""
    if url and url[0] == url[-1] and url[0] in "\"'":
        url = url[1:-1]
    found = _PROTOCOL.match(url)
    return (found[1], found[2]) if found else ("file", url)


def base_name(path: str) -> str:
    """Return the last component of a path or address."""
    found = _BASE_NAME.match(path.rstrip("/\\"))
    return found[1] if found else path


def completed(source: LuaTable, *, since_3_0: bool) -> LuaTable:
    """Return a checked ``source`` table with the fields that LuaRocks adds on loading.

    They are ``protocol``, ``pathname``, ``file`` for single-file downloads, ``module`` and ``tag``
    from their old names, ``dir`` and ``dir_set`` (whether the rockspec sets it).
    """
    result = dict(source)
    url = str(result["url"])
    protocol, result["pathname"] = split_url(url)
    result["protocol"] = protocol
    if protocol in BASIC_PROTOCOLS and "file" not in result:
        result["file"] = base_name(url)
    for old, new in (("cvs_module", "module"), ("cvs_tag", "tag")):
        if old in result:
            result[new] = result[old]
    result["dir_set"] = "dir" in result
    if "dir" not in result:
        module = result.get("module")
        has_module = isinstance(module, str)
        result["dir"] = module if has_module else _likely_dir(result, protocol, since_3_0)
    return result


def _likely_dir(source: LuaTable, protocol: str, since_3_0: bool) -> str:
    """Return the directory that the sources most likely unpack into."""
    name = str(source.get("file", source["url"]))
    is_one_file = name.endswith((".lua", ".c"))
    if is_one_file and (protocol in BASIC_PROTOCOLS or not since_3_0):
        return "."
    return _PACKED.sub("", base_name(name)).replace(".tar", "")


def merged(table: LuaTable, over: LuaTable) -> LuaTable:
    """Return ``table`` merged with ``over``, which takes precedence."""
    result = dict(table)
    for key, value in over.items():
        old: LuaValue = result.get(key)
        if isinstance(value, dict) and (old is None or isinstance(old, dict)):
            result[key] = merged(old or {}, value)
        else:
            result[key] = value
    return result


def for_platforms(table: LuaTable, platforms: Iterable[str]) -> LuaTable:
    """Apply the overrides for ``platforms``, least specific first, and drop ``platforms``.

    Entries that are not tables are skipped: the type check reports them.
    """
    for platform in platforms:
        by_platform = table.get("platforms")
        over = by_platform.get(platform) if isinstance(by_platform, dict) else None
        if isinstance(over, dict):
            table = merged(table, over)
    return {key: value for key, value in table.items() if key != "platforms"}
