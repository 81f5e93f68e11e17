"""All formats of packaging there are, by name."""

from __future__ import annotations

from distrorocks.packaging.formats.deb import DEB
from distrorocks.packaging.formats.rpm import FEDORA, OPENSUSE
from distrorocks.packaging.formats.shell_recipes import ALPINE, ARCH
from distrorocks.packaging.plan.format import Format
from distrorocks.packaging.plan.release import at_release, find_release

FORMATS: dict[str, Format] = {each.name: each for each in (DEB, FEDORA, OPENSUSE, ARCH, ALPINE)}


def format_at(form: str, release: str) -> Format:
    """Return a format with the Lua versions of a release, "" for any; raise for an unknown one."""
    return at_release(FORMATS[form], find_release(form, release))
