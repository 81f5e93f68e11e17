"""Rocks of sources: a rockspec with the archive that it names."""

from __future__ import annotations

import io
import subprocess
import zipfile
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.pack.pack import PackJob
from distrorocks.serve.pack.sources import pack_rockspec, usual_origin
from distrorocks.sources.source import SourceError
from distrorocks.system.files.zip_archive import read_member
from distrorocks.system.lua.jail import Jail
from tests.loopback import running
from tests.package_files import tar

ARCHIVE = tar({"/foo-1.0/foo.lua": b"return 1"})


def rockspec(tmp_path: Path, source: str) -> str:
    """Write a rockspec with a source table, and the archive beside it."""
    (tmp_path / "foo-1.0.tar").write_bytes(ARCHIVE)
    path = tmp_path / "foo-1.0-1.rockspec"
    path.write_text(
        f'package = "foo" version = "1.0-1" source = {{ {source} }} build = {{ type = "none" }}'
    )
    return str(path)


def packed(path: str, above: str = "/", *, may_be_local: bool = True) -> bytes:
    """Return the source rock of the rockspec at a path."""
    with Jail() as jail:
        origin = usual_origin(above, jail, may_be_local=may_be_local)
        return pack_rockspec(Path(path).read_bytes(), path, jail, origin).content


@pytest.mark.parametrize("url", ["foo-1.0.tar", "file://foo-1.0.tar", "file://{above}/foo-1.0.tar"])
def test_a_local_archive_is_packed(url: str, tmp_path: Path) -> None:
    """A path may be relative to the working directory; the rock has the rockspec to the byte."""
    path = rockspec(tmp_path, f'url = "{url.format(above=tmp_path)}"')
    found = PackJob(str(tmp_path / "out")).rockspecs([path], above=str(tmp_path))
    assert found.paths == (f"{tmp_path}/out/foo-1.0-1.src.rock",)
    rock = Path(found.paths[0]).read_bytes()
    assert rock == packed(path, str(tmp_path))
    assert read_member(rock, "foo-1.0-1.rockspec", 9999) == Path(path).read_bytes()
    assert read_member(rock, "foo-1.0.tar", 99999) == ARCHIVE


def test_two_rockspecs_of_one_rock_are_not_packed(tmp_path: Path) -> None:
    """Their rocks have one name: nothing is written, unless they are the same."""
    first = rockspec(tmp_path, 'url = "foo-1.0.tar"')
    (tmp_path / "other").mkdir()
    other = rockspec(tmp_path / "other", 'url = "foo-1.0.tar", dir = "foo-1.0"')
    job = PackJob(str(tmp_path / "out"))
    with pytest.raises(DistrorocksError, match=r"gives another foo-1\.0-1\.src\.rock"):
        job.rockspecs([first, other], above=str(tmp_path))
    assert not (tmp_path / "out").exists()
    assert len(job.rockspecs([first, first], above=str(tmp_path)).paths) == 1


def test_a_far_archive_is_fetched(tmp_path: Path) -> None:
    """Over HTTP, with the name that source.file gives it."""
    with running() as server:
        server.serve("/dl", ARCHIVE)
        path = rockspec(tmp_path, f'url = "{server.url}/dl", file = "foo.tar"')
        assert read_member(packed(path), "foo.tar", 99999) == ARCHIVE


def test_a_repository_is_packed_without_its_history(tmp_path: Path) -> None:
    """A checkout is in the rock as a folder, as LuaRocks packs it, with links followed."""
    place = tmp_path / "code"
    place.mkdir()
    (place / "foo.lua").write_text("return 1")
    (place / "same.lua").symlink_to("foo.lua")
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "c"),
    ):
        subprocess.run(["git", "-C", str(place), *words], check=True)
    path = rockspec(tmp_path, f'url = "git+file://{place}"')
    rock = packed(path)
    assert rock == packed(path)
    with zipfile.ZipFile(io.BytesIO(rock)) as archive:
        files = ["code/", "code/foo.lua", "code/same.lua", "foo-1.0-1.rockspec"]
        assert archive.namelist() == files
        assert archive.read("code/same.lua") == b"return 1"


@pytest.mark.parametrize("is_repository", [False, True])
def test_sources_do_not_replace_the_rockspec(is_repository: bool, tmp_path: Path) -> None:
    """A file or a repository of its name would be packed in its place, unchecked."""
    place = tmp_path / "far/foo-1.0-1.rockspec"
    place.parent.mkdir()
    if is_repository:
        subprocess.run(["git", "init", "-q", str(place)], check=True)
        commit = ("-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "c", "--allow-empty")
        subprocess.run(["git", "-C", str(place), *commit], check=True)
    else:
        place.write_text('package = "foo" version = "1.0-1" source = { url = "x" }')
    url = f"{'git+' if is_repository else ''}file://{place}"
    with pytest.raises(SourceError, match=r"called 'foo-1\.0-1\.rockspec'"):
        packed(rockspec(tmp_path, f'url = "{url}"'))


def test_the_md5_of_the_source_must_match(tmp_path: Path) -> None:
    """As LuaRocks has it."""
    good = md5(ARCHIVE).hexdigest()
    packed(rockspec(tmp_path, f'url = "foo-1.0.tar", md5 = "{good}"'), str(tmp_path))
    path = rockspec(tmp_path, f'url = "foo-1.0.tar", md5 = "{good[::-1]}"')
    with pytest.raises(DistrorocksError, match="another MD5"):
        packed(path, str(tmp_path))


def test_only_a_named_rockspec_may_name_local_files(tmp_path: Path) -> None:
    """One that a far server sent must not put files of this machine into a rock."""
    path = rockspec(tmp_path, f'url = "file://{tmp_path}/foo-1.0.tar"')
    with pytest.raises(DistrorocksError, match="on this machine"):
        packed(path, may_be_local=False)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('url = "git+file:///nowhere/x.git"', "cannot be fetched"),
        ('url = "foo-1.0.tar", file = "../x"', "not the name of a file"),
        ('url = "file:///"', "not the name of a file|cannot read"),
        ('url = "missing.tar"', "cannot read"),
        ('url = "evil.tar"', "points outside|leads out"),
    ],
)
def test_sources_that_cannot_be_packed_are_told(source: str, why: str, tmp_path: Path) -> None:
    """And nothing is written."""
    (tmp_path / "evil.tar").write_bytes(tar({"/../../x": b""}))
    path = rockspec(tmp_path, source)
    with pytest.raises(DistrorocksError, match=why):
        PackJob(str(tmp_path / "out")).rockspecs([path], above=str(tmp_path))
    assert not (tmp_path / "out").exists()
