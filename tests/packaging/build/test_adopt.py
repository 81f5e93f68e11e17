"""The patch by which a Debian source package carries its rock is small, and is shown first."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.packaging.build.adopt import Adopted, adopt
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.trust import UntrustedError
from distrorocks.system.trees.tree_rights import ForeignTreeError
from tests.packaging.foreign import SECRET, hidden, link, made_hers
from tests.system.trees.planting import by_root, watched

DH = "#!/usr/bin/make -f\n%:\n\tdh $@ --buildsystem=lua --with lua\n"
BY_HAND = "binary-arch:\n\tdh_strip\n\tdh_gencontrol -a\n\tdh_md5sums\n"
CONTROL = """Source: lua-lpeg
Build-Depends: debhelper-compat (= 13), dh-lua
Homepage: https://example.org/lpeg

Package: lua-lpeg
Architecture: any
Depends: ${shlibs:Depends}, lua-filesystem (>= 1.6)
Provides: ${lua:Provides}
Description: patterns
 They are long.
 .
 Very.

Package: lua-lpeg-dev
Architecture: any
Description: headers
"""


def source(
    folder: Path, *, control: str = CONTROL, rules: str = DH, rockspecs: tuple[str, ...] = ()
) -> Path:
    """Make an unpacked source package of version 1.0.2-2."""
    (folder / "debian").mkdir()
    (folder / "debian/control").write_text(control)
    (folder / "debian/rules").write_text(rules)
    (folder / "debian/rules").chmod(0o755)
    (folder / "debian/changelog").write_text("lua-lpeg (1.0.2-2) unstable; urgency=low\n")
    for name in rockspecs:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    return folder


def adopted(folder: Path, **more: object) -> Adopted:
    """Return the patch."""
    return adopt(str(folder), **more)  # type: ignore[arg-type]


def changed(told: Adopted) -> list[str]:
    """Return the lines that the patch adds or takes away, without the names of its files."""
    lines = told.diff.split("\n")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---") and line]


def test_a_source_with_a_rockspec_needs_one_line(tmp_path: Path) -> None:
    """With a rockspec and ${lua:Provides}, only Build-Depends is changed."""
    told = adopted(source(tmp_path, rockspecs=("rockspecs/lpeg-1.0.2-1.rockspec",)))
    assert changed(told) == [
        "-Build-Depends: debhelper-compat (= 13), dh-lua",
        "+Build-Depends: debhelper-compat (= 13), dh-lua, dh-sequence-luarocks",
    ]
    assert told.notes == ("lua-lpeg: its rockspec is rockspecs/lpeg-1.0.2-1.rockspec",)


def test_nothing_is_changed_without_apply(tmp_path: Path) -> None:
    """With --apply the patch is applied, and a second run has nothing to do."""
    folder = source(tmp_path)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    shown = adopted(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert adopted(folder, is_applied=True) == shown
    assert "dh-sequence-luarocks" in (folder / "debian/control").read_text()
    assert adopted(folder).diff == ""


def test_a_missing_rockspec_is_made_of_the_control_file(tmp_path: Path) -> None:
    """It is a rockspec without faults, with the rock's own version and what the package needs."""
    folder = source(tmp_path)
    adopted(folder, is_applied=True)
    chunk = parse((folder / "debian/lua-lpeg.rockspec").read_bytes())
    rockspec = Rockspec.from_chunk(chunk, strict=True)
    assert (rockspec.name, rockspec.version) == ("lpeg", "1.0.2-1")
    assert list(map(str, rockspec.dependencies)) == ["lua >= 5.1", "luafilesystem >= 1.6"]
    assert rockspec.described("detailed") == "They are long.\n\nVery."


def test_of_several_rockspecs_that_of_the_rock_is_named(tmp_path: Path) -> None:
    """If dh_luarocks would use another rock's, a file names the right one."""
    names = ("luadbi-scm-0.rockspec", "luadbi-mysql-scm-0.rockspec")
    control = CONTROL.replace("lua-lpeg", "lua-dbi-common", 2) + (
        "\nPackage: lua-dbi-mysql\nArchitecture: any\nProvides: ${lua:Provides}\n"
        "Description: mysql\n"
    )
    folder = source(tmp_path, control=control, rockspecs=names)
    adopted(folder, is_applied=True)
    assert not (folder / "debian/lua-dbi-common.luarocks").exists()
    text = (folder / "debian/lua-dbi-mysql.luarocks").read_text()
    assert text == "rockspec = luadbi-mysql-scm-0.rockspec\n"


