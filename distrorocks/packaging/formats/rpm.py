"""The plan of an RPM package, as Fedora and as openSUSE write their spec files.

SPDX licences as the License tag of a spec file has them: SPDX, and a name for the rest.
"""

from __future__ import annotations

import re
from functools import partial

from distrorocks.families.naming_rules import short_name, whole_name
from distrorocks.families.rpm.versions import provides, written_need
from distrorocks.licensing.expression import PUBLIC_DOMAIN
from distrorocks.packaging.plan.build_helper import put_helper
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format, Tables, changes_date, spec_date
from distrorocks.packaging.source.facts import Facts

_PUBLIC_DOMAIN = {
    "fedora": "LicenseRef-Fedora-Public-Domain",
    "opensuse": "SUSE-Public-Domain",
}


def license_tag(expression: str, distribution: str) -> str:
    """Return the License tag; only the public domain has a name of the distribution."""
    name = _PUBLIC_DOMAIN.get(distribution, PUBLIC_DOMAIN)
    return re.sub(rf"(?<![\w.-]){PUBLIC_DOMAIN}(?![\w.-])", name, expression)


def finish(distribution: str, facts: Facts, draft: Draft, tables: Tables) -> None:
    """Add the fields that only spec files have."""
    rock = facts.rock, facts.version
    draft.put(Fields.license_tag, license_tag(draft.license, distribution))
    if distribution == "fedora":
        put_helper(draft, tables, "luarocks-rpm-macros")
        given = [each for lua in draft.lua_versions for each in provides(lua, *rock)]
        draft.put(Fields.provides, tuple(given), "the rock and lua_versions")
    draft.put(Fields.is_noarch, not draft.is_compiled)
    written = spec_date if distribution == "fedora" else changes_date
    draft.put(Fields.changelog_date, written(int(draft.date or 0)))
    draft.put(Fields.stem, draft.package.removeprefix("lua-"))
    draft.put(Fields.release, "1")
    first = "Initial packaging" if distribution == "fedora" else f"Initial version {draft.version}"
    draft.put(Fields.changes, (first,))
    needs = [*draft.external_requires, *draft.build_requires]
    if facts.runs_cmake:  # which looks for both compilers, unless a project names its languages
        needs = ["gcc", "gcc-c++", "make", "cmake", *needs]
    elif draft.is_compiled:
        needs = ["gcc", *["gcc-c++"] * facts.has_cpp, "make", *needs]
    elif draft.build_type in ("make", "command"):  # also of Lua alone: a builder has no make
        needs.insert(0, "make")
    draft.put(Fields.build_needs, tuple(dict.fromkeys(needs)))
    draft.put(
        Fields.check_needs, tuple(dict.fromkeys((*draft.requires, *draft.upstream_tests_requires)))
    )
    license_files = set(draft.license_files)
    documents = tuple(each for each in draft.documents if each not in license_files)
    draft.put(Fields.doc_files, documents)


FEDORA = Format(
    name="fedora",
    distribution="fedora",
    lua_versions=("5.1", "5.4"),  # lua, and compat-lua
    name_rule=short_name,
    kindred=("debian", "arch", "alpine"),
    written_need=written_need,
    finish=partial(finish, "fedora"),
    has_pkg_config=True,
    is_split=True,
)

OPENSUSE = Format(
    name="opensuse",
    distribution="opensuse",
    lua_versions=("5.1", "5.3", "5.4"),
    name_rule=whole_name,
    written_need=written_need,
    finish=partial(finish, "opensuse"),
    has_pkg_config=True,
    is_split=True,
)
