"""Check the external dependencies of rocks, and find the packages that provide missing ones.

It looks in the installed packages, the distribution's index and the shipped table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from distrorocks.errors import NegativeError
from distrorocks.externals.lua_headers import LuaHeaders, find_lua_headers
from distrorocks.externals.needs import external_needs, needs_lua_headers
from distrorocks.externals.pkg_config import with_packages
from distrorocks.externals.search import Missing, Verdict, search
from distrorocks.externals.settings import BUILD, Settings, configured_variables
from distrorocks.families.distribution import install_command, known_distribution, read_distribution
from distrorocks.families.external_advice import INSTALLED, TABLE, Advice, advice, path_ends
from distrorocks.families.external_library import development_package, read_external_libraries
from distrorocks.families.known import families_of
from distrorocks.families.package import has_end
from distrorocks.lua.value import LuaTable
from distrorocks.luarocks.host_cpu import host_cpu, multiarch
from distrorocks.luarocks.pkg_config import PkgConfig
from distrorocks.luarocks.probe import RootProbe
from distrorocks.rocks.quotation import escaped
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.values import NamedTuple


class Adviser:
    """Finds the packages that provide missing files; reads indexes once, and only if needed."""

    def __init__(
        self,
        root: str,
        settings: Settings,
        probe: RootProbe,
        needy: Sequence[Missing],
        known: Mapping[str, str],
    ) -> None:
        self._known = known
        told = read_distribution(root)
        self.distribution = known_distribution((told.id, *told.id_like))
        self._settings, self._probe = settings, probe
        ends = {each: path_ends(each, settings) for each in needy}
        every = sorted({end for several in ends.values() for end in several})
        self._ends = ends
        families = families_of(root) if every else ()
        self._installed = [hit for each in families for hit in each.find_installed(root, every)]
        self._indexed = [hit for each in families for hit in each.find_offered(root, every)]

    def of(self, missing: Missing) -> Advice:
        """Return the advice for one missing dependency."""
        ends = self._ends[missing]
        found = advice(
            missing,
            self._settings,
            distribution=self.distribution,
            table=read_external_libraries(),
            indexed=[hit for hit in self._indexed if has_end(hit.path, ends)],
            installed=[hit for hit in self._installed if has_end(hit.path, ends)],
            is_file=self._probe.is_file,
        )
        if found.assignment or not found.package:
            return found
        name = missing.dependency.name
        named = (f"{name}_{missing.kind}", f"{name}_DIR")
        return found._replace(unset=next((each for each in named if each in self._known), ""))

    def of_lua(self, lua_version: str, headers: LuaHeaders) -> Advice:
        """Return the advice for Lua's headers that were not found."""
        if headers.usual:
            return Advice("", f"LUA_INCDIR={headers.usual}", INSTALLED)
        brought = read_external_libraries().with_header(f"lua{lua_version}/lua.h")
        name = development_package(brought.library, self.distribution) if brought else ""
        return Advice(name, "", TABLE, headers.variable) if name else Advice()


class MissingExternal(NamedTuple):
    """A missing external dependency and the advice; ``text`` is LuaRocks' error message."""

    rock: str
    missing: Missing
    advice: Advice
    text: str


class RockExternals(NamedTuple):
    """The external dependencies of one rock, found and missing.

    ``headers`` are those of Lua, None if nothing is compiled; ``headers_advice`` is the advice if
    they are missing.
    """

    rockspec: Rockspec
    verdict: Verdict
    missing: tuple[MissingExternal, ...]
    headers: LuaHeaders | None = None
    headers_advice: Advice = Advice()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing and (self.headers is None or bool(self.headers.directory))

    @property
    def found(self) -> dict[str, str]:
        """The variables that locate what was found, by name, including Lua's headers."""
        found = {k: v for one in self.verdict.located for k, v in one.variables.items()}
        if self.headers and self.headers.directory:
            found["LUA_INCDIR"] = self.headers.directory
        return dict(sorted(found.items()))