def test_a_package_without_rock_is_skipped(tmp_path: Path) -> None:
    """A package that is no rock by the names map gets no metadata."""
    control = CONTROL.replace("lua-lpeg", "lua-nginx-cookie")
    folder = source(tmp_path, control=control, rockspecs=("lua-resty-cookie-0.1-1.rockspec",))
    with pytest.raises(DistrorocksError) as caught:
        adopted(folder)
    assert "not a rock: " in caught.value.detail


def test_rules_that_call_each_command_get_one_more(tmp_path: Path) -> None:
    """dh_luarocks comes before dh_gencontrol, with its options."""
    told = adopted(source(tmp_path, rules=BY_HAND, rockspecs=("lpeg-1.0.2-1.rockspec",)))
    assert "+\tdh_luarocks -a" in told.diff
    assert "dh-lua, dh-luarocks" in told.diff
    assert "+\tdh_gencontrol" not in told.diff


def test_an_unknown_package_needs_the_name_of_its_rock(tmp_path: Path) -> None:
    """--rock names the rock; without it the error says so."""
    folder = source(tmp_path, control=CONTROL.replace("lua-lpeg", "lua-homegrown"))
    with pytest.raises(DistrorocksError) as caught:
        adopted(folder)
    assert "--rock" in caught.value.hint
    assert 'package = "homegrown"' in adopted(folder, rock="homegrown").diff


def test_another_folder_is_refused(tmp_path: Path) -> None:
    """A folder without debian/control is no source package."""
    with pytest.raises(DistrorocksError, match="not a Debian source package"):
        adopted(tmp_path)


def test_a_rockspec_of_another_package_is_not_taken(tmp_path: Path) -> None:
    """debian/PACKAGE.rockspec is of that package alone."""
    control = CONTROL + "\nPackage: lua-homegrown\nArchitecture: all\nDescription: other\n"
    folder = source(tmp_path, control=control)
    adopted(folder, is_applied=True)
    assert (folder / "debian/lua-lpeg.rockspec").exists()
    assert adopted(folder).notes == (
        "lua-lpeg: its rockspec is set by debian/lua-lpeg.rockspec",
        "lua-homegrown: the names map has no rock for it",
    )


@by_root
def test_adopt_shows_no_file_behind_a_link_of_another_user(tmp_path: Path) -> None:
    """A source package whose control file is such a link is refused, not quoted."""
    (tmp_path / "hers").mkdir()
    folder = source(tmp_path / "hers")
    (folder / "debian/control").unlink()
    link(folder / "debian/control", hidden(tmp_path / "secret", f"{CONTROL}# {SECRET}\n"))
    with pytest.raises(UntrustedError, match="a link of another user"):
        adopt(str(folder))


@by_root
def test_adopt_lists_no_directory_behind_a_link_of_another_user(tmp_path: Path) -> None:
    """The names of rockspecs that only root can list are not told."""
    (tmp_path / "hers").mkdir()
    folder = source(tmp_path / "hers")
    link(folder / "rockspecs", hidden(tmp_path / "roots/lpeg-1.0.2-1.rockspec").parent)
    with pytest.raises(UntrustedError, match="a link of another user"):
        adopt(str(folder))


@by_root
def test_adopt_writes_nothing_behind_a_link_of_another_user(tmp_path: Path) -> None:
    """A linked debian/ leads no patch into a directory of root's."""
    (tmp_path / "roots").mkdir()
    roots = source(tmp_path / "roots")
    (tmp_path / "hers").mkdir()
    link(tmp_path / "hers/debian", roots / "debian")
    before = watched(roots)
    with pytest.raises(UntrustedError, match="a link of another user"):
        adopt(str(tmp_path / "hers"), is_applied=True)
    assert watched(roots) == before


@by_root
@pytest.mark.parametrize("hers", ["", "debian"])
def test_adopt_changes_no_folder_of_another_user(hers: str, tmp_path: Path) -> None:
    """Root is told to change it as its owner, who can do the same."""
    folder = source(tmp_path)
    made_hers(folder / hers)
    before = watched(folder)
    assert adopt(str(folder)).diff
    with pytest.raises(ForeignTreeError) as caught:
        adopt(str(folder), is_applied=True)
    assert "run it as its owner" in caught.value.hint
    assert watched(folder) == before
