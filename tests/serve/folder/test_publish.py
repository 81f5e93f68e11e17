"""What a server's folder publishes, and what is left alone when nothing has changed."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.serve.folder import decide, observe, read as reader
from distrorocks.serve.folder.publish import publish
from distrorocks.system.files import cache
from tests.elf_files import module, rock as binary_rock
from tests.serve.folder.folders import age, rock, rockspec

OUTPUTS = {
    *("index.html", "SHA256SUMS", "manifest", "manifest.json"),
    *(f"manifest-{lua}{end}" for lua in LUA_VERSIONS for end in ("", ".json", ".zip")),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two rockspecs and a rock."""
    directory = tmp_path / "server"
    directory.mkdir()
    rockspec(directory, "old", '"lua ~> 5.1"')
    rockspec(directory, "new", '"lua >= 5.3"')
    rock(directory, "new")
    return directory


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file count as one whose next change would show."""
    monkeypatch.setattr(observe, "TICK", -3600 * cache.TICK)


@pytest.fixture
def read_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that runs read, in order."""
    names: list[str] = []
    read = reader._read

    def noted(*given: object) -> object:
        names.append(given[2].name)  # type: ignore[attr-defined]
        return read(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "_read", noted)
    return names


def listed(directory: Path, manifest: str = "manifest") -> set[str]:
    """Return the rocks that a manifest lists."""
    repository = parse((directory / manifest).read_bytes()).globals["repository"]
    assert isinstance(repository, dict)
    return {str(name) for name in repository}


def texts(directory: Path) -> dict[str, bytes]:
    """Return the content of all files that are published."""
    return {name: (directory / name).read_bytes() for name in OUTPUTS}


def test_all_forms_are_written(folder: Path) -> None:
    """Manifests for all and for each Lua, as Lua, zip and JSON, the page and the sums."""
    made = publish(str(folder))
    assert {Path(path).name for path in made.written} == OUTPUTS
    assert made.written[-1] == f"{folder}/manifest"
    assert (made.rocks, made.unlisted) == (2, [])


def test_all_forms_say_the_same(folder: Path) -> None:
    """The zip has the manifest under its name, and the JSON has the same rocks."""
    publish(str(folder))
    for name in ("manifest", *(f"manifest-{lua}" for lua in LUA_VERSIONS)):
        repository = json.loads((folder / f"{name}.json").read_bytes())["repository"]
        assert set(repository) == listed(folder, name)
        if name != "manifest":
            with ZipFile(folder / f"{name}.zip") as archive:
                assert archive.namelist() == [name]
                assert archive.read(name) == (folder / name).read_bytes()
    repository = json.loads((folder / "manifest-5.4.json").read_bytes())["repository"]
    assert repository["new"] == {"1.0-1": [{"arch": "rockspec"}, {"arch": "src"}]}


def test_the_sums_are_those_of_sha256sum(folder: Path) -> None:
    """The program checks rocks, manifests and page by them."""
    publish(str(folder))
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3 + len(OUTPUTS) - 1


