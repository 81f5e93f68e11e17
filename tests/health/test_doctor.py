"""What keeps LuaRocks from seeing modules is named, with its cure; a healthy system has nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from distrorocks.configure.snippet import apply_change, config_changes
from distrorocks.health.doctor import doctor
from distrorocks.health.follow import Step, follow
from distrorocks.publish.refresh import refresh
from distrorocks.publish.repair import would_change
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.world.metadata_mode import MINIMAL
from distrorocks.world.survey import System
from tests.builders import PENLIGHT, Machine, debian, write_ledgers

ROCKS = "/usr/lib/luarocks/rocks-5.3"
CONFIG = "/etc/luarocks/config-5.3.lua"
TRIGGERS = "/var/lib/dpkg/info/distrorocks-hooks.triggers"
LIB_DIR = "/usr/lib/x86_64-linux-gnu/lua/5.3"


def write(machine: Machine, path: str, text: str = "") -> Path:
    """Make a file hold a text."""
    place = machine.root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return place


def remove(machine: Machine, path: str) -> None:
    """Remove a file."""
    (machine.root / path.lstrip("/")).unlink()


def system(machine: Machine, *lua_versions: str) -> System:
    """Return what to look at."""
    here = System(root=str(machine.root))
    return here._replace(lua_versions=lua_versions) if lua_versions else here


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a Debian system without problems for Lua 5.3."""
    found = debian(tmp_path)
    write(found, "/usr/bin/lua5.3")
    write(found, "/usr/bin/luarocks")
    write(found, TRIGGERS)
    write(found, CONFIG)
    refresh(system(found))
    for change in config_changes(str(tmp_path)):
        apply_change(str(tmp_path), change)
    return found


def problems(machine: Machine, *lua_versions: str) -> list[tuple[str, str]]:
    """Return topic and hint of each problem."""
    found = doctor(
        system(machine, *lua_versions), would_change, is_explicit=bool(lua_versions)
    ).problems
    return [(it.topic, it.hint) for it in found]


def test_a_healthy_system_has_no_problem(machine: Machine) -> None:
    """Only the Lua that is there is looked at, and nothing is written."""
    before = machine.files()
    found = doctor(system(machine), would_change)
    assert (found.problems, found.lua_versions) == ([], ("5.3",))
    assert machine.files() == before


def install_local(
    machine: Machine, name: str, needs: Sequence[str] = (), *, aside: str = ""
) -> None:
    """Install a rock with one module into /usr/local, as LuaRocks does."""
    rocks_dir = "/usr/local/lib/luarocks/rocks-5.3"
    dependencies = tuple(map(Dependency.parse, needs))
    rock = InstalledRock(name, "1.0-1", {name: f"{name}.lua"}, dependencies=dependencies)
    for suffix in {"", aside}:
        write(machine, f"/usr/local/share/lua/5.3/{name}.lua{suffix}")
    rock_dir = f"{rocks_dir}/{name}/1.0-1"
    write(
        machine,
        f"{rock_dir}/rock_manifest",
        f'rock_manifest = {{ lua = {{ ["{name}.lua"] = "{hashlib.md5(b"").hexdigest()}" }} }}',
    )
    listed = ", ".join(f'"{each}"' for each in needs)
    write(
        machine,
        f"{rock_dir}/{name}-1.0-1.rockspec",
        f'package = "{name}"\nversion = "1.0-1"\nsource = {{ url = "x" }}\n'
        f'dependencies = {{ {listed} }}\nbuild = {{ type = "builtin", modules = {{}} }}\n',
    )
    write(machine, f"{rocks_dir}/manifest", tree_manifest([entry_of(rock)]).decode())


def dead_lock(machine: Machine) -> None:
    """Leave the lock of a process that cannot be."""
    os.symlink("distrorocks-99999999999999999999", machine.root / "usr/lockfile.lfs")


def old_lock(machine: Machine) -> None:
    """Leave a lock of LuaRocks from long ago."""
    place = write(machine, "/usr/local/lockfile.lfs")
    os.utime(place, (0, 0))


def config(text: str) -> Callable[[Machine], object]:
    """Return what replaces the configuration."""
    return lambda machine: write(machine, CONFIG, text)


