"""The names of a rock's sources are looked at where its rockspec lists no modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.install.build import observe
from distrorocks.install.build.observe import observed
from distrorocks.install.build.request import BuildError
from distrorocks.rocks.detection import SourceTree
from tests.install.build.requests import wanted
from tests.install.build.running import places_in, put


def seen(folder: Path, files: dict[str, str], directory: str = "foo") -> SourceTree:
    """Return what is observed of sources."""
    places = places_in(folder, directory)
    put(Path(places.build_directory), files)
    request = wanted("{}", rockspec_format="3.0", places=places)
    found = observed(request)
    assert found._replace(sources=SourceTree()) == request
    return found.sources


@pytest.mark.parametrize("directory", ["foo", "foo/bar"])
def test_names_are_those_below_the_build_directory(tmp_path: Path, directory: str) -> None:
    """Files and directories, sorted, at any depth; an empty directory is one."""
    files = {"src/b/c.lua": "", "src/a.lua": "", "z.txt": "", "empty/": ""}
    found = seen(tmp_path, files, directory)
    assert found.files == ("src/a.lua", "src/b/c.lua", "z.txt")
    assert found.directories == {"src", "src/b", "empty"}
    assert found.openers == {}


def test_only_c_files_are_opened(tmp_path: Path) -> None:
    """For the name of the module that each opens, if any."""
    opener = "int luaopen_my_mod(lua_State *L) {}\n"
    found = seen(
        tmp_path, {"a.c": opener, "b.c": "int x;\n", "c.h": opener, "c.lua": opener, "d.c/": ""}
    )
    assert found.openers == {"a.c": "my_mod"}
    assert found.files == ("a.c", "b.c", "c.h", "c.lua")
    assert found.directories == {"d.c"}


def test_links_within_the_sources_count_and_others_do_not(tmp_path: Path) -> None:
    """Nor do a link to nothing, and one that turns in a circle."""
    (tmp_path / "secret.c").write_text("int luaopen_secret(void);\n")
    files = {
        "a.c": "int luaopen_a(void);\n",
        "b.c": "-> a.c",
        "out.c": "-> ../../secret.c",
        "gone.c": "-> none.c",
        "circle": "-> .",
    }
    found = seen(tmp_path, files)
    assert found.files == ("a.c", "b.c")
    assert found.openers == {"a.c": "a", "b.c": "a"}
    assert found.directories == frozenset()


def test_a_build_directory_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    """Whoever builds there says so."""
    places = places_in(tmp_path)._replace(directory="none")
    assert observed(wanted("{}", places=places)).sources == SourceTree()


def test_a_huge_c_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more bytes than are read; so many are."""
    text = "int luaopen_a(void);"
    monkeypatch.setattr(observe, "SOURCE_LIMIT", len(text))
    assert seen(tmp_path / "1", {"a.c": text}).openers == {"a.c": "a"}
    with pytest.raises(BuildError, match=r"a\.c"):
        seen(tmp_path / "2", {"a.c": f"{text}\n"})
