"""Whether all that rocks need from outside LuaRocks is there, and which packages bring the rest.

Who has what rocks miss: the installed packages, the distribution's index, the shipped table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from distrorocks.errors import NegativeError
from distrorocks.externals.lua_headers import LuaHeaders, find_lua_headers
from distrorocks.externals.needs import external_needs, needs_lua_headers
from distrorocks.externals.search import Missing, Verdict, search
from distrorocks.externals.settings import BUILD, Settings
from distrorocks.families.distribution import read_distribution
from distrorocks.families.external_advice import TABLE, Advice, advice, has_end, path_ends
from distrorocks.families.external_library import read_external_libraries
from distrorocks.families.installation import (
    development_package,
    install_command,
    known_distribution,
)
from distrorocks.families.known import families_of
from distrorocks.lua.value import LuaTable
from distrorocks.luarocks.host_cpu import host_cpu, multiarch
from distrorocks.luarocks.probe import RootProbe
from distrorocks.rocks.quotation import escaped
from distrorocks.rocks.rockspec import Rockspec


class Adviser:
    """Who has what is missing; indexes are read once, and only where something is missing."""

    def __init__(
        self, root: str, settings: Settings, probe: RootProbe, needy: Sequence[Missing]
    ) -> None:
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
        """Return what to do about one missing dependency."""
        ends = self._ends[missing]
        return advice(
            missing,
            self._settings,
            distribution=self.distribution,
            table=read_external_libraries(),
            indexed=[hit for hit in self._indexed if has_end(hit.path, ends)],
            installed=[hit for hit in self._installed if has_end(hit.path, ends)],
            is_file=self._probe.is_file,
        )

    def of_lua(self, lua_version: str) -> Advice:
        """Return which package has Lua's headers."""
        brought = read_external_libraries().with_header(f"lua{lua_version}/lua.h")
        name = development_package(brought.library, self.distribution) if brought else ""
        return Advice(name, "", TABLE) if name else Advice()


class Lack(NamedTuple):
    """One dependency that a rock misses, and what to do; ``told`` is in LuaRocks' words."""

    rock: str
    missing: Missing
    advice: Advice
    told: str


class RockExternals(NamedTuple):
    """What one rock needs: what was found of it, with all variables that a build gets.

    ``headers`` are Lua's own, None where nothing is compiled; ``headers_advice`` brings them.
    """

    rockspec: Rockspec
    verdict: Verdict
    lacks: tuple[Lack, ...]
    headers: LuaHeaders | None = None
    headers_advice: Advice = Advice()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.lacks and (self.headers is None or bool(self.headers.directory))

    @property
    def found(self) -> dict[str, str]:
        """The variables that the check itself sets, by name; Lua's headers among them."""
        found = {k: v for one in self.verdict.located for k, v in one.variables.items()}
        if self.headers and self.headers.directory:
            found["LUA_INCDIR"] = self.headers.directory
        return dict(sorted(found.items()))


class ExternalReport(NamedTuple):
    """The verdicts on all rocks, in the order given, and the command that installs the rest."""

    rocks: tuple[RockExternals, ...]
    lua_version: str
    command: str

    @property
    def is_whole(self) -> bool:
        """Whether no rock misses anything."""
        return all(rock.is_whole for rock in self.rocks)

    def sound(self) -> ExternalReport:
        """Return this report, or raise ``ExternalsMissingError`` with all that is missing."""
        if self.is_whole:
            return self
        raise ExternalsMissingError(self)


class ExternalsMissingError(NegativeError):
    """Rocks need something from outside LuaRocks that is not there."""

    def __init__(self, report: ExternalReport) -> None:
        lines = [line for rock in report.rocks for line in report_lines(rock, report.lua_version)]
        super().__init__(
            "what rocks need from outside LuaRocks is missing",
            detail="\n".join(lines),
            hint=f"run `{report.command}`"
            if report.command
            else "install it, or name its directory as NAME_DIR=/where/it/is",
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
    """Return the verdict on every rock: nothing is built, and nothing stops at the first lack.

    ``table`` is LuaRocks' configuration, ``variables`` are words of the command line, which hold
    over its own. In ``mode`` install nothing is compiled: no headers are asked for, and a static
    library is not enough. Raises ``ExternalsError`` for names that no file could have.
    """
    below = multiarch(root, host_cpu(root))
    settings = Settings.from_table(table, mode=mode, multiarch=below, like_3_8=like_3_8)
    probe = RootProbe(root)
    known = {**_configured(table), **variables}
    verdicts = [search(external_needs(one), settings, known, probe) for one in rockspecs]
    needy = [each for verdict in verdicts for each in verdict.missing]
    adviser = Adviser(root, settings, probe, needy)
    rocks = []
    for rockspec, verdict in zip(rockspecs, verdicts, strict=True):
        lacks = tuple(
            Lack(rockspec.name, each, adviser.of(each), each.as_luarocks(rockspec.name))
            for each in verdict.missing
        )
        headers = None
        if mode == BUILD and needs_lua_headers(rockspec):
            headers = find_lua_headers(lua_version, known, probe)
        about = adviser.of_lua(lua_version) if headers and not headers.directory else Advice()
        rocks.append(RockExternals(rockspec, verdict, lacks, headers, about))
    wanted = [each.package for rock in rocks for each in advices(rock) if each.package]
    return ExternalReport(tuple(rocks), lua_version, install_command(adviser.distribution, wanted))


def advices(rock: RockExternals) -> Iterable[Advice]:
    """Yield what to do for one rock."""
    yield from (lack.advice for lack in rock.lacks)
    yield rock.headers_advice


def report_lines(rock: RockExternals, lua_version: str) -> list[str]:
    """Return, in lines, what one rock lacks and who has it; none where it lacks nothing."""
    name = f"{rock.rockspec.name} {rock.rockspec.version}"
    lines = []
    for lack in rock.lacks:
        dependency, missing = lack.missing.dependency.name, lack.missing
        lines.append(f"{name} needs {dependency}: no {missing.word} {missing.wanted}")
        lines += [f"  no file {file} in {directory}" for file, directory in missing.tried]
        lines += _advised(lack.advice)
    if rock.headers and (why := rock.headers.why_not(lua_version)):
        lines += [f"{name} needs Lua's headers: {why}", *_advised(rock.headers_advice)]
    return [escaped(line) for line in lines]


def _advised(found: Advice) -> list[str]:
    """Return the line that says what to do."""
    if found.package and found.assignment:
        return [f"  package {found.package} has it; then pass {found.assignment}"]
    if found.package:
        return [f"  package {found.package} has it"]
    if found.assignment:
        return [f"  it is installed where LuaRocks does not look: pass {found.assignment}"]
    return []


def _configured(table: LuaTable) -> dict[str, str]:
    """Return the variables of a configuration."""
    variables = table.get("variables")
    if not isinstance(variables, dict):
        return {}
    return {
        name: value
        for name, value in variables.items()
        if isinstance(name, str) and isinstance(value, str)
    }
