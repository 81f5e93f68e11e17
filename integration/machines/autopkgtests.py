"""The tests of a Debian package as autopkgtest runs them: what ``debian/tests/control`` names.

Each test has the packages that it depends on, a copy of the sources as its directory and
``AUTOPKGTEST_TMP``; it fails by its exit status, and by anything on stderr unless it allows that.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, TypeAlias

from distrorocks.families.deb.stanzas import control_fields
from integration.machines.machine import CommandError, Machine

PLACE = "/srv/autopkgtest"
SECONDS = "590"


Testbed: TypeAlias = AbstractContextManager[Machine]


class Test(NamedTuple):
    """A stanza of ``debian/tests/control``."""

    name: str
    command: str
    depends: tuple[str, ...]
    restrictions: tuple[str, ...]


class Tested(NamedTuple):
    """The tests that passed, and the first that failed with its output, "" if none did.

    ``flaky`` are those that failed and may, since they have that restriction.
    """

    passed: tuple[str, ...] = ()
    failed: str = ""
    log: str = ""
    flaky: tuple[str, ...] = ()


def tests_of(control: str) -> Iterator[Test]:
    """Yield the tests of ``debian/tests/control``."""
    for stanza in control.split("\n\n"):
        fields = control_fields(stanza.strip("\n").split("\n")) or {}
        depends = tuple(it.strip() for it in fields.get("Depends", "@").split(",") if it.strip())
        restrictions = tuple(fields.get("Restrictions", "").replace(",", " ").split())
        for name in fields.get("Tests", "").split():
            yield Test(name, f"debian/tests/{name}", depends, restrictions)
        if command := fields.get("Test-Command", "").strip():
            features = fields.get("Features", "").partition("test-name=")[2]
            yield Test(features.split(" ")[0] or "command", command, depends, restrictions)


def tested(tree: Path, package: str, testbed: Callable[..., Testbed]) -> Tested:
    """Run the tests of a source tree, each in a testbed of its own.

    ``testbed`` gives a machine where ``package`` is installed, and the packages that it is given.
    """
    control = tree / "debian/tests/control"
    passed: list[str] = []
    flaky: list[str] = []
    for test in tests_of(control.read_text()) if control.exists() else ():
        needs = [it.partition(" ")[0] for it in test.depends if it not in (package, "@")]
        try:
            with testbed(*needs) as machine:
                place = machine.path(PLACE)
                shutil.copytree(tree, place / "tree", symlinks=True)
                (place / "tmp").mkdir()
                inside = f"cd {PLACE}/tree && AUTOPKGTEST_TMP={PLACE}/tmp {test.command}"
                words = ("timeout", SECONDS, "nice", "-n", "10", "sh", "-c", inside)
                done = machine.run(*words, ends=True)
            if done.err and "allow-stderr" not in test.restrictions:
                return Tested(tuple(passed), f"{test.name}: stderr: {done.err}", done.err)
        except CommandError as failure:
            if "flaky" in test.restrictions:
                flaky.append(test.name)
                continue
            said = failure.outcome.out + failure.outcome.err
            return Tested(tuple(passed), test.name, said)
        passed.append(test.name)
    return Tested(tuple(passed), flaky=tuple(flaky))
