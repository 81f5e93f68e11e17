"""All formats of packaging there are, by name."""

from __future__ import annotations

from distrorocks.packaging.formats.deb import DEB
from distrorocks.packaging.formats.rpm import FEDORA, OPENSUSE
from distrorocks.packaging.formats.shell_recipes import ALPINE, ARCH
from distrorocks.packaging.plan.format import Format

FORMATS: dict[str, Format] = {each.name: each for each in (DEB, FEDORA, OPENSUSE, ARCH, ALPINE)}
