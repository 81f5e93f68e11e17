"""All that is known of a rock is reported, and what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.health.show import Shown, show
from distrorocks.publish.refresh import refresh
from distrorocks.world.metadata_mode import MINIMAL, PROTECTED
from distrorocks.world.survey import System
from tests.builders import Machine, debian

LPEG_SO = "/usr/lib/x86_64-linux-gnu/lua/5.3/lpeg.so"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a Debian system whose packages are rocks."""
    found = debian(tmp_path)
    refresh(System(root=str(tmp_path)))
    return found


def one(machine: Machine, *words: str, lua: str = "5.3") -> Shown:
    """Return the one rock that is shown."""
    ((shown,), warnings) = show(str(machine.root), *words, lua_versions=(lua,))
    assert warnings == []
    return shown


def test_a_rock_of_a_package_is_reported_with_its_owner_and_its_real_files(
    machine: Machine,
) -> None:
    """Debian's multiarch directory is looked in though no configuration names it."""
    shown = one(machine, "lpeg")
    assert [each.name for each in shown.packages] == ["lua-lpeg"]
    assert [each.path for each in shown.modules] == [LPEG_SO, "/usr/share/lua/5.3/re.lua"]
    assert shown.described("homepage") == "https://example.org/lpeg"
    assert shown.missing == ()


def test_dependencies_are_listed_with_the_rocks_that_satisfy_them(machine: Machine) -> None:
    """The interpreter and the rocks of any tree meet them; nothing else does."""
    needs = {need.text: need.version for need in one(machine, "penlight").dependencies}
    assert needs["lpeg >= 0.10"] == "1.0.2-1"
    spec = machine.root / "usr/lib/luarocks/rocks-5.3/lpeg/1.0.2-1/lpeg-1.0.2-1.rockspec"
    spec.write_text(spec.read_text() + 'dependencies = { "lua >= 5.1", "gone ~> 1.0" }\n')
    (lua, gone) = one(machine, "lpeg").dependencies
    assert (lua.version, gone) == ("5.3-1", ("gone ~> 1.0", ""))


def test_without_a_version_of_lua_the_newest_is_shown(machine: Machine) -> None:
    """The other Lua versions that have the rock are named."""
    (shown,), _ = show(str(machine.root), "lpeg")
    assert (shown.lua_version, shown.also_for) == ("5.4", ("5.3",))


def test_the_lua_of_luarocks_comes_before_the_newest(machine: Machine) -> None:
    """As for all verbs that look at one Lua version."""
    place = machine.root / "etc/luarocks/default-lua-version.lua"
    place.parent.mkdir(exist_ok=True)
    place.write_text('return "5.3"\n')
    (shown,), _ = show(str(machine.root), "lpeg")
    assert (shown.lua_version, shown.also_for) == ("5.3", ("5.4",))


def test_a_part_of_a_name_is_enough_where_one_rock_has_it(machine: Machine) -> None:
    """Case does not matter; an exact name wins; two rocks are too many."""
    assert one(machine, "PEN").rock.name == "penlight"
    with pytest.raises(DistrorocksError, match="multiple installed packages") as raised:
        one(machine, "p")
    assert raised.value.detail == "   lpeg\n   penlight"


@pytest.mark.parametrize("words", [("nope",), ("lpeg", "2.0")])
def test_missing_files_are_reported(machine: Machine, words: tuple[str, ...]) -> None:
    """Neither an unknown rock nor an unknown version is shown."""
    with pytest.raises(DistrorocksError, match=f"no rock {' '.join(words)} is installed"):
        one(machine, *words)


@pytest.mark.parametrize("mode", [MINIMAL, PROTECTED])
def test_a_rock_with_little_metadata_is_shown(machine: Machine, mode: str) -> None:
    """LuaRocks fails without a rockspec; here what is missing is said, and the rest is shown."""
    refresh(System(root=str(machine.root)), mode=mode)
    shown = one(machine, "lpeg")
    assert bool(shown.missing) == (mode == MINIMAL)
    assert bool(shown.modules) == (mode == PROTECTED)
    assert all(each.is_there for each in shown.modules)


def test_a_file_that_is_gone_is_said_to_be(machine: Machine) -> None:
    """The path is where the file should be."""
    (machine.root / "usr/share/lua/5.3/re.lua").unlink()
    gone = [each for each in one(machine, "lpeg").modules if not each.is_there]
    assert [each.path for each in gone] == ["/usr/share/lua/5.3/re.lua"]
