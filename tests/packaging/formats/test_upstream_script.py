"""``debian/tests/upstream`` is run as it is rendered, with the system's own Lua."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from distrorocks.packaging.build.check_require import lua_program
from distrorocks.packaging.formats.templates import render, search_path
from distrorocks.packaging.plan.field import Value
from tests.packaging.plan.test_suite_fields import planned

LUA = "5.4"
pytestmark = pytest.mark.skipif(not lua_program(LUA), reason="there is no Lua 5.4")


BUILT = {
    "dh-luarocks": ("debian/.luarocks", f"{LUA}/usr/share/lua/{LUA}"),
    "plain": ("debian/.luarocks", f"{LUA}/usr/share/lua/{LUA}"),
    "dh-lua": (".", f"{LUA}-foo"),
}
"""Of each helper the folder that the script is given, and where below it the modules are."""


def tree_of(folder: Path, test: str, helper: str = "plain") -> Path:
    """Return a source tree with its packaging; its own module is not the one that is installed."""
    settings: dict[str, Value] = {"upstream_tests_luas": (LUA,), "helper": helper}
    plan = planned({"test.lua": test}, settings=settings)
    tree = folder / "foo-1.0"
    for path, (content, mode) in render("deb", plan.values, search_path()).items():
        place = tree / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        place.chmod(mode)
    (tree / "src").mkdir()
    (tree / "src/foo.lua").write_text("return 'of the sources'")
    (tree / "test.lua").write_text(test)
    built = tree.joinpath(*BUILT[helper])
    built.mkdir(parents=True)
    (built / "foo.lua").write_text("return 'built'")
    return tree


def run(tree: Path, helper: str = "plain") -> subprocess.CompletedProcess[str]:
    """Run the script as ``debian/rules`` does."""
    return subprocess.run(
        ["debian/tests/upstream", BUILT[helper][0]],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("helper", BUILT)
def test_the_tests_see_what_was_built_and_leave_the_sources_alone(
    tmp_path: Path, helper: str
) -> None:
    """They run in a copy of the sources, where the module itself is missing."""
    test = "assert(require 'foo' == 'built') assert(not io.open('src/' .. 'foo' .. '.lua'))"
    test += f" assert(_VERSION == 'Lua {LUA}') io.open('left.txt', 'w'):close() print 'tested'"
    test += f" assert(not io.open('{LUA}-foo' .. '/foo.lua'))"
    tree = tree_of(tmp_path, test, helper)
    before = sorted(tree.rglob("*"))
    done = run(tree, helper)
    assert (done.returncode, done.stdout) == (0, f"Lua {LUA}\ntested\n")
    assert sorted(tree.rglob("*")) == before


def test_a_test_that_fails_fails_the_build(tmp_path: Path) -> None:
    """The status is that of the tests, and what they print is there."""
    done = run(tree_of(tmp_path, "require 'foo' error 'no'"))
    assert done.returncode != 0
    assert "no" in done.stderr
