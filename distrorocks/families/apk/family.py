"""The apk family: Alpine's versions and relations, and the readers of its databases."""

from __future__ import annotations

import re
from collections.abc import Collection
from types import MappingProxyType
from typing import TYPE_CHECKING

from distrorocks.families.apk.order import AFTER, BEFORE, apk_key
from distrorocks.families.ordinary import Ordinary, Unkept
from distrorocks.families.package import InstalledPackages, Packages
from distrorocks.families.version_range import Spans, without_gaps
from distrorocks.families.versions import Relation, implied_constraint
from distrorocks.system.files.root_path import RootView

if TYPE_CHECKING:
    from distrorocks.families.family import Family
    from distrorocks.families.ordinary import Indexed
    from distrorocks.system.files.cache import Cache

_RELATION = re.compile(
    r"(?P<name>[A-Za-z0-9_+][A-Za-z0-9._+-]*)(?:@[A-Za-z0-9._-]+)?"
    r"(?:(?P<operator>[<>=~]{1,2})(?P<version>[0-9][^\s<>=~@]*))?"
)
_OPERATORS = frozenset({"<", "<=", "=", ">=", ">"})
_FUZZY = frozenset({"~", "~=", "=~"})
_REVISION = re.compile(r"-r[0-9]+$")
_HASH = re.compile(r"~[0-9a-f]+")
_SUFFIX = re.compile(rf"_(?:(?P<before>{'|'.join(BEFORE)})|(?P<after>{'|'.join(AFTER)}))(?![a-z])")
_HOOKS = ("/etc/apk/commit_hooks.d/distrorocks", "/lib/apk/commit_hooks.d/distrorocks")


def upstream_version(version: str) -> str:
    """Return a version without ``-rN``, its suffixes as all families' are: 1.0_rc1 is 1.0~rc1."""
    plain = _HASH.sub("+", _REVISION.sub("", version))
    return _SUFFIX.sub(_sign, plain)


def _sign(found: re.Match[str]) -> str:
    return f"~{found['before']}" if found["before"] else f"+{found['after']}"


def parse_relation(text: str) -> tuple[Relation, ...]:
    """Return the package that one word of ``D:`` needs.

    Conflicts, libraries, commands, files and packages by their checksums say nothing.
    """
    found = _RELATION.fullmatch(text.strip())
    if not found:
        return ()
    name, operator = found["name"], found["operator"]
    if not operator:
        return (Relation(name),)
    upstream = upstream_version(found["version"])
    if operator in _FUZZY:
        operator = "="
    elif operator not in _OPERATORS:
        return (Relation(name),)
    is_revised = bool(_REVISION.search(found["version"]))
    return (Relation(name, *implied_constraint(operator, upstream, revised=is_revised)),)


def written_need(name: str, spans: Spans) -> str:
    """Return the needs that every version in the spans satisfies: apk has no "or"."""
    return without_gaps(name, spans, _spelled)


def _spelled(bound: str) -> str:
    """Return a bound of a span as apk writes it."""
    return bound.removesuffix("~~").replace("~", "_")


def reinstall_hint(package: str) -> str:
    """Return how the files of a package are restored."""
    return f"apk fix {package}"


class _Apk(Ordinary):
    """The answers of apk's family."""

    name = "apk"
    distributions = ("alpine",)
    aliases = MappingProxyType({"postmarketos": "alpine"})
    has_digests = True
    upstream_version = staticmethod(upstream_version)
    version_key = staticmethod(apk_key)
    installing = "apk add"
    removing = "apk del"
    reinstall_hint = staticmethod(reinstall_hint)
    parse_relation = staticmethod(parse_relation)
    written_need = staticmethod(written_need)

    def read_installed(self, root: str, cache: Cache | None = None) -> InstalledPackages:  # noqa: ARG002
        """Return the packages with Lua files; one file tells them all, so nothing is cached."""
        from distrorocks.families.apk import database

        return database.read_packages(root)

    def unkept_promises(self, view: RootView, lua_versions: Collection[str]) -> list[Unkept]:
        """Return the modules that ``apk audit`` would name, and links to nowhere."""
        from distrorocks.families.apk import database
        from distrorocks.families.database_files import unkept_modules

        return unkept_modules(view, self.name, database.promises(view), lua_versions)

    def read_offered(self, root: str, names: Collection[str]) -> Packages:
        """Return what the indexes that apk fetched list."""
        from distrorocks.families.apk import repositories

        return repositories.read_offered(root, names)

    def find_installed(self, root: str, ends: Collection[str]) -> tuple[Indexed, ...]:
        """Return what apk's database has."""
        from distrorocks.families.apk import database
        from distrorocks.families.database_files import ending_with

        files = database.every_file(RootView(root)) if ends else ()
        return ending_with(files, ends)

    def has_hook(self, root: str) -> bool:
        """Return whether our commit hook is where apk looks."""
        view = RootView(root)
        return any((found := view.find(path)) and found.is_file for path in _HOOKS)


FAMILY: Family = _Apk()
