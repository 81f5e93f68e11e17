"""The plans of Arch's PKGBUILD and Alpine's APKBUILD: shell files of variables and functions."""

from __future__ import annotations

from distrorocks.distro.package_names import short_name
from distrorocks.distro.version_range import ALL, Spans
from distrorocks.packaging.facts import Facts
from distrorocks.packaging.field import Draft
from distrorocks.packaging.format import Format
from distrorocks.packaging.tables import Tables


def written_need(name: str, spans: Spans) -> str:
    """Return the need of a package from the lowest version on; pacman and apk have no "or"."""
    if spans == ALL or not spans or not spans[0].low:
        return name
    return f"{name}>={spans[0].low.rstrip('~')}"


def finish(_facts: Facts, draft: Draft, _tables: Tables) -> None:
    """Add what only these shell files have."""
    draft.put("release", "1", "a first package")
    needs = [*draft.texts("external_requires"), *draft.texts("build_requires")]
    if draft.text("build_type") == "cmake":
        needs.insert(0, "cmake")
    draft.put("build_needs", tuple(dict.fromkeys(needs)), "the rockspec's needs")
    version = draft.text("version").replace("~", "_")
    draft.put("shell_version", version, "version")


ARCH = Format(
    name="arch",
    distribution="arch",
    lua_versions=("5.1", "5.2", "5.3", "5.4"),
    name_rule=short_name,
    written_need=written_need,
    finish=finish,
)

ALPINE = Format(
    name="alpine",
    distribution="alpine",
    lua_versions=("5.1", "5.2", "5.3", "5.4"),
    name_rule=short_name,
    written_need=written_need,
    finish=finish,
)
