"""What lies in a rocks_dir, each rock on its own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes import parallel
from distrorocks.system.trees.reader import (
    Place,
    dependencies_of,
    read_contents,
    read_entries,
    read_namespaces,
    rock_file,
)

FILES = {
    "foo-1.0-1.rockspec": ("foo", "1.0-1", "rockspec"),
    "foo-bar-1.0-1.src.rock": ("foo-bar", "1.0-1", "src"),
    "foo-1.0-1.linux-x86_64.rock": ("foo", "1.0-1", "linux-x86_64"),
    "foo-scm-1.all.rock": ("foo", "scm-1", "all"),
    "foo-1.0.rockspec": None,
    "foo.rock": None,
    "manifest": None,
}


def rock(rocks_dir: Path, name: str, version: str, rockspec: str = "", files: str = "{}") -> Path:
    """Put a rock into a rocks_dir and return its directory."""
    directory = rocks_dir / name / version
    directory.mkdir(parents=True)
    (directory / "rock_manifest").write_text(f"rock_manifest = {files}\n")
    if rockspec:
        (directory / f"{name}-{version}.rockspec").write_text(
            f'package="{name}" version="{version}" source={{url="x"}} build={{}}\n{rockspec}\n'
        )
    return directory


@pytest.mark.parametrize("name", FILES)
def test_a_file_name_says_which_rock_it_is(name: str) -> None:
    """name-version-revision.arch.rock and name-version-revision.rockspec are rock files."""
    expected = FILES[name]
    assert rock_file(name) == (PackedRock(*expected) if expected else None)


def test_only_names_that_end_in_a_revision_are_versions(tmp_path: Path) -> None:
    """Other entries of a rock's directory, and files beside rocks, are passed over."""
    rock(tmp_path, "foo", "1.0-1")
    rock(tmp_path, "foo", "work")
    (tmp_path / "manifest").write_text("")
    (tmp_path / "bar-1-1.rockspec").write_text("")
    contents = read_contents(RootView("/"), str(tmp_path))
    assert [place[:2] for place in contents.places] == [("foo", "1.0-1")]
    assert contents.packed == [PackedRock("bar", "1-1", "rockspec")]


def test_no_directory_means_no_rocks(tmp_path: Path) -> None:
    """A tree that was never used is empty, not an error."""
    contents = read_contents(RootView(str(tmp_path)), "/usr/lib/luarocks/rocks-5.4")
    assert contents == ([], [], [])


def test_links_are_followed_inside_the_root_only(tmp_path: Path) -> None:
    """A link to a rock elsewhere in the root counts, one out of it is told."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    real = rock(root / "opt", "foo", "1.0-1")
    rock(outside, "evil", "1-1")
    rocks_dir = root / "rocks"
    rocks_dir.mkdir()
    (rocks_dir / "foo").symlink_to("/opt/foo")
    (rocks_dir / "bar").mkdir()
    (rocks_dir / "bar/1.0-1").symlink_to("/opt/foo/1.0-1")
    (rocks_dir / "evil").symlink_to(outside / "evil")
    (rocks_dir / "loop").symlink_to("loop")
    contents = read_contents(RootView(str(root)), "/rocks")
    assert contents.places == [
        Place("bar", "1.0-1", str(real)),
        Place("foo", "1.0-1", str(real)),
    ]
    assert [each.name for each in contents.unread] == ["evil", "loop"]


def test_a_link_for_a_rock_manifest_is_told_and_not_read(tmp_path: Path) -> None:
    """A rock cannot show what lies elsewhere on the machine."""
    directory = rock(tmp_path, "foo", "1-1")
    (directory / "rock_manifest").unlink()
    (directory / "rock_manifest").symlink_to("/etc/passwd")
    with Jail() as jail:
        read = read_entries([Place("foo", "1-1", str(directory))], jail=jail)
    assert read.entries == []
    assert "root:" not in read.unread[0].why


def test_a_rockspec_that_computes_is_run_in_the_jail(tmp_path: Path) -> None:
    """Its dependencies are known like those of any other."""
    place = rock(
        tmp_path, "foo", "1-1", 'dependencies = {}\ndependencies[1] = ("%s >= 2"):format("bar")'
    )
    with Jail() as jail:
        read = read_entries([Place("foo", "1-1", str(place))], jail=jail)
    assert read.entries[0].needs == ("bar >= 2",)


def test_what_no_lua_could_run_is_read_again_when_there_is_one(tmp_path: Path) -> None:
    """The files are the same; only what they could be read with is not."""
    rock(tmp_path, "foo", "1.0-1", 'dependencies = {("%s"):format("lpeg")}')
    places, cache = read_contents(RootView("/"), str(tmp_path)).places, Cache()
    with Jail(backends=()) as jail:
        told = read_entries(places, jail=jail, cache=cache).unread
    assert [each.why for each in told] == [
        "no Lua interpreter is available to run files that are not plain data"
    ]
    cache = Cache(cache.pieces)
    with Jail() as jail:
        found = read_entries(places, jail=jail, cache=cache)
    assert not found.unread
    assert list(dependencies_of(found.entries)) == ["lpeg"]
    assert read_entries(places, jail=jail, cache=Cache(cache.pieces)) == found


def test_a_rock_without_a_sound_rockspec_is_listed_without_dependencies(tmp_path: Path) -> None:
    """LuaRocks lists it too; what was wrong is told."""
    missing = rock(tmp_path, "foo", "1-1")
    wrong = rock(tmp_path, "bar", "1-1", "dependencies = 5")
    places = [Place("foo", "1-1", str(missing)), Place("bar", "1-1", str(wrong))]
    with Jail() as jail:
        read = read_entries(places, jail=jail)
    assert [(entry.name, entry.needs) for entry in read.entries] == [("foo", None), ("bar", None)]
    assert len(read.unread) == 2


def test_many_processes_read_what_one_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list in parts gives the same entries and faults in the same order."""
    for number in range(40):
        rock(tmp_path, f"r{number}", "1-1", f'dependencies = {{"r{number // 2}"}}')
    (tmp_path / "r7/1-1/rock_manifest").write_text("rock_manifest = ")
    places = read_contents(RootView("/"), str(tmp_path)).places
    with Jail() as jail:
        alone = read_entries(places, jail=jail)
        monkeypatch.setattr(parallel, "_LEAST", 3)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
        together = read_entries(places, jail=jail)
    assert together == alone
    assert len(alone.entries) == 39


