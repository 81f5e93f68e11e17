"""The public Python interface: what other programs may import, stable by semver.

Everything else in this package is private and may change in any release.

Versions and dependencies are compared as LuaRocks compares them:

    >>> from distrorocks import api
    >>> sorted(["1.10-1", "1.9-2", "scm-1", "1.10rc1-1"], key=api.version_key)
    ['1.9-2', '1.10rc1-1', '1.10-1', 'scm-1']
    >>> api.satisfies("1.1.0-2", "lpeg >= 1.0, < 2"), api.satisfies("1.1", "lpeg ~> 1.0")
    (True, False)

Rockspecs are read without running what they compute outside the jail:

    >>> text = 'rockspec_format = "3.0" package = "Foo" version = "1.0-1"'
    >>> text += 'source = { url = "file:///foo.zip" } dependencies = { "lua >= 5.1", "lpeg" }'
    >>> spec = api.parse_rockspec(text)
    >>> spec.name, spec.version, spec.dependencies
    ('foo', '1.0-1', ('lua >= 5.1', 'lpeg'))

Every error that a function can foresee is an ``Error``: ``str`` of it says what, where, and what to
do next. Nothing here prints, asks, or reads the command line.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from distrorocks.errors import DistrorocksError as Error
from distrorocks.lua.value import json_form, to_bytes
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.rockspec import Rockspec as _Rockspec
from distrorocks.rocks.version import Version

__all__ = [
    "Change",
    "Error",
    "Field",
    "PackagingPlan",
    "Plan",
    "Refresh",
    "Rock",
    "Rockspec",
    "Step",
    "installed_rocks",
    "packaging_plan",
    "parse_rockspec",
    "plan",
    "read_rockspec",
    "refresh",
    "satisfies",
    "version_key",
]


@dataclass(frozen=True, slots=True)
class Rockspec:
    """A valid rockspec for Linux.

    ``name`` is ``package`` in lower case. Dependencies are texts such as ``"lua >= 5.1"``.
    ``fields`` has every field of the file as Python values: tables are dictionaries, or lists if
    they are empty or their keys are 1, 2 and so on.
    """

    package: str
    name: str
    version: str
    format: str
    dependencies: tuple[str, ...]
    build_dependencies: tuple[str, ...]
    test_dependencies: tuple[str, ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rock:
    """An installed rock; ``tree`` is the root of its tree, such as ``/usr/local``."""

    name: str
    version: str
    lua_version: str
    tree: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a plan does with one rock.

    ``action`` is ``keep``, ``install``, ``suggest`` (a package of the distribution has it) or
    ``refuse``; ``place`` is the server, tree or package that the rock comes from.
    """

    action: str
    name: str
    version: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of an installation in their order.

    ``command`` installs the packages that are needed first, "" if none are.
    """

    lua_version: str
    tree: str
    steps: tuple[Step, ...]
    command: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file or directory; ``action`` is a word such as ``create`` or ``remove``."""

    action: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refresh:
    """What a refresh did, or would do; ``rocks`` are those of packages that are published now."""

    rocks: tuple[Rock, ...]
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a packaging: its value, where it comes from, and how sure that is."""

    value: Any
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class PackagingPlan:
    """The fields of a packaging by key, and the gaps that a person must fill, as sentences."""

    format: str
    fields: Mapping[str, Field]
    gaps: tuple[str, ...]


def version_key(version: str) -> Version:
    """Return a key that sorts versions; it extends LuaRocks' order to a total one.

    Every text is a version (``luarocks.core.vers``).
    """
    return Version.parse(version)


def satisfies(version: str, dependency: str) -> bool:
    """Return whether a version satisfies a dependency such as ``"lpeg >= 1.0, < 2"``.

    Raise ``Error`` if LuaRocks does not accept the dependency.
    """
    return Dependency.parse(dependency).satisfied_by(Version.parse(version))


def parse_rockspec(text: str | bytes, *, file_name: str | None = None) -> Rockspec:
    """Return the rockspec of a text; ``file_name`` must then be that of the rock.

    Raise ``Error`` for one that neither LuaRocks 3.8 nor a later version accepts. A text that
    computes its values runs in the jail: a process without rights, files and network.
    """
    from distrorocks.system.lua.file import chunk_of
    from distrorocks.system.lua.jail import Jail

    content = to_bytes(text) if isinstance(text, str) else text
    with Jail() as jail:
        chunk = chunk_of(content, file_name or "rockspec", jail=jail)
    return _rockspec(_Rockspec.from_chunk(chunk, file_name=file_name))


def read_rockspec(path: str | os.PathLike[str]) -> Rockspec:
    """Return the rockspec of a file, whose name must be that of the rock; raise ``Error``."""
    from distrorocks.system.files.named_file import read_named
    from distrorocks.system.lua.file import ROCKSPEC_LIMIT

    path = os.path.abspath(os.fspath(path))
    return parse_rockspec(read_named(path, ROCKSPEC_LIMIT), file_name=os.path.basename(path))


def _rockspec(found: _Rockspec) -> Rockspec:
    return Rockspec(
        found.package,
        found.name,
        found.version,
        found.format,
        tuple(map(str, found.dependencies)),
        tuple(map(str, found.build_dependencies)),
        tuple(map(str, found.test_dependencies)),
        json_form(found.table),
    )


def installed_rocks(lua_version: str = "", *, root: str = "/") -> list[Rock]:
    """Return the rocks of all trees of LuaRocks' configuration, by name, the newest first.

    ``lua_version`` is a text such as ``"5.4"``, "" for all of them. Raise ``Error`` for a
    configuration or a manifest that cannot be read.
    """
    from distrorocks.world.installed import installed, listed

    return [
        Rock(row.rock.name, row.rock.version, each.lua_version, row.tree.layout.root)
        for each in installed(root, (lua_version,) if lua_version else ())
        for row in listed(each)
    ]


def plan(
    rocks: Sequence[str],
    *,
    lua_version: str = "",
    tree: str = "",
    deps_mode: str = "",
    server: str = "",
    is_offline: bool = False,
    root: str = "/",
) -> Plan:
    """Return what ``distrorocks install`` would do with rocks such as ``"lpeg >= 1.0"``.

    Arguments that are "" mean what LuaRocks' configuration says; ``server`` replaces all servers.
    Nothing is changed; servers may be asked. Raise ``Error``, whose text is the proof, if there is
    no plan.
    """
    from distrorocks.install.plan import planned
    from distrorocks.install.plan_request import Request
    from distrorocks.install.request import parse_operands
    from distrorocks.install.step import verb
    from distrorocks.luarocks.config_file import home
    from distrorocks.servers.address import Address
    from distrorocks.servers.configured import ServerOptions
    from distrorocks.trees.deps_mode import DepsMode
    from distrorocks.trees.target import User, Wish
    from distrorocks.world.site import SiteRequest

    here = os.getcwd()
    site = SiteRequest(
        User(home(root), is_superuser=os.geteuid() == 0),
        Wish(tree, directory=here if root == "/" else ""),
        lua_version,
        root,
        mode=DepsMode.parse(deps_mode) if deps_mode else None,
    )
    only = (Address.parse(server, above=here),) if server else ()
    request = Request(site, parse_operands(rocks), ServerOptions(only=only), is_offline=is_offline)
    with planned(request) as found:
        steps = [
            Step(verb(each), it.name, str(it.version), it.place, each.reason)
            for each in found.plan.steps
            for it in (each.candidate,)
        ]
        return Plan(
            found.site.installed.lua_version,
            found.plan.target,
            tuple(steps),
            found.plan.needed_command,
            tuple(found.warnings),
        )


def refresh(root: str = "/", *, is_dry: bool = False) -> Refresh:
    """Publish the rocks of a root's packages, as ``distrorocks refresh`` does.

    With ``is_dry`` only return what would be done. Raise ``Error`` if it cannot be done; the root
    is then unchanged.
    """
    from distrorocks.publish.refresh import refresh as publish
    from distrorocks.trees.change import verb
    from distrorocks.trees.layout import distro_layout
    from distrorocks.world.survey import System

    done = publish(System(root), dry_run=is_dry)
    tree = distro_layout("5.4").root
    return Refresh(
        tuple(Rock(*each.rock, each.lua_version, tree) for each in done.published),
        tuple(Change(verb(each), each.path, each.reason) for each in done.changes),
        (*done.left, *done.warnings),
    )


def packaging_plan(path: str | os.PathLike[str], packaging_format: str) -> PackagingPlan:
    """Return what ``distrorocks scaffold --plan`` shows of a rock, a rockspec or a directory.

    ``packaging_format`` is one of those of ``--format``. Nothing is written. Raise ``Error``.
    """
    from distrorocks.packaging.plan.settings import team_settings_path
    from distrorocks.packaging.scaffold.scaffold import Request, scaffolds
    from distrorocks.system.lua.jail import Jail

    path = os.path.abspath(os.fspath(path))
    team = team_settings_path()
    request = Request(path, os.getcwd(), "", (packaging_format,), "", (), team=team)
    with Jail() as jail:
        (made,) = scaffolds(request, jail)
    fields = {
        key: Field(field.value, str(field.source), str(field.confidence))
        for key, field in made.plan.fields.items()
    }
    gaps = tuple(f"{gap.key}: {gap.text}" for gap in made.plan.gaps)
    return PackagingPlan(made.plan.format, fields, gaps)
