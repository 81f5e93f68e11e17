"""Each fault of a tree is found, told with its place and cure, and ours are repaired."""

from __future__ import annotations

import os
import tempfile
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.health import tree_check
from distrorocks.health.finding import CLOSED_HINT, Finding
from distrorocks.health.verify import verify
from distrorocks.publish.refresh import refresh
from distrorocks.publish.repair import repair, would_change
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.system.files import digest
from distrorocks.system.files.lock_holder import this_holder
from distrorocks.system.files.named_file import plain_path
from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.ledger_file import PATH as LEDGER
from distrorocks.system.trees.reader import read_entries
from distrorocks.world.metadata_mode import COMPLETE, MINIMAL, MODES, PROTECTED
from distrorocks.world.survey import System
from tests.builders import PENLIGHT, Machine, debian
from tests.system.trees.planting import MALLORY, as_user, by_root

ROCKS = "/usr/lib/luarocks/rocks-5.3"
LPEG = f"{ROCKS}/lpeg/1.0.2-1"
PL = f"{ROCKS}/penlight/1.13.1-1"
REPAIR = "distrorocks verify --repair"
EMPTY = "rock_manifest = {}\n"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a Debian system whose packages are rocks."""
    found = debian(tmp_path)
    refresh(system(found))
    return found


def system(machine: Machine) -> System:
    """Return what to look at."""
    return System(root=str(machine.root))


def findings(machine: Machine, tree: str = "") -> list[Finding]:
    """Return what is wrong."""
    return verify(system(machine), would_change, tree=tree).findings


def told(machine: Machine, tree: str = "") -> list[tuple[str, str]]:
    """Return kind and place of each finding."""
    return [(it.kind, it.place) for it in findings(machine, tree)]


def write(machine: Machine, path: str, text: str) -> None:
    """Make a file hold a text."""
    place = machine.root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def remove(machine: Machine, path: str) -> None:
    """Remove a file."""
    (machine.root / path.lstrip("/")).unlink()


@pytest.mark.parametrize("mode", MODES)
def test_a_fresh_tree_has_no_finding(tmp_path: Path, mode: str) -> None:
    """In every mode, also where rock_manifests are empty on purpose."""
    machine = debian(tmp_path)
    refresh(system(machine), mode=mode)
    before = machine.files()
    verdict = verify(system(machine), would_change)
    assert (verdict.findings, verdict.rocks) == ([], 3)
    assert machine.files() == before


def test_a_tree_that_was_never_published_is_one_finding(tmp_path: Path) -> None:
    """Its rocks are not told one by one; a first refresh is the cure."""
    found = findings(debian(tmp_path))
    assert [(it.kind, it.hint) for it in found] == [("stale-manifest", "distrorocks refresh")] * 2
    assert found[0].place == f"{ROCKS}/manifest"
    assert (found[0].expected, found[0].found) == (
        "the tree has 2 rocks",
        "nothing is published yet",
    )


SABOTAGE = {
    "modified rockspec": (f"{PL}/penlight-1.13.1-1.rockspec", "package = 1", "broken-rock", PL),
    "modified rock_manifest": (f"{PL}/rock_manifest", EMPTY, "modified", f"{PL}/rock_manifest"),
    "missing rockspec": (f"{PL}/penlight-1.13.1-1.rockspec", None, "missing", ""),
    "missing rock_manifest": (f"{PL}/rock_manifest", None, "missing", ""),
    "broken rock": (f"{LPEG}/rock_manifest", "rock_manifest = {", "broken-rock", LPEG),
    "stale manifest": (f"{ROCKS}/manifest", tree_manifest([]).decode(), "stale-manifest", ""),
    "no manifest": (f"{ROCKS}/manifest", None, "stale-manifest", ""),
    "empty manifest": (f"{ROCKS}/manifest", "", "empty-manifest", ""),
    "broken manifest": (f"{ROCKS}/manifest", "commands = {", "broken-manifest", ""),
    "manifest without modules": (f"{ROCKS}/manifest", "commands = {}", "broken-manifest", ""),
}


@pytest.mark.parametrize("name", SABOTAGE)
@pytest.mark.parametrize("mode", [COMPLETE, PROTECTED])
def test_damage_to_what_is_ours_is_one_finding_and_is_repaired(
    tmp_path: Path, name: str, mode: str
) -> None:
    """Kind and place are reported once; after the repair the tree is as a fresh one."""
    path, text, kind, place = SABOTAGE[name]
    if mode == PROTECTED and name == "modified rock_manifest":
        text = "rock_manifest = {\n   lua = {}\n}\n"
    if mode == PROTECTED and name == "modified rockspec":
        kind, place = "modified", ""  # an empty rock_manifest may have any rockspec, or none
    machine = debian(tmp_path)
    refresh(system(machine), mode=mode)
    fresh = machine.files()
    remove(machine, path) if text is None else write(machine, path, text)
    (finding,) = findings(machine)
    assert (finding.kind, finding.place) == (kind, place or path)
    assert (finding.hint, finding.is_ours) == (REPAIR, True)
    would = repair(system(machine), dry_run=True)
    assert machine.files() != fresh
    assert [change.path for change in would.changes] == [path]
    repair(system(machine))
    assert machine.files() == fresh
    assert findings(machine) == []


def test_a_changed_rockspec_that_can_be_read_is_modified(machine: Machine) -> None:
    """It is reported once, although rock_manifest and ledger both know its digest."""
    path = f"{PL}/penlight-1.13.1-1.rockspec"
    text = (machine.root / path.lstrip("/")).read_text()
    write(machine, path, text + "\n")
    assert told(machine) == [("modified", path)]


def test_a_changed_file_of_a_package_names_the_package(machine: Machine) -> None:
    """It is not ours: the package manager restores it, and no repair is offered."""
    path = "/usr/share/lua/5.3/pl/List.lua"
    write(machine, path, "changed")
    (finding,) = findings(machine)
    assert (finding.kind, finding.place, finding.is_ours) == ("modified", path, False)
    assert "package lua-penlight" in finding.found
    assert finding.hint == "apt install --reinstall lua-penlight"


def test_a_file_of_a_package_that_is_gone_is_missing(machine: Machine) -> None:
    """The rock's package is named; nothing advises to write what is left of the rock instead."""
    path = "/usr/share/lua/5.3/pl/List.lua"
    remove(machine, path)
    (missing,) = findings(machine)
    assert missing.kind == "missing"
    assert (missing.place, missing.is_ours) == (path, False)
    assert missing.hint == "apt install --reinstall lua-penlight"