def test_the_same_folder_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Neither times nor the order of the directory nor its name count."""
    publish(str(folder))
    other = tmp_path / "other"
    other.mkdir()
    for path in sorted(folder.glob("*.rock*"), reverse=True):
        (other / path.name).write_bytes(path.read_bytes())
    publish(str(other))
    assert texts(folder) == texts(other)


def test_each_lua_gets_the_rocks_that_it_can_run(folder: Path) -> None:
    """The first dependency on lua decides; a rock without one is for every Lua."""
    rockspec(folder, "any")
    rockspec(folder, "twice", '"lua","lua < 5"')
    publish(str(folder))
    assert listed(folder) == {"old", "new", "any", "twice"}
    assert listed(folder, "manifest-5.1") == {"old", "any", "twice"}
    assert listed(folder, "manifest-5.4") == {"new", "any", "twice"}


def test_a_version_goes_with_all_its_files(folder: Path) -> None:
    """A source rock beside a refused rockspec is not listed; one alone always is."""
    rock(folder, "old", '"lua ~> 5.1"')
    rock(folder, "alone", '"lua ~> 5.1"')
    publish(str(folder))
    assert listed(folder, "manifest-5.4") == {"alone", "new"}


def test_a_file_that_is_no_valid_rock_is_reported_and_not_listed(folder: Path) -> None:
    """No LuaRocks could use it, so no manifest, page or sum offers it."""
    (folder / "bad-1-1.rockspec").write_text("os.exit(")
    (folder / "worse-1-1.rockspec").write_text("package = 5")
    (folder / "broken-1-1.src.rock").write_text("no zip")
    rock(folder, "other").rename(folder / "named-1.0-1.src.rock")
    made = publish(str(folder))
    names = [
        "bad-1-1.rockspec",
        "broken-1-1.src.rock",
        "named-1.0-1.src.rock",
        "worse-1-1.rockspec",
    ]
    assert [each.name for each in made.unlisted] == names
    assert all(each.why.startswith("not listed: ") for each in made.unlisted)
    assert made.unlisted[-1].why.endswith(" faults: package: must be a string, but is a number")
    assert listed(folder) == {"old", "new"}
    for output in ("manifest.json", "index.html", "SHA256SUMS"):
        assert not any(name in (folder / output).read_text() for name in names)


def test_a_file_that_is_named_unlike_a_rock_is_reported(folder: Path) -> None:
    """badv-0.4.0.rockspec has no revision, so LuaRocks ignores it; we say so."""
    names = ["badv-0.4.0.rockspec", "lain-git.rockspec", "x.rock"]
    for name in names:
        (folder / name).write_text("")
    made = publish(str(folder))
    assert [each.name for each in made.unlisted] == names
    assert {each.why for each in made.unlisted} == {
        "not listed: its name is not NAME-VERSION-REVISION.rockspec or .ARCH.rock"
    }


@pytest.mark.parametrize("name", ["a b-1-1.rockspec", "<b>-1-1.all.rock", "é-1-1.src.rock"])
def test_a_name_that_no_client_asks_for_is_not_listed(folder: Path, name: str) -> None:
    """Names of rocks are letters, digits and four signs."""
    (folder / name).write_text("")
    made = publish(str(folder))
    assert [each.name for each in made.unlisted] == [name]
    assert listed(folder) == {"old", "new"}


@pytest.mark.parametrize("name", ["new-1.0-1.src.rock.asc", "new-1.0-1.src.rock.audit.json"])
def test_what_is_kept_beside_a_rock_is_no_fault(folder: Path, name: str) -> None:
    """Signatures and audits are neither listed nor reported."""
    (folder / name).write_text("")
    assert publish(str(folder)).unlisted == []
    assert name not in (folder / "manifest.json").read_text()


def test_a_rockspec_that_cannot_be_run_here_stays_listed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a Lua interpreter nothing is known against a rockspec that contains code."""
    (folder / "code-1-1.rockspec").write_text('package = ("code"):lower()')
    with monkeypatch.context() as patch:
        patch.setattr("distrorocks.system.lua.jail.present_backends", list)
        made = publish(str(folder))
    assert [each.why for each in made.unlisted] == [
        "no Lua interpreter is available to run files that are not plain data"
    ]
    assert "code" in listed(folder, "manifest-5.1")
    assert [each.why[:11] for each in publish(str(folder)).unlisted] == ["not listed:"]


