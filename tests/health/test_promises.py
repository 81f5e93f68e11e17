"""What a package does not have as it promised is told with its package."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.families.package import Unkept
from distrorocks.health.promises import missing_modules, promise_finding, unkept_promises
from distrorocks.system.files.root_path import RootView
from distrorocks.world.survey import System, survey
from tests.builders import debian

PATH = "/usr/share/lua/5.3/pl/List.lua"


@pytest.mark.parametrize(
    ("found", "expected", "kind", "actual"),
    [
        ("", "aa", "missing", "no file"),
        ("bb", "aa", "modified", "MD5 bb in a file of package lua-x"),
        ("not readable", "aa", "modified", "not readable in a file of package lua-x"),
    ],
)
def test_a_finding_names_the_package_and_its_cure(
    found: str, expected: str, kind: str, actual: str
) -> None:
    """Without a file it is missing; what could not be read is told as it is."""
    finding = promise_finding(Unkept("lua-x", PATH, expected, found))
    assert (finding.kind, finding.place, finding.found) == (kind, PATH, actual)
    assert finding.expected == "MD5 aa, by the package lua-x"
    assert finding.hint == "apt install --reinstall lua-x"


def test_a_link_has_no_digest() -> None:
    """The package promised a file there."""
    finding = promise_finding(Unkept("lua-x", PATH, "", ""))
    assert finding.expected == "a file, by the package lua-x"


def test_only_missing_files_of_the_wanted_luas_are_missing_modules(tmp_path: Path) -> None:
    """A changed file is unkept, not missing; another Lua's is neither."""
    machine = debian(tmp_path)
    view, found = RootView(str(tmp_path)), survey(System(root=str(tmp_path)))
    place = machine.root / PATH.lstrip("/")
    place.write_text("changed")
    (changed,) = unkept_promises(found, view, ["5.3"])
    assert (changed.path, list(missing_modules([changed]))) == (PATH, [])
    place.unlink()
    ((lost, file),) = missing_modules(unkept_promises(found, view, ["5.3"]))
    assert (lost.package, file.module, file.lua_version) == ("lua-penlight", "pl.List", "5.3")
    assert unkept_promises(found, view, ["5.4"]) == []