@pytest.mark.parametrize("text", ["changed", None])
def test_a_damaged_package_is_reported_also_after_a_refresh(
    machine: Machine, text: str | None
) -> None:
    """A rock_manifest that tells the damaged truth does not hide what dpkg knows."""
    path = "/usr/share/lua/5.3/pl/List.lua"
    write(machine, path, text) if text else remove(machine, path)
    repair(system(machine))
    (finding,) = findings(machine)
    assert (finding.kind, finding.place) == ("modified" if text else "missing", path)
    assert finding.hint == "apt install --reinstall lua-penlight"


def test_an_upgrade_without_a_refresh_is_a_stale_rock(machine: Machine) -> None:
    """A file that its package vouches for is right; its metadata is old."""
    machine.remove("lua-penlight", PENLIGHT)
    newer = {**PENLIGHT, "/usr/share/lua/5.3/pl/List.lua": "return {2}"}
    machine.install("lua-penlight", newer, version="1.13.1-3")
    assert ("stale-rock", PL) in told(machine)
    assert "modified" not in {kind for kind, _ in told(machine)}
    repair(system(machine))
    assert findings(machine) == []


def test_a_rock_that_was_put_into_the_tree_is_unowned(machine: Machine) -> None:
    """Neither package nor ledger knows it; a repair leaves it."""
    write(machine, f"{ROCKS}/own/1.0-1/rock_manifest", EMPTY)
    assert ("unowned", f"{ROCKS}/own/1.0-1") in told(machine)
    repair(system(machine))
    assert told(machine) == [("unowned", f"{ROCKS}/own/1.0-1")]


