"""A refresh on small systems: what it writes, keeps, removes, and never touches."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.publish.refresh import Outcome, refresh
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.trees.ledger_file import PATH as LEDGER
from distrorocks.trees.change import Keep
from distrorocks.world.metadata_mode import MINIMAL, PROTECTED
from distrorocks.world.survey import System
from tests.builders import LPEG, PENLIGHT, Machine, debian, write_ledgers

ROCKS = "/usr/lib/luarocks/rocks-5.3"
LPEG_DIR = f"{ROCKS}/lpeg/1.0.2-1"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a Debian system with two packages of Lua modules."""
    return debian(tmp_path)


def run(machine: Machine, **words: object) -> Outcome:
    """Refresh a machine."""
    return refresh(System(root=str(machine.root)), lock_seconds=0.2, **words)  # type: ignore[arg-type]


def text(machine: Machine, path: str) -> bytes:
    """Return what a file of the machine holds."""
    return (machine.root / path.lstrip("/")).read_bytes()


def changed(outcome: Outcome) -> list[str]:
    """Return the paths that were changed."""
    return [change.path for change in outcome.changes if not isinstance(change, Keep)]


def modules(machine: Machine, lua_version: str = "5.3") -> dict[str, object]:
    """Return the modules table of a tree's manifest."""
    manifest = text(machine, f"/usr/lib/luarocks/rocks-{lua_version}/manifest")
    table = parse(manifest).globals["modules"]
    assert isinstance(table, dict)
    return {str(name): value for name, value in table.items()}


def test_a_rock_manifest_lists_what_the_package_deployed_with_true_digests(
    machine: Machine,
) -> None:
    """A link is listed under its own name with the MD5 of what it leads to."""
    run(machine)
    files = RockManifest.parse(text(machine, f"{LPEG_DIR}/rock_manifest"))
    assert files.lua == {"re.lua": md5(b"return {}").hexdigest()}
    assert files.lib == {"lpeg.so": md5(b"the C library").hexdigest()}
    rockspec = text(machine, f"{LPEG_DIR}/lpeg-1.0.2-1.rockspec")
    assert files.rest == {"lpeg-1.0.2-1.rockspec": md5(rockspec).hexdigest()}


def test_a_rockspec_is_one_that_luarocks_takes_and_tells_what_the_package_says(
    machine: Machine,
) -> None:
    """The rockspec passes LuaRocks' own check and has summary, homepage and dependencies."""
    run(machine)
    path = f"{ROCKS}/penlight/1.13.1-1/penlight-1.13.1-1.rockspec"
    name = path.rpartition("/")[2]
    rockspec = Rockspec.from_chunk(parse(text(machine, path)), file_name=name, strict=True)
    assert rockspec.described("summary") == "the lua-penlight thing"
    assert [str(each) for each in rockspec.dependencies] == ["lua >= 5.3, < 5.4", "lpeg >= 0.10"]


def test_a_tree_manifest_lists_each_module_for_each_lua(machine: Machine) -> None:
    """Each Lua version has its own tree, with the rocks that have modules for it."""
    run(machine)
    assert set(modules(machine)) == {"lpeg", "re", "pl.init", "pl.List"}
    assert set(modules(machine, "5.4")) == {"lpeg", "re"}
    assert not (machine.root / "usr/lib/luarocks/rocks-5.1").exists()


def test_a_second_run_changes_nothing_and_touches_no_file(machine: Machine) -> None:
    """What is right already is not written again."""
    run(machine)
    before = {path: path.stat().st_mtime_ns for path in machine.root.rglob("*")}
    assert changed(run(machine)) == []
    after = {path: path.stat().st_mtime_ns for path in machine.root.rglob("*")}
    assert {p for p in before if before[p] != after.get(p)} <= {machine.root / "usr"}
    assert before.keys() == after.keys()


def test_no_file_of_a_package_is_altered(machine: Machine) -> None:
    """All that was there before is there as it was."""
    before = machine.files()
    run(machine)
    after = machine.files()
    assert {path: after[path] for path in before} == before


