"""What is wrong among installed rocks is found, with its reason and a hint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from distrorocks.health.check import check
from distrorocks.health.coherence import (
    BY_NAME,
    CYCLIC,
    DUPLICATE,
    SHADOWED,
    UNKNOWN,
    UNSATISFIED,
    RockFinding,
)
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.trees.deps_mode import DepsMode

CONFIG = (
    'rocks_trees = { { name = "user", root = "/u" }, { name = "system", root = "/s" } }\n'
    'rocks_provided = { given = "1.0-1" }\ndeps_mode = "all"\n'
)


class World:
    """A root with LuaRocks' configuration; trees /u and /s are listed, /usr is not."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "etc/luarocks").mkdir(parents=True)
        (root / "etc/luarocks/config-5.4.lua").write_text(CONFIG)
        self.entries: dict[str, list[InstalledRock]] = {}

    def add(
        self, tree: str, name: str, version: str = "1.0-1", needs: Sequence[str] | None = ()
    ) -> None:
        """Install a rock that has one module, called as the rock is before the first dash."""
        module = name.partition("-")[0]
        known = None if needs is None else tuple(map(Dependency.parse, needs))
        rocks = self.entries.setdefault(tree, [])
        rocks.append(InstalledRock(name, version, {module: f"{module}.lua"}, dependencies=known))
        place = self.root / tree.strip("/") / "lib/luarocks/rocks-5.4"
        place.mkdir(parents=True, exist_ok=True)
        (place / "manifest").write_bytes(tree_manifest(map(entry_of, rocks)))
        file = self.root / tree.strip("/") / f"share/lua/5.4/{module}.lua"
        if file.exists():
            prefix = f"{name}_{version}".replace("-", "_").replace(".", "_")
            file = file.with_name(f"{prefix}-{module}.lua")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")

    def findings(self, *names: str, mode: str = "") -> tuple[RockFinding, ...]:
        """Return what is wrong for Lua 5.4."""
        modes = (DepsMode.parse(mode),) if mode else ()
        (found,) = check(str(self.root), names, modes=modes).versions
        return found.findings


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a root without rocks."""
    return World(tmp_path)


def test_rocks_that_fit_together_have_no_flaw(world: World) -> None:
    """Met in another tree under ``all``, by Lua, and by what the configuration provides."""
    world.add("/u", "a", needs=["lua >= 5.1", "b ~> 1.0", "given"])
    world.add("/s", "b")
    assert world.findings() == ()


@pytest.mark.parametrize(
    ("need", "mode", "reason", "hint"),
    [
        ("gone", "all", "no tree has it", "distrorocks install gone --tree=/s --lua-version=5.4"),
        (
            "b > 1.0",
            "all",
            "installed: only 1.0-1 in /u",
            "distrorocks install 'b > 1.0' --tree=/s --lua-version=5.4",
        ),
        ("b", "one", "b 1.0-1 is in /u, where deps_mode one does not look", "use deps_mode all"),
        ("b", "order", "b 1.0-1 is in /u, where deps_mode order does not", "use deps_mode all"),
        ("d", "all", "d 1.0-1 is in /usr, which rocks_trees does not list", "config-snippet"),
        ("given > 1", "all", "given 1.0-1 is provided by Lua or by rocks_provided", "use another"),
        ("me/b", "all", "b is installed without a namespace, not with 'me'", "install me/b"),
    ],
)
def test_an_unsatisfied_dependency_is_reported_with_its_reason(
    world: World, need: str, mode: str, reason: str, hint: str
) -> None:
    """The reason is the nearest miss, the hint what would change it."""
    world.add("/s", "a", needs=[need])
    world.add("/u", "b")
    world.add("/usr", "d")
    (finding,) = world.findings(mode=mode)
    assert (finding.kind, finding.rock.name, finding.mode) == (UNSATISFIED, "a", mode)
    assert finding.reason.startswith(reason)
    assert hint in finding.hint
    assert world.findings(mode="none") == ()


def test_a_rock_is_taken_by_its_namespace(world: World) -> None:
    """Of the namespace that is installed, when it is another one, the reason tells."""
    world.add("/u", "a", needs=["me/b"])
    world.add("/s", "b")
    place = world.root / "s/lib/luarocks/rocks-5.4/b/1.0-1/rock_namespace"
    place.parent.mkdir(parents=True)
    place.write_text("me")
    assert world.findings() == ()
    place.write_text("you")
    (finding,) = world.findings()
    assert finding.reason == "b is installed with the namespace 'you', not with 'me'"


def test_a_namespaced_dependency_on_a_provided_rock_is_satisfied_and_reported(world: World) -> None:
    """LuaRocks goes by the name alone; the user should know."""
    world.add("/u", "a", needs=["me/given"])
    (finding,) = world.findings()
    assert (finding.kind, finding.summary) == (BY_NAME, "needs me/given")


def test_a_cycle_is_reported_once(world: World) -> None:
    """With its rocks; one over trees is none where a mode does not look that far."""
    world.add("/u", "a", needs=["b"])
    world.add("/s", "b", needs=["c"])
    world.add("/s", "c", needs=["a"])
    world.add("/s", "d", needs=["a", "d"])
    findings = world.findings()
    assert sorted((it.kind, it.rock.name) for it in findings) == [(CYCLIC, "a"), (CYCLIC, "d")]
    assert {it.reason for it in findings} == {
        "a 1.0-1, b 1.0-1, c 1.0-1 depend on each other",
        "it depends on itself",
    }
    assert CYCLIC not in {it.kind for it in world.findings("a", mode="one")}


def test_what_lua_loads_from_another_tree_is_reported(world: World) -> None:
    """Another version is shadowed, the same one a duplicate, and modules of other rocks count."""
    world.add("/u", "a", "2.0-1")
    world.add("/s", "a", "1.0-1")
    world.add("/u", "b")
    world.add("/s", "b")
    world.add("/s", "b-fork")
    kinds = {(it.kind, it.rock.name, it.summary) for it in world.findings()}
    assert kinds == {
        (SHADOWED, "a", "is hidden by a 2.0-1 in /u"),
        (DUPLICATE, "b", "is also b 1.0-1 in /u"),
        (SHADOWED, "b-fork", "has its module b hidden by b 1.0-1 in /u"),
    }


def test_the_order_of_rocks_trees_is_not_the_order_of_loading(world: World) -> None:
    """A tree listed last in a standard directory hides the tree that is listed first."""
    config = world.root / "etc/luarocks/config-5.4.lua"
    config.write_text('rocks_trees = { "/usr", "/usr/local" }\n')
    world.add("/usr", "say", "1.4.1-3")
    world.add("/usr/local", "say", "9.0-1")
    (finding,) = world.findings()
    assert (finding.kind, finding.rock.version.string) == (SHADOWED, "1.4.1-3")
    assert finding.summary == "is hidden by say 9.0-1 in /usr/local"
    assert finding.reason == (
        "loaded by lua5.4, lua5.4 after `luarocks path`, lua5.4 -lluarocks.loader"
    )


def test_a_module_of_two_rocks_of_one_tree_is_reported(world: World) -> None:
    """The rock whose name sorts first has the plain file name; the other is told with the fix."""
    world.add("/s", "aa-x")
    world.add("/s", "aa-y")
    (finding,) = world.findings()
    assert finding.summary == "has its module aa hidden by aa-x 1.0-1 in /s"
    assert finding.hint.endswith("distrorocks remove aa-x 1.0-1 --tree=/s --lua-version=5.4")


def test_unknown_needs_are_reported(world: World) -> None:
    """A rock without rockspec and without an entry in the manifest may need anything."""
    world.add("/u", "a", needs=None)
    (finding,) = world.findings()
    assert finding.kind == UNKNOWN
    assert finding.reason.endswith("a-1.0-1.rockspec does not exist")


def test_named_rocks_are_checked_with_all_they_need(world: World) -> None:
    """What others lack is not told; a name that no tree has is."""
    world.add("/u", "a", needs=["b"])
    world.add("/s", "b", needs=["gone"])
    world.add("/s", "z", needs=["lost"])
    assert [it.rock.name for it in world.findings("A")] == ["b"]
    assert check(str(world.root), ["z", "q"]).missing == ("q",)


def test_a_configured_mode_that_is_none_counts_for_nothing(world: World) -> None:
    """The default holds, and a warning names the setting."""
    world.add("/u", "a")
    config = world.root / "etc/luarocks/config-5.4.lua"
    config.write_text(CONFIG.replace('"all"', '"most"'))
    (found,) = check(str(world.root)).versions
    assert found.modes == (DepsMode.ONE,)
    assert ["deps_mode" in text for text in found.warnings] == [True]


def test_nothing_of_a_tree_with_a_broken_manifest_is_to_be_removed_or_installed_again(
    world: World,
) -> None:
    """Its files may be of its rocks, and it may have what others need: it is to be mended first."""
    world.add("/u", "a", needs=["b"])
    world.add("/u", "m")
    world.add("/usr/local", "m")
    world.add("/usr/local", "b")
    config = world.root / "etc/luarocks/config-5.4.lua"
    config.write_text(CONFIG.replace('"/s"', '"/usr/local"'))
    manifest = world.root / "usr/local/lib/luarocks/rocks-5.4/manifest"
    assert [it.kind for it in world.findings()] == [DUPLICATE]
    manifest.write_text(manifest.read_text()[:-10])
    lacks, hidden = world.findings()
    mend = "distrorocks make-manifest --local-tree --tree=/usr/local --lua-version 5.4"
    assert (lacks.kind, hidden.kind) == (UNSATISFIED, SHADOWED)
    assert (lacks.hint, hidden.hint) == (mend, mend)
    assert lacks.reason.endswith(
        "cannot read the tree /usr/local, whose manifest is missing or broken"
    )
    config.write_text('rocks_trees = { "/u" } deps_mode = "all"')
    lacks, hidden = world.findings()
    assert lacks.reason == "no tree has it"
    assert hidden.summary.endswith("the tree /usr/local, which rocks_trees does not list")
    assert "distrorocks list --tree=/usr/local --lua-version=5.4" in hidden.hint
