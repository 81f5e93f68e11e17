"""The plan of an RPM package, as Fedora and as openSUSE write their spec files.

SPDX licences as the License tag of a spec file has them: SPDX, and a name for the rest.
"""

from __future__ import annotations

import re
from functools import partial

from distrorocks.families.package_names import short_name, whole_name
from distrorocks.families.rpm.family import written_need
from distrorocks.licensing.expression import PUBLIC_DOMAIN
from distrorocks.packaging.plan.field import HIGH, Draft
from distrorocks.packaging.plan.release import spec_date
from distrorocks.packaging.plan.tables import Format, Tables
from distrorocks.packaging.source.facts import Facts

_PUBLIC_DOMAIN = {
    "fedora": "LicenseRef-Fedora-Public-Domain",
    "opensuse": "SUSE-Public-Domain",
}


def license_tag(expression: str, distribution: str) -> str:
    """Return the tag's text: only what SPDX has no name for is named by distribution."""
    name = _PUBLIC_DOMAIN.get(distribution, PUBLIC_DOMAIN)
    return re.sub(rf"(?<![\w.-]){PUBLIC_DOMAIN}(?![\w.-])", name, expression)


def finish(distribution: str, _facts: Facts, draft: Draft, _tables: Tables) -> None:
    """Add what only spec files have."""
    draft.put("license_tag", license_tag(draft.text("license"), distribution), "license")
    draft.put("is_noarch", not draft.is_true("is_compiled"), "is_compiled")
    draft.put("changelog_date", spec_date(int(draft.text("date") or 0)), "date")
    draft.put("stem", draft.text("package").removeprefix("lua-"), "package")
    draft.put("release", "1", "a first package")
    draft.put("changes", ("Initial packaging",), "a first package")
    needs = [*draft.texts("external_requires"), *draft.texts("build_requires")]
    if draft.text("build_type") == "cmake":
        needs.insert(0, "cmake")
    if draft.is_true("is_compiled"):
        needs = ["gcc", "make", *needs]
    draft.put("build_needs", tuple(dict.fromkeys(needs)), "the rockspec's needs", HIGH)
    draft.put("check_needs", draft.texts("requires"), "rockspec: dependencies")
    license_files = set(draft.texts("license_files"))
    documents = tuple(each for each in draft.texts("documents") if each not in license_files)
    draft.put("doc_files", documents, "documents")


FEDORA = Format(
    name="fedora",
    distribution="fedora",
    lua_versions=("5.1", "5.4"),  # lua, and compat-lua
    name_rule=short_name,
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
