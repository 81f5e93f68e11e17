"""Run the test suite of a project: install what it needs, then run it as the user would.

The suite is the user's own code. It has the user's rights, environment, terminal and network, and
no sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.externals.settings import configured_variables
from distrorocks.install.building import USUAL, BuildChoice
from distrorocks.install.install import Consent, install_rocks
from distrorocks.install.plan_request import Request
from distrorocks.install.produce import Progress
from distrorocks.install.request import RockOperands
from distrorocks.install.suite import (
    BUSTED,
    MARKS,
    NoSuiteError,
    Suite,
    command_of,
    dependencies_of,
    environment_of,
    is_lua_script,
    suite_of,
)
from distrorocks.rocks.quotation import quoted
from distrorocks.servers.local_rock import read_local_rock
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes.command import find_program
from distrorocks.system.processes.foreground import run_in_foreground
from distrorocks.values import NamedTuple
from distrorocks.world.site import Site, site

_COMMAND_LIMIT = 64 * 1024


class Tests(NamedTuple):
    """What to test: the ``directory`` of a project, an absolute path, and its rockspec.

    ``kind`` is the type of the suite, "" to find it; ``arguments`` are for the suite.
    """

    directory: str
    rockspec: str
    kind: str = ""
    arguments: Sequence[str] = ()


class Prepared(NamedTuple):
    """A suite that can be run, and where its dependencies are."""

    tests: Tests
    suite: Suite
    site: Site


def prepare_tests(
    tests: Tests,
    request: Request,
    *,
    consent: Consent,
    progress: Progress,
    choice: BuildChoice = USUAL,
) -> Prepared | None:
    """Install what a suite needs; return None if ``consent`` does not agree.

    ``request`` says how, and names no rocks. Raise as ``suite_of`` and ``install_rocks`` do.
    """
    with Jail() as jail:
        rockspec = read_local_rock(tests.rockspec, jail, arch="").rockspec
        with NamedFolder(tests.directory) as folder:
            names = [name for name in MARKS if folder.status_inside(f"/{name}") is not None]
            suite = suite_of(rockspec, kind=tests.kind, names=names)
            if suite.script and folder.status_inside(f"/{suite.script}") is None:
                raise NoSuiteError(
                    f"the test script {quoted(suite.script)} is not there",
                    hint="correct test.script in the rockspec",
                )
    needed = dependencies_of(rockspec, suite)
    if needed:
        wanted = request._replace(
            operands=RockOperands(needed, variables=request.operands.variables)
        )
        done = install_rocks(wanted, consent=consent, progress=progress, choice=choice)
        if not done.is_done:
            return None
    with Jail() as jail:
        return Prepared(tests, suite, site(request.site, jail))


def run_tests(prepared: Prepared, environ: Mapping[str, str]) -> int:
    """Run a suite and return its exit status, negative for a signal.

    ``environ`` is the environment of the user, which the suite gets with the trees added.
    """
    here = prepared.site
    variables = configured_variables(here.installed.config)
    lua = variables.get("LUA") or f"lua{here.installed.lua_version}"
    environment = environment_of(here.layouts, here.installed.lua_version, environ)
    busted = _busted_for_lua(environment["PATH"])
    words = command_of(prepared.suite, prepared.tests.arguments, lua=lua, busted=busted)
    try:
        return run_in_foreground(
            words,
            environment=environment,
            directory=prepared.tests.directory,
        )
    except DistrorocksError as error:
        hint = error.hint or f"the trees are {', '.join(each.root for each in here.layouts)}"
        raise DistrorocksError(error.brief, detail=error.detail, hint=hint) from error


def _busted_for_lua(path: str) -> str:
    """Return the path of the first busted of a PATH if it is a Lua script, else ""."""
    found = find_program(BUSTED, path)
    if found is None:
        return ""
    try:
        return found if is_lua_script(read_bounded(found, _COMMAND_LIMIT)) else ""
    except FileReadError:
        return ""