class ExternalReport(NamedTuple):
    """The results for all rocks in order, and the command that installs what is missing."""

    rocks: tuple[RockExternals, ...]
    lua_version: str
    command: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return all(rock.is_whole for rock in self.rocks)

    @property
    def hint(self) -> str:
        """What to run, and what to tell LuaRocks afterwards, "" if nothing is known."""
        several = [each for rock in self.rocks for each in advices(rock)]
        passed = dict.fromkeys(each.assignment for each in several if each.assignment)
        unset = dict.fromkeys(each.unset for each in several if each.unset)
        steps = [
            f"run `{self.command}`" if self.command else "",
            f"pass {' '.join(passed)}" if passed else "",
            f"do not set {', '.join(unset)}" if unset else "",
        ]
        return ", and ".join(filter(None, steps))

    def sound(self) -> ExternalReport:
        """Return this report; raise ``ExternalsMissingError`` if anything is missing."""
        if self.is_whole:
            return self
        raise ExternalsMissingError(self)


class ExternalsMissingError(NegativeError):
    """External dependencies of rocks are missing."""

    def __init__(self, report: ExternalReport) -> None:
        lines = [line for rock in report.rocks for line in report_lines(rock, report.lua_version)]
        super().__init__(
            "external dependencies are missing",
            detail="\n".join(lines),
            hint=report.hint or "install them, or pass their directory as NAME_DIR=DIR",
        )
        self.report = report


def check_externals(
    rockspecs: Sequence[Rockspec],
    table: LuaTable,
    variables: Mapping[str, str],
    *,
    lua_version: str,
    root: str = "/",
    mode: str = BUILD,
    like_3_8: bool = False,
) -> ExternalReport:
    """Return what every rock needs and what is missing, without building anything.

    ``table`` is LuaRocks' configuration; ``variables`` from the command line override its own. In
    ``mode`` install nothing is compiled, so headers are not needed, and a static library is not
    enough. What LuaRocks' search does not find may be known to pkg-config of the running system,
    unless it is ``like_3_8``. Raise ``ExternalsError`` for invalid file names.
    """
    below = multiarch(root, host_cpu(root))
    settings = Settings.from_table(table, mode=mode, multiarch=below, like_3_8=like_3_8)
    probe = RootProbe(root)
    known = {**configured_variables(table), **variables}
    verdicts = [search(external_needs(one), settings, known, probe) for one in rockspecs]
    if root == "/" and not like_3_8 and any(each.missing for each in verdicts):
        packages = PkgConfig()
        verdicts = [with_packages(each, settings, known, probe, packages) for each in verdicts]
    needy = [each for verdict in verdicts for each in verdict.missing]
    adviser = Adviser(root, settings, probe, needy, known)
    rocks = []
    for rockspec, verdict in zip(rockspecs, verdicts, strict=True):
        missing = tuple(
            MissingExternal(rockspec.name, each, adviser.of(each), each.as_luarocks(rockspec.name))
            for each in verdict.missing
        )
        headers = None
        if mode == BUILD and needs_lua_headers(rockspec):
            headers = find_lua_headers(lua_version, known, probe)
        about = Advice()
        if headers and not headers.directory:
            about = adviser.of_lua(lua_version, headers)
        rocks.append(RockExternals(rockspec, verdict, missing, headers, about))
    wanted = [each.package for rock in rocks for each in advices(rock) if each.package]
    return ExternalReport(tuple(rocks), lua_version, install_command(adviser.distribution, wanted))


def advices(rock: RockExternals) -> Iterable[Advice]:
    """Yield the advice for one rock."""
    yield from (each.advice for each in rock.missing)
    yield rock.headers_advice


def report_lines(rock: RockExternals, lua_version: str) -> list[str]:
    """Return the lines that list what one rock misses, with advice; [] if nothing."""
    name = f"{rock.rockspec.name} {rock.rockspec.version}"
    lines = []
    for each in rock.missing:
        dependency, missing = each.missing.dependency.name, each.missing
        lines.append(f"{name} needs {dependency}: no {missing.word} {missing.wanted}")
        lines += [f"  no file {file} in {directory}" for file, directory in missing.tried]
        lines += _advised(each.advice)
    if rock.headers and (why := rock.headers.why_not(lua_version)):
        lines += [f"{name} needs Lua's headers: {why}", *_advised(rock.headers_advice)]
    return [escaped(line) for line in lines]


def _advised(found: Advice) -> list[str]:
    """Return the line of advice."""
    if found.package and found.assignment:
        return [f"  package {found.package} provides it; then pass {found.assignment}"]
    if found.package and found.unset:
        return [f"  package {found.package} provides it, but not where {found.unset} points"]
    if found.package:
        return [f"  package {found.package} provides it"]
    if found.assignment:
        return [f"  installed outside LuaRocks' search path: pass {found.assignment}"]
    return []