def test_an_unchanged_folder_is_not_read_again(
    folder: Path, settled: None, read_names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a rock is read nor a text made."""
    del settled
    (folder / "bad-1-1.rockspec").write_text("")
    first = publish(str(folder))
    assert len(read_names) == 4
    monkeypatch.setattr(decide, "decide", None)
    again = publish(str(folder))
    assert len(read_names) == 4
    assert again == first._replace(written=[])


def test_only_what_has_changed_is_read(folder: Path, settled: None, read_names: list[str]) -> None:
    """A new, a changed and a removed file cost themselves alone."""
    del settled
    publish(str(folder))
    read_names.clear()
    rockspec(folder, "more")
    rockspec(folder, "old", '"lua ~> 5.2"')
    (folder / "new-1.0-1.rockspec").unlink()
    publish(str(folder))
    assert read_names == ["more-1.0-1.rockspec", "old-1.0-1.rockspec"]
    kept = texts(folder)
    forget(folder)
    publish(str(folder))
    assert texts(folder) == kept
    assert listed(folder, "manifest-5.2") == {"more", "old", "new"}


def test_the_page_forgets_a_file_that_came_and_went_at_once(folder: Path) -> None:
    """Nothing was kept of it, but its rock's element is not taken over."""
    publish(str(folder))
    newest = max(path.stat().st_ctime_ns for path in folder.iterdir())
    while time.time_ns() - newest <= 2 * cache.TICK:
        time.sleep(0.05)
    publish(str(folder))
    path = rockspec(folder, "old", version="2.0-1")
    publish(str(folder))
    assert path.name in (folder / "index.html").read_text()
    path.unlink()
    publish(str(folder))
    assert path.name not in (folder / "index.html").read_text()
    assert "old-1.0-1.rockspec" in (folder / "index.html").read_text()


def forget(folder: Path) -> None:
    """Make the next run read everything: a folder of another name has nothing kept."""
    folder.rename(folder.with_name("away"))
    folder.with_name("away").rename(folder)
    for path in folder.iterdir():
        os.utime(path)


def test_a_file_that_has_just_changed_is_read_again(folder: Path, read_names: list[str]) -> None:
    """Two changes within a tick of the clock look alike, so nothing is kept of such a file."""
    publish(str(folder))
    publish(str(folder))
    assert len(read_names) == 6


@pytest.mark.parametrize("name", ["manifest", "manifest-5.4.zip", "index.html", "SHA256SUMS"])
def test_what_others_changed_is_written_again(folder: Path, settled: None, name: str) -> None:
    """The output of a run is compared too, not the rocks alone."""
    del settled
    publish(str(folder))
    before = texts(folder)
    (folder / name).write_bytes(b"x" * len(before[name]))
    assert publish(str(folder)).written == [f"{folder}/{name}"]
    assert texts(folder) == before


def test_the_address_of_the_page_is_kept(folder: Path) -> None:
    """It is given once; later runs take it from the page."""
    publish(str(folder), url="https://rocks.example/lua")
    rockspec(folder, "more")
    publish(str(folder))
    assert "--server=https://rocks.example/lua</span> more" in (folder / "index.html").read_text()
    publish(str(folder), url="")
    assert "rocks.example" not in (folder / "index.html").read_text()


def test_an_empty_folder_is_a_server_too(tmp_path: Path) -> None:
    """Its manifests list nothing."""
    assert publish(str(tmp_path)).rocks == 0
    assert listed(tmp_path, "manifest-5.4") == set()
    assert json.loads((tmp_path / "manifest-5.4.json").read_bytes())["repository"] == {}


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    """The words are LuaRocks' own."""
    with pytest.raises(DistrorocksError, match="Cannot access repository at"):
        publish(str(tmp_path / "no"))


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink("/dev/zero", path)])
def test_a_special_file_is_no_rock(make: Callable[[Path], None], folder: Path) -> None:
    """A FIFO or a device that is named like a rock is passed over, and none is opened."""
    make(folder / "strange-1-1.src.rock")
    assert publish(str(folder)).unlisted == []
    assert listed(folder) == {"old", "new"}


def test_a_link_to_a_rock_counts_as_the_rock(folder: Path, tmp_path: Path) -> None:
    """Folders that link to a pool of rocks are common; a change of the target shows."""
    pool = tmp_path / "pool"
    pool.mkdir()
    path = rockspec(pool, "linked", '"lua ~> 5.1"')
    (folder / path.name).symlink_to(path)
    publish(str(folder))
    assert "linked" not in listed(folder, "manifest-5.4")
    rockspec(pool, "linked")
    publish(str(folder))
    assert "linked" in listed(folder, "manifest-5.4")


def test_the_needs_of_a_binary_rock_are_published_and_kept(tmp_path: Path) -> None:
    """They are read from its compiled files, and a later run has them without reading again."""
    name = "foo-1.0-1.linux-x86_64.rock"
    (tmp_path / name).write_bytes(binary_rock({"lib/foo.so": module("foo", glibc="2.34")}))
    rockspec(tmp_path, "bar")
    age(tmp_path)
    publish(str(tmp_path))
    first = (tmp_path / "index.html").read_text()
    assert "<small>needs libc.so.6, GLIBC_2.34</small>" in first
    rockspec(tmp_path, "baz")
    publish(str(tmp_path))
    assert first.count("<small>") == (tmp_path / "index.html").read_text().count("<small>") == 1


def test_a_damaged_compiled_file_has_no_needs(tmp_path: Path) -> None:
    """The rock is listed all the same, as LuaRocks would list it; `audit` says what is wrong."""
    name = "foo-1.0-1.linux-x86_64.rock"
    (tmp_path / name).write_bytes(binary_rock({"lib/foo.so": module("foo")[:70]}))
    publish(str(tmp_path))
    text = (tmp_path / "index.html").read_text()
    assert name in text
    assert "<small>" not in text