def test_what_a_removed_package_provided_goes_and_nothing_else(machine: Machine) -> None:
    """After a package's removal its rock's files and directories are gone, the others stay."""
    run(machine)
    machine.remove("lua-penlight", PENLIGHT)
    before = set(machine.files())
    outcome = run(machine)
    gone = before - set(machine.files())
    directory = f"{ROCKS}/penlight/1.13.1-1"
    assert gone == {f"{directory}/rock_manifest", f"{directory}/penlight-1.13.1-1.rockspec"}
    assert not (machine.root / f"{ROCKS}/penlight".lstrip("/")).exists()
    assert "pl.init" not in modules(machine)
    assert f"{ROCKS}/manifest" in changed(outcome)


def test_when_the_last_package_goes_no_trace_of_ours_is_left(machine: Machine) -> None:
    """The ledger and every directory that was made go with the last rock."""
    before = set(machine.root.rglob("*"))
    run(machine)
    machine.remove("lua-penlight", PENLIGHT)
    machine.remove("lua-lpeg", LPEG)
    run(machine)
    left = set(machine.root.rglob("*")) - before
    assert left == set()


def test_a_dry_run_tells_the_same_changes_and_makes_none(machine: Machine) -> None:
    """The list of a dry run is the list that the run then carries out."""
    before = machine.files()
    told = run(machine, dry_run=True)
    assert machine.files() == before
    assert changed(told) == changed(run(machine))
    assert all(change.reason for change in told.changes)


def test_minimal_mode_writes_the_least_that_luarocks_needs(machine: Machine) -> None:
    """The page's bare minimum is one empty rock_manifest, and no rockspec."""
    run(machine, mode=MINIMAL)
    assert text(machine, f"{LPEG_DIR}/rock_manifest") == b"rock_manifest = {}\n"
    assert [path.name for path in (machine.root / LPEG_DIR.lstrip("/")).iterdir()] == [
        "rock_manifest"
    ]
    assert modules(machine) == {}


def test_protected_mode_lists_modules_but_gives_luarocks_nothing_to_delete(
    machine: Machine,
) -> None:
    """The manifest has the modules, the rock_manifest has no file."""
    run(machine, mode=PROTECTED)
    assert text(machine, f"{LPEG_DIR}/rock_manifest") == b"rock_manifest = {}\n"
    assert "lpeg" in modules(machine)


def test_changing_the_mode_back_gives_the_same_bytes(machine: Machine) -> None:
    """The tree depends on the packages and the mode alone, not on what was there before."""
    run(machine)
    complete = machine.files()
    run(machine, mode=MINIMAL)
    run(machine)
    assert machine.files() == complete


def test_metadata_that_a_package_ships_is_kept(machine: Machine) -> None:
    """A rock whose package brings its own rock_manifest stays as it is, and is listed."""
    shipped = {
        "/usr/share/lua/5.3/inspect.lua": "return 1",
        f"{ROCKS}/inspect/3.1.2-0/rock_manifest": (
            'rock_manifest = {\n   lua = {\n      ["inspect.lua"] = "x"\n   }\n}\n'
        ),
    }
    machine.install("lua-inspect", shipped, version="3.1.2-1")
    outcome = run(machine)
    kept = [change.path for change in outcome.changes if isinstance(change, Keep)]
    assert kept == [f"{ROCKS}/inspect/3.1.2-0"]
    assert modules(machine)["inspect"] == {1: "inspect/3.1.2-0"}


def test_a_rock_that_somebody_installed_by_hand_is_left_alone(machine: Machine) -> None:
    """What neither a package nor the ledger knows is listed and never changed."""
    directory = machine.root / f"{ROCKS}/say/1.3-1".lstrip("/")
    directory.mkdir(parents=True)
    (directory / "rock_manifest").write_text('rock_manifest = {lua={["say.lua"]="0"}}')
    run(machine)
    assert "say" in modules(machine)
    machine.remove("lua-penlight", PENLIGHT)
    machine.remove("lua-lpeg", LPEG)
    run(machine)
    assert (directory / "rock_manifest").read_text() == 'rock_manifest = {lua={["say.lua"]="0"}}'
    assert set(modules(machine)) == {"say"}


