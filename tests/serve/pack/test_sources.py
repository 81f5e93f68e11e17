"""Rocks of sources: a rockspec with the archive that it names."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.pack.pack import PackJob
from distrorocks.serve.pack.sources import rock_of_rockspec
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


@pytest.mark.parametrize("url", ["foo-1.0.tar", "file://foo-1.0.tar", "file://{above}/foo-1.0.tar"])
def test_a_local_archive_is_packed(url: str, tmp_path: Path) -> None:
    """A path may be relative to the working directory; the rock has the rockspec to the byte."""
    path = rockspec(tmp_path, f'url = "{url.format(above=tmp_path)}"')
    packed = PackJob(str(tmp_path / "out")).rockspec(path, above=str(tmp_path))
    assert packed.paths == (f"{tmp_path}/out/foo-1.0-1.src.rock",)
    with Jail() as jail:
        rock = rock_of_rockspec(path, jail, above=str(tmp_path))
    assert rock.files == {
        "foo-1.0-1.rockspec": Path(path).read_bytes(),
        "foo-1.0.tar": ARCHIVE,
    }


def test_a_far_archive_is_fetched(tmp_path: Path) -> None:
    """Over HTTP, with the name that source.file gives it."""
    with running() as server:
        server.serve("/dl", ARCHIVE)
        path = rockspec(tmp_path, f'url = "{server.url}/dl", file = "foo.tar"')
        with Jail() as jail:
            rock = rock_of_rockspec(path, jail, above="/")
    assert rock.files["foo.tar"] == ARCHIVE


def test_the_md5_of_the_source_must_match(tmp_path: Path) -> None:
    """As LuaRocks has it."""
    good = md5(ARCHIVE).hexdigest()
    with Jail() as jail:
        path = rockspec(tmp_path, f'url = "foo-1.0.tar", md5 = "{good}"')
        rock_of_rockspec(path, jail, above=str(tmp_path))
        path = rockspec(tmp_path, f'url = "foo-1.0.tar", md5 = "{good[::-1]}"')
        with pytest.raises(DistrorocksError, match="has the MD5"):
            rock_of_rockspec(path, jail, above=str(tmp_path))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('url = "git+https://example.org/x.git"', "in a repository"),
        ('url = "foo-1.0.tar", file = "../x"', "names no file"),
        ('url = "file:///"', "names no file|cannot read"),
        ('url = "missing.tar"', "cannot read"),
        ('url = "evil.tar"', "points outside|leads out"),
    ],
)
def test_sources_that_cannot_be_packed_are_told(source: str, why: str, tmp_path: Path) -> None:
    """And nothing is written."""
    (tmp_path / "evil.tar").write_bytes(tar({"/../../x": b""}))
    path = rockspec(tmp_path, source)
    with pytest.raises(DistrorocksError, match=why):
        PackJob(str(tmp_path / "out")).rockspec(path, above=str(tmp_path))
    assert not (tmp_path / "out").exists()
