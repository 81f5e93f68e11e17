"""What a package promised and does not keep is named."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

from distrorocks.families.deb.file_promises import unkept_promises
from distrorocks.families.ordinary import Unkept
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.files.root_path import RootView
from tests.builders import debian

PATH = "/usr/share/lua/5.3/pl/List.lua"
SUM = md5(b"return {1}").hexdigest()


def unkept(root: Path) -> list[Unkept]:
    """Return what packages do not keep, seen anew."""
    return unkept_promises(RootView(str(root)), LUA_VERSIONS)


def test_changed_and_lost_modules_are_named_with_their_package(tmp_path: Path) -> None:
    """Untouched ones are not; a link to nowhere has no digest to expect."""
    debian(tmp_path)
    assert unkept(tmp_path) == []
    place = tmp_path / PATH.lstrip("/")
    place.write_text("changed")
    changed = md5(b"changed").hexdigest()
    assert unkept(tmp_path) == [Unkept("lua-penlight", PATH, SUM, changed)]
    assert unkept_promises(RootView(str(tmp_path)), ("5.4",)) == []
    place.unlink()
    (tmp_path / "usr/share/lua/5.3/re.lua").unlink()
    assert set(unkept(tmp_path)) == {
        Unkept("lua-penlight", PATH, SUM, ""),
        Unkept("lua-lpeg", "/usr/share/lua/5.3/re.lua", md5(b"return {}").hexdigest(), ""),
        Unkept("lua-lpeg", "/usr/share/lua/5.4/re.lua", "", ""),
    }


def test_a_file_that_was_only_touched_keeps_its_promise(tmp_path: Path) -> None:
    """Its content decides; and a diverted path is somebody else's."""
    debian(tmp_path)
    place = tmp_path / PATH.lstrip("/")
    place.touch()
    assert unkept(tmp_path) == []
    place.write_text("changed")
    (tmp_path / "var/lib/dpkg/diversions").write_text(f"{PATH}\n{PATH}.real\nother\n")
    assert unkept(tmp_path) == []
