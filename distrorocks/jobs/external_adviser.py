"""Who has what rocks miss: the installed packages, the distribution's index, the shipped table."""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.build.external_search import Missing
from distrorocks.build.external_settings import Settings
from distrorocks.distro.installation import development_package, known_distribution
from distrorocks.plan.external_advice import TABLE, Advice, advice, has_end, path_ends
from distrorocks.system.luarocks.external_eyes import RootEyes
from distrorocks.system.packages.apt_contents import find_in_contents
from distrorocks.system.packages.distribution import read_distribution
from distrorocks.system.packages.dpkg_files import find_installed
from distrorocks.system.packages.external_libraries import read_external_libraries


class Adviser:
    """Who has what is missing; indexes are read once, and only where something is missing."""

    def __init__(
        self, root: str, settings: Settings, eyes: RootEyes, needy: Sequence[Missing]
    ) -> None:
        told = read_distribution(root)
        self.distribution = known_distribution((told.id, *told.id_like))
        self._settings, self._eyes = settings, eyes
        ends = {each: path_ends(each, settings) for each in needy}
        every = sorted({end for several in ends.values() for end in several})
        self._ends = ends
        self._installed = find_installed(root, every) if every else ()
        self._indexed = find_in_contents(root, every) if every else ()

    def of(self, missing: Missing) -> Advice:
        """Return what to do about one missing dependency."""
        ends = self._ends[missing]
        return advice(
            missing,
            self._settings,
            distribution=self.distribution,
            table=read_external_libraries(),
            indexed=[hit for hit in self._indexed if has_end(hit.path, ends)],
            installed=[hit for hit in self._installed if has_end(hit.path, ends)],
            is_file=self._eyes.is_file,
        )

    def of_lua(self, lua_version: str) -> Advice:
        """Return which package has Lua's headers."""
        brought = read_external_libraries().with_header(f"lua{lua_version}/lua.h")
        name = development_package(brought.library, self.distribution) if brought else ""
        return Advice(name, "", TABLE) if name else Advice()
