"""The file of a source is fetched only from where it may be, and is whole."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.sources.source import SourceError, source_of
from distrorocks.sources.source_file import (
    check_md5,
    refuse_forbidden,
    source_content,
    wanted_file,
)
from tests.loopback import running
from tests.sources.fetching import files, rockspec


@pytest.mark.parametrize(
    ("url", "may_be_local", "only_from", "why"),
    [
        ("https://h/a.zip", False, None, ""),
        ("https://h/a.zip", False, "h/", ""),
        ("https://h/a.zip", False, "g/", "only sources from g/"),
        ("https://h/a.zip", True, "", "no sources are fetched"),
        ("file:///a.zip", True, None, ""),
        ("file:///a.zip", False, None, "on this machine"),
        ("git+file:///a", False, None, "on this machine"),
    ],
)
def test_what_is_forbidden_is_refused(
    url: str, may_be_local: bool, only_from: str | None, why: str
) -> None:
    """A rockspec of a server names no file of this machine, and addresses may be limited."""
    source = source_of(rockspec(f'url = "{url}"'))
    if not why:
        refuse_forbidden(source, may_be_local=may_be_local, only_from=only_from)
        return
    with pytest.raises(SourceError, match=why):
        refuse_forbidden(source, may_be_local=may_be_local, only_from=only_from)


def test_a_file_is_near_or_far(tmp_path: Path) -> None:
    """A relative path is below the given directory."""
    (tmp_path / "a.lua").write_bytes(b"near")
    source = source_of(rockspec('url = "file://a.lua"'))
    assert source_content(source, files(), above=str(tmp_path)) == b"near"
    with running() as web:
        web.serve("/a.lua", b"far")
        source = source_of(rockspec(f'url = "{web.url}/a.lua"'))
        assert source_content(source, files()) == b"far"
        assert wanted_file(source).shown == f"{web.url}/a.lua"


def test_an_md5_is_that_of_the_content() -> None:
    """Where the rockspec has one."""
    check_md5(source_of(rockspec('url = "https://h/a"')), b"any")
    source = source_of(rockspec(f'url = "https://h/a", md5 = "{md5(b"a").hexdigest()}"'))
    check_md5(source, b"a")
    with pytest.raises(SourceError, match="another MD5"):
        check_md5(source, b"b")


@pytest.mark.parametrize("name", ["missing.zip", "folder"])
def test_a_file_that_cannot_be_read_is_traced_to_the_rockspec(tmp_path: Path, name: str) -> None:
    """A missing file or a directory: the hint names source.url, and make for a folder."""
    (tmp_path / "folder").mkdir()
    source = source_of(rockspec(f'url = "file://{name}"'))
    with pytest.raises(SourceError, match=name) as caught:
        source_content(source, files(), above=str(tmp_path))
    assert "source.url" in caught.value.hint
    assert "make" in caught.value.hint


def test_an_address_that_nobody_has_written_is_named() -> None:
    """What write_rockspec leaves for a person to fill in is not taken for a path."""
    with pytest.raises(SourceError, match="has no address of its sources"):
        source_of(rockspec('url = "*** please add URL for source tarball ***"'))