def test_a_broken_rock_is_told_and_hides_no_other(machine: Machine) -> None:
    """Where LuaRocks stops, the broken rock is named and all others are listed."""
    for name, content in (
        ("one", "rock_manifest = 5"),
        ("two", "while true do end"),
        ("three", ""),
    ):
        directory = machine.root / f"{ROCKS}/{name}/1-1".lstrip("/")
        directory.mkdir(parents=True)
        (directory / "rock_manifest").write_text(content)
    (machine.root / f"{ROCKS}/four/1-1".lstrip("/")).mkdir(parents=True)
    outcome = run(machine)
    assert {unread.name for _, unread in outcome.broken} == {"one", "two", "three", "four"}
    assert "lpeg" in modules(machine)


def test_a_lost_ledger_is_made_again_from_what_is_right(machine: Machine) -> None:
    """Rocks that are to the letter what would be written are taken over, and can go again."""
    run(machine)
    ledger = json.loads(text(machine, LEDGER))
    write_ledgers(machine.root, None)
    run(machine)
    again = json.loads(text(machine, LEDGER))
    assert again["files"] == ledger["files"]


def test_a_ledger_that_cannot_be_read_stops_the_run_with_words(machine: Machine) -> None:
    """A guess could remove what is not ours: so nothing is done, and the hint says what to do."""
    run(machine)
    write_ledgers(machine.root, "{")
    before = machine.files()
    with pytest.raises(DistrorocksError, match="ledger") as caught:
        run(machine)
    assert caught.value.hint
    assert machine.files() == before


def test_a_module_outside_the_tree_is_told_and_not_listed(machine: Machine) -> None:
    """No path is listed that LuaRocks would look for in the wrong directory."""
    machine.install(
        "liblcm-lua", {"/usr/lib/lua/5.3/lcm.so": "C"}, architecture="amd64", version="1.3.1-3"
    )
    outcome = run(machine)
    (rock,) = [rock for rock in outcome.published if rock.package.name == "liblcm-lua"]
    assert rock.outside == ("/usr/lib/lua/5.3/lcm.so",)
    assert "lcm" not in modules(machine)


def test_a_package_of_another_architecture_is_not_published(machine: Machine) -> None:
    """This system's Lua could not load its modules."""
    files = {"/usr/lib/i386-linux-gnu/lua/5.3/cjson.so": "C"}
    machine.install("lua-cjson", files, architecture="i386", version="2.1.0-1")
    assert "lua-cjson" not in {rock.package.name for rock in run(machine).published}


def test_only_the_trees_that_were_asked_for_change(machine: Machine) -> None:
    """A refresh for one Lua version leaves the other versions' rocks as they are."""
    run(machine)
    machine.remove("lua-lpeg", LPEG)
    refresh(System(root=str(machine.root), lua_versions=("5.4",)), lock_seconds=0.2)
    assert (machine.root / f"{LPEG_DIR}/rock_manifest".lstrip("/")).exists()
    assert not (machine.root / "usr/lib/luarocks/rocks-5.4").exists()
    run(machine)
    assert not (machine.root / LPEG_DIR.lstrip("/")).exists()


def test_nothing_is_written_behind_a_link(machine: Machine, tmp_path: Path) -> None:
    """A link where a directory should be stops the run, and what it did is undone."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (machine.root / "usr/lib/luarocks").symlink_to(outside)
    before = machine.files()
    with pytest.raises(DistrorocksError, match="link"):
        run(machine)
    assert machine.files() == before
    assert list(outside.iterdir()) == []


def test_a_root_without_packages_is_refused(tmp_path: Path) -> None:
    """Nothing is written to a directory that is no system."""
    with pytest.raises(DistrorocksError, match="no package database"):
        refresh(System(root=str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_a_locked_tree_is_waited_for_and_then_left(machine: Machine) -> None:
    """While another program holds LuaRocks' lock, nothing is changed."""
    (machine.root / "usr/lockfile.lfs").symlink_to("lock")
    before = machine.files()
    with pytest.raises(DistrorocksError, match="in use") as caught:
        run(machine)
    assert caught.value.exit_status == 4
    assert machine.files() == before


def test_it_runs_on_the_standard_library_alone(machine: Machine) -> None:
    """Python without any site package refreshes the system, and says what it left out."""
    checkout = str(Path(__file__).parents[2])
    start = f"import sys; sys.path.insert(0, {checkout!r}); "
    start += "from distrorocks.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-I", "-S", "-c", start, "refresh", "--root", str(machine.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (
        0,
        "published rocks: 2 for Lua 5.3, 1 for Lua 5.4; changed 8 files and directories\n",
    )