def test_a_process_that_dies_costs_only_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process did not finish is done here."""
    here = os.getpid()
    monkeypatch.setattr(parallel, "_LEAST", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})

    def work(items: object) -> list[int]:
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        return [item * 2 for item in items]  # type: ignore[attr-defined]  # a list of numbers

    assert parallel.in_parts(work, [1, 2, 3, 4]) == [2, 4, 6, 8]


def test_a_flood_of_names_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A rock_manifest of more than 4 MiB belongs to no rock, and costs no more than its look."""
    entries = ",".join(f'["{number}"]="0"' for number in range(400_000))
    place = rock(tmp_path, "foo", "1-1", files=f"{{lua={{{entries}}}}}")
    start = time.monotonic()
    with Jail() as jail:
        read = read_entries([Place("foo", "1-1", str(place))], jail=jail)
    assert "more than 4194304 bytes" in read.unread[0].why
    assert time.monotonic() - start < 25


def test_namespaces_are_read_only_where_a_dependency_asks(tmp_path: Path) -> None:
    """`ns/foo` has the namespace of each foo looked up, and of nothing else."""
    foo, bar = (
        rock(tmp_path, "foo", "1-1"),
        rock(tmp_path, "bar", "1-1", 'rockspec_format="3.0" dependencies={"ns/foo"}'),
    )
    for directory in (foo, bar):
        (directory / "rock_namespace").write_text("ns")
    places = [Place("foo", "1-1", str(foo)), Place("bar", "1-1", str(bar))]
    with Jail() as jail:
        read = read_entries(places, jail=jail)
    assert read_namespaces(places, dependencies_of(read.entries)) == {("foo", "1-1"): "ns"}
    (foo / "rock_namespace").rename(tmp_path / "outside")
    (foo / "rock_namespace").symlink_to(tmp_path / "outside")
    assert read_namespaces(places, dependencies_of(read.entries)) == {}, (
        "a link could lead out of the root"
    )


@pytest.mark.parametrize("name", ["foo", "foo/1-1"])
def test_a_directory_swapped_for_a_link_shows_nothing_of_elsewhere(
    tmp_path: Path, name: str
) -> None:
    """Whoever can write the tree could swap it after the tree was listed, and before it is read."""
    rocks, elsewhere = tmp_path / "rocks", tmp_path / "elsewhere"
    rock(rocks, "foo", "1-1")
    rock(elsewhere, "foo", "1-1")
    (elsewhere / "foo/1-1/rock_manifest").write_text("only for root")
    (elsewhere / "foo/1-1/rock_namespace").write_text("only for root")
    places = read_contents(RootView("/"), str(rocks)).places
    (rocks / name).rename(rocks / f"{name}-moved")
    (rocks / name).symlink_to(elsewhere / name)
    with Jail() as jail:
        read = read_entries(places, jail=jail)
    assert read.entries == []
    (unread,) = read.unread
    assert "only for root" not in unread.why
    assert "it is a link" in unread.why
    need = entry_of(InstalledRock("bar", "1-1", {}, {}, (Dependency.parse("ns/foo"),)))
    assert read_namespaces(places, dependencies_of([need])) == {}