APPLY = "distrorocks config-snippet --apply --lua-version 5.3"
REPAIR = "distrorocks verify --repair"
TREE = f'rocks_trees = {{ {{ name = "d", root = "/usr", lib_dir = "{LIB_DIR}" }} }}\n'
FAULTS: dict[str, tuple[Callable[[Machine], object], str, str]] = {
    "no hooks": (lambda m: remove(m, TRIGGERS), "hooks", "install distrorocks-hooks, or run"),
    "no configuration": (lambda m: remove(m, CONFIG), "config", APPLY),
    "tree not listed": (config('rocks_trees = { "/opt" }'), "config", APPLY),
    "lib_dir not said": (
        config('rocks_trees = { { root = "/usr" } }\ndeps_mode = "all"'),
        "lib-dir",
        APPLY,
    ),
    "lib_dir wrong": (
        config('rocks_trees = { { root = "/usr", lib_dir = "/x" } }\ndeps_mode = "all"'),
        "lib-dir",
        f'set lib_dir = "{LIB_DIR}"',
    ),
    "deps_mode not said": (config(TREE), "deps-mode", APPLY),
    "deps_mode wrong": (config(f'{TREE}deps_mode = "one"'), "deps-mode", 'set deps_mode = "all"'),
    "certificates not checked": (
        config(f'{TREE}deps_mode = "all"\ncheck_certificates = false'),
        "config",
        "set it right in /etc/luarocks/config-5.3.lua",
    ),
    "trees set anew by a user": (
        lambda m: write(m, "/root/.luarocks/config-5.3.lua", 'rocks_trees = { "/opt" }'),
        "config",
        "list /usr in /root/.luarocks/config-5.3.lua too, or have the system's trees again: ",
    ),
    "faulty configuration": (
        lambda m: write(m, "/root/.luarocks/config-5.3.lua", "rocks_trees = {"),
        "config",
        "fix the file; luarocks itself fails on it",
    ),
    "configuration that is no file": (
        lambda m: (m.root / "root/.luarocks/config-5.3.lua").mkdir(parents=True),
        "config",
        "make it a regular file that this user can read",
    ),
    "empty manifest": (lambda m: write(m, f"{ROCKS}/manifest"), "manifest", REPAIR),
    "no manifest": (lambda m: remove(m, f"{ROCKS}/manifest"), "manifest", REPAIR),
    "hidden manifest": (
        lambda m: write(m, f"{ROCKS}/manifest-5.3"),
        "manifest",
        f"rm {ROCKS}/manifest-5.3",
    ),
    "damaged tree": (
        lambda m: remove(m, f"{ROCKS}/lpeg/1.0.2-1/rock_manifest"),
        "tree",
        "distrorocks verify",
    ),
    "broken ledger": (
        lambda m: write_ledgers(m.root, "{"),
        "ledger",
        "move it and its copy away",
    ),
    "closed tree": (
        lambda m: (m.root / ROCKS.lstrip("/")).chmod(0o700),
        "permissions",
        f"chmod o+rX {ROCKS}",
    ),
    "closed manifest": (
        lambda m: (m.root / f"{ROCKS}/manifest".lstrip("/")).chmod(0o640),
        "permissions",
        f"chmod o+rX {ROCKS}/manifest",
    ),
    "no interpreter": (
        lambda m: remove(m, "/usr/bin/lua5.3"),
        "interpreter",
        "install one",
    ),
    "no luarocks": (
        lambda m: remove(m, "/usr/bin/luarocks"),
        "luarocks",
        "install the package luarocks",
    ),
    "empty manifest of a user": (
        lambda m: write(m, "/root/.luarocks/lib/luarocks/rocks-5.3/manifest"),
        "manifest",
        "distrorocks make-manifest --local-tree --tree=/root/.luarocks --lua-version 5.3",
    ),
    "killed run for another Lua": (
        lambda m: write(m, "/usr/local/lib/luarocks/.distrorocks-deploy-5.1"),
        "interrupted",
        "distrorocks install --recover --tree=/usr/local --lua-version=5.1",
    ),
    "unsatisfied rock": (
        lambda m: install_local(m, "needy", needs=["gone"]),
        "rocks",
        "distrorocks install gone --tree=/usr/local --lua-version=5.3",
    ),
    "moved aside": (
        lambda m: install_local(m, "app", aside="~"),
        "leftover",
        "compare the two, then rm '/usr/local/share/lua/5.3/app.lua~'",
    ),
    "dead lock": (dead_lock, "lock", "rm /usr/lockfile.lfs"),
    "old lock": (old_lock, "lock", "rm /usr/local/lockfile.lfs"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_problem_is_reported_with_its_fix(machine: Machine, name: str) -> None:
    """One fault is the one problem of its topic; a lost interpreter asks for all versions."""
    break_it, topic, hint = FAULTS[name]
    break_it(machine)
    found = problems(machine)
    assert [it[0] for it in found].count(topic) == 1
    assert next(it[1] for it in found if it[0] == topic).startswith(hint)
    if name != "no interpreter":
        assert len(found) == 1


def test_a_deleted_module_and_a_tree_without_manifest_are_reported(machine: Machine) -> None:
    """As `luarocks remove --tree=/usr` and a tree that was copied by hand leave them."""
    remove(machine, "/usr/share/lua/5.3/pl/List.lua")
    write(
        machine, "/usr/local/lib/luarocks/rocks-5.4/own/1.0-1/rock_manifest", "rock_manifest = {}"
    )
    found = problems(machine)
    assert ("tree", "apt install --reinstall lua-penlight") in found
    make = "distrorocks make-manifest --local-tree --tree=/usr/local --lua-version 5.4"
    assert ("manifest", make) in found


def test_a_configuration_that_is_no_lua_is_reported_with_its_place(machine: Machine) -> None:
    """It counts for nothing, so the tree is not listed either."""
    write(machine, CONFIG, "rocks_trees = {")
    found = doctor(system(machine), would_change).problems
    assert [it.topic for it in found] == ["config", "config"]
    assert "config-5.3.lua" in found[0].text
    assert found[0].hint.startswith("fix the file")


def test_luarocks_itself_may_be_missing(machine: Machine) -> None:
    """Then its package is the cure."""
    shutil.rmtree(machine.root / "etc/luarocks")
    assert ("luarocks", "install the package luarocks") in problems(machine)


def test_a_requested_lua_version_is_examined_without_an_interpreter(machine: Machine) -> None:
    """Its lack is reported, and what its configuration lacks."""
    assert [topic for topic, _ in problems(machine, "5.4")] == ["interpreter"]
    remove(machine, "/etc/luarocks/config-5.4.lua")
    assert [topic for topic, _ in problems(machine, "5.4")] == ["interpreter", "config"]


def test_modules_without_any_rock_are_reported(machine: Machine) -> None:
    """The Lua version has a package, and none is known as a rock."""
    write(machine, "/usr/bin/lua5.1")
    machine.install("lua-own", {"/usr/share/lua/5.1/own.lua": "return 1"})
    assert problems(machine) == [("packages", "distrorocks scan --lua-version 5.1")]


def test_a_root_without_packages_is_reported_once(tmp_path: Path) -> None:
    """Nothing can be published there."""
    found = doctor(System(root=str(tmp_path)), would_change).problems
    assert [it.topic for it in found] == ["packages", "luarocks"]


def steps(machine: Machine, word: str, *lua_versions: str) -> dict[str, list[Step]]:
    """Return the steps of each Lua version."""
    traces = follow(system(machine, *lua_versions), word, is_explicit=bool(lua_versions))
    return {it.lua_version: list(it.steps) for it in traces}


@pytest.mark.parametrize("word", ["pl.List", "pl", "penlight", "lua-penlight"])
def test_a_module_that_luarocks_sees_reaches_the_end(machine: Machine, word: str) -> None:
    """Modules, rocks and packages are followed alike."""
    (found,) = steps(machine, word).values()
    names = ["package", "rock", "metadata", "manifest", "configuration"]
    assert [it.name for it in found][:5] == names
    assert not any(it.hint for it in found)


def user_rock(machine: Machine) -> None:
    """Put a rock with the same module into /usr/local."""
    rock = InstalledRock("own", "1.0-1", {"pl.List": "pl/List.lua"})
    text = tree_manifest([entry_of(rock)]).decode()
    write(machine, "/usr/local/lib/luarocks/rocks-5.3/manifest", text)
    write(machine, "/usr/local/share/lua/5.3/pl/List.lua")


LOST: dict[str, tuple[Callable[[Machine], object], str, str]] = {
    "package": (lambda m: m.remove("lua-penlight", PENLIGHT), "package", "search for its package"),
    "file": (
        lambda m: remove(m, "/usr/share/lua/5.3/pl/List.lua"),
        "package",
        "apt install --reinstall lua-penlight",
    ),
    "name": (
        lambda m: write(
            m, "/etc/distrorocks/names.toml", '[lua-penlight]\npublish = false\nreason = "no"\n'
        ),
        "rock",
        "see `distrorocks scan`",
    ),
    "metadata": (
        lambda m: remove(m, f"{ROCKS}/penlight/1.13.1-1/rock_manifest"),
        "metadata",
        "distrorocks refresh",
    ),
    "manifest": (lambda m: remove(m, f"{ROCKS}/manifest"), "manifest", "distrorocks refresh"),
    "configuration": (lambda m: remove(m, CONFIG), "configuration", APPLY),
    "minimal": (
        lambda m: refresh(system(m), mode=MINIMAL),
        "module",
        "distrorocks refresh --mode complete",
    ),
    "shadow": (user_rock, "module", "run `distrorocks which pl.List`"),
}


@pytest.mark.parametrize("name", LOST)
def test_a_trace_ends_at_the_failing_step(machine: Machine, name: str) -> None:
    """The last step says what to do; those before it are reached."""
    break_it, step, hint = LOST[name]
    break_it(machine)
    (found,) = steps(machine, "pl.List").values()
    assert (found[-1].name, not any(it.hint for it in found[:-1])) == (step, True)
    assert found[-1].hint.startswith(hint)


def test_other_lua_versions_that_have_the_module_are_listed(machine: Machine) -> None:
    """Who asks for a Lua version that lacks it learns which have it."""
    (step,) = steps(machine, "pl.List", "5.4")["5.4"]
    assert step.text == "no package and no tree has pl.List for Lua 5.4, but for Lua 5.3"


def test_a_module_of_no_package_is_where_its_tree_is(machine: Machine) -> None:
    """What somebody copied to /usr/local is no loss."""
    write(machine, "/usr/local/share/lua/5.3/x.lua")
    (step,) = steps(machine, "x")["5.3"]
    assert (step.hint, step.text) == (
        "",
        "no package has it; /usr/local/share/lua/5.3/x.lua belongs to no rock",
    )


def test_a_package_that_ships_its_metadata_is_followed_too(machine: Machine) -> None:
    """Its rock is the one that the manifest lists."""
    text = 'rock_manifest = {\n   lua = {\n      ["own.lua"] = "x"\n   }\n}\n'
    files = {
        "/usr/share/lua/5.3/own.lua": "return 1",
        f"{ROCKS}/own/1.0-1/rock_manifest": text,
    }
    machine.install("lua-own", files)
    assert steps(machine, "own")["5.3"][-1].name == "rock"
    refresh(system(machine))
    found = steps(machine, "own")["5.3"]
    assert (found[1].text, found[-1].hint) == ("it belongs to the rock own 1.0-1", "")


def test_a_remark_about_the_configuration_does_not_hide_a_module(machine: Machine) -> None:
    """LuaRocks sees it all the same; what hides it is where the trace ends."""
    checked = machine.root / CONFIG.lstrip("/")
    checked.write_text(checked.read_text() + "check_certificates = false\n")
    (found,) = follow(system(machine), "re")
    assert found.lost is None
    checked.write_text("rocks_trees = {\n")
    (found,) = follow(system(machine), "re")
    assert found.lost
    assert (found.lost.name, found.lost.hint) == (
        "configuration",
        "fix the file; luarocks itself fails on it",
    )


def test_a_trace_ends_where_the_loader_fails_for_every_module(machine: Machine) -> None:
    """Of a packaged module and of any other, on the manifest of whatever tree."""
    install_local(machine, "app")
    for name in ("re", "app"):
        (found,) = follow(system(machine), name)
        assert found.lost is None
    write(machine, "/root/.luarocks/lib/luarocks/rocks-5.3/manifest")
    for name in ("re", "app"):
        (found,) = follow(system(machine), name)
        assert found.lost
        assert found.lost.name == "loader"
        assert "/root/.luarocks/lib/luarocks/rocks-5.3/manifest is broken" in found.lost.text


def test_a_trace_does_not_say_that_a_file_of_an_unread_tree_is_of_no_rock(
    machine: Machine,
) -> None:
    """It ends there, with what makes the rocks of that tree known."""
    install_local(machine, "app")
    write(machine, "/usr/local/lib/luarocks/rocks-5.3/manifest", "x = {")
    (found,) = follow(system(machine), "app")
    assert found.lost
    assert "no rock" not in found.lost.text
    assert found.lost.hint == (
        "distrorocks make-manifest --local-tree --tree=/usr/local --lua-version 5.3"
    )


def test_a_module_whose_file_is_gone_is_not_said_to_be_in_no_tree(machine: Machine) -> None:
    """A manifest lists it, and `list` its rock: the trace ends at the file, not before."""
    install_local(machine, "app")
    remove(machine, "/usr/local/share/lua/5.3/app.lua")
    (found,) = follow(system(machine), "app")
    assert found.lost
    assert found.lost.name == "module"
    assert found.lost.text == (
        "Lua loads no file for it: /usr/local/share/lua/5.3/app.lua, which a manifest lists, is "
        "missing or closed to this user"
    )
    assert found.lost.hint == "`distrorocks doctor` says what restores it"


def test_a_module_with_the_name_of_its_rock_that_is_gone_fails(machine: Machine) -> None:
    """Its package is one of many that no longer have it, as after a diversion."""
    path = f"{LIB_DIR}/lpeg.so"
    list_file = next((machine.root / "var/lib/dpkg/info").glob("lua-lpeg*.list"))
    list_file.write_text(list_file.read_text().replace(f"{path}\n", ""))
    remove(machine, path)
    (found,) = follow(system(machine), "lpeg")
    assert found.lost
    assert (found.lost.name, path in found.lost.text) == ("module", True)