def test_a_rock_manifest_that_leads_out_of_the_root_is_not_followed(
    machine: Machine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A link is no sound rock_manifest; a name that is no text is reported like any other."""
    outside = tmp_path_factory.mktemp("outside") / "rock_manifest"
    outside.write_text('rock_manifest = {\n   lua = {\n      gone = "x"\n   }\n}\n')
    place = machine.root / f"{ROCKS}/own\udcff/1.0-1/rock_manifest".lstrip("/")
    place.parent.mkdir(parents=True)
    place.symlink_to(outside)
    directory = f"{ROCKS}/own\udcff/1.0-1"
    assert {kind for kind, path in told(machine) if path == directory} == {"broken-rock", "unowned"}
    assert not any("gone" in path for _, path in told(machine))


def test_a_rock_whose_package_ships_its_metadata_is_no_finding(machine: Machine) -> None:
    """Its rock_manifest belongs to the package; only the manifest has to learn of it."""
    machine.install("lua-own", {f"{ROCKS}/own/1.0-1/rock_manifest": EMPTY})
    assert told(machine) == [("stale-manifest", f"{ROCKS}/manifest")]
    repair(system(machine))
    assert findings(machine) == []


def test_a_rock_whose_package_is_gone_is_orphaned(machine: Machine) -> None:
    """So is a file that only the ledger remembers; the repair is the fresh tree without them."""
    machine.remove("lua-penlight", PENLIGHT)
    orphaned = [it for it in findings(machine) if it.kind == "orphaned"]
    assert [(it.place, it.is_ours) for it in orphaned] == [(PL, True)]
    remove(machine, f"{PL}/rock_manifest")
    remove(machine, f"{PL}/penlight-1.13.1-1.rockspec")
    assert ("orphaned", PL) in told(machine)
    repair(system(machine))
    assert findings(machine) == []
    assert PL not in (machine.root / LEDGER.lstrip("/")).read_text()


def test_a_file_that_hides_the_manifest_is_reported_and_kept(machine: Machine) -> None:
    """It is not ours, so the finding says how to remove it, and the repair does not."""
    path = f"{ROCKS}/manifest-5.3"
    write(machine, path, "")
    repair(system(machine))
    (finding,) = findings(machine)
    assert (finding.kind, finding.place, finding.hint) == ("hidden-manifest", path, f"rm {path}")
    assert not finding.is_ours


def test_a_tree_that_hides_packages_modules_is_reported(machine: Machine) -> None:
    """All modules of one tree are one finding; it names the package's file."""
    write(machine, "/usr/local/share/lua/5.3/re/init.lua", "")
    write(machine, "/usr/local/share/lua/5.3/pl/List.lua", "")
    (finding,) = findings(machine)
    assert (finding.kind, finding.is_ours) == ("shadowed", False)
    assert finding.place == "/usr/local/share/lua/5.3/pl/List.lua"
    assert finding.found == "the tree /usr/local hides the modules pl.List, re"


def test_each_rock_that_hides_packages_modules_is_reported_with_its_removal(
    machine: Machine,
) -> None:
    """A file of no rock is told apart; of a tree with unknown rocks none is to be removed."""
    rocks = [InstalledRock("aa", "1.0-1", {"re": "re.lua"})]
    rocks.append(InstalledRock("bb", "2.0-1", {"pl.List": "pl/List.lua"}))
    place = "/usr/local/lib/luarocks/rocks-5.3/manifest"
    write(machine, place, tree_manifest(map(entry_of, rocks)).decode())
    for name in ("re.lua", "pl/List.lua", "pl/init.lua"):
        write(machine, f"/usr/local/share/lua/5.3/{name}", "")
    found = {it.place.rpartition("5.3/")[2]: it for it in findings(machine)}
    assert {name: it.found for name, it in found.items()} == {
        "pl/init.lua": "the tree /usr/local hides the module pl",
        "re.lua": "aa 1.0-1 in /usr/local hides the module re",
        "pl/List.lua": "bb 2.0-1 in /usr/local hides the module pl.List",
    }
    remove = "distrorocks remove bb 2.0-1 --tree=/usr/local --lua-version=5.3"
    assert found["pl/List.lua"].hint == f"to use the package's, {remove}"
    write(machine, place, "x = {")
    (only,) = findings(machine)
    assert only.hint == (
        "distrorocks make-manifest --local-tree --tree=/usr/local --lua-version 5.3"
    )


def test_a_tree_that_lua_searches_last_hides_nothing(machine: Machine) -> None:
    """Debian's Lua looks into /usr before the user's tree, whatever rocks_trees says."""
    write(machine, "/root/.luarocks/share/lua/5.3/re.lua", "")
    assert findings(machine) == []


def test_two_packages_with_one_module_are_reported(machine: Machine) -> None:
    """The pair is one finding, with its modules."""
    machine.install("lua-re", {"/usr/share/lua/5.3/re/init.lua": "return {}"})
    duplicate = next(it for it in findings(machine) if it.kind == "duplicate-provider")
    assert duplicate.found == "packages lua-lpeg and lua-re both have the module re"


LOCAL = "/usr/local/lib/luarocks/rocks-5.3"


def add_local(machine: Machine, name: str, digest: str) -> None:
    """Add a rock with the module ``one`` to /usr/local."""
    text = f'rock_manifest = {{\n   lua = {{\n      ["one.lua"] = "{digest}"\n   }}\n}}\n'
    write(machine, f"{LOCAL}/{name}/1.0-1/rock_manifest", text)
    spec = f'package = "{name}"\nversion = "1.0-1"\nsource = {{ url = "x://y" }}\n'
    write(machine, f"{LOCAL}/{name}/1.0-1/{name}-1.0-1.rockspec", f"{spec}build = {{}}\n")


def index_local(machine: Machine, *names: str) -> None:
    """Write the manifest of /usr/local."""
    rocks = [InstalledRock(name, "1.0-1", {"one": "one.lua"}, {}, ()) for name in names]
    write(machine, f"{LOCAL}/manifest", tree_manifest(map(entry_of, rocks)).decode())


ONE = "f97c5d29941bfb1b2fdab0874906ab82"  # of "one"
TWO = "b8a9f715dbb64fd5c56e7783c6820a61"  # of "two"


def test_another_tree_is_held_against_its_own_rock_manifests(machine: Machine) -> None:
    """A changed file has luarocks' cure; the manifest's is make-manifest; none is ours."""
    add_local(machine, "aaa", ONE)
    index_local(machine, "aaa")
    write(machine, "/usr/local/share/lua/5.3/one.lua", "one")
    assert findings(machine, "/usr/local") == findings(machine, "system") == []
    write(machine, "/usr/local/share/lua/5.3/one.lua", "other")
    (finding,) = findings(machine, "system")
    assert (finding.kind, finding.place) == ("modified", "/usr/local/share/lua/5.3/one.lua")
    assert finding.hint == "luarocks --lua-version=5.3 --tree=/usr/local install aaa 1.0-1"
    remove(machine, f"{LOCAL}/manifest")
    stale = next(it for it in findings(machine, "system") if it.kind == "stale-manifest")
    assert stale.hint.startswith("distrorocks make-manifest --local-tree --tree=/usr/local ")


def test_a_plain_name_that_is_another_rocks_is_shadowed(machine: Machine) -> None:
    """The rock whose own file is nowhere is named; both are duplicate providers."""
    add_local(machine, "aaa", ONE)
    add_local(machine, "bbb", TWO)
    index_local(machine, "aaa", "bbb")
    write(machine, "/usr/local/share/lua/5.3/one.lua", "one")
    shadowed, duplicate = sorted(findings(machine, "system"), key=lambda it: it.place, reverse=True)
    assert (shadowed.kind, shadowed.found) == ("shadowed", "the file of aaa 1.0-1")
    assert (duplicate.kind, duplicate.place) == ("duplicate-provider", f"{LOCAL}/bbb")
    write(machine, "/usr/local/share/lua/5.3/bbb_1_0_1-one.lua", "two")
    assert told(machine, "system") == [("duplicate-provider", f"{LOCAL}/bbb")]


def test_a_tree_that_is_nowhere_or_not_ours_is_an_error(machine: Machine) -> None:
    """A misspelt tree is not clean, and nobody else's tree is repaired."""
    with pytest.raises(DistrorocksError, match="no such tree: loca"):
        verify(system(machine), would_change, tree="loca")
    with pytest.raises(DistrorocksError, match="not distrorocks' to repair"):
        repair(system(machine), tree="/usr/local")


def test_a_root_without_a_package_database_is_an_error(tmp_path: Path) -> None:
    """As for refresh; its other trees can be verified."""
    with pytest.raises(DistrorocksError, match="no package database"):
        verify(System(root=str(tmp_path)), would_change)
    (tmp_path / "usr/local").mkdir(parents=True)
    assert verify(System(root=str(tmp_path)), would_change, tree="/usr/local").findings == []


def test_a_repair_keeps_the_mode(tmp_path: Path) -> None:
    """A minimal tree stays minimal."""
    machine = debian(tmp_path)
    refresh(system(machine), mode=MINIMAL)
    fresh = machine.files()
    remove(machine, f"{LPEG}/rock_manifest")
    repair(system(machine))
    assert machine.files() == fresh


@by_root
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_tree_that_its_owner_changes_meanwhile_shows_nothing_of_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Between any two looks at it, a directory may become a link to what only root can read."""
    machine, tree = debian(tmp_path), "/home/u/t"
    rocks = f"{tree}/lib/luarocks/rocks-5.3"
    write(machine, f"{rocks}/foo/1-1/rock_manifest", EMPTY)
    elsewhere = "rock_manifest = { lua = { ['only_for_root.lua'] = '0' } }"
    write(machine, "/root/private/1-1/rock_manifest", elsewhere)

    def swapped(*words: Any, **more: Any) -> Any:
        place = machine.root / f"{rocks}/foo".lstrip("/")
        read = None if when == "before" else read_entries(*words, **more)
        if words[0] and not place.is_symlink():
            place.rename(place.with_name("moved"))
            place.symlink_to(machine.root / "root/private")
        return read or read_entries(*words, **more)

    monkeypatch.setattr(tree_check, "read_entries", swapped)
    told = [str(each) for each in verify(system(machine), would_change, tree=tree).findings]
    assert told
    assert "only_for_root" not in " ".join(told)


@by_root
@pytest.mark.parametrize("path", ["", "/manifest", "/foo/1-1"])
def test_root_follows_no_link_that_the_owner_of_a_tree_made(tmp_path: Path, path: str) -> None:
    """The error, or the finding, names the link instead of what is behind it."""
    machine, tree = debian(tmp_path), "/home/u/t"
    rocks = f"{tree}/lib/luarocks/rocks-5.3"
    write(machine, f"{rocks}/foo/1-1/rock_manifest", EMPTY)
    write(machine, f"{rocks}/manifest", "")
    write(machine, "/root/private/foo/1-1/rock_manifest", "only_for_root (")
    write(machine, "/root/private/manifest", "only_for_root (")
    place = machine.root / f"{rocks}{path}".lstrip("/")
    place.rename(place.with_name("moved"))
    place.symlink_to(f"/root/private{path}")
    os.lchown(place, MALLORY, MALLORY)
    try:
        found = verify(system(machine), would_change, tree=tree).findings
        told = " ".join(map(str, found))
    except DistrorocksError as error:
        told = str(error)
    assert "only_for_root" not in told
    assert str(machine.root / f"{rocks}{path}".lstrip("/")) in told or f"{rocks}{path}" in told


@by_root
@pytest.mark.parametrize("path", ["x.lua", "deep/x.lua", ""])
def test_root_tells_no_digest_of_what_a_foreign_link_leads_to(tmp_path: Path, path: str) -> None:
    """Its finding names the link; a link of root's own is followed."""
    machine, tree = debian(tmp_path), "/home/u/t"
    modules, private = f"{tree}/share/lua/5.3", "/root/private"
    files = "['x.lua'] = '0', deep = { ['x.lua'] = '0' }"
    manifest = f"rock_manifest = {{ lua = {{ {files} }} }}"
    write(machine, f"{tree}/lib/luarocks/rocks-5.3/foo/1-1/rock_manifest", manifest)
    for name in ("x.lua", "deep/x.lua"):
        write(machine, f"{modules}/{name}", "plain")
        write(machine, f"{private}/{name}", "secret")
    place = machine.root / f"{modules}/{path}".strip("/")
    place.rename(f"{place}.moved")
    place.symlink_to(f"{private}/{path}".rstrip("/"))
    secret = md5(b"secret").hexdigest()
    told = " ".join(each.found for each in findings(machine, tree))
    assert secret in told
    os.lchown(place, MALLORY, MALLORY)
    told = " ".join(each.found for each in findings(machine, tree))
    assert secret not in told
    assert f"{place} is a link of another user" in told
    assert "MD5 /" not in told


@by_root
def test_a_file_that_becomes_a_link_while_it_is_checked_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its digest is of the path that was checked, which has no link, or of nothing."""
    machine, tree = debian(tmp_path), "/home/u/t"
    place = machine.root / f"{tree}/share/lua/5.3/x.lua".lstrip("/")
    manifest = "rock_manifest = { lua = { ['x.lua'] = '0' } }"
    write(machine, f"{tree}/lib/luarocks/rocks-5.3/foo/1-1/rock_manifest", manifest)
    write(machine, f"{tree}/share/lua/5.3/x.lua", "plain")
    write(machine, "/root/private/x.lua", "secret")

    def swapped(view: RootView, path: str) -> str | None:
        found = plain_path(view, path)
        if path.endswith("x.lua") and not place.parent.is_symlink():
            place.parent.rename(place.parent.with_name("moved"))
            place.parent.symlink_to("/root/private")
        return found

    monkeypatch.setattr(tree_check, "plain_path", swapped)
    told = " ".join(each.found for each in findings(machine, tree))
    assert md5(b"secret").hexdigest() not in told
    assert "cannot be entered: it is a link" in told


def test_files_beyond_what_one_run_reads_are_findings(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few bytes of a rock_manifest can name many files of a gigabyte without content."""
    names = [f"{letter}.lua" for letter in "abcdef"]
    listed = ", ".join(f"['{name}'] = '0'" for name in names)
    manifest = f"rock_manifest = {{ lua = {{ {listed} }} }}"
    write(machine, "/usr/local/lib/luarocks/rocks-5.3/foo/1-1/rock_manifest", manifest)
    for name in names:
        write(machine, f"/usr/local/share/lua/5.3/{name}", "")
        os.truncate(machine.root / f"usr/local/share/lua/5.3/{name}", 1000)
    monkeypatch.setattr(digest, "MOST_OF_RUN", 2500)
    found = {each.place: each.found for each in findings(machine, "/usr/local")}
    told = [found[f"/usr/local/share/lua/5.3/{name}"] for name in names]
    assert [text.startswith("MD5 ") for text in told] == [True, True, *[False] * 4]
    assert all("not read" in text and "2500 bytes" in text for text in told[2:])


@pytest.mark.parametrize("suffix", ["", ".undo"])
def test_a_tree_that_a_killed_run_left_half_changed_is_a_finding(
    machine: Machine, suffix: str
) -> None:
    """Whatever else is right; it is none while the run is at work."""
    journal = f"/srv/tree/lib/luarocks/.distrorocks-deploy-5.4{suffix}"
    write(machine, journal, "{}")
    (found,) = [it for it in findings(machine, "/srv/tree") if it.kind == "interrupted"]
    assert found.place == journal
    assert found.hint == "distrorocks install --recover --tree=/srv/tree --lua-version=5.4"
    (machine.root / "srv/tree/lockfile.lfs").symlink_to(str(this_holder(has_flock=True)))
    assert ("interrupted", journal) not in told(machine, "/srv/tree")


@by_root
@pytest.mark.parametrize(
    ("closed", "mode"),
    [("foo", 0), ("foo", 0o711), ("foo/1.0-1", 0), ("foo/1.0-1/rock_manifest", 0)],
)
def test_a_rock_that_this_user_may_not_look_into_makes_no_manifest_stale(
    closed: str, mode: int
) -> None:
    """A manifest without it would hide it from LuaRocks, and installing it again mends no mode."""
    with tempfile.TemporaryDirectory() as top:
        os.chmod(top, 0o755)  # noqa: S103 - for the other user
        root = debian(Path(top)).root
        rock = root / "srv/tree/lib/luarocks/rocks-5.4/foo/1.0-1"
        rock.mkdir(parents=True)
        (rock / "rock_manifest").write_text("rock_manifest = {}")
        (rock / "foo-1.0-1.rockspec").write_text(
            'package = "foo" version = "1.0-1" source = {url = "x"} build = {}'
        )
        (rock.parent.parent / "manifest").write_text(
            'commands = {} modules = {} repository = {foo = {["1.0-1"] = {{arch = "installed"}}}}'
        )
        os.chmod(rock.parent.parent / closed, mode)

        def look() -> None:
            system = System(root=str(root), lua_versions=("5.4",))
            found = verify(system, would_change, tree="/srv/tree").findings
            assert [(it.kind, it.hint) for it in found] == [("broken-rock", CLOSED_HINT)]

        as_user(MALLORY, look)


@by_root
def test_a_module_that_this_user_may_not_read_is_not_to_be_installed_again() -> None:
    """Its content may well be right; who may read it is not a matter of rocks."""
    with tempfile.TemporaryDirectory() as top:
        os.chmod(top, 0o755)  # noqa: S103 - for the other user
        root = debian(Path(top)).root
        rock = root / "srv/tree/lib/luarocks/rocks-5.4/foo/1.0-1"
        rock.mkdir(parents=True)
        (rock / "rock_manifest").write_text(
            f'rock_manifest = {{ lua = {{ ["foo.lua"] = "{"0" * 32}" }} }}'
        )
        (rock / "foo-1.0-1.rockspec").write_text(
            'package = "foo" version = "1.0-1" source = {url = "x"} build = {}'
        )
        module = root / "srv/tree/share/lua/5.4/foo.lua"
        module.parent.mkdir(parents=True)
        module.touch(0)

        def look() -> None:
            system = System(root=str(root), lua_versions=("5.4",))
            found = verify(system, would_change, tree="/srv/tree").findings
            assert ("/srv/tree/share/lua/5.4/foo.lua", CLOSED_HINT) in [
                (it.place, it.hint) for it in found
            ]

        as_user(MALLORY, look)


@by_root
@pytest.mark.parametrize("closed", ["lib", "lib/luarocks/rocks-5.4/manifest"])
def test_a_manifest_that_this_user_may_not_read_is_not_called_sound(
    closed: str,
) -> None:
    """Nor are its characters blamed: the finding names what is closed."""
    with tempfile.TemporaryDirectory() as top:
        os.chmod(top, 0o755)  # noqa: S103 - for the other user
        root = str(debian(Path(top)).root)
        tree = f"{root}/srv/tree"
        os.makedirs(f"{tree}/lib/luarocks/rocks-5.4")
        Path(f"{tree}/lib/luarocks/rocks-5.4/manifest").write_text(
            "commands = {} modules = {} repository = {}"
        )
        os.chmod(f"{tree}/{closed}", 0)

        def look() -> None:
            system = System(root=root, lua_versions=("5.4",))
            (found,) = verify(system, would_change, tree="/srv/tree").findings
            assert found.kind == "broken-manifest"
            assert f"/srv/tree/{closed}" in found.found
            assert "permit" in found.hint

        as_user(MALLORY, look)


def test_no_working_directory_is_needed(machine: Machine, tmp_path: Path) -> None:
    """One that was removed makes no tree a broken one."""
    gone, before = tmp_path / "gone", os.getcwd()
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    try:
        assert findings(machine) == []
    finally:
        os.chdir(before)
