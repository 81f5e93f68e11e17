"""The formats of Arch's PKGBUILD and Alpine's APKBUILD, which are shell scripts.

Both distributions have one package per Lua version, named after the package of that interpreter.
"""

from __future__ import annotations

import re
from functools import partial

from distrorocks.families.naming_rules import short_name, short_name_with_underscores
from distrorocks.families.version_range import ALL, Spans
from distrorocks.packaging.plan.build_helper import put_loadable
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format, Tables
from distrorocks.packaging.source.facts import Facts
from distrorocks.values import NamedTuple


class Habits(NamedTuple):
    """A distribution's names for Lua versions and tools, with ``{lua}`` or ``{digits}`` in them.

    ``newest`` is the Lua version whose package is just ``lua``, "" if none is. ``before`` precedes
    the suffix of a pre-release. ``is_linking`` is whether linked libraries must be listed as
    dependencies.
    """

    lua: str
    headers: str
    luarocks: str
    newest: str
    before: str
    is_linking: bool

    def interpreter(self, version: str) -> str:
        """Return the package of a Lua interpreter."""
        return "lua" if version == self.newest else self._named(self.lua, version)

    def tools(self, version: str) -> tuple[str, str]:
        """Return the packages that building modules for a Lua version depends on."""
        headers = self.headers.replace("{interpreter}", self.interpreter(version))
        return self._named(self.luarocks, version), headers

    def for_lua(self, package: str, version: str) -> str:
        """Return the name of a package for a Lua version; a version constraint is kept."""
        return f"{self.interpreter(version)}-{package.removeprefix('lua-')}"

    def _named(self, pattern: str, version: str) -> str:
        return pattern.replace("{lua}", version).replace("{digits}", version.replace(".", ""))


def written_need(name: str, spans: Spans) -> str:
    """Return a dependency with its lowest version only: pacman and apk have no "or"."""
    if spans == ALL or not spans or not spans[0].low:
        return name
    return f"{name}>={spans[0].low.rstrip('~')}"


def finish(habits: Habits, facts: Facts, draft: Draft, _tables: Tables) -> None:
    """Add the fields that only these formats have; lists are in the order of lua_versions."""
    draft.put(Fields.release, "1")
    luas, externals = draft.lua_versions, draft.external_requires
    source = "lua_versions, as the distribution names them"
    draft.put(Fields.lua_packages, _each(habits, luas, draft.package), source, HIGH)
    draft.put(Fields.interpreters, tuple(map(habits.interpreter, luas)), source, HIGH)
    linked = externals if habits.is_linking else ()
    required = [_of_lua(habits, lua, draft.requires) for lua in luas]
    by_lua = tuple(" ".join(dict.fromkeys((*each, *linked))) for each in required)
    draft.put(Fields.requires_by_lua, by_lua)
    needs = [tool for lua in luas for tool in habits.tools(lua)]
    needs += ["cmake"] * facts.runs_cmake
    needs += externals
    for lua in luas:
        needs += _of_lua(habits, lua, draft.build_requires)
    draft.put(Fields.build_needs, tuple(dict.fromkeys(needs)))
    checked = [need for each in required for need in each]
    for lua in draft.upstream_tests_luas:
        checked += _of_lua(habits, lua, draft.upstream_tests_requires)
    interpreters = map(habits.interpreter, luas)
    put_loadable(draft)
    draft.put(
        Fields.check_needs,
        tuple(dict.fromkeys((*interpreters, *checked))),
        "to load all modules and to run upstream's tests",
    )
    stated = (draft.homepage, draft.source_place, facts.homepage, facts.source.get("url", ""))
    draft.put(Fields.url, next((" ".join(it.split()) for it in stated if it.strip()), ""))
    version = re.sub("~(?=[0-9])", "_", draft.version).replace("~", habits.before)
    draft.put(Fields.shell_version, version)


def _each(habits: Habits, luas: tuple[str, ...], package: str) -> tuple[str, ...]:
    return tuple(habits.for_lua(package, lua) for lua in luas)


def _of_lua(habits: Habits, lua: str, needs: tuple[str, ...]) -> tuple[str, ...]:
    """Return dependencies on rocks as packages for one Lua version; keep all others."""
    return tuple(
        habits.for_lua(need, lua) if need.startswith("lua-") else need
        for each in needs
        for need in each.split(", ")
    )


ARCH = Format(
    name="arch",
    distribution="arch",
    lua_versions=("5.1", "5.2", "5.3", "5.4", "5.5"),
    name_rule=short_name,
    kindred=("debian", "fedora", "alpine"),
    written_need=written_need,
    finish=partial(
        finish,
        Habits(
            lua="lua{digits}",
            headers="{interpreter}",
            luarocks="luarocks",
            newest="5.5",
            before="",
            is_linking=True,
        ),
    ),
)

ALPINE = Format(
    name="alpine",
    distribution="alpine",
    lua_versions=("5.1", "5.2", "5.3", "5.4"),
    name_rule=short_name_with_underscores,
    kindred=("debian", "fedora", "arch"),
    written_need=written_need,
    finish=partial(
        finish,
        Habits(
            lua="lua{lua}",
            headers="{interpreter}-dev",
            luarocks="luarocks{lua}",
            newest="",
            before="_",
            is_linking=False,
        ),
    ),
)
